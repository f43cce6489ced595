#include "planning/supply_file.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <initializer_list>

#include "base/text.h"
#include "base/toml_scan.h"
#include "base/wall_time_text.h"
#include "grid/fuel_factors.h"
#include "provenance/table.h"
#include "units/format.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;
constexpr std::size_t kMaxDepth = 8;
constexpr double kMostWatts = 1e9, kMostPerKwh = 1e6, kMostCapacityJ = 3.6e12;
constexpr std::size_t kLongest = 60;  // of a value that an error repeats

// Reads the keys of one table; the first error stays.
class Keys {
 public:
  Keys(const toml::table& table, std::string name, const std::string& path)
      : table_(table), name_(std::move(name)), path_(path) {}

  bool has(const char* key) const { return table_.contains(key); }
  std::string text(const char* key, const char* otherwise) {  // nullptr: needed
    const toml::node* node = find(key, otherwise == nullptr);
    if (node == nullptr) return otherwise == nullptr ? "" : otherwise;
    if (const auto* value = node->as_string(); value != nullptr && !value->get().empty()) return value->get();
    return refuse(*node, fmt::format("{}.{} must be a text in quotes", name_, key)), "";
  }
  std::string word(const char* key, std::initializer_list<std::string_view> known) {  // the first where it is not said
    const std::string value = text(key, std::string(*known.begin()).c_str());
    if (!error_ && std::find(known.begin(), known.end(), value) == known.end())
      refuse(*table_.get(key),
             fmt::format("{}.{}: \"{}\" is not one of {}", name_, key, shown(value), fmt::join(known, ", ")));
    return value;
  }
  double power(const char* key) {
    return quantity(key, kMostWatts, "a power from 0 to 1 GW, e.g. \"2 kW\"",
                    [](std::string_view t) -> std::optional<double> {
                      const auto value = parse_power(t);
                      return value ? std::optional(in_watts(*value)) : std::nullopt;
                    });
  }
  double energy(const char* key) {
    return quantity(key, kMostCapacityJ, "an energy up to 1 GWh, e.g. \"10 kWh\"",
                    [](std::string_view t) -> std::optional<double> {
                      const auto value = parse_energy(t);
                      return value ? std::optional(in_joules(*value)) : std::nullopt;
                    });
  }
  double number(const char* key, double least, double most, std::optional<double> otherwise) {
    const toml::node* node = find(key, !otherwise);
    if (node == nullptr) return otherwise.value_or(0.0);
    return number_of(*node, key, least, most);
  }
  // Of a kWh, absent where it is not said.
  std::optional<double> per_kwh(const char* key) {
    return has(key) ? std::optional(number(key, 0.0, kMostPerKwh, std::nullopt)) : std::nullopt;
  }
  double number_of(const toml::node& node, const char* key, double least, double most) {
    const auto value = node.is_number() ? node.value<double>() : std::nullopt;
    if (value && *value >= least && *value <= most) return *value;
    return refuse(node, fmt::format("{}.{} must be a number from {} to {}, without quotes", name_, key, shortest(least),
                                    shortest(most))),
           0.0;
  }
  const toml::table* table(const char* key, const char* example, bool needed) {
    const toml::node* node = find(key, needed);
    if (node == nullptr) return nullptr;
    if (const auto* inner = node->as_table()) return inner;
    return refuse(*node, fmt::format("{} must be {}", key, example)), nullptr;
  }
  void refuse(const toml::node& node, const std::string& why) {
    if (!error_)
      error_ = Error{ErrorKind::kInvalid,
                     fmt::format("{}:{}: {}", path_, std::max<std::size_t>(node.source().begin.line, 1), why)};
  }
  Status only(std::initializer_list<std::string_view> known) {
    for (const auto& [key, node] : table_) {
      if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
      const std::vector<std::string> names(known.begin(), known.end());
      const std::string near = nearest(key.str().substr(0, kLongest), names);
      refuse(node, fmt::format("{}{} is not known; {}", name_.empty() ? "" : name_ + ".", shown(key.str()),
                               near.empty() ? fmt::format("known are {}", fmt::join(known, ", "))
                                            : "did you mean " + near + "?"));
    }
    return error_ ? Status(tl::unexpected<Error>(*error_)) : Status{};
  }

