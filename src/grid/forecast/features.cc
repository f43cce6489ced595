#include "grid/forecast/features.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>

namespace olivine {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// Collects values and, when asked, their names: one list for both.
class Row {
 public:
  explicit Row(std::vector<std::string>* names) : names_(names) {}
  void add(double value, std::string_view subject, std::string_view what) {
    values_.push_back(value);
    if (names_ != nullptr) names_->push_back(fmt::format("{}: {}", subject, what));
  }
  std::vector<double> take() { return std::move(values_); }

 private:
  std::vector<std::string>* names_;
  std::vector<double> values_;
};

struct Place {
  const DayGrid& grid;
  std::size_t issue, target, slot;
};

// Of the slots from `first` on.
double slots_mean(const std::vector<double>& values, std::size_t day, std::size_t first) {
  double sum = 0.0;
  for (std::size_t s = first; s < kSlots; ++s) sum += values[day * kSlots + s];
  return sum / static_cast<double>(kSlots - first);
}

double week_day_mean(const Channel& c, std::size_t issue) {
  double sum = 0.0;
  for (std::size_t back = 1; back <= 7; ++back) sum += c.day_mean[issue - back];
  return sum / 7.0;
}

void add_intensity(Row& row, const Place& p) {
  const Channel& y = p.grid.target;
  const std::size_t i = p.issue, s = p.slot;
  row.add(y.at(i - 1, s), y.name, "slot, day before");
  row.add(y.at(i - 2, s), y.name, "slot, 2 days before");
  row.add(y.at(i - 3, s), y.name, "slot, 3 days before");
  row.add(y.at(p.target - 7, s), y.name, "slot, same weekday");
  row.add(y.week_at(i, s), y.name, "slot, week");
  for (std::size_t back = 1; back <= 4; ++back)
    row.add(y.at(i - 1, kSlots - back), y.name, fmt::format("{} h before issue", back));
  row.add(y.day_mean[i - 1], y.name, "day before");
  row.add(y.day_mean[i - 2], y.name, "2 days before");
  row.add(y.day_mean[p.target - 7], y.name, "same weekday");
  row.add(week_day_mean(y, i), y.name, "week");
  row.add(y.at(i - 1, kSlots - 1) - y.week_at(i, kSlots - 1), y.name, "last hour above its week");
  row.add(slots_mean(y.value, i - 1, 18) - slots_mean(y.week, i, 18), y.name, "last 6 h above their week");
  for (const std::size_t shift : {22U, 2U, 4U, 20U})
    row.add(y.at(i - 1, (s + shift) % kSlots), y.name, fmt::format("day before, slot + {}", shift));
}

void add_calendar(Row& row, const Place& p) {
  using namespace std::chrono;
  const auto day =
      floor<days>(sys_time<std::chrono::nanoseconds>{std::chrono::nanoseconds{p.grid.time_of(p.target, p.slot).ns}});
  const unsigned weekday_number = weekday{day}.iso_encoding();
  for (unsigned k = 1; k <= 7; ++k) row.add(weekday_number == k ? 1.0 : 0.0, "weekday", fmt::format("{}", k));
  const sys_days new_year{year_month_day{day}.year() / January / 1};
  const double angle = 2.0 * std::numbers::pi * static_cast<double>((day - new_year).count() + 1) / 365.25;
  for (int k = 1; k <= 3; ++k) {
    row.add(std::sin(k * angle), "year", fmt::format("sin {}", k));
    row.add(std::cos(k * angle), "year", fmt::format("cos {}", k));
  }
}

template <class Function>
double day_mean_of(const Channel& c, std::size_t day, Function f) {
  double sum = 0.0;
  for (std::size_t s = 0; s < kSlots; ++s) sum += f(c.at(day, s));
  return sum / static_cast<double>(kSlots);
}

double cube(double v) { return v * v * v; }

void add_wind(Row& row, const Place& p, const Channel& w) {
  const double v = w.at(p.target, p.slot);
  row.add(v * v, w.name, "square");
  row.add(cube(v), w.name, "cube");
  row.add(cube(w.at(p.issue - 1, p.slot)), w.name, "cube, day before");
  const double today = day_mean_of(w, p.target, cube);
  double week = 0.0;
  for (std::size_t back = 1; back <= 7; ++back) week += day_mean_of(w, p.issue - back, cube) / 7.0;
  row.add(today, w.name, "cube, day mean");
  row.add(today - week, w.name, "cube, day mean above week");
}

// Degrees above and below 18 C; the file's unit is told from its size (Kelvin are above 150).
void add_temperature(Row& row, const Place& p, const Channel& w) {
  const double now = w.at(p.target, p.slot);
  const double base = now > 150.0 ? 291.0 : 18.0;
  const auto above = [base](double t) { return std::isnan(t) ? t : std::max(t - base, 0.0); };
  const auto below = [base](double t) { return std::isnan(t) ? t : std::max(base - t, 0.0); };
  row.add(above(now), w.name, "cooling degrees");
  row.add(below(now), w.name, "heating degrees");
  row.add(day_mean_of(w, p.target, above), w.name, "cooling degrees, day mean");
  row.add(day_mean_of(w, p.target, below), w.name, "heating degrees, day mean");
  row.add(day_mean_of(w, p.issue - 1, above), w.name, "cooling degrees, day before");
  row.add(day_mean_of(w, p.issue - 1, below), w.name, "heating degrees, day before");
}

void add_weather(Row& row, const Place& p, const Channel& w) {
  const std::size_t s = p.slot;
  row.add(w.at(p.target, s), w.name, "slot");
  row.add(w.day_mean[p.target], w.name, "day mean");
  row.add(w.at(p.issue - 1, s), w.name, "slot, day before");
  row.add(w.day_mean[p.issue - 1], w.name, "day mean, day before");
  row.add(w.at(p.target, s) - w.week_at(p.issue, s), w.name, "slot above week");
  row.add(w.at(p.target, s < 3 ? 0 : s - 3), w.name, "3 h earlier");
  row.add(w.at(p.target, std::min(s + 3, kSlots - 1)), w.name, "3 h later");
  if (w.kind == WeatherKind::kWind) add_wind(row, p, w);
  if (w.kind == WeatherKind::kTemperature) add_temperature(row, p, w);
}

void add_past(Row& row, const Place& p, const Channel& c) {
  row.add(c.at(p.issue - 1, p.slot), c.name, "slot, day before");
  row.add(c.at(p.issue - 1, kSlots - 1), c.name, "last hour");
  row.add(c.day_mean[p.issue - 1], c.name, "day before");
  row.add(c.at(p.issue - 2, p.slot), c.name, "slot, 2 days before");
  row.add(c.week_at(p.issue, p.slot), c.name, "slot, week");
}

std::vector<double> build(const Place& p, std::vector<std::string>* names) {
  Row row(names);
  add_intensity(row, p);
  add_calendar(row, p);
  for (const Channel& w : p.grid.weather) add_weather(row, p, w);
  for (const Channel& c : p.grid.past) add_past(row, p, c);
  return row.take();
}

}  // namespace

std::vector<double> features_of(const DayGrid& grid, std::size_t issue_day, std::size_t lead, std::size_t slot) {
  return build({grid, issue_day, issue_day + lead, slot}, nullptr);
}

std::vector<std::string> feature_names(const DayGrid& grid) {
  std::vector<std::string> names;
  if (grid.days > kFirstDay) build({grid, kFirstDay, kFirstDay, 0}, &names);
  return names;
}

std::vector<Matrix> feature_table(const DayGrid& grid, std::size_t lead, std::size_t end_day) {
  const std::size_t columns = feature_names(grid).size();
  std::vector<Matrix> table(kSlots, Matrix{end_day, columns, std::vector<double>(end_day * columns, kUnknown)});
  for (std::size_t day = kFirstDay; day < end_day && day + lead < grid.days; ++day)
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      const std::vector<double> row = features_of(grid, day, lead, slot);
      std::copy(row.begin(), row.end(), table[slot].values.begin() + static_cast<std::ptrdiff_t>(day * columns));
    }
  return table;
}

}  // namespace olivine
