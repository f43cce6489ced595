#include "grid/mixes/entsoe_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "base/text.h"
#include "grid/fuel_factors.h"
#include "grid/providers/answer_xml.h"
#include "grid/providers/entsoe_columns.h"
#include "grid/store/series_file.h"
#include "grid/zone_aliases.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxAreas = 200, kMaxKindsOfArea = 64;
constexpr std::string_view kOpen = "<TimeSeries", kClose = "</TimeSeries>";

std::string zone_of(std::string_view area) {
  const auto alias = find_alias(area);
  return alias && alias->scheme == "entsoe" ? alias->zone : std::string(area);
}

Result<std::string> area_of(std::string_view area) {
  if (is_zone_key(area)) return zone_of(area);
  return fail(ErrorKind::kInvalid, fmt::format("'{}' is no area code (EIC)", printable(area.substr(0, 40))));
}

// Rows in which nothing at all is known are gaps.
std::vector<WallTime> rows_of(const EntsoeFrame& frame, const std::vector<std::vector<double>*>& columns) {
  std::vector<WallTime> begin;
  std::size_t kept = 0;
  for (std::size_t row = 0; row < frame.rows(); ++row) {
    if (std::all_of(columns.begin(), columns.end(), [&](const auto* mw) { return std::isnan((*mw)[row]); })) continue;
    for (std::vector<double>* mw : columns) (*mw)[kept] = (*mw)[row];
    begin.push_back(frame.time_of(row));
    ++kept;
  }
  for (std::vector<double>* mw : columns) {
    mw->resize(kept);
    mw->shrink_to_fit();
  }
  return begin;
}

struct AreaGeneration {
  std::vector<EntsoeTrack> tracks;
  bool consumption = false;
};

Result<GenerationMix> mix_of_area(const std::string& zone, const AreaGeneration& area) {
  OLIVINE_TRY(const EntsoeFrame frame, frame_of(area.tracks, kMaxMixValues));
  GenerationMix mix;
  mix.zone = zone;
  mix.step = frame.step;
  std::size_t contradicting = 0;
  for (const EntsoeTrack& track : area.tracks)
    mix.fuels.push_back({name_of_code("entsoe", track.code), track.fuel, column_of(track, frame, contradicting)});
  std::vector<std::vector<double>*> columns;
  for (MixColumn& column : mix.fuels) columns.push_back(&column.mw);
  mix.begin = rows_of(frame, columns);
  mix.notes = notes_on(frame, contradicting);
  if (area.consumption) mix.notes.emplace_back("what plants and storage draw (outBiddingZone) is load and is left out");
  if (mix.rows() == 0) return fail(ErrorKind::kNotFound, fmt::format("no value of {} is known", zone));
  return mix;
}

class Document {
 public:
  Result<MixFile> read(std::string_view text) {
    OLIVINE_TRY(const XmlElement root, parse_xml(shell_of(text)));
    OLIVINE_CHECK_STATUS(take_kind(root));
    if (text.find(kOpen) == std::string_view::npos)  // with a prefix of its own: small documents only
      for (const XmlElement& child : root.children)
        if (child.name == "TimeSeries") OLIVINE_CHECK_STATUS((this->*take_)(child));
    OLIVINE_CHECK_STATUS(take_pieces(text));
    return finish();
  }

 private:
  using Take = Status (Document::*)(const XmlElement&);

  // The document without its TimeSeries.
  std::string_view shell_of(std::string_view text) {
    const std::size_t first = text.find(kOpen), last = text.rfind(kClose);
    if (first == std::string_view::npos || last == std::string_view::npos || last < first) return text;
    shell_ = std::string(text.substr(0, first)) + std::string(text.substr(last + kClose.size()));
    return shell_;
  }

  Status take_pieces(std::string_view text) {
    for (std::size_t at = text.find(kOpen); at != std::string_view::npos; at = text.find(kOpen, at)) {
      const std::size_t end = text.find(kClose, at);
      if (end == std::string_view::npos) return fail(ErrorKind::kCorrupt, "the document is cut off in a TimeSeries");
      OLIVINE_TRY(const XmlElement series, parse_xml(text.substr(at, end + kClose.size() - at)));
      OLIVINE_CHECK_STATUS((this->*take_)(series));
      at = end + kClose.size();
    }
    return {};
  }

  Status take_kind(const XmlElement& root) {
    if (root.name == "Acknowledgement_MarketDocument") return entsoe_refusal(root);
    const std::string_view type = root.text_of("type");
    if (root.name == "GL_MarketDocument" && type == "A75") {
      file_.format = "entsoe-generation";
      take_ = &Document::take_generation;
    } else if (root.name == "GL_MarketDocument" && type == "A65") {
      file_.format = "entsoe-load";
      take_ = &Document::take_load;
    } else if (root.name == "Publication_MarketDocument" && type == "A11") {
      file_.format = "entsoe-flow";
      take_ = &Document::take_flow;
    } else {
      return fail(ErrorKind::kUnsupported,
                  fmt::format("ENTSO-E's document '{}' of type '{}' is neither generation per type (A75) nor physical "
                              "flows (A11) nor load (A65)",
                              printable(root.name.substr(0, 40)), printable(type.substr(0, 8))));
    }
    return {};
  }

