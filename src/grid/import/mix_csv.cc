#include "grid/import/mix_csv.h"

#include <fmt/format.h>

#include <limits>

#include "base/text.h"
#include "grid/import/fields.h"
#include "grid/import/line_reader.h"
#include "grid/import/row_table.h"
#include "grid/import/table_layout.h"

namespace olivine {
namespace {

tl::unexpected<Error> bad(const LineReader& lines, const std::string& why) {
  return fail(ErrorKind::kInvalid, fmt::format("line {}: {}", lines.line_number(), why));
}

struct MixReader {
  std::size_t time_column = 0, columns = 0;
  std::vector<std::size_t> fuels;
  char separator = ',';
  std::vector<std::string_view> fields;
  std::vector<std::string> scratch;
  TimeParser times;
  bool says_utc = false, without_zone = false;

  Status header(LineReader& lines, MixTable& mix) {
    std::string_view line;
    OLIVINE_TRY(const bool found, lines.next(line));
    if (!found) return fail(ErrorKind::kInvalid, "the file is empty");
    separator = separator_of(line);
    if (!split_fields(line, separator, fields, scratch)) return bad(lines, "a quote is not closed");
    OLIVINE_TRY(const TableLayout layout, recognise_table(fields, ImportOptions{}));
    columns = fields.size();
    time_column = layout.time_column;
    says_utc = layout.says_utc;
    std::string others;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (is_fuel_column(fields[i])) {
        fuels.push_back(i);
        mix.columns.emplace_back(fields[i]);
      } else if (i != time_column && !trim(fields[i]).empty() && others.size() < 200) {
        others += (others.empty() ? "" : ", ") + printable(fields[i].substr(0, 40));
      }
    }
    if (fuels.empty()) return bad(lines, "no column has a fuel's name, such as NG, coal, nat_gas");
    if (!others.empty()) mix.notes.push_back("columns that are no fuel were left out: " + others);
    mix.mw.resize(fuels.size());
    return {};
  }

  Status row(LineReader& lines, std::string_view line, MixTable& mix) {
    if (!split_fields(line, separator, fields, scratch)) return bad(lines, "a quote is not closed");
    if (fields.size() != columns)
      return bad(lines, fmt::format("{} columns where the header has {}", fields.size(), columns));
    const auto time = times.parse(fields[time_column]);
    if (!time) return bad(lines, fmt::format("'{}' is not a time", printable(fields[time_column].substr(0, 40))));
    if (!mix.begin_s.empty() && time->utc_s <= mix.begin_s.back())
      return bad(lines, "the time does not come after that of the row before");
    if (mix.begin_s.size() == kMaxRows || (mix.begin_s.size() + 1) * fuels.size() > kMaxCells)
      return bad(lines, "too many rows; split the file");
    without_zone = without_zone || (!time->says_zone && !says_utc);
    mix.begin_s.push_back(time->utc_s);
    for (std::size_t c = 0; c < fuels.size(); ++c) {
      double value = std::numeric_limits<double>::quiet_NaN();
      if (parse_number(fields[fuels[c]], value) == NumberKind::kWrong)
        return bad(lines, fmt::format("'{}' in column '{}' is not a number", printable(fields[fuels[c]].substr(0, 40)),
                                      printable(mix.columns[c])));
      mix.mw[c].push_back(value);
    }
    return {};
  }
};

}  // namespace

Result<MixTable> parse_mix_csv(ByteSource& source) {
  LineReader lines(source);
  MixTable mix;
  MixReader reader;
  OLIVINE_CHECK_STATUS(reader.header(lines, mix));
  std::string_view line;
  for (;;) {
    OLIVINE_TRY(const bool found, lines.next(line));
    if (!found) break;
    if (!line.empty()) OLIVINE_CHECK_STATUS(reader.row(lines, line, mix));
  }
  OLIVINE_TRY(mix.length_s, step_lengths(mix.begin_s));
  if (reader.without_zone) mix.notes.push_back("the times do not say their time zone; they were read as UTC");
  return mix;
}

}  // namespace olivine
