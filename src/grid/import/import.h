// import: a file of intensities, whatever its form, as series that the store can keep.
//
//   OLIVINE_TRY(auto source, open_input(files, path));
//   OLIVINE_TRY(Imported file, import_intensities(*source, options));
//   for (std::size_t i = 0; i < file.size(); ++i) { OLIVINE_TRY(StoredSeries series, file.series(i)); ... }
//
// The form is recognised from the content (table_layout.h; UK Carbon Intensity API JSON). ENTSO-E XML and fuel mixes belong to
// grid/mixes and are refused here. Refused with a reason: pages of HTML, NUL bytes, a last line
// that is cut off, contradicting duplicates, negative averages, numbers that are none, times without a meaning. Kept as
// what they are: gaps (empty, null, NaN), estimated points, negative marginal rates. Sorted or dropped with a note: rows
// out of order, rows that repeat another.
//
// Units: kept as in the file; the series names its unit. Errors: kInvalid with file, line, column, value and the fix.
// At most 128 MiB of text, 600,000 rows, 2.2 million values: beyond that an error, so that memory stays below 64 MB.
// Threads: one. Lifetime: values.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "grid/import/byte_source.h"
#include "grid/import/import_options.h"
#include "grid/import/row_table.h"
#include "grid/import/table_layout.h"

namespace olivine {

class Imported {
 public:
  // What the rows of one group say about themselves.
  struct Group {
    std::string zone;
    std::optional<Signal> signal;
    std::optional<Boundary> boundary;
  };
  Imported(TableLayout layout, RowTable rows, std::vector<Group> groups, std::vector<std::string> notes,
           std::optional<int> decimals = std::nullopt);

  const std::string& format() const { return layout_.format; }
  const std::vector<std::string>& notes() const { return notes_; }  // about the file as a whole
  const std::vector<std::string>& empty() const { return empty_; }  // series without a single number, left out
  std::size_t size() const { return series_.size(); }
  // The i-th series with its own notes.
  Result<StoredSeries> series(std::size_t index) const;

 private:
  struct Place {
    std::size_t group = 0, column = 0;
  };
  friend Result<Imported> finish_import(TableLayout, RowTable, std::vector<Group>, const ImportOptions&);

  TableLayout layout_;
  RowTable rows_;
  std::vector<Group> groups_;
  std::vector<std::string> notes_, empty_;
  std::vector<Place> series_;
  std::optional<int> decimals_;
};

// Settles the rows and finds the series in them. For the parsers of the forms.
Result<Imported> finish_import(TableLayout layout, RowTable rows, std::vector<Imported::Group> groups,
                               const ImportOptions& options);

Result<Imported> import_intensities(ByteSource& source, const ImportOptions& options);

}  // namespace olivine
