// A table of the user's in place of a built-in one: newer figures without a new program (`olivine grid update`).
//
// A replacement has the columns of the built-in table, in its order, and says in its comments where it comes from; where the built-in
// column holds numbers only, so does the replacement's, and an empty field is allowed only where the built-in table has one.
// Rows of a replaced table name its file, so that every figure made from it says so.
//
//   check_replacement("zones", text)                                  -> what is wrong with it, with the line
//   replace_table("zones", text, "/home/me/.local/share/olivine/tables/zones.csv")
//
// Units: those of the columns. Errors: kInvalid names line and column; kNotFound for a table that does not exist; replace_table is
// kInternal once the table has been read: figures of one run never come from two versions. Threads: replace before the first
// reader. Lifetime: the text is kept until the program ends. At most 4 MiB and 20,000 rows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace olivine {

inline constexpr std::size_t kMaxReplacementBytes = std::size_t{4} << 20;

Status check_replacement(std::string_view name, std::string_view csv);
// Checks and puts it in place.
Status replace_table(std::string_view name, std::string csv, std::string origin);

}  // namespace olivine
