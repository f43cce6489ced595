// Online policies over given windows: what each saved of what could be saved.
//   online_windows DATA [--csv FILE]
// DATA is the folder of the shared data (planner/online_windows.csv, grid/). A job of 12 h at 1 kW comes at each window's hour and
// is to finish within 48 h. Every decision of an hour sees prices up to that hour; forecasts are trained on targets before their
// refit (panel_ridge.h, weather_ridge.h). Prints tables in Markdown; --csv writes one row for each zone, policy and switch cost.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>

#include "base/file_system.h"
#include "grid/forecast/panel_ridge.h"
#include "grid/forecast/weather_ridge.h"
#include "grid/import/byte_source.h"
#include "planning/online/online_policy.h"
#include "planning/online/window_score.h"
#include "provenance/table.h"

namespace {

using namespace olivine;

constexpr std::size_t kWork = 12, kDeadline = 48, kMonth = 28 * 24;

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "online_windows: {}\n", result.error().message);
  std::exit(2);
}

struct Window {
  std::size_t zone = 0, begin = 0;  // column, hour of the table
  double edge_g = 0.0;
};

struct Weathered {
  WeatherRidge ridge;
  std::vector<double> other;  // the zone's own series on the hours of the ridge
  std::size_t offset = 0;
};

class Bench {
 public:
  explicit Bench(const std::string& data)
      : data_(data), table_(must(read_hourly_csv(files_, data + "/grid/emaps_2022_123zones_gco2_per_kwh.csv.gz"))) {
    read_windows();
    panel_.emplace(table_, zones_);
    for (const auto& [zone, name] :
         {std::pair<std::string, std::string>{"US-CAL-CISO", "CISO"}, {"US-TEX-ERCO", "ERCO"}, {"US-MIDA-PJM", "PJM"}})
      add_weather(zone, name);
  }

  struct Row {
    std::string label;
    std::string policy;
    Forecaster (Bench::*forecaster)(std::size_t) const;
    double trust = 0.5;
  };

  void run(const std::string& csv) {
    const std::vector<Row> rows{
        {"oracle (the exact programme, all known)", "mpc", &Bench::perfect},
        {"start at once", "at_once", &Bench::none},
        {"one threshold, root of UL", "one_threshold", &Bench::none},
        {"double threshold, published", "published_threshold", &Bench::none},
        {"double threshold, proven", "double_threshold", &Bench::none},
        {"last week's 30 % quantile", "last_week_quantile", &Bench::none},
        {"mpc, naive profile", "mpc", &Bench::naive},
        {"mpc, panel", "mpc", &Bench::panel},
        {"mpc, panel and weather", "mpc", &Bench::weather},
        {"learning-augmented, trust 0.5", "learning_augmented", &Bench::weather, 0.5},
        {"learning-augmented, trust 0.8", "learning_augmented", &Bench::weather, 0.8},
    };
    std::FILE* out = csv.empty() ? nullptr : std::fopen(csv.c_str(), "w");
    if (out)
      fmt::print(out,
                 "switch_cost_g_per_edge,zone,policy,windows,saved_percent,oracle_saved_percent,captured,captured_low,"
                 "captured_high,grams_captured,grams_saved,worse_share,late\n");
    for (const double edge_g : {0.0, 20.0}) {
      fmt::print("\nSwitch cost {:.0f} g at every edge, {} windows:\n\n", edge_g, count(edge_g));
      fmt::print(
          "| policy | saved | captured of the oracle's | of its grams | g saved a job | worse than at once | late | "
          "worst case, mean | with weather captured | without |\n|---|---|---|---|---|---|---|---|---|---|\n");
      for (const Row& row : rows) one(row, edge_g, out);
    }
    if (out) std::fclose(out);
    fmt::print(
        "\nPrices left the limits that the worst cases are for (least and most of the 28 days before) in {} of {} "
        "windows.\n",
        outside_.size(), windows_.size());
  }

 private:
  void read_windows() {
    const std::string text = must(read_input(files_, data_ + "/planner/online_windows.csv", 1 << 20));
    const CsvTable csv = must(CsvTable::parse("online_windows.csv", text));
    for (std::size_t row = 0; row < csv.rows(); ++row) {
      const Window w{must(table_.column(csv.cell(row, "zone"))),
                     static_cast<std::size_t>(must(csv.number(row, "start_hour_of_2022"))),
                     must(csv.number(row, "switch_cost_g_per_edge"))};
      if (std::find(zones_.begin(), zones_.end(), w.zone) == zones_.end()) zones_.push_back(w.zone);
      windows_.push_back(w);
    }
  }
  std::size_t count(double edge_g) const {
    return static_cast<std::size_t>(
        std::count_if(windows_.begin(), windows_.end(), [edge_g](const Window& w) { return w.edge_g == edge_g; }));
  }

  void add_weather(const std::string& zone, const std::string& name) {
    const std::string folder = data_ + "/grid/forecasting/" + name;
    ForecastInput input;
    input.zone = name;
    input.intensity = must(read_hourly_csv(files_, folder + "_direct_emissions.csv.gz"));
    input.weather = must(read_hourly_csv(files_, folder + "_weather_forecast.csv.gz"));
    const auto offset = static_cast<std::size_t>((table_.begin.ns - input.intensity.begin.ns) / kHourNs);
    WeatherRidgeSettings settings;
    settings.first_hour = offset;
    Weathered w{must(WeatherRidge::fit(input, table_.end(), settings)), std::vector<double>(offset, std::nan("")),
                offset};
    const std::size_t column = must(table_.column(zone));
    w.other.insert(w.other.end(), table_.values[column].begin(), table_.values[column].end());
    weather_.emplace(column, std::move(w));
  }

