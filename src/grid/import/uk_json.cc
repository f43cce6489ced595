#include "grid/import/uk_json.h"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "grid/import/fields.h"

namespace olivine {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxJsonBytes = std::size_t{4} << 20U;
constexpr std::size_t kMaxLevels = 16, kRowLevel = 3;

// Characters of a source for nlohmann's parser. An error of the source ends the text; `trouble` then says which.
class Characters {
 public:
  explicit Characters(ByteSource& source) : source_(source) {}
  bool more() {
    if (at_ < filled_) return true;
    if (trouble || read_ > kMaxJsonBytes) return false;
    const auto count = source_.read(piece_);
    if (!count) trouble = count.error();
    filled_ = count.value_or(0);
    read_ += filled_;
    if (read_ > kMaxJsonBytes) trouble = Error{ErrorKind::kInvalid, "JSON of more than 4 MiB; ask for a shorter time"};
    at_ = 0;
    return filled_ > 0 && !trouble;
  }
  char current() const { return piece_[at_]; }
  void advance() { ++at_; }
  std::optional<Error> trouble;

 private:
  ByteSource& source_;
  std::array<char, 16'384> piece_{};
  std::size_t at_ = 0, filled_ = 0, read_ = 0;
};

class CharacterIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;
  CharacterIterator() = default;
  explicit CharacterIterator(Characters& characters) : characters_(&characters) {}
  char operator*() const { return characters_->current(); }
  CharacterIterator& operator++() {
    characters_->advance();
    return *this;
  }
  // Only ever compared with the end.
  bool operator==(const CharacterIterator& other) const {
    const bool ended = characters_ == nullptr || !characters_->more();
    const bool other_ended = other.characters_ == nullptr || !other.characters_->more();
    return ended == other_ended;
  }
  bool operator!=(const CharacterIterator& other) const { return !(*this == other); }

 private:
  Characters* characters_ = nullptr;
};

// Collects the rows as the parser goes by; keeps no document.
class Rows {
 public:
  RowTable table{1};
  std::size_t forecasts_only = 0, rows = 0;
  std::string service_error;
  std::optional<Error> trouble;

  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(std::int64_t value) { return number(static_cast<double>(value)); }
  bool number_unsigned(std::uint64_t value) { return number(static_cast<double>(value)); }
  bool number_float(double value, const std::string&) { return number(value); }
  bool binary(std::vector<std::uint8_t>&) { return true; }
  bool string(std::string& value) {
    if (level_ == kRowLevel && key_ == "from") from_ = value;
    if (level_ == kRowLevel && key_ == "to") to_ = value;
    if (level_ == 2 && key_ == "message") service_error = value.substr(0, 200);
    return true;
  }
  bool key(std::string& value) {
    key_ = value.substr(0, 40);
    if (level_ == 1) in_data_ = key_ == "data";
    if (level_ == kRowLevel) in_intensity_ = key_ == "intensity";
    return true;
  }
  bool start_object(std::size_t) {
    if (++level_ == kRowLevel) {
      from_.clear();
      to_.clear();
      actual_ = std::numeric_limits<double>::quiet_NaN();
      has_forecast_ = in_intensity_ = false;
    }
    return level_ <= kMaxLevels || deep();
  }
  bool start_array(std::size_t) { return ++level_ <= kMaxLevels || deep(); }
  bool end_array() { return leave(); }
  bool end_object() { return (level_ != kRowLevel || !in_data_ || from_.empty() || end_row()) && leave(); }
  bool parse_error(std::size_t at, const std::string&, const Json::exception&) {
    return stop(fmt::format("not whole JSON: damaged or cut off at byte {}; get the file again", at));
  }

 private:
  bool stop(std::string why) {
    if (!trouble) trouble = Error{ErrorKind::kInvalid, std::move(why)};
    return false;
  }
  bool deep() { return stop("JSON nested too deep to be data"); }
  bool leave() {
    --level_;
    return true;
  }
  bool number(double value) {
    if (level_ != kRowLevel + 1 || !in_intensity_) return true;
    if (key_ == "actual") actual_ = value;
    if (key_ == "forecast") has_forecast_ = true;
    return true;
  }
  bool end_row() {
    const auto from = times_.parse(from_), to = times_.parse(to_);
    ++rows;
    if (!from || !to)
      return stop(fmt::format("row {}: '{}' to '{}' are no times", rows, printable(from_.substr(0, 40)),
                              printable(to_.substr(0, 40))));
    if (to->utc_s - from->utc_s != 1800) return stop(fmt::format("row {}: does not last half an hour", rows));
    if (actual_ < 0.0)
      return stop(fmt::format("row {}: {} g/kWh: an average intensity cannot be negative", rows, shortest(actual_)));
    if (std::isnan(actual_) && has_forecast_) ++forecasts_only;
    const std::array<double, 1> cell{actual_};
    const auto added = table.add(from->utc_s, 0, false, cell);
    return added ? true : stop(added.error().message);
  }

  std::size_t level_ = 0;
  std::string key_, from_, to_;
  double actual_ = 0.0;
  bool in_data_ = false, in_intensity_ = false, has_forecast_ = false;
  TimeParser times_;
};

TableLayout uk_layout() {
  TableLayout layout{.format = "uk", .source = "National Grid ESO Carbon Intensity API (CC BY 4.0)"};
  layout.values.push_back({.name = "actual",
                           .signal = Signal::kAverage,
                           .boundary = Boundary::kDirect,
                           .unit = intensity_unit("g_per_kwh").value(),
                           .accounting = "consumption",
                           .losses = "included",
                           .gases = "co2"});
  return layout;
}

}  // namespace

Result<Imported> import_uk_json(ByteSource& source, const ImportOptions& options) {
  if (options.format && *options.format != "uk")
    return fail(ErrorKind::kInvalid,
                fmt::format("the file is JSON, not of format {}: leave --format out", *options.format));
  Characters characters(source);
  Rows rows;
  const bool whole = Json::sax_parse(CharacterIterator(characters), CharacterIterator(), &rows);
  if (characters.trouble) return tl::unexpected<Error>(*characters.trouble);
  if (!whole) return tl::unexpected<Error>(rows.trouble.value_or(Error{ErrorKind::kInvalid, "the file is not JSON"}));
  if (rows.rows == 0) {
    if (!rows.service_error.empty())
      return fail(ErrorKind::kInvalid, "the service answered with an error: " + printable(rows.service_error));
    return fail(
        ErrorKind::kInvalid,
        "JSON of a form that is not known; the UK Carbon Intensity API's is: data, from, to, intensity, actual");
  }
  if (rows.forecasts_only == rows.rows)
    return fail(ErrorKind::kInvalid, "the file holds forecasts only, nothing that happened");
  TableLayout layout = uk_layout();
  ImportOptions said = options;
  if (!said.zone) said.zone = "GB";
  if (*said.zone != "GB")
    return fail(ErrorKind::kInvalid, "the file is of zone GB, not " + printable(said.zone->substr(0, 40)));
  if (rows.forecasts_only > 0)
    layout.notes.push_back(fmt::format("{} half hours hold a forecast only and stay gaps", rows.forecasts_only));
  OLIVINE_CHECK_STATUS(complete_layout(layout, said));
  return finish_import(std::move(layout), std::move(rows.table), {Imported::Group{}}, said);
}

}  // namespace olivine
