#include "apps/cli/plan_request.h"

#include <fmt/core.h>

#include <cmath>
#include <tuple>

#include "apps/cli/plan_options.h"
#include "base/text.h"
#include "base/wall_time_text.h"
#include "grid/features/civil_time.h"
#include "grid/import/import.h"
#include "planning/service_level.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

constexpr std::int64_t kMostSlots = 2'000'000;
constexpr double kMostW = 1e10, kMostG = 1e9, kMostPauseJ = 3.6e12;

// 0 where nothing is said.
Result<Duration> duration_or_0(std::string_view option, const std::string& text) {
  return text.empty() ? Result<Duration>(Duration{}) : duration_within(option, text, {});
}

// A mass or an energy.
Status set_pause_cost(const std::string& text, JobRequest& job) {
  if (text.empty()) return {};
  if (parse_carbon(text)) {
    OLIVINE_TRY(job.pause_g, grams_of("--pause-cost", text));
    return {};
  }
  const auto energy = parse_energy(text);
  if (!energy)
    return fail(ErrorKind::kInvalid,
                fmt::format("--pause-cost: \"{}\" is neither grams nor an energy, e.g. 20g or 30Wh",
                            printable(text.substr(0, 60))));
  if (in_joules(*energy) > kMostPauseJ)
    return fail(ErrorKind::kInvalid,
                fmt::format("--pause-cost: \"{}\" is more than 1 GWh", printable(text.substr(0, 60))));
  job.pause_j = in_joules(*energy);
  return {};
}

Status set_objective(const std::string& text, JobRequest& job) {
  const std::size_t colon = text.find(':');
  OLIVINE_TRY(job.objective, named("--objective", objective_from(text.substr(0, colon))));
  const bool both = job.objective == Objective::kBoth;
  if (both != (colon != std::string::npos))
    return fail(ErrorKind::kInvalid,
                fmt::format("--objective: \"{}\" is not one of average, marginal, cost, both:5%", printable(text)));
  if (!both) return {};
  OLIVINE_TRY(job.both_tolerance, percent_of("--objective both", text.substr(colon + 1)));
  return {};
}

// "1:1,2:1.8,4:3.1" and, if the power does not go with the scale, "1:1:1,2:1.8:2.1"; all by the first.
Status set_scales(const std::string& text, JobRequest& job) {
  if (text.empty()) return {};
  const auto bad = [&](std::string_view why) {
    return fail(ErrorKind::kInvalid, fmt::format("--scale: \"{}\" {}, e.g. 1:1,2:1.8,4:3.1",
                                                 printable(std::string_view(text).substr(0, 80)), why));
  };
  for (const std::string_view item : split(text, ',')) {
    const auto parts = split(item, ':');
    if (parts.size() < 2 || parts.size() > 3) return bad("does not say SCALE:THROUGHPUT[:POWER]");
    const auto scale = parse_double(trim(parts[0])), throughput = parse_double(trim(parts[1]));
    const auto power = parts.size() == 3 ? parse_double(trim(parts[2])) : scale;
    if (!scale || !throughput || !power || !(*scale > 0.0) || !(*throughput > 0.0) || !(*power > 0.0))
      return bad("holds what is no number above 0");
    job.scales.push_back({*scale, *throughput, *power});
  }
  const ScalePoint first = job.scales.front();
  for (ScalePoint& p : job.scales) {
    p.throughput /= first.throughput;
    p.power /= first.power;
  }
  return {};
}

// What a run says itself must not be said again.
Status check_source(const PlanOptions& o, bool has_deadline) {
  if (!has_deadline) return fail(ErrorKind::kInvalid, "--deadline is required: finish within, e.g. 48h");
  if (!o.run.empty()) {
    if (!o.duration.empty() || !o.power.empty())
      return fail(ErrorKind::kInvalid, "--run brings its own duration and power: leave --duration and --power out");
    if (o.follow || !o.scales.empty()) return fail(ErrorKind::kInvalid, "--run goes without --follow and --scale");
    return {};
  }
  if (!o.points.empty()) {
    if (!o.duration.empty() || !o.power.empty() || !o.scales.empty() || o.follow)
      return fail(ErrorKind::kInvalid,
                  "--points brings power and throughput: state --work, and leave --duration, --power, --scale and "
                  "--follow out");
    return {};
  }
  if (!o.work.empty() || !o.level.empty() || !o.level_of.empty() || !o.latency.empty() || !o.throughput.empty() ||
      !o.accuracy.empty())
    return fail(ErrorKind::kInvalid,
                "--work and the service level are of --points, e.g. --points points.csv --work 3.6e6");
  if (o.duration.empty())
    return fail(ErrorKind::kInvalid, "--duration is required: how long the job runs, e.g. 8h (or --run RUN)");
  // Who follows a plan asks when, not how much.
  if (o.power.empty() && !o.follow)
    return fail(ErrorKind::kInvalid, "--power is required: what the facility draws for the job, e.g. 2.4kW");
  return {};
}

