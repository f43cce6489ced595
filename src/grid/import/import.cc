#include "grid/import/import.h"

#include <fmt/core.h>

#include <cmath>

#include "base/text.h"
#include "grid/import/csv_import.h"
#include "grid/import/daylight_saving.h"
#include "grid/import/uk_json.h"

namespace olivine {
namespace {

constexpr double kSuspiciousMean = 2'000.0, kSuspiciousMinimum = 2.0;  // g/kWh

constexpr std::size_t kHeadBytes = 2048;

tl::unexpected<Error> markup(const std::string& begin) {
  if (begin.find("acknowledgement_marketdocument") != std::string::npos)
    return fail(ErrorKind::kInvalid,
                "ENTSO-E answered that it has no data for this question (Acknowledgement document)");
  if (begin.find("<html") != std::string::npos || begin.find("<!doctype html") != std::string::npos ||
      begin.find("<head") != std::string::npos)
    return fail(ErrorKind::kInvalid, "the file is a web page, not data: the download failed or wanted a login");
  if (begin.starts_with("<?xml") || begin.find("marketdocument") != std::string::npos)
    return fail(ErrorKind::kUnsupported,
                "this is XML: of ENTSO-E, olivine grid import reads generation per type (A75), physical flows (A11) "
                "and load (A65)");
  return fail(ErrorKind::kInvalid, "the file is markup, not a table of intensities");
}

Result<Imported> import_text(ByteSource& source, const ImportOptions& options) {
  OLIVINE_TRY(const std::unique_ptr<PeekedSource> peeked, PeekedSource::create(source, kHeadBytes));
  std::string_view head = peeked->head();
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  head = trim(head);
  if (head.starts_with('<')) return markup(to_lower(head));
  if (head.starts_with('{') || head.starts_with('[')) return import_uk_json(*peeked, options);
  LineReader lines(*peeked);
  return import_table(lines, options);
}

std::string mean_note(const StoredSeries& series) {
  double sum = 0.0;
  for (const StoredPoint& p : series.points) sum += p.value;
  const auto unit = intensity_unit(series.about.unit);
  const double mean = sum / static_cast<double>(series.points.size()) * (unit ? unit->g_per_kwh : 1.0);
  if (mean <= kSuspiciousMean && (mean >= kSuspiciousMinimum || series.about.signal == Signal::kMarginal)) return "";
  return fmt::format("the mean is {:.4g} g/kWh, which no grid is known to have: check the unit", mean);
}

}  // namespace

Imported::Imported(TableLayout layout, RowTable rows, std::vector<Group> groups, std::vector<std::string> notes,
                   std::optional<int> decimals)
    : layout_(std::move(layout)),
      rows_(std::move(rows)),
      groups_(std::move(groups)),
      notes_(std::move(notes)),
      decimals_(decimals) {}

Result<StoredSeries> Imported::series(std::size_t index) const {
  const Place place = series_.at(index);
  const ValueColumn& column = layout_.values[place.column];
  const Group& group = groups_[place.group];
  StoredSeries series;
  series.about.zone = column.zone.empty() ? group.zone : column.zone;
  series.about.signal = column.signal ? *column.signal : group.signal.value_or(Signal::kAverage);
  series.about.boundary = column.boundary ? *column.boundary : group.boundary.value_or(Boundary::kLifecycle);
  series.about.accounting = column.accounting;
  series.about.losses = column.losses;
  series.about.gases = column.gases;
  series.about.unit = std::string(column.unit ? column.unit->name : "g_per_kwh");
  series.about.source = layout_.source;
  series.about.format = layout_.format;
  auto slice = rows_.series_of(place.group, place.column, column.shift_s);
  if (!slice) return with_context(slice.error(), "zone " + series.about.zone);
  series.points = std::move(slice->points);
  if (decimals_) round_values(series.points, *decimals_);
  series.about.notes = notes_;
  if (const std::string note = mean_note(series); !note.empty()) series.about.notes.push_back(note);
  const std::string jump = layout_.without_zone ? daylight_saving_note(series.points) : "";
  if (!jump.empty()) series.about.notes.push_back(jump);
  return series;
}

Result<Imported> finish_import(TableLayout layout, RowTable rows, std::vector<Imported::Group> groups,
                               const ImportOptions& options) {
  std::vector<std::string> names;
  names.reserve(layout.values.size());
  for (const ValueColumn& column : layout.values) names.push_back(column.name);
  OLIVINE_CHECK_STATUS(rows.settle(names));
  std::vector<std::string> notes = layout.notes;
  if (rows.duplicates() > 0)
    notes.push_back(fmt::format("{} rows repeated another and were dropped", rows.duplicates()));
  if (rows.out_of_order() > 0)
    notes.push_back(fmt::format("{} rows were out of order and were sorted", rows.out_of_order()));
  if (options.decimals)
    notes.push_back(fmt::format("values are rounded to {} decimal{}, as asked", *options.decimals,
                                *options.decimals == 1 ? "" : "s"));
  Imported imported(std::move(layout), std::move(rows), std::move(groups), std::move(notes), options.decimals);
  for (std::size_t group = 0; group < imported.groups_.size(); ++group) {
    if (imported.layout_.zone_column && options.zone && imported.groups_[group].zone != *options.zone) continue;
    for (std::size_t column = 0; column < imported.layout_.values.size(); ++column) {
      imported.series_.push_back({group, column});
      OLIVINE_TRY(const StoredSeries series, imported.series(imported.series_.size() - 1));
      if (!series.points.empty()) continue;
      imported.series_.pop_back();
      imported.empty_.push_back(
          fmt::format("{} {} {}", series.about.zone, name_of(series.about.signal), name_of(series.about.boundary)));
    }
  }
  if (imported.series_.empty()) return fail(ErrorKind::kInvalid, "the file has rows but not a single number");
  return imported;
}

Result<Imported> import_intensities(ByteSource& source, const ImportOptions& options) {
  auto imported = import_text(source, options);
  if (!imported && !options.file_name.empty()) return with_context(imported.error(), printable(options.file_name));
  return imported;
}

}  // namespace olivine
