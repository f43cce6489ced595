#include "grid/signals/mix_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

#include "base/text.h"
#include "grid/signals/gzip_text.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxTextBytes = 24U << 20U;
constexpr std::size_t kMaxPackedBytes = 6U << 20U;
constexpr std::size_t kMaxValues = 2'000'000;
constexpr std::size_t kMaxColumns = 1000;
constexpr double kMaxMw = 1e9;  // the world has some 1e7
constexpr std::string_view kExchange = "exchange:";
constexpr std::array<std::string_view, 8> kMissing{"", "nan", "null", "none", "na", "n/a", "#n/a", "-"};

// Where a message points to.
struct Place {
  std::string_view file;
  std::size_t line = 0;
  tl::unexpected<Error> error(std::string_view why) const {
    return fail(ErrorKind::kInvalid, fmt::format("{}, line {}: {}", file, line, why));
  }
};

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
  std::vector<std::optional<std::size_t>> fuel, exchange;  // by column of the file
};

bool named(const std::vector<std::string>& names, std::string_view column) {
  return std::any_of(names.begin(), names.end(), [&](const auto& n) { return to_lower(n) == to_lower(column); });
}

Result<Header> read_header(const Place& at, std::string_view line, const MixCsvOptions& options, GenerationMix& mix) {
  const std::vector<std::string_view> names = fields_of(line);
  if (names.size() == 1 && line.find(';') != std::string_view::npos)
    return at.error("fields are separated by ';'; separate them by ',' and write decimals with '.'");
  if (names.size() > kMaxColumns) return at.error(fmt::format("more than {} columns; keep the fuels", kMaxColumns));
  Header header{names.size(), std::vector<std::optional<std::size_t>>(names.size()),
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

Status read_row(const Place& at, std::string_view line, const Header& header, GenerationMix& mix, bool& all_offsets) {
  const std::vector<std::string_view> fields = fields_of(line);
  if (fields.size() != header.columns)
    return at.error(fmt::format("{} fields where the first line has {}; the line is cut or has a stray comma",
                                fields.size(), header.columns));
  const Result<UtcTime> time = parse_utc_time(fields[0]);
  if (!time) return at.error(time.error().message);
  if (!mix.begin.empty() && time->time <= mix.begin.back())
    return at.error(
        fmt::format("time '{}' is not after the line before; sort by time, give local times with their offset, "
                    "and keep one row a time",
                    shown(fields[0])));
  all_offsets = all_offsets && time->offset_stated;
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
    return fail(ErrorKind::kInvalid, fmt::format("{}: {} rows of data; at least two are needed", file, mix.rows()));
  mix.step = common_step(mix.begin);
  for (std::size_t i = 1; i < mix.rows(); ++i)
    if (mix.begin[i].ns - mix.begin[i - 1].ns < mix.step.ns)
      return Place{file, line_of[i]}.error(
          fmt::format("{} comes sooner after the row before than the file's step of {}; use one "
                      "step for the file",
                      format_utc(mix.begin[i]), format_duration(mix.step)));
  return {};
}

// `count` digits at the front of `text` as a number, taken off; absent when they are not there.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}
bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// Minutes east of UTC: "Z", "+01:00", "-0530", "+02"; absent when it is none of these.
std::optional<int> take_offset_min(std::string_view& text) {
  if (take(text, "Zz")) return 0;
  const int sign = !text.empty() && text.front() == '-' ? -1 : 1;
  if (!take(text, "+-")) return std::nullopt;
  const std::optional<int> hour = take_digits(text, 2);
  take(text, ":");
  const int minute = take_digits(text, 2).value_or(0);
  if (!hour || *hour > 14 || minute > 59) return std::nullopt;
  return sign * (*hour * 60 + minute);
}

}  // namespace

Result<UtcTime> parse_utc_time(std::string_view text) {
  std::string_view rest = trim(text);
  const auto bad = [&] {
    return fail(ErrorKind::kInvalid, fmt::format("'{}' is no time; write e.g. 2022-01-31T13:00Z", shown(text)));
  };
  const std::optional<int> year = take_digits(rest, 4);
  const bool dash = take(rest, "-");
  const std::optional<int> month = take_digits(rest, 2);
  const bool dash2 = take(rest, "-");
  const std::optional<int> day = take_digits(rest, 2);
  if (!year || !dash || !month || !dash2 || !day || !take(rest, "Tt ")) return bad();
  const std::optional<int> hour = take_digits(rest, 2);
  if (!hour || !take(rest, ":")) return bad();
  const std::optional<int> minute = take_digits(rest, 2);
  int second = 0;
  if (take(rest, ":")) second = take_digits(rest, 2).value_or(99);
  if (take(rest, "."))
    while (take(rest, "0")) continue;  // rows begin on whole seconds
  if (!minute || *hour > 23 || *minute > 59 || second > 59 || *year < 1971 || *year > 2200) return bad();
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return bad();
  UtcTime result;
  int offset_min = 0;
  if (!rest.empty()) {
    const std::optional<int> offset = take_offset_min(rest);
    if (!offset || !rest.empty()) return bad();
    offset_min = *offset;
    result.offset_stated = true;
  }
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  const std::int64_t total_s = ((days * 24 + *hour) * 60 + *minute - offset_min) * 60 + second;
  result.time = {total_s * 1'000'000'000};
  return result;
}

Result<GenerationMix> parse_mix_csv(std::string_view file, std::string_view text, const MixCsvOptions& options) {
  const std::string name = printable(file);
  if (text.size() > kMaxTextBytes)
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: holds more than {} MiB; split it by year", name, kMaxTextBytes >> 20U));
  GenerationMix mix;
  mix.zone = options.zone.empty() ? "the file's zone" : options.zone;
  mix.source = name;
  Lines lines(text);
  const std::optional<std::string_view> first = lines.next();
  if (!first)
    return fail(ErrorKind::kInvalid, fmt::format("{}: is empty; it needs a line as time,COL,NG,... and rows", name));
  OLIVINE_TRY(const Header header, read_header({name, lines.number()}, *first, options, mix));
  bool all_offsets = true;
  std::vector<std::size_t> line_of;
  while (const auto line = lines.next()) {
    if ((mix.rows() + 1) * (mix.fuels.size() + mix.exchanges.size() + 2) > kMaxValues)
      return Place{name, lines.number()}.error("the file holds too many values; split it by year");
    OLIVINE_CHECK_STATUS(read_row({name, lines.number()}, *line, header, mix, all_offsets));
    line_of.push_back(lines.number());
  }
  OLIVINE_CHECK_STATUS(set_step(name, mix, line_of));
  if (!all_offsets) mix.notes.push_back("times without an offset are read as UTC");
  return mix;
}

Result<GenerationMix> read_mix_csv(FileSystem& files, const std::string& path, const MixCsvOptions& options) {
  const std::string name = printable(path);
  Result<std::string> bytes = read_text(files, path, kMaxTextBytes);
  if (!bytes) return tl::unexpected<Error>(std::move(bytes).error());
  if (!is_gzip(*bytes)) return parse_mix_csv(name, *bytes, options);
  if (bytes->size() > kMaxPackedBytes)
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: more than {} MiB of gzip; split it by year", name, kMaxPackedBytes >> 20U));
  OLIVINE_TRY(const std::string text, gunzip(name, *bytes, kMaxTextBytes));
  bytes->clear();
  bytes->shrink_to_fit();
  return parse_mix_csv(name, text, options);
}

}  // namespace olivine
