#include <fmt/core.h>

#include <cmath>
#include <map>

#include "account/sci/impact_framework.h"
#include "account/sci/yaml_document.h"
#include "base/text.h"
#include "base/wall_time_text.h"

namespace olivine {
namespace {

using Kind = ManifestNode::Kind;

class IfReader {
 public:
  explicit IfReader(const std::string& file) : file_(printable(file)) {}

  Result<IfManifest> read(const ManifestNode& root) {
    if (root.kind != Kind::kTable)
      return refuse(root, "an Impact Framework manifest is a table with name, initialize and tree");
    const ManifestNode* tree = root.find("tree");
    if (tree == nullptr || tree->kind != Kind::kTable)
      return refuse(root, "there is no tree: is this an Impact Framework manifest?");
    out_.name = text_of(root.find("name"));
    out_.description = text_of(root.find("description"));
    read_plugins(root.find("initialize"));
    OLIVINE_CHECK_STATUS(read_child(*tree, "", {}, false));
    if (out_.components.empty()) return refuse(*tree, "no component has inputs or outputs");
    return std::move(out_);
  }

 private:
  using Defaults = std::map<std::string, const ManifestNode*, std::less<>>;

  tl::unexpected<Error> refuse(const ManifestNode& node, std::string_view why) const {
    return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", file_, node.line, why));
  }
  static std::string text_of(const ManifestNode* node) {
    return node != nullptr && node->kind == Kind::kText ? node->text : "";
  }
  void note(std::string text) {
    for (const std::string& said : out_.notes)
      if (said == text) return;
    out_.notes.push_back(std::move(text));
  }

  void read_plugins(const ManifestNode* initialize) {
    const ManifestNode* plugins = initialize != nullptr ? initialize->find("plugins") : nullptr;
    if (plugins == nullptr) return;
    for (const auto& [name, plugin] : plugins->members) {
      if (text_of(plugin.find("method")) != "Sci") continue;
      for (const char* key : {"config", "global-config"})
        if (const ManifestNode* config = plugin.find(key); config != nullptr && out_.functional_unit.empty())
          out_.functional_unit = text_of(config->find("functional-unit"));
    }
  }

  Status read_child(const ManifestNode& child, const std::string& path, Defaults defaults, bool pipeline) {
    pipeline = pipeline || child.find("pipeline") != nullptr;
    if (const ManifestNode* own = child.find("defaults"); own != nullptr)
      for (const auto& [key, value] : own->members) defaults[key] = &value;
    const ManifestNode* rows = child.find("outputs");
    const bool computed = rows != nullptr && rows->kind == Kind::kList;
    if (!computed) rows = child.find("inputs");
    const ManifestNode* children = child.find("children");
    if (rows != nullptr && rows->kind == Kind::kList && children == nullptr) {
      to_be_computed_ = pipeline && !computed;
      OLIVINE_CHECK_STATUS(read_rows(*rows, path, defaults));
    }
    if (children == nullptr) return {};
    if (children->kind != Kind::kTable) return refuse(*children, "children is a table of components by name");
    for (const auto& [name, node] : children->members)
      OLIVINE_CHECK_STATUS(read_child(node, path.empty() ? name : path + "/" + name, defaults, pipeline));
    return {};
  }

  Status read_rows(const ManifestNode& rows, const std::string& path, const Defaults& defaults) {
    IfComponent component{path.empty() ? "all" : path, {}};
    for (const ManifestNode& row : rows.items) {
      if (row.kind != Kind::kTable) return refuse(row, "an observation is a table with timestamp and duration");
      OLIVINE_TRY(IfObservation observation, read_row(row, component.path, defaults));
      component.observations.push_back(std::move(observation));
    }
    if (!component.observations.empty()) out_.components.push_back(std::move(component));
    return {};
  }

