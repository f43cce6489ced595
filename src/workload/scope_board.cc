#include "workload/scope_board.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "base/text.h"
#include "base/trace_context.h"
#include "workload/mark.h"

namespace olivine {
namespace {

constexpr std::string_view kHead = "olivine-scopes 1 ";
constexpr std::size_t kMostBytes = std::size_t{1} << 20;

std::string number_text(const std::optional<double>& value) { return value ? fmt::format("{}", *value) : "-"; }

bool take(std::string_view word, std::optional<double>& into) {
  if (word == "-") return true;
  const auto value = parse_double(word);
  if (value) into = *value;
  return value.has_value();
}

std::optional<BoardRow> row_of(std::string_view line) {
  const auto words = split_words(line);
  if (words.size() != 10) return std::nullopt;
  BoardRow row;
  const auto span = parse_span_id(words[0]);
  const auto why = unescaped_name(words[9]);
  if (!span || !why) return std::nullopt;
  row.span = *span;
  row.state = words[1];
  row.unit = words[2];
  const std::array<std::optional<double>*, 6> numbers{&row.asked, &row.granted, &row.spent,
                                                      &row.left,  &row.joules,  &row.grams};
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (!take(words[3 + i], *numbers[i])) return std::nullopt;
  row.why = *why == "-" ? "" : *why;
  return row;
}

}  // namespace

std::optional<BoardRow> row_at(const Board& board, std::uint64_t span, std::int64_t now_ns) {
  for (const BoardRow& each : board.rows) {
    if (each.span != span) continue;
    BoardRow row = each;
    const Duration age{now_ns - board.ns};
    if (age.ns <= kOldestBoard.ns || row.state == "spent" || row.state == "above") return row;
    row.state = "unknown";
    row.left.reset();
    if (row.why.empty()) row.why = fmt::format("olivine has counted nothing for {:.1f} s", in_seconds(age));
    return row;
  }
  return std::nullopt;
}

std::string board_text(const Board& board) {
  std::string text = fmt::format("{}{}\n", kHead, board.ns);
  for (const BoardRow& r : board.rows)
    text += fmt::format("{} {} {} {} {} {} {} {} {} {}\n", span_text(r.span), r.state, r.unit, number_text(r.asked),
                        number_text(r.granted), number_text(r.spent), number_text(r.left), number_text(r.joules),
                        number_text(r.grams),
                        r.why.empty() ? "-" : escaped_name(std::string_view(r.why).substr(0, kLongestMarkName)));
  return text;
}

std::optional<Board> parse_board(std::string_view text) {
  if (!text.starts_with(kHead) || !text.ends_with('\n')) return std::nullopt;
  const auto lines = split(text.substr(0, text.size() - 1), '\n');
  const auto ns = parse_i64(lines[0].substr(kHead.size()));
  if (!ns) return std::nullopt;
  Board board{*ns, {}};
  for (std::size_t i = 1; i < lines.size(); ++i) {
    auto row = row_of(lines[i]);
    if (!row) return std::nullopt;
    board.rows.push_back(std::move(*row));
  }
  return board;
}

std::string board_of(const std::string& pipe) {
  constexpr std::string_view kPipe = "/olivine-marks-", kBoard = "/olivine-scopes-";
  const std::size_t at = pipe.rfind(kPipe);
  return at == std::string::npos ? std::string() : std::string(pipe).replace(at, kPipe.size(), kBoard);
}

std::optional<Board> read_board(const std::string& pipe) {
  const int fd = ::open(board_of(pipe).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  struct stat info{};
  std::string text;
  if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid()) {
    std::array<char, 4096> buffer;
    for (ssize_t got = 0; text.size() < kMostBytes && (got = ::read(fd, buffer.data(), buffer.size())) > 0;)
      text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ::close(fd);
  return parse_board(text);
}

Status VolatileFileWriter::replace(const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".new";
  ::unlink(beside.c_str());  // a dead olivine's
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (fd < 0) return tl::unexpected<Error>(error_from_errno(errno, "making " + beside));
  const ssize_t put = ::write(fd, bytes.data(), bytes.size());
  const int trouble = put < 0 ? errno : ENOSPC;
  const bool whole = put == static_cast<ssize_t>(bytes.size());
  ::close(fd);
  if (whole && ::rename(beside.c_str(), path.c_str()) == 0) return {};
  Error error = error_from_errno(whole ? errno : trouble, "writing " + path);
  ::unlink(beside.c_str());
  return tl::unexpected<Error>(std::move(error));
}

Status VolatileFileWriter::remove(const std::string& path) {
  if (::unlink(path.c_str()) == 0) return {};
  return tl::unexpected<Error>(error_from_errno(errno, "removing " + path));
}

ScopeBoard::~ScopeBoard() {
  if (is_there_) (void)files_.remove(path_);
}

Status ScopeBoard::write(const Board& board) {
  auto done = files_.replace(path_, board_text(board));
  is_there_ = is_there_ || done;
  return done;
}

}  // namespace olivine
