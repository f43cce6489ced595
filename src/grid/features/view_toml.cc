// Feature views from TOML. Strict: a key that is not known is an error, so that a slip of the pen never changes a meaning.
#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <initializer_list>
#include <optional>

#include "base/text.h"
#include "base/time.h"
#include "base/toml_scan.h"
#include "grid/features/view.h"
#include "grid/features/view_names.h"

namespace olivine::features {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;
constexpr std::size_t kMaxDepth = 8;

// Reads the keys of one table; the first error stays.
class Reader {
 public:
  Reader(const toml::table& table, const std::string& path) : table_(table), path_(path) {}

  void text(const char* key, std::string& out, bool needed = true) {
    const toml::node* node = find(key, needed);
    if (node == nullptr) return;
    if (const auto* value = node->as_string())
      out = value->get();
    else
      refuse(*node, fmt::format("{} must be a text", key));
  }
  void integer(const char* key, std::int64_t& out) {
    const toml::node* node = find(key, false);
    if (node == nullptr) return;
    if (const auto* value = node->as_integer())
      out = value->get();
    else
      refuse(*node, fmt::format("{} must be a whole number", key));
  }
  void number(const char* key, double& out, bool needed) {
    const toml::node* node = find(key, needed);
    if (node == nullptr) return;
    if (const auto value = node->value<double>(); value && node->is_number())
      out = *value;
    else
      refuse(*node, fmt::format("{} must be a number", key));
  }
  void duration(const char* key, std::int64_t& out) {
    const toml::node* node = find(key, false);
    if (node == nullptr) return;
    const auto* value = node->as_string();
    if (value == nullptr) return refuse(*node, fmt::format("{} must be a duration such as \"24h\"", key));
    const bool negative = value->get().starts_with('-');
    const auto parsed = parse_duration(std::string_view(value->get()).substr(negative ? 1 : 0));
    if (!parsed) return refuse(*node, fmt::format("{}: {}", key, parsed.error().message));
    out = negative ? -parsed->ns : parsed->ns;
  }
  template <class Value>
  void word(const char* key, Value& out, Result<Value> (*from)(std::string_view)) {
    std::string name;
    text(key, name);
    if (error_) return;
    if (const Result<Value> value = from(name))
      out = *value;
    else
      refuse(*table_.get(key), fmt::format("{}: {}", key, value.error().message));
  }
  void texts(const char* key, std::vector<std::string>& out) {
    const toml::node* node = find(key, true);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr) return refuse(*node, fmt::format("{} must be a list of texts", key));
    for (const toml::node& each : *array) {
      const auto* value = each.as_string();
      if (value == nullptr) return refuse(each, fmt::format("{} must be a list of texts", key));
      out.push_back(value->get());
    }
  }
  const toml::array* tables(const char* key) {
    const toml::node* node = find(key, true);
    if (node == nullptr) return nullptr;
    if (node->is_array_of_tables()) return node->as_array();
    refuse(*node, fmt::format("{} must be tables, [[view.{}]]", key, key));
    return nullptr;
  }
  Status only(std::initializer_list<std::string_view> known) {
    for (const auto& [key, node] : table_) {
      if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
      refuse(node,
             fmt::format("unknown key \"{}\"; known: {}", printable(key.str().substr(0, 60)), fmt::join(known, ", ")));
    }
    return error_ ? Status(tl::unexpected<Error>(*error_)) : Status{};
  }

 private:
  const toml::node* find(const char* key, bool needed) {
    const toml::node* node = error_ ? nullptr : table_.get(key);
    if (node == nullptr && needed && !error_) refuse(table_, fmt::format("{} is missing", key));
    return node;
  }
  void refuse(const toml::node& node, const std::string& why) {
    if (!error_)
      error_ = Error{ErrorKind::kInvalid,
                     fmt::format("{}:{}: {}", path_, std::max<std::size_t>(node.source().begin.line, 1), why)};
  }

  const toml::table& table_;
  const std::string& path_;
  std::optional<Error> error_;
};

Result<Feature> feature_from(const toml::table& table, const std::string& path) {
  Feature f;
  Reader read(table, path);
  read.text("name", f.name);
  read.text("unit", f.unit);
  read.word("transform", f.transform, transform_from);
  read.text("column", f.column, false);
  read.duration("offset", f.offset_ns);
  read.duration("window", f.window_ns);
  read.duration("ahead", f.ahead_ns);
  read.integer("min_count", f.min_count);
  read.text("zone", f.zone, false);
  read.text("country", f.country, false);
  const bool sun = f.transform == Transform::kSunElevation || f.transform == Transform::kSunAzimuth;
  read.number("latitude", f.latitude, sun);
  read.number("longitude", f.longitude, sun);
  OLIVINE_CHECK_STATUS(read.only({"name", "unit", "transform", "column", "offset", "window", "ahead", "min_count",
                                  "zone", "country", "latitude", "longitude"}));
  return f;
}

Result<FeatureView> view_from(const toml::table& table, const std::string& path) {
  FeatureView v;
  Reader read(table, path);
  read.text("name", v.name);
  read.integer("version", v.version);
  read.word("class", v.feature_class, feature_class_from);
  read.text("description", v.description, false);
  read.text("entity", v.entity);
  read.text("source", v.source);
  read.text("event_time", v.event_time);
  read.text("ingest_time", v.ingest_time);
  read.duration("ttl", v.ttl_ns);
  read.texts("lineage", v.lineage);
  const toml::array* features = read.tables("feature");
  OLIVINE_CHECK_STATUS(read.only({"name", "version", "class", "description", "entity", "source", "event_time",
                                  "ingest_time", "ttl", "lineage", "feature"}));
  for (const toml::node& node : *features) {
    OLIVINE_TRY(Feature f, feature_from(*node.as_table(), path));
    v.features.push_back(std::move(f));
  }
  if (const Status good = check(v); !good)
    return fail(good.error().kind, fmt::format("{}:{}: {}", path, table.source().begin.line, good.error().message));
  return v;
}

Result<std::vector<FeatureView>> views_from(const toml::table& document, const std::string& path) {
  Reader read(document, path);
  const toml::array* tables = read.tables("view");
  OLIVINE_CHECK_STATUS(read.only({"view"}));
  std::vector<FeatureView> views;
  for (const toml::node& node : *tables) {
    OLIVINE_TRY(FeatureView view, view_from(*node.as_table(), path));
    for (const FeatureView& other : views)
      if (other.id() == view.id())
        return fail(ErrorKind::kInvalid,
                    fmt::format("{}:{}: view {} stands here twice", path, node.source().begin.line, view.id()));
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace

Result<std::vector<FeatureView>> parse_views(std::string_view text, const std::string& path) {
  const std::string shown = printable(path);
  if (text.size() > kMaxBytes) return fail(ErrorKind::kInvalid, shown + ":1: the file is larger than 1 MiB");
  if (const auto problem = toml_problem(text, kMaxDepth))
    return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", shown, problem->line, problem->why));
  try {  // the library reports errors by exception; they end here
    return views_from(toml::parse(text, shown), shown);
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::kInvalid,
                fmt::format("{}:{}: this is not TOML: {}", shown, std::max<std::size_t>(error.source().begin.line, 1),
                            printable(error.description())));
  }
}

}  // namespace olivine::features
