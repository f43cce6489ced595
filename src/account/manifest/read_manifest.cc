#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "account/manifest/check_manifest.h"
#include "account/manifest/manifest_fields.h"
#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxRows = 50'000;  // of one section
constexpr std::size_t kMaxText = 64 * 1024;

// The tables of an activity hold the keys of ManifestConditions beside their own.
struct Sections {
  static constexpr std::string_view kNames[] = {"",         "defaults", "hardware", "activity",    "activities_file",
                                                "contract", "market",   "tariff",   "tariff.band", "functional_unit",
                                                "figure"};
};

class ManifestReader {
 public:
  ManifestReader(std::string file) : file_(std::move(file)) { out_.file = file_; }

  Result<Manifest> read(const ManifestNode& document) {
    if (document.kind != ManifestNode::Kind::kTable) return refuse(1, "a manifest is a table of keys");
    OLIVINE_CHECK_STATUS(check_schema(document));
    OLIVINE_CHECK_STATUS(fields(document, list_of(kTopFields), out_, ""));
    OLIVINE_CHECK_STATUS(sections_known(document));
    OLIVINE_CHECK_STATUS(parameters(document));
    OLIVINE_CHECK_STATUS(one_table(document, "defaults", list_of(kConditionFields), out_.defaults));
    OLIVINE_CHECK_STATUS(one_table(document, "market", list_of(kMarketFields), out_));
    OLIVINE_CHECK_STATUS(rows(document, "hardware", list_of(kHardwareFields), out_.hardware));
    OLIVINE_CHECK_STATUS(rows_with_conditions(document, "activity", list_of(kActivityFields), out_.activities));
    OLIVINE_CHECK_STATUS(
        rows_with_conditions(document, "activities_file", list_of(kFileFields), out_.activities_files));
    OLIVINE_CHECK_STATUS(rows(document, "contract", list_of(kContractFields), out_.contracts));
    OLIVINE_CHECK_STATUS(tariffs(document));
    OLIVINE_CHECK_STATUS(rows(document, "functional_unit", list_of(kUnitFields), out_.functional_units));
    OLIVINE_CHECK_STATUS(rows(document, "figure", list_of(kFigureFields), out_.figures));
    OLIVINE_CHECK_STATUS(check_manifest(out_));
    return std::move(out_);
  }

 private:
  tl::unexpected<Error> refuse(std::size_t line, std::string_view why) const {
    return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", file_, line, why));
  }

  Status check_schema(const ManifestNode& document) const {
    const ManifestNode* schema = document.find("schema");
    if (schema == nullptr)
      return refuse(1, fmt::format("schema = \"{}\" is missing; it says how to read the file", kManifestSchema));
    if (schema->kind != ManifestNode::Kind::kText || schema->text != kManifestSchema)
      return refuse(schema->line, fmt::format("schema is {}; this program reads \"{}\"",
                                              schema->kind == ManifestNode::Kind::kText
                                                  ? "\"" + printable(schema->text.substr(0, 60)) + "\""
                                                  : std::string(name_of(schema->kind)),
                                              kManifestSchema));
    return {};
  }

  // Top-level keys that no field list has: the sections and schema.
  Status sections_known(const ManifestNode& document) const {
    std::vector<std::string> known{"schema", "parameters"};
    for (const std::string_view section : Sections::kNames)
      if (!section.empty() && section.find('.') == std::string_view::npos) known.emplace_back(section);
    for (const auto& field : kTopFields) known.emplace_back(field.key.name);
    for (const auto& [key, node] : document.members)
      if (std::find(known.begin(), known.end(), key) == known.end())
        return unknown_key(node.line, "a manifest", key, known);
    return {};
  }
  tl::unexpected<Error> unknown_key(std::size_t line, std::string_view where, std::string_view key,
                                    const std::vector<std::string>& known) const {
    const std::string near = nearest(key, known);
    return refuse(line, fmt::format("{} has no key \"{}\"{}", where, printable(key.substr(0, 60)),
                                    near.empty() ? fmt::format("; it knows {}", fmt::join(known, ", "))
                                                 : fmt::format("; did you mean \"{}\"?", near)));
  }

