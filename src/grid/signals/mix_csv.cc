#include "grid/signals/mix_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "base/text.h"
#include "base/time_scan.h"
#include "grid/store/series_file.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxValues = 2'000'000;
constexpr std::size_t kMaxColumns = 1000;
constexpr std::size_t kMaxZones = 200;  // each becomes up to four data sets
constexpr double kMaxMw = 1e9;          // the world has some 1e7
constexpr std::string_view kExchange = "exchange:";
constexpr std::array<std::string_view, 8> kMissing{"", "nan", "null", "none", "na", "n/a", "#n/a", "-"};

// Where a message points to.
struct Place {
  std::string_view file;
  std::size_t line = 0;
  tl::unexpected<Error> error(std::string_view why) const {
    return fail(ErrorKind::kInvalid,
                fmt::format("{}line {}: {}", file.empty() ? "" : fmt::format("{}, ", file), line, why));
  }
};

// A caller that names the file itself leaves the name empty.
std::string said(std::string_view file, std::string_view what) {
  return file.empty() ? std::string(what) : fmt::format("{}: {}", file, what);
}

std::string shown(std::string_view text) { return printable(text.substr(0, 60)); }

// Fields at commas; quotes around a field are taken off and may hold commas. Of more than kMaxColumns the rest is not split.
std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && line[i] == '"') quoted = !quoted;
    if (i < line.size() && (line[i] != ',' || quoted)) continue;
    std::string_view field = trim(line.substr(begin, i - begin));
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
      field = trim(field.substr(1, field.size() - 2));
    fields.push_back(field);
    begin = i + 1;
    if (fields.size() > kMaxColumns) break;
  }
  return fields;
}

class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text) {}
  // The next line that is neither blank nor a comment.
  std::optional<std::string_view> next() {
    while (!rest_.empty()) {
      const std::size_t end = rest_.find('\n');
      const std::string_view line = trim(rest_.substr(0, end));
      rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
      ++number_;
      if (!line.empty() && line.front() != '#') return line;
    }
    return std::nullopt;
  }
  std::size_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

// Where the values of a column of the file go; null: nowhere.
struct Header {
  std::size_t columns = 0;
  std::optional<std::size_t> zone;
  std::vector<std::optional<std::size_t>> fuel, exchange;  // by column of the file
};

// One zone of the file while it is read.
struct Part {
  GenerationMix mix;
  std::vector<std::size_t> line_of;  // of each row
  bool all_offsets = true;
};

bool named(const std::vector<std::string>& names, std::string_view column) {
  return std::any_of(names.begin(), names.end(), [&](const auto& n) { return to_lower(n) == to_lower(column); });
}

bool is_zone_name(std::string_view column) {
  return named({"zone", "zone_id", "zone id", "region", "country"}, column);
}

// The columns, and in `mix` what every zone begins with.
Result<Header> read_header(const Place& at, std::string_view line, const MixCsvOptions& options, GenerationMix& mix) {
  const std::vector<std::string_view> names = fields_of(line);
  if (names.size() == 1 && line.find(';') != std::string_view::npos)
    return at.error("fields are separated by ';'; separate them by ',' and write decimals with '.'");
  if (names.size() > kMaxColumns) return at.error(fmt::format("more than {} columns; keep the fuels", kMaxColumns));
  Header header{names.size(), std::nullopt, std::vector<std::optional<std::size_t>>(names.size()),
                std::vector<std::optional<std::size_t>>(names.size())};
  std::string left_out;
  for (std::size_t i = 1; i < names.size(); ++i) {
    const std::optional<Fuel> fuel = fuel_from(names[i]);
    if (fuel || named(options.fuels, names[i])) {
      if (mix.find(names[i]) != nullptr)
        return at.error(fmt::format("column '{}' occurs twice; keep one", shown(names[i])));
      header.fuel[i] = mix.fuels.size();
      mix.fuels.push_back({std::string(names[i]), fuel.value_or(Fuel::kOther), {}, fuel.has_value()});
    } else if (to_lower(names[i]).starts_with(kExchange)) {
      header.exchange[i] = mix.exchanges.size();
      mix.exchanges.push_back({std::string(trim(names[i].substr(kExchange.size()))), {}});
    } else if (is_zone_name(names[i]) && !header.zone) {
      header.zone = i;
    } else {
      if (left_out.size() < 200) left_out += (left_out.empty() ? "" : ", ") + shown(names[i]);
    }
  }
  if (mix.fuels.empty())
    return at.error(
        fmt::format("'{}' names no fuel; the first line shall be as time,COL,NG,OIL,NUC,WAT,WND,SUN", shown(line)));
  if (!left_out.empty()) mix.notes.push_back("columns left out, as their names are no fuel: " + left_out);
  return header;
}

