#include "engine/redact.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace olivine {
namespace {

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }
bool is_alnum(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_name(char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.'; }
bool is_word(char c) { return is_name(c) || c == '/' || c == '+' || c == '=' || c == '~'; }

// What stands in place of a secret, or refers to one kept elsewhere: nothing to hide.
bool is_harmless_value(std::string_view value) {
  if (value.empty() || value == kRedacted) return true;
  const std::string word = to_lower(value);
  for (const char* each : {"true", "false", "yes", "no", "none", "null", "0", "1", "on", "off", "-"}) {
    if (word == each) return true;
  }
  if (value.front() != '$') return false;  // $HF_TOKEN, ${HF_TOKEN}
  std::string_view name = value.substr(1);
  if (name.starts_with("{") && name.ends_with("}")) name = name.substr(1, name.size() - 2);
  return !name.empty() && name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == std::string_view::npos;
}

std::string hide(std::string_view value) { return std::string(is_harmless_value(value) ? value : kRedacted); }

bool is_header_to_line_end(std::string_view name) {
  const std::string lower = to_lower(name);
  return lower == "authorization" || lower == "proxy-authorization" || lower == "cookie" || lower == "set-cookie";
}

bool is_secret_query(std::string_view name) {
  const std::string lower = to_lower(name);
  for (const char* each : {"sig", "signature", "key", "auth", "code", "sas", "x-amz-signature", "x-amz-credential",
                           "x-amz-security-token", "x-goog-signature", "x-goog-credential", "awsaccesskeyid"}) {
    if (lower == each) return true;
  }
  return is_secret_name(name);
}

// "a=1&token=x" -> "a=1&token=[redacted]"
std::string redact_query(std::string_view query) {
  std::string out;
  for (const std::string_view pair : split(query, '&')) {
    if (!out.empty()) out += '&';
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) {
      out += looks_like_secret(pair) ? kRedacted : pair;
      continue;
    }
    const std::string_view value = pair.substr(equals + 1);
    out += pair.substr(0, equals + 1);
    out += is_secret_query(pair.substr(0, equals)) ? hide(value)
                                                   : std::string(looks_like_secret(value) ? kRedacted : value);
  }
  return out;
}

std::string redact_parts(std::string_view path, bool (*is_secret)(std::string_view)) {
  std::string out;
  bool first = true;
  for (const std::string_view part : split(path, '/')) {
    if (!first) out += '/';
    first = false;
    out += is_secret(part) ? kRedacted : part;
  }
  return out;
}

// The path of a URL, part by part; webhooks are secrets as a whole.
std::string redact_path(std::string_view host, std::string_view path) {
  for (const std::string_view hook : {"hooks.slack.com", "discord.com/api/webhooks", "discordapp.com/api/webhooks",
                                      "api.telegram.org/bot", "outlook.office.com/webhook", "webhook.office.com"}) {
    const std::string whole = std::string(host) + std::string(path);
    const std::size_t at = whole.find(hook);
    if (at != std::string::npos && at <= host.size()) return "/" + std::string(kRedacted);
  }
  return redact_parts(path, looks_like_secret);
}

// Behind "scheme://": user:password@host/path?query#fragment.
std::string redact_after_scheme(std::string_view rest) {
  std::string out;
  const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  std::size_t at = rest.substr(0, authority_end).rfind('@');
  const std::size_t colon = rest.substr(0, authority_end).find(':');
  if (at == std::string_view::npos && colon != std::string_view::npos) {
    // A password may hold '/': "u:pa/ss@host". Then what stands before the '/' is no port.
    const std::string_view port = rest.substr(colon + 1, authority_end - colon - 1);
    const std::size_t later = rest.substr(0, rest.find('?')).rfind('@');
    if (port.find_first_not_of("0123456789") != std::string_view::npos && later != std::string_view::npos) at = later;
  }
  if (at != std::string_view::npos) {
    const std::string_view user = rest.substr(0, at);
    const std::size_t split_at = user.find(':');
    if (split_at != std::string_view::npos) {
      out += looks_like_secret(user.substr(0, split_at)) ? kRedacted : user.substr(0, split_at);
      out += ":" + hide(user.substr(split_at + 1));
    } else {
      out += looks_like_secret(user) || user.size() >= 20 ? kRedacted : user;
    }
    out += '@';
    rest.remove_prefix(at + 1);
  }
  const std::size_t path_at = std::min(rest.find_first_of("/?#"), rest.size());
  const std::size_t query_at = std::min(rest.find_first_of("?#"), rest.size());
  out += rest.substr(0, path_at);
  if (query_at > path_at) out += redact_path(rest.substr(0, path_at), rest.substr(path_at, query_at - path_at));
  if (query_at < rest.size()) {
    out += rest[query_at];
    const std::string_view query = rest.substr(query_at + 1);
    const std::size_t fragment = std::min(query.find('#'), query.size());
    out += redact_query(query.substr(0, fragment));
    if (fragment < query.size()) out += "#" + redact_query(query.substr(fragment + 1));
  }
  return out;
}

// One pass over a text. Each step takes one thing from the front and writes what is stored instead.
class Redactor {
 public:
  explicit Redactor(std::string_view text) : text_(text) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (take_private_key() || take_sign() || take_name() || take_word()) continue;
      seen_brace_ = seen_brace_ || text_[at_] == '{' || text_[at_] == '(';
      out_ += text_[at_++];
    }
    return std::move(out_);
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  // Bounded, so that a text costs time in proportion to its length.
  std::size_t run_of(bool (*belongs)(char)) const {
    const std::size_t most = std::min(text_.size(), at_ + kMaxRun);
    std::size_t end = at_;
    while (end < most && belongs(text_[end])) ++end;
    return end - at_;
  }
  void keep(std::size_t count) {
    out_ += text_.substr(at_, count);
    at_ += count;
  }
  void replace(std::size_t count) {
    out_ += hide(text_.substr(at_, count));
    at_ += count;
  }

  bool take_private_key() {
    if (!rest().starts_with("-----BEGIN ") || rest().substr(0, 64).find("PRIVATE KEY") == std::string_view::npos)
      return false;
    const std::size_t end = rest().find("-----END ");
    const std::size_t close = end == std::string_view::npos ? end : rest().find("-----", end + 9);
    out_ += kRedacted;
    at_ = close == std::string_view::npos ? text_.size() : at_ + close + 5;
    return true;
  }

  // A sign in front of a name, as in "+trainer.token=x"; it is no part of a random string.
  bool take_sign() {
    if (text_[at_] != '+' && text_[at_] != '~') return false;
    if (looks_like_secret(text_.substr(at_, run_of(is_word)))) return false;
    keep(1);
    return true;
  }

  // A name and, when it announces a secret, its value: NAME=VALUE, "name": "value", --name value, Name: value.
  bool take_name() {
    const std::size_t length = run_of(is_name);
    if (length == 0) return false;
    const std::string_view name = text_.substr(at_, length);
    const std::string_view after = text_.substr(at_ + length);
    const std::size_t scheme = run_of([](char c) { return is_name(c) || c == '+'; });  // "postgresql+psycopg2://"
    if (text_.substr(at_ + scheme).starts_with("://")) {
      keep(scheme + 3);
      std::size_t end = 0;
      while (end < rest().size() && !is_white(rest()[end]) && !is_quote(rest()[end])) ++end;
      out_ += redact_after_scheme(rest().substr(0, end));
      at_ += end;
      return true;
    }
    if (is_scheme(name, after)) {
      keep(length + 1);
      replace(run_of([](char c) { return !is_white(c) && !is_quote(c); }));
      return true;
    }
    if (is_secret_name(name) && take_announced(name, length)) return true;
    if (take_user_and_password(length)) return true;
    if (after.starts_with("=") && !looks_like_secret(text_.substr(at_, run_of(is_word)))) {
      keep(length + 1);
      return true;
    }
    return false;
  }

  // "Bearer abcdef...", "Basic dXNlcjpw..."
  static bool is_scheme(std::string_view name, std::string_view after) {
    const std::string lower = to_lower(name);
    if (lower != "bearer" && lower != "basic") return false;
    if (after.size() < 9 || after[0] != ' ') return false;
    std::size_t end = 1;
    while (end < after.size() && is_word(after[end])) ++end;
    const std::string_view word = after.substr(1, end - 1);
    return word.size() >= 8 && (word.size() >= 16 || word.find_first_of("0123456789=") != std::string_view::npos);
  }

  bool take_announced(std::string_view name, std::size_t length) {
    std::size_t i = at_ + length;
    const auto skip_quote = [&] {
      if (i + 1 < text_.size() && text_[i] == '\\' && is_quote(text_[i + 1]))
        i += 2;
      else if (i < text_.size() && is_quote(text_[i]))
        ++i;
    };
    const bool flag = name.starts_with("-");
    if (!flag) skip_quote();
    const std::size_t before_white = i;
    while (i < text_.size() && is_white(text_[i])) ++i;
    const bool sign = i < text_.size() && (text_[i] == '=' || text_[i] == ':');
    if (sign && text_[i] == ':' && text_.substr(i).starts_with("://")) return false;
    if (sign && (text_[i] == ':' || before_white == i)) {
      ++i;
      if (text_[i - 1] == ':') {
        while (i < text_.size() && is_white(text_[i])) ++i;
      }
    } else if (!flag || i == before_white || i >= text_.size() || text_[i] == '-') {
      return false;  // no value follows
    }
    keep(i - at_);
    hide_value(is_header_to_line_end(name));
    return true;
  }

  // Up to the closing quote where the value is quoted, else to the next white space or quote.
  void hide_value(bool to_line_end) {
    if (at_ < text_.size() && text_[at_] == '\\' && at_ + 1 < text_.size() && is_quote(text_[at_ + 1])) keep(1);
    std::size_t end = at_;
    if (at_ < text_.size() && is_quote(text_[at_])) {
      const char quote = text_[at_];
      keep(1);
      end = at_;
      while (end < text_.size() && text_[end] != quote)
        end += text_[end] == '\\' && end + 1 < text_.size() && text_[end + 1] != quote ? 2U : 1U;
      end = std::min(end, text_.size());
      if (end > at_ && text_[end - 1] == '\\') --end;
    } else {
      const auto ends = [&](char c) { return is_quote(c) || (to_line_end ? c == '\n' : is_white(c)); };
      while (end < text_.size() && !ends(text_[end])) ++end;
      while (end > at_ && (text_[end - 1] == '}' || text_[end - 1] == ')') && seen_brace_) --end;
    }
    replace(end - at_);
  }

  // user:password@host without a scheme; not mailto:, and not an image's name:tag@sha256:...
  bool take_user_and_password(std::size_t length) {
    if (at_ + length >= text_.size() || text_[at_ + length] != ':') return false;
    const std::string_view name = text_.substr(at_, length);
    std::size_t end = at_ + length + 1;
    const std::size_t most = std::min(text_.size(), end + 256);
    while (end < most && !is_white(text_[end]) && !is_quote(text_[end]) && text_[end] != '/' && text_[end] != '@')
      ++end;
    if (end >= text_.size() || text_[end] != '@' || end == at_ + length + 1) return false;
    if (name == "mailto" || text_.substr(end + 1).starts_with("sha256:")) return false;
    keep(length + 1);
    replace(end - at_);
    return true;
  }

  bool take_word() {
    const std::size_t length = run_of(is_word);
    if (length == 0) return false;
    const std::string_view word = text_.substr(at_, length);
    if (looks_like_secret(word)) {
      replace(length);
      return true;
    }
    const std::size_t slash = word.find('/');
    const std::size_t part = slash == std::string_view::npos ? length : slash;
    if (part > 0 && part < length && looks_like_secret(word.substr(0, part))) {
      replace(part);
      return true;
    }
    keep(part == length ? length : part + 1);
    if (part < length) keep_path();
    return true;
  }

  // The rest of a file's path. Caches name files by random strings, so here only an issuer's mark counts.
  void keep_path() {
    const std::size_t length = run_of(is_word);
    out_ += redact_parts(text_.substr(at_, length), has_secret_mark);
    at_ += length;
  }

  static constexpr std::size_t kMaxRun = 4096;
  std::string_view text_;
  std::size_t at_ = 0;
  bool seen_brace_ = false;
  std::string out_;
};

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Programs whose short options carry passwords.
struct ShortOptions {
  bool attached_p = false;  // mysql -pSECRET
  bool separate_p = false;  // sshpass -p SECRET, docker login -p SECRET
  bool login_seen = false;

