#include "grid/mixes/mix_intensities.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "grid/signals/flow_tracing.h"

namespace olivine {
namespace {

std::vector<FuelFactor> published_factors(Boundary boundary) {
  std::vector<FuelFactor> factors = default_fuel_factors(boundary);
  if (boundary == Boundary::kDirect)
    factors.push_back({std::string(name_of(Fuel::kBiomass)), 0.0, boundary, "convention of inventories"});
  return factors;
}

std::string source_of(const std::vector<FuelFactor>& factors, bool stated) {
  if (!stated) return "IPCC AR5 factors";
  std::vector<std::string> words;
  for (const FuelFactor& f : factors) words.push_back(fmt::format("{}={}", f.column, shortest(f.g_per_kwh)));
  return printable(fmt::format("stated factors {}", fmt::join(words, ",")).substr(0, 200));
}

// Notes about columns that do not count as they stand; storage without a factor goes.
void settle_columns(GenerationMix& mix, const std::vector<FuelFactor>& factors) {
  const auto has_factor = [&](const MixColumn& c) { return factor_of(factors, c.name, c.fuel).has_value(); };
  std::string unknown;
  bool biomass = false;
  for (const MixColumn& column : mix.fuels) {
    if (!column.known_fuel && unknown.size() < 200) unknown += (unknown.empty() ? "" : ", ") + printable(column.name);
    biomass = biomass || column.fuel == Fuel::kBiomass;
  }
  const auto left = std::erase_if(
      mix.fuels, [&](const MixColumn& column) { return column.fuel == Fuel::kStorage && !has_factor(column); });
  if (left > 0) mix.notes.push_back("storage is left out: its energy was counted when it was stored");
  if (!unknown.empty()) mix.notes.push_back("what burns is not known, taken as other: " + unknown);
  if (biomass && factors.front().boundary == Boundary::kDirect && factors.back().source == "convention of inventories")
    mix.notes.push_back("direct biomass counts 0 g/kWh, the convention of inventories");
}

StoredSeries stored(const IntensitySeries& series, const std::string& factors, const std::string& gases, int decimals) {
  StoredSeries out;
  out.about.zone = series.zone;
  out.about.signal = Signal::kAverage;
  out.about.boundary = series.boundary;
  out.about.accounting = series.accounting;
  out.about.losses = "excluded";
  out.about.gases = gases;
  out.about.source = fmt::format("computed from {} with {}", series.source, factors);
  out.about.format = "mix";
  out.about.notes = series.notes;
  out.points.reserve(series.points.size());
  for (const IntensityPoint& p : series.points)
    out.points.push_back({p.begin.ns / 1'000'000'000,
                          static_cast<std::uint32_t>((p.end.ns - p.begin.ns) / 1'000'000'000), p.estimated,
                          p.g_per_kwh});
  round_values(out.points, decimals);
  return out;
}

// Zones that trade, by their own files or by their neighbours'.
std::set<std::string> traders(const std::vector<GenerationMix>& mixes) {
  std::set<std::string> zones;
  for (const GenerationMix& mix : mixes)
    for (const MixExchange& exchange : mix.exchanges) {
      zones.insert(mix.zone);
      zones.insert(exchange.neighbour);
    }
  return zones;
}

void note_neighbours(GenerationMix& mix, const std::set<std::string>& with_mix) {
  std::string inside, outside;
  for (const MixExchange& exchange : mix.exchanges) {
    std::string& list = with_mix.contains(exchange.neighbour) ? inside : outside;
    if (list.size() < 300) list += (list.empty() ? "" : ", ") + printable(exchange.neighbour);
  }
  if (!inside.empty() || !outside.empty())
    mix.notes.push_back(fmt::format("exchanges given: {}; trade with others is not in it",
                                    inside.empty()    ? outside
                                    : outside.empty() ? inside
                                                      : inside + ", " + outside));
  if (!outside.empty())
    mix.notes.push_back("no generation is given of " + outside + ": while it sends power here, the mix is not known");
}

class Maker {
 public:
  Maker(const MixIntensityOptions& options, const TakeSeries& take) : options_(options), take_(take) {}

  bool wanted(std::string_view accounting) const { return !options_.accounting || *options_.accounting == accounting; }

  Status production(GenerationMix mix, const std::vector<FuelFactor>& factors) {
    begin(factors);
    settle_columns(mix, factors);
    OLIVINE_TRY(const IntensitySeries series, average_intensity(mix, factors));
    return keep(series);
  }

  Status consumption(std::vector<GenerationMix> mixes, const std::vector<FuelFactor>& factors) {
    begin(factors);
    const std::set<std::string> trading = traders(mixes);
    std::set<std::string> with_mix;
    for (GenerationMix& mix : mixes) {
      settle_columns(mix, factors);
      with_mix.insert(mix.zone);
    }
    for (GenerationMix& mix : mixes) note_neighbours(mix, with_mix);
    return trace_consumption_series(mixes, factors, false, [&](const ConsumptionSeries& one) -> Status {
      return trading.contains(one.intensity.zone) ? keep(one.intensity) : Status{};
    });
  }

  std::vector<std::string> left_out;

 private:
  void begin(const std::vector<FuelFactor>& factors) {
    const bool stated = !options_.factors.empty();
    source_ = source_of(factors, stated);
    gases_ = stated ? "unknown" : "co2e";
  }

  Status keep(const IntensitySeries& series) {
    if (!series.points.empty()) return take_(stored(series, source_, gases_, options_.decimals));
    std::string why = series.notes.empty() ? "" : ": " + series.notes.back();
    for (const std::string& note : series.notes)
      if (note.starts_with("the flow from") && why.size() < 600) why += "; " + note;
    left_out.push_back(fmt::format("{} {} {}{}", series.zone, series.accounting, name_of(series.boundary), why));
    return {};
  }

  const MixIntensityOptions& options_;
  const TakeSeries& take_;
  std::string source_, gases_;
};

// The stated factors, else the published ones of each boundary that is wanted.
std::vector<std::vector<FuelFactor>> factor_sets(const MixIntensityOptions& options) {
  if (!options.factors.empty()) return {options.factors};
  std::vector<std::vector<FuelFactor>> sets;
  for (const Boundary boundary : {Boundary::kDirect, Boundary::kLifecycle})
    if (!options.boundary || *options.boundary == boundary) sets.push_back(published_factors(boundary));
  return sets;
}

Status check_zones(const std::vector<GenerationMix>& mixes) {
  for (const GenerationMix& mix : mixes) {
    if (!is_zone_key(mix.zone))
      return fail(ErrorKind::kInvalid,
                  fmt::format("{} does not say its zone: add a column zone, or --zone, e.g. --zone FR", mix.source));
    const std::int64_t step_s = mix.step.ns / 1'000'000'000;
    if (mix.step.ns % 1'000'000'000 != 0 || step_s < kMinStepS || step_s > kMaxStepS)
      return fail(ErrorKind::kInvalid, fmt::format("{}: steps of {} cannot be kept; from 1 min to 24 h", mix.source,
                                                   format_duration(mix.step)));
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> take_intensities_of_mixes(std::vector<GenerationMix> mixes,
                                                           const MixIntensityOptions& options, const TakeSeries& take) {
  OLIVINE_CHECK_STATUS(check_zones(mixes));
  std::size_t taken = 0;
  const TakeSeries counted = [&](StoredSeries series) {
    ++taken;
    return take(std::move(series));
  };
  Maker maker(options, counted);
  const std::vector<std::vector<FuelFactor>> sets = factor_sets(options);
  const bool trading = maker.wanted("consumption") && !traders(mixes).empty();
  for (GenerationMix& mix : mixes) {
    for (const std::vector<FuelFactor>& factors : sets)
      if (maker.wanted("production")) OLIVINE_CHECK_STATUS(maker.production(mix, factors));
    if (!trading) mix = GenerationMix{};  // a large file is not held beside what comes of it
  }
  for (std::size_t i = 0; trading && i < sets.size(); ++i)
    OLIVINE_CHECK_STATUS(maker.consumption(i + 1 < sets.size() ? mixes : std::move(mixes), sets[i]));
  if (taken > 0) return std::move(maker.left_out);
  if (maker.left_out.empty())
    return fail(ErrorKind::kInvalid,
                "no exchange is given, so there is no consumption to trace: leave --accounting out");
  return fail(ErrorKind::kInvalid, fmt::format("not a single number: {}", maker.left_out.front()));
}

Result<MixIntensities> intensities_of_mixes(std::vector<GenerationMix> mixes, const MixIntensityOptions& options) {
  MixIntensities out;
  OLIVINE_TRY(out.left_out, take_intensities_of_mixes(std::move(mixes), options, [&out](StoredSeries series) -> Status {
                out.series.push_back(std::move(series));
                return {};
              }));
  return out;
}

}  // namespace olivine
