// sci show, export, import: Software Carbon Intensity of an account; Impact Framework manifests.
#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "account/sci/sci_account.h"
#include "apps/cli/account_inputs.h"
#include "apps/cli/app.h"
#include "apps/cli/studies_options.h"
#include "base/text.h"
#include "report/text_layout.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

Json in_g(const std::optional<Carbon>& c) { return c ? Json(in_grams(*c)) : Json(nullptr); }

std::string sci_json(const Account& account, const SciOfAccount& sci) {
  Json components = Json::array();
  for (const SciComponent& c : sci.components)
    components.push_back({{"name", c.name},
                          {"energy_kwh", c.energy ? Json(in_kilowatt_hours(*c.energy)) : Json(nullptr)},
                          {"operational_g", in_g(c.operational)},
                          {"embodied_g", in_g(c.embodied)}});
  const SciScore& s = sci.score;
  return Json{{"schema", "olivine.sci/1"},
              {"name", account.name},
              {"functional_unit", sci.unit},
              {"functional_units", s.functional_units},
              {"sci_g", in_g(s.per_unit)},
              {"lower_g", in_g(sci.lower)},
              {"upper_g", in_g(sci.upper)},
              {"at_least_g", in_grams(s.at_least_per_unit)},
              {"energy_kwh", sci.energy ? Json(in_kilowatt_hours(*sci.energy)) : Json(nullptr)},
              {"intensity_g_per_kwh", sci.intensity ? Json(sci.intensity->canonical()) : Json(nullptr)},
              {"operational_g", in_g(s.operational)},
              {"embodied_g", in_g(s.embodied)},
              {"components", components},
              {"boundary", sci.boundary},
              {"not_counted", sci.not_counted},
              {"unknown", s.unknown},
              {"notes", sci.notes}}
      .dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string carbon_or(const std::optional<Carbon>& c) { return c ? format_carbon(*c) : std::string("unknown"); }

// Whole numbers in full: 3000000 requests, not 3.00e+06.
std::string counted(double n) { return n == std::floor(n) && n < 1e15 ? fmt::format("{:.0f}", n) : format_number(n); }

std::string sci_text(const Account& account, const SciOfAccount& sci, const TextStyle& style) {
  const SciScore& s = sci.score;
  const auto row = [&](std::string_view name, const std::string& text) {
    return label(name, style) + safe(text, style) + "\n";
  };
  std::string range = sci.lower && sci.upper && in_grams(*sci.upper) > in_grams(*sci.lower)
                          ? fmt::format("  ({} .. {})", format_carbon(*sci.lower), format_carbon(*sci.upper))
                          : "";
  std::string text = bold(safe(account.name, style), style) + "\n";
  text += row("SCI", s.per_unit ? fmt::format("{} CO2e per {}{}", format_carbon(*s.per_unit), sci.unit, range)
                                : fmt::format("unknown, at least {} CO2e per {}", format_carbon(s.at_least_per_unit),
                                              sci.unit));
  text += row("R", fmt::format("{} x {}", counted(s.functional_units), sci.unit));
  text += row("E", sci.energy ? format_energy(*sci.energy) + ", at the facility's meter" : std::string("unknown"));
  text += row("I", sci.intensity ? format_number(sci.intensity->canonical()) + " g/kWh, location-based"
                                 : std::string("unknown"));
  text += row("O = E x I", carbon_or(s.operational));
  text += row("M", carbon_or(s.embodied));
  for (std::size_t i = 0; i < sci.boundary.size(); ++i) text += row(i == 0 ? "boundary" : "", sci.boundary[i]);
  for (const std::string& each : s.unknown) text += row("unknown", each);
  for (const std::string& each : sci.not_counted) text += row("left out", each);
  for (const std::string& each : sci.notes) text += row("note", each);
  return text;
}

}  // namespace

int sci_show_command(App& app) {
  const auto account = account_of_file(app, app.options.of<SciOptions>().file, {});
  if (!account) return report_error(account.error());
  const auto sci = sci_of_account(*account, app.options.of<SciOptions>().unit);
  if (!sci) return report_error(sci.error());
  return app.options.json ? print_json(app, sci_json(*account, *sci))
                          : print(sci_text(*account, *sci, app.style(false)));
}

int sci_export_command(App& app) {
  const SciOptions& o = app.options.of<SciOptions>();
  std::optional<WallInterval> otherwise;
  if (!o.at.empty()) {
    const auto span = parse_account_span(o.at);
    if (!span) return report_error({span.error().kind, "--at: " + span.error().message});
    otherwise = span->interval;
    if (span->instant) otherwise->end.ns += hours(1).ns;
  }
  const auto account = account_of_file(app, o.file, {});
  if (!account) return report_error(account.error());
  const auto manifest = impact_framework_of(*account, o.unit, otherwise);
  if (!manifest) return report_error(manifest.error());
  const auto text = write_impact_framework(*manifest);
  return text ? print(*text) : report_error(text.error());
}

int sci_import_command(App& app) {
  const std::string& file = app.options.of<SciOptions>().file;
  const auto yaml = read_text(app.files, file, kMaxManifestBytes);
  if (!yaml) return report_error(yaml.error());
  const auto manifest = read_impact_framework(*yaml, file);
  if (!manifest) return report_error(manifest.error());
  const auto text = account_of_impact_framework(*manifest);
  if (!text) return report_error(text.error());
  for (const std::string& note : manifest->notes) say("olivine: " + printable(note) + "\n");
  return print(*text);
}

}  // namespace olivine::cli