  Status count(const std::vector<EntsoePeriod>& periods) {
    for (const EntsoePeriod& period : periods) values_ += period.mw.size();
    if (values_ <= kMaxMixValues / 2) return {};
    return fail(ErrorKind::kInvalid, "the document lists too many values; split it by year");
  }

  Status take_generation(const XmlElement& element) {
    OLIVINE_TRY(EntsoeSeries series, read_entsoe_series(element));
    OLIVINE_CHECK_STATUS(count(series.periods));
    OLIVINE_TRY(const std::string zone, area_of(series.area));
    AreaGeneration& area = areas_[zone];
    if (areas_.size() > kMaxAreas) return fail(ErrorKind::kInvalid, "more than 200 areas; split the document");
    if (series.consumed) {
      area.consumption = true;
      return {};
    }
    const auto same = std::find_if(area.tracks.begin(), area.tracks.end(),
                                   [&](const EntsoeTrack& track) { return track.code == series.code; });
    EntsoeTrack& track =
        same != area.tracks.end() ? *same : area.tracks.emplace_back(EntsoeTrack{series.code, series.fuel, {}});
    if (area.tracks.size() > kMaxKindsOfArea)
      return fail(ErrorKind::kInvalid, "ENTSO-E lists more than 64 kinds of generation");
    std::move(series.periods.begin(), series.periods.end(), std::back_inserter(track.periods));
    return {};
  }

  Status take_flow(const XmlElement& element) {
    OLIVINE_TRY(const std::string from, area_of(element.text_of("out_Domain.mRID")));
    OLIVINE_TRY(const std::string to, area_of(element.text_of("in_Domain.mRID")));
    if (from == to) return fail(ErrorKind::kInvalid, fmt::format("a flow from {} to itself", from));
    return add_track({from, to}, element);
  }

  Status take_load(const XmlElement& element) {
    OLIVINE_TRY(const std::string zone, area_of(element.text_of("outBiddingZone_Domain.mRID")));
    return add_track({zone, ""}, element);
  }

  Status add_track(const std::pair<std::string, std::string>& key, const XmlElement& element) {
    OLIVINE_TRY(auto periods, read_entsoe_periods(element));
    OLIVINE_CHECK_STATUS(count(periods));
    for (const EntsoePeriod& period : periods)
      for (const auto& mw : period.mw)
        if (mw && *mw < 0.0)
          return fail(
              ErrorKind::kInvalid,
              fmt::format("{} MW: a flow or a load of ENTSO-E is 0 or more; its direction is in its domains", *mw));
    auto& kept = pairs_[key].periods;
    if (pairs_.size() > kMaxAreas) return fail(ErrorKind::kInvalid, "more than 200 pairs of areas; split the document");
    std::move(periods.begin(), periods.end(), std::back_inserter(kept));
    return {};
  }

  // A value now and one in a hundred years make a frame of a million rows: those of all areas together have a limit.
  Status spread(std::span<const EntsoeTrack> tracks) {
    OLIVINE_TRY(const EntsoeFrame frame, frame_of(tracks, kMaxMixValues));
    spread_ += frame.rows() * tracks.size();
    if (spread_ <= kMaxMixValues) return {};
    return fail(ErrorKind::kInvalid, "the document spans too long a time for its areas; split it by year");
  }

  Result<MixFile> finish() {
    for (const auto& [zone, area] : areas_) {
      if (area.tracks.empty()) continue;  // only what it draws
      OLIVINE_CHECK_STATUS(spread(area.tracks));
      OLIVINE_TRY(GenerationMix mix, mix_of_area(zone, area));
      file_.mixes.push_back(std::move(mix));
    }
    for (const auto& [pair, track] : pairs_) {
      OLIVINE_CHECK_STATUS(spread({&track, 1}));
      OLIVINE_TRY(const EntsoeFrame frame, frame_of({&track, 1}, kMaxMixValues));
      std::size_t contradicting = 0;
      std::vector<double> mw = column_of(track, frame, contradicting);
      std::vector<WallTime> begin = rows_of(frame, {&mw});
      if (pair.second.empty())
        file_.loads.push_back({pair.first, frame.step, std::move(begin), std::move(mw)});
      else
        file_.flows.push_back({pair.first, pair.second, false, frame.step, std::move(begin), std::move(mw)});
    }
    if (file_.mixes.empty() && file_.flows.empty() && file_.loads.empty())
      return fail(ErrorKind::kNotFound, "ENTSO-E's document has no series");
    return std::move(file_);
  }

  Take take_ = nullptr;
  MixFile file_;
  std::string shell_;
  std::map<std::string, AreaGeneration> areas_;
  std::map<std::pair<std::string, std::string>, EntsoeTrack> pairs_;  // flows; of a load the second is empty
  std::size_t values_ = 0;
  std::size_t spread_ = 0;  // rows x tracks of the frames so far
};

}  // namespace

Result<MixFile> parse_entsoe_file(std::string_view text) { return Document().read(text); }

}  // namespace olivine
