#include "workload/scope_word.h"

#include <fmt/core.h>

#include <array>

#include "base/text.h"
#include "workload/mark.h"

namespace olivine {
namespace {

constexpr std::array<std::string_view, 4> kVerbs{"terms", "charge", "served", "ask"};
constexpr std::int64_t kMostRequests = 1'000'000'000'000;
constexpr double kMostAmount = 1e18;  // J, g

std::optional<double> amount_of(std::string_view text) {
  const auto value = parse_double(text);
  if (!value || !(*value >= 0.0 && *value <= kMostAmount)) return std::nullopt;
  return *value;
}

bool take_count(std::string_view text, std::int64_t& into) {
  const auto value = parse_i64(text);
  if (!value || *value < 0 || *value > kMostRequests) return false;
  into = *value;
  return true;
}

bool take_text(std::string_view text, std::string& into) {
  auto value = unescaped_name(text);
  if (value) into = std::move(*value);
  return value.has_value();
}

bool take_amount(std::string_view text, std::optional<double>& into) {
  into = amount_of(text);
  return into.has_value();
}

// False: it makes no sense. A key that is not known is passed over.
bool take(std::string_view key, std::string_view said, ScopeWord& word) {
  if (key == "trace") {
    const auto context = parse_trace_context(said);
    if (context) word.context = *context;
    return context.has_value();
  }
  if (key == "quota") return take_text(said, word.quota);
  if (key == "level") return take_text(said, word.level);
  if (key == "on") word.program_tells = said == "program";
  if (key == "j") return take_amount(said, word.joules);
  if (key == "g") return take_amount(said, word.grams);
  if (key == "n") return take_count(said, word.requests);
  if (key == "late") return take_count(said, word.late);
  if (key == "failed") return take_count(said, word.failed);
  if (key == "of") word.of = parse_span_id(said).value_or(0);  // the bill is as good without
  if (key == "accuracy") {
    const auto accuracy = parse_double(said);
    if (accuracy) word.accuracy = *accuracy;
    return accuracy.has_value();
  }
  return true;
}

}  // namespace

std::optional<ScopeWord> parse_scope_word(std::string_view line) {
  if (line.size() > kLongestMarkLine) return std::nullopt;
  const auto words = split_words(line);
  if (words.size() < 4) return std::nullopt;
  ScopeWord word;
  std::size_t verb = 0;
  while (verb < kVerbs.size() && kVerbs[verb] != words[0]) ++verb;
  if (verb == kVerbs.size() || !take_text(words[2], word.name)) return std::nullopt;
  word.verb = static_cast<ScopeVerb>(verb);
  for (std::size_t i = 3; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    if (equals == std::string_view::npos || !take(words[i].substr(0, equals), words[i].substr(equals + 1), word))
      return std::nullopt;
  }
  if (word.context.span == 0 || word.late + word.failed > word.requests) return std::nullopt;
  return word;
}

std::string scope_word_line(const ScopeWord& word) {
  std::string line = fmt::format("{} - {} trace={}", kVerbs[static_cast<std::size_t>(word.verb)],
                                 escaped_name(word.name), to_text(word.context));
  if (!word.quota.empty()) line += " quota=" + escaped_name(word.quota);
  if (!word.level.empty()) line += " level=" + escaped_name(word.level);
  if (word.program_tells) line += " on=program";
  if (word.joules) line += fmt::format(" j={}", *word.joules);
  if (word.grams) line += fmt::format(" g={}", *word.grams);
  if (word.of != 0) line += " of=" + span_text(word.of);
  if (word.requests > 0) line += fmt::format(" n={} late={} failed={}", word.requests, word.late, word.failed);
  if (word.accuracy) line += fmt::format(" accuracy={}", *word.accuracy);
  return line + "\n";
}

}  // namespace olivine
