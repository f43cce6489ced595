// Redis as the online store, against a real redis-server on a socket of its own: the same bits as SQLite, restarts, foreign content.
#include "grid/features/redis_rows.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "grid/features/online.h"
#include "grid/features/oracle_fixture.h"

extern char** environ;

namespace olivine::features {
namespace {

using namespace testing;  // NOLINT: our own, in olivine::features

TEST(RedisPlace, Addresses) {
  EXPECT_EQ(redis_place("redis://h").value(), (RedisPlace{"h", 6379, 0}));
  EXPECT_EQ(redis_place("redis://10.0.0.1:7000/3").value(), (RedisPlace{"10.0.0.1", 7000, 3}));
  EXPECT_EQ(redis_place("redis://[::1]:7000").value(), (RedisPlace{"::1", 7000, 0}));
  EXPECT_EQ(redis_place("unix:/run/r.sock?db=2").value(), (RedisPlace{"/run/r.sock", 0, 2}));
  for (const char* text : {"", "h", "redis://", "redis://h:0", "redis://h:70000", "redis://h/x", "redis://u:p@h",
                           "unix:r", "redis://[::1", "unix:/r?db=x", "http://h"})
    EXPECT_EQ(redis_place(text).error().kind, ErrorKind::kInvalid) << text;
}

class RedisServer : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = (std::filesystem::temp_directory_path() / "olivine-redis-XXXXXX").string();
    ASSERT_NE(::mkdtemp(directory_.data()), nullptr);
    socket_ = directory_ + "/s";
    std::vector<std::string> words{
        "redis-server", "--port",   "0",         "--unixsocket",      socket_,         "--save",     "",
        "--dir",        directory_, "--logfile", directory_ + "/log", "--requirepass", "open sesame"};
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    if (::posix_spawnp(&server_, "redis-server", nullptr, nullptr, argv.data(), environ) != 0) {
      server_ = 0;
      GTEST_SKIP() << "no redis-server (apt-get install redis-server)";
    }
    for (int i = 0; i < 200 && !std::filesystem::exists(socket_); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    const auto file = StoreFile::open(directory_ + "/probe.sqlite").value();
    const auto probe = redis_rows(place(), password_, registered(*file));
    if (!probe && probe.error().kind == ErrorKind::kUnsupported) GTEST_SKIP() << probe.error().message;
    ASSERT_TRUE(probe) << probe.error().message;
  }
  void TearDown() override {
    if (server_ > 0) {
      ::kill(server_, SIGKILL);
      ::waitpid(server_, nullptr, 0);
    }
    std::filesystem::remove_all(directory_);
  }
  static RegisteredView registered(StoreFile& file) {
    EXPECT_TRUE(apply_views(file, {full_view()}, {1}, true));
    return find_view(file, full_view().id()).value();
  }
  RedisPlace place() const { return {socket_, 0, 0}; }

