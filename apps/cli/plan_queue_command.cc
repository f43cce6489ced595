// plan --jobs: a queue under a shared capacity. Exit 1 when jobs are left out or the saving is below --min-saving.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

#include "apps/cli/app.h"
#include "apps/cli/plan_intensity.h"
#include "apps/cli/plan_options.h"
#include "apps/cli/plan_picture.h"
#include "apps/cli/plan_render.h"
#include "apps/cli/plan_request.h"
#include "base/text.h"
#include "grid/import/byte_source.h"
#include "planning/queue_file.h"
#include "planning/slot_choice.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20U;
constexpr double kShareOfHighs = 0.4;  // of the time

// "64gpu", "64 gpus", "64"
Result<std::int64_t> capacity_of(const std::string& text) {
  std::string_view whole = trim(text);
  while (!whole.empty() && std::isalpha(static_cast<unsigned char>(whole.back())) != 0) whole.remove_suffix(1);
  const auto count = parse_i64(trim(whole));
  if (count && *count >= 1 && *count <= 1'000'000'000) return *count;
  return fail(ErrorKind::kInvalid,
              text.empty()
                  ? "--jobs shares a capacity: say --capacity, e.g. 64gpu"
                  : fmt::format("--capacity: \"{}\" is not a whole number of 1 or more, e.g. 64gpu", printable(text)));
}

Status refuse_what_is_of_one_job(const PlanOptions& o) {
  for (const auto& [flag, value] :
       {std::pair{"--duration", &o.duration}, {"--power", &o.power}, {"--deadline", &o.deadline}})
    if (!value->empty())
      return fail(ErrorKind::kInvalid, fmt::format("{} is of one job; with --jobs each row says its own", flag));
  for (const auto& [flag, value] : {std::pair{"--run", &o.run},
                                    {"--scale", &o.scales},
                                    {"--points", &o.points},
                                    {"--work", &o.work},
                                    {"--service-level", &o.level},
                                    {"--service-level-of", &o.level_of},
                                    {"--latency-below", &o.latency},
                                    {"--throughput-above", &o.throughput},
                                    {"--accuracy-above", &o.accuracy},
                                    {"--price", &o.price},
                                    {"--prices", &o.prices},
                                    {"--data", &o.data},
                                    {"--from", &o.from},
                                    {"--egress", &o.egress},
                                    {"--energy-per-gb", &o.energy_per_gb},
                                    {"--paused-power", &o.paused_power},
                                    {"--margin", &o.margin},
                                    {"--pause-above", &o.pause_above}})
    if (!value->empty())
      return fail(ErrorKind::kInvalid, fmt::format("{} is of one job: a queue (--jobs) has no such thing", flag));
  return {};
}

Status set_rules(const PlanOptions& o, QueueRequest& r) {
  if (!o.pause_time.empty()) {
    OLIVINE_TRY(r.pause_time, duration_within("--pause-time", o.pause_time, {}));
  }
  if (!o.min_run.empty()) {
    OLIVINE_TRY(r.min_run, duration_within("--min-run", o.min_run, {}));
  }
  if (!o.pause_cost.empty()) {
    if (!parse_carbon(o.pause_cost))
      return fail(
          ErrorKind::kInvalid,
          fmt::format("--pause-cost: \"{}\" is not grams, e.g. 20g: a queue knows no other", printable(o.pause_cost)));
    OLIVINE_TRY(r.pause_g, grams_of("--pause-cost", o.pause_cost));
  }
  const auto objective = objective_from(o.objective.substr(0, o.objective.find(':')));
  if (!objective || o.objective.find(':') != std::string::npos ||
      (*objective != Objective::kAverage && *objective != Objective::kMarginal))
    return fail(ErrorKind::kInvalid,
                fmt::format("--objective: \"{}\": a queue (--jobs) is planned by average or marginal; it has no cost "
                            "and no both",
                            printable(o.objective.substr(0, 60))));
  r.objective = *objective;
  return {};
}

Result<QueueRequest> queue_request(App& app, std::vector<std::string>& sources) {
  const PlanOptions& o = app.options.of<PlanOptions>();
  QueueRequest r;
  OLIVINE_CHECK_STATUS(refuse_what_is_of_one_job(o));
  OLIVINE_TRY(r.capacity, capacity_of(o.capacity));
  OLIVINE_CHECK_STATUS(set_rules(o, r));
  OLIVINE_TRY(r.now, plan_start(app));
  OLIVINE_TRY(auto source, open_input(app.files, o.jobs));
  OLIVINE_TRY(const std::string text, read_whole(*source, kMostBytes));
  OLIVINE_TRY(r.jobs, queue_from_csv(o.jobs, text, r.now, !o.no_pause));
  JobRequest span;
  span.now = r.now;
  for (const QueueJob& job : r.jobs) span.deadline = std::max(span.deadline, Duration{job.deadline.ns - r.now.ns});
  OLIVINE_TRY(PlanIntensities intensities, plan_intensities(app, span));
  if (intensities.zones.size() != 1)
    return fail(ErrorKind::kInvalid, "--jobs share one place: name one zone with --zones");
  r.zone = intensities.zones.front();
  r.slot = intensities.slot;
  if (o.slot.empty()) r.slot = slot_for_queue(r.slot, span.deadline);
  sources = std::move(intensities.sources);
  r.highs_library = app.variable("OLIVINE_HIGHS");
  return r;
}

// How far it is, on one line of a terminal, and when the time is over.
class Progress {
 public:
  Progress(const App& app, double seconds)
      : app_(app),
        begin_(app.clock.now().mono),
        seconds_(seconds),
        speaks_(!app.options.quiet && ::isatty(STDERR_FILENO) == 1) {}
  bool operator()(const QueueSchedule& best, std::size_t) {
    const double now_s = in_seconds(app_.clock.now().mono - begin_);
    if (now_s - said_s_ >= (speaks_ ? 1.0 : 5.0)) {
      said_s_ = now_s;
      const std::string gap = best.gap() < 10.0 ? fmt::format("{:.2f} %", best.gap() * 100.0) : "not known";
      const std::string line =
          fmt::format("{:.0f} s: {:.4g} kg, gap {}, {} left out", now_s, best.cost / 1000.0, gap, best.left_out());
      say(speaks_ ? "\r" + line + "   " : line + "\n");
      line_is_open_ = speaks_;
    }
    return now_s < seconds_;
  }
  void end() const {
    if (line_is_open_) say("\n");
  }

 private:
  const App& app_;
  MonoTime begin_;
  double seconds_, said_s_ = 0.0;
  bool speaks_, line_is_open_ = false;
};

int write_calendar(const App& app, const QueueRequest& request, const QueuePlan& plan) {
  const std::string& file = app.options.of<PlanOptions>().ical;
  if (file.empty()) return 0;
  const auto calendar = calendar_of(request, plan);
  if (!calendar) return report_error(calendar.error());
  if (const auto written = write_file(file, *calendar); !written) return report_error(written.error());
  say(fmt::format("calendar: {}\n", printable(file)));
  return 0;
}

}  // namespace

