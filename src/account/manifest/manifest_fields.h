// Which key of which table of a manifest fills which member: one list a table, read by parse_manifest and by manifest_keys.
//
// Units: `unit` of a bare number. Errors: none. Threads: constants. Lifetime: static.
#pragma once

#include <array>
#include <span>
#include <variant>

#include "account/manifest/manifest.h"

namespace olivine {

template <class T>
struct ManifestField {
  ManifestKey key;
  std::variant<std::string T::*, WrittenValue T::*, std::vector<std::string> T::*, std::optional<int> T::*, int T::*>
      member;
};

template <class T, std::size_t N>
constexpr std::span<const ManifestField<T>> list_of(const std::array<ManifestField<T>, N>& fields) {
  return fields;
}

inline constexpr std::array kConditionFields{
    ManifestField<ManifestConditions>{{"zone", "", "grid zone, e.g. FR; olivine grid zones TEXT finds it"},
                                      &ManifestConditions::zone},
    ManifestField<ManifestConditions>{{"at", "", "when: 2022, 2022-03, 2022-03-11, a time in UTC, or FIRST/LAST"},
                                      &ManifestConditions::at},
    ManifestField<ManifestConditions>{{"plane", "", "where the energy was measured: chip, node_dc, node_ac, facility"},
                                      &ManifestConditions::plane},
    ManifestField<ManifestConditions>{{"boundary", "", "of intensities: direct (stack only) or lifecycle"},
                                      &ManifestConditions::boundary},
    ManifestField<ManifestConditions>{{"tariff", "", "id of the tariff that prices the energy"},
                                      &ManifestConditions::tariff},
    ManifestField<ManifestConditions>{{"intensity", "g/kWh", "average carbon intensity, location-based"},
                                      &ManifestConditions::intensity},
    ManifestField<ManifestConditions>{{"upstream_intensity", "g/kWh", "fuel chain, beside a direct intensity"},
                                      &ManifestConditions::upstream_intensity},
    ManifestField<ManifestConditions>{{"marginal_intensity", "g/kWh", "what one kWh more or less changes"},
                                      &ManifestConditions::marginal_intensity},
    ManifestField<ManifestConditions>{{"grid_loss", "1", "share of the grid's energy lost on the way"},
                                      &ManifestConditions::grid_loss},
    ManifestField<ManifestConditions>{{"pue", "1", "power usage effectiveness; \"none\" where there is no data centre"},
                                      &ManifestConditions::pue},
    ManifestField<ManifestConditions>{{"wue_site", "L/kWh", "water on site per kWh of IT energy"},
                                      &ManifestConditions::wue_site},
    ManifestField<ManifestConditions>{{"wue_grid", "L/kWh", "water at the power stations per kWh"},
                                      &ManifestConditions::wue_grid},
    ManifestField<ManifestConditions>{{"price", "currency/kWh", "of a kWh"}, &ManifestConditions::price},
    ManifestField<ManifestConditions>{{"rest_of_node", "W", "what else of a node draws, per device (chip to node_dc)"},
                                      &ManifestConditions::rest_of_node},
    ManifestField<ManifestConditions>{{"psu_efficiency", "1", "of the power supply (node_dc to node_ac)"},
                                      &ManifestConditions::psu_efficiency},
};

inline constexpr std::array kHardwareFields{
    ManifestField<ManifestHardware>{{"id", "", "how activities name it"}, &ManifestHardware::id},
    ManifestField<ManifestHardware>{
        {"name", "", "name in the catalogue, e.g. A100-SXM4-80GB: fills power and embodied"}, &ManifestHardware::name},
    ManifestField<ManifestHardware>{{"count", "1", "how many"}, &ManifestHardware::count},
    ManifestField<ManifestHardware>{{"power", "W", "of one, under load"}, &ManifestHardware::power},
    ManifestField<ManifestHardware>{{"idle_power", "W", "of one, idle"}, &ManifestHardware::idle_power},
    ManifestField<ManifestHardware>{{"embodied", "kg", "CO2e of making one"}, &ManifestHardware::embodied},
    ManifestField<ManifestHardware>{{"life", "y", "years in service"}, &ManifestHardware::life},
    ManifestField<ManifestHardware>{{"utilisation", "1", "share of its life that it works"},
                                    &ManifestHardware::utilisation},
    ManifestField<ManifestHardware>{{"host", "", "id of the hardware that it sits in, whose embodied it shares"},
                                    &ManifestHardware::host},
    ManifestField<ManifestHardware>{{"devices_per_host", "1", "how many share one host"},
                                    &ManifestHardware::devices_per_host},
    ManifestField<ManifestHardware>{{"purchased", "", "year of purchase, for booking = \"purchase\""},
                                    &ManifestHardware::purchased},
};

inline constexpr std::array kActivityFields{
    ManifestField<ManifestActivity>{{"id", "", "name of the activity"}, &ManifestActivity::id},
    ManifestField<ManifestActivity>{
        {"phase", "",
         "data, experimentation, training, fine-tuning, inference, storage, transfer, idle, manufacture, end-of-life"},
        &ManifestActivity::phase},
    ManifestField<ManifestActivity>{{"model", "", "which model it was for"}, &ManifestActivity::model},
    ManifestField<ManifestActivity>{{"project", "", "which project it belongs to"}, &ManifestActivity::project},
    ManifestField<ManifestActivity>{{"status", "", "done or failed"}, &ManifestActivity::status},
    ManifestField<ManifestActivity>{{"tags", "", "list of texts"}, &ManifestActivity::tags},
    ManifestField<ManifestActivity>{{"energy", "kWh", "declared; plane says where it was measured"},
                                    &ManifestActivity::energy},
    ManifestField<ManifestActivity>{{"hardware", "", "id of the hardware that worked"}, &ManifestActivity::hardware},
    ManifestField<ManifestActivity>{{"device_hours", "h", "devices x hours"}, &ManifestActivity::device_hours},
    ManifestField<ManifestActivity>{{"count", "1", "devices, with hours"}, &ManifestActivity::count},
    ManifestField<ManifestActivity>{{"hours", "h", "how long, with count"}, &ManifestActivity::hours},
    ManifestField<ManifestActivity>{{"power", "W", "of one device, in place of the hardware's"},
                                    &ManifestActivity::power},
    ManifestField<ManifestActivity>{
        {"utilisation", "1", "load while it worked: power = idle + (power - idle) x utilisation"},
        &ManifestActivity::utilisation},
    ManifestField<ManifestActivity>{{"runs", "", "runs of the ledger, by id or name"}, &ManifestActivity::runs},
    ManifestField<ManifestActivity>{{"flop", "1", "operations, with flop_per_second"}, &ManifestActivity::flop},
    ManifestField<ManifestActivity>{{"flop_per_second", "1/s", "achieved by one device"},
                                    &ManifestActivity::flop_per_second},
    ManifestField<ManifestActivity>{{"params", "1", "parameters N, with tokens D: 6 N D operations"},
                                    &ManifestActivity::params},
    ManifestField<ManifestActivity>{{"tokens", "1", "tokens D"}, &ManifestActivity::tokens},
    ManifestField<ManifestActivity>{{"data", "GB", "transferred or stored"}, &ManifestActivity::data},
    ManifestField<ManifestActivity>{{"energy_per_data", "kWh/GB", "of transfer or storage"},
                                    &ManifestActivity::energy_per_data},
    ManifestField<ManifestActivity>{{"requests", "1", "served"}, &ManifestActivity::requests},
    ManifestField<ManifestActivity>{{"energy_per_request", "Wh", "of one request"},
                                    &ManifestActivity::energy_per_request},
    ManifestField<ManifestActivity>{{"carbon", "kg", "declared as carbon, e.g. a supplier's figure"},
                                    &ManifestActivity::carbon},
    ManifestField<ManifestActivity>{{"embodied", "kg", "\"none\" leaves the hardware's share out; or the amount"},
                                    &ManifestActivity::embodied},
    ManifestField<ManifestActivity>{{"cost", "currency", "declared cost"}, &ManifestActivity::cost},
    ManifestField<ManifestActivity>{{"price_per_device_hour", "currency/h", "rent of one device"},
                                    &ManifestActivity::price_per_device_hour},
    ManifestField<ManifestActivity>{{"scope", "", "1, 2 or 3; by default electricity is 2 and declared carbon 3"},
                                    &ManifestActivity::scope},
};

inline constexpr std::array kContractFields{
    ManifestField<ManifestContract>{{"id", "", "name of the contract"}, &ManifestContract::id},
    ManifestField<ManifestContract>{{"kind", "", "ppa, certificate or supplier"}, &ManifestContract::kind},
    ManifestField<ManifestContract>{{"zone", "", "covers energy used in this zone only"}, &ManifestContract::zone},
    ManifestField<ManifestContract>{{"at", "", "covers energy used in this time only"}, &ManifestContract::at},
    ManifestField<ManifestContract>{{"energy", "kWh", "contracted"}, &ManifestContract::energy},
    ManifestField<ManifestContract>{{"share", "1", "share of the energy used, in place of energy"},
                                    &ManifestContract::share},
    ManifestField<ManifestContract>{{"intensity", "g/kWh", "of the contracted energy"}, &ManifestContract::intensity},
};

inline constexpr std::array kTariffFields{
    ManifestField<ManifestTariff>{{"id", "", "how activities name it"}, &ManifestTariff::id},
    ManifestField<ManifestTariff>{{"utc_offset", "", "of the clock that the hours are of, e.g. +01:00"},
                                  &ManifestTariff::utc_offset},
    ManifestField<ManifestTariff>{{"price", "currency/kWh", "outside of all bands"}, &ManifestTariff::otherwise},
};
inline constexpr std::array kBandFields{
    ManifestField<ManifestTariffBand>{{"hours", "", "of the day, e.g. 22-06"}, &ManifestTariffBand::hours},
    ManifestField<ManifestTariffBand>{{"days", "", "of the week, e.g. mon-fri or sat,sun"}, &ManifestTariffBand::days},
    ManifestField<ManifestTariffBand>{{"price", "currency/kWh", "of a kWh in the band"}, &ManifestTariffBand::price},
};
inline constexpr std::array kUnitFields{
    ManifestField<ManifestUnit>{{"name", "", "one of it: request, token, image, score point"}, &ManifestUnit::name},
    ManifestField<ManifestUnit>{{"count", "1", "how many"}, &ManifestUnit::count},
};
inline constexpr std::array kFigureFields{
    ManifestField<ManifestFigure>{{"id", "", "name of the figure"}, &ManifestFigure::id},
    ManifestField<ManifestFigure>{{"label", "", "what it is, for people"}, &ManifestFigure::label},
    ManifestField<ManifestFigure>{{"value", "1", "an expression over parameters and results"}, &ManifestFigure::value},
    ManifestField<ManifestFigure>{{"unit", "", "in which it is shown"}, &ManifestFigure::unit},
};
inline constexpr std::array kFileFields{
    ManifestField<ManifestActivitiesFile>{{"path", "", "of the table, from the manifest's folder"},
                                          &ManifestActivitiesFile::path},
    ManifestField<ManifestActivitiesFile>{{"format", "", "olivine, sacct, ..."}, &ManifestActivitiesFile::format},
    ManifestField<ManifestActivitiesFile>{{"phase", "", "of rows that name none"}, &ManifestActivitiesFile::phase},
};
inline constexpr std::array kTopFields{
    ManifestField<Manifest>{{"name", "", "what the account is of"}, &Manifest::name},
    ManifestField<Manifest>{{"description", "", "one or more sentences"}, &Manifest::description},
    ManifestField<Manifest>{{"functional", "", "what the work is good for, in words"}, &Manifest::functional_unit},
    ManifestField<Manifest>{{"currency", "", "of prices and costs, e.g. EUR"}, &Manifest::currency},
    ManifestField<Manifest>{{"booking", "", "of embodied carbon: use (allocated, the default) or purchase"},
                            &Manifest::booking},
    ManifestField<Manifest>{{"year", "", "of the inventory, for booking = \"purchase\""}, &Manifest::year},
};
inline constexpr std::array kMarketFields{
    ManifestField<Manifest>{{"residual_intensity", "g/kWh", "of what no contract covers"},
                            &Manifest::residual_intensity},
};

}  // namespace olivine
