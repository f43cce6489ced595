#include "grid/providers/answer_json.h"

#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace olivine {
namespace {

using nlohmann::json;
constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxValues = 300'000;
constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxStringBytes = 65536;

const json* node(const void* p) { return static_cast<const json*>(p); }

// One pass: how deep, how many values, how long a string.
Status look_over(std::string_view body) {
  int depth = 0;
  std::size_t values = 0, string_begin = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      if (i - string_begin > kMaxStringBytes)
        return fail(ErrorKind::kCorrupt, fmt::format("the answer holds a text of more than {} bytes", kMaxStringBytes));
      continue;
    }
    if (c == '"') {
      in_string = true;
      string_begin = i;
    }
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (c == ',' || c == '[' || c == '{') ++values;
    if (depth > kMaxDepth)
      return fail(ErrorKind::kCorrupt, fmt::format("the answer is nested more than {} deep", kMaxDepth));
    if (values > kMaxValues)
      return fail(ErrorKind::kCorrupt, fmt::format("the answer holds more than {} values", kMaxValues));
  }
  return {};
}

std::string one_line(std::string_view text) { return printable(trim(text).substr(0, 200)); }

std::string words_of_xml(std::string_view body) {
  const std::size_t at = body.find("Acknowledgement_MarketDocument");
  if (at == std::string_view::npos) return "";
  constexpr std::string_view kOpen = "<text>";
  const std::size_t begin = body.find(kOpen, at);
  const std::size_t end = body.find("</text>", begin);
  if (begin == std::string_view::npos || end == std::string_view::npos) return "no reason given";
  return one_line(body.substr(begin + kOpen.size(), end - begin - kOpen.size()));
}

}  // namespace

bool looks_like_html(std::string_view body) {
  const std::string start = to_lower(trim(body.substr(0, 256)));
  return start.starts_with("<!doctype html") || start.starts_with("<html") || start.starts_with("<head");
}

Result<AnswerJson> AnswerJson::parse(std::string_view body) {
  if (body.size() > kMaxBytes)
    return fail(ErrorKind::kCorrupt, fmt::format("the answer is larger than {} bytes", kMaxBytes));
  if (trim(body).empty()) return fail(ErrorKind::kCorrupt, "the answer is empty");
  if (looks_like_html(body))
    return fail(ErrorKind::kCorrupt, "the answer is a web page, not JSON (a proxy or a maintenance page?)");
  OLIVINE_CHECK_STATUS(look_over(body));
  auto whole = std::make_shared<const json>(json::parse(body, nullptr, false));
  if (whole->is_discarded())
    return fail(ErrorKind::kCorrupt,
                fmt::format("the answer is no whole JSON ({} bytes): cut off or damaged", body.size()));
  AnswerJson answer;
  answer.node_ = whole.get();
  answer.whole_ = std::move(whole);
  return answer;
}

AnswerJson AnswerJson::operator[](std::string_view key) const {
  AnswerJson part;
  if (!is_object()) return part;
  const auto found = node(node_)->find(key);
  if (found == node(node_)->end()) return part;
  part.whole_ = whole_;
  part.node_ = &*found;
  return part;
}

AnswerJson AnswerJson::operator[](std::size_t index) const {
  AnswerJson part;
  if (index >= size()) return part;
  part.whole_ = whole_;
  part.node_ = &(*node(node_))[index];
  return part;
}

std::size_t AnswerJson::size() const { return is_array() ? node(node_)->size() : 0; }
bool AnswerJson::is_null() const { return present() && node(node_)->is_null(); }
bool AnswerJson::is_array() const { return present() && node(node_)->is_array(); }
bool AnswerJson::is_object() const { return present() && node(node_)->is_object(); }

std::optional<bool> AnswerJson::boolean() const {
  if (!present() || !node(node_)->is_boolean()) return std::nullopt;
  return node(node_)->get<bool>();
}

std::optional<double> AnswerJson::number() const {
  if (!present() || !node(node_)->is_number()) return std::nullopt;
  const double value = node(node_)->get<double>();
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::string> AnswerJson::text() const {
  if (!present() || !node(node_)->is_string()) return std::nullopt;
  return node(node_)->get<std::string>();
}

std::string AnswerJson::text_or(std::string_view otherwise) const { return text().value_or(std::string(otherwise)); }

std::string words_of_error(std::string_view body) {
  if (body.size() > 65536) return "";  // an error is short
  if (const std::string words = words_of_xml(body); !words.empty()) return words;
  const auto answer = AnswerJson::parse(body);
  if (!answer) return "";
  for (const char* key : {"error", "message", "reason", "detail"}) {
    const AnswerJson value = (*answer)[key];
    if (const auto text = value.text()) return one_line(*text);
    if (const auto text = value["message"].text()) return one_line(*text);
  }
  return "";
}

}  // namespace olivine
