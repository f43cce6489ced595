// plan --follow: the plan as it becomes due. What really runs and waits is up to the reader of the lines; `olivine run
// --start-within` and `--finish-within` are one. See plan_request.h and planning/follow.h.
#include <fmt/core.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>
#include <nlohmann/json.hpp>

#include "apps/cli/follower.h"
#include "apps/cli/plan_follow.h"
#include "apps/cli/plan_intensity.h"
#include "apps/cli/plan_options.h"
#include "apps/cli/plan_request.h"
#include "base/process_stat.h"
#include "base/text.h"
#include "planning/follow_progress.h"
#include "report/text_layout.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kLongestSleepMs = 30'000;  // the wall clock may be set, the machine may sleep
constexpr std::size_t kMostSegments = 10'000;     // in the last line
constexpr Duration kFineSlot = seconds(300);
constexpr Duration kShortestRun = seconds(900);  // unless --min-run says otherwise: a stop and a restart are never free
constexpr Duration kLongHorizon = hours(24 * 14);

constexpr double kMostGrams = 1e6;  // a kWh of the dirtiest grids emits little more than a thousand

Json number(const std::optional<double>& v) { return v ? Json(*v) : Json(nullptr); }

Result<double> pause_above_of(const std::string& text) {
  std::string_view digits = trim(text);
  for (const std::string_view unit : {"g/kWh", "g"})
    if (digits.ends_with(unit)) digits = trim(digits.substr(0, digits.size() - unit.size()));
  const auto grams = parse_double(digits);
  if (!grams || !(*grams >= 0.0 && *grams <= kMostGrams))
    return fail(ErrorKind::kInvalid,
                fmt::format("--pause-above: \"{}\" is not grams per kWh, e.g. 300g", printable(text)));
  return *grams;
}

// Grams that a kilowatt emits over the intervals; absent where something is not known.
std::optional<double> grams_over(const std::vector<WallInterval>& spans, const std::optional<IntensitySeries>& series) {
  double sum = 0.0;
  for (const WallInterval& span : spans) {
    if (span.begin == span.end) continue;
    const auto mean = mean_over(series, span);
    if (!mean) return std::nullopt;
    sum += *mean * static_cast<double>(span.end.ns - span.begin.ns) / static_cast<double>(hours(1).ns);
  }
  return sum;
}

Json span_json(const WallInterval& span, const ZoneIntensity& zone) {
  return {{"start", format_utc(span.begin)},
          {"end", format_utc(span.end)},
          {"start_ns", span.begin.ns},
          {"end_ns", span.end.ns},
          {"average", number(mean_over(zone.average, span))},
          {"marginal", number(mean_over(zone.marginal, span))}};
}

Duration length_of(const std::vector<WallInterval>& spans) {
  Duration sum;
  for (const WallInterval& span : spans) sum.ns += span.end.ns - span.begin.ns;
  return sum;
}

class FollowLoop {
 public:
  FollowLoop(const App& app, FollowRules rules, ZoneIntensity zone, WallTime plan_start, std::string source)
      : app_(app),
        rules_(std::move(rules)),
        zone_(std::move(zone)),
        plan_start_(plan_start),
        real_start_(app.clock.now()),
        source_(std::move(source)),
        progress_(rules_) {}

  int run(const std::optional<JobPlan>& planned) {
    planned_ = planned ? &*planned : nullptr;
    while (true) {
      const WallTime now = plan_now();
      settle();
      const FollowStep step = next_step(rules_, progress_.state(), zone_, now);
      if (const int code = obey(step, now); code != 0) return code;
      if (!wait(step.until)) break;
    }
    settle();
    return print(report() + "\n");
  }

 private:
  WallTime plan_now() const { return plan_time(app_.clock.now().wall); }
  WallTime plan_time(WallTime real) const { return {plan_start_.ns + sped({real.ns - real_start_.wall.ns})}; }
  // Absent where a slow plan puts it beyond all time.
  std::optional<WallTime> real_time(WallTime planned) const {
    return later(real_start_.wall, in_seconds({planned.ns - plan_start_.ns}) / app_.options.of<PlanOptions>().speed);
  }
  std::int64_t sped(Duration real) const {
    return static_cast<std::int64_t>(static_cast<double>(real.ns) * app_.options.of<PlanOptions>().speed);
  }

  // What the work has done up to now.
  void settle() {
    const Now now = app_.clock.now();
    progress_.settle({plan_time(now.wall), {sped({now.mono.ns - real_start_.mono.ns})}});
    if (progress_.told()) ran_.back().end = plan_time(now.wall);
  }

