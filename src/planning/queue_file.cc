#include "planning/queue_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "base/wall_time_text.h"
#include "provenance/table.h"
#include "units/format.h"

namespace olivine {
namespace {

constexpr std::array<const char*, 8> kColumns{"job",      "arrival", "duration", "power",
                                              "deadline", "gpus",    "priority", "pause"};
constexpr std::size_t kMostJobs = 100'000, kLongestName = 200;
constexpr Duration kMostAhead = hours(24 * 3660);
constexpr std::int64_t kMostUnits = 1'000'000;

class QueueReader {
 public:
  QueueReader(std::string_view file, const CsvTable& table, WallTime start, bool may_pause)
      : file_(file), table_(table), start_(start), may_pause_(may_pause) {}

  Result<std::vector<QueueJob>> read() {
    OLIVINE_CHECK_STATUS(check_columns());
    if (table_.rows() == 0) return fail(ErrorKind::kInvalid, fmt::format("{}: no jobs below the header", file_));
    if (table_.rows() > kMostJobs)
      return fail(ErrorKind::kInvalid, fmt::format("{}: {} jobs; at most {}", file_, table_.rows(), kMostJobs));
    std::vector<QueueJob> jobs;
    for (std::size_t row = 0; row < table_.rows(); ++row) {
      OLIVINE_TRY(QueueJob job, job_of(row));
      jobs.push_back(std::move(job));
    }
    return jobs;
  }

 private:
  Status check_columns() const {
    const std::vector<std::string> known(kColumns.begin(), kColumns.end());
    std::set<std::string> seen;
    for (const std::string& column : table_.columns()) {
      if (std::find(known.begin(), known.end(), column) == known.end()) {
        const std::string near = nearest(column, known);
        return fail(
            ErrorKind::kInvalid,
            fmt::format("{}, line {}: column \"{}\" is not known; {}", file_, table_.header_line(),
                        printable(column.substr(0, kLongestName)),
                        near.empty() ? "known are job, arrival, duration, power, deadline, gpus, priority, pause"
                                     : "did you mean " + near + "?"));
      }
      seen.insert(column);
    }
    for (const char* needed : {"duration", "power", "deadline"})
      if (!seen.contains(needed))
        return fail(ErrorKind::kInvalid, fmt::format("{}, line {}: no column {}; e.g. job,duration,power,deadline,gpus",
                                                     file_, table_.header_line(), needed));
    return {};
  }

  tl::unexpected<Error> bad(std::size_t row, std::string_view column, std::string_view value,
                            std::string_view fix) const {
    return fail(ErrorKind::kInvalid, fmt::format("{}, line {}: {} \"{}\" {}", file_, table_.line_of(row), column,
                                                 printable(value.substr(0, 60)), fix));
  }

  // A time, or a duration after `origin`.
  Result<WallTime> when(std::size_t row, std::string_view column, WallTime origin) const {
    const std::string_view text = trim(table_.cell(row, column));
    if (const auto time = parse_wall_time(text)) return *time;
    const auto after = parse_duration(text);
    if (!after || after->ns > kMostAhead.ns)
      return bad(row, column, text, "is neither a time (2026-11-24T08:00Z) nor a duration (24h) of at most ten years");
    return WallTime{origin.ns + after->ns};
  }

  bool is_far(WallTime t) const {
    const auto a = static_cast<std::uint64_t>(t.ns), b = static_cast<std::uint64_t>(start_.ns);
    return (t > start_ ? a - b : b - a) > static_cast<std::uint64_t>(kMostAhead.ns);  // may not fit a Duration
  }

  std::string too_far() const { return "is more than ten years from " + format_utc(start_); }

  Result<std::int64_t> whole(std::size_t row, std::string_view column) const {
    const std::string_view text = trim(table_.cell(row, column));
    if (text.empty()) return 1;
    const auto value = parse_i64(text);
    if (!value || *value < 1 || *value > kMostUnits)
      return bad(row, column, text, fmt::format("is not a whole number from 1 to {}", kMostUnits));
    return *value;
  }

  Result<QueueJob> job_of(std::size_t row) {
    QueueJob job;
    job.name = std::string(trim(table_.cell(row, "job")));
    if (job.name.empty()) job.name = fmt::format("row {}", row + 1);
    if (job.name.size() > kLongestName)
      return bad(row, "job", job.name, fmt::format("... is longer than {} letters", kLongestName));
    if (!names_.insert(job.name).second) return bad(row, "job", job.name, "stands twice: give each job its own name");
    job.arrival = start_;
    if (!trim(table_.cell(row, "arrival")).empty()) {
      OLIVINE_TRY(job.arrival, when(row, "arrival", start_));
      if (is_far(job.arrival)) return bad(row, "arrival", table_.cell(row, "arrival"), too_far());
    }
    OLIVINE_TRY(job.deadline, when(row, "deadline", job.arrival));
    const bool has_arrival = !trim(table_.cell(row, "arrival")).empty();
    if (has_arrival && job.deadline <= job.arrival)
      return bad(row, "deadline", table_.cell(row, "deadline"),
                 fmt::format("is not after the arrival at {}", format_utc(job.arrival)));
    if (is_far(job.deadline)) return bad(row, "deadline", table_.cell(row, "deadline"), too_far());
    const std::string_view duration = trim(table_.cell(row, "duration")), power = trim(table_.cell(row, "power"));
    const auto length = parse_duration(duration);
    if (!length || length->ns <= 0 || length->ns > hours(24 * 366).ns)
      return bad(row, "duration", duration, "is not a duration above 0, of at most a year, e.g. 6h");
    job.length = *length;
    const auto watts = parse_power(power);
    if (!watts || !(in_watts(*watts) > 0.0) || in_watts(*watts) > 1e10)
      return bad(row, "power", power, "is not a power above 0 and up to 10 GW, e.g. 2.4kW");
    job.power_w = in_watts(*watts);
    OLIVINE_TRY(job.units, whole(row, "gpus"));
    OLIVINE_TRY(job.priority, whole(row, "priority"));
    const std::string pause = to_lower(trim(table_.cell(row, "pause")));
    if (!pause.empty() && pause != "yes" && pause != "no") return bad(row, "pause", pause, "is neither yes nor no");
    job.may_pause = may_pause_ && pause != "no";
    return job;
  }

  std::string_view file_;
  const CsvTable& table_;
  WallTime start_;
  bool may_pause_;
  std::set<std::string> names_;
};

}  // namespace

Result<std::vector<QueueJob>> queue_from_csv(std::string_view file, std::string_view text, WallTime start,
                                             bool may_pause) {
  const std::string shown = printable(file);
  OLIVINE_TRY(const CsvTable table, CsvTable::parse_file(shown, text));
  return QueueReader(shown, table, start, may_pause).read();
}

}  // namespace olivine