  template <class T>
  struct Setter {
    const ManifestReader& reader;
    const ManifestNode& node;
    const ManifestKey& key;
    const std::string& what;
    T& out;
    std::string named() const { return what.empty() ? std::string(key.name) : fmt::format("{}: {}", what, key.name); }
    tl::unexpected<Error> wrong(std::string_view expected) const {
      return reader.refuse(node.line, fmt::format("{} is {}; write {}", named(), name_of(node.kind), expected));
    }
    Status operator()(std::string T::* member) const {
      using Kind = ManifestNode::Kind;
      if (node.kind == Kind::kText && node.text.size() <= kMaxText) out.*member = trim(node.text);
      // A year is written as a number.
      else if (node.kind == Kind::kNumber && key.name == "at")
        out.*member = shortest(node.number);
      else
        return wrong("a text");
      return {};
    }
    Status operator()(WrittenValue T::* member) const {
      OLIVINE_TRY(out.*member, written_value(node, key.unit, named(), reader.file_));
      return {};
    }
    Status operator()(std::vector<std::string> T::* member) const {
      if (node.kind == ManifestNode::Kind::kText) {
        (out.*member).push_back(node.text);
        return {};
      }
      if (node.kind != ManifestNode::Kind::kList) return wrong("a list of texts");
      for (const ManifestNode& item : node.items) {
        if (item.kind != ManifestNode::Kind::kText) return wrong("a list of texts");
        (out.*member).push_back(item.text);
      }
      return {};
    }
    Result<int> whole() const {
      if (node.kind != ManifestNode::Kind::kNumber || node.number != std::floor(node.number) ||
          std::abs(node.number) > 9999.0)
        return wrong("a whole number");
      return static_cast<int>(node.number);
    }
    Status operator()(std::optional<int> T::* member) const {
      OLIVINE_TRY(out.*member, whole());
      return {};
    }
    Status operator()(int T::* member) const {
      OLIVINE_TRY(out.*member, whole());
      return {};
    }
  };

  // Fills what the table has of these fields.
  template <class T>
  Status fields(const ManifestNode& table, std::span<const ManifestField<T>> known, T& out,
                const std::string& what) const {
    for (const ManifestField<T>& field : known) {
      const ManifestNode* node = table.find(field.key.name);
      if (node == nullptr) continue;
      OLIVINE_CHECK_STATUS(std::visit(Setter<T>{*this, *node, field.key, what, out}, field.member));
    }
    return {};
  }
  template <class T>
  static void add_names(std::span<const ManifestField<T>> known, std::vector<std::string>& names) {
    for (const ManifestField<T>& field : known) names.emplace_back(field.key.name);
  }
  Status only(const ManifestNode& table, const std::string& what, const std::vector<std::string>& names) const {
    for (const auto& [key, node] : table.members)
      if (std::find(names.begin(), names.end(), key) == names.end()) return unknown_key(node.line, what, key, names);
    return {};
  }

  Status parameters(const ManifestNode& document) {
    const ManifestNode* table = document.find("parameters");
    if (table == nullptr) return {};
    if (table->kind != ManifestNode::Kind::kTable)
      return refuse(table->line, "parameters must be a table, [parameters]");
    for (const auto& [name, node] : table->members) {
      if (!is_manifest_name(name))
        return refuse(node.line,
                      fmt::format("parameter \"{}\": a name is of letters, digits and '_' and begins with a letter",
                                  printable(name.substr(0, 60))));
      OLIVINE_TRY(WrittenValue value, written_value(node, "", fmt::format("parameter {}", name), file_));
      out_.parameters.emplace_back(name, std::move(value));
    }
    return {};
  }

  template <class T>
  Status one_table(const ManifestNode& document, const char* section, std::span<const ManifestField<T>> known,
                   T& out) const {
    const ManifestNode* table = document.find(section);
    if (table == nullptr) return {};
    if (table->kind != ManifestNode::Kind::kTable)
      return refuse(table->line, fmt::format("{0} must be a table, [{0}]", section));
    std::vector<std::string> names;
    add_names(known, names);
    OLIVINE_CHECK_STATUS(only(*table, fmt::format("[{}]", section), names));
    return fields(*table, known, out, section);
  }