Result<double> value_of(const Place& at, std::string_view field, std::string_view column) {
  const std::string word = field.size() <= 4 ? to_lower(field) : std::string();
  if (field.size() <= 4 && std::find(kMissing.begin(), kMissing.end(), word) != kMissing.end())
    return std::numeric_limits<double>::quiet_NaN();
  const Result<double> value = parse_double(field);
  if (!value)
    return at.error(
        fmt::format("'{}' in column {} is no number; write MW with a decimal point, or leave it empty when it "
                    "is not known",
                    shown(field), shown(column)));
  if (std::abs(*value) > kMaxMw)
    return at.error(fmt::format("'{}' in column {} is beyond {:.0e} MW; leave it empty when it is not known",
                                shown(field), shown(column), kMaxMw));
  return *value;
}

Status read_row(const Place& at, const std::vector<std::string_view>& fields, const Header& header, Part& part) {
  GenerationMix& mix = part.mix;
  const Result<UtcTime> time = parse_utc_time(fields[0]);
  if (!time) return at.error(time.error().message);
  if (!mix.begin.empty() && time->time <= mix.begin.back())
    return at.error(
        fmt::format("time '{}' is not after the line before; sort by time, give local times with their offset, "
                    "and keep one row a time",
                    shown(fields[0])));
  part.all_offsets = part.all_offsets && time->offset_stated;
  part.line_of.push_back(at.line);
  mix.begin.push_back(time->time);
  for (std::size_t i = 1; i < fields.size(); ++i) {
    if (header.fuel[i]) {
      MixColumn& column = mix.fuels[*header.fuel[i]];
      OLIVINE_TRY(const double mw, value_of(at, fields[i], column.name));
      column.mw.push_back(mw);
    } else if (header.exchange[i]) {
      MixExchange& exchange = mix.exchanges[*header.exchange[i]];
      OLIVINE_TRY(const double mw, value_of(at, fields[i], exchange.neighbour));
      exchange.mw.push_back(mw);
    }
  }
  return {};
}

// The most common distance; of equally common ones the shortest.
Duration common_step(const std::vector<WallTime>& times) {
  std::vector<std::int64_t> distances;
  for (std::size_t i = 1; i < times.size(); ++i) distances.push_back(times[i].ns - times[i - 1].ns);
  std::sort(distances.begin(), distances.end());
  std::int64_t best = distances.front();
  std::size_t most = 0, run = 0;
  for (std::size_t i = 0; i < distances.size(); ++i) {
    run = i > 0 && distances[i] == distances[i - 1] ? run + 1 : 1;
    if (run > most) {
      most = run;
      best = distances[i];
    }
  }
  return {best};
}

Status set_step(std::string_view file, GenerationMix& mix, const std::vector<std::size_t>& line_of) {
  if (mix.rows() < 2)
    return fail(ErrorKind::kInvalid, said(file, fmt::format("{} rows of data; at least two are needed", mix.rows())));
  mix.step = common_step(mix.begin);
  for (std::size_t i = 1; i < mix.rows(); ++i)
    if (mix.begin[i].ns - mix.begin[i - 1].ns < mix.step.ns)
      return Place{file, line_of[i]}.error(
          fmt::format("{} comes sooner after the row before than the file's step of {}; use one "
                      "step for the file",
                      format_utc(mix.begin[i]), format_duration(mix.step)));
  return {};
}

}  // namespace

Result<UtcTime> parse_utc_time(std::string_view text) {
  const auto time = scan_time(trim(text));
  // Rows begin on whole seconds.
  if (!time || !time->padded() || time->clock.fields < 2 || time->clock.ns % 1'000'000'000 != 0 ||
      time->day.year < 1971)
    return fail(ErrorKind::kInvalid, fmt::format("'{}' is no time; write e.g. 2022-01-31T13:00Z", shown(text)));
  return UtcTime{time->utc(), time->clock.offset_s.has_value()};
}