  void see(std::string_view argument) {
    const std::string_view name = base_name(argument);
    for (const char* each : {"mysql", "mysqldump", "mysqladmin", "mysqlimport", "mariadb", "mariadb-dump", "sshpass"}) {
      if (name == each) attached_p = true;
    }
    if (name == "sshpass" || name == "7z" || name == "redis-cli") separate_p = true;
    if (name == "docker" || name == "podman" || name == "helm" || name == "az") login_seen = true;
    if (login_seen && name == "login") separate_p = true;
  }
};

bool is_bare_flag(std::string_view argument) {
  return argument.starts_with("-") && std::all_of(argument.begin(), argument.end(), is_name);
}

}  // namespace

std::string redact_text(std::string_view text) { return Redactor(text).run(); }

std::vector<std::string> redact_argv(std::span<const std::string> argv) {
  std::vector<std::string> kept;
  ShortOptions options;
  bool hide_next = false;
  bool user_next = false;
  for (const std::string& argument : argv) {
    const bool option = is_bare_flag(argument) && argument.size() > 1;
    if (hide_next && !option) {
      const bool pass_number = argument.size() <= 2 && argument.find_first_not_of("0123456789") == std::string::npos;
      kept.push_back(pass_number ? argument : hide(argument));
      hide_next = false;
      continue;
    }
    if (user_next && argument.find(':') != std::string::npos && argument.find("://") == std::string::npos) {
      const std::size_t colon = argument.find(':');
      kept.push_back(argument.substr(0, colon + 1) + hide(std::string_view(argument).substr(colon + 1)));
      user_next = false;
      continue;
    }
    options.see(argument);
    user_next = argument == "-u" || argument == "--user" || argument == "--proxy-user" || argument == "-U";
    hide_next = option && (is_secret_name(argument) || (options.separate_p && (argument == "-p" || argument == "-a")));
    const bool attached =
        options.attached_p && argument.starts_with("-p") && argument.size() > 2 && !argument.starts_with("--");
    if (attached) {
      kept.push_back("-p" + std::string(kRedacted));
      hide_next = false;
    } else {
      kept.push_back(redact_text(argument));
    }
  }
  return kept;
}

}  // namespace olivine
