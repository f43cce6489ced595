// Text for terminals: labels, tables, wrapping. Everything that came from outside passes printable() here, so that no
// name or command line can send escape codes to somebody's terminal.
//
// Units: columns of a terminal; a character counts one. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/render.h"

namespace olivine {

inline constexpr std::size_t kLabelWidth = 10;

std::string bold(std::string_view text, const TextStyle& style);
std::string dim(std::string_view text, const TextStyle& style);
// "energy    ": a bold label, padded to kLabelWidth.
std::string label(std::string_view text, const TextStyle& style);
// Safe to print: control characters out; with `ascii`, everything else beyond ASCII too.
std::string safe(std::string_view text, const TextStyle& style);

std::size_t display_width(std::string_view text);           // characters, not bytes
std::string cut(std::string_view text, std::size_t width);  // "model:cp.." when too long
std::string padded(std::string_view text, std::size_t width, bool right = false);
std::string joined(std::span<const std::string> parts, std::string_view separator);
// Words wrapped to the style's width, the first line beginning in column `indent`, the others indented to it.
std::string wrapped(std::string_view text, std::size_t indent, const TextStyle& style);
// For a style with `fit`, text too wide is broken between its parts, four spaces apart, and within a part that is too wide
// by itself, between words; else the text as it is. "71 %, ..    coverage 100 %    record 0193" becomes two lines.
std::string fitted(std::string_view text, std::size_t indent, const TextStyle& style);
// Right of `column` there is space for each word of the text, and for twenty characters.
bool has_room(std::string_view text, std::size_t column, const TextStyle& style);
// The command as one would type it: words that need it in single quotes.
std::string command_line(std::span<const std::string> words);

// A table whose columns are as wide as their cells, at most their limit.
class TextTable {
 public:
  struct Column {
    std::string heading;
    std::size_t limit = 40;
    bool right = false;
  };
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // One line a row, indented by two; headings dim.
  std::string render(const TextStyle& style) const;
  // The same; for a style with `fit`, cells are not cut but wrapped, and where not even single words fit beside one another,
  // each row is a list of "heading value" instead.
  std::string fitted(const TextStyle& style) const;

 private:
  std::string listed(const TextStyle& style) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace olivine
