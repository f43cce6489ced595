#include "grid/mixes/eia930_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "base/text.h"
#include "grid/import/fields.h"
#include "grid/import/known_regions.h"
#include "grid/import/line_reader.h"
#include "grid/providers/utc_text.h"
#include "grid/store/series_file.h"

namespace olivine {
namespace {

constexpr std::string_view kAuthority = "balancing authority", kTime = "utc time at end of hour",
                           kNeighbour = "directly interconnected balancing authority",
                           kInterchange = "interchange (mw)", kGeneration = "net generation (mw) from ";
constexpr std::size_t kMaxAuthorities = 400, kMaxPairs = 2000;

struct FuelWord {
  std::string_view begins;
  Fuel fuel;
};
// Of "Net Generation (MW) from ...", in lower case; the first that the rest begins with.
constexpr std::array<FuelWord, 14> kFuelWords{{{"coal", Fuel::kCoal},
                                               {"natural gas", Fuel::kGas},
                                               {"nuclear", Fuel::kNuclear},
                                               {"all petroleum", Fuel::kOil},
                                               {"petroleum", Fuel::kOil},
                                               {"hydropower", Fuel::kHydro},
                                               {"pumped storage", Fuel::kStorage},
                                               {"solar", Fuel::kSolar},
                                               {"wind", Fuel::kWind},
                                               {"battery", Fuel::kStorage},
                                               {"geothermal", Fuel::kGeothermal},
                                               {"other energy storage", Fuel::kStorage},
                                               {"unknown energy storage", Fuel::kStorage},
                                               {"biomass", Fuel::kBiomass}}};

std::string zone_of_authority(const std::string& code) {
  return balancing_authority_zone(code).value_or("EIA-" + code);
}

// "01/31/2022 09:00:00 AM" and the same without seconds or in 24 hours.
std::optional<WallTime> parse_american(std::string_view text) {
  const auto number = [&](std::string_view stops) -> std::optional<int> {
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto value = parse_u64(text.substr(0, end));
    if (!value || *value > 9999) return std::nullopt;
    text.remove_prefix(end);
    if (!text.empty() && stops.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
    return static_cast<int>(*value);
  };
  const auto month = number("/"), day = number("/"), year = number(" "), hour = number(":"), minute = number(": ");
  if (!month || !day || !year || !hour || !minute) return std::nullopt;
  const int second = !text.empty() && text.front() >= '0' && text.front() <= '9' ? number(" ").value_or(99) : 0;
  const std::string half = to_lower(trim(text));
  if (!half.empty() && half != "am" && half != "pm") return std::nullopt;
  if (*hour > (half.empty() ? 23 : 12) || (!half.empty() && *hour == 0) || *minute > 59 || second > 59)
    return std::nullopt;
  const int hour24 = half.empty() ? *hour : *hour % 12 + (half == "pm" ? 12 : 0);
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *year < 1971 || *year > 2199) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  return WallTime{(days * 86'400 + hour24 * 3600 + *minute * 60 + second) * 1'000'000'000};
}

struct Place {
  std::vector<WallTime> begin;
  std::vector<std::vector<double>> columns;
};

class Eia930 {
 public:
  Eia930(ByteSource& source, const MixCsvOptions& options) : lines_(source), options_(options) {}

  Result<MixFile> read() {
    OLIVINE_CHECK_STATUS(read_header());
    std::string_view line;
    while (true) {
      OLIVINE_TRY(const bool found, lines_.next(line));
      if (!found) break;
      if (!trim(line).empty()) OLIVINE_CHECK_STATUS(read_row(line));
    }
    if (places_.empty())
      return fail(ErrorKind::kInvalid, options_.only_zone ? fmt::format("no rows of zone {}", printable(options_.zone))
                                                          : "the file has a header and no rows");
    return finish();
  }

 private:
  tl::unexpected<Error> bad(const std::string& why) const {
    return fail(ErrorKind::kInvalid, fmt::format("line {}: {}", lines_.line_number(), why));
  }

  Status read_header() {
    std::string_view line;
    OLIVINE_TRY(const bool found, lines_.next(line));
    if (!found || !split_fields(line, ',', fields_, scratch_)) return bad("no header");
    width_ = fields_.size();
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const std::string name = to_lower(trim(fields_[i]));
      if (name == kAuthority) authority_ = i;
      if (name == kTime) time_ = i;
      if (name == kNeighbour) neighbour_ = i;
      if (name == kInterchange) values_.push_back({i, "", Fuel::kOther, true});
      if (name.starts_with(kGeneration) && !name.ends_with(")")) add_fuel(i, name.substr(kGeneration.size()));
    }
    if (!authority_ || !time_ || values_.empty())
      return bad("needs Balancing Authority, UTC Time at End of Hour, and net generation or interchange in MW");
    return {};
  }

  void add_fuel(std::size_t index, const std::string& words) {
    const bool other = words.starts_with("other fuel") || words.starts_with("unknown fuel");
    for (const FuelWord& word : kFuelWords)
      if (words.starts_with(word.begins)) {
        values_.push_back({index, printable(words.substr(0, 60)), word.fuel, true});
        return;
      }
    values_.push_back({index, printable(words.substr(0, 60)), Fuel::kOther, other});
  }

  Status read_row(std::string_view line) {
    if (!split_fields(line, ',', fields_, scratch_) || fields_.size() != width_)
      return bad(fmt::format("{} columns where the header has {}; the file is cut off or has a stray quote",
                             fields_.size(), width_));
    OLIVINE_TRY(const std::string zone, zone_at(*authority_));
    if (options_.only_zone && zone != options_.zone && !neighbour_) return {};
    std::string to;
    if (neighbour_) {
      OLIVINE_TRY(to, zone_at(*neighbour_));
      if (to == zone) return {};  // an authority beside itself says nothing
    }
    const auto end = parse_american(trim(fields_[*time_]));
    if (!end)
      return bad(fmt::format("'{}' is no time as 01/31/2022 09:00:00 AM", printable(fields_[*time_].substr(0, 60))));
    Place& place = places_[{zone, to}];
    if (places_.size() > (neighbour_ ? kMaxPairs : kMaxAuthorities)) return bad("too many balancing authorities");
    place.columns.resize(values_.size());
    total_ += values_.size() + 1;
    if (total_ > kMaxMixValues) return bad("the file holds too many values; split it, or say which zone");
    place.begin.push_back({end->ns - hours(1).ns});
    for (std::size_t i = 0; i < values_.size(); ++i) {
      OLIVINE_TRY(const double mw, number_at(values_[i].index));
      place.columns[i].push_back(mw);
    }
    return {};
  }

  Result<std::string> zone_at(std::size_t index) {
    const std::string code(trim(fields_[index]));
    if (!is_zone_key(code) || code.size() > 12)
      return bad(fmt::format("'{}' is no balancing authority", printable(code.substr(0, 60))));
    const auto [place, fresh] = zones_.try_emplace(code);
    if (fresh) place->second = zone_of_authority(code);
    return place->second;
  }

  Result<double> number_at(std::size_t index) {
    std::string text(fields_[index]);
    std::erase(text, ',');
    double value = 0.0;
    switch (parse_number(text, value)) {
      case NumberKind::kMissing: return std::numeric_limits<double>::quiet_NaN();
      case NumberKind::kWrong:
        return bad(fmt::format("'{}' is no number of MW", printable(fields_[index].substr(0, 60))));
      case NumberKind::kNumber: break;
    }
    if (std::abs(value) > 1e9) return bad(fmt::format("'{}' is beyond 1e9 MW", printable(text.substr(0, 60))));
    return value;
  }

  // By time; kInvalid for a time that is there twice.
  static Status sort(Place& place, const std::string& who) {
    std::vector<std::size_t> order(place.begin.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto earlier = [&](std::size_t a, std::size_t b) { return place.begin[a] < place.begin[b]; };
    if (!std::is_sorted(order.begin(), order.end(), earlier)) std::stable_sort(order.begin(), order.end(), earlier);
    const auto by_order = [&](const auto& column) {
      std::decay_t<decltype(column)> sorted;
      sorted.reserve(order.size());
      for (const std::size_t row : order) sorted.push_back(column[row]);
      return sorted;
    };
    place.begin = by_order(place.begin);
    for (auto& column : place.columns) column = by_order(column);
    const auto twice = std::adjacent_find(place.begin.begin(), place.begin.end());
    if (twice == place.begin.end()) return {};
    return fail(ErrorKind::kInvalid, fmt::format("{} is there twice at {}", who, format_utc(*twice)));
  }

  GenerationMix mix_of(const std::string& zone, Place place) const {
    GenerationMix mix;
    mix.zone = zone;
    mix.step = hours(1);
    std::string absent;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      auto& mw = place.columns[i];
      if (std::all_of(mw.begin(), mw.end(), [](double v) { return std::isnan(v); })) {
        absent += (absent.empty() ? "" : ", ") + values_[i].name;
        continue;
      }
      mix.fuels.push_back({values_[i].name, values_[i].fuel, std::move(mw), values_[i].known});
    }
    mix.begin = std::move(place.begin);
    if (!absent.empty()) mix.notes.push_back("never given, taken as fuels that the zone does not have: " + absent);
    mix.notes.push_back("generation as reported to EIA, without EIA's imputed values");
    return mix;
  }

  Result<MixFile> finish() {
    MixFile file;
    file.format = neighbour_ ? "eia930-interchange" : "eia930-balance";
    for (auto& [who, place] : places_) {
      OLIVINE_CHECK_STATUS(sort(place, who.second.empty() ? who.first : who.first + " to " + who.second));
      if (neighbour_) {
        file.flows.push_back(
            {who.first, who.second, true, hours(1), std::move(place.begin), std::move(place.columns.front())});
        continue;
      }
      GenerationMix mix = mix_of(who.first, std::move(place));
      if (!mix.fuels.empty()) file.mixes.push_back(std::move(mix));
    }
    if (file.mixes.empty() && file.flows.empty()) return fail(ErrorKind::kInvalid, "the file has rows but no number");
    return file;
  }

  struct Value {
    std::size_t index;
    std::string name;
    Fuel fuel;
    bool known;
  };
  LineReader lines_;
  const MixCsvOptions& options_;
  std::vector<std::string_view> fields_;
  std::vector<std::string> scratch_;
  std::optional<std::size_t> authority_, neighbour_, time_;
  std::vector<Value> values_;
  std::map<std::pair<std::string, std::string>, Place> places_;
  std::map<std::string, std::string> zones_;
  std::size_t width_ = 0, total_ = 0;
};

}  // namespace

bool is_eia930_header(std::string_view first_line) {
  const std::string lower = to_lower(first_line);
  const auto has = [&](std::string_view word) { return lower.find(word) != std::string::npos; };
  return has(kAuthority) && has(kTime) && (has(kGeneration) || has(kInterchange));
}

Result<MixFile> parse_eia930_file(ByteSource& source, const MixCsvOptions& options) {
  return Eia930(source, options).read();
}

}  // namespace olivine