 private:
  static std::string shown(std::string_view text) { return printable(text.substr(0, kLongest)); }
  const toml::node* find(const char* key, bool needed) {
    const toml::node* node = error_ ? nullptr : table_.get(key);
    if (node == nullptr && needed)
      refuse(table_,
             name_.empty() ? fmt::format("[{}] is missing", key) : fmt::format("[{}]: {} is missing", name_, key));
    return node;
  }
  template <class Parse>
  double quantity(const char* key, double most, const char* what, Parse parse) {
    const std::string value = text(key, nullptr);
    if (error_) return 0.0;
    const auto number = parse(value);
    if (number && *number >= 0.0 && *number <= most) return *number;
    return refuse(*table_.get(key), fmt::format("{}.{}: \"{}\" is not {}", name_, key, shown(value), what)), 0.0;
  }

  const toml::table& table_;
  std::string name_;
  const std::string& path_;
  std::optional<Error> error_;
};

Status read_grid(const toml::table& table, const std::string& path, SupplyFile& out) {
  Keys keys(table, "grid", path);
  if (keys.text("limit", nullptr) != "none") out.supply.grid_limit_w = keys.power("limit");
  out.zone = keys.text("zone", "");
  return keys.only({"limit", "zone"});
}

Status read_solar(const toml::table& table, const std::string& path, SupplyFile& out) {
  Keys keys(table, "solar", path);
  out.sun_file = keys.text("power", nullptr);
  out.sun_share = keys.number("share", 0.0, 1.0, 1.0);
  out.solar_kind = keys.word("kind", {"solar_rooftop", "solar_utility"});
  out.supply.surplus_exported = keys.word("surplus", {"lost", "exported"}) == "exported";
  out.solar_price = keys.number("price_per_kwh", 0.0, kMostPerKwh, 0.0);
  return keys.only({"power", "share", "kind", "surplus", "price_per_kwh"});
}

Status read_carried(Keys& keys, const std::string& path, BatteryShare& battery) {
  battery.content.cost = keys.per_kwh("charge_price_per_kwh").value_or(kNotKnown);
  if (!keys.has("charge_g_per_kwh")) return {};
  const toml::table* carried = keys.table("charge_g_per_kwh", "{average = 60.0, marginal = 300.0}", true);
  if (carried == nullptr) return {};
  Keys of(*carried, "charge_g_per_kwh", path);
  battery.content.average = of.per_kwh("average").value_or(kNotKnown);
  battery.content.marginal = of.per_kwh("marginal").value_or(kNotKnown);
  return of.only({"average", "marginal"});
}

Status read_battery(const toml::table& table, const std::string& path, SupplyFile& out) {
  Keys keys(table, "battery", path);
  BatteryShare b;
  const double share = keys.number("share", 0.0, 1.0, 1.0), usable = keys.number("usable", 0.0, 1.0, 1.0);
  b.capacity_j = keys.energy("capacity") * share * usable;
  b.charge_w = keys.power("charge_limit") * share;
  b.discharge_w = keys.power("discharge_limit") * share;
  b.efficiency = keys.number("efficiency", 0.01, 1.0, std::nullopt);
  b.content_j = keys.number("charge", 0.0, 1.0, std::nullopt) * b.capacity_j;
  b.discharge_above = keys.per_kwh("discharge_above_g_per_kwh");
  b.charge_below = keys.per_kwh("charge_from_grid_below_g_per_kwh");
  b.by = keys.word("signal", {"average", "marginal"}) == "marginal" ? Signal::kMarginal : Signal::kAverage;
  OLIVINE_CHECK_STATUS(read_carried(keys, path, b));
  OLIVINE_CHECK_STATUS(keys.only({"capacity", "share", "usable", "charge_limit", "discharge_limit", "efficiency",
                                  "charge", "charge_g_per_kwh", "charge_price_per_kwh", "discharge_above_g_per_kwh",
                                  "charge_from_grid_below_g_per_kwh", "signal"}));
  const std::size_t line = std::max<std::size_t>(table.source().begin.line, 1);
  if (b.discharge_above && b.charge_below && *b.charge_below > *b.discharge_above)
    return fail(
        ErrorKind::kInvalid,
        fmt::format(
            "{}:{}: [battery] charges below {} and discharges above {} g/kWh: the first must not be the greater", path,
            line, shortest(*b.charge_below), shortest(*b.discharge_above)));
  if (!(b.capacity_j > 0.0))
    return fail(ErrorKind::kInvalid,
                fmt::format("{}:{}: [battery] capacity x share x usable is 0: leave [battery] out", path, line));
  out.supply.battery = b;
  return {};
}

