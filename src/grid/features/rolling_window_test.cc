// Exact sums and windows: known answers, and random rows against a sum over everything.
#include "grid/features/rolling_window.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "base/prng.h"

namespace olivine::features {
namespace {

TEST(exact_sum, rounds_once) {
  ExactSum s;
  for (const double v : {1e100, 1.0, -1e100}) s.add(v);
  EXPECT_EQ(s.value(), 1.0);
  s.subtract(1.0);
  EXPECT_EQ(s.value(), 0.0);
  s.add(1.0);
  s.add(0x1p-53);  // half of the last bit: to even
  EXPECT_EQ(s.value(), 1.0);
  s.add(0x1p-1074);  // a trifle more than half: up
  EXPECT_EQ(s.value(), 1.0 + 0x1p-52);
  s.clear();
  for (int i = 0; i < 10; ++i) s.add(0.1);
  EXPECT_EQ(s.value(), 1.0);  // ten times the double next to a tenth, rounded once
  s.clear();
  s.add(-std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(s.value(), -std::numeric_limits<double>::denorm_min());
}

TEST(exact_sum, order_and_history_do_not_matter) {
  Prng random(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<double> values;
    __extension__ __int128 whole = 0;  // all values are multiples of 2^-20 here, so that integers can tell
    for (int i = 0; i < 60; ++i) {
      const auto k = static_cast<std::int64_t>(random.next() >> 11) - (std::int64_t{1} << 52);
      values.push_back(std::ldexp(static_cast<double>(k), -20));
      whole += k;
    }
    ExactSum forward, backward;
    for (const double v : values) forward.add(v);
    for (std::size_t i = values.size(); i-- > 0;) {
      backward.add(values[i]);
      backward.add(1e300);
      EXPECT_GT(backward.value(), 1e299);
      backward.subtract(1e300);
    }
    const double expected = std::ldexp(static_cast<double>(whole), -20);
    ASSERT_EQ(forward.value(), expected);
    ASSERT_EQ(backward.value(), expected);
  }
}

TEST(exact_sum, deviation_with_a_large_mean) {  // NIST StRD NumAcc4: sample deviation exactly 0.1
  ExactSum sum, squares;
  for (int i = 0; i < 1001; ++i) {
    const double v = i == 0 ? 10000000.2 : i % 2 == 1 ? 10000000.1 : 10000000.3;
    sum.add(v);
    squares.add_square(v);
  }
  EXPECT_NEAR(sample_deviation(1001, sum.pair(), squares.pair()), 0.1, 1e-9);  // the data are not exact doubles
}

TEST(rolling_window, known_answers) {
  RollingWindow w(10, 0);
  w.arrive({1, 1, 0, 4.0});
  w.arrive({5, 5, 1, 8.0});
  w.arrive({3, 6, 2, 6.0});  // late
  w.advance(6);
  EXPECT_EQ(w.count(), 3);
  EXPECT_EQ(w.mean(), 6.0);
  EXPECT_EQ(w.deviation(), 2.0);
  EXPECT_EQ(w.lowest(), 4.0);
  EXPECT_EQ(w.highest(), 8.0);
  w.arrive({5, 9, 3, std::nan("")});  // taken back
  w.advance(11);                      // (1, 11]: the row of 1 is out
  EXPECT_EQ(w.count(), 1);
  EXPECT_EQ(w.highest(), 6.0);
  w.advance(13);
  EXPECT_EQ(w.count(), 0);
}

TEST(rolling_window, random_rows_equal_a_sum_over_everything) {
  Prng random(7);
  for (int round = 0; round < 200; ++round) {
    RollingWindow w(40, 5);
    std::map<std::int64_t, std::tuple<std::int64_t, std::int64_t, double>> winner;
    for (std::int64_t t = 0, order = 0; t < 200; t += static_cast<std::int64_t>(random.below(4))) {
      if (random.below(3) != 0) {
        const Arrival row{t - 5 - static_cast<std::int64_t>(random.below(20)), t, order++,
                          random.below(10) == 0 ? std::nan("") : std::floor(random.between(-50, 50))};
        w.arrive(row);
        winner[row.event_ns] = {row.ingest_ns, row.order, row.value};
      }
      w.advance(t);
      std::int64_t count = 0;
      double sum = 0, least = 1e9, most = -1e9;
      for (const auto& [event, rest] : winner) {
        const double v = std::get<2>(rest);
        if (event <= t - 45 || std::isnan(v)) continue;
        ++count;
        sum += v;
        least = std::min(least, v);
        most = std::max(most, v);
      }
      ASSERT_EQ(w.count(), count);
      if (count == 0) continue;
      ASSERT_EQ(w.mean(), sum / static_cast<double>(count));
      ASSERT_EQ(w.lowest(), least);
      ASSERT_EQ(w.highest(), most);
    }
  }
}

}  // namespace
}  // namespace olivine::features
