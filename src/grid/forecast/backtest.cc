#include "grid/forecast/backtest.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>

#include "base/text.h"
#include "grid/forecast/metrics.h"
#include "provenance/graph.h"

namespace olivine {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kDayNs = 24 * kHourNs;

using Numbers = std::vector<double>;

// exp of `count` days of a track from its day `first` on.
Numbers g_of(const Numbers& log_g, std::size_t first, std::size_t count) {
  Numbers out;
  for (std::size_t i = first * kSlots; i < (first + count) * kSlots; ++i) out.push_back(std::exp(log_g[i]));
  return out;
}

std::string quarter_of(WallTime t) {
  using namespace std::chrono;
  const year_month_day date{floor<days>(sys_time<std::chrono::nanoseconds>{std::chrono::nanoseconds{t.ns}})};
  return fmt::format("{}-Q{}", static_cast<int>(date.year()), (static_cast<unsigned>(date.month()) + 2) / 3);
}

class Scorer {
 public:
  Scorer(const DayGrid& grid, const BacktestSettings& settings, std::size_t first_issue, std::size_t warm_up)
      : grid_(grid), first_(first_issue), warm_up_(warm_up) {
    issues_ = static_cast<std::size_t>((settings.to.ns - settings.from.ns) / kDayNs);
    actual_ = actual(0);
  }

  ModelScore score(const ModelTrack& track, const RangeTrack& ranges) {
    const Numbers forecast = g_of(track.log_g[0], warm_up_, issues_);
    ModelScore s = points(track.name, forecast);
    low_ = g_of(ranges.low[0], warm_up_, issues_);
    high_ = g_of(ranges.high[0], warm_up_, issues_);
    s.coverage90 = coverage(low_, high_, actual_);
    s.width90 = mean_width(low_, high_, actual_);
    s.pinball = (pinball_loss(low_, actual_, 0.05) + pinball_loss(forecast, actual_, 0.5) +
                 pinball_loss(high_, actual_, 0.95)) /
                3.0;
    if (track.log_g.size() > 1)
      s.second_day_mape_percent = mape_percent(g_of(track.log_g[1], warm_up_, issues_), actual(1));
    savings(track, s);
    return s;
  }
  ModelScore points(const std::string& name, const Numbers& forecast) const {
    ModelScore s;
    s.name = name;
    for (std::size_t i = 0; i < actual_.size(); ++i)
      s.hours += std::isnan(actual_[i]) || std::isnan(forecast[i]) ? 0 : 1;
    s.mape_percent = mape_percent(forecast, actual_);
    s.wmape_percent = wmape_percent(forecast, actual_);
    s.mae_g_per_kwh = mean_absolute_error(forecast, actual_);
    s.second_day_mape_percent = s.pinball = s.coverage90 = s.width90 = s.saving_percent = s.captured_saving = kUnknown;
    return s;
  }
  // Of the track that was scored last.
  std::vector<DayScore> days(const ModelTrack& track, const Numbers& peer) const;
  std::vector<QuarterScore> quarters(const ModelTrack& track) const;
  double oracle_saving_percent() const { return oracle_saving_percent_; }
  WallTime day_time(std::size_t index) const { return grid_.time_of(first_ + warm_up_ + index, 0); }
  std::size_t issues() const { return issues_; }

 private:
  // The actual intensities, of every issue's day `lead`.
  Numbers actual(std::size_t lead) const {
    Numbers out;
    for (std::size_t i = 0; i < issues_ * kSlots; ++i) {
      const std::size_t place = (first_ + warm_up_ + lead) * kSlots + i;
      out.push_back(place < grid_.g_per_kwh.size() ? grid_.g_per_kwh[place] : kUnknown);
    }
    return out;
  }
  std::optional<WindowCost> window(const ModelTrack& track, std::size_t index) const {
    if (track.log_g.size() < kSavingDays || first_ + warm_up_ + index + kSavingDays > grid_.days) return std::nullopt;
    Numbers forecast, truth;
    for (std::size_t lead = 0; lead < kSavingDays; ++lead)
      for (std::size_t s = 0; s < kSlots; ++s) {
        forecast.push_back(std::exp(track.log_g[lead][(warm_up_ + index) * kSlots + s]));
        truth.push_back(grid_.g_per_kwh[(first_ + warm_up_ + index + lead) * kSlots + s]);
      }
    return window_cost(forecast, truth, kJobHours);
  }
  void savings(const ModelTrack& track, ModelScore& s) {
    WindowCost sum;
    for (std::size_t index = 0; index < issues_; ++index)
      if (const auto cost = window(track, index))
        sum.at_once += cost->at_once, sum.paid += cost->paid, sum.oracle += cost->oracle;
    if (sum.at_once <= 0.0) return;
    s.saving_percent = 100.0 * (1.0 - sum.paid / sum.at_once);
    if (sum.at_once > sum.oracle) s.captured_saving = (sum.at_once - sum.paid) / (sum.at_once - sum.oracle);
    oracle_saving_percent_ = 100.0 * (1.0 - sum.oracle / sum.at_once);
  }

