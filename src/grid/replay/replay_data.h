// ReplayData: the series that the replay server plays, as the services would know them at a moment of its own clock.
//
// Series come from CSV files (grid/providers/series_csv.h). A zone without one plays a demonstration: the zone's yearly
// factor times a daily wave, made up and said to be so:
//
//   g(t) = yearly * (1 + 0.25 * cos(2 pi * (hour - 19) / 24)),  marginal 1.5 times that      (FR 56: 70 at 19:00, 42 at 7:00)
//
// Units: g/kWh, UTC. Errors: kNotFound for a zone that neither a file nor the tables know. Threads: const use is free.
// Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "grid/intensity.h"

namespace olivine {

class ReplayData {
 public:
  explicit ReplayData(std::vector<IntensitySeries> series) : series_(std::move(series)) {}
  // The value that holds at t; absent where the series has a gap. A series of the wanted boundary is preferred, another one
  // of the same zone and signal serves else: the server mocks wire formats, it accounts for nothing.
  Result<std::optional<IntensityPoint>> value_at(const std::string& zone, Signal signal, Boundary boundary,
                                                 WallTime t) const;
  bool knows(const std::string& zone) const;
  std::vector<std::string> zones() const;  // of the files

 private:
  const IntensitySeries* find(const std::string& zone, Signal signal, Boundary boundary) const;
  std::vector<IntensitySeries> series_;
};

}  // namespace olivine
