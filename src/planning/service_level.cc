#include "planning/service_level.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "base/time.h"
#include "provenance/table.h"
#include "units/format.h"

namespace olivine {
namespace {

constexpr double kMostW = 1e10;
constexpr std::size_t kMostPoints = 1'000, kLongestName = 100;

std::string why_not(const OperatingPoint& p, const ServiceLevel& level) {
  if (level.most_latency_s && !p.latency_s) return "its latency is not known";
  if (level.least_accuracy && !p.accuracy) return "its accuracy is not known";
  if (level.most_latency_s && *p.latency_s > *level.most_latency_s)
    return fmt::format("{} is above {}", format_duration(seconds_from(*p.latency_s)),
                       format_duration(seconds_from(*level.most_latency_s)));
  if (level.least_throughput && p.throughput < *level.least_throughput)
    return fmt::format("{} a second is below {}", format_number(p.throughput), format_number(*level.least_throughput));
  if (level.least_accuracy && *p.accuracy < *level.least_accuracy)
    return fmt::format("accuracy {} is below {}", format_number(*p.accuracy), format_number(*level.least_accuracy));
  return "";
}

// One cell; nothing where the column is missing or the cell empty.
class Cells {
 public:
  Cells(std::string_view file, const CsvTable& table, std::size_t row) : file_(file), table_(table), row_(row) {}
  std::string_view text(const char* column) const {
    return table_.column(column) ? trim(table_.cell(row_, column)) : std::string_view();
  }
  tl::unexpected<Error> bad(const char* column, std::string_view what) const {
    return fail(ErrorKind::kInvalid, fmt::format("{}, line {}, {}: \"{}\" {}", file_, table_.line_of(row_), column,
                                                 printable(text(column).substr(0, 60)), what));
  }

 private:
  std::string_view file_;
  const CsvTable& table_;
  std::size_t row_;
};

Result<OperatingPoint> point_of(const Cells& cells) {
  OperatingPoint p;
  p.name = printable(cells.text("name"));
  if (p.name.empty() || p.name.size() > kLongestName) return cells.bad("name", "is not a name of 1 to 100 bytes");
  const auto power = parse_power(cells.text("power"));
  if (!power || !(in_watts(*power) > 0.0) || in_watts(*power) > kMostW)
    return cells.bad("power", "is not a power above 0 and up to 10 GW, e.g. 250W");
  p.power_w = in_watts(*power);
  const auto throughput = parse_double(cells.text("throughput"));
  if (!throughput || !(*throughput > 0.0) || !std::isfinite(*throughput))
    return cells.bad("throughput", "is not a number of units a second above 0");
  p.throughput = *throughput;
  if (!cells.text("latency").empty()) {
    const auto latency = parse_duration(cells.text("latency"));
    if (!latency || latency->ns <= 0) return cells.bad("latency", "is not a time, e.g. 30ms");
    p.latency_s = in_seconds(*latency);
  }
  if (!cells.text("accuracy").empty()) {
    const auto accuracy = parse_double(cells.text("accuracy"));
    if (!accuracy || !std::isfinite(*accuracy)) return cells.bad("accuracy", "is not a number");
    p.accuracy = *accuracy;
  }
  return p;
}

}  // namespace

Result<ServiceChoice> points_within(const std::vector<OperatingPoint>& points, const ServiceLevel& level) {
  ServiceChoice choice;
  std::vector<OperatingPoint> kept;
  for (const OperatingPoint& p : points) {
    const std::string why = why_not(p, level);
    if (why.empty())
      kept.push_back(p);
    else
      choice.left_out.emplace_back(p.name, why);
  }
  if (kept.empty()) {
    std::string reasons;
    for (const auto& [name, why] : choice.left_out)
      reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", name, why);
    return fail(ErrorKind::kNotFound, "no point keeps the service level: " + reasons);
  }
  std::stable_sort(kept.begin(), kept.end(), [](const OperatingPoint& a, const OperatingPoint& b) {
    return a.throughput != b.throughput ? a.throughput > b.throughput : a.power_w < b.power_w;
  });
  for (const OperatingPoint& p : kept) {  // from the fastest on: one that is slower must draw less
    if (choice.within.empty() || p.power_w < choice.within.back().power_w)
      choice.within.push_back(p);
    else
      choice.left_out.emplace_back(p.name, choice.within.back().name + " does more for less");
  }
  std::reverse(choice.within.begin(), choice.within.end());
  return choice;
}

Result<std::vector<OperatingPoint>> points_from_csv(std::string_view file, std::string_view text) {
  OLIVINE_TRY(const CsvTable table, CsvTable::parse_file(file, text));
  for (const std::string& column : table.columns())
    if (column != "name" && column != "power" && column != "throughput" && column != "latency" && column != "accuracy")
      return fail(ErrorKind::kInvalid,
                  fmt::format("{}, line {}: column \"{}\" is not one of name, power, throughput, latency, accuracy",
                              file, table.header_line(), printable(column.substr(0, 60))));
  for (const char* needed : {"name", "power", "throughput"})
    if (!table.column(needed))
      return fail(ErrorKind::kInvalid,
                  fmt::format("{}, line {}: no column {}; e.g. name,power,throughput,latency,accuracy", file,
                              table.header_line(), needed));
  if (table.rows() == 0 || table.rows() > kMostPoints)
    return fail(ErrorKind::kInvalid, fmt::format("{}: {} points; 1 to {}", file, table.rows(), kMostPoints));
  std::vector<OperatingPoint> points;
  std::set<std::string> names;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const Cells cells(file, table, row);
    OLIVINE_TRY(OperatingPoint p, point_of(cells));
    if (!names.insert(p.name).second) return cells.bad("name", "stands there twice");
    points.push_back(std::move(p));
  }
  return points;
}

}  // namespace olivine
