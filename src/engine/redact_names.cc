// Which names announce a secret: "--api-key", "HF_TOKEN", "dbPassword"; but not "--max-tokens" or "--tokenizer".
#include <algorithm>
#include <array>

#include "base/text.h"
#include "engine/redact.h"

namespace olivine {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "dbPassword" -> db password; "HF_TOKEN" -> hf token; "model.api-key" -> model api key.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words;
  std::string word;
  const auto close = [&] {
    if (!word.empty()) words.push_back(to_lower(word));
    word.clear();
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!is_upper(c) && !is_lower(c) && !is_digit(c)) {
      close();
      continue;
    }
    if (is_upper(c) && i > 0 && is_lower(name[i - 1])) close();
    word += c;
  }
  close();
  return words;
}

constexpr std::array<std::string_view, 26> kStrong{
    "password",   "passwd",      "passphrase", "passcode",  "passwords", "secret",        "secrets",
    "credential", "credentials", "apikey",     "apikeys",   "authtoken", "accesstoken",   "accesskey",
    "secretkey",  "privatekey",  "authkey",    "apitoken",  "bearer",    "authorization", "cookie",
    "pgpassword", "userpass",    "userpwd",    "sessionid", "mnemonic"};
// After a strong word these say that the value only speaks about the secret.
constexpr std::array<std::string_view, 20> kAbout{"file",   "path",    "dir",   "name",   "env",    "length",  "len",
                                                  "policy", "manager", "store", "type",   "count",  "version", "stdin",
                                                  "prompt", "backend", "class", "format", "expiry", "ttl"};
constexpr std::array<std::string_view, 5> kWeakLast{"pass", "pwd", "pw", "pat", "jwt"};
// Words that make "token" a word of language models: "--pad-token", "--image-token".
constexpr std::array<std::string_view, 44> kLanguage{
    "eos",   "bos",      "pad",    "unk",         "mask",    "sep",      "cls",     "special", "next",
    "stop",  "start",    "end",    "max",         "min",     "num",      "n",       "per",     "image",
    "img",   "new",      "first",  "last",        "initial", "class",    "begin",   "audio",   "video",
    "think", "prefix",   "suffix", "placeholder", "trigger", "instance", "decoder", "target",  "source",
    "text",  "language", "lang",   "task",        "tool",    "extra",    "added",   "words"};
// Words that make "key" a credential.
constexpr std::array<std::string_view, 50> kKeyOf{
    "api",     "access",       "secret",    "private", "auth",      "account",   "encryption",  "signing", "license",
    "licence", "subscription", "shared",    "storage", "sas",       "service",   "admin",       "client",  "session",
    "master",  "deploy",       "hmac",      "webhook", "openai",    "hf",        "huggingface", "aws",     "azure",
    "gcp",     "google",       "wandb",     "comet",   "neptune",   "anthropic", "mistral",     "cohere",  "groq",
    "stripe",  "twilio",       "sendgrid",  "mailgun", "datadog",   "dd",        "grafana",     "sentry",  "github",
    "gitlab",  "kaggle",       "replicate", "ngc",     "decryption"};

bool ends_as_key(const std::vector<std::string>& words) {
  const auto key = std::find_if(words.begin(), words.end(), [](const auto& w) { return w == "key" || w == "keys"; });
  if (key == words.end() || key == words.begin() || !is_one_of(*(key - 1), kKeyOf)) return false;
  // "access_key_id" is half of a credential; "api_key_file" is a path.
  return key + 1 == words.end() || *(key + 1) == "id" || *(key + 1) == "base" || *(key + 1) == "value" ||
         is_digit(key[1][0]);
}

bool ends_as_token(const std::vector<std::string>& words) {
  std::size_t last = words.size() - 1;
  if (last > 0 && (words[last] == "value" || is_digit(words[last][0]))) --last;
  if (words[last] != "token") return false;
  return last == 0 || !is_one_of(words[last - 1], kLanguage);
}

}  // namespace

bool is_secret_name(std::string_view name) {
  if (name.size() > 256) return false;
  const std::vector<std::string> words = words_of(name);
  if (words.empty()) return false;
  const bool shell_directory = words.size() == 1 && (words[0] == "pwd" || words[0] == "oldpwd");
  if (shell_directory) return false;
  const auto strong =
      std::find_if(words.begin(), words.end(), [](const auto& word) { return is_one_of(word, kStrong); });
  if (strong != words.end()) return !is_one_of(words.back(), kAbout);
  if (is_one_of(words.back(), kWeakLast)) return true;
  return ends_as_key(words) || ends_as_token(words);
}

}  // namespace olivine
