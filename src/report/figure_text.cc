#include "report/figure_text.h"

#include <fmt/core.h>

#include <cmath>

#include "units/format.h"

namespace olivine {
namespace {

UnitScale scale_of(const FigureView& figure) {
  const double size = figure.value.value_or(figure.lower.value_or(0.0));
  if (figure.unit == "J") return energy_scale(size);
  if (figure.unit == "g") return carbon_scale(size);
  if (figure.unit == "L") return water_scale(size);
  return {0.0, 1.0, figure.unit == "1" ? std::string_view() : std::string_view(figure.unit)};
}

int digits_of(const FigureView& figure) {
  const bool counted =
      figure.unit == "J" || figure.unit == "g" || figure.unit == "L";  // a stated factor prints as stated
  if (!counted || !figure.value || !figure.lower || !figure.upper) return 3;
  return *figure.upper - *figure.lower > 0.1 * std::abs(*figure.value) ? 2 : 3;
}

std::string with_unit(const std::string& number, std::string_view unit) {
  return unit.empty() ? number : fmt::format("{} {}", number, unit);
}

}  // namespace

std::string significant(double value, int digits) {
  const double size = std::abs(value);
  if (size == 0.0) return "0";
  if (size >= 1e7 || size < 1e-5) return fmt::format("{:.{}e}", value, digits - 1);
  const int before_point = static_cast<int>(std::floor(std::log10(size))) + 1;
  std::string text = fmt::format("{:.{}f}", value, before_point >= digits ? 0 : digits - before_point);
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string value_text(const FigureView& figure) {
  const UnitScale scale = scale_of(figure);
  const int digits = digits_of(figure);
  if (figure.value) return with_unit(significant(*figure.value / scale.factor, digits), scale.name);
  if (figure.lower && *figure.lower > 0.0)
    return fmt::format("unknown (at least {})",
                       with_unit(significant(*figure.lower / scale.factor, digits), scale.name));
  return "unknown";
}

std::string value_text_beside(const FigureView& figure, const FigureView& beside) {
  if (!figure.value || !beside.value || figure.unit != beside.unit || *beside.value == 0.0) return value_text(figure);
  const UnitScale scale = scale_of(beside);
  const double number = *figure.value / scale.factor;
  if (number != 0.0 && (std::abs(number) >= 1e4 || std::abs(number) < 1e-4)) return value_text(figure);
  return with_unit(significant(number, digits_of(figure)), scale.name);
}

std::string range_text(const FigureView& figure) {
  if (!figure.value || !figure.lower || !figure.upper || *figure.lower >= *figure.upper) return "";
  const UnitScale scale = scale_of(figure);
  const int digits = digits_of(figure);
  return fmt::format("{} .. {}", significant(*figure.lower / scale.factor, digits),
                     significant(*figure.upper / scale.factor, digits));
}

std::string value_and_range_text(const FigureView& figure) {
  const std::string range = range_text(figure);
  return range.empty() ? value_text(figure) : fmt::format("{} ({})", value_text(figure), range);
}

std::string percent_text(double share) {
  const double percent = share * 100.0;
  if (!std::isfinite(percent)) return "unknown";
  if (percent <= 0.0) return "0 %";
  if (percent < 0.1) return "< 0.1 %";
  if (percent < 0.95) return fmt::format("{:.1f} %", percent);
  if (share < 1.0 && percent >= 99.5) return fmt::format("{:.1f} %", std::min(99.9, percent));
  return fmt::format("{:.0f} %", percent);
}

}  // namespace olivine
