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

std::string wrapped(std::string_view text, std::size_t indent, const TextStyle& style) {
  const std::size_t limit = std::max<std::size_t>(static_cast<std::size_t>(std::max(style.width, 1)), indent + 20);
  std::string out;
  std::size_t column = indent;
  for (const std::string_view word : split_words(text)) {
    const std::size_t width = display_width(word);
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

}  // namespace olivine
