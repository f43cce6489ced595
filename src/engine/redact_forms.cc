// Which words look like secrets by their form alone: the marks that issuers put in front, and long random strings.
#include <algorithm>
#include <array>
#include <bitset>

#include "base/text.h"
#include "engine/redact.h"

namespace olivine {
namespace {

enum class Letters { kAlnum, kUrl, kHex, kUpper };  // what may follow a mark; kUrl: letters, digits, '-', '_', '.', '='
struct Mark {
  std::string_view front;
  std::size_t least;  // characters after the mark
  Letters letters;
  bool with_digit;
};
constexpr std::array<Mark, 48> kMarks{{
    {"ghp_", 20, Letters::kAlnum, false},     {"gho_", 20, Letters::kAlnum, false},
    {"ghu_", 20, Letters::kAlnum, false},     {"ghs_", 20, Letters::kAlnum, false},
    {"ghr_", 20, Letters::kAlnum, false},     {"github_pat_", 20, Letters::kUrl, false},
    {"glpat-", 16, Letters::kUrl, false},     {"hf_", 20, Letters::kAlnum, false},
    {"api_org_", 20, Letters::kAlnum, false}, {"sk-", 16, Letters::kUrl, true},
    {"sk_live_", 16, Letters::kAlnum, false}, {"sk_test_", 16, Letters::kAlnum, false},
    {"rk_live_", 16, Letters::kAlnum, false}, {"pk_live_", 16, Letters::kAlnum, false},
    {"whsec_", 16, Letters::kUrl, false},     {"xoxb-", 10, Letters::kUrl, true},
    {"xoxp-", 10, Letters::kUrl, true},       {"xoxa-", 10, Letters::kUrl, true},
    {"xoxr-", 10, Letters::kUrl, true},       {"xoxs-", 10, Letters::kUrl, true},
    {"xapp-", 10, Letters::kUrl, true},       {"AKIA", 16, Letters::kUpper, false},
    {"ASIA", 16, Letters::kUpper, false},     {"AIza", 30, Letters::kUrl, false},
    {"ya29.", 16, Letters::kUrl, false},      {"GOCSPX-", 16, Letters::kUrl, false},
    {"npm_", 30, Letters::kAlnum, false},     {"pypi-", 30, Letters::kUrl, true},
    {"dop_v1_", 32, Letters::kHex, false},    {"SG.", 30, Letters::kUrl, true},
    {"key-", 32, Letters::kHex, false},       {"r8_", 30, Letters::kAlnum, false},
    {"wandb_v1_", 20, Letters::kUrl, false},  {"local-wandb-", 20, Letters::kUrl, true},
    {"dapi", 32, Letters::kHex, false},       {"hvs.", 20, Letters::kUrl, false},
    {"hvb.", 20, Letters::kUrl, false},       {"shpat_", 30, Letters::kHex, false},
    {"nvapi-", 20, Letters::kUrl, true},      {"gsk_", 20, Letters::kAlnum, true},
    {"pplx-", 20, Letters::kAlnum, true},     {"xai-", 20, Letters::kAlnum, true},
    {"tskey-", 16, Letters::kUrl, true},      {"lin_api_", 20, Letters::kAlnum, false},
    {"figd_", 20, Letters::kUrl, true},       {"AGE-SECRET-KEY-1", 30, Letters::kUpper, false},
    {"glsa_", 20, Letters::kUrl, true},       {"secret_", 32, Letters::kAlnum, true},
}};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_upper(c) || is_lower(c) || is_digit(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool fits(char c, Letters letters) {
  switch (letters) {
    case Letters::kAlnum: return is_alnum(c);
    case Letters::kUrl: return is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '=';
    case Letters::kHex: return is_hex(c);
    case Letters::kUpper: return is_upper(c) || is_digit(c);
  }
  return false;
}

bool has_mark(std::string_view word) {
  return std::any_of(kMarks.begin(), kMarks.end(), [&](const Mark& mark) {
    if (!word.starts_with(mark.front)) return false;
    const std::string_view rest = word.substr(mark.front.size());
    const bool fit = std::all_of(rest.begin(), rest.end(), [&](char c) { return fits(c, mark.letters); });
    return fit && rest.size() >= mark.least && (!mark.with_digit || std::any_of(rest.begin(), rest.end(), is_digit));
  });
}

// A JSON Web Token or another signed document: base64url of '{"', a dot, and more of the same.
bool is_web_token(std::string_view word) {
  if (!word.starts_with("eyJ") || word.size() < 20) return false;
  const bool fit = std::all_of(word.begin(), word.end(), [](char c) { return fits(c, Letters::kUrl); });
  return fit && (word.find('.') != std::string_view::npos || word.size() >= 60);
}

// The hundred commonest pairs of letters in English text. Of the pairs in words and abbreviations two in three are
// among them, of random pairs 100 / 676.
constexpr std::string_view kCommonPairs =
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic "
    "ne ea "
    "ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa "
    "ge ie "
    "wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh";

bool is_common_pair(char first, char second) {
  static const std::bitset<26 * 26> common = [] {
    std::bitset<26 * 26> pairs;
    for (const std::string_view pair : split(kCommonPairs, ' ')) {
      pairs.set(static_cast<std::size_t>((pair[0] - 'a') * 26 + (pair[1] - 'a')));
    }
    return pairs;
  }();
  const auto letter = [](char c) { return is_upper(c) ? c - 'A' : c - 'a'; };
  return common.test(static_cast<std::size_t>(letter(first) * 26 + letter(second)));
}

struct Counts {
  std::size_t upper = 0, lower = 0, digits = 0, turns = 0, pairs = 0, common = 0, distinct = 0;
};

// How letters are mixed. `turns`: neighbours of different class (upper, lower, digit), but "Gm", which begins a word.
Counts count_letters(std::string_view text) {
  Counts counts;
  std::bitset<256> seen;
  int before = -1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int kind = is_upper(text[i]) ? 0 : is_lower(text[i]) ? 1 : 2;
    counts.upper += kind == 0;
    counts.lower += kind == 1;
    counts.digits += kind == 2;
    counts.turns += before >= 0 && kind != before && !(before == 0 && kind == 1);
    if (before >= 0 && before != 2 && kind != 2) {
      ++counts.pairs;
      counts.common += is_common_pair(text[i - 1], text[i]);
    }
    before = kind;
    seen.set(static_cast<unsigned char>(text[i]));
  }
  counts.distinct = seen.count();
  return counts;
}

// For text of letters and digits only.
bool is_random(std::string_view text) {
  const Counts counts = count_letters(text);
  const auto turned = static_cast<double>(counts.turns) / static_cast<double>(text.size());
  const bool words =
      static_cast<double>(counts.common) >= 0.38 * static_cast<double>(counts.pairs) && counts.pairs >= 4;
  if (words || counts.distinct < 10) return false;
  if (counts.upper >= 2 && counts.lower >= 2) {
    return text.size() >= 16 && turned >= 0.12 && (counts.digits > 0 || text.size() >= 32);
  }
  return text.size() >= 24 && counts.digits >= 3 && turned >= 0.15 && !std::all_of(text.begin(), text.end(), is_hex);
}

// "weights-9f86d081.safetensors", "data.tar.gz": a name with an ending.
bool is_file_name(std::string_view word) {
  const std::size_t dot = word.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == word.size()) return false;
  const std::string_view ending = word.substr(dot + 1);
  return ending.size() <= 12 && (is_lower(ending[0]) || is_upper(ending[0])) &&
         std::all_of(ending.begin(), ending.end(), is_alnum);
}

// A digest or an identifier names data; it opens nothing.
bool is_digest(std::string_view word) {
  for (const std::string_view front : {"sha256:", "sha256-", "sha512-", "sha1-", "sha384-", "md5:"}) {
    if (word.starts_with(front)) return true;
  }
  return std::all_of(word.begin(), word.end(), [](char c) { return is_hex(c) || c == '-'; });
}

// Random base64 holds '/' and '+' at any place: an AWS secret access key has 40 letters. A path has words and points.
bool is_random_base64(std::string_view word) {
  if (word.size() < 32 || word.find('.') != std::string_view::npos || word.front() == '/') return false;
  std::string letters;
  std::size_t longest_lower = 0;
  std::size_t lower = 0;
  for (const char c : word) {
    if (is_alnum(c))
      letters += c;
    else if (c != '/' && c != '+' && c != '=')
      return false;
    lower = is_lower(c) ? lower + 1 : 0;
    longest_lower = std::max(longest_lower, lower);
  }
  return longest_lower < 7 && letters.size() >= 28 && is_random(letters);
}

}  // namespace

bool has_secret_mark(std::string_view word) {
  return word.size() >= 16 && word.size() <= 16'384 && (has_mark(word) || is_web_token(word));
}

bool looks_like_secret(std::string_view word) {
  if (word.size() < 16 || word.size() > 16'384) return false;
  if (has_secret_mark(word)) return true;
  if (is_digest(word) || is_file_name(word)) return false;
  while (word.ends_with('=')) word.remove_suffix(1);
  if (word.find('/') != std::string_view::npos || word.find('+') != std::string_view::npos)
    return is_random_base64(word);
  std::size_t begin = 0;  // the longest run of letters and digits decides
  for (std::size_t i = 0; i <= word.size(); ++i) {
    if (i < word.size() && is_alnum(word[i])) continue;
    if (i - begin >= 16 && is_random(word.substr(begin, i - begin))) return true;
    begin = i + 1;
  }
  return false;
}

}  // namespace olivine
