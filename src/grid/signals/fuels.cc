#include "grid/signals/fuels.h"

#include <fmt/core.h>

#include <array>
#include <cmath>

#include "base/text.h"
#include "grid/fuel_factors.h"

namespace olivine {
namespace {

struct Name {
  std::string_view text;
  Fuel fuel;
};
// As letters and digits only, in lower case.
constexpr std::array<Name, 51> kNames{{
    {"col", Fuel::kCoal},
    {"coal", Fuel::kCoal},
    {"lignite", Fuel::kCoal},
    {"fossilhardcoal", Fuel::kCoal},
    {"fossilbrowncoallignite", Fuel::kCoal},
    {"fossilcoalderivedgas", Fuel::kCoal},
    {"fossilpeat", Fuel::kCoal},
    {"ng", Fuel::kGas},
    {"gas", Fuel::kGas},
    {"naturalgas", Fuel::kGas},
    {"natgas", Fuel::kGas},
    {"natural", Fuel::kGas},
    {"fossilgas", Fuel::kGas},
    {"ccgt", Fuel::kGas},
    {"ocgt", Fuel::kGas},
    {"oil", Fuel::kOil},
    {"petroleum", Fuel::kOil},
    {"pet", Fuel::kOil},
    {"fossiloil", Fuel::kOil},
    {"fossiloilshale", Fuel::kOil},
    {"bio", Fuel::kBiomass},
    {"biomass", Fuel::kBiomass},
    {"biogas", Fuel::kBiomass},
    {"bioenergy", Fuel::kBiomass},
    {"wat", Fuel::kHydro},
    {"hydro", Fuel::kHydro},
    {"water", Fuel::kHydro},
    {"hydropower", Fuel::kHydro},
    {"hydrorunofriverandpoundage", Fuel::kHydro},
    {"hydrorunofriverandpondage", Fuel::kHydro},
    {"hydrowaterreservoir", Fuel::kHydro},
    {"nuc", Fuel::kNuclear},
    {"nuclear", Fuel::kNuclear},
    {"wnd", Fuel::kWind},
    {"wind", Fuel::kWind},
    {"windonshore", Fuel::kWind},
    {"windoffshore", Fuel::kWind},
    {"sun", Fuel::kSolar},
    {"solar", Fuel::kSolar},
    {"pv", Fuel::kSolar},
    {"solarpv", Fuel::kSolar},
    {"geo", Fuel::kGeothermal},
    {"geothermal", Fuel::kGeothermal},
    {"storage", Fuel::kStorage},
    {"battery", Fuel::kStorage},
    {"hydrostorage", Fuel::kStorage},
    {"hydropumpedstorage", Fuel::kStorage},
    {"pumpedstorage", Fuel::kStorage},
    {"oth", Fuel::kOther},
    {"other", Fuel::kOther},
    {"unknown", Fuel::kOther},
}};

// The fuels of data/fuel_factors.csv that stand for a column of this fuel.
struct TableName {
  std::string_view text;
  Fuel fuel;
};
constexpr std::array<TableName, 9> kTableNames{{{"coal", Fuel::kCoal},
                                                {"gas", Fuel::kGas},
                                                {"oil", Fuel::kOil},
                                                {"biomass", Fuel::kBiomass},
                                                {"hydro", Fuel::kHydro},
                                                {"nuclear", Fuel::kNuclear},
                                                {"wind_onshore", Fuel::kWind},
                                                {"solar_utility", Fuel::kSolar},
                                                {"geothermal", Fuel::kGeothermal}}};
constexpr double kOtherDirect = 575.0, kOtherLifecycle = 700.0;

constexpr double kMaxFactor = 1e5;  // g/kWh; lignite has some 1,200

std::string bare(std::string_view text) {
  std::string key;
  for (const char c : to_lower(text))
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) key += c;
  return key;
}

}  // namespace

std::string_view name_of(Fuel fuel) {
  constexpr std::array<std::string_view, 11> kTexts{"coal", "gas",   "oil",        "biomass", "hydro", "nuclear",
                                                    "wind", "solar", "geothermal", "storage", "other"};
  return kTexts[static_cast<std::size_t>(fuel)];
}

std::optional<Fuel> fuel_from(std::string_view column) {
  const std::string key = bare(column);
  for (const Name& name : kNames)
    if (name.text == key) return name.fuel;
  return std::nullopt;
}

bool is_fossil(Fuel fuel) { return fuel == Fuel::kCoal || fuel == Fuel::kGas || fuel == Fuel::kOil; }
bool is_weather_driven(Fuel fuel) { return fuel == Fuel::kWind || fuel == Fuel::kSolar; }

std::vector<FuelFactor> default_fuel_factors(Boundary boundary) {
  std::vector<FuelFactor> factors;
  for (const TableName& name : kTableNames)
    if (const auto row = fuel_row("default", name.text, boundary))
      factors.push_back({std::string(name_of(name.fuel)), row->g_per_kwh, boundary, row->row.source});
  factors.push_back({std::string(name_of(Fuel::kOther)), boundary == Boundary::kDirect ? kOtherDirect : kOtherLifecycle,
                     boundary, "convention for an unknown fuel, assumed"});
  return factors;
}

std::optional<double> factor_of(std::span<const FuelFactor> factors, std::string_view column, Fuel fuel) {
  for (const FuelFactor& f : factors)
    if (to_lower(f.column) == to_lower(column)) return f.g_per_kwh;
  for (const FuelFactor& f : factors)
    if (f.column == name_of(fuel)) return f.g_per_kwh;
  return std::nullopt;
}

Result<Boundary> uniform_boundary(std::span<const FuelFactor> factors) {
  if (factors.empty()) return fail(ErrorKind::kInvalid, "no fuel factors; give at least one, e.g. COL=1003.7");
  for (const FuelFactor& f : factors) {
    if (!(f.g_per_kwh >= 0.0 && f.g_per_kwh <= kMaxFactor))
      return fail(ErrorKind::kInvalid, fmt::format("fuel factor {}={} is not a number of g/kWh from 0 to 100000",
                                                   printable(f.column), f.g_per_kwh));
    if (f.boundary != factors.front().boundary)
      return fail(ErrorKind::kInvalid,
                  fmt::format("fuel factors of two types: {} is {}, {} is {}; use one type for all",
                              printable(factors.front().column), name_of(factors.front().boundary), printable(f.column),
                              name_of(f.boundary)));
  }
  return factors.front().boundary;
}

}  // namespace olivine
