// Market-based carbon: energy that contracts cover takes the contract's intensity, the rest takes the residual mix.
//
//   100 MWh, 60 certified at 0, residual 400 g/kWh:   60 x 0 + 40 x 400 = 16 t
//   the same with a contract for 60 % of it:          16 t
//   the 60 MWh made in another zone, or in an hour in which nothing was used:  not counted, and a note says so
//   no residual mix stated:                           unknown, at least 0 t: the 40 MWh have no factor
//   none published, location-based factor 57 g/kWh:   40 x 57 = 2.28 t, and a note says so (docs/adr/0031)
//
// A contract says how much (energy, or a share of what is used in its interval), where and when it was made. Where zone or
// interval are not stated they are taken as fitting, and a note says so. Contracts are served in the order given; none covers
// energy that an earlier one has covered, and what is left over of one does not lower anything.
//
// Units: by type. Errors: kInvalid for a contract with both or neither of energy and share, a share outside 0..1, or a
// negative energy or intensity; it names the contract. Threads: pure. Lifetime: values.
// Source: METHODS 10; GHG Protocol Scope 2 Guidance (2015), 6.11 and chapter 7 (quality criteria 4 and 5: time and market).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "account/location_based.h"

namespace olivine {

struct ElectricityContract {
  std::string name;              // "wind park A"; "" is called "contract 1"
  std::string kind;              // "ppa", "certificate", "supplier": for the reader
  std::optional<Energy> energy;  // exactly one of these two
  std::optional<Ratio> share;
  Estimate<CarbonIntensity> intensity;   // of what it delivers
  std::string zone;                      // where it was made; "" not stated
  std::optional<WallInterval> interval;  // when it was made; absent: not stated
};

struct MarketInput {
  Estimate<Energy> energy;              // at the plane that is bought: with PUE, where there is one
  std::span<const EnergySlice> slices;  // when it was used: proportions count; empty: not known
  std::string zone;                     // where it was used
  std::span<const ElectricityContract> contracts;
  std::optional<Estimate<CarbonIntensity>> residual{};
  // Said to be published by nobody: the location-based factor stands in.
  std::optional<Estimate<CarbonIntensity>> location{};
};

struct MarketLine {
  std::string name, kind;
  double share = 0.0;                      // of the energy
  std::optional<Estimate<Carbon>> carbon;  // absent: no factor
};

struct MarketBased {
  std::optional<Estimate<Carbon>> carbon;  // absent: unknown, part of it has no factor
  Carbon at_least;                         // of the part that has one
  std::string reason;                      // why unknown, and the fix
  double contracted_share = 0.0;
  std::vector<MarketLine> lines;  // contracts in order, then "residual mix"
  std::vector<std::string> notes;
};
Result<MarketBased> market_based(const MarketInput& input);

}  // namespace olivine
