#include "acting/slurm_hook.h"

#include <fmt/core.h>

#include <array>

#include "acting/slurm.h"
#include "base/text.h"

namespace olivine {
namespace {

constexpr std::string_view kWish = "olivine:";
constexpr Duration kLongestLimit = hours(24 * 366);  // Slurm's word for "none" is longer

Result<WallTime> second_of(std::string_view text) {
  const auto second = parse_i64(trim(text));
  if (!second || *second <= 0 || *second > 9'000'000'000)
    return fail(ErrorKind::kInvalid, fmt::format("\"{}\" is no time of a job that ran", printable(trim(text))));
  return WallTime{*second * 1'000'000'000};
}

// As waitpid has it: "768" is exit code 3, "9" a signal.
void set_exit(std::string_view text, SlurmTimes& times) {
  const auto status = parse_i64(trim(text));
  if (!status || *status < 0 || *status > 0xffff) return;
  if (const int signal = static_cast<int>(*status & 0x7f); signal != 0)
    times.exit_signal = signal;
  else
    times.exit_code = static_cast<int>(*status >> 8);
}

}  // namespace

bool is_slurm_wish(std::string_view comment) { return comment.starts_with(kWish); }

std::optional<Duration> slurm_duration(std::string_view text) {
  std::int64_t days = 0;
  const bool has_days = text.find('-') != std::string_view::npos;
  if (has_days) {
    const auto said = parse_i64(text.substr(0, text.find('-')));
    if (!said || *said < 0 || *said > 10'000'000) return std::nullopt;
    days = *said;
    text.remove_prefix(text.find('-') + 1);
  }
  std::array<std::int64_t, 3> parts{};
  const auto words = split(text, ':');
  if (words.empty() || words.size() > parts.size()) return std::nullopt;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto part = parse_i64(words[i]);
    if (!part || *part < 0 || *part > 100'000'000) return std::nullopt;
    parts[i] = *part;
  }
  // D-HH[:MM[:SS]], HH:MM:SS, MM:SS, MM.
  const bool from_hours = has_days || words.size() == 3;
  const std::int64_t whole = from_hours ? parts[0] * 3600 + parts[1] * 60 + parts[2] : parts[0] * 60 + parts[1];
  const std::int64_t total_s = days * 86'400 + whole;
  if (total_s > 3'600'000'000) return std::nullopt;  // more than 100 years: no limit was asked for
  return seconds(total_s);
}

Result<SlurmWish> slurm_wish_of(std::string_view comment, std::string_view time_limit) {
  std::optional<Duration> within, duration;
  for (const std::string_view part : split(comment.substr(kWish.size()), ',')) {
    const std::size_t equals = part.find('=');
    const std::string_view key = part.substr(0, equals);
    if (equals == std::string_view::npos || (key != "within" && key != "duration"))
      return fail(ErrorKind::kInvalid, fmt::format("comment \"{}\": \"{}\" is not within=DURATION or duration=DURATION",
                                                   printable(comment), printable(part)));
    OLIVINE_TRY(const Duration said, parse_duration(part.substr(equals + 1)));
    (key == "within" ? within : duration) = said;
  }
  if (!within)
    return fail(ErrorKind::kInvalid,
                fmt::format("comment \"{}\" does not say within what, e.g. olivine:within=12h", printable(comment)));
  if (!duration)
    if (const auto limit = slurm_duration(time_limit); limit && limit->ns > 0 && *limit <= kLongestLimit)
      duration = limit;
  if (!duration || duration->ns <= 0)
    return fail(
        ErrorKind::kInvalid,
        fmt::format("comment \"{}\": how long the job runs is not known; state --time, or duration=2h in the comment",
                    printable(comment)));
  return SlurmWish{*within, *duration};
}

std::vector<std::string> slurm_times_words(const std::string& job) {
  return {"squeue", "--noheader", "--states=all", "--jobs=" + job,
          "--Format=JobID:|,SubmitTime:|,EligibleTime:|,StartTime:|,EndTime:|,TimeUsed:|,State:|,exit_code:"};
}

Result<SlurmTimes> slurm_times_of(std::string_view output, std::string_view job) {
  for (const std::string_view line : split(output, '\n')) {
    const auto fields = split(trim(line), '|');
    if (fields.size() != 8 || fields[0] != job) continue;
    SlurmTimes times;
    OLIVINE_TRY(times.submitted, second_of(fields[1]));
    OLIVINE_TRY(times.eligible, second_of(fields[2]));
    OLIVINE_TRY(times.started, second_of(fields[3]));
    OLIVINE_TRY(times.ended, second_of(fields[4]));
    const auto ran = slurm_duration(trim(fields[5]));
    if (!ran || times.ended < times.started || times.started < times.submitted)
      return fail(ErrorKind::kInvalid,
                  fmt::format("squeue's \"{}\" is not a job's times", printable(trim(line).substr(0, 200))));
    times.ran = *ran;
    times.state = trim(fields[6]);
    set_exit(fields[7], times);
    return times;
  }
  return fail(ErrorKind::kNotFound, fmt::format("squeue says nothing of job {}: \"{}\"", printable(job),
                                                printable(trim(output).substr(0, 200))));
}

JobLook slurm_end_of(const SlurmTimes& times) {
  JobLook look{.state = times.state, .runs = false, .ended = true, .well = std::nullopt, .code = std::nullopt};
  const bool completed = times.state == "COMPLETED", failed = times.exit_signal || times.exit_code.value_or(0) != 0;
  if (slurm_ended(times.state) || failed) look.well = completed;
  if (completed) look.code = 0;
  if (failed && !completed) {
    look.code = times.exit_code;
    look.signal = times.exit_signal;
  }
  return look;
}

}  // namespace olivine
