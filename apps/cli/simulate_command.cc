// simulate: policies on traces of jobs. Every case is decided by its names and its seed, so that parts can be made anywhere.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/cli/app.h"
#include "apps/cli/plan_intensity.h"
#include "apps/cli/plan_request.h"
#include "apps/cli/simulate_options.h"
#include "apps/cli/simulate_replay.h"
#include "apps/cli/simulate_rows.h"
#include "base/text.h"
#include "base/wall_time_text.h"
#include "grid/import/import.h"
#include "planning/queue_file.h"
#include "planning/simulation/job_trace.h"
#include "provenance/content_hasher.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kMostFileBytes = std::size_t{64} << 20U;

Result<std::string> text_of(App& app, const std::string& path) {
  OLIVINE_TRY(auto source, open_input(app.files, path));
  return read_whole(*source, kMostFileBytes);
}

struct Simulation {
  SimulationWorld world;
  std::vector<SimulationCase> cases;
  std::vector<std::string> sources;
  std::vector<ServiceRequests> requests;
  std::string replayed;                    // the service, "" for none
  std::string trace_hash, intensity_hash;  // of the contents; "" for none
  std::optional<SimulationPart> part;
};

// Of made-up jobs, but for the seed and the time.
Result<TraceSettings> made_up_of(const SimulateOptions& o) {
  constexpr Duration kShortest = seconds(60), kLongest = hours(24 * 366);  // the first: no made-up job is shorter
  TraceSettings settings;
  settings.jobs = static_cast<std::size_t>(o.jobs);
  settings.slack = o.slack;
  OLIVINE_TRY(settings.median_length, duration_within("--median-length", o.median_length, kShortest, kLongest));
  settings.longest = std::max(settings.longest, settings.median_length);
  OLIVINE_TRY(settings.least_slack, duration_within("--least-slack", o.least_slack, {}));
  OLIVINE_TRY(settings.power_w, watts_of("--power", o.power));
  return settings;
}

Result<std::vector<QueueJob>> trace_of(const SimulateOptions& o, const std::string& trace, const TraceSettings& made_up,
                                       const SimulationWorld& world, Duration span, std::uint64_t seed) {
  if (!o.trace.empty()) return queue_from_csv(printable(o.trace), trace, world.begin, !o.no_pause);
  TraceSettings settings = made_up;
  settings.seed = seed;
  settings.begin = world.begin;
  settings.span = span;
  OLIVINE_TRY(std::vector<QueueJob> jobs, generate_jobs(settings));
  for (QueueJob& job : jobs) job.may_pause = !o.no_pause;
  return jobs;
}

std::vector<Signal> signals_of(const SimulateOptions& o) {
  std::vector<Signal> signals;
  if (o.signal != "marginal") signals.push_back(Signal::kAverage);
  if (o.signal != "average") signals.push_back(Signal::kMarginal);
  return signals;
}

bool wants_what_was_said(const SimulateOptions& o) {
  return std::find(o.forecasts.begin(), o.forecasts.end(), "service") != o.forecasts.end();
}

// What happened, as the service told it: parts of other days or gaps are parts of another simulation.
std::string hash_of(const std::vector<SimulatedZone>& zones) {
  ContentHasher hasher;
  for (const SimulatedZone& zone : zones)
    for (const std::vector<double>* means : {&zone.average, &zone.marginal}) {
      hasher.add(fmt::format("{} {}\n", zone.zone, means->size()));
      for (const double g : *means) hasher.add(std::isnan(g) ? "gap\n" : fmt::format("{}\n", g));
    }
  return hasher.hash();
}

// From a service's own API, as grid serve-replay plays it.
Status add_replayed_zones(const App& app, const SimulateOptions& o, Duration span, Simulation& out) {
  if (!o.intensity.empty()) return fail(ErrorKind::kInvalid, "state --intensity or --replay, not both");
  std::vector<std::string> zones = o.zones;
  if (zones.empty() && !app.config.get("zone").empty()) zones.push_back(app.config.get("zone"));
  if (zones.empty())
    return fail(ErrorKind::kInvalid, "which zones? e.g. --zones FR,DE, as the replayed service calls them");
  const auto slots = static_cast<std::size_t>(span.ns / out.world.slot.ns);
  OLIVINE_TRY(ReplayAnswers found, replay_answers({o.replay, zones, signals_of(o), out.world.begin, out.world.slot,
                                                   slots, wants_what_was_said(o)}));
  out.world.zones = std::move(found.zones);
  out.sources = std::move(found.sources);
  out.requests = std::move(found.requests);
  out.replayed = std::move(found.provider);
  out.intensity_hash = hash_of(out.world.zones);
  return {};
}

