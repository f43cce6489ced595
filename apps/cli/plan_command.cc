// plan: where and when a job emits least. Exit 1 when the saving is below --min-saving.
#include <fmt/core.h>

#include <algorithm>

#include "apps/cli/app.h"
#include "apps/cli/plan_curve.h"
#include "apps/cli/plan_intensity.h"
#include "apps/cli/plan_options.h"
#include "apps/cli/plan_picture.h"
#include "apps/cli/plan_render.h"
#include "apps/cli/plan_request.h"
#include "apps/cli/plan_supply.h"
#include "base/text.h"
#include "planning/slot_choice.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

constexpr std::int64_t kSlotsOfARun = 60;  // at least, where its slots are not said

// "5", "0.00001": no exponent, whatever is typed.
std::string percent_text(double share) {
  std::string text = fmt::format("{:.12f}", share * 100.0);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

// A run of minutes is not planned in slots of an hour.
Duration slot_of_run(const App& app, const JobRequest& job, Duration slot) {
  if (job.curve.empty() || !app.options.of<PlanOptions>().slot.empty()) return slot;
  for (const Duration finer : {seconds(3600), seconds(1800), seconds(900), seconds(300), seconds(60)}) {
    if (finer > slot) continue;
    slot = finer;
    if (job.duration.ns / slot.ns >= kSlotsOfARun || job.deadline.ns / slot.ns >= 5000) break;
  }
  return slot;
}

// --supply: the sun's burden and what the reader must know.
Status add_supply(const PlanOptions& o, PlanAnswer& answer, PlanIntensities& intensities) {
  OLIVINE_TRY(std::vector<std::string> sun, set_solar(*answer.supply, answer.job.zones.front()));
  for (std::string& line : sun) intensities.sources.push_back(std::move(line));
  for (std::string& note : fit_slot(o, *answer.supply, answer.job.slot)) intensities.sources.push_back(std::move(note));
  return {};
}

// Where nothing is said of slots: as short as the prices' steps, and so that they divide the rules of pauses.
void fit_slot_to_job(const PlanOptions& o, PlanAnswer& answer) {
  JobRequest& job = answer.job;
  if (!o.slot.empty()) return;
  Duration step = job.slot;
  if (!o.prices.empty() && job.objective == Objective::kCost)
    for (const ZoneIntensity& zone : job.zones)
      for (const PricePoint& p : zone.prices) step = std::min(step, Duration{p.end.ns - p.begin.ns});
  const bool any_cost = answer.supply.has_value();
  if (step != job.slot && !is_small_enough(job, step, any_cost))
    answer.notes.push_back(
        fmt::format("the prices change within slots of {}: in a slot their mean counts", format_duration(job.slot)));
  else
    job.slot = step;
  job.slot = slot_for_rules(job, job.slot, any_cost);
}

Result<PlanAnswer> answer_of(App& app) {
  const PlanOptions& o = app.options.of<PlanOptions>();
  PlanAnswer answer;
  OLIVINE_TRY(answer.job, plan_request_of(app));
  JobRequest& job = answer.job;
  answer.objective = name_of(job.objective);
  if (job.objective == Objective::kBoth) answer.objective += ":" + percent_text(job.both_tolerance) + "%";
  std::string run_source;
  if (!o.run.empty()) {
    OLIVINE_TRY(run_source, add_run_curve(app, o.run, job));
  }
  if (!o.points.empty()) {
    OLIVINE_TRY(answer.scale_names, add_points(app, job, answer.points));
  }
  IntensityQuestion question = question_of(app, job);
  if (!o.supply.empty()) {
    OLIVINE_TRY(answer.supply, load_supply(app, o.supply));
    if (question.zones.empty() && !answer.supply->file.zone.empty()) question.zones = {answer.supply->file.zone};
  }
  OLIVINE_TRY(PlanIntensities intensities, plan_intensities(app, question));
  job.zones = intensities.zones;
  job.slot = slot_of_run(app, job, intensities.slot);
  if (answer.supply) OLIVINE_CHECK_STATUS(add_supply(o, answer, intensities));
  OLIVINE_TRY(job.transfer, plan_transfer(app, job, intensities));
  OLIVINE_TRY(answer.currency, add_prices(app, job, job.zones));
  answer.notes = std::move(intensities.notes);
  fit_slot_to_job(o, answer);
  answer.sources = std::move(intensities.sources);
  if (!run_source.empty()) answer.sources.push_back(std::move(run_source));
  return answer;
}

// By its own supply where there is one; what the supply gave goes into the answer.
Result<JobPlan> plan_of(PlanAnswer& answer) {
  if (!answer.supply) {
    OLIVINE_TRY(JobPlan plan, plan_job(answer.job));
    plan.notes.insert(plan.notes.begin(), answer.notes.begin(), answer.notes.end());
    return plan;
  }
  OLIVINE_TRY(answer.settled, plan_with_supply({answer.job, answer.supply->file.supply, answer.supply->sun,
                                                answer.supply->file.sun_file}));
  JobPlan& plan = answer.settled->plan;
  plan.notes.insert(plan.notes.begin(), answer.notes.begin(), answer.notes.end());
  return plan;
}

// What twice the time would bring, where the data reach that far.
std::optional<MoreTime> more_time(PlanAnswer answer) {
  answer.job.deadline = {answer.job.deadline.ns * 2};
  const auto longer = plan_of(answer);
  if (!longer || !saving_of(*longer, answer.job.objective)) return std::nullopt;
  return MoreTime{answer.job.deadline, longer->saving, longer->cost_saving};
}

// What both: forbids, if anything.
std::optional<BothSignals> without_limit(PlanAnswer answer) {
  if (answer.job.objective != Objective::kBoth) return std::nullopt;
  answer.job.objective = Objective::kAverage;
  const auto free = plan_of(answer);
  return free ? std::optional(free->saving) : std::nullopt;
}

int show_pictures(App& app, const PlanAnswer& answer, const JobPlan& plan) {
  if (app.options.plot && (!app.options.json || !app.options.plot_file.empty()))
    if (const int code = show_plot(app, plot_of(app, answer, plan)); code != 0) return code;
  const std::string& file = app.options.of<PlanOptions>().ical;
  if (file.empty()) return 0;
  const auto calendar = calendar_of(answer, plan);
  if (!calendar) return report_error(calendar.error());
  if (const auto written = write_file(file, *calendar); !written) return report_error(written.error());
  say(fmt::format("calendar: {}\n", printable(file)));
  return 0;
}

}  // namespace