  int obey(const FollowStep& step, WallTime now) {
    const bool told = progress_.told();
    if (step.run == told && said_) return 0;
    if (step.run && !told) ran_.push_back({now, now});
    if (!step.run && told) ++pauses_;
    progress_.tell(step.run);
    const auto latest = step.latest ? real_time(*step.latest) : std::nullopt;
    Json line{{"action", step.run ? "run" : "wait"},
              {"at", format_utc(now)},
              {"until", format_utc(step.until)},
              {"reason", step.reason},
              {"latest", step.latest ? Json(format_utc(*step.latest)) : Json(nullptr)},
              {"latest_ns", latest ? Json(latest->ns) : Json(nullptr)}};
    if (!said_) line["first"] = made();  // kept by who may be cut off before the last line
    said_ = true;
    return print(line.dump() + "\n");
  }

  // False when the reader is done.
  bool wait(WallTime until) {
    while (true) {
      const double left_ms = static_cast<double>(until.ns - plan_now().ns) / app_.options.of<PlanOptions>().speed / 1e6;
      if (left_ms <= 0.0) return true;
      pollfd input{STDIN_FILENO, POLLIN, 0};
      const auto sleep_ms = std::min<double>(std::ceil(left_ms), static_cast<double>(kLongestSleepMs));
      if (::poll(&input, 1, static_cast<int>(sleep_ms)) <= 0) continue;
      std::array<char, 256> words{};
      const ssize_t got = ::read(STDIN_FILENO, words.data(), words.size());
      if (got <= 0) return false;
      said_to_us_.append(words.data(), static_cast<std::size_t>(got));
      bool news = false;
      for (std::size_t end = 0; (end = said_to_us_.find('\n')) != std::string::npos; said_to_us_.erase(0, end + 1))
        if (!take(std::string_view(said_to_us_).substr(0, end), news)) return false;
      if (news) return true;  // `until` was for work that did otherwise
    }
  }

  // "running", "idle": what was seen now, for a reader that looks at the work. "ran 1669 1670": when it really ran, in ns of our clock,
  // in place of when we said so; "end": the reader is done.
  bool take(std::string_view line, bool& news) {
    if (line == "end") return false;
    if (line == "running" || line == "idle") {
      settle();
      news = progress_.see(line == "running") || news;
      return true;
    }
    const auto words = split_words(line);
    if (words.size() != 3 || words[0] != "ran") return true;
    const auto begin = parse_i64(words[1]), end = parse_i64(words[2]);
    if (begin && end && *begin < *end)
      seen_.push_back({std::max(plan_time({*begin}), plan_start_), std::max(plan_time({*end}), plan_start_)});
    return true;
  }

  // A kilowatt's, with what its pauses cost: as a plan counts them.
  std::optional<double> grams_of_run(const std::vector<WallInterval>& ran,
                                     const std::optional<IntensitySeries>& series) const {
    std::vector<WallInterval> rests, restarts;
    for (std::size_t i = 1; i < ran.size(); ++i) {
      rests.push_back({ran[i - 1].end, ran[i].begin});
      restarts.push_back({ran[i].begin, {ran[i].begin.ns + seconds(1).ns}});
    }
    const double kilowatts = rules_.power_w / 1000.0;
    double pauses_g = static_cast<double>(seen_.empty() ? pauses_ : seen_.size() - 1) * rules_.pause_g / kilowatts;
    const auto add = [&](const std::vector<WallInterval>& spans, double factor) {
      if (factor <= 0.0) return;
      pauses_g += factor * grams_over(spans, series).value_or(std::nan(""));
    };
    add(rests, rules_.paused_power_w / rules_.power_w);
    add(restarts, rules_.pause_j / 1000.0 / kilowatts);  // of which a kilowatt uses 1000 in the second
    const auto grams = grams_over(ran, series);
    return grams && !std::isnan(pauses_g) ? std::optional(*grams + pauses_g) : std::nullopt;
  }

  // As it was made first.
  Json made() const {
    const BothSignals saving = planned_ != nullptr ? planned_->saving : BothSignals{};
    Json plan = Json::array();
    if (planned_ != nullptr && planned_->best.segments.size() <= kMostSegments)
      for (const PlannedSegment& s : planned_->best.segments) plan.push_back(span_json({s.begin, s.end}, zone_));
    return {{"zone", zone_.zone},
            {"planned_saving", {{"average", number(saving.average)}, {"marginal", number(saving.marginal)}}},
            {"plan", plan},
            {"source", source_}};
  }

  std::string report() const {
    const std::vector<WallInterval>& ran = seen_.empty() ? ran_ : seen_;
    // At once there are no pauses, so no restarts.
    const Duration work = state_after(ran, false, rules_.pause_time).done;
    const WallInterval at_once{plan_start_, {plan_start_.ns + work.ns}};
    BothSignals saving{saving_of(grams_over({at_once}, zone_.average), grams_of_run(ran, zone_.average)),
                       saving_of(grams_over({at_once}, zone_.marginal), grams_of_run(ran, zone_.marginal))};
    if (ran.empty()) saving = {};
    const Json first = made();
    Json spans = Json::array();
    for (const WallInterval& span : ran)
      if (span.begin < span.end && ran.size() <= kMostSegments) spans.push_back(span_json(span, zone_));
    return Json{{"action", "end"},
                {"objective", name_of(rules_.objective)},
                {"zone", zone_.zone},
                {"planned_saving", first["planned_saving"]},
                {"saving", {{"average", number(saving.average)}, {"marginal", number(saving.marginal)}}},
                {"ran_s", in_seconds(length_of(ran))},
                {"pauses", pauses_},
                {"plan", first["plan"]},
                {"segments", spans},
                {"at_once", spans.empty() ? Json(nullptr) : span_json(at_once, zone_)},
                {"source", source_}}
        .dump();
  }

