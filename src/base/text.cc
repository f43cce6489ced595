#include "base/text.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace olivine {

namespace {
constexpr std::string_view kWhiteSpace = " \t\n\r\v\f";

bool is_white(char c) { return kWhiteSpace.find(c) != std::string_view::npos; }

template <class Number>
Result<Number> parse_whole(std::string_view text, const char* what) {
  Number value{};
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || status != std::errc{} || end != text.data() + text.size()) {
    return fail(ErrorKind::kInvalid, fmt::format("'{}' is not {}", printable(text.substr(0, 80)), what));
  }
  return value;
}

// Length of the well-formed UTF-8 character at the front of `text` and its code point; length 0 when ill-formed.
struct Character {
  std::size_t length;
  char32_t code;
};
Character decode_front(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {1, lead};
  const std::size_t length = lead >= 0xf0 ? 4U : lead >= 0xe0 ? 3U : 2U;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {0, 0};
  char32_t code = lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return {0, 0};
    code = (code << 6U) | (byte(i) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < kSmallest[length] || surrogate || code > 0x10ffff) return {0, 0};
  return {length, code};
}

bool is_harmless(char32_t code) {
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return false;       // C0, DEL, C1
  if (code == 0x061c || code == 0x200e || code == 0x200f) return false;  // direction marks
  if (code >= 0x2028 && code <= 0x202e) return false;                    // line breaks, embeddings, overrides
  return !(code >= 0x2066 && code <= 0x2069) && code != 0xfeff;          // isolates; byte order mark
}

// Optimal string alignment: insertion, deletion, replacement and the swap of two neighbours cost one each.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replace});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}
}  // namespace

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) return text.substr(0, 0);
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t end = text.find(separator);
    fields.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return fields;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t i = 0;
  while (i < text.size()) {
    while (i < text.size() && is_white(text[i])) ++i;
    const std::size_t begin = i;
    while (i < text.size() && !is_white(text[i])) ++i;
    if (i > begin) words.push_back(text.substr(begin, i - begin));
  }
  return words;
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

Result<std::uint64_t> parse_u64(std::string_view text) {
  return parse_whole<std::uint64_t>(text, "a whole number of at most 64 bits");
}

Result<std::int64_t> parse_i64(std::string_view text) {
  return parse_whole<std::int64_t>(text, "a whole number of at most 63 bits and a sign");
}

Result<double> parse_double(std::string_view text) {
  auto value = parse_whole<double>(text, "a number");
  if (value && !std::isfinite(*value)) {
    return fail(ErrorKind::kInvalid, fmt::format("'{}' is not a finite number", printable(text.substr(0, 80))));
  }
  return value;
}

std::string shortest(double value) {
  std::array<char, 32> buffer;
  const auto [end, status] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return status == std::errc{} ? std::string(buffer.data(), end) : fmt::format("{}", value);
}

std::string nearest(std::string_view word, std::span<const std::string> known) {
  const std::string lower = to_lower(word);
  std::string best;
  std::size_t best_distance = word.size() / 3 + 1;
  for (const std::string& candidate : known) {
    const std::size_t distance = edit_distance(lower, to_lower(candidate));
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const Character character = decode_front(text);
    const std::size_t length = std::max<std::size_t>(character.length, 1);
    if (character.length > 0 && is_harmless(character.code)) {
      safe.append(text.substr(0, length));
    } else {
      safe.push_back('?');
    }
    text.remove_prefix(length);
  }
  return safe;
}

bool nests_deeper(std::string_view json, std::size_t levels) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (quoted && json[i] == '\\')
      ++i;
    else if (json[i] == '"')
      quoted = !quoted;
    else if (!quoted && (json[i] == '[' || json[i] == '{') && ++depth > levels)
      return true;
    else if (!quoted && (json[i] == ']' || json[i] == '}') && depth > 0)
      --depth;
  }
  return false;
}

}  // namespace olivine
