#include "grid/import/csv_import.h"

#include <fmt/core.h>

#include <cmath>
#include <limits>
#include <map>

#include "base/text.h"
#include "grid/import/fields.h"

namespace olivine {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

std::string shown(std::string_view text) { return printable(text.substr(0, 60)); }

std::optional<bool> truth_of(std::string_view text) {
  const std::string word = to_lower(trim(text));
  if (word == "true" || word == "1" || word == "yes") return true;
  if (word.empty() || word == "false" || word == "0" || word == "no") return false;
  return std::nullopt;
}

class TableParser {
 public:
  TableParser(LineReader& lines, const ImportOptions& options) : lines_(lines), options_(options) {}
  Result<Imported> parse();

 private:
  tl::unexpected<Error> bad(std::string why) const {
    return fail(ErrorKind::kInvalid, fmt::format("line {}: {}", lines_.line_number(), why));
  }
  Status read_header();
  Status start_of_year();
  Status read_row(std::string_view line);
  Result<std::int64_t> time_of(std::string_view text);
  Result<std::size_t> group_of();
  Result<Imported::Group> group_words(std::string_view zone, std::string_view signal, std::string_view boundary) const;
  Result<double> number_of(std::size_t value, std::size_t group);
  void final_notes();

  LineReader& lines_;
  const ImportOptions& options_;
  TableLayout layout_;
  char separator_ = ',';
  std::vector<std::string_view> fields_;
  std::vector<std::string> scratch_;
  std::vector<double> cells_;
  RowTable rows_;
  TimeParser times_;
  std::map<std::string, std::size_t, std::less<>> group_keys_;
  std::string group_key_;
  std::vector<Imported::Group> groups_;
  std::size_t other_zones_ = 0;
  std::int64_t year_begin_s_ = 0, year_hours_ = 0;
};

Status TableParser::read_header() {
  std::string_view line;
  bool found = false;
  do {
    OLIVINE_TRY(found, lines_.next(line));
  } while (found && trim(line).empty());
  if (!found) return fail(ErrorKind::kInvalid, "the file is empty");
  separator_ = separator_of(line);
  if (!split_fields(line, separator_, fields_, scratch_)) return bad("a quote is not closed");
  for (std::string_view& field : fields_) field = trim(field);
  OLIVINE_TRY(layout_, recognise_table(fields_, options_));
  if (layout_.format == "fuel-mix") {
    return fail(ErrorKind::kUnsupported,
                "this is generation by fuel, not an intensity; olivine grid import turns it into intensities");
  }
  OLIVINE_CHECK_STATUS(complete_layout(layout_, options_));
  cells_.resize(layout_.values.size());
  rows_ = RowTable(cells_.size());
  return layout_.hours_of_year ? start_of_year() : Status{};
}

Status TableParser::start_of_year() {
  if (!options_.year) {
    return fail(ErrorKind::kInvalid,
                "the file numbers the hours of a year and does not say which: add --year, e.g. --year 2023");
  }
  const auto begin = times_.parse(fmt::format("{:04}-01-01", *options_.year)),
             end = times_.parse(fmt::format("{:04}-01-01", *options_.year + 1));
  if (!begin || !end)
    return fail(ErrorKind::kInvalid, fmt::format("{} is not a year between 1900 and 2198", *options_.year));
  year_begin_s_ = begin->utc_s;
  year_hours_ = (end->utc_s - begin->utc_s) / 3600;
  return {};
}

Result<std::int64_t> TableParser::time_of(std::string_view text) {
  if (layout_.hours_of_year) {
    const auto hour = parse_u64(trim(text));
    if (!hour || *hour >= static_cast<std::uint64_t>(year_hours_))
      return bad(fmt::format("'{}' is not an hour of the year, 0 to {}", shown(text), year_hours_ - 1));
    return year_begin_s_ + static_cast<std::int64_t>(*hour) * 3600;
  }
  const auto time = times_.parse(text);
  if (!time) {
    return bad(
        fmt::format("'{}' is not a time; write it as 2022-01-31T23:00Z (a leap second has no number)", shown(text)));
  }
  layout_.without_zone = layout_.without_zone || (!time->says_zone && !layout_.says_utc);
  return time->utc_s;
}

Result<Imported::Group> TableParser::group_words(std::string_view zone, std::string_view signal,
                                                 std::string_view boundary) const {
  Imported::Group group{std::string(trim(zone)), std::nullopt, std::nullopt};
  if (layout_.zone_column && !is_zone_key(group.zone)) return bad(fmt::format("'{}' is not a zone key", shown(zone)));
  if (layout_.signal_column) {
    const auto word = signal_from(to_lower(trim(signal)));
    if (!word) return bad(fmt::format("signal '{}' is not one of average, marginal", shown(signal)));
    if (options_.signal && *options_.signal != *word)
      return bad(fmt::format("the signal is {}, not as --signal says", name_of(*word)));
    group.signal = *word;
  }
  if (layout_.boundary_column) {
    const auto word = boundary_from(to_lower(trim(boundary)));
    if (!word) return bad(fmt::format("boundary '{}' is not one of direct, lifecycle", shown(boundary)));
    if (options_.boundary && *options_.boundary != *word)
      return bad(fmt::format("the boundary is {}, not as --boundary says", name_of(*word)));
    group.boundary = *word;
  }
  return group;
}

Result<std::size_t> TableParser::group_of() {
  const auto field = [&](const std::optional<std::size_t>& column) {
    return column ? fields_[*column] : std::string_view();
  };
  const std::string_view zone = trim(field(layout_.zone_column));
  const std::string_view signal = field(layout_.signal_column), boundary = field(layout_.boundary_column);
  group_key_.assign(zone);
  if (!signal.empty() || !boundary.empty()) group_key_ += "|" + to_lower(trim(signal)) + "|" + to_lower(trim(boundary));
  if (const auto found = group_keys_.find(group_key_); found != group_keys_.end()) return found->second;
  OLIVINE_TRY(Imported::Group group, group_words(zone, signal, boundary));
  if (groups_.size() == kMaxGroups) return bad(fmt::format("more than {} zones; split the file", kMaxGroups));
  groups_.push_back(std::move(group));
  group_keys_.emplace(group_key_, groups_.size() - 1);
  return groups_.size() - 1;
}

Result<double> TableParser::number_of(std::size_t value, std::size_t group) {
  const ValueColumn& column = layout_.values[value];
  double number = kNothing;
  switch (parse_number(fields_[column.index], number)) {
    case NumberKind::kMissing: return kNothing;
    case NumberKind::kWrong:
      return bad(fmt::format("'{}' in column '{}' is not a number", shown(fields_[column.index]), shown(column.name)));
    case NumberKind::kNumber: break;
  }
  const Signal signal = column.signal ? *column.signal : groups_[group].signal.value_or(Signal::kAverage);
  if (number < 0.0 && signal == Signal::kAverage) {
    return bad(
        fmt::format("{} in column '{}': an average intensity cannot be negative; is the column a marginal rate "
                    "(--signal marginal)?",
                    shortest(number), shown(column.name)));
  }
  return number;
}

Status TableParser::read_row(std::string_view line) {
  if (!split_fields(line, separator_, fields_, scratch_)) return bad("a quote is not closed");
  if (fields_.size() != layout_.columns) {
    if (!lines_.line_was_ended() && fields_.size() < layout_.columns)
      return bad(fmt::format("the file is cut off: {} of {} columns in its last line; get it again", fields_.size(),
                             layout_.columns));
    return bad(fmt::format("{} columns where the header has {}", fields_.size(), layout_.columns));
  }
  OLIVINE_TRY(const std::int64_t time, time_of(fields_[layout_.time_column]));
  OLIVINE_TRY(const std::size_t group, group_of());
  if (layout_.zone_column && options_.zone && groups_[group].zone != *options_.zone) {
    ++other_zones_;
    return {};
  }
  bool estimated = false;
  if (layout_.estimated_column) {
    const auto truth = truth_of(fields_[*layout_.estimated_column]);
    if (!truth) return bad(fmt::format("'{}' is neither true nor false", shown(fields_[*layout_.estimated_column])));
    estimated = *truth;
  }
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    OLIVINE_TRY(cells_[i], number_of(i, group));
  }
  if (auto added = rows_.add(time, group, estimated, cells_); !added) return bad(added.error().message);
  return {};
}

