#include "grid/import/entsoe_xml.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "base/text.h"
#include "grid/import/fields.h"
#include "grid/import/row_table.h"
#include "grid/import/xml_reader.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxTypes = 64;

struct Point {
  std::int64_t position = 0;
  double mw = 0.0;
};

struct Period {
  std::string type, curve = "A01";
  bool consumption = false;
  std::int64_t start_s = 0, end_s = 0, step_s = 0;
  std::vector<Point> points;
};

std::int64_t resolution_s(std::string_view text) {
  if (text == "PT15M") return 900;
  if (text == "PT30M") return 1800;
  return text == "PT60M" || text == "PT1H" ? 3600 : 0;
}

class GenerationReader {
 public:
  explicit GenerationReader(ByteSource& source) : xml_(source) {}
  Result<MixTable> read();

 private:
  Status close(const std::string& name, const std::string& text);
  Status take_time(const std::string& text, std::optional<std::int64_t>& time);
  Status end_point();
  Status end_period();
  Status end_series();
  Result<MixTable> table();
  static void spread(const Period& period, std::int64_t begin_s, std::int64_t step_s, std::vector<double>& column);

  XmlReader xml_;
  std::vector<std::string> path_;
  TimeParser times_;
  bool acknowledgement_ = false;
  std::string reason_, domain_, unit_ = "MAW";
  Period series_;  // of the TimeSeries that is open, without points
  Period period_;
  std::optional<std::int64_t> start_, end_, position_;
  std::optional<double> quantity_;
  std::vector<Period> pending_;  // of the open series: type and direction may stand behind its periods
  std::vector<Period> periods_;
  std::size_t points_ = 0;
};

Status GenerationReader::take_time(const std::string& text, std::optional<std::int64_t>& time) {
  const auto parsed = times_.parse(text);
  if (!parsed) return fail(ErrorKind::kInvalid, fmt::format("'{}' is not a time", printable(text.substr(0, 40))));
  time = parsed->utc_s;
  return {};
}

Status GenerationReader::end_point() {
  if (!position_ || !quantity_) return fail(ErrorKind::kInvalid, "a Point without position or quantity");
  if (!period_.points.empty() && *position_ <= period_.points.back().position)
    return fail(ErrorKind::kInvalid,
                fmt::format("position {} does not come after {}", *position_, period_.points.back().position));
  if (++points_ > kMaxCells) return fail(ErrorKind::kInvalid, "too many points; ask for a shorter time");
  period_.points.push_back({*position_, *quantity_});
  return {};
}

Status GenerationReader::end_period() {
  if (!start_ || !end_ || period_.step_s == 0)
    return fail(ErrorKind::kInvalid, "a Period without start, end or a resolution of PT15M, PT30M or PT60M");
  period_.start_s = *start_;
  period_.end_s = *end_;
  const std::int64_t steps = (period_.end_s - period_.start_s) / period_.step_s;
  if (steps < 1 || steps > static_cast<std::int64_t>(kMaxRows) ||
      (period_.end_s - period_.start_s) % period_.step_s != 0)
    return fail(ErrorKind::kInvalid, "a Period that is no whole number of steps, or too many");
  if (!period_.points.empty() && (period_.points.front().position < 1 || period_.points.back().position > steps))
    return fail(ErrorKind::kInvalid, "a position outside its Period");
  pending_.push_back(std::move(period_));
  return {};
}

