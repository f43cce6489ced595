// ScopeBoard: the way back: what `olivine run` counts for the scopes that asked, for the program to read. A file of a few lines beside
// the pipe of the marks (DIR/olivine-scopes-NAMESPACE-PID, mode 0600), replaced as a whole at each reading, gone with the run.
//
//   olivine-scopes 1 81234567890123                  CLOCK_MONOTONIC of the reading, ns
//   00f067aa0ba902b7 ok J 1000 800 312.5 487.5 312.5 0.004 -
//   span state unit asked granted spent left joules grams why
//
// state: waiting (no reading yet), ok, spent (its own is used up), above (that of a scope around it is, or the run's budget), unknown (it
// cannot be kept: `spent` is then a lower bound, `left` is not known, and `why` says so), live (no quota, only asked what it uses), ended.
// A board is made anew each half second, whatever --interval is. One that is older than kOldestBoard says nothing about now (olivine was
// killed, or does not get to run): what was not used up then is unknown; what was used up stays so.
//
// "-" stands for what is not known. All is modelled until the run has ended: the bill in `olivine show` is what counts.
//
// Units: ns; J and g. Errors: write says what the system refused; reading gives nothing for a file that is none of ours. Threads: one
// writer, any readers. Lifetime: the file goes with the board.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_writer.h"
#include "base/time.h"

namespace olivine {

struct BoardRow {
  std::uint64_t span = 0;
  std::string state;
  std::string unit = "-";  // "J", "g"; "-" without a quota
  std::optional<double> asked, granted, spent, left;
  std::optional<double> joules, grams;  // used with all that is within, and what services billed
  std::string why;
  bool operator==(const BoardRow&) const = default;
};

struct Board {
  std::int64_t ns = 0;
  std::vector<BoardRow> rows;
  bool operator==(const Board&) const = default;
};

inline constexpr Duration kOldestBoard = seconds(3);  // python/olivine/_terms.py has the same
// What the board says about a scope at that moment (monotonic); nothing: it has no row.
std::optional<BoardRow> row_at(const Board& board, std::uint64_t span, std::int64_t now_ns);

std::string board_text(const Board& board);
std::optional<Board> parse_board(std::string_view text);

// The board beside a pipe of marks.
std::string board_of(const std::string& pipe);
// Nothing: there is none, or it is not our user's.
std::optional<Board> read_board(const std::string& pipe);

// Replaces files that need not survive the machine: no flush. Mode 0600.
class VolatileFileWriter final : public FileWriter {
 public:
  Status replace(const std::string& path, std::string_view bytes) override;
  Status remove(const std::string& path) override;
};

class ScopeBoard {
 public:
  ScopeBoard(FileWriter& files, std::string path) : files_(files), path_(std::move(path)) {}
  ScopeBoard(const ScopeBoard&) = delete;
  ScopeBoard& operator=(const ScopeBoard&) = delete;
  ~ScopeBoard();
  Status write(const Board& board);

 private:
  FileWriter& files_;
  std::string path_;
  bool is_there_ = false;
};

}  // namespace olivine