void TableParser::final_notes() {
  if (layout_.without_zone) layout_.notes.push_back("the times do not say their time zone; they were read as UTC");
  if (!lines_.line_was_ended())
    layout_.notes.push_back("the last line has no line end: if the file was cut off, its last number may be too");
  if (other_zones_ > 0) layout_.notes.push_back(fmt::format("{} rows of other zones were left out", other_zones_));
}

Result<Imported> TableParser::parse() {
  OLIVINE_CHECK_STATUS(read_header());
  std::string_view line;
  for (;;) {
    OLIVINE_TRY(const bool found, lines_.next(line));
    if (!found) break;
    if (options_.progress && lines_.line_number() % 20'000 == 0) options_.progress(lines_.line_number());
    if (!line.empty()) OLIVINE_CHECK_STATUS(read_row(line));
  }
  if (rows_.rows() == 0) {
    if (other_zones_ == 0) return fail(ErrorKind::kInvalid, "the file has a header and no rows");
    return fail(ErrorKind::kInvalid,
                fmt::format("the file is of zone {}, not {}", groups_.front().zone, *options_.zone));
  }
  if (layout_.hours_of_year && rows_.rows() < static_cast<std::size_t>(year_hours_) && year_hours_ == 8784)
    return fail(ErrorKind::kInvalid,
                "a leap year has 8784 hours and the file fewer: which day is missing is not known");
  final_notes();
  return finish_import(std::move(layout_), std::move(rows_), std::move(groups_), options_);
}

}  // namespace

Result<Imported> import_table(LineReader& lines, const ImportOptions& options) {
  return TableParser(lines, options).parse();
}

}  // namespace olivine