// The same intensities as `olivine plan` would take.
Status add_zones(App& app, const SimulateOptions& o, Duration span, Simulation& out) {
  if (!o.replay.empty()) return add_replayed_zones(app, o, span, out);
  OLIVINE_TRY(PlanIntensities found,
              plan_intensities(app, IntensityQuestion{o.zones, o.intensity, o.slot, false, out.world.begin, span}));
  const auto slots = static_cast<std::size_t>(span.ns / out.world.slot.ns);
  for (const ZoneIntensity& zone : found.zones) {
    const auto means = [&](const std::optional<IntensitySeries>& series) {
      return series ? slot_means(*series, out.world.begin, out.world.slot, slots) : std::vector<double>{};
    };
    out.world.zones.push_back({zone.zone, means(zone.average), means(zone.marginal)});
  }
  out.sources = std::move(found.sources);
  out.intensity_hash = std::move(found.file_hash);
  return {};
}

// A case made twice would be two rows of one name.
template <class T>
Status once(std::string_view option, const std::vector<T>& values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::find(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(i), values[i]) !=
        values.begin() + static_cast<std::ptrdiff_t>(i))
      return fail(ErrorKind::kInvalid,
                  fmt::format("{}: {} is named twice", option, printable(fmt::format("{}", values[i]).substr(0, 60))));
  return {};
}

Status check_names(const SimulateOptions& o) {
  OLIVINE_CHECK_STATUS(once("--policy", o.policies));
  OLIVINE_CHECK_STATUS(once("--zones", o.zones));
  OLIVINE_CHECK_STATUS(once("--forecast", o.forecasts));
  OLIVINE_CHECK_STATUS(once("--seeds", o.seeds));
  const std::vector<std::string> known = simulated_policies();
  for (const std::string& policy : o.policies)
    if (std::find(known.begin(), known.end(), policy) == known.end()) {
      std::string list;
      for (const std::string& name : known) list += (list.empty() ? "" : ", ") + name;
      return fail(ErrorKind::kInvalid,
                  fmt::format("--policy: '{}' is not one of {}", printable(policy.substr(0, 60)), list));
    }
  for (const std::string& forecast : o.forecasts)
    if (auto status = check_forecast(forecast); !status)
      return fail(ErrorKind::kInvalid, "--forecast: " + status.error().message);
  if (wants_what_was_said(o) && o.replay.empty())
    return fail(ErrorKind::kInvalid, "--forecast: service is what a grid service said then; name one with --replay");
  return {};
}

Status add_cases(const SimulateOptions& o, Simulation& out) {
  for (const SimulatedZone& zone : out.world.zones)
    for (const Signal signal : signals_of(o)) {
      if ((signal == Signal::kAverage ? zone.average : zone.marginal).empty())
        return fail(ErrorKind::kNotFound,
                    o.intensity.empty()
                        ? fmt::format("{} has no {} intensity: see olivine grid data ls, or name others with --zones",
                                      printable(zone.zone), name_of(signal))
                        : fmt::format("{} has no {} intensity of {}: name what it has with --signal and --zones",
                                      printable(o.intensity), name_of(signal), printable(zone.zone)));
      for (const std::string& policy : o.policies)
        for (const std::string& forecast : o.forecasts)
          for (const std::uint64_t seed : o.seeds) out.cases.push_back({policy, zone.zone, signal, forecast, seed});
    }
  if (out.cases.size() > kMostCases)
    return fail(ErrorKind::kInvalid, fmt::format("{} cases: at most {}", out.cases.size(), kMostCases));
  return {};
}

// --part 3/16: every sixteenth case from the fourth on.
Result<std::optional<SimulationPart>> part_of(const std::string& text) {
  if (text.empty()) return std::optional<SimulationPart>{};
  const std::size_t slash = text.find('/');
  const auto which = parse_u64(std::string_view(text).substr(0, slash));
  const auto of =
      slash == std::string::npos ? fail(ErrorKind::kInvalid, "") : parse_u64(std::string_view(text).substr(slash + 1));
  if (!which || !of || *of == 0 || *which >= *of || *of > kMostCases)
    return fail(ErrorKind::kInvalid,
                fmt::format("--part: '{}' is not I/N with I from 0 to N - 1, e.g. 3/16", printable(text)));
  return std::optional(SimulationPart{static_cast<std::size_t>(*which), static_cast<std::size_t>(*of)});
}

void keep_part(const std::optional<SimulationPart>& part, std::vector<SimulationCase>& cases) {
  if (!part) return;
  std::vector<SimulationCase> kept;
  for (std::size_t i = part->index; i < cases.size(); i += part->of) kept.push_back(cases[i]);
  cases = std::move(kept);
}