Status GenerationReader::end_series() {
  if (series_.type.empty())
    return fail(ErrorKind::kInvalid, "a TimeSeries without psrType: this is no generation per type");
  if (unit_ != "MAW")
    return fail(ErrorKind::kInvalid, fmt::format("quantities in {}, not in MAW", printable(unit_.substr(0, 20))));
  for (Period& p : pending_) {
    p.type = series_.type;
    p.curve = series_.curve;
    p.consumption = series_.consumption;
    periods_.push_back(std::move(p));
  }
  if (periods_.size() > 100'000) return fail(ErrorKind::kInvalid, "too many periods; ask for a shorter time");
  pending_.clear();
  return {};
}

Status GenerationReader::close(const std::string& name, const std::string& text) {
  const std::string parent = path_.empty() ? "" : path_.back();
  if (parent == "Reason" && name == "text") reason_ = text;
  if (name == "psrType") series_.type = text;
  if (name == "curveType") series_.curve = text;
  if (name == "quantity_Measure_Unit.name") unit_ = text;
  if (name.ends_with("BiddingZone_Domain.mRID")) {
    series_.consumption = name.starts_with("out");
    if (!domain_.empty() && domain_ != text)
      return fail(ErrorKind::kInvalid, "the document mixes several bidding zones");
    domain_ = text;
  }
  if (parent == "timeInterval" && name == "start") return take_time(text, start_);
  if (parent == "timeInterval" && name == "end") return take_time(text, end_);
  if (name == "resolution") period_.step_s = resolution_s(text);
  if (parent == "Point" && (name == "position" || name == "quantity")) {
    double value = 0.0;
    if (parse_number(text, value) != NumberKind::kNumber ||
        (name == "position" && (value < 1 || value > 1e6 || value != std::floor(value))))
      return fail(ErrorKind::kInvalid, fmt::format("'{}' is not a {}", printable(text.substr(0, 40)), name));
    if (name == "position")
      position_ = static_cast<std::int64_t>(value);
    else
      quantity_ = value;
  }
  if (name == "Point") return end_point();
  if (name == "Period") return end_period();
  return name == "TimeSeries" ? end_series() : Status{};
}

// Adds a period's power to a column whose rows begin at begin_s; a row without power so far is NaN.
void GenerationReader::spread(const Period& period, std::int64_t begin_s, std::int64_t step_s,
                              std::vector<double>& column) {
  const std::int64_t steps = (period.end_s - period.start_s) / period.step_s;
  for (std::size_t i = 0; i < period.points.size(); ++i) {
    const std::int64_t next = i + 1 < period.points.size() ? period.points[i + 1].position : steps + 1;
    const std::int64_t last = period.curve == "A03" ? next : period.points[i].position + 1;
    const std::int64_t from = period.start_s + (period.points[i].position - 1) * period.step_s;
    const std::int64_t to = period.start_s + (last - 1) * period.step_s;
    for (std::int64_t t = from; t < to; t += step_s) {
      double& cell = column[static_cast<std::size_t>((t - begin_s) / step_s)];
      cell = (std::isnan(cell) ? 0.0 : cell) + (period.consumption ? -period.points[i].mw : period.points[i].mw);
    }
  }
}

Result<MixTable> GenerationReader::table() {
  MixTable mix;
  mix.domain = domain_;
  std::int64_t begin_s = std::numeric_limits<std::int64_t>::max(), end_s = std::numeric_limits<std::int64_t>::min(),
               step_s = 3600;
  for (const Period& p : periods_) {
    begin_s = std::min(begin_s, p.start_s);
    end_s = std::max(end_s, p.end_s);
    step_s = std::min(step_s, p.step_s);
    if (std::find(mix.columns.begin(), mix.columns.end(), p.type) == mix.columns.end()) mix.columns.push_back(p.type);
  }
  std::sort(mix.columns.begin(), mix.columns.end());
  if (mix.columns.empty()) return fail(ErrorKind::kInvalid, "the document has no TimeSeries");
  const auto rows = static_cast<std::size_t>((end_s - begin_s) / step_s);
  if (mix.columns.size() > kMaxTypes || rows > kMaxRows || rows * mix.columns.size() > kMaxCells)
    return fail(ErrorKind::kInvalid, "too many steps or types; ask for a shorter time");
  mix.mw.assign(mix.columns.size(), std::vector<double>(rows, std::numeric_limits<double>::quiet_NaN()));
  std::map<std::pair<std::string, bool>, std::int64_t> covered;  // until when, by type and direction
  std::sort(periods_.begin(), periods_.end(), [](const Period& a, const Period& b) { return a.start_s < b.start_s; });
  for (const Period& p : periods_) {
    if ((p.start_s - begin_s) % step_s != 0)
      return fail(ErrorKind::kInvalid, "periods that do not share one grid of steps");
    const auto [until, added] = covered.try_emplace({p.type, p.consumption}, p.start_s);
    if (p.start_s < until->second)
      return fail(ErrorKind::kInvalid, "two series of type " + printable(p.type.substr(0, 20)) + " overlap");
    until->second = p.end_s;
    const auto column = std::find(mix.columns.begin(), mix.columns.end(), p.type) - mix.columns.begin();
    spread(p, begin_s, step_s, mix.mw[static_cast<std::size_t>(column)]);
  }
  for (std::size_t row = 0; row < rows; ++row) mix.begin_s.push_back(begin_s + static_cast<std::int64_t>(row) * step_s);
  mix.length_s.assign(rows, static_cast<std::uint32_t>(step_s));
  return mix;
}

Result<MixTable> GenerationReader::read() {
  for (;;) {
    OLIVINE_TRY(const XmlEvent event, xml_.next());
    if (event.kind == XmlEvent::Kind::kEnd) break;
    if (event.kind == XmlEvent::Kind::kOpen) {
      acknowledgement_ = acknowledgement_ || event.name == "Acknowledgement_MarketDocument";
      if (event.name == "TimeSeries") series_ = Period{};
      if (event.name == "Period") {
        period_ = Period{};
        start_.reset();
        end_.reset();
      }
      if (event.name == "Point") {
        position_.reset();
        quantity_.reset();
      }
      path_.push_back(event.name);
      continue;
    }
    path_.pop_back();
    OLIVINE_CHECK_STATUS(close(event.name, event.text));
  }
  if (acknowledgement_) {
    return fail(ErrorKind::kNotFound, "ENTSO-E has no data for this question: " +
                                          printable(reason_.empty() ? "no reason given" : reason_.substr(0, 200)));
  }
  return table();
}

}  // namespace

Result<MixTable> parse_entsoe_generation(ByteSource& source) { return GenerationReader(source).read(); }

}  // namespace olivine
