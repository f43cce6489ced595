// assess: recorded runs at another place, time or factor.
#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "apps/cli/assess_figures.h"
#include "apps/cli/assess_options.h"
#include "base/text.h"
#include "base/wall_time_text.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

Result<double> number_of(std::string_view option, std::string_view text, double least, double most,
                         std::string_view example) {
  const auto value = parse_double(trim(text));
  if (value && *value >= least && *value <= most) return *value;
  return fail(ErrorKind::kInvalid, fmt::format("{} \"{}\" is not a number from {} to {}, e.g. {}", option,
                                               printable(text), shortest(least), shortest(most), example));
}

// "400g", "400 g/kWh", "400"
Result<double> grams_of(std::string_view option, std::string_view text) {
  std::string_view number = trim(text);
  for (const std::string_view unit : {"g/kWh", "g"})
    if (number.ends_with(unit)) {
      number = trim(number.substr(0, number.size() - unit.size()));
      break;
    }
  return number_of(option, number, 0.0, 10'000.0, "400g");
}

// "6%", "0.06"
Result<double> share_of(std::string_view option, std::string_view text) {
  const bool percent = text.ends_with('%');
  OLIVINE_TRY(const double number,
              number_of(option, percent ? text.substr(0, text.size() - 1) : text, 0.0, percent ? 100.0 : 1.0, "6%"));
  return percent ? number / 100.0 : number;
}

StatedValue stated(double value, std::string_view option) {
  return {value, value, value, Basis::kUserStated, "flag " + std::string(option)};
}

Result<std::optional<StatedValue>> maybe(std::string_view option, const std::string& text, double least, double most,
                                         std::string_view example) {
  if (text.empty()) return std::optional<StatedValue>{};
  OLIVINE_TRY(const double value, number_of(option, text, least, most, example));
  return std::optional(stated(value, option));
}

// A month, a day (of every hour), or an instant.
Result<WallInterval> starts_of(const std::string& at) {
  const auto numbers = split(at, '-');
  if (numbers.size() == 2 && at.size() == 7) {
    const auto year = parse_i64(numbers[0]), month = parse_i64(numbers[1]);
    if (year && month && *month >= 1 && *month <= 12) {
      OLIVINE_TRY(const WallTime begin, named("--at", parse_wall_time(at + "-01")));
      OLIVINE_TRY(const WallTime end,
                  named("--at", parse_wall_time(*month == 12 ? fmt::format("{:04}-01-01", *year + 1)
                                                             : fmt::format("{:04}-{:02}-01", *year, *month + 1))));
      return WallInterval{begin, end};
    }
  }
  const auto time = parse_wall_time(at);
  if (!time)
    return fail(
        ErrorKind::kInvalid,
        fmt::format("--at \"{}\" is no month (2023-01), day (2023-01-15) or time (2023-01-15T18:00Z)", printable(at)));
  if (at.size() == 10) return WallInterval{*time, {time->ns + hours(24).ns}};
  return WallInterval{*time, {time->ns + 1}};
}

Result<ElectricityContract> contract_of(const std::string& text) {
  const std::size_t mark = text.find('@');
  if (mark == std::string::npos)
    return fail(ErrorKind::kInvalid,
                fmt::format("--contract \"{}\" does not say PART@GRAMS, e.g. 60%@0g or 2MWh@25g", printable(text)));
  ElectricityContract c;
  c.name = "contract " + text;
  c.kind = "stated";
  const std::string part = text.substr(0, mark);
  OLIVINE_TRY(const double grams, grams_of("--contract", text.substr(mark + 1)));
  c.intensity = Estimate<CarbonIntensity>::exactly(grams_per_kilowatt_hour(grams));
  if (part.ends_with('%')) {
    OLIVINE_TRY(const double share, share_of("--contract", part));
    c.share = ratio(share);
  } else {
    OLIVINE_TRY(c.energy, named("--contract", parse_energy(part)));
  }
  return c;
}

Result<Circumstances> circumstances_of(const AssessOptions& o) {
  Circumstances c;
  if (!o.at.empty()) {
    OLIVINE_TRY(c.starts, starts_of(o.at));
  }
  if (!o.boundary.empty()) {
    OLIVINE_TRY(c.boundary, boundary_from(o.boundary));
  }
  c.dataset = o.dataset;
  if (!o.intensity.empty()) {
    OLIVINE_TRY(const double grams, grams_of("--intensity", o.intensity));
    c.intensity = stated(grams, "--intensity");
  }
  if (c.intensity && !o.dataset.empty()) return fail(ErrorKind::kInvalid, "state --intensity or --dataset, not both");
  if (!o.upstream.empty() && !c.intensity)
    return fail(ErrorKind::kInvalid, "--upstream is the upstream part of a direct --intensity; state that too");
  OLIVINE_TRY(c.pue, maybe("--pue", o.pue, 1.0, 10.0, "1.2"));
  OLIVINE_TRY(c.price, maybe("--price", o.price, 0.0, 1e6, "0.25"));
  OLIVINE_TRY(c.water_site, maybe("--wue-site", o.wue_site, 0.0, 1000.0, "1.8"));
  OLIVINE_TRY(c.water_grid, maybe("--wue-grid", o.wue_grid, 0.0, 1000.0, "3.1"));
  c.currency = o.currency;
  return c;
}

Status add_market(const AssessOptions& o, AssessedPlace& place) {
  if (o.contracts.empty() && o.residual.empty()) return {};
  if (!place.total.facility_energy.value) return {};
  std::vector<ElectricityContract> contracts;
  for (const std::string& text : o.contracts) {
    OLIVINE_TRY(ElectricityContract contract, contract_of(text));
    contracts.push_back(std::move(contract));
  }
  MarketInput in{
      *place.total.facility_energy.value, {}, place.first().intensity.zone, contracts, std::nullopt, std::nullopt};
  if (o.residual == "none") {
    if (place.runs.size() == 1 && place.first().intensity.value.known())
      in.location = *place.first().intensity.value.value;
    else
      return fail(ErrorKind::kInvalid,
                  "--residual none: of one run whose intensity is known; state the factor, e.g. --residual 400g");
  } else if (!o.residual.empty()) {
    OLIVINE_TRY(const double grams, grams_of("--residual", o.residual));
    in.residual = Estimate<CarbonIntensity>::exactly(grams_per_kilowatt_hour(grams));
  }
  OLIVINE_TRY(place.market, market_based(in));
  return {};
}

// Of one run with its factors; of several only where they were all priced by one stated factor.
Status add_scopes(const AssessOptions& o, const Circumstances& where, AssessedPlace& place) {
  if (!place.total.facility_energy.value) {
    place.scopes_reason = "the energy is unknown";
    return {};
  }
  ScopeInput in;
  in.energy = *place.total.facility_energy.value;
  in.meter = o.meter == "supplier" ? MeterOwner::kSupplier : MeterOwner::kOwn;
  if (place.total.embodied.value) in.embodied = *place.total.embodied.value;
  if (!o.loss.empty()) {
    OLIVINE_TRY(const double loss, share_of("--loss", o.loss));
    in.loss = Estimate<Ratio>::exactly(ratio(loss));
  }
  const auto factor = [](double grams, FactorScope scope) {
    FactorType type;
    type.scope = scope;
    return EstimatedFactor{Estimate<CarbonIntensity>::exactly(grams_per_kilowatt_hour(grams)), type};
  };
  if (where.intensity) {
    const bool direct = where.boundary == Boundary::kDirect;
    (direct ? in.direct : in.lifecycle) =
        factor(where.intensity->value, direct ? FactorScope::kDirect : FactorScope::kLifecycle);
    if (!o.upstream.empty()) {
      OLIVINE_TRY(const double grams, grams_of("--upstream", o.upstream));
      in.upstream = factor(grams, FactorScope::kUpstream);
    }
  } else if (place.runs.size() == 1) {
    in.direct = place.runs.front().direct;
    in.lifecycle = place.runs.front().lifecycle;
  } else {
    place.scopes_reason = "of several runs at once only with --intensity";
    return {};
  }
  auto map = scope_map(in);
  if (!map && where.intensity) return tl::unexpected<Error>(map.error());
  if (map)
    place.scopes = std::move(*map);
  else
    place.scopes_reason = map.error().message;
  return {};
}

Result<std::vector<AssessmentInput>> stored_runs(App& app, AssessedRuns& out) {
  std::vector<std::string> asked = app.options.of<AssessOptions>().runs;
  if (asked.empty()) asked.push_back("last");
  OLIVINE_TRY(const auto ledger, open_history(app));
  std::vector<AssessmentInput> inputs;
  for (const std::string& text : asked) {
    OLIVINE_TRY(const RunRow row, ledger->find(text));
    const std::string& id = row.start.run_id;
    if (row.removed)
      return fail(ErrorKind::kNotFound, fmt::format("run {} was removed at {}", id, format_utc(*row.removed)));
    if (std::find(out.ids.begin(), out.ids.end(), id) != out.ids.end())
      return fail(ErrorKind::kInvalid, fmt::format("run {} is named twice: it would count twice", id));
    OLIVINE_TRY(const StoredRun stored, ledger->load(id));
    OLIVINE_TRY(AssessmentInput input, input_of(stored));
    out.ids.push_back(id);
    out.names.push_back(row.start.name);
    inputs.push_back(std::move(input));
  }
  return inputs;
}

Result<AssessedPlace> place_of(App& app, const std::vector<AssessmentInput>& inputs, const Circumstances& where,
                               SeriesStore& store) {
  AssessedPlace place;
  for (const AssessmentInput& input : inputs) {
    OLIVINE_TRY(Reassessed run, reassess(input, where, &store));
    place.runs.push_back(std::move(run));
  }
  place.total = total_of(place.runs);
  OLIVINE_CHECK_STATUS(add_market(app.options.of<AssessOptions>(), place));
  OLIVINE_CHECK_STATUS(add_scopes(app.options.of<AssessOptions>(), where, place));
  return place;
}

// Unknown last, else the least first.
void sort_places(AssessedRuns& out) {
  const auto key = [&](const AssessedPlace& p) {
    const Figure<Carbon>& f = out.signal == "marginal" ? p.total.marginal : p.total.average;
    return f.value ? in_grams(f.value->mean()) : std::numeric_limits<double>::infinity();
  };
  std::sort(out.places.begin(), out.places.end(), [&](const AssessedPlace& a, const AssessedPlace& b) {
    const double x = key(a), y = key(b);
    return x != y ? x < y : a.first().intensity.zone < b.first().intensity.zone;
  });
}

Result<AssessedRuns> assess_runs(App& app) {
  const AssessOptions& o = app.options.of<AssessOptions>();
  AssessedRuns out;
  out.at = o.at;
  out.signal = o.signal;
  OLIVINE_TRY(Circumstances where, circumstances_of(o));
  OLIVINE_TRY(const auto inputs, stored_runs(app, out));
  OLIVINE_TRY(SeriesStore store, SeriesStore::open(app.files, app.grid_data_path()));
  for (const std::string& trouble : store.troubles()) say(fmt::format("olivine: {}\n", trouble));
  std::vector<std::optional<GridZone>> zones;
  std::vector<std::string> asked = o.zones;
  if (!o.zone.empty()) asked.insert(asked.begin(), o.zone);
  for (const std::string& text : asked) {
    OLIVINE_TRY(GridZone zone, resolve_zone(text));
    zones.emplace_back(std::move(zone));
  }
  if (zones.empty()) zones.emplace_back(std::nullopt);
  for (auto& zone : zones) {
    where.zone = std::move(zone);
    OLIVINE_TRY(AssessedPlace place, place_of(app, inputs, where, store));
    out.places.push_back(std::move(place));
  }
  sort_places(out);
  return out;
}

}  // namespace

int assess_command(App& app) {
  const auto assessed = assess_runs(app);
  if (!assessed) return report_error(assessed.error());
  if (!app.options.of<AssessOptions>().explain.empty()) {
    if (assessed->places.size() > 1 || assessed->ids.size() > 1)
      return report_error({ErrorKind::kInvalid, "--explain explains one run at one zone; name one of each"});
    const auto text =
        explain_figure(assessed->places.front().first(), app.options.of<AssessOptions>().explain, app.style(false));
    return text ? print(*text) : report_error(text.error());
  }
  return app.options.json ? print_json(app, render_assess_json(*assessed))
                          : print(render_assess_text(*assessed, app.style(false)));
}

}  // namespace olivine::cli
