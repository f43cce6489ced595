#include "planning/lets_wait_awhile.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "base/prng.h"
#include "base/text.h"
#include "base/wall_time_text.h"
#include "planning/slot_schedule.h"

namespace olivine {
namespace {

constexpr std::size_t kDay = 48, kNine = 18, kFive = 34;  // steps
constexpr std::int64_t kStepNs = 1'800'000'000'000;
constexpr WallTime kBegin{1'577'836'800'000'000'000};  // 2020-01-01, a Wednesday

std::size_t weekday_of(std::size_t step) { return (step / kDay + 2) % 7; }  // 0 Monday

std::vector<double> with_noise(const std::vector<double>& g, double noise, std::uint64_t seed) {
  Prng prng(seed);
  const double deviation = noise * std::accumulate(g.begin(), g.end(), 0.0) / static_cast<double>(g.size());
  std::vector<double> out;
  for (const double v : g) out.push_back(v + prng.normal(deviation));
  return out;
}

tl::unexpected<Error> bad(std::string_view name, std::size_t line, std::string_view what) {
  return fail(ErrorKind::kInvalid, fmt::format("{}, line {}: \"{}\"; two columns are expected", name, line, what));
}

}  // namespace

Result<AwhileInput> parse_awhile(std::string_view name, std::string_view series, std::string_view jobs) {
  AwhileInput input;
  std::vector<double> sum, count;
  std::size_t line = 1;
  for (const std::string_view row : split(series, '\n')) {
    if (line++ == 1 || trim(row).empty()) continue;
    const auto fields = split(trim(row), ',');
    if (fields.size() != 2) return bad(name, line - 1, row);
    std::string text(trim(fields[0]));  // "2020-01-01 00:15:00", UTC
    std::replace(text.begin(), text.end(), ' ', 'T');
    OLIVINE_TRY(const WallTime time, parse_wall_time(text + "Z"));
    OLIVINE_TRY(const double g_per_kwh, parse_double(fields[1]));
    if (time < kBegin) continue;
    const auto step = static_cast<std::size_t>((time.ns - kBegin.ns) / kStepNs);
    if (step > 2 * 366 * kDay) return bad(name, line - 1, row);
    if (step >= sum.size()) {
      sum.resize(step + 1, 0.0);
      count.resize(step + 1, 0.0);
    }
    sum[step] += g_per_kwh;
    count[step] += 1.0;
  }
  for (std::size_t i = 0; i < sum.size(); ++i)
    input.g_per_kwh.push_back(count[i] > 0.0            ? sum[i] / count[i]
                              : input.g_per_kwh.empty() ? sum[i]
                                                        : input.g_per_kwh.back());
  line = 1;
  for (const std::string_view row : split(jobs, '\n')) {
    if (line++ == 1 || trim(row).empty()) continue;
    const auto fields = split(trim(row), ',');
    if (fields.size() != 2) return bad("jobs", line - 1, row);
    OLIVINE_TRY(const std::uint64_t submitted, parse_u64(fields[0]));
    OLIVINE_TRY(const std::uint64_t steps, parse_u64(fields[1]));
    input.jobs.push_back({submitted, steps});
  }
  if (input.g_per_kwh.empty() || input.jobs.empty())
    return fail(ErrorKind::kInvalid, fmt::format("{}: no intensity of 2020, or no job", name));
  return input;
}

std::size_t awhile_deadline(AwhileDeadline rule, std::size_t end) {
  const std::size_t day = end / kDay, weekday = weekday_of(end), time = end % kDay;
  if (rule == AwhileDeadline::kNextWorkday) {
    if (weekday == 5) return (day + 2) * kDay + kNine;
    if (weekday == 6 || time >= kFive) return (day + 1) * kDay + kNine;
    return time < kNine ? day * kDay + kNine : end;
  }
  for (std::size_t d = day;; ++d) {
    const std::size_t nine = d * kDay + kNine, on = weekday_of(nine);
    if ((on == 0 && nine >= end) || (on == 3 && nine > end)) return nine;
  }
}

Result<AwhileSaving> awhile_saving(const AwhileInput& input, AwhileDeadline rule, double noise, std::uint64_t seed) {
  const std::vector<double> forecast = noise > 0.0 ? with_noise(input.g_per_kwh, noise, seed) : input.g_per_kwh;
  double at_once = 0.0, contiguous = 0.0, with_pauses = 0.0;
  for (const AwhileJob& job : input.jobs) {
    const std::size_t end = job.submitted + job.steps;
    if (end > input.g_per_kwh.size())
      return fail(ErrorKind::kInvalid,
                  fmt::format("a job ends at step {}, the series at {}", end, input.g_per_kwh.size()));
    const std::size_t reach = std::min(awhile_deadline(rule, end), input.g_per_kwh.size()) - job.submitted;
    const auto real = std::span(input.g_per_kwh).subspan(job.submitted, reach),
               said = std::span(forecast).subspan(job.submitted, reach);
    const JobShape shape{.slots = static_cast<double>(job.steps)};
    OLIVINE_TRY(const SlotSchedule now, run_at(0, shape, real));
    OLIVINE_TRY(const SlotSchedule start, cheapest_contiguous(shape, said));
    OLIVINE_TRY(const SlotSchedule paused, cheapest_pause_resume(shape, said));
    at_once += now.cost;
    contiguous += cost_of(start.segments, shape, real);
    with_pauses += cost_of(paused.segments, shape, real);
  }
  return AwhileSaving{1.0 - contiguous / at_once, 1.0 - with_pauses / at_once};
}

}  // namespace olivine
