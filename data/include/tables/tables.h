// The fact tables of data/, built into the program, so that it needs no file beside it and no network.
//
// A table is CSV text: comment lines that begin with '#' (title, source, licence, year of retrieval, meaning of the
// columns), one header row, then rows. No field holds a comma, a quote or a line break. The tables and their columns
// are described in data/README.md; the sums are those of data/SHA256SUMS.
//
//   table_csv("zones")           the text of data/zones.csv
//   table_csv("no such table")   empty
//
// Units: per column, in the column's name. Errors: none; an unknown name gives an empty text, which no table is.
// Threads: any. Lifetime: the texts live as long as the program.
#pragma once

#include <span>
#include <string_view>

namespace olivine {

struct Table {
  std::string_view name;    // "zones" for data/zones.csv
  std::string_view csv;     // the whole file
  std::string_view sha256;  // of csv, 64 lower-case hexadecimal digits
};

// All tables, by name.
std::span<const Table> embedded_tables();

// The text of one table; empty when there is none of that name.
std::string_view table_csv(std::string_view name);

}  // namespace olivine
