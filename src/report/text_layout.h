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

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace olivine
