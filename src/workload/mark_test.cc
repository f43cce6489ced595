#include "workload/mark.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "workload/mark_channel.h"

namespace olivine {
namespace {

TEST(Mark, ReadsWhatTheManualShows) {
  const auto begin = parse_mark("begin 81234567890123 epoch n=3 of=90 pid=4711", 5);
  ASSERT_TRUE(begin);
  EXPECT_EQ(*begin, (Mark{MarkKind::kBegin, 81234567890123, "epoch", 3, 90, 4711}));
  const auto end = parse_mark("end - epoch pid=4711 later=00-0af7-b7ad-01", 5);  // a key of a later version
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, (Mark{MarkKind::kEnd, 5, "epoch", std::nullopt, std::nullopt, 4711}));
  EXPECT_EQ(parse_mark("mark 7 check%20point%25", 5)->name, "check point%");
}

TEST(Mark, RefusesWhatIsNone) {
  for (const char* line :
       {"", "begin", "begin 1", "start 1 epoch", "begin x epoch", "begin -1 epoch", "begin 1 epoch n=x",
        "begin 1 epoch n=-3", "begin 1 epoch n=99999999999999", "begin 1 epoch n", "mark 1 a%2", "mark 1 %",
        "mark 1 %GG", "mark 99999999999999999999 a", "mark 1 caf\xc3\xa9"})
    EXPECT_FALSE(parse_mark(line, 5)) << line;
  EXPECT_FALSE(parse_mark("mark 1 " + std::string(101, 'a'), 5));
  EXPECT_FALSE(parse_mark("mark 1 a " + std::string(500, 'k') + "=1", 5));
  EXPECT_FALSE(parse_mark(std::string("mark 1 a\0b", 10), 5));
}

RC_GTEST_PROP(Mark, AnyMarkSurvivesItsLine, ()) {
  Mark mark;
  mark.kind = *rc::gen::element(MarkKind::kBegin, MarkKind::kEnd, MarkKind::kPoint);
  mark.ns = *rc::gen::inRange<std::int64_t>(0, INT64_MAX);
  mark.name =
      *rc::gen::suchThat<std::string>([](const std::string& s) { return !s.empty() && s.size() <= kLongestMarkName; });
  if (*rc::gen::arbitrary<bool>()) mark.number = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000);
  if (*rc::gen::arbitrary<bool>()) mark.of = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000);
  mark.pid = *rc::gen::inRange<std::int64_t>(0, 4'194'304);
  if (mark.kind != MarkKind::kPoint && *rc::gen::arbitrary<bool>()) {
    const auto id = rc::gen::inRange<std::uint64_t>(1, UINT64_MAX);
    mark.scope =
        ScopeMark{{*id, *id, *id}, *rc::gen::arbitrary<bool>() ? *id : 0, std::nullopt, *rc::gen::arbitrary<bool>()};
    if (*rc::gen::arbitrary<bool>()) mark.scope->thread = *rc::gen::inRange<std::int64_t>(0, 4'194'304);
    mark.scope->gone = *rc::gen::arbitrary<bool>();
    if (*rc::gen::arbitrary<bool>()) mark.scope->cpu_ns = *rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 62);
  }
  std::string line = mark_line(mark);
  RC_ASSERT(line.back() == '\n');
  line.pop_back();
  RC_ASSERT(line.find('\n') == std::string::npos);
  RC_ASSERT(parse_mark(line, 0) == mark);
}

TEST(Mark, AScopeIsKnownByItsTraceContext) {
  const auto begin = parse_mark(
      "begin 7 decode trace=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 parent=d75597dee50b0cac cpu=120",
      0);
  ASSERT_TRUE(begin && begin->scope);
  EXPECT_EQ(begin->scope->context.span, 0x00f067aa0ba902b7u);
  EXPECT_EQ(begin->scope->parent, 0xd75597dee50b0cacu);
  EXPECT_EQ(begin->scope->cpu_ns, 120);
  EXPECT_FALSE(parse_mark("begin 7 decode trace=1", 0)) << "a trace that is none is a mistake, not a point";
  EXPECT_FALSE(parse_mark("begin 7 decode trace=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 parent=7", 0));
}

