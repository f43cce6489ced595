#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <cmath>
#include <sstream>

#include "account/manifest/document.h"
#include "base/text.h"
#include "base/toml_scan.h"

namespace olivine {
namespace {

class TomlConverter {
 public:
  explicit TomlConverter(const std::string& name) : name_(name) {}

  Result<ManifestNode> convert(const toml::node& node) {
    ManifestNode out;
    out.line = std::max<std::size_t>(node.source().begin.line, 1);
    if (++values_ > kMaxManifestValues)
      return refuse(out.line, "more than 1,000,000 values; bulk rows belong into an [[activities_file]]");
    if (const auto* table = node.as_table()) return from_table(*table, std::move(out));
    if (const auto* array = node.as_array()) return from_array(*array, std::move(out));
    return from_value(node, std::move(out));
  }

 private:
  tl::unexpected<Error> refuse(std::size_t line, std::string_view why) const {
    return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", name_, line, why));
  }
  Result<ManifestNode> from_table(const toml::table& table, ManifestNode out) {
    out.kind = ManifestNode::Kind::kTable;
    if (table.size() > kMaxManifestKeys)
      return refuse(out.line, fmt::format("a table of more than {} keys", kMaxManifestKeys));
    for (const auto& [key, value] : table) {
      OLIVINE_TRY(ManifestNode member, convert(value));
      // A key's own line: a table that is only a prefix of a header ([a.b] makes a) has none.
      if (key.source().begin.line > 0)
        member.line = member.kind == ManifestNode::Kind::kList ? member.line : key.source().begin.line;
      out.members.emplace_back(std::string(key.str()), std::move(member));
    }
    std::stable_sort(out.members.begin(), out.members.end(),
                     [](const auto& a, const auto& b) { return a.second.line < b.second.line; });
    return out;
  }
  Result<ManifestNode> from_array(const toml::array& array, ManifestNode out) {
    out.kind = ManifestNode::Kind::kList;
    for (const toml::node& each : array) {
      OLIVINE_TRY(ManifestNode item, convert(each));
      out.items.push_back(std::move(item));
    }
    return out;
  }
  Result<ManifestNode> from_value(const toml::node& node, ManifestNode out) const {
    using Kind = ManifestNode::Kind;
    if (const auto* text = node.as_string()) {
      out.kind = Kind::kText;
      out.text = text->get();
      if (out.text.find('\0') != std::string::npos) return refuse(out.line, "a text holds a byte 0");
    } else if (const auto* flag = node.as_boolean()) {
      out.kind = Kind::kBool;
      out.flag = flag->get();
    } else if (node.is_number()) {
      out.kind = Kind::kNumber;
      out.number = node.value<double>().value_or(0.0);
      if (!std::isfinite(out.number))
        return refuse(out.line, "nan and inf are no numbers that an account can use; what is not known is \"unknown\"");
    } else {  // dates and times
      std::ostringstream stream;
      if (const auto* date = node.as_date()) stream << date->get();
      if (const auto* time = node.as_time()) stream << time->get();
      if (const auto* moment = node.as_date_time()) stream << moment->get();
      out.kind = Kind::kText;
      out.text = stream.str();
    }
    return out;
  }

  const std::string& name_;
  std::size_t values_ = 0;
};

}  // namespace

Result<ManifestNode> document_from_toml(std::string_view text, const std::string& name) {
  const std::string shown = printable(name);
  if (text.size() > kMaxManifestBytes)
    return fail(ErrorKind::kInvalid,
                shown + ":1: the manifest is larger than 8 MiB; bulk rows belong into an [[activities_file]]");
  if (const auto problem = toml_problem(text, kMaxManifestDepth))
    return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", shown, problem->line, problem->why));
  try {  // the library reports errors by exception; they end here
    const toml::table table = toml::parse(text, shown);
    return TomlConverter(shown).convert(table);
  } catch (const toml::parse_error& error) {
    std::string why = printable(error.description());
    if (why.size() > 300) why.resize(300);
    return fail(ErrorKind::kInvalid, fmt::format("{}:{}: this is not TOML: {}", shown,
                                                 std::max<std::size_t>(error.source().begin.line, 1), why));
  }
}

}  // namespace olivine