  const DayGrid& grid_;
  std::size_t first_, warm_up_, issues_ = 0;
  Numbers actual_, low_, high_;
  double oracle_saving_percent_ = kUnknown;
};

std::vector<DayScore> Scorer::days(const ModelTrack& track, const Numbers& peer) const {
  std::vector<DayScore> out;
  const Numbers forecast = g_of(track.log_g[0], warm_up_, issues_);
  for (std::size_t index = 0; index < issues_; ++index) {
    const auto part = [&](const Numbers& all) { return std::span<const double>(all).subspan(index * kSlots, kSlots); };
    DayScore day{day_time(index),
                 mape_percent(part(forecast), part(actual_)),
                 coverage(part(low_), part(high_), part(actual_)),
                 mean_width(part(low_), part(high_), part(actual_)),
                 kUnknown,
                 kUnknown,
                 kUnknown};
    if (!peer.empty()) day.peer_mape_percent = mape_percent(part(peer), part(actual_));
    if (const auto cost = window(track, index); cost && cost->at_once > 0.0) {
      day.saving_percent = 100.0 * (1.0 - cost->paid / cost->at_once);
      day.oracle_saving_percent = 100.0 * (1.0 - cost->oracle / cost->at_once);
    }
    out.push_back(day);
  }
  return out;
}

std::vector<QuarterScore> Scorer::quarters(const ModelTrack& track) const {
  struct Part {
    Numbers forecast, actual, low, high;
  };
  std::map<std::string, Part> parts;
  const Numbers forecast = g_of(track.log_g[0], warm_up_, issues_);
  for (std::size_t i = 0; i < actual_.size(); ++i) {
    Part& part = parts[quarter_of(day_time(i / kSlots))];
    part.forecast.push_back(forecast[i]);
    part.actual.push_back(actual_[i]);
    part.low.push_back(low_[i]);
    part.high.push_back(high_[i]);
  }
  std::vector<QuarterScore> out;
  for (const auto& [name, p] : parts)
    out.push_back({name, p.actual.size(), mape_percent(p.forecast, p.actual), coverage(p.low, p.high, p.actual),
                   mean_width(p.low, p.high, p.actual)});
  return out;
}

Result<Numbers> peer_forecasts(const PeerForecast& peer, const Scorer& scorer) {
  std::string name = peer.column.empty() ? "carbon_from_src_forecasts" : peer.column;
  if (peer.column.empty() && !peer.table.column(name)) {
    std::vector<std::string> found;
    for (const std::string& column : peer.table.columns)
      if (to_lower(column).find("forecast") != std::string::npos) found.push_back(column);
    if (found.size() != 1)
      return fail(ErrorKind::kNotFound,
                  fmt::format("{}: {} columns could be the forecast; name it carbon_from_src_forecasts",
                              peer.table.name, found.size()));
    name = found.front();
  }
  OLIVINE_TRY(const std::size_t column, peer.table.column(name));
  Numbers out;
  for (std::size_t index = 0; index < scorer.issues(); ++index)
    for (std::size_t s = 0; s < kSlots; ++s)
      out.push_back(peer.table.at(column, {scorer.day_time(index).ns + static_cast<std::int64_t>(s) * kHourNs}));
  return out;
}

Status check_span(const ForecastInput& input, const BacktestSettings& s) {
  const WallTime begin = input.intensity.begin, end = input.intensity.end();
  if (s.from.ns % kDayNs != 0 || s.to.ns % kDayNs != 0 || s.to <= s.from)
    return fail(ErrorKind::kInvalid, "the span of a backtest begins and ends at 00:00 UTC and holds at least a day");
  if (s.to > end)
    return fail(ErrorKind::kInvalid,
                fmt::format("{} ends at {}, before the last day asked for", input.intensity.name, format_utc(end)));
  const std::int64_t before = (s.from.ns - begin.ns) / kDayNs;
  const auto needed = static_cast<std::int64_t>(kLeastDays + s.warm_up_days);
  if (before < needed)
    return fail(
        ErrorKind::kInvalid,
        fmt::format(
            "{} holds {} days before the first forecast; {} are needed to train ({}) and to calibrate ranges ({})",
            input.intensity.name, std::max<std::int64_t>(before, 0), needed, kLeastDays, s.warm_up_days));
  return {};
}

// The scores of all models, the ensemble last.
Status score_all(const DayGrid& grid, const BacktestSettings& settings, const RollingForecast& rolled, Scorer& scorer,
                 const std::optional<PeerForecast>& peer, BacktestReport& report) {
  const std::size_t first = settings.models.first_issue;
  for (const ModelTrack& track : rolled.models)
    report.models.push_back(scorer.score(track, conformal_ranges(grid, track.log_g, first, settings.conformal)));
  const auto members = ensemble_members(rolled.models);
  const Blend mixed = blend(grid, members, first, settings.ensemble);
  report.models.push_back(
      scorer.score(mixed.track, conformal_ranges(grid, mixed.track.log_g, first, settings.conformal)));
  for (std::size_t m = 0; m < members.size(); ++m)
    report.last_weights.emplace_back(members[m]->name, mixed.last_weights[0][m]);
  Numbers peer_g;
  if (peer) {
    OLIVINE_TRY(peer_g, peer_forecasts(*peer, scorer));
    report.peer = scorer.points("peer", peer_g);
  }
  report.days = scorer.days(mixed.track, peer_g);
  report.quarters = scorer.quarters(mixed.track);
  report.oracle_saving_percent = scorer.oracle_saving_percent();
  return {};
}

}  // namespace