Result<SupplyFile> supply_of(const toml::table& document, const std::string& path) {
  SupplyFile out;
  Keys keys(document, "", path);
  const toml::table* grid = keys.table("grid", "a table, [grid]", true);
  const toml::table* solar = keys.table("solar", "a table, [solar]", false);
  const toml::table* battery = keys.table("battery", "a table, [battery]", false);
  OLIVINE_CHECK_STATUS(keys.only({"grid", "solar", "battery"}));
  OLIVINE_CHECK_STATUS(read_grid(*grid, path, out));
  if (solar != nullptr) OLIVINE_CHECK_STATUS(read_solar(*solar, path, out));
  if (battery != nullptr) OLIVINE_CHECK_STATUS(read_battery(*battery, path, out));
  return out;
}

}  // namespace

Result<SupplyFile> supply_from_toml(std::string_view text, const std::string& path) {
  const std::string shown = printable(path);
  if (text.size() > kMaxBytes) return fail(ErrorKind::kInvalid, shown + ":1: the file is larger than 1 MiB");
  if (const auto problem = toml_problem(text, kMaxDepth))
    return fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", shown, problem->line, problem->why));
  try {  // the library reports errors by exception; they end here
    return supply_of(toml::parse(text, shown), shown);
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::kInvalid,
                fmt::format("{}:{}: this is not TOML: {}", shown, std::max<std::size_t>(error.source().begin.line, 1),
                            printable(error.description())));
  }
}

Result<std::vector<SunPoint>> sun_from_csv(std::string_view text, const std::string& path, double share) {
  const std::string shown = printable(path);
  OLIVINE_TRY(const CsvTable table, CsvTable::parse_file(shown, text));
  const auto times = table.column("time_utc"), values = table.column("power_w");
  if (!times || !values)
    return fail(ErrorKind::kInvalid, fmt::format("{}, line {}: the sun's power has the columns time_utc,power_w", shown,
                                                 table.header_line()));
  std::vector<SunPoint> points;
  std::vector<bool> known;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view when = trim(table.cell(row, *times)), cell = trim(table.cell(row, *values));
    const auto bad = [&](std::string_view what, std::string_view value, std::string_view fix) {
      return fail(ErrorKind::kInvalid, fmt::format("{}, line {}: {} \"{}\" {}", shown, table.line_of(row), what,
                                                   printable(value.substr(0, kLongest)), fix));
    };
    const auto time = parse_wall_time(when);
    if (!time) return bad("time_utc", when, "is not a time, e.g. 2026-11-24T08:00Z");
    if (!points.empty() && *time <= points.back().begin) return bad("time_utc", when, "is not after the one before");
    const auto watts = cell.empty() ? Result<double>(0.0) : parse_double(cell);
    if (!watts || !(*watts >= 0.0) || *watts > kMostWatts)
      return bad("power_w", cell, "is not a power in W from 0 to 1e9");
    if (!points.empty()) points.back().end = *time;
    points.push_back({*time, *time, *watts * share});
    known.push_back(!cell.empty());
  }
  if (points.empty()) return fail(ErrorKind::kInvalid, fmt::format("{}: no power below the header", shown));
  const std::size_t n = points.size();
  points.back().end = {points.back().begin.ns +
                       (n > 1 ? points[n - 1].begin.ns - points[n - 2].begin.ns : seconds(3600).ns)};
  std::vector<SunPoint> out;
  for (std::size_t i = 0; i < n; ++i)
    if (known[i]) out.push_back(points[i]);
  if (out.empty())  // an empty sun would be planned as no array
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: no row says a power: fill in power_w, 0 where there is no sun", shown));
  return out;
}

Result<Burden> solar_burden(const SupplyFile& file, std::optional<Boundary> average, std::vector<std::string>& lines) {
  Burden out{0.0, 0.0, file.solar_price};
  if (average != Boundary::kDirect) {  // where it is not known: what counts more
    OLIVINE_TRY(const FuelRow row, fuel_row("default", file.solar_kind, Boundary::kLifecycle));
    out.average = row.g_per_kwh;
    lines.push_back(
        fmt::format("sun {} g/kWh by average: {}, {}", shortest(row.g_per_kwh), row.row.table, file.solar_kind));
  } else {
    lines.emplace_back("sun 0 g/kWh by average: direct, nothing is burnt");
  }
  lines.emplace_back(file.supply.surplus_exported ? "sun at the margin: the grid's, which would have got it"
                                                  : "sun 0 g/kWh at the margin: the panels are there anyway");
  return out;
}

}  // namespace olivine