int plan_command(App& app) {
  const PlanOptions& o = app.options.of<PlanOptions>();
  if (!o.supply.empty())
    if (const Status fits = check_supply_options(o); !fits) return report_error(fits.error());
  if (o.follow && !o.jobs.empty())
    return report_error({ErrorKind::kInvalid, "--follow is of one job: it goes without --jobs"});
  if (o.follow) return plan_follow(app);
  if (!o.jobs.empty()) return plan_queue_command(app);
  for (const auto& [flag, value] : {std::pair{"--margin", &o.margin}, {"--pause-above", &o.pause_above}})
    if (!value->empty()) return report_error({ErrorKind::kInvalid, fmt::format("{} is of --follow", flag)});
  if (!o.capacity.empty()) return report_error({ErrorKind::kInvalid, "--capacity is of --jobs"});
  const auto least = least_saving(o);
  if (!least) return report_error(least.error());
  auto answer = answer_of(app);
  if (!answer) return report_error(answer.error());
  const Result<JobPlan> plan = plan_of(*answer);
  if (plan) {
    answer->more_time = more_time(*answer);
    answer->without_limit = without_limit(*answer);
    answer->not_worth_it = not_worth_it(saving_of(*plan, answer->job.objective), *least);
  }
  if (app.options.json) {
    if (const int code = print_json(app, plan_json(*answer, plan)); code != 0) return code;
    if (!plan) return exit_code_of(plan.error().kind);
  } else {
    if (!plan) return report_error(plan.error());
    if (const int code = print(wrapped_plan(plan_text(*answer, *plan), app.style(false))); code != 0) return code;
  }
  if (const int code = show_pictures(app, *answer, *plan); code != 0) return code;
  return answer->not_worth_it.empty() ? 0 : kExitNo;
}

}  // namespace olivine::cli