std::vector<const ModelTrack*> ensemble_members(const std::vector<ModelTrack>& models) {
  std::vector<const ModelTrack*> members;
  const bool trees = std::any_of(models.begin(), models.end(), [](const ModelTrack& t) { return t.name == "trees"; });
  for (const ModelTrack& track : models)
    if (track.name == "ridge" || track.name.starts_with("trees") || (!trees && track.name == "persistence"))
      members.push_back(&track);
  return members;
}

std::string hash_of(const ForecastInput& input) {
  std::string bytes = input.zone + "\n" + input.intensity_column;
  const auto add = [&bytes](const HourlyTable& table) {
    bytes += fmt::format("\n{}", table.begin.ns);
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      bytes += "\n" + table.columns[c] + "\n";
      for (const double v : table.values[c]) bytes += std::isnan(v) ? std::string(",") : shortest(v) + ",";
    }
  };
  add(input.intensity);
  if (input.weather) add(*input.weather);
  return content_hash(bytes);
}

Result<BacktestReport> run_backtest(const ForecastInput& input, const std::optional<PeerForecast>& peer,
                                    const BacktestSettings& asked, const BoostedTrees::Library& library,
                                    const Progress& progress) {
  OLIVINE_CHECK_STATUS(check_span(input, asked));
  BacktestSettings settings = asked;
  settings.models.leads = kSavingDays;
  const WallTime last{std::min(settings.to.ns + kDayNs * static_cast<std::int64_t>(kSavingDays - 1),
                               input.intensity.end().ns / kDayNs * kDayNs)};
  OLIVINE_TRY(const DayGrid grid, make_day_grid(input, last, 0));
  const auto from = static_cast<std::size_t>((settings.from.ns - grid.begin.ns) / kDayNs);
  settings.models.anchor = from;
  settings.models.first_issue = from - settings.warm_up_days;
  settings.models.end_issue = static_cast<std::size_t>((settings.to.ns - grid.begin.ns) / kDayNs);
  OLIVINE_TRY(const RollingForecast rolled, roll_forecasts(grid, settings.models, library, progress));
  BacktestReport report;
  report.zone = input.zone;
  report.from = settings.from;
  report.to = settings.to;
  report.notes = input.intensity.notes;
  if (input.weather) report.notes.insert(report.notes.end(), input.weather->notes.begin(), input.weather->notes.end());
  report.notes.insert(report.notes.end(), grid.notes.begin(), grid.notes.end());
  if (!library) report.notes.emplace_back("no boosted trees: the ensemble is ridge and persistence");
  if (!input.weather)
    report.notes.emplace_back("no weather forecast was given: the models know the past and the calendar only");
  report.data_hash = hash_of(input);
  Scorer scorer(grid, settings, settings.models.first_issue, settings.warm_up_days);
  OLIVINE_CHECK_STATUS(score_all(grid, settings, rolled, scorer, peer, report));
  return report;
}

}  // namespace olivine
