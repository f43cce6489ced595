// --help within the width of a terminal: descriptions and paragraphs are wrapped, and an example goes on behind a
// backslash, so that what is copied still runs.
//
//   below "Examples:", in 64 columns, "  olivine plan --duration 8h --power 2kW --deadline 48h --zones FR,DE":
//   a backslash behind 48h, then the zones, six spaces indented
//
// Units: columns. Errors: none. Threads: pure but for the terminal's size. Lifetime: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace olivine::cli {

inline constexpr std::size_t kHelpColumn = 34;  // where descriptions begin
inline constexpr int kHelpWidth = 80;           // where nobody says how wide the reader is

// As COLUMNS says (`said`), else of the terminal; absent for a pipe.
std::optional<int> terminal_columns(std::string_view said, bool to_stderr);

std::string fit_help(std::string_view text, int width);

}  // namespace olivine::cli