RC_GTEST_PROP(Mark, NoTextBreaksTheReader, (const std::string& text)) { (void)parse_mark(text, 0); }

class Pipe : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "marks" + std::to_string(::getpid());
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::vector<std::string> lines(MarkChannel& channel) {
    std::vector<std::string> lines;
    complete_ = channel.read([&](std::string_view line) { lines.emplace_back(line); });
    return lines;
  }
  std::string directory_;
  bool complete_ = true;
};

TEST_F(Pipe, CarriesLinesAndKeepsTheBeginningOfOne) {
  auto channel = MarkChannel::create({"/nowhere", directory_});
  ASSERT_TRUE(channel) << channel.error().message;
  struct stat info{};
  ASSERT_EQ(::stat(channel->path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_TRUE(send_mark(channel->path(), {MarkKind::kPoint, 1, "a", {}, {}, 0}));
  const int fd = ::open(channel->path().c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  ASSERT_EQ(::write(fd, "mark 2", 6), 6);
  EXPECT_EQ(lines(*channel), (std::vector<std::string>{"mark 1 a"}));
  ASSERT_EQ(::write(fd, " b\n\n", 4), 4);
  EXPECT_EQ(lines(*channel), (std::vector<std::string>{"mark 2 b", ""}));
  ::close(fd);
}

TEST_F(Pipe, AFullPipeLosesMarksAndBlocksNobody) {
  auto channel = MarkChannel::create({directory_});
  ASSERT_TRUE(channel);
  const Mark mark{MarkKind::kPoint, 1, std::string(90, 'x'), {}, {}, 0};
  int sent = 0;
  while (sent < 100'000 && send_mark(channel->path(), mark)) ++sent;
  EXPECT_GT(sent, 300);
  EXPECT_LT(sent, 100'000);
  std::size_t read = lines(*channel).size();
  while (channel->has_more()) read += lines(*channel).size();
  EXPECT_EQ(read, static_cast<std::size_t>(sent));
  EXPECT_TRUE(send_mark(channel->path(), mark));
}

TEST_F(Pipe, NobodyReadsAndNothingHappens) {
  std::string path;
  {
    auto channel = MarkChannel::create({directory_});
    ASSERT_TRUE(channel);
    path = channel->path();
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(send_mark(path, {MarkKind::kPoint, 1, "a", {}, {}, 0}));
  // A file of that name is not written to: somebody's data may be in it.
  ::close(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  EXPECT_FALSE(send_mark(path, {MarkKind::kPoint, 1, "a", {}, {}, 0}));
  EXPECT_EQ(std::filesystem::file_size(path), 0U);
}

TEST_F(Pipe, ALeftOverPipeOfOurNumberIsReplaced) {
  std::string path;
  {
    auto channel = MarkChannel::create({directory_});
    path = channel->path();
  }
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  auto channel = MarkChannel::create({directory_});
  ASSERT_TRUE(channel) << channel.error().message;
  EXPECT_EQ(channel->path(), path);
}

TEST_F(Pipe, NoPlaceIsAnErrorThatSaysWhere) {
  const auto channel = MarkChannel::create({"/nowhere"});
  ASSERT_FALSE(channel);
  EXPECT_NE(channel.error().message.find("/nowhere/olivine-marks-"), std::string::npos);
}

TEST_F(Pipe, AnEndlessLineIsCut) {
  auto channel = MarkChannel::create({directory_});
  const int fd = ::open(channel->path().c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  const std::string junk(60'000, 'j');
  ASSERT_EQ(::write(fd, junk.data(), junk.size()), static_cast<ssize_t>(junk.size()));
  ASSERT_EQ(::write(fd, "\nmark 1 a\n", 10), 10);
  const auto got = lines(*channel);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].size(), kLongestMarkLine + 1);
  EXPECT_EQ(got[1], "mark 1 a");
  ::close(fd);
}

}  // namespace
}  // namespace olivine
