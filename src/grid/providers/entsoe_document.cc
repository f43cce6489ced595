#include "grid/providers/entsoe_document.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/text.h"
#include "grid/providers/entsoe_columns.h"
#include "grid/providers/utc_text.h"

namespace olivine {
namespace {

constexpr std::int64_t kMaxPositions = 40'000;  // more than a year of quarters
constexpr std::size_t kMaxPoints = 400'000;     // of a document, at its finest resolution
constexpr std::size_t kMaxKinds = 64;
constexpr std::size_t kMaxSpread = 3'500'000;  // times x kinds between the first and the last

Fuel fuel_of(std::string_view code) {
  constexpr std::array<std::pair<std::string_view, Fuel>, 20> kTypes{
      {{"B01", Fuel::kBiomass},    {"B02", Fuel::kCoal},    {"B03", Fuel::kGas},   {"B04", Fuel::kGas},
       {"B05", Fuel::kCoal},       {"B06", Fuel::kOil},     {"B07", Fuel::kOil},   {"B08", Fuel::kCoal},
       {"B09", Fuel::kGeothermal}, {"B10", Fuel::kStorage}, {"B11", Fuel::kHydro}, {"B12", Fuel::kHydro},
       {"B13", Fuel::kOther},      {"B14", Fuel::kNuclear}, {"B15", Fuel::kOther}, {"B16", Fuel::kSolar},
       {"B17", Fuel::kBiomass},    {"B18", Fuel::kWind},    {"B19", Fuel::kWind},  {"B25", Fuel::kStorage}}};
  for (const auto& [name, fuel] : kTypes)
    if (name == code) return fuel;
  return Fuel::kOther;
}

Status same_domain(std::string_view said, const std::string& domain) {
  if (said == domain) return {};
  return fail(ErrorKind::kInvalid,
              said.empty() ? "ENTSO-E does not say for which zone it answered: nothing is taken"
                           : fmt::format("ENTSO-E answered for zone '{}' and not for '{}': nothing is taken",
                                         printable(said.substr(0, 40)), domain));
}

// All kinds of an answer; consumption has a code of its own.
struct Kinds {
  std::vector<EntsoeTrack> tracks;
  std::size_t points = 0;
  bool consumption = false;
};

Status read_series(const XmlElement& element, const std::string& domain, Kinds& kinds) {
  OLIVINE_TRY(EntsoeSeries series, read_entsoe_series(element));
  OLIVINE_CHECK_STATUS(same_domain(series.area, domain));
  // Counted at the finest resolution: what is spread over quarters is four times as much.
  for (const EntsoePeriod& period : series.periods)
    kinds.points += period.mw.size() * static_cast<std::size_t>(period.resolution.ns / seconds(900).ns);
  if (kinds.points > kMaxPoints)
    return fail(ErrorKind::kInvalid, "ENTSO-E lists too many points; ask for a shorter time");
  const std::string code = series.code + (series.consumed ? "-out" : "");
  kinds.consumption = kinds.consumption || series.consumed;
  auto track =
      std::find_if(kinds.tracks.begin(), kinds.tracks.end(), [&](const EntsoeTrack& t) { return t.code == code; });
  if (track == kinds.tracks.end()) {
    if (kinds.tracks.size() == kMaxKinds)
      return fail(ErrorKind::kInvalid, "ENTSO-E lists more than 64 kinds of generation");
    track = kinds.tracks.insert(track, {code, series.consumed ? Fuel::kStorage : series.fuel, {}});
  }
  std::move(series.periods.begin(), series.periods.end(), std::back_inserter(track->periods));
  return {};
}

// A gap of one kind stays a time of the answer: the mix is incomplete then, not unasked.
Result<ServiceMix> merged(const Kinds& kinds) {
  OLIVINE_TRY(const EntsoeFrame frame, frame_of(kinds.tracks, kMaxSpread));
  ServiceMix mix;
  mix.step = frame.step;
  std::size_t contradicting = 0;
  for (const EntsoeTrack& track : kinds.tracks) {
    const std::vector<double> column = column_of(track, frame, contradicting);
    MixKind& kind = mix.kind(track.code, track.fuel);
    for (const EntsoePeriod& period : track.periods)
      for (WallTime time = period.begin;
           time.ns < period.begin.ns + period.resolution.ns * static_cast<std::int64_t>(period.mw.size());
           time = time + frame.step) {
        const double mw = column[static_cast<std::size_t>((time - frame.begin).ns / frame.step.ns)];
        kind.mw.insert_or_assign(kind.mw.end(), time, std::isnan(mw) ? std::nullopt : std::optional(mw));
      }
  }
  mix.notes = notes_on(frame, contradicting);
  if (kinds.consumption)
    mix.notes.emplace_back("consumption of storage and plants (outBiddingZone) is left out of the intensity");
  return mix;
}

std::string_view reason_of(const XmlElement& root, std::string_view what) {
  const XmlElement* const reason = root.child("Reason");
  return reason == nullptr ? std::string_view() : reason->text_of(what);
}

Result<std::optional<double>> quantity_of(const XmlElement& point) {
  const std::string_view text = point.text_of("quantity");
  if (text.empty()) return std::optional<double>{};
  OLIVINE_TRY(const double value, parse_double(text));
  constexpr double kMostMw = 1e9;  // all the power plants of the world are a hundredth of it
  if (std::abs(value) > kMostMw)
    return fail(ErrorKind::kInvalid, fmt::format("{} MW is no quantity of a power system", value));
  return std::optional<double>{value};
}

}  // namespace

Result<EntsoePeriod> read_entsoe_period(const XmlElement& period, bool omitted_repeats) {
  const XmlElement* const span = period.child("timeInterval");
  const auto bad = [](std::string_view why) {
    return fail(ErrorKind::kCorrupt, fmt::format("a Period of ENTSO-E {}", why));
  };
  if (span == nullptr) return bad("has no timeInterval");
  const auto begin = parse_utc(span->text_of("start")), end = parse_utc(span->text_of("end"));
  if (!begin || !end || *end <= *begin) return bad("has no begin and end");
  const std::string_view resolution = period.text_of("resolution");
  EntsoePeriod read{*begin, seconds(resolution == "PT15M" ? 900 : resolution == "PT30M" ? 1800 : 3600), {}};
  if (resolution != "PT15M" && resolution != "PT30M" && resolution != "PT60M" && resolution != "PT1H")
    return bad("has a resolution that is none of PT15M, PT30M, PT60M");
  const std::int64_t count = (*end - *begin).ns / read.resolution.ns;
  if ((*end - *begin).ns % read.resolution.ns != 0 || begin->ns % read.resolution.ns != 0)
    return bad("is no whole number of steps");
  if (count > kMaxPositions) return bad("is longer than a year");
  read.mw.assign(static_cast<std::size_t>(count), std::nullopt);
  std::size_t filled = 0;  // positions done
  std::optional<double> last;
  for (const XmlElement& point : period.children) {
    if (point.name != "Point") continue;
    const auto position = parse_u64(point.text_of("position"));
    if (!position || *position <= filled || *position > read.mw.size())
      return bad("has positions out of order or beyond its end");
    const auto quantity = quantity_of(point);
    if (!quantity) return bad("has a quantity that is no number");
    while (filled + 1 < *position) read.mw[filled++] = omitted_repeats ? last : std::nullopt;
    last = *quantity;
    read.mw[filled++] = last;
  }
  while (omitted_repeats && filled < read.mw.size()) read.mw[filled++] = last;
  return read;
}

Result<std::vector<EntsoePeriod>> read_entsoe_periods(const XmlElement& series) {
  if (series.text_of("quantity_Measure_Unit.name") != "MAW")
    return fail(ErrorKind::kInvalid,
                fmt::format("ENTSO-E states the unit '{}' and not MAW: nothing is taken",
                            printable(series.text_of("quantity_Measure_Unit.name").substr(0, 40))));
  const std::string_view curve = series.text_of("curveType");
  if (curve != "A01" && curve != "A03")
    return fail(ErrorKind::kInvalid, fmt::format("ENTSO-E's curve type '{}' is not known: nothing is taken",
                                                 printable(curve.substr(0, 40))));
  std::vector<EntsoePeriod> periods;
  for (const XmlElement& child : series.children) {
    if (child.name != "Period") continue;
    OLIVINE_TRY(EntsoePeriod period, read_entsoe_period(child, curve == "A03"));
    periods.push_back(std::move(period));
  }
  return periods;
}

Result<EntsoeSeries> read_entsoe_series(const XmlElement& element) {
  const std::string_view in = element.text_of("inBiddingZone_Domain.mRID"),
                         out = element.text_of("outBiddingZone_Domain.mRID");
  EntsoeSeries series;
  series.consumed = in.empty() && !out.empty();
  series.area = series.consumed ? out : in;
  const XmlElement* const type = element.child("MktPSRType");
  const std::string_view code = type == nullptr ? std::string_view() : type->text_of("psrType");
  if (code.empty() || code.size() > 8)
    return fail(ErrorKind::kCorrupt, "a TimeSeries of ENTSO-E names no type of plant");
  series.code = printable(code);
  series.fuel = fuel_of(code);
  OLIVINE_TRY(series.periods, read_entsoe_periods(element));
  return series;
}

tl::unexpected<Error> entsoe_refusal(const XmlElement& root) {
  const bool nothing = reason_of(root, "code") == "999";
  return fail(nothing ? ErrorKind::kNotFound : ErrorKind::kInvalid,
              fmt::format("ENTSO-E says: {}", printable(reason_of(root, "text").substr(0, 200))));
}

Result<ServiceMix> mix_of_document(const XmlElement& root, const std::string& domain) {
  if (root.name == "Acknowledgement_MarketDocument") return entsoe_refusal(root);
  if (root.name != "GL_MarketDocument" || root.text_of("type") != "A75")
    return fail(ErrorKind::kInvalid,
                fmt::format("ENTSO-E answered with a document '{}' of type '{}' and not with generation (A75)",
                            printable(root.name.substr(0, 40)), printable(root.text_of("type").substr(0, 8))));
  Kinds kinds;
  for (const XmlElement& child : root.children)
    if (child.name == "TimeSeries") OLIVINE_CHECK_STATUS(read_series(child, domain, kinds));
  if (kinds.tracks.empty()) return fail(ErrorKind::kNotFound, "ENTSO-E's document has no series");
  return merged(kinds);
}

}  // namespace olivine