  Forecaster none(std::size_t) const { return {}; }
  Forecaster perfect(std::size_t zone) const {
    return [&x = table_.values[zone]](std::size_t now, std::size_t n) {
      const auto first = x.begin() + static_cast<std::ptrdiff_t>(now) + 1;
      return std::vector<double>(first, first + static_cast<std::ptrdiff_t>(n));
    };
  }
  Forecaster naive(std::size_t zone) const {  // the mean of the same hour on the last seven days
    return [&x = table_.values[zone]](std::size_t now, std::size_t n) {
      std::vector<double> f;
      for (std::size_t h = 1; h <= n; ++h) {
        double sum = 0.0;
        for (std::size_t d = 0; d < 7; ++d) sum += x[now + h - 24 * ((h + 23) / 24) - 24 * d];
        f.push_back(sum / 7.0);
      }
      return f;
    };
  }
  Forecaster panel(std::size_t zone) const {
    return [this, zone](std::size_t now, std::size_t n) { return panel_->forecast(zone, now, n); };
  }
  Forecaster weather(std::size_t zone) const {
    const auto found = weather_.find(zone);
    if (found == weather_.end()) return panel(zone);
    return [this, zone, &w = found->second](std::size_t now, std::size_t n) {
      const auto said = w.ridge.forecast(w.offset + now, n);
      return said.size() < n ? panel_->forecast(zone, now, n)
                             : translate(w.ridge.g_per_kwh(), w.other, w.offset + now, said);
    };
  }

  // Least and most of the 28 days before, or of what is known of them.
  PolicySettings settings_for(const Window& w, double trust) {
    const auto& x = table_.values[w.zone];
    const auto end = x.begin() + static_cast<std::ptrdiff_t>(w.begin),
               begin = end - static_cast<std::ptrdiff_t>(std::min(w.begin, kMonth));
    const auto [low, high] = std::minmax_element(begin, end);
    const auto [least, most] = std::minmax_element(end, end + kDeadline);
    if (*least < *low || *most > *high) outside_[{w.zone * 10000 + w.begin, w.edge_g > 0.0}] = true;
    return {.low = std::max(*low, 1e-3), .high = std::max(*high, 1e-3), .trust = trust};
  }

  void one(const Row& row, double edge_g, std::FILE* out) {
    std::vector<WindowResult> all, with_weather, without;
    std::map<std::size_t, std::vector<WindowResult>> by_zone;
    double bounds = 0.0;
    bool bounded = true;
    for (const Window& w : windows_) {
      if (w.edge_g != edge_g) continue;
      const auto& prices = table_.values[w.zone];
      const OnlineJob job{.work = kWork, .deadline = kDeadline, .edge_cost = edge_g};
      const auto policy = must(make_policy(row.policy, job, settings_for(w, row.trust)));
      const auto at_once = must(make_policy("at_once", job, {}));
      WindowResult r{table_.columns[w.zone], must(run_online(*at_once, job, prices, w.begin, {})).cost,
                     must(least_cost(job, std::span(prices).subspan(w.begin, kDeadline))), 0.0, true};
      const OnlineOutcome outcome = must(run_online(*policy, job, prices, w.begin, (this->*row.forecaster)(w.zone)));
      r.cost = outcome.cost;
      r.in_time = outcome.in_time;
      const auto bound = policy->worst_case();
      bounded = bounded && bound.has_value();
      bounds += bound.value_or(0.0);
      all.push_back(r);
      by_zone[w.zone].push_back(r);
      (weather_.contains(w.zone) ? with_weather : without).push_back(r);
    }
    const WindowScore s = score_windows(all), in = score_windows(with_weather), off = score_windows(without);
    const std::string bound = bounded ? fmt::format("{:.2f}", bounds / static_cast<double>(all.size())) : "none";
    fmt::print(
        "| {} | {:.1f} % | {:.1f} % [{:.1f}, {:.1f}] | {:.1f} % | {:.0f} | {:.1f} % | {} | {} | {:.1f} % [{:.1f}, "
        "{:.1f}] | {:.1f} % |\n",
        row.label, 100 * s.saved, 100 * s.captured, 100 * s.captured_low, 100 * s.captured_high, 100 * s.grams_captured,
        s.grams_saved, 100 * s.worse, s.late, bound, 100 * in.captured, 100 * in.captured_low, 100 * in.captured_high,
        100 * off.captured);
    if (out == nullptr) return;
    for (const auto& [zone, results] : by_zone) {
      const WindowScore z = score_windows(results);
      fmt::print(out, "{},{},\"{}\",{},{:.3f},{:.3f},{:.4f},{:.4f},{:.4f},{:.4f},{:.1f},{:.4f},{}\n", edge_g,
                 table_.columns[zone], row.label, z.windows, 100 * z.saved, 100 * z.least_saved, z.captured,
                 z.captured_low, z.captured_high, z.grams_captured, z.grams_saved, z.worse, z.late);
    }
  }

  RealFileSystem files_;
  std::string data_;
  HourlyTable table_;
  std::vector<Window> windows_;
  std::vector<std::size_t> zones_;
  std::optional<PanelForecaster> panel_;
  std::map<std::size_t, Weathered> weather_;
  std::map<std::pair<std::size_t, bool>, bool> outside_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && !(argc == 4 && std::string(argv[2]) == "--csv")) {
    fmt::print(stderr, "usage: online_windows DATA [--csv FILE]\n");
    return 2;
  }
  Bench(argv[1]).run(argc == 4 ? argv[3] : "");
  return 0;
}