Result<double> number_above_0(const char* flag, const std::string& text) {
  const auto number = parse_double(text);
  if (!number || !(*number > 0.0) || !std::isfinite(*number))
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: \"{}\" is not a number above 0", flag, printable(text.substr(0, 60))));
  return *number;
}

// As a scope of a run declared it.
Result<ServiceLevel> declared_level(const App& app, const std::string& run_and_scope) {
  const std::size_t slash = run_and_scope.find('/');
  const std::string run = run_and_scope.substr(0, slash),
                    path = slash == std::string::npos ? "" : run_and_scope.substr(slash + 1);
  if (run.empty() || path.empty())
    return fail(ErrorKind::kInvalid, fmt::format("\"{}\" is not RUN/SCOPE, e.g. last/serve", printable(run_and_scope)));
  OLIVINE_TRY(const auto ledger, open_history(app));
  OLIVINE_TRY(const RunRecord record, record_of(app, *ledger, run));
  for (const RecordScope& row : record.scopes.rows)
    if (row.path == path && row.service) return service_level_from(row.service->level);
  return fail(ErrorKind::kNotFound,
              fmt::format("run {} has no scope \"{}\" with a service level; olivine show {} has its scopes",
                          printable(run), printable(path), printable(run)));
}

// One objective may be said once: in the text, or by its own flag.
Result<ServiceLevel> service_level_of(const App& app) {
  const PlanOptions& o = app.options.of<PlanOptions>();
  ServiceLevel level;
  if (!o.level.empty() && !o.level_of.empty())
    return fail(ErrorKind::kInvalid,
                "--service-level and --service-level-of both state the service level: leave one out");
  if (!o.level.empty()) {
    OLIVINE_TRY(level, named("--service-level", service_level_from(o.level)));
  }
  if (!o.level_of.empty()) {
    OLIVINE_TRY(level, named("--service-level-of", declared_level(app, o.level_of)));
  }
  for (const auto& [flag, said, stated] :
       {std::tuple("--latency-below", !o.latency.empty(), level.most_latency_s.has_value()),
        std::tuple("--throughput-above", !o.throughput.empty(), level.least_throughput.has_value()),
        std::tuple("--accuracy-above", !o.accuracy.empty(), level.least_accuracy.has_value()),
        std::tuple("--deadline", !o.deadline.empty(), level.deadline_s.has_value())})
    if (said && stated)
      return fail(ErrorKind::kInvalid, fmt::format("{}: the service level states that already: leave one out", flag));
  if (!o.latency.empty()) {
    OLIVINE_TRY(const Duration latency, duration_within("--latency-below", o.latency, nanoseconds(1)));
    level.most_latency_s = in_seconds(latency);
  }
  if (!o.throughput.empty()) {
    OLIVINE_TRY(level.least_throughput, number_above_0("--throughput-above", o.throughput));
  }
  if (!o.accuracy.empty()) {
    OLIVINE_TRY(level.least_accuracy, number_above_0("--accuracy-above", o.accuracy));
  }
  return level;
}

}  // namespace

Result<double> percent_of(std::string_view option, std::string_view text) {
  std::string_view digits = trim(text);
  if (digits.ends_with('%')) digits = trim(digits.substr(0, digits.size() - 1));
  const auto percent = parse_double(digits);
  if (percent && *percent >= 0.0 && *percent <= 100.0) return *percent / 100.0;
  return fail(ErrorKind::kInvalid, fmt::format("{}: \"{}\" is not a percentage from 0 to 100, e.g. 5%", option,
                                               printable(text.substr(0, 60))));
}

Result<double> watts_of(std::string_view option, std::string_view text, bool may_be_0) {
  OLIVINE_TRY(const Power power, named(option, parse_power(text)));
  const double w = in_watts(power);
  if ((w > 0.0 || (may_be_0 && w == 0.0)) && w <= kMostW) return w;
  return fail(ErrorKind::kInvalid,
              fmt::format("{}: \"{}\" is not a power {} 10 GW, e.g. 2.4kW", option, printable(text.substr(0, 60)),
                          may_be_0 ? "from 0 to" : "above 0 and up to"));
}

Result<Duration> duration_within(std::string_view option, std::string_view text, Duration least, Duration most) {
  OLIVINE_TRY(const Duration time, named(option, parse_duration(text)));
  if (time >= least && time <= most) return time;
  const std::string from =
      least.ns == 1 ? "above 0 and up to" : fmt::format("from {} to", features::duration_text(least.ns));
  return fail(ErrorKind::kInvalid, fmt::format("{}: \"{}\" is not a duration {} {}", option,
                                               printable(text.substr(0, 60)), from, features::duration_text(most.ns)));
}