namespace {

// All zones of the file, in order of their first row.
class ZoneTable {
 public:
  ZoneTable(std::string name, const MixCsvOptions& options) : name_(std::move(name)), options_(options) {}

  Result<std::vector<GenerationMix>> read(std::string_view text) {
    Lines lines(text);
    const std::optional<std::string_view> first = lines.next();
    if (!first) return fail(ErrorKind::kInvalid, said(name_, "is empty; it needs a line as time,COL,NG,... and rows"));
    OLIVINE_TRY(header_, read_header({name_, lines.number()}, *first, options_, blank_));
    while (const auto line = lines.next()) OLIVINE_CHECK_STATUS(take({name_, lines.number()}, *line));
    std::vector<GenerationMix> mixes;
    for (Part& part : parts_) {
      OLIVINE_CHECK_STATUS(set_step(name_, part.mix, part.line_of));
      if (!part.all_offsets) part.mix.notes.push_back("times without an offset are read as UTC");
      if (header_.zone) drop_absent(part.mix);
      mixes.push_back(std::move(part.mix));
    }
    return mixes;
  }

 private:
  Status take(const Place& at, std::string_view line) {
    const std::vector<std::string_view> fields = fields_of(line);
    if (fields.size() != header_.columns)
      return at.error(fmt::format("{} fields where the first line has {}; the line is cut or has a stray comma",
                                  fields.size(), header_.columns));
    const std::string zone = header_.zone ? std::string(fields[*header_.zone]) : options_.zone;
    if (header_.zone && !is_zone_key(zone)) return at.error(fmt::format("'{}' is not a zone key", shown(zone)));
    if (header_.zone && options_.only_zone && zone != options_.zone) return {};
    values_ += blank_.fuels.size() + blank_.exchanges.size() + 2;
    if (values_ > kMaxValues) return at.error("the file holds too many values; split it by year");
    const auto [place, fresh] = index_.try_emplace(zone, parts_.size());
    if (fresh) {
      if (parts_.size() == kMaxZones) return at.error(fmt::format("more than {} zones; split the file", kMaxZones));
      parts_.push_back({blank_, {}, true});
      parts_.back().mix.zone = zone.empty() ? "the file's zone" : zone;
      parts_.back().mix.source = name_;
    }
    return read_row(at, fields, header_, parts_[place->second]);
  }

  // In a table of many zones a fuel or a neighbour without a single value is one that the zone does not have.
  static void drop_absent(GenerationMix& mix) {
    const auto absent = [](const auto& column) {
      return std::all_of(column.mw.begin(), column.mw.end(), [](double mw) { return std::isnan(mw); });
    };
    std::erase_if(mix.exchanges, absent);
    std::string names;
    for (const MixColumn& column : mix.fuels)
      if (absent(column) && names.size() < 200) names += (names.empty() ? "" : ", ") + shown(column.name);
    std::erase_if(mix.fuels, absent);
    if (!names.empty()) mix.notes.push_back("never given, taken as fuels that the zone does not have: " + names);
  }

  std::string name_;
  const MixCsvOptions& options_;
  Header header_;
  GenerationMix blank_;
  std::vector<Part> parts_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::size_t values_ = 0;
};

}  // namespace

Result<std::vector<GenerationMix>> parse_mix_table(std::string_view file, std::string_view text,
                                                   const MixCsvOptions& options) {
  const std::string name = printable(file);
  if (text.size() > kMaxMixTextBytes)
    return fail(ErrorKind::kInvalid,
                said(name, fmt::format("holds more than {} MiB; split it by year", kMaxMixTextBytes >> 20U)));
  OLIVINE_TRY(auto mixes, ZoneTable(name, options).read(text));
  if (!mixes.empty()) return mixes;
  return fail(ErrorKind::kInvalid,
              said(name, options.only_zone ? fmt::format("no rows of zone {}", printable(options.zone))
                                           : "0 rows of data; at least two are needed"));
}

Result<GenerationMix> only_mix(std::string_view file, std::vector<GenerationMix> mixes) {
  if (mixes.size() == 1) return std::move(mixes.front());
  std::string names;
  for (const GenerationMix& mix : mixes)
    if (names.size() < 200) names += (names.empty() ? "" : ", ") + shown(mix.zone);
  return fail(ErrorKind::kInvalid,
              fmt::format("{}: holds {} zones ({}); say which with --zone", printable(file), mixes.size(), names));
}

}  // namespace olivine