Status set_pauses(const SimulateOptions& o, SimulationWorld& world) {
  if (!o.pause_cost.empty()) {
    OLIVINE_TRY(const double cost_g, grams_of("--pause-cost", o.pause_cost));
    world.edge_g = cost_g / 2.0;
  }
  if (o.pause_time.empty()) return {};
  OLIVINE_TRY(const Duration time, duration_within("--pause-time", o.pause_time, {}));
  world.restart = static_cast<std::size_t>((time.ns + world.slot.ns - 1) / world.slot.ns);
  return {};
}

Result<Simulation> simulation_of(App& app, const SimulateOptions& o) {
  Simulation out;
  OLIVINE_TRY(out.world.begin, named("--start", parse_wall_time(o.start)));
  if (out.world.begin.ns < 0)
    return fail(ErrorKind::kInvalid, fmt::format("--start: \"{}\" lies before 1970-01-01", printable(o.start)));
  const Duration span = hours(24 * std::int64_t{o.days});
  OLIVINE_TRY(out.world.slot, slot_within(o.slot, span));
  OLIVINE_TRY(const TraceSettings made_up, made_up_of(o));
  OLIVINE_CHECK_STATUS(set_pauses(o, out.world));
  OLIVINE_TRY(out.part, part_of(o.part));
  OLIVINE_CHECK_STATUS(check_names(o));
  OLIVINE_CHECK_STATUS(add_zones(app, o, span, out));
  OLIVINE_CHECK_STATUS(add_cases(o, out));
  keep_part(out.part, out.cases);
  out.world.seeds = o.seeds;
  std::string trace;
  if (!o.trace.empty()) {
    OLIVINE_TRY(trace, text_of(app, o.trace));
    out.trace_hash = content_hash(trace);
  }
  for (const std::uint64_t seed : o.seeds) {
    OLIVINE_TRY(auto jobs, trace_of(o, trace, made_up, out.world, span, seed));
    out.world.traces.push_back(std::move(jobs));
  }
  return out;
}

std::string settings_of(const SimulateOptions& o, const Simulation& s) {
  nlohmann::ordered_json zones = nlohmann::ordered_json::array();
  for (const SimulatedZone& zone : s.world.zones) zones.push_back(zone.zone);
  const auto or_null = [](const std::string& text) {
    return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
  };
  return nlohmann::ordered_json{{"simulation", "olivine, not measured"},
                                {"policies", o.policies},
                                {"zones", zones},
                                {"signal", o.signal},
                                {"forecasts", o.forecasts},
                                {"seeds", o.seeds},
                                {"trace", or_null(o.trace)},
                                {"trace_hash", or_null(s.trace_hash)},
                                {"start", format_utc(s.world.begin)},
                                {"days", o.days},
                                {"slot", o.slot},
                                {"jobs", o.jobs},
                                {"power", o.power},
                                {"median_length", o.median_length},
                                {"slack", o.slack},
                                {"least_slack", o.least_slack},
                                {"pause_cost", o.pause_cost},
                                {"pause_time", o.pause_time},
                                {"no_pause", o.no_pause},
                                {"replay", or_null(s.replayed)},
                                {"intensity_hash", or_null(s.intensity_hash)},
                                {"sources", s.sources}}
      .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<SimulationReport> report_of(App& app, const SimulateOptions& o) {
  if (!o.merge.empty()) {
    std::vector<std::pair<std::string, SimulationReport>> parts;
    for (const std::string& file : o.merge) {
      OLIVINE_TRY(const std::string text, text_of(app, file));
      OLIVINE_TRY(SimulationReport part, simulation_from_json(file, text));
      parts.emplace_back(file, std::move(part));
    }
    return merged(parts);
  }
  OLIVINE_TRY(const Simulation simulation, simulation_of(app, o));
  const bool shows = ::isatty(STDERR_FILENO) == 1 && !app.options.quiet;
  const std::size_t of = simulation.cases.size();
  std::function<void(std::size_t)> progress;
  if (shows)
    progress = [of](std::size_t done) { say(fmt::format("\r{} of {} cases{}", done, of, done == of ? "\n" : "")); };
  const std::size_t threads =
      o.threads > 0 ? static_cast<std::size_t>(o.threads) : std::max(1U, std::thread::hardware_concurrency());
  OLIVINE_TRY(std::vector<SimulationRow> rows, simulate(simulation.world, simulation.cases, threads, progress));
  return SimulationReport{settings_of(o, simulation),        simulation.sources, simulation.requests, std::move(rows),
                          in_seconds(simulation.world.slot), simulation.part};
}

}  // namespace

int simulate_command(App& app) {
  const SimulateOptions o = app.options.of<SimulateOptions>();
  const auto report = report_of(app, o);
  if (!report) return report_error(report.error());
  if (app.options.json) return print_json(app, simulation_json(*report));
  return print(simulation_text(*report, app.style(false)));
}

}  // namespace olivine::cli
