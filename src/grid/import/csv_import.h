// csv_import: tables of text, row by row into a RowTable. See import.h.
//
// Units, Errors: as import.h. Threads: one. Lifetime: values.
#pragma once

#include "grid/import/import.h"
#include "grid/import/line_reader.h"

namespace olivine {

Result<Imported> import_table(LineReader& lines, const ImportOptions& options);

}  // namespace olivine
