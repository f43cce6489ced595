#include "report/text_layout.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"

namespace olivine {
namespace {

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }

bool needs_quotes(std::string_view word) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  return word.empty() || word.find_first_not_of(kPlain) != std::string_view::npos;
}

}  // namespace

std::string bold(std::string_view text, const TextStyle& style) {
  return style.color ? fmt::format("\x1b[1m{}\x1b[0m", text) : std::string(text);
}

std::string dim(std::string_view text, const TextStyle& style) {
  return style.color && !text.empty() ? fmt::format("\x1b[2m{}\x1b[0m", text) : std::string(text);
}

std::string label(std::string_view text, const TextStyle& style) {
  const std::size_t width = display_width(text);
  return bold(text, style) + std::string(width < kLabelWidth ? kLabelWidth - width : 1, ' ');
}

std::string safe(std::string_view text, const TextStyle& style) {
  std::string clean = printable(text);
  if (!style.ascii) return clean;
  std::string ascii;
  for (const char c : clean) {
    if (static_cast<unsigned char>(c) < 0x80U)
      ascii.push_back(c);
    else if (starts_character(c))
      ascii.push_back('?');
  }
  return ascii;
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string cut(std::string_view text, std::size_t width) {
  if (display_width(text) <= width || width < 3) return std::string(text);
  std::string kept;
  std::size_t characters = 0;
  for (const char c : text) {
    if (starts_character(c) && ++characters > width - 2) break;
    kept.push_back(c);
  }
  return kept + "..";
}

std::string padded(std::string_view text, std::size_t width, bool right) {
  const std::size_t own = display_width(text);
  const std::string space(own < width ? width - own : 0, ' ');
  return right ? space + std::string(text) : std::string(text) + space;
}

std::string joined(std::span<const std::string> parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

namespace {

// Without the codes that bold() and dim() add.
std::size_t shown_width(std::string_view text) {
  std::size_t codes = 0;
  for (auto at = text.find('\x1b'); at != std::string_view::npos; at = text.find('\x1b', at + 1))
    codes += std::min(text.find('m', at), text.size() - 1) - at + 1;
  return display_width(text) - codes;
}

std::size_t width_of(const TextStyle& style) { return static_cast<std::size_t>(std::max(style.width, 1)); }

std::size_t longest_word(std::string_view text) {
  std::size_t longest = 0;
  for (const std::string_view word : split_words(text)) longest = std::max(longest, shown_width(word));
  return longest;
}

std::string wrapped_to(std::string_view text, std::size_t indent, std::size_t limit) {
  std::string out;
  std::size_t column = indent;
  for (const std::string_view word : split_words(text)) {
    const std::size_t width = shown_width(word);
    if (column > indent && column + 1 + width > limit) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += width;
  }
  return out;
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t indent, const TextStyle& style) {
  return wrapped_to(text, indent, std::max(width_of(style), indent + 20));
}

std::string fitted(std::string_view text, std::size_t indent, const TextStyle& style) {
  constexpr std::string_view kBetween = "    ";
  const std::size_t limit = std::max(width_of(style), indent + 20);
  if (!style.fit || indent + shown_width(text) <= limit) return std::string(text);
  std::string out;
  std::size_t column = indent;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(kBetween, at), text.size());
    const std::string_view part = text.substr(at, end - at);
    at = end + kBetween.size();
    if (column > indent && column + kBetween.size() + shown_width(part) > limit) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += kBetween;
      column += kBetween.size();
    }
    const bool whole = column + shown_width(part) <= limit;
    out += whole ? std::string(part) : wrapped_to(part, indent, limit);
    column = whole ? column + shown_width(part) : limit;  // nothing follows a wrapped part on its line
  }
  return out;
}

bool has_room(std::string_view text, std::size_t column, const TextStyle& style) {
  return column + std::max<std::size_t>(20, longest_word(text)) <= width_of(style);
}

std::string command_line(std::span<const std::string> words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    if (!needs_quotes(word)) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) {
      if (c == '\'')
        line += "'\\''";
      else
        line.push_back(c);
    }
    line += '\'';
  }
  return line;
}

std::string TextTable::render(const TextStyle& style) const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = display_width(columns_[c].heading);
    for (const auto& row : rows_)
      if (c < row.size()) width = std::max(width, std::min(columns_[c].limit, display_width(safe(row[c], style))));
    widths.push_back(width);
  }
  const auto line_of = [&](const auto& cell) {
    std::string line = "  ";
    for (std::size_t c = 0; c < columns_.size(); ++c)
      line += padded(cut(cell(c), widths[c]), widths[c], columns_[c].right) + "  ";
    return line.substr(0, line.find_last_not_of(' ') + 1);
  };
  std::string text = dim(line_of([&](std::size_t c) { return columns_[c].heading; }), style) + "\n";
  for (const auto& row : rows_)
    text += line_of([&](std::size_t c) { return c < row.size() ? safe(row[c], style) : std::string(); }) + "\n";
  return text;
}

std::string TextTable::fitted(const TextStyle& style) const {
  if (!style.fit || columns_.empty()) return render(style);
  constexpr std::size_t kNarrowest = 12;  // a figure with its range is read in three lines, not in five
  const std::size_t space = width_of(style);
  std::vector<std::size_t> widths, least;
  std::size_t total = 0;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = display_width(columns_[c].heading), word = longest_word(columns_[c].heading);
    for (const auto& row : rows_) {
      if (c >= row.size()) continue;
      width = std::max(width, display_width(safe(row[c], style)));
      word = std::max(word, longest_word(safe(row[c], style)));
    }
    widths.push_back(width);
    least.push_back(std::max(word, std::min(width, kNarrowest)));
    total += width + 2;
  }
  for (; total > space; --total) {
    std::size_t widest = columns_.size();
    for (std::size_t c = 0; c < columns_.size(); ++c)
      if (widths[c] > least[c] && (widest == columns_.size() || widths[c] > widths[widest])) widest = c;
    if (widest == columns_.size()) return listed(style);
    --widths[widest];
  }
  const auto lines_of = [&](const auto& cell) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const std::string text = cell(c);
      cells.emplace_back();
      const std::string lines = display_width(text) <= widths[c] ? text : wrapped_to(text, 0, widths[c]);
      for (const std::string_view line : split(lines, '\n')) cells.back().emplace_back(line);
      height = std::max(height, cells.back().size());
    }
    std::string out;
    for (std::size_t i = 0; i < height; ++i) {
      std::string line = "  ";
      for (std::size_t c = 0; c < columns_.size(); ++c)
        line += padded(i < cells[c].size() ? cells[c][i] : "", widths[c], columns_[c].right) + "  ";
      out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return out;
  };
  std::string heading = lines_of([&](std::size_t c) { return columns_[c].heading; });
  heading.pop_back();
  std::string text = dim(heading, style) + "\n";
  for (const auto& row : rows_)
    text += lines_of([&](std::size_t c) { return c < row.size() ? safe(row[c], style) : std::string(); });
  return text;
}

std::string TextTable::listed(const TextStyle& style) const {
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t c = 0; c < std::min(row.size(), columns_.size()); ++c) {
      if (row[c].empty()) continue;
      if (!line.empty()) line += "    ";
      if (!columns_[c].heading.empty()) line += columns_[c].heading + " ";
      line += safe(row[c], style);
    }
    text += "  " + olivine::fitted(line, 4, style) + "\n";
  }
  return text;
}

}  // namespace olivine
