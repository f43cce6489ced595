// The store: versions that cannot change, online = batch bit for bit, materialisation that a kill does not harm.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>

#include "grid/features/compute.h"
#include "grid/features/materialise.h"
#include "grid/features/online.h"
#include "grid/features/oracle_fixture.h"
#include "grid/features/quality.h"

namespace olivine::features {
namespace {

using namespace testing;  // NOLINT: our own, in olivine::features

class features_store : public ::testing::Test {
 protected:
  features_store() {
    directory_ = (std::filesystem::temp_directory_path() / "olivine-features-XXXXXX").string();
    if (::mkdtemp(directory_.data()) == nullptr) throw std::runtime_error("no temporary directory");
  }
  ~features_store() override { std::filesystem::remove_all(directory_); }
  std::unique_ptr<StoreFile> open(const std::string& name = "a") {
    return StoreFile::open(directory_ + "/" + name + "/store.sqlite").value();
  }
  static RegisteredView registered(StoreFile& file, const FeatureView& view = full_view()) {
    EXPECT_TRUE(apply_views(file, {view}, {1}, true));
    return find_view(file, view.id()).value();
  }
  std::string directory_;
};

TEST_F(features_store, a_version_never_changes) {
  const auto file = open();
  const FeatureView v = full_view();
  EXPECT_TRUE(apply_views(*file, {v}, {1}, false)->front().added);
  EXPECT_TRUE(registered_views(*file)->empty());  // a dry run keeps nothing
  EXPECT_TRUE(apply_views(*file, {v}, {1}, true)->front().added);
  EXPECT_FALSE(apply_views(*file, {v}, {2}, true)->front().added);
  FeatureView changed = v, next = v;
  changed.ttl_ns = 24 * kHour;
  next.version = 2;
  const auto refused = apply_views(*file, {next, changed}, {3}, true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "view load@1 is in use and cannot change (ttl: 3h -> 24h); give it another version");
  EXPECT_EQ(registered_views(*file)->size(), 1U);  // all or none
  EXPECT_TRUE(apply_views(*file, {next}, {3}, true));
  EXPECT_EQ(find_view(*file, "load")->view.version, 2);
  EXPECT_EQ(find_view(*file, "load@1")->view, v);
  EXPECT_NE(find_view(*file, "laod").error().message.find("did you mean load?"), std::string::npos);
  ASSERT_TRUE(file->execute("UPDATE view SET definition = replace(definition, '\"3h\"', '\"9h\"') WHERE version = 1"));
  EXPECT_EQ(find_view(*file, "load@1").error().kind, ErrorKind::kCorrupt);
}

Rows part_of(const Rows& rows, std::int64_t after_ns, std::int64_t until_ns) {
  Rows part;
  part.entities = rows.entities;
  part.columns = rows.columns;
  part.values.resize(rows.columns.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.ingest_ns[i] <= after_ns || rows.ingest_ns[i] > until_ns) continue;
    part.entity.push_back(rows.entity[i]);
    part.event_ns.push_back(rows.event_ns[i]);
    part.ingest_ns.push_back(rows.ingest_ns[i]);
    for (std::size_t c = 0; c < part.values.size(); ++c) part.values[c].push_back(rows.values[c][i]);
  }
  return part;
}

// Rows come as they are ingested; the service is asked in between, and now and then dies and starts again.
void play(const std::function<std::unique_ptr<StoreFile>()>& open, const Rows& rows, Prng& random,
          std::size_t& compared) {
  auto file = open();
  const RegisteredView view = find_view(*file, "load").value();
  auto online = OnlineView::open(*file, view).value();
  std::int64_t t = -kMostTimeNs;
  for (std::int64_t next = rows.first_event_ns() - kHour; next < rows.last_ingest_ns() + 2 * kHour;
       next += static_cast<std::int64_t>(random.below(5)) * kHour / 4) {
    ASSERT_TRUE(online->push(part_of(rows, t, next)));
    t = std::max(t, next);
    if (random.below(12) == 0) {
      online.reset();
      file.reset();
      file = open();
      online = OnlineView::open(*file, view).value();
      if (random.below(3) == 0) {  // once more
        ASSERT_TRUE(online->push(part_of(rows, t - 4 * kHour, t)));
      }
    }
    for (std::uint32_t e = 0; e < rows.entities.size(); ++e) {
      const auto got = online->get(rows.entities[e], t);
      if (!got && got.error().kind == ErrorKind::kNotFound) continue;  // no row of it yet
      ASSERT_TRUE(got) << got.error().message;
      const Frame batch = compute(view.view, rows, Spine{{rows.entities[e]}, {0}, {t}}).value();
      for (std::size_t f = 0; f < got->size(); ++f) {
        ASSERT_TRUE(same((*got)[f], batch.columns[f][0])) << view.view.features[f].name << " at " << timestamp_text(t)
                                                          << ": " << (*got)[f] << " online, " << batch.columns[f][0];
        ++compared;
      }
    }
  }
}

TEST_F(features_store, online_equals_batch_bit_for_bit) {
  Prng random(11);
  std::size_t compared = 0;
  for (int round = 0; round < 12 && !HasFatalFailure(); ++round) {
    Rows rows = random_rows(random, 3, 150);
    for (auto& column : rows.values)
      for (double& v : column)
        v *= std::ldexp(1.0 + random.uniform(), static_cast<int>(random.below(60)) - 30);  // sums that round
    const std::string name = std::to_string(round);
    registered(*open(name));
    play([&] { return open(name); }, rows, random, compared);
  }
  EXPECT_GT(compared, 10'000U);
}

TEST_F(features_store, online_says_what_it_no_longer_knows) {
  const auto file = open();
  const RegisteredView view = registered(*file);
  Prng random(3);
  const Rows rows = random_rows(random, 1, 100);
  auto online = OnlineView::open(*file, view).value();
  EXPECT_EQ(online->get("Z0", 0).error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(online->push(rows));
  EXPECT_EQ(online->get("Z0", rows.last_ingest_ns() - 1).error().kind, ErrorKind::kInvalid);
  EXPECT_TRUE(online->get("Z0", rows.last_ingest_ns()));
}

TEST_F(features_store, online_sees_what_another_program_pushed) {
  const auto mine = open("shared"), theirs = open("shared");
  const RegisteredView view = registered(*mine);
  Prng random(5);
  const Rows rows = random_rows(random, 1, 100);
  const std::int64_t middle = rows.first_event_ns() + 20 * kHour, end = rows.last_ingest_ns();
  auto a = OnlineView::open(*mine, view).value(), b = OnlineView::open(*theirs, view).value();
  ASSERT_TRUE(a->push(part_of(rows, -kMostTimeNs, middle)));
  ASSERT_TRUE(a->get("Z0", middle));  // now in a's memory
  ASSERT_TRUE(b->push(part_of(rows, middle, end)));
  const Frame batch = compute(view.view, rows, Spine{{"Z0"}, {0}, {end}}).value();
  for (OnlineView* online : {a.get(), b.get(), a.get()}) {
    const auto got = online->get("Z0", end);
    ASSERT_TRUE(got) << got.error().message;
    for (std::size_t f = 0; f < got->size(); ++f)
      EXPECT_TRUE(same((*got)[f], batch.columns[f][0])) << view.view.features[f].name;
  }
}

std::string everything(StoreFile& file, const RegisteredView& view) {
  const StoredFeatures stored = stored_features(file, view, -kMostTimeNs, kMostTimeNs).value();
  return csv_from_frame(stored.spine, stored.frame, "zone");
}

TEST_F(features_store, materialising_again_changes_nothing) {
  const auto file = open();
  const RegisteredView view = registered(*file);
  Prng random(9);
  const Rows all = random_rows(random, 3, 300);
  const std::int64_t middle = all.first_event_ns() + 20 * kHour;
  const Rows early = part_of(all, -kMostTimeNs, middle);
  const auto first = materialise(*file, view, early, {});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_GT(first->added, 0U);
  EXPECT_EQ(materialise(*file, view, early, {})->added, 0U);  // behind the watermark there is nothing
  const std::string before = everything(*file, view);

  MaterialiseOptions again;  // with late rows that have come since: what was known then has not changed
  again.begin_ns = first->stored.begin_ns;
  const auto second = materialise(*file, view, all, again);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->changed, 0U);
  EXPECT_EQ(second->unchanged, first->added);
  EXPECT_TRUE(everything(*file, view).starts_with(before));

  MaterialiseOptions earlier;
  earlier.begin_ns = first->stored.begin_ns - 30 * kHour;
  earlier.end_ns = first->stored.begin_ns;
  EXPECT_TRUE(materialise(*file, view, all, earlier));
  EXPECT_EQ(materialised(*file, view)->value().begin_ns, *earlier.begin_ns);
}

TEST_F(features_store, materialising_refuses_what_would_not_be_true) {
  const auto file = open();
  const RegisteredView view = registered(*file);
  Prng random(9);
  Rows rows = random_rows(random, 2, 200);
  MaterialiseOptions options;
  options.end_ns = rows.last_ingest_ns() + 3 * kHour;
  EXPECT_NE(materialise(*file, view, rows, options).error().message.find("is not final"), std::string::npos);
  options.end_ns.reset();
  const Materialised stored = materialise(*file, view, rows, options)->stored;
  options.step_ns = kHour / 2;
  EXPECT_NE(materialise(*file, view, rows, options).error().message.find("step of 1h"), std::string::npos);
  options.step_ns.reset();
  options.begin_ns = stored.begin_ns - 10 * kHour, options.end_ns = stored.begin_ns - 5 * kHour;
  EXPECT_NE(materialise(*file, view, rows, options).error().message.find("a gap would stay"), std::string::npos);
  options.begin_ns = stored.begin_ns + 1, options.end_ns = stored.end_ns;
  EXPECT_NE(materialise(*file, view, rows, options).error().message.find("not on its grid"), std::string::npos);
  for (double& v : rows.values[0]) v += 1.0;  // the past is rewritten
  options.begin_ns = stored.begin_ns;
  EXPECT_NE(materialise(*file, view, rows, options).error().message.find("--backfill"), std::string::npos);
  options.backfill = true;
  EXPECT_GT(materialise(*file, view, rows, options)->changed, 0U);
}

TEST_F(features_store, a_kill_at_any_point_leaves_a_store_that_goes_on) {
  Prng random(21);
  const Rows rows = random_rows(random, 2, 200);
  std::string whole;
  int points = 0;
  {
    const auto file = open("whole");
    const RegisteredView view = registered(*file);
    MaterialiseOptions options;
    options.chunk_rows = 20;
    options.progress = [&points](bool) { ++points; };
    ASSERT_TRUE(materialise(*file, view, rows, options));
    whole = everything(*file, view);
  }
  ASSERT_GT(points, 8);
  for (int kill_at = 0; kill_at < points; kill_at += 1 + points / 12) {
    const std::string name = "kill" + std::to_string(kill_at);
    registered(*open(name));
    const pid_t child = ::fork();
    if (child == 0) {
      const auto file = open(name);
      MaterialiseOptions options;
      options.chunk_rows = 20;
      int at = 0;
      options.progress = [&](bool) {
        if (at++ == kill_at) ::raise(SIGKILL);
      };
      (void)materialise(*file, find_view(*file, "load").value(), rows, options);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    const auto file = open(name);
    const RegisteredView view = find_view(*file, "load").value();
    const auto left = materialised(*file, view).value();
    const std::string before = everything(*file, view);
    EXPECT_TRUE(whole.starts_with(before));  // whole chunks, in order
    EXPECT_EQ(before.find('\n') + 1 == before.size(), !left.has_value());
    const auto report = materialise(*file, view, rows, {});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->unchanged + report->changed, 0U);  // nothing is done twice
    EXPECT_EQ(everything(*file, view), whole) << "killed at " << kill_at;
  }
}

TEST_F(features_store, snapshots_never_change) {
  const auto file = open();
  const Snapshot first{"train", "", "recipe", "a,b\n1,2\n", {5}};
  const std::string hash = keep_snapshot(*file, first).value();
  EXPECT_EQ(keep_snapshot(*file, first).value(), hash);
  Snapshot other = first;
  other.content += "3,4\n";
  EXPECT_EQ(keep_snapshot(*file, other).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(find_snapshot(*file, "train")->content, first.content);
  ASSERT_TRUE(file->execute("UPDATE snapshot SET content = content || ' '"));
  EXPECT_EQ(find_snapshot(*file, "train").error().kind, ErrorKind::kCorrupt);
}

TEST_F(features_store, another_file_is_left_alone) {
  std::filesystem::create_directories(directory_ + "/b");
  { std::ofstream(directory_ + "/b/store.sqlite") << std::string(5000, 'x'); }
  const auto file = StoreFile::open(directory_ + "/b/store.sqlite");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::kCorrupt);
}

TEST(features_quality, known_answers) {
  std::vector<double> a, b;
  for (int i = 0; i < 1000; ++i) a.push_back(i), b.push_back(i + 500);
  EXPECT_NEAR(*kolmogorov_smirnov(a, b), 0.5, 1e-12);
  EXPECT_NEAR(*stability_index(a, a), 0.0, 1e-12);
  EXPECT_GT(*stability_index(a, b), 0.25);
  EXPECT_FALSE(stability_index({1, 2, 3}, a));
  // Two values, 50:50 before and 80:20 after: 2 x 0.3 ln(...) = 0.3 ln(0.8/0.5) + 0.3 ln(0.5/0.2) = 0.416
  std::vector<double> p, q;
  for (int i = 0; i < 10000; ++i) p.push_back(i % 2), q.push_back(i % 10 < 8 ? 1 : 0);
  EXPECT_NEAR(*stability_index(p, q), 0.3 * std::log(1.6) + 0.3 * std::log(2.5), 1e-3);
}

TEST(features_quality, finds_no_leak_and_the_stale_and_the_early) {
  Prng random(4);
  const Rows rows = random_rows(random, 2, 300);
  const std::int64_t begin = rows.first_event_ns(), end = begin + 60 * kHour;
  const auto findings =
      check_quality(full_view(), rows, {begin, end, kHour, begin + 30 * kHour, end + 500 * kHour}, {});
  ASSERT_TRUE(findings);
  std::size_t leaks = 0, stale = 0, early = 0;
  for (const QualityFinding& f : *findings) {
    if (f.check == "leakage") leaks += f.good ? 0 : 1;
    if (f.check == "freshness") stale += f.good ? 0 : 1;
    if (f.check == "early_rows") early += f.good ? 0 : 1;
  }
  EXPECT_EQ(leaks, 0U);
  EXPECT_EQ(stale, 2U);
  EXPECT_EQ(early, 1U);  // a tenth of the random rows is ingested an hour before its event
}

}  // namespace
}  // namespace olivine::features