Result<Duration> slot_within(const std::string& text, Duration span) {
  OLIVINE_TRY(const Duration slot, named("--slot", parse_duration(text)));
  const auto bad = [&](const std::string& why) {
    return fail(ErrorKind::kInvalid, fmt::format("--slot: \"{}\" {}", printable(text.substr(0, 60)), why));
  };
  if (slot.ns <= 0) return bad("is not a duration above 0, e.g. 5min");
  if (slot > span) return bad("is longer than the " + format_duration(span) + " there are: take a shorter one");
  if (span.ns / slot.ns > kMostSlots)
    return bad(fmt::format("makes more than {} slots in {}: take a longer one", kMostSlots, format_duration(span)));
  return slot;
}

Result<double> grams_of(std::string_view option, std::string_view text) {
  OLIVINE_TRY(const Carbon mass, named(option, parse_carbon(text)));
  if (in_grams(mass) <= kMostG) return in_grams(mass);
  return fail(ErrorKind::kInvalid,
              fmt::format("{}: \"{}\" is more than 1000 t", option, printable(text.substr(0, 60))));
}

Result<WallTime> plan_start(const App& app) {
  const std::string& start = app.options.of<PlanOptions>().start;
  if (start == "now") return app.clock.now().wall;
  return named("--start", parse_wall_time(start));
}

Result<double> least_saving(const PlanOptions& options) {
  if (options.min_saving.empty()) return 0.0;
  return percent_of("--min-saving", options.min_saving);
}

Result<JobRequest> plan_request_of(const App& app) {
  const PlanOptions& o = app.options.of<PlanOptions>();
  JobRequest job;
  OLIVINE_TRY(const ServiceLevel level, service_level_of(app));
  OLIVINE_CHECK_STATUS(check_source(o, !o.deadline.empty() || level.deadline_s));
  OLIVINE_TRY(job.deadline, level.deadline_s ? Result<Duration>(seconds_from(*level.deadline_s))
                                             : duration_within("--deadline", o.deadline, nanoseconds(1)));
  if (o.run.empty() && o.points.empty()) {
    OLIVINE_TRY(job.duration, duration_within("--duration", o.duration, nanoseconds(1)));
    OLIVINE_TRY(job.power_w, watts_of("--power", o.power.empty() ? "1kW" : o.power));
  }
  if (!o.paused_power.empty()) {
    OLIVINE_TRY(job.paused_power_w, watts_of("--paused-power", o.paused_power, true));
  }
  OLIVINE_TRY(job.pause_time, duration_or_0("--pause-time", o.pause_time));
  OLIVINE_TRY(job.min_run, duration_or_0("--min-run", o.min_run));
  OLIVINE_CHECK_STATUS(set_objective(o.objective, job));
  if (o.follow && (job.objective == Objective::kCost || job.objective == Objective::kBoth))
    return fail(ErrorKind::kInvalid, "--follow goes by average or marginal");
  OLIVINE_CHECK_STATUS(set_scales(o.scales, job));
  OLIVINE_CHECK_STATUS(set_pause_cost(o.pause_cost, job));
  job.may_pause = !o.no_pause;
  OLIVINE_TRY(job.now, plan_start(app));
  return job;
}

Result<std::vector<std::string>> add_points(App& app, JobRequest& job, std::vector<std::string>& lines) {
  const PlanOptions& o = app.options.of<PlanOptions>();
  constexpr std::size_t kMostBytes = std::size_t{1} << 20U;
  if (o.work.empty())
    return fail(ErrorKind::kInvalid, "--points needs --work: how many units are to be done, e.g. --work 3.6e6");
  OLIVINE_TRY(const double work, number_above_0("--work", o.work));
  OLIVINE_TRY(const ServiceLevel level, service_level_of(app));
  OLIVINE_TRY(auto source, open_input(app.files, o.points));
  OLIVINE_TRY(const std::string text, read_whole(*source, kMostBytes));
  OLIVINE_TRY(const auto points, points_from_csv(printable(o.points), text));
  OLIVINE_TRY(const ServiceChoice choice, points_within(points, level));
  const OperatingPoint& fastest = choice.within.back();
  job.duration = seconds_from(work / fastest.throughput);
  if (job.duration.ns < 1 || job.duration > kLongestAsked)
    return fail(ErrorKind::kInvalid,
                fmt::format("--work: \"{}\" takes {} s at {} a second ({}): less than 1 ns or more than 3660 d",
                            printable(o.work.substr(0, 60)), format_number(work / fastest.throughput),
                            format_number(fastest.throughput), fastest.name));
  job.power_w = fastest.power_w;
  std::vector<std::string> names;
  for (const OperatingPoint& p : choice.within) {
    job.scales.push_back(
        {static_cast<double>(names.size() + 1), p.throughput / fastest.throughput, p.power_w / fastest.power_w});
    names.push_back(p.name);
    lines.push_back(
        fmt::format("{}: {} a second at {}", p.name, format_number(p.throughput), format_power(watts(p.power_w))));
  }
  for (const auto& [name, why] : choice.left_out) lines.push_back(fmt::format("{} left out: {}", name, why));
  job.scale_at_once = names.size() - 1;
  return names;
}

}  // namespace olivine::cli
