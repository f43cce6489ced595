#include "account/lifecycle/tariff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bitset>

#include "base/floor_div.h"
#include "base/text.h"

namespace olivine {
namespace {

constexpr std::int64_t kMinuteNs = 60'000'000'000, kDayMinutes = 1440;
constexpr std::array<std::string_view, 7> kDays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

struct Band {
  int from = 0, to = 0;  // minutes of the day; equal: the whole day
  std::bitset<7> days;   // Monday first
  bool holds(int minute, int day) const {
    // After midnight a band that began the evening before is of that day.
    const bool wraps = from > to;
    if (from == to) return days[static_cast<std::size_t>(day)];
    if (!wraps) return minute >= from && minute < to && days[static_cast<std::size_t>(day)];
    if (minute >= from) return days[static_cast<std::size_t>(day)];
    return minute < to && days[static_cast<std::size_t>((day + 6) % 7)];
  }
};

tl::unexpected<Error> no_hours(std::string_view text) {
  return fail(ErrorKind::kInvalid, fmt::format("hours \"{}\" are none; write e.g. \"22-06\" or \"07:30-12\"",
                                               printable(text.substr(0, 40))));
}

Result<int> minute_of(std::string_view text, std::string_view whole) {
  const auto parts = split(trim(text), ':');
  const auto hour = parse_u64(parts.front());
  const auto minute = parts.size() == 2 ? parse_u64(parts[1]) : Result<std::uint64_t>(0);
  if (parts.size() > 2 || !hour || !minute || *hour > 24 || *minute > 59 || (*hour == 24 && *minute > 0))
    return no_hours(whole);
  return static_cast<int>((*hour * 60 + *minute) % 1440);
}

Result<std::size_t> day_of(std::string_view text) {
  const std::string word = to_lower(trim(text)).substr(0, 3);
  const auto found = std::find(kDays.begin(), kDays.end(), word);
  if (found == kDays.end())
    return fail(ErrorKind::kInvalid,
                fmt::format("day \"{}\" is none of mon, tue, wed, thu, fri, sat, sun", printable(text.substr(0, 40))));
  return static_cast<std::size_t>(found - kDays.begin());
}

Result<Band> band_of(const ManifestTariffBand& written) {
  Band band;
  band.days.set();
  if (!written.hours.empty()) {
    const auto sides = split(written.hours, '-');
    if (sides.size() != 2) return no_hours(written.hours);
    OLIVINE_TRY(band.from, minute_of(sides[0], written.hours));
    OLIVINE_TRY(band.to, minute_of(sides[1], written.hours));
  }
  if (written.days.empty()) return band;
  band.days.reset();
  for (const std::string_view each : split(written.days, ',')) {
    const auto ends = split(each, '-');
    OLIVINE_TRY(const std::size_t first, day_of(ends.front()));
    OLIVINE_TRY(const std::size_t last, day_of(ends.back()));
    for (std::size_t d = first;; d = (d + 1) % 7) {
      band.days.set(d);
      if (d == last) break;
    }
  }
  return band;
}

Result<std::int64_t> offset_minutes(std::string_view text) {
  if (text.empty() || text == "Z") return 0;
  const auto parts = split(text.substr(1), ':');
  const auto h = parse_u64(parts.front());
  const auto m = parts.size() == 2 ? parse_u64(parts[1]) : Result<std::uint64_t>(0);
  if ((text.front() != '+' && text.front() != '-') || parts.size() > 2 || !h || !m || *h > 14 || *m > 59)
    return fail(ErrorKind::kInvalid,
                fmt::format("utc_offset \"{}\" is none; write e.g. \"+01:00\"", printable(text.substr(0, 40))));
  const auto minutes = static_cast<std::int64_t>(*h * 60 + *m);
  return text.front() == '-' ? -minutes : minutes;
}

}  // namespace

Result<std::vector<double>> shares_of_bands(const ManifestTariff& tariff, std::span<const EnergySlice> slices) {
  std::vector<Band> bands;
  for (const ManifestTariffBand& written : tariff.bands) {
    OLIVINE_TRY(const Band band, band_of(written));
    bands.push_back(band);
  }
  OLIVINE_TRY(const std::int64_t offset, offset_minutes(tariff.utc_offset));
  std::vector<double> shares(bands.size() + 1, 0.0);
  double total = 0.0;
  for (const EnergySlice& slice : slices) {
    const std::int64_t begin = slice.interval.begin.ns, end = std::max(slice.interval.end.ns, begin + 1);
    const double per_ns = in_joules(slice.energy) / static_cast<double>(end - begin);
    for (std::int64_t t = begin; t < end;) {
      const std::int64_t minute = floor_div(t, kMinuteNs);
      const std::int64_t local = minute + offset, day = floor_div(local, kDayMinutes);
      const int of_day = static_cast<int>(local - day * kDayMinutes);
      const int weekday = static_cast<int>(((day + 3) % 7 + 7) % 7);  // 1 January 1970 was a Thursday
      std::size_t band = 0;
      while (band < bands.size() && !bands[band].holds(of_day, weekday)) ++band;
      // Bands change at full minutes; whole quarters are stepped over where none changes within.
      std::int64_t next = (minute + 1) * kMinuteNs;
      const auto same = [&](int m) {
        std::size_t b = 0;
        while (b < bands.size() && !bands[b].holds(m, weekday)) ++b;
        return b == band;
      };
      for (int m = of_day + 1; m < kDayMinutes && next < end && same(m); ++m) next += kMinuteNs;
      next = std::min(next, end);
      shares[band] += per_ns * static_cast<double>(next - t);
      total += per_ns * static_cast<double>(next - t);
      t = next;
    }
  }
  for (double& share : shares) share = total > 0.0 ? share / total : 0.0;
  return shares;
}

Result<std::optional<FormulaId>> tariff_price(AccountContext& c, const ActivityWork& work, const EnergyPart& part) {
  const auto found = std::find_if(c.manifest.tariffs.begin(), c.manifest.tariffs.end(),
                                  [&](const ManifestTariff& t) { return t.id == work.conditions.tariff; });
  const ManifestTariff& tariff = *found;  // checked when the manifest was read
  if (!part.span)
    return c.refuse(
        work.activity->line,
        fmt::format("activity \"{}\": a tariff needs to know when; write at = \"2024-01-01/2024-01-31\" or price = ...",
                    work.activity->id));
  const std::vector<EnergySlice> even{{*part.span, joules(1.0)}};
  auto shares = shares_of_bands(tariff, part.slices.empty() ? even : part.slices);
  if (!shares) return c.refuse(tariff.line, fmt::format("tariff \"{}\": {}", tariff.id, shares.error().message));
  const WantedValue wanted{kPriceDimension, "", "\"0.30 EUR/kWh\"", -1e300};
  std::vector<FormulaId> terms;
  for (std::size_t b = 0; b < shares->size(); ++b) {
    if ((*shares)[b] <= 0.0) continue;
    const bool outside = b == tariff.bands.size();
    OLIVINE_TRY(const auto price, c.values.value(outside ? tariff.otherwise : tariff.bands[b].price, wanted,
                                                 outside ? fmt::format("tariff.{}.price", tariff.id)
                                                         : fmt::format("tariff.{}.band{}", tariff.id, b + 1)));
    if (!price)
      return c.refuse(tariff.line, fmt::format("tariff \"{}\" has no price for {:.1f} % of the energy of \"{}\"; write "
                                               "price = ... for the hours outside its bands",
                                               tariff.id, 100.0 * (*shares)[b], work.activity->id));
    const FormulaId share = c.exact((*shares)[b], kPlainNumber,
                                    fmt::format("share of the energy of {} {}", work.activity->id,
                                                outside ? "outside of all bands" : fmt::format("in band {}", b + 1)));
    OLIVINE_TRY(const FormulaId term, c.graph.product({share, *price}));
    terms.push_back(term);
  }
  OLIVINE_TRY(const FormulaId price,
              c.labelled(c.graph.sum(terms), fmt::format("price of the energy of {}", work.activity->id),
                         fmt::format("tariff {}: prices of its bands by the time of use", tariff.id)));
  return std::optional<FormulaId>(price);
}

}  // namespace olivine
