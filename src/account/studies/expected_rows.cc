#include "account/studies/expected_rows.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "provenance/table.h"

namespace olivine {
namespace {

constexpr double kExactly = 1e-9;

// Digits behind the point of "0.00070": 5; of "433,196": 0; of "2.91e21": nothing that rounding by decimals can use.
std::optional<int> decimals_of(std::string_view printed) {
  if (printed.find_first_of("eE") != std::string_view::npos) return std::nullopt;
  const std::size_t point = printed.find('.');
  return point == std::string_view::npos ? 0 : static_cast<int>(printed.size() - point - 1);
}

// Half up, as papers round: 26.5 is printed as 27.
double rounded_to(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  return std::floor(value * scale + 0.5 + 1e-9) / scale;
}

double rounded_to_digits(double value, int digits) { return parse_double(fmt::format("{:.{}e}", value, digits - 1)).value_or(value); }

bool near(double a, double b, double relative) { return std::abs(a - b) <= relative * std::max(std::abs(a), std::abs(b)); }

std::string without_commas(std::string_view text) {
  std::string plain(text);
  std::erase(plain, ',');
  return plain;
}

Result<StudyTolerance> parse_tolerance(std::string_view text) {
  using Kind = StudyTolerance::Kind;
  const auto made = [&](Kind kind, double amount) { return StudyTolerance{kind, amount, std::string(text)}; };
  if (text == "exact") return made(Kind::kExact, 0.0);
  if (text == "printed") return made(Kind::kPrinted, 0.0);
  const auto number_of = [](std::string_view word) -> std::optional<double> {
    const auto number = parse_double(trim(word));
    return number && *number > 0.0 ? std::optional(*number) : std::nullopt;
  };
  if (text.ends_with("%"))
    if (const auto n = number_of(text.substr(0, text.size() - 1))) return made(Kind::kRelative, *n / 100.0);
  if (text.starts_with("abs "))
    if (const auto n = number_of(text.substr(4))) return made(Kind::kAbsolute, *n);
  if (text.ends_with(" digits"))
    if (const auto n = number_of(text.substr(0, text.size() - 7)); n && *n <= 15.0) return made(Kind::kDigits, *n);
  return fail(ErrorKind::kCorrupt, fmt::format("tolerance \"{}\": known are 0.2 %, abs 0.1, printed, 6 digits, exact", printable(text)));
}

Result<ExpectedRow> row_of(const CsvTable& table, std::size_t i) {
  const auto cell = [&](std::string_view column) { return std::string(trim(table.cell(i, column))); };
  ExpectedRow row;
  row.id = cell("id");
  const std::size_t slash = row.id.find('/');
  row.manifest = slash == std::string::npos ? "account" : row.id.substr(0, slash);
  row.figure = slash == std::string::npos ? row.id : row.id.substr(slash + 1);
  row.printed = cell("published");
  const auto value = parse_double(without_commas(row.printed));
  if (row.id.empty() || row.figure.empty() || !value) return fail(ErrorKind::kCorrupt, fmt::format("row {} (\"{}\"): id or published value missing", i + 1, printable(row.id)));
  row.value = *value;
  row.unit = cell("unit");
  const auto tolerance = parse_tolerance(cell("tolerance"));
  if (!tolerance) return with_context(tolerance.error(), printable(row.id));
  row.tolerance = *tolerance;
  row.source = cell("source");
  row.mark = cell("mark");
  row.why = cell("why");
  for (const std::string_view known : {"SAW", "SAW-C", "quoted", "CALC", "SAW slip", "SAW-C slip", "quoted slip"})
    if (row.mark == known) return row;
  return fail(ErrorKind::kCorrupt, fmt::format("{}: mark \"{}\" is not known", printable(row.id), printable(row.mark)));
}

}  // namespace

bool StudyTolerance::holds(double expected, std::string_view printed, double recomputed) const {
  switch (kind) {
    case Kind::kExact: return near(expected, recomputed, kExactly);
    case Kind::kRelative: return std::abs(recomputed - expected) <= amount * std::abs(expected);
    case Kind::kAbsolute: return std::abs(recomputed - expected) <= amount * (1.0 + kExactly);
    case Kind::kDigits: {
      const int digits = static_cast<int>(amount);
      return near(rounded_to_digits(recomputed, digits), rounded_to_digits(expected, digits), kExactly);
    }
    case Kind::kPrinted: {
      const auto decimals = decimals_of(printed);
      return decimals && std::abs(rounded_to(recomputed, *decimals) - expected) <= kExactly * std::max(1.0, std::abs(expected));
    }
  }
  return false;
}

Result<std::vector<ExpectedRow>> parse_expected(std::string_view file, std::string_view csv) {
  OLIVINE_TRY(const CsvTable table, CsvTable::parse(file, csv));
  std::vector<ExpectedRow> rows;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    auto row = row_of(table, i);
    if (!row) return with_context(row.error(), file);
    const bool twice = std::any_of(rows.begin(), rows.end(), [&](const ExpectedRow& r) { return r.id == row->id && r.printed == row->printed && r.unit == row->unit; });
    if (twice) return fail(ErrorKind::kCorrupt, fmt::format("{}: {} stands here twice", file, row->id));
    rows.push_back(std::move(*row));
  }
  return rows;
}

std::string_view name_of(StudyRowState state) {
  switch (state) {
    case StudyRowState::kOk: return "ok";
    case StudyRowState::kSlip: return "slip";
    case StudyRowState::kOut: return "out";
    case StudyRowState::kSkipped: return "skipped";
  }
  return "";
}

StudyRow judge_row(ExpectedRow expected, const StudyAnswer& answer) {
  StudyRow row{std::move(expected), answer.value, {}, StudyRowState::kOut, answer.reason};
  if (!answer.value || !std::isfinite(*answer.value)) {
    row.recomputed.reset();
    if (answer.skipped) row.state = StudyRowState::kSkipped;
    if (row.reason.empty()) row.reason = "unknown";
    return row;
  }
  const ExpectedRow& e = row.expected;
  if (e.value != 0.0) row.difference = *answer.value / e.value - 1.0;
  const bool holds = e.tolerance.holds(e.value, e.printed, *answer.value);
  if (!e.slip()) row.state = holds ? StudyRowState::kOk : StudyRowState::kOut;
  else if (!holds) row.state = StudyRowState::kSlip;
  else row.reason = "marked as the paper's slip, but it agrees";
  return row;
}

}  // namespace olivine