  // The tables of [[section]], each named after its id.
  Result<std::vector<const ManifestNode*>> tables_of(const ManifestNode& document, std::string_view section) const {
    std::vector<const ManifestNode*> found;
    const ManifestNode* list = document.find(section);
    if (list == nullptr) return found;
    if (list->kind != ManifestNode::Kind::kList)
      return refuse(list->line, fmt::format("{0} must be tables, [[{0}]]", section));
    if (list->items.size() > kMaxRows)
      return refuse(list->line, fmt::format("{} [[{}]]; at most {} (bulk rows belong into an [[activities_file]])",
                                            list->items.size(), section, kMaxRows));
    for (const ManifestNode& item : list->items) {
      if (item.kind != ManifestNode::Kind::kTable)
        return refuse(item.line, fmt::format("{0} must be tables, [[{0}]]", section));
      found.push_back(&item);
    }
    return found;
  }
  static std::string title_of(const ManifestNode& table, std::string_view section, std::size_t index) {
    for (const char* key : {"id", "name"})
      if (const ManifestNode* id = table.find(key); id != nullptr && id->kind == ManifestNode::Kind::kText)
        return fmt::format("{} \"{}\"", section, printable(std::string_view(id->text).substr(0, 60)));
    return fmt::format("{} {}", section, index + 1);
  }
  template <class T>
  Status rows(const ManifestNode& document, std::string_view section, std::span<const ManifestField<T>> known,
              std::vector<T>& out, std::initializer_list<std::string_view> more = {}) const {
    OLIVINE_TRY(const auto tables, tables_of(document, section));
    std::vector<std::string> names(more.begin(), more.end());
    add_names(known, names);
    for (const ManifestNode* table : tables) {
      const std::string what = title_of(*table, section, out.size());
      OLIVINE_CHECK_STATUS(only(*table, what, names));
      T row;
      row.line = table->line;
      OLIVINE_CHECK_STATUS(fields(*table, known, row, what));
      out.push_back(std::move(row));
    }
    return {};
  }
  template <class T>
  Status rows_with_conditions(const ManifestNode& document, std::string_view section,
                              std::span<const ManifestField<T>> known, std::vector<T>& out) const {
    OLIVINE_TRY(const auto tables, tables_of(document, section));
    std::vector<std::string> names;
    add_names(known, names);
    add_names(list_of(kConditionFields), names);
    for (const ManifestNode* table : tables) {
      const std::string what = title_of(*table, section, out.size());
      OLIVINE_CHECK_STATUS(only(*table, what, names));
      T row;
      row.line = row.conditions.line = table->line;
      OLIVINE_CHECK_STATUS(fields(*table, known, row, what));
      OLIVINE_CHECK_STATUS(fields(*table, list_of(kConditionFields), row.conditions, what));
      out.push_back(std::move(row));
    }
    return {};
  }
  Status tariffs(const ManifestNode& document) {
    OLIVINE_CHECK_STATUS(rows(document, "tariff", list_of(kTariffFields), out_.tariffs, {"band"}));
    OLIVINE_TRY(const auto tables, tables_of(document, "tariff"));
    for (std::size_t i = 0; i < tables.size(); ++i)
      OLIVINE_CHECK_STATUS(rows(*tables[i], "band", list_of(kBandFields), out_.tariffs[i].bands));
    return {};
  }

  std::string file_;
  Manifest out_;
};

template <class T>
void list_keys(std::span<const ManifestField<T>> fields, std::vector<ManifestKey>& out) {
  for (const ManifestField<T>& field : fields) out.push_back(field.key);
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view text, const std::string& file) {
  const std::string shown = printable(file);
  OLIVINE_TRY(const ManifestNode document, read_manifest_document(text, shown));
  return ManifestReader(shown).read(document);
}

const ManifestHardware* Manifest::find_hardware(std::string_view id) const {
  for (const ManifestHardware& each : hardware)
    if (each.id == id) return &each;
  return nullptr;
}

std::vector<std::string_view> manifest_sections() { return {std::begin(Sections::kNames), std::end(Sections::kNames)}; }

std::vector<ManifestKey> manifest_keys(std::string_view section) {
  std::vector<ManifestKey> keys;
  if (section == "activity") list_keys(list_of(kActivityFields), keys);
  if (section == "activities_file") list_keys(list_of(kFileFields), keys);
  if (section == "activity" || section == "defaults" || section == "activities_file")
    list_keys(list_of(kConditionFields), keys);
  if (section.empty()) list_keys(list_of(kTopFields), keys);
  if (section == "hardware") list_keys(list_of(kHardwareFields), keys);
  if (section == "contract") list_keys(list_of(kContractFields), keys);
  if (section == "market") list_keys(list_of(kMarketFields), keys);
  if (section == "tariff") list_keys(list_of(kTariffFields), keys);
  if (section == "tariff.band") list_keys(list_of(kBandFields), keys);
  if (section == "functional_unit") list_keys(list_of(kUnitFields), keys);
  if (section == "figure") list_keys(list_of(kFigureFields), keys);
  return keys;
}

}  // namespace olivine
