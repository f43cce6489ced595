// grid show for people: the figures with their reasons, the month hour by hour, the yearly factors.
#include <fmt/core.h>

#include <array>

#include "apps/cli/grid_show.h"
#include "base/text.h"
#include "report/text_layout.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

constexpr std::size_t kIndent = 11;
constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};

std::string title_of(const GridFigure& f) {
  if (f.signal == Signal::kMarginal) return "marginal";
  return f.boundary == "direct" ? "direct" : "average";
}

std::string line(const std::string& text, const TextStyle& style) {
  return std::string(kIndent, ' ') + wrapped(text, kIndent, style) + "\n";
}

// "lifecycle CO2e, consumption; month x hour profile of 2022"
std::string kind_of(const GridFigure& f) {
  const std::string gases = f.gases == "co2" ? "CO2" : "CO2e";
  const std::string boundary = f.boundary == "unknown" ? gases + ", boundary not stated" : f.boundary + " " + gases;
  const std::string accounting = f.accounting.empty() || f.accounting == "unknown" ? "" : ", " + f.accounting;
  return fmt::format("{}{}; {} of {}", boundary, accounting, f.method, f.period);
}

// A table's own value with all of its digits; what was computed from it (a level, a mean over the hour) as other numbers are.
std::string digits_of(const GridFigure& f) {
  constexpr std::size_t kLongestOfASeries = 10;
  const std::string own = shortest(f.g_per_kwh.value_or(0.0));
  const bool computed =
      (f.profile && f.profile->level) || (f.method.starts_with("data set") && own.size() > kLongestOfASeries);
  return computed ? format_number(*f.g_per_kwh) : own;
}

std::string value_of(const GridFigure& f) {
  return fmt::format("{} g/kWh  ({} .. {})", digits_of(f), format_number(f.lower), format_number(f.upper));
}

std::string origin_of(const GridFigure& f) {
  return f.row.table.empty() ? f.source : fmt::format("{}, {} ({})", f.source, f.licence, f.row.table);
}

std::string figure_text(const std::string& title, const GridFigure& f, const TextStyle& style) {
  std::string text = label(title, style) + " ";
  if (!f.g_per_kwh) return text + wrapped("unknown: " + f.reason, kIndent, style) + "\n";
  text += value_of(f) + "\n" + line(kind_of(f), style) + line(origin_of(f), style);
  for (const std::string& note : f.notes) text += line(note, style);
  return text;
}

std::string hours_row(std::string_view title, const std::array<double, 24>& hours, std::size_t first) {
  std::string text = fmt::format("{:<11}", title);
  for (std::size_t hour = first; hour < first + 12; ++hour)
    text += hours[hour] < 9.95 ? fmt::format("{:6.1f}", hours[hour]) : fmt::format("{:6.0f}", hours[hour]);
  return text + "\n";
}

std::string profiles_text(const GridShow& show, const TextStyle& style) {
  std::string text;
  const auto month = static_cast<std::size_t>(std::stoi(format_utc(show.at).substr(5, 2))) - 1;
  for (const std::size_t first : {std::size_t{0}, std::size_t{12}}) {
    std::string rows;
    for (const GridFigure& f : show.figures)
      if (f.profile) rows += hours_row(title_of(f), f.profile->g_per_kwh[month], first);
    if (rows.empty()) return "";
    std::string heading = fmt::format("{:<11}", first == 0 ? "hour UTC" : "");
    for (std::size_t hour = first; hour < first + 12; ++hour) heading += fmt::format("{:6}", hour);
    text += dim(heading, style) + "\n" + rows;
  }
  return fmt::format("\n{}\n", bold(fmt::format("{} by hour, g/kWh (profile)", kMonths[month]), style)) + text;
}

std::string yearly_text(const GridShow& show, const TextStyle& style) {
  if (show.yearly.empty()) return "";
  std::string text = "\n" + bold("yearly factors", style) + "\n";
  for (const GridFigure& f : show.yearly)
    text += fmt::format("{:>10} g/kWh  {}  {:<9} {:<11} {}\n", shortest(f.g_per_kwh.value_or(0.0)), f.period,
                        f.boundary, f.accounting, wrapped(origin_of(f), 50, style));
  return text;
}

std::string clouds_text(const GridShow& show, const TextStyle& style) {
  if (show.clouds.empty()) return "";
  std::string text = "\n" + bold("cloud regions here", style) + "\n";
  for (const CloudRegion& c : show.clouds)
    text += fmt::format("{:<9} {:<24} {:<10} {}\n", c.provider, c.region,
                        c.pue ? (c.pue_of_fleet ? "PUE ~" : "PUE ") + shortest(*c.pue) : "", safe(c.name, style));
  return text;
}

}  // namespace

std::string render_grid_show_text(const GridShow& show, const TextStyle& style) {
  const std::string when = format_utc(show.at);
  std::string text =
      fmt::format("{}  {}{}    {} {} UTC\n", bold(show.zone.key, style), safe(show.zone.name, style),
                  show.zone.parent.empty() ? "" : ", " + show.zone.parent, when.substr(0, 10), when.substr(11, 5));
  if (show.zone.asked_as) text += text_of(*show.zone.asked_as) + "\n";
  text += "\n";
  for (const GridFigure& f : show.figures) text += figure_text(title_of(f), f, style);
  text += label("run uses", style) + " ";
  text += show.run_uses.g_per_kwh ? value_of(show.run_uses) + "\n" + line(kind_of(show.run_uses), style)
                                  : wrapped(show.run_uses.reason, kIndent, style) + "\n";
  text += profiles_text(show, style) + yearly_text(show, style) + clouds_text(show, style);
  std::string names;
  for (const ZoneAlias& a : show.names) names += (names.empty() ? "" : ", ") + a.alias;
  if (!names.empty()) text += "\n" + label("also", style) + " " + wrapped(names, kIndent, style) + "\n";
  return text;
}

}  // namespace olivine::cli
