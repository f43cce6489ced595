#include "hardware/silicon.h"

#include <fmt/format.h>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kMostKinds = 32;
constexpr double kMostDies = 1000.0, kMostArea = 1e5, kMostNode = 1000.0;

tl::unexpected<Error> no_dies(std::string_view whole) {
  return fail(ErrorKind::kInvalid,
              fmt::format("'{}' is no list of dies such as 8x115@5+4x370@6", printable(whole.substr(0, 60))));
}

Result<double> part_of(std::string_view text, double most, std::string_view whole) {
  const Result<double> value = parse_double(text);
  if (!value || !(*value > 0.0) || *value > most) return no_dies(whole);
  return *value;
}

Result<Die> parse_die(std::string_view text, std::string_view whole) {
  Die die;
  if (const std::size_t cross = text.find('x'); cross != std::string_view::npos) {
    OLIVINE_TRY(const double count, part_of(text.substr(0, cross), kMostDies, whole));
    die.count = static_cast<int>(count);
    if (static_cast<double>(die.count) != count) return no_dies(whole);
    text.remove_prefix(cross + 1);
  }
  const std::size_t at = text.find('@');
  OLIVINE_TRY(die.area_mm2, part_of(text.substr(0, at), kMostArea, whole));
  OLIVINE_TRY(die.node_nm, part_of(at == std::string_view::npos ? "" : text.substr(at + 1), kMostNode, whole));
  return die;
}

}  // namespace

Result<Silicon> parse_silicon(std::string_view text) {
  Silicon silicon;
  for (const std::string_view part : split(text, '+')) {
    OLIVINE_TRY(const Die die, parse_die(trim(part), text));
    silicon.push_back(die);
    if (silicon.size() > kMostKinds) return fail(ErrorKind::kInvalid, "more than 32 kinds of die in one package");
  }
  return silicon;
}

double area_mm2(const Silicon& silicon) {
  double area = 0.0;
  for (const Die& die : silicon) area += die.count * die.area_mm2;
  return area;
}

std::string text_of(const Silicon& silicon) {
  std::string text;
  for (const Die& die : silicon) {
    if (!text.empty()) text += ", ";
    if (die.count != 1) text += fmt::format("{} x ", die.count);
    text += fmt::format("{} mm2 at {} nm", shortest(die.area_mm2), shortest(die.node_nm));
  }
  return text;
}

bool fits_pattern(std::string_view pattern, std::string_view key) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '*') return true;
    if (i >= key.size()) return false;
    if (pattern[i] == '#' ? key[i] < '0' || key[i] > '9' : pattern[i] != '?' && pattern[i] != key[i]) return false;
  }
  return pattern.size() == key.size();
}

std::optional<CpuSilicon> silicon_of_cpu(std::string_view key, std::string_view cls) {
  const Result<const CsvTable*> found = fact_table("cpu_dies");
  if (!found) return std::nullopt;
  const CsvTable& table = **found;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view wanted = table.cell(row, "class");
    if ((!wanted.empty() && wanted != cls) || !fits_pattern(table.cell(row, "pattern"), key)) continue;
    const std::string_view dies = table.cell(row, "dies");
    const std::string_view upper = table.cell(row, "dies_upper");
    const Result<Silicon> smaller = parse_silicon(dies);
    const Result<Silicon> larger = parse_silicon(upper.empty() ? dies : upper);
    if (!smaller || !larger) return std::nullopt;
    return CpuSilicon{*smaller, *larger, std::string(table.cell(row, "what")), table.fact(row, "pattern")};
  }
  return std::nullopt;
}

}  // namespace olivine