  pid_t server_ = 0;
  std::string directory_, socket_, password_ = "open sesame";
};

Rows slice(const Rows& rows, std::int64_t after_ns, std::int64_t until_ns) {
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

TEST_F(RedisServer, TheSameBitsAsSqlite) {
  Prng random(23);
  std::size_t compared = 0;
  for (int round = 0; round < 4; ++round) {
    const Rows rows = random_rows(random, 3, 150);
    const auto file = StoreFile::open(directory_ + "/" + std::to_string(round) + ".sqlite").value();
    RegisteredView view = registered(*file);
    view.hash += std::to_string(round);  // rounds apart from one another in one server
    const auto sqlite = OnlineView::open(*file, view).value();
    auto redis = OnlineView::open(*file, view, redis_rows(place(), password_, view).value()).value();
    std::int64_t t = -kMostTimeNs;
    for (std::int64_t next = rows.first_event_ns(); next < rows.last_ingest_ns() + 2 * kHour; next += kHour) {
      ASSERT_TRUE(sqlite->push(slice(rows, t, next)));
      const auto pushed = redis->push(slice(rows, t, next));
      ASSERT_TRUE(pushed) << pushed.error().message;
      t = next;
      if (random.below(8) == 0)  // a new service goes on from what is in Redis
        redis = OnlineView::open(*file, view, redis_rows(place(), password_, view).value()).value();
      for (const std::string& entity : rows.entities) {
        const auto a = sqlite->get(entity, t), b = redis->get(entity, t);
        ASSERT_EQ(a.has_value(), b.has_value());
        for (std::size_t f = 0; a && f < a->size(); ++f, ++compared) ASSERT_TRUE(same((*a)[f], (*b)[f]));
      }
    }
  }
  EXPECT_GT(compared, 5'000U);
}

TEST_F(RedisServer, AnotherServicesPushIsSeen) {
  Prng random(29);
  const Rows rows = random_rows(random, 1, 100);
  const auto file = StoreFile::open(directory_ + "/s.sqlite").value();
  RegisteredView view = registered(*file);
  view.hash += "shared";
  const auto a = OnlineView::open(*file, view, redis_rows(place(), password_, view).value()).value(),
             b = OnlineView::open(*file, view, redis_rows(place(), password_, view).value()).value();
  const std::int64_t middle = rows.first_event_ns() + 20 * kHour, end = rows.last_ingest_ns();
  ASSERT_TRUE(a->push(slice(rows, -kMostTimeNs, middle)));
  ASSERT_TRUE(a->get("Z0", middle));  // now in a's memory
  ASSERT_TRUE(b->push(slice(rows, middle, end)));
  const auto mine = a->get("Z0", end), theirs = b->get("Z0", end);
  ASSERT_TRUE(mine && theirs);
  for (std::size_t f = 0; f < mine->size(); ++f)
    EXPECT_TRUE(same((*mine)[f], (*theirs)[f])) << view.view.features[f].name;
}

TEST_F(RedisServer, WordsForWhatGoesWrong) {
  const auto file = StoreFile::open(directory_ + "/w.sqlite").value();
  const RegisteredView view = registered(*file);
  const auto closed = redis_rows(place(), "wrong", view);
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::kPermission);
  EXPECT_EQ(closed.error().message.find("wrong"), std::string::npos);
  const auto silent = redis_rows(place(), "", view);  // the connection stands, the first question is refused
  ASSERT_TRUE(silent);
  EXPECT_EQ((*silent)->read("Z0").error().kind, ErrorKind::kPermission);
  EXPECT_EQ(redis_rows({directory_ + "/none", 0, 0}, "", view).error().kind, ErrorKind::kTransient);
  auto rows = redis_rows(place(), password_, view).value();
  EXPECT_FALSE(rows->read("Z0").value());                     // nothing was pushed
  ASSERT_TRUE(rows->push({{"Z0", 10, 5, {{7, 9, {1.0}}}}}));  // too few cells: not ours
  EXPECT_EQ(rows->read("Z0").error().kind, ErrorKind::kCorrupt);
  ::kill(server_, SIGKILL);
  EXPECT_EQ(rows->read("Z0").error().kind, ErrorKind::kTransient);
}

TEST_F(RedisServer, TwoServicesPushAtATime) {
  const auto file = StoreFile::open(directory_ + "/t.sqlite").value();
  const RegisteredView view = registered(*file);
  const std::size_t width = columns_of(view.view).size();
  constexpr int kPushes = 60;
  const auto service = [&](std::int64_t begin) {
    auto rows = redis_rows(place(), password_, view).value();
    for (int i = 0; i < kPushes; ++i) {
      const std::int64_t t = begin + i;
      while (!rows->push({{"Z0", t, 0, {{t, t, std::vector<double>(width, 1.0)}}}})) std::this_thread::yield();
    }
  };
  std::thread a(service, 1'000), b(service, 2'000);
  a.join();
  b.join();
  const auto kept = redis_rows(place(), password_, view).value()->read("Z0").value();
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->rows.size(), 2U * kPushes);
  EXPECT_TRUE(std::is_sorted(kept->rows.begin(), kept->rows.end(),
                             [](const OnlineRow& x, const OnlineRow& y) { return x.event_ns < y.event_ns; }));
}

}  // namespace
}  // namespace olivine::features
