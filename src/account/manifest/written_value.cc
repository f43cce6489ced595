#include "account/manifest/written_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "provenance/defaults.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxTextBytes = 4096;
constexpr std::array<std::string_view, 6> kDistributions{"exact",      "normal",  "lognormal",
                                                         "triangular", "uniform", "skewed"};
constexpr std::array<std::string_view, 14> kKeys{
    "value", "lower", "upper", "unit", "distribution",       "shared", "source", "basis",
    "group", "min",   "mode",  "max",  "standard_deviation", "note"};

class ValueReader {
 public:
  ValueReader(WrittenValue& out, const std::string& file) : out_(out), file_(file) {}

  Status read(const ManifestNode& node) {
    using Kind = ManifestNode::Kind;
    if (node.kind == Kind::kText) return from_text(node);
    if (node.kind == Kind::kNumber) {
      out_.form = WrittenValue::Form::kPlain;
      out_.value.number = node.number;
      return {};
    }
    if (node.kind == Kind::kNull) {
      out_.form = WrittenValue::Form::kUnknown;
      return {};
    }
    if (node.kind == Kind::kTable) return from_table(node);
    return refuse(
        fmt::format("is {}; write a number, a text such as \"96 h\", or {{value = ..., lower = ..., upper = ...}}",
                    name_of(node.kind)));
  }

 private:
  tl::unexpected<Error> refuse(std::string_view why) const { return refused_value(out_, file_, why); }

  Status from_text(const ManifestNode& node) {
    using Form = WrittenValue::Form;
    const std::string_view text = trim(node.text);
    if (text.empty()) return refuse("is an empty text; what is not known is \"unknown\"");
    if (text.size() > kMaxTextBytes)
      return refuse(fmt::format("is a text of {} bytes; at most {} are read", text.size(), kMaxTextBytes));
    if (text == "unknown")
      out_.form = Form::kUnknown;
    else if (text == "none" || text == "not applicable")
      out_.form = Form::kNone;
    else if (text == "default")
      out_.form = Form::kDefault;
    else {
      out_.form = Form::kPlain;
      out_.value.text = text;
    }
    return {};
  }

  Status number(const ManifestNode& table, std::string_view key, WrittenNumber& to) {
    const ManifestNode* node = table.find(key);
    if (node == nullptr) return {};
    if (node->kind == ManifestNode::Kind::kNumber)
      to.number = node->number;
    else if (node->kind == ManifestNode::Kind::kText && !trim(node->text).empty() && node->text.size() <= kMaxTextBytes)
      to.text = trim(node->text);
    else
      return refuse(fmt::format("{} is {}; write a number or a text such as \"96 h\"", key, name_of(node->kind)));
    return {};
  }
  Status text(const ManifestNode& table, std::string_view key, std::string& to) {
    const ManifestNode* node = table.find(key);
    if (node == nullptr) return {};
    if (node->kind != ManifestNode::Kind::kText || node->text.size() > kMaxTextBytes)
      return refuse(fmt::format("{} is {}; write a text", key, name_of(node->kind)));
    to = trim(node->text);
    return {};
  }

  Status only_known(const ManifestNode& table) const {
    for (const auto& [key, node] : table.members) {
      if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) continue;
      const std::vector<std::string> known(kKeys.begin(), kKeys.end());
      const std::string near = nearest(key, known);
      return refuse(fmt::format("has no key \"{}\"{}; it knows {}", printable(key.substr(0, 60)),
                                near.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", near),
                                fmt::join(kKeys, ", ")));
    }
    return {};
  }

  Status from_table(const ManifestNode& table) {
    OLIVINE_CHECK_STATUS(only_known(table));
    OLIVINE_CHECK_STATUS(text(table, "unit", out_.unit));
    OLIVINE_CHECK_STATUS(text(table, "distribution", out_.distribution));
    OLIVINE_CHECK_STATUS(text(table, "shared", out_.shared));
    OLIVINE_CHECK_STATUS(text(table, "source", out_.source));
    OLIVINE_CHECK_STATUS(text(table, "group", out_.group));
    if (!out_.distribution.empty() &&
        std::find(kDistributions.begin(), kDistributions.end(), out_.distribution) == kDistributions.end())
      return refuse(fmt::format("distribution \"{}\" is not known; it is one of {}", printable(out_.distribution),
                                fmt::join(kDistributions, ", ")));
    OLIVINE_CHECK_STATUS(basis(table));
    const bool triangle = table.find("min") != nullptr || table.find("mode") != nullptr || table.find("max") != nullptr;
    return triangle ? from_triangle(table) : from_range(table);
  }
  Status basis(const ManifestNode& table) {
    std::string word;
    OLIVINE_CHECK_STATUS(text(table, "basis", word));
    if (word.empty()) return {};
    const auto named = basis_named(word);
    if (!named) return refuse("basis: " + named.error().message);
    out_.basis = *named;
    return {};
  }
  Status from_triangle(const ManifestNode& table) {
    out_.form = WrittenValue::Form::kTriangle;
    OLIVINE_CHECK_STATUS(number(table, "min", out_.lower));
    OLIVINE_CHECK_STATUS(number(table, "mode", out_.value));
    OLIVINE_CHECK_STATUS(number(table, "max", out_.upper));
    if (!out_.lower.given() || !out_.value.given() || !out_.upper.given())
      return refuse("a triangle needs min, mode and max");
    if (table.find("value") != nullptr || table.find("lower") != nullptr || table.find("upper") != nullptr)
      return refuse("has min/mode/max and value/lower/upper; write one of the two");
    return {};
  }
  Status from_range(const ManifestNode& table) {
    OLIVINE_CHECK_STATUS(number(table, "value", out_.value));
    OLIVINE_CHECK_STATUS(number(table, "lower", out_.lower));
    OLIVINE_CHECK_STATUS(number(table, "upper", out_.upper));
    OLIVINE_CHECK_STATUS(number(table, "standard_deviation", out_.deviation));
    if (!out_.value.given()) return refuse("has no value; write value = ... or \"unknown\"");
    if (out_.lower.given() != out_.upper.given())
      return refuse(fmt::format("has {} but no {}; a range needs both", out_.lower.given() ? "lower" : "upper",
                                out_.lower.given() ? "upper" : "lower"));
    if (out_.deviation.given() && out_.lower.given())
      return refuse("has a standard deviation and bounds; write one of the two");
    out_.form = out_.lower.given() || out_.deviation.given() ? WrittenValue::Form::kRange : WrittenValue::Form::kPlain;
    if (out_.value.text == "unknown") out_.form = WrittenValue::Form::kUnknown;
    if (out_.value.text == "default") out_.form = WrittenValue::Form::kDefault;
    if (out_.value.text == "none") out_.form = WrittenValue::Form::kNone;
    return {};
  }

  WrittenValue& out_;
  const std::string& file_;
};

}  // namespace

tl::unexpected<Error> refused_value(const WrittenValue& value, const std::string& file, std::string_view why) {
  return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {} {}", file, value.line, value.what, why));
}

Result<WrittenValue> written_value(const ManifestNode& node, std::string_view field_unit, std::string what,
                                   const std::string& file) {
  WrittenValue out;
  out.line = node.line;
  out.what = std::move(what);
  OLIVINE_CHECK_STATUS(ValueReader(out, file).read(node));
  if (out.unit.empty()) out.unit = field_unit;
  return out;
}

}  // namespace olivine
