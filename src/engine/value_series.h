// ValueSeries: predicts the next value of one column of a segment, so that only the difference is written.
//
// Order 0 predicts nothing (values that jump), order 1 the last value (values that stay), order 2 the last value plus
// the last step (counters that grow evenly). Differences wrap at 64 bits, so every pair of values has one: nothing is lost.
//
//   order 2: 1000, 1500, 2010 -> 1000, 500, 10
//
// Units: none. Errors: none. Threads: one. Lifetime: value.
#pragma once

#include <array>
#include <cstdint>

#include "engine/segment_bytes.h"

namespace olivine {

class ValueSeries {
 public:
  static constexpr std::uint8_t kOrders = 3;
  explicit ValueSeries(std::uint8_t order = 1) : order_(order) {}
  std::uint8_t order() const { return order_; }

  std::uint64_t residual_of(std::uint64_t value) {
    const std::uint64_t residual = zigzag(value - predicted());
    advance(value);
    return residual;
  }
  std::uint64_t value_of(std::uint64_t residual) {
    const std::uint64_t value = predicted() + unzigzag(residual);
    advance(value);
    return value;
  }

 private:
  std::uint64_t predicted() const { return order_ == 0 ? 0 : order_ == 1 ? last_ : last_ + step_; }
  void advance(std::uint64_t value) {
    if (started_) step_ = value - last_;
    last_ = value;
    started_ = true;
  }

  std::uint8_t order_;
  bool started_ = false;
  std::uint64_t last_ = 0;
  std::uint64_t step_ = 0;
};

// Which order takes the fewest bytes for the values it is shown.
class OrderChoice {
 public:
  void show(std::uint64_t value) {
    for (std::size_t i = 0; i < series_.size(); ++i) bytes_[i] += varint_size(series_[i].residual_of(value));
  }
  std::uint8_t best() const {
    std::uint8_t best = 1;
    for (std::uint8_t i : {std::uint8_t{2}, std::uint8_t{0}}) {
      if (bytes_[i] < bytes_[best]) best = i;
    }
    return best;
  }

 private:
  std::array<ValueSeries, ValueSeries::kOrders> series_{ValueSeries(0), ValueSeries(1), ValueSeries(2)};
  std::array<std::uint64_t, ValueSeries::kOrders> bytes_{};
};

}  // namespace olivine
