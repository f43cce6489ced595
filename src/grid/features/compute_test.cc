// Batch features against the oracle; what comes later never changes what was.
#include "grid/features/compute.h"

#include <gtest/gtest.h>

#include "grid/features/oracle_fixture.h"

namespace olivine::features {
namespace {

using namespace testing;  // NOLINT: our own, in olivine::features

struct Tally {
  std::size_t answers = 0, nulls = 0, late = 0;
};

void compare(const FeatureView& view, const Rows& rows, const Spine& spine, Tally& tally) {
  const auto frame = compute(view, rows, spine);
  ASSERT_TRUE(frame) << frame.error().message;
  for (std::size_t q = 0; q < spine.size(); ++q) {
    const std::string& entity = spine.entities[spine.entity[q]];
    const auto x = visible(rows, entity, spine.time_ns[q], 0), y = visible(rows, entity, spine.time_ns[q], 1);
    for (std::size_t f = 0; f < view.features.size(); ++f) {
      const double expected = oracle(view, view.features[f], view.features[f].column == "x" ? x : y, spine.time_ns[q]);
      const double got = frame->columns[f][q];
      ASSERT_TRUE(expected == got || (std::isnan(expected) && std::isnan(got)))
          << view.features[f].name << " of " << entity << " at " << timestamp_text(spine.time_ns[q]) << ": " << got
          << ", the oracle says " << expected;
      ++tally.answers;
      if (std::isnan(got)) ++tally.nulls;
    }
  }
  for (std::size_t i = 0; i < rows.size(); ++i) tally.late += rows.ingest_ns[i] > rows.event_ns[i] ? 1 : 0;
}

TEST(features_compute, a_hundred_thousand_joins_equal_the_oracle) {
  Prng random(20221030);
  Tally tally;
  std::size_t joins = 0;
  while (joins < 100'000 && !HasFatalFailure()) {
    const Rows rows = random_rows(random, 1 + random.below(6), 1 + random.below(160));
    const Spine spine = random_spine(random, rows, 500);
    compare(full_view(), rows, spine, tally);
    joins += spine.size();
  }
  EXPECT_GE(joins, 100'000U);
  EXPECT_GT(tally.nulls, tally.answers / 20);  // the edges were really met
  EXPECT_LT(tally.nulls, tally.answers * 3 / 4);
  EXPECT_GT(tally.late, 1000U);
}

TEST(features_compute, the_future_changes_no_past_feature) {
  Prng random(5);
  const FeatureView view = full_view();
  for (int round = 0; round < 60; ++round) {
    const Rows rows = random_rows(random, 3, 200);
    const Spine all = random_spine(random, rows, 300);
    const std::int64_t cut = rows.first_event_ns() + static_cast<std::int64_t>(random.below(90)) * kHour / 2;
    Spine past;
    past.entities = all.entities;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all.time_ns[i] <= cut) past.entity.push_back(all.entity[i]), past.time_ns.push_back(all.time_ns[i]);
    Rows altered = rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (std::max(rows.event_ns[i], rows.ingest_ns[i]) <= cut) continue;
      if (rows.event_ns[i] > cut) altered.event_ns[i] += kHour * (round % 3);  // shifted
      altered.ingest_ns[i] += kHour;
      for (auto& column : altered.values) column[i] = 1e9;
    }
    altered.sort();
    const Frame before = compute(view, rows, past).value(), after = compute(view, altered, past).value();
    for (std::size_t f = 0; f < view.features.size(); ++f)
      for (std::size_t q = 0; q < past.size(); ++q)
        ASSERT_TRUE(same(before.columns[f][q], after.columns[f][q])) << view.features[f].name;
  }
}

// One entity, rows at hours 0, 1, 2, 4 (3 is missing); the row of 1 is ingested at 2.5, the row of 2 corrected at 3.
Rows known_rows() {
  Rows r;
  r.entities = {"A"};
  r.columns = {"x", "y"};
  const std::vector<std::tuple<double, double, double>> rows{
      {0, 0, 10}, {1, 2.5, 20}, {2, 2, 30}, {2, 3, 36}, {4, 4, 50}};
  r.values.resize(2);
  for (const auto& [event, ingest, value] : rows) {
    r.entity.push_back(0);
    r.event_ns.push_back(static_cast<std::int64_t>(event * static_cast<double>(kHour)));
    r.ingest_ns.push_back(static_cast<std::int64_t>(ingest * static_cast<double>(kHour)));
    r.values[0].push_back(value);
    r.values[1].push_back(value);
  }
  r.sort();
  return r;
}

double ask(Feature feature, double hour) {
  FeatureView view = full_view();
  view.features = {std::move(feature)};
  return compute(view, known_rows(), Spine{{"A"}, {0}, {static_cast<std::int64_t>(hour * static_cast<double>(kHour))}})
      ->columns[0][0];
}

TEST(features_compute, known_answers) {
  const Feature latest = source_feature("a", Transform::kLatest, 0), lag = source_feature("a", Transform::kLag, kHour),
                change = source_feature("a", Transform::kDifference, kHour),
                mean = source_feature("a", Transform::kRollingMean, 0, 3 * kHour),
                count = source_feature("a", Transform::kRollingCount, 0, 3 * kHour);
  EXPECT_TRUE(std::isnan(ask(latest, -0.001)));
  EXPECT_EQ(ask(latest, 0), 10);
  EXPECT_EQ(ask(latest, 1.9), 10);  // the row of 1 is not known yet
  EXPECT_EQ(ask(latest, 2), 30);
  EXPECT_EQ(ask(latest, 2.6), 30);  // a late row of an older hour does not become the newest
  EXPECT_EQ(ask(latest, 3), 36);    // corrected
  EXPECT_EQ(ask(latest, 6.999), 50);
  EXPECT_TRUE(std::isnan(ask(latest, 7)));  // ttl 3 h, half-open
  EXPECT_EQ(ask(lag, 2), 10);
  EXPECT_EQ(ask(lag, 2.5), 20);
  EXPECT_EQ(ask(change, 2), 20);
  EXPECT_EQ(ask(change, 4), 14);  // 50 - 36: hour 3 is missing, hour 2 holds
  EXPECT_EQ(ask(mean, 2), 20);    // 10, 30
  EXPECT_EQ(ask(mean, 2.5), 20);  // 10, 20, 30
  EXPECT_EQ(ask(mean, 3), 28);    // (0, 3]: 20, 36
  EXPECT_EQ(ask(count, 4), 2);    // (1, 4]: a missing hour stays missing, no older row fills the window
  EXPECT_EQ(ask(count, 20), 0);
}

TEST(features_compute, calendar_looks_ahead_and_data_do_not) {
  Feature hour;
  hour.name = "hour", hour.unit = "h", hour.transform = Transform::kHour, hour.zone = "Europe/Berlin",
  hour.ahead_ns = 24 * kHour;
  const std::int64_t noon = parse_timestamp("2022-03-26T12:00:00Z").value();
  EXPECT_EQ(known_value(hour, noon), 14.0);  // summer time tomorrow
  hour.ahead_ns = 0;
  EXPECT_EQ(known_value(hour, noon), 13.0);
  hour.transform = Transform::kHoursInDay;
  EXPECT_EQ(known_value(hour, noon + 24 * kHour), 23.0);
  hour.transform = Transform::kHoliday, hour.country = "DE";
  EXPECT_EQ(known_value(hour, parse_timestamp("2022-10-02T22:00:00Z").value()), 1.0);  // 3 October begins, local
  EXPECT_EQ(known_value(hour, parse_timestamp("2022-10-02T21:59:59Z").value()), 0.0);
  hour.transform = Transform::kYearSin;
  EXPECT_NEAR(known_value(hour, parse_timestamp("2021-12-31T23:00:00Z").value()), 0.0, 1e-12);
  FeatureView view = full_view();
  view.features.front().ahead_ns = kHour;
  EXPECT_FALSE(check(view));
  view.features.front().ahead_ns = 0, view.features[1].offset_ns = -kHour;
  EXPECT_FALSE(check(view));
}

TEST(features_rows, csv_in_and_out) {
  FeatureView view = full_view();
  const auto rows = rows_from_csv(
      "\xef\xbb\xbf# note\nzone,x,event_time,ingest_time,y\nB,2,2022-01-01T01:00:00Z,2022-01-01T01:00:00Z,\n"
      "\"A, west\",1.5,2022-01-01 00:00:00+00:00,2022-01-01T02:00:00Z,NaN\n",
      "f.csv", view);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->entities, (std::vector<std::string>{"A, west", "B"}));
  EXPECT_TRUE(std::isnan(rows->values[1][0]) && std::isnan(rows->values[1][1]));
  view.features = {view.features[0]};
  const Spine spine{{"A, west"}, {0, 0}, {rows->event_ns[0] + 2 * kHour, rows->event_ns[0]}};
  EXPECT_EQ(csv_from_frame(spine, compute(view, *rows, spine).value(), "zone"),
            "zone,time,now\n\"A, west\",2022-01-01T02:00:00Z,1.5\n\"A, west\",2022-01-01T00:00:00Z,\n");
}

TEST(features_rows, csv_says_what_is_wrong) {
  const FeatureView view = full_view();
  const std::string header = "zone,event_time,ingest_time,x,y\n";
  const std::string t = "2022-01-01T00:00:00Z";
  for (const auto& [text, said] : std::vector<std::pair<std::string, std::string>>{
           {"", "empty"},
           {"zone,event_time,x,y\n", "no column \"ingest_time\""},
           {header + "A," + t + "," + t + ",1\n", "f.csv:2: the line has fewer"},
           {header + "A,2022-01-01T00:00:00," + t + ",1,1\n", "time zone is missing"},
           {header + "A," + t + "," + t + ",inf,1\n", "\"inf\" is no number"},
           {header + "A," + t + "," + t + ",1e200,1\n", "1e150"},
           {header + "," + t + "," + t + ",1,1\n", "zone is empty"},
           {header + "\"A," + t + "\n", "quote"}}) {
    const auto rows = rows_from_csv(text, "f.csv", view);
    ASSERT_FALSE(rows) << text;
    EXPECT_NE(rows.error().message.find(said), std::string::npos) << rows.error().message;
  }
}

}  // namespace
}  // namespace olivine::features
