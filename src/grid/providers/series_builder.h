// SeriesBuilder: makes a series of what a service listed, and says about every value that it did not take why.
//
//   null, missing, no number  -> no point there: a gap          "2 of 24 values are null: gaps"
//   negative, not finite      -> a gap                          "1 value is negative: a gap"
//   listed twice, the same    -> once                           "3 values are listed twice"
//   listed twice, different   -> a gap: nobody can tell         "2 times have contradicting values: gaps"
//   out of order              -> sorted                         "the answer was not in order of time"
//   marked as estimated       -> kept, and marked               "5 of 24 values are estimated by the service"
//
// An intensity of exactly 0 is a value. No value is ever made up.
//
// Units: g/kWh, UTC. Errors: kCorrupt where the steps between the times are not those of a series. Threads: one.
// Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "grid/intensity.h"
#include "grid/providers/utc_text.h"

namespace olivine {

class SeriesBuilder {
 public:
  void add(WallTime begin, std::optional<double> g_per_kwh, bool estimated);
  // Length of every point. Absent: the least distance between two times, at most an hour; an hour for a single one.
  void set_step(Duration step) { step_ = step; }
  void note(std::string text);  // once each
  std::size_t size() const { return rows_.size(); }
  const std::optional<Duration>& step() const { return step_; }

  // Puts points and notes into `series`, those that overlap the interval.
  Status finish(const WallInterval& interval, IntensitySeries& series) &&;

 private:
  struct Row {
    WallTime begin;
    std::optional<double> value;
    bool estimated;
  };
  Result<Duration> step_length() const;
  void merge_duplicates();

  std::vector<Row> rows_;
  std::optional<Duration> step_;
  std::vector<std::string> notes_;
};

}  // namespace olivine