  const App& app_;
  FollowRules rules_;
  ZoneIntensity zone_;
  WallTime plan_start_;
  Now real_start_;
  std::string source_, said_to_us_;
  FollowProgress progress_;
  std::vector<WallInterval> ran_, seen_;  // as we said; as the reader saw, when it says so
  const JobPlan* planned_ = nullptr;
  std::size_t pauses_ = 0;
  bool said_ = false;
};

// Also while we wait for a file that nobody writes: a reader that is killed closes our pipes, which we do not see then.
void end_with_reader(const App& app) {
  const auto reader = parse_i64(app.variable(kFollowedBy));
  if (!reader) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != *reader) ::_exit(kExitOurFailure);
}

}  // namespace

std::optional<double> mean_over(const std::optional<IntensitySeries>& series, const WallInterval& span) {
  if (!series || span.end <= span.begin) return std::nullopt;
  const double mean = slot_means(*series, span.begin, {span.end.ns - span.begin.ns}, 1).front();
  return std::isnan(mean) ? std::nullopt : std::optional(mean);
}

Result<FollowRules> follow_rules(const App& app, const JobRequest& job) {
  const PlanOptions& o = app.options.of<PlanOptions>();
  FollowRules rules;
  rules.work = job.duration;
  rules.finish_by = {job.now.ns + job.deadline.ns};
  rules.margin = {job.duration.ns / 20};
  if (!o.margin.empty()) {
    OLIVINE_TRY(rules.margin, duration_within("--margin", o.margin, {}));
  }
  if (!o.pause_above.empty()) {
    OLIVINE_TRY(rules.pause_above, pause_above_of(o.pause_above));
  }
  rules.may_pause = job.may_pause;
  rules.slot = !o.slot.empty() || job.deadline > kLongHorizon ? job.slot : std::min(job.slot, kFineSlot);
  rules.power_w = job.power_w;
  rules.paused_power_w = job.paused_power_w;
  rules.pause_g = job.pause_g;
  rules.pause_j = job.pause_j;
  rules.pause_time = job.pause_time;
  rules.min_run = o.min_run.empty() ? kShortestRun : job.min_run;
  rules.objective = job.objective;
  JobRequest followed = job;
  followed.slot = rules.slot;
  OLIVINE_CHECK_STATUS(check(followed));  // also where a threshold is followed, of which nothing is planned
  return rules;
}

JobRequest followed_job(JobRequest job, const FollowRules& rules) {
  const auto& series = rules.objective == Objective::kMarginal ? job.zones.front().marginal : job.zones.front().average;
  const std::int64_t slots = (job.duration.ns + rules.slot.ns - 1) / rules.slot.ns;
  const std::int64_t least_ns =
      std::min(job.deadline.ns, slots * rules.slot.ns);  // with no time to spare it runs at once
  std::int64_t until_ns = job.deadline.ns - rules.margin.ns;
  if (series && !series->points.empty()) until_ns = std::min(until_ns, series->points.back().end.ns - job.now.ns);
  job.deadline = {std::max(until_ns, least_ns)};
  job.slot = rules.slot;
  job.min_run = rules.min_run;
  return job;
}

int plan_follow(App& app) {
  end_with_reader(app);
  auto job = plan_request_of(app);
  if (!job) return report_error(job.error());
  const auto intensities = plan_intensities(app, *job);
  if (!intensities) return report_error(intensities.error());
  if (intensities->zones.size() != 1)
    return report_error(Error{ErrorKind::kInvalid, "--follow is for work that stays where it is: name one zone"});
  job->zones = intensities->zones;
  job->slot = intensities->slot;
  const auto rules = follow_rules(app, *job);
  if (!rules) return report_error(rules.error());
  std::optional<JobPlan> planned;
  if (auto plan = plan_job(followed_job(*job, *rules)); plan && !rules->pause_above)
    planned = *std::move(plan);
  else if (!plan && plan.error().kind == ErrorKind::kInvalid)
    return report_error(plan.error());
  // What else we inherited belongs to whoever started us: a pipe of his must not stay open through us.
  close_all_above(STDERR_FILENO);
  return FollowLoop(app, *rules, job->zones.front(), job->now, joined(intensities->sources, "; ")).run(planned);
}

}  // namespace olivine::cli