  static const ManifestNode* find(const ManifestNode& row, const Defaults& defaults, std::string_view key) {
    if (const ManifestNode* own = row.find(key)) return own;
    const auto found = defaults.find(key);
    return found == defaults.end() ? nullptr : found->second;
  }
  // Absent or null: unknown.
  Result<std::optional<double>> number(const ManifestNode& row, const Defaults& defaults, std::string_view key) const {
    const ManifestNode* node = find(row, defaults, key);
    if (node == nullptr || node->kind == Kind::kNull) return std::optional<double>{};
    if (node->kind != Kind::kNumber)
      return refuse(*node, fmt::format("{} is {}: a number is wanted (expressions and plugins are not run)", key,
                                       name_of(node->kind)));
    if (node->number < 0.0)
      return refuse(*node, fmt::format("{} is {}: it cannot be below zero", key, shortest(node->number)));
    return std::optional<double>(node->number);
  }
  // energy, else the sum of the parts that are there.
  Result<std::optional<double>> energy_of(const ManifestNode& row, const Defaults& defaults, const std::string& path) {
    OLIVINE_TRY(std::optional<double> whole, number(row, defaults, "energy"));
    if (whole) return whole;
    if (to_be_computed_) {  // parts that are stated may not be all
      note(fmt::format("{}: its energy is left to plugins, which are not run: import what if-run wrote",
                       printable(path)));
      return std::optional<double>{};
    }
    std::optional<double> sum;
    std::string parts;
    for (const auto& [key, node] : row.members) {
      if (!key.ends_with("/energy") || node.kind == Kind::kNull) continue;
      OLIVINE_TRY(const std::optional<double> part, number(row, defaults, key));
      sum = sum.value_or(0.0) + part.value_or(0.0);
      parts += (parts.empty() ? "" : " + ") + key;
    }
    if (sum) note(fmt::format("{}: energy is {}, as there is no total", printable(path), printable(parts)));
    return sum;
  }

  Result<IfObservation> read_row(const ManifestNode& row, const std::string& path, const Defaults& defaults) {
    IfObservation o;
    o.line = row.line;
    OLIVINE_CHECK_STATUS(read_time(row, defaults, o));
    OLIVINE_TRY(o.energy_kwh, energy_of(row, defaults, path));
    OLIVINE_TRY(o.g_per_kwh, number(row, defaults, "grid/carbon-intensity"));
    OLIVINE_TRY(o.operational_g, number(row, defaults, "carbon-operational"));
    OLIVINE_TRY(o.embodied_g, number(row, defaults, "carbon-embodied"));
    if (!out_.functional_unit.empty()) {
      OLIVINE_TRY(o.units, number(row, defaults, out_.functional_unit));
    }
    if (!o.operational_g && !(o.energy_kwh && o.g_per_kwh) && !o.embodied_g) {
      OLIVINE_TRY(o.operational_g, number(row, defaults, "carbon"));
      if (o.operational_g)
        note(fmt::format("{}: only the total carbon is stated; it is taken as it stands", printable(path)));
    } else if (!o.embodied_g) {
      note(fmt::format("{}: its embodied carbon is not stated: unknown", printable(path)));
    }
    if (!o.operational_g && !o.energy_kwh)
      note(fmt::format("{}: neither its energy nor its operational carbon is stated: unknown", printable(path)));
    else if (!o.operational_g && !o.g_per_kwh)
      note(fmt::format("{}: its grid/carbon-intensity is not stated: unknown", printable(path)));
    return o;
  }

  Status read_time(const ManifestNode& row, const Defaults& defaults, IfObservation& o) {
    OLIVINE_TRY(const std::optional<double> duration, number(row, defaults, "duration"));
    o.duration_s = duration.value_or(0.0);
    const ManifestNode* node = find(row, defaults, "timestamp");
    if (node == nullptr || node->kind == Kind::kNull) return {};
    std::string text = node->text;
    if (const std::size_t space = text.find(' '); space != std::string::npos) text[space] = 'T';
    const bool has_time = text.find('T') != std::string::npos;
    const bool zoned =
        text.ends_with("Z") || (has_time && text.find_first_of("+-", text.find('T')) != std::string::npos);
    if (has_time && !zoned) {
      text += "Z";
      note("times without a zone are taken as UTC");
    }
    const auto time = parse_wall_time(text);
    if (!time) return refuse(*node, fmt::format("timestamp: {}", time.error().message));
    if (!later(*time, o.duration_s))
      return refuse(*node, fmt::format("duration: {} s after this is beyond the year 2262; it is a length in seconds",
                                       shortest(o.duration_s)));
    o.timestamp = *time;
    return {};
  }

  std::string file_;
  bool to_be_computed_ = false;  // the component has a pipeline that has not been run
  IfManifest out_;
};

}  // namespace

Result<IfManifest> read_impact_framework(std::string_view yaml, const std::string& file) {
  OLIVINE_TRY(const ManifestNode root, document_from_yaml(yaml, file));
  return IfReader(file).read(root);
}

}  // namespace olivine
