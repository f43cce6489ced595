#include "workload/scope_word.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "workload/scope_board.h"

namespace olivine {
namespace {

constexpr const char* kTrace = "trace=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(ScopeWord, SurvivesItsLine) {
  ScopeWord word;
  word.verb = ScopeVerb::kTerms;
  word.name = "my scope";
  word.context = {1, 2, 3};
  word.quota = "300 Wh";
  word.level = "latency p95 < 50ms, accuracy > 0.9";
  word.program_tells = true;
  word.joules = 0.1;
  word.grams = 1e-7;
  word.requests = 10;
  word.late = 3;
  word.failed = 7;
  word.of = 0xb7ad6b7169203331;
  word.accuracy = -0.5;
  std::string line = scope_word_line(word);
  EXPECT_EQ(line.back(), '\n');
  line.pop_back();
  EXPECT_EQ(parse_scope_word(line), word);
}

TEST(ScopeWord, RefusesWhatIsNone) {
  const std::string trace = kTrace;
  EXPECT_TRUE(parse_scope_word("ask 5 a " + trace + " later=1 pid=3"));
  for (const std::string& line : std::vector<std::string>{
           "", "ask - a", "begin - a " + trace, "terms - a quota=3J", "charge - a j=-1 " + trace,
           "charge - a j=nan " + trace, "charge - a j=1e300 " + trace, "served - a n=3 late=4 " + trace,
           "served - a n=3 late=2 failed=2 " + trace, "served - a n=-3 " + trace, "served - a accuracy=x " + trace,
           "terms - a quota=%0 " + trace, "ask - %GG " + trace, "ask - a b " + trace,
           "ask - a " + trace + " x=" + std::string(500, 'x')})
    EXPECT_FALSE(parse_scope_word(line)) << line;
}

TEST(ScopeWord, ABillWithoutItsScopeIsABill) {
  for (const char* of : {"", " of=xyz", " of=0000000000000000"}) {
    const auto word = parse_scope_word(std::string("charge - a j=4 ") + kTrace + of);
    ASSERT_TRUE(word) << of;
    EXPECT_EQ(word->of, 0u) << of;
    EXPECT_EQ(word->joules, 4.0) << of;
  }
}

Board example() {
  BoardRow row;
  row.span = 0xf067aa0ba902b7;
  row.state = "unknown";
  row.unit = "J";
  row.asked = 1000.0;
  row.granted = 800.5;
  row.spent = 1e-3;
  row.joules = 0.0;
  row.why = "GPU 0 is not measured";
  return {81234567890123, {row, BoardRow{7, "live", "-", {}, {}, {}, {}, 3.0, 0.25, ""}}};
}

TEST(ScopeBoard, SurvivesItsText) {
  EXPECT_EQ(parse_board(board_text(example())), example());
  std::string text = board_text(example());
  for (std::size_t cut = 0; cut + 1 < text.size(); ++cut) {  // a part of it is read as nothing, or as fewer rows
    const auto part = parse_board(text.substr(0, cut));
    EXPECT_TRUE(!part || part->rows.size() < 2u) << cut;
  }
  for (const char* bad : {"", "olivine-scopes 2 5\n", "olivine-scopes 1 x\n", "olivine-scopes 1 5\nrow\n",
                          "olivine-scopes 1 5\n0000000000000000 ok J - - - - - - -\n"})
    EXPECT_FALSE(parse_board(bad)) << bad;
}

// A reading of 100 s, looked at later: what may have changed since is not known, what was used up stays so.
TEST(ScopeBoard, AnOldBoardSaysNothingAboutNow) {
  struct Case {
    const char* state;
    double after_s;
    const char* then;
    bool left;
    const char* why;
  };
  constexpr const char* kWhy = "olivine has counted nothing for 3.1 s";
  for (const Case& c :
       {Case{"ok", 0.0, "ok", true, ""}, Case{"ok", 2.9, "ok", true, ""}, Case{"ok", 3.1, "unknown", false, kWhy},
        Case{"live", 3.1, "unknown", false, kWhy}, Case{"waiting", 3.1, "unknown", false, kWhy},
        Case{"ended", 3.1, "unknown", false, kWhy}, Case{"spent", 3.1, "spent", true, ""},
        Case{"above", 3.1, "above", true, ""}, Case{"ok", -1.0, "ok", true, ""}}) {
    const BoardRow row{7, c.state, "J", 10.0, 8.0, 3.0, 5.0, 3.0, {}, ""};
    const Board board{100'000'000'000, {BoardRow{}, row}};
    const auto then = row_at(board, 7, board.ns + seconds_from(c.after_s).ns);
    ASSERT_TRUE(then);
    EXPECT_EQ(then->state, c.then) << c.state << c.after_s;
    EXPECT_EQ(then->left.has_value(), c.left) << c.state << c.after_s;
    EXPECT_EQ(then->spent, 3.0) << "a lower bound";
    EXPECT_EQ(then->why, c.why) << c.state << c.after_s;
    EXPECT_FALSE(row_at(board, 8, board.ns));
  }
}

// Each call but the nth goes through.
class FailingWriter final : public FileWriter {
 public:
  explicit FailingWriter(int nth) : left_(nth) {}
  Status replace(const std::string& path, std::string_view bytes) override {
    return --left_ == 0 ? Status(fail(ErrorKind::kTransient, "full")) : real_.replace(path, bytes);
  }
  Status remove(const std::string& path) override {
    return --left_ == 0 ? Status(fail(ErrorKind::kGone, "gone")) : real_.remove(path);
  }

 private:
  int left_;
  VolatileFileWriter real_;
};

TEST(ScopeBoard, TheNthCallFailsAndWhatWasThereStays) {
  char folder[] = "/tmp/olivine-board-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string pipe = std::string(folder) + "/olivine-marks-1-2";
  for (int nth = 1; nth <= 4; ++nth) {
    FailingWriter files(nth);
    {
      ScopeBoard board(files, board_of(pipe));
      for (int call = 1; call <= 3; ++call) {
        Board now = example();
        now.ns = call;
        EXPECT_EQ(board.write(now).has_value(), call != nth);
        const auto read = read_board(pipe);
        EXPECT_EQ(read ? read->ns : 0, call == nth ? call - 1 : call);
      }
    }
    EXPECT_EQ(std::filesystem::exists(board_of(pipe)), nth == 4) << "it goes with the run, if it can";
    std::filesystem::remove(board_of(pipe));
  }
  std::filesystem::remove_all(folder);
}

TEST(ScopeBoard, IsOursAlone) {
  char folder[] = "/tmp/olivine-board-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string pipe = std::string(folder) + "/olivine-marks-1-2";
  VolatileFileWriter files;
  ASSERT_TRUE(files.replace(board_of(pipe), board_text(example())));
  struct stat info{};
  ASSERT_EQ(::stat(board_of(pipe).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  const std::string elsewhere = std::string(folder) + "/elsewhere";
  std::filesystem::rename(board_of(pipe), elsewhere);
  std::filesystem::create_symlink(elsewhere, board_of(pipe));
  EXPECT_FALSE(read_board(pipe)) << "a link is not followed";
  EXPECT_FALSE(files.replace(std::string(folder) + "/none/x", "x"));
  EXPECT_EQ(board_of("/tmp/else"), "");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace olivine