int plan_queue_command(App& app) {
  const PlanOptions& o = app.options.of<PlanOptions>();
  const auto least = least_saving(o);
  if (!least) return report_error(least.error());
  if (app.options.plot)
    return report_error({ErrorKind::kInvalid, "--plot draws one job; --jobs goes with --ical and --json"});
  std::vector<std::string> sources;
  auto request = queue_request(app, sources);
  if (!request) return report_error(request.error());
  const double decompose_s = o.seconds * (1.0 - kShareOfHighs);
  request->exact_seconds = o.seconds * kShareOfHighs / 2.0;
  Progress progress(app, decompose_s);
  request->limits.progress = [&progress](const QueueSchedule& best, std::size_t round) {
    return progress(best, round);
  };
  const Result<QueuePlan> plan = plan_queue(*request);
  progress.end();
  const bool marginal = request->objective == Objective::kMarginal;
  const std::string reason = plan ? not_worth_it(marginal ? plan->saving.marginal : plan->saving.average, *least) : "";
  if (app.options.json) {
    if (const int code = print_json(app, queue_json(*request, plan, reason)); code != 0) return code;
    if (!plan) return exit_code_of(plan.error().kind);
  } else {
    if (!plan) return report_error(plan.error());
    const std::string text = queue_text(*request, *plan, sources) + (reason.empty() ? "" : reason + "\n");
    if (const int code = print(wrapped_plan(text, app.style(false))); code != 0) return code;
  }
  if (const int code = write_calendar(app, *request, *plan); code != 0) return code;
  return plan->left_out > 0 || !reason.empty() ? kExitNo : 0;
}

}  // namespace olivine::cli
