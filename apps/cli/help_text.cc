#include "apps/cli/help_text.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "report/text_layout.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kExampleIndent = 6, kLeastRoom = 30;

// Words as a shell takes them: what stands in quotes is one.
std::vector<std::string_view> shell_words(std::string_view line) {
  std::vector<std::string_view> words;
  char quote = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && quote == 0 && (line[i] == '\'' || line[i] == '"'))
      quote = line[i];
    else if (i < line.size() && line[i] == quote)
      quote = 0;
    if (i < line.size() && (line[i] != ' ' || quote != 0)) continue;
    if (i > begin) words.push_back(line.substr(begin, i - begin));
    begin = i + 1;
  }
  return words;
}

// An option and its value stay on one line.
std::string example(std::string_view line, std::size_t width) {
  const bool goes_on = line.ends_with(" \\");  // as it was written
  if (goes_on) line.remove_suffix(2);
  std::size_t column = std::min(line.find_first_not_of(' '), line.size());
  std::string out(column, ' ');
  const auto words = shell_words(line);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::size_t needed = display_width(words[i]);
    const bool has_value = words[i].starts_with("--") && words[i].size() > 2 && i + 1 < words.size() &&
                           std::string_view("-<>|").find(words[i + 1].front()) == std::string_view::npos;
    if (has_value) needed += 1 + display_width(words[i + 1]);
    const bool is_last = i + (has_value ? 2 : 1) == words.size() && !goes_on;
    const std::size_t end = is_last ? 0 : 2;  // room for " \"
    if (column > kExampleIndent && column + 1 + needed + end > width) {
      out += " \\\n" + std::string(kExampleIndent, ' ');
      column = kExampleIndent;
    } else if (i > 0) {
      out += ' ';
      ++column;
    }
    out += words[i];
    if (has_value) out += " " + std::string(words[++i]);
    column += needed;
  }
  return goes_on ? out + " \\" : out;
}

// A list that is too wide for a line by itself goes on behind one of its commas.
std::string with_breaks(std::string_view text, std::size_t room) {
  std::string out;
  for (const std::string_view item : split(text, ' ')) {
    std::string_view word = item;
    if (!out.empty() || item.empty()) out += ' ';
    while (word.size() > room) {
      const std::size_t comma = word.substr(0, room).rfind(',');
      if (comma == std::string_view::npos) break;
      out += std::string(word.substr(0, comma + 1)) + ' ';
      word.remove_prefix(comma + 1);
    }
    out += word;
  }
  return out;
}

// The column in which a line's own text begins.
std::size_t indent_of(std::string_view line) {
  const std::size_t spaces = std::min(line.find_first_not_of(' '), line.size());
  const bool is_option = line.substr(0, 3) == "  -";  // its left column may leave one space only
  if (spaces < kHelpColumn && line.size() > kHelpColumn && line[kHelpColumn - 1] == ' ' && line[kHelpColumn] != ' ' &&
      (is_option || line[kHelpColumn - 2] == ' '))
    return kHelpColumn;
  return spaces;
}

}  // namespace

std::optional<int> terminal_columns(std::string_view said, bool to_stderr) {
  if (const auto n = parse_u64(said); n && *n >= 40 && *n <= 400) return static_cast<int>(*n);
  winsize size{};
  if (::ioctl(to_stderr ? STDERR_FILENO : STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 40)
    return std::nullopt;
  return std::min<int>(size.ws_col, 160);
}

std::string fit_help(std::string_view text, int width) {
  const std::size_t limit = std::max(static_cast<std::size_t>(width), kHelpColumn + kLeastRoom);
  TextStyle style;
  style.width = static_cast<int>(limit);
  std::vector<std::string> lines;
  for (const std::string_view line : split(text, '\n')) lines.emplace_back(line);
  std::string out;
  bool in_examples = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string line = lines[i];
    if (!line.starts_with(' ')) in_examples = line == "Examples:" || line == "Example:";
    if (display_width(line) > limit && in_examples) {
      line = example(line, limit);
    } else if (display_width(line) > limit) {
      const std::size_t indent = indent_of(line);
      std::string wrapped_line =
          line.substr(0, indent) + wrapped(with_breaks(line.substr(indent), limit - indent), indent, style);
      const std::size_t last = wrapped_line.rfind('\n');
      // A paragraph that was broken by hand flows on.
      const bool flows = indent == 0 && last != std::string::npos && i + 1 < lines.size() && !lines[i + 1].empty() &&
                         !lines[i + 1].starts_with(' ') && !lines[i + 1].starts_with("Usage:");
      if (flows) {
        lines[i + 1] = wrapped_line.substr(last + 1) + " " + lines[i + 1];
        wrapped_line.resize(last);
      }
      line = std::move(wrapped_line);
    }
    out += line;
    if (i + 1 < lines.size()) out += '\n';
  }
  return out;
}

}  // namespace olivine::cli
