// sources: the meters of this machine and what they read now.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "apps/cli/app.h"
#include "apps/cli/commands.h"
#include "base/text.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Line {
  SourceInfo info;
  std::optional<std::uint64_t> raw;
  std::string trouble;
};

Json to_json(const Line& line) {
  const SourceInfo& s = line.info;
  Json j{{"id", s.id},
         {"backend", s.backend},
         {"kind", name_of(s.domain.kind)},
         {"device", s.domain.device},
         {"plane", name_of(s.domain.plane)},
         {"place", name_of(s.domain.place)},
         {"basis", name_of(s.domain.basis)},
         {"signal", s.signal == SignalKind::kEnergyCounter ? "energy_counter" : "power_gauge"},
         {"unit", s.signal == SignalKind::kEnergyCounter ? "J" : "W"},
         {"unit_per_count", s.unit}};
  j["wraps_after_counts"] = s.modulus ? Json(*s.modulus) : Json(nullptr);
  j["raw"] = line.raw ? Json(*line.raw) : Json(nullptr);
  j["error"] = line.trouble.empty() ? Json(nullptr) : Json(line.trouble);
  return j;
}

std::string text_of(const std::vector<Line>& lines, const Discovery& discovery) {
  std::string text;
  for (const Line& line : lines) {
    const SourceInfo& s = line.info;
    text += fmt::format("{:<28} {:<8} {:<12} {:<9} {:<9} {}\n", printable(s.id), name_of(s.domain.kind),
                        printable(s.domain.device), name_of(s.domain.place), name_of(s.domain.basis),
                        line.raw ? fmt::format("{} x {} {}", *line.raw, shortest(s.unit),
                                               s.signal == SignalKind::kEnergyCounter ? "J" : "W")
                                 : line.trouble);
  }
  for (const SourceTrouble& t : discovery.troubles)
    text += fmt::format("{:<28} not usable: {}{}\n", printable(t.what), printable(t.error.message),
                        t.fix.empty() ? "" : "\n" + std::string(29, ' ') + "fix: " + t.fix);
  for (const std::string& note : discovery.notes) text += "note: " + printable(note) + "\n";
  if (text.empty())
    text = "no energy sensor is visible on this machine; olivine models CPU and memory (olivine doctor)\n";
  return text;
}

}  // namespace

int sources_command(App& app) {
  const MachineSensors sensors = discover_sensors(app.files, app.roots(), app.clock, app.discover_options());
  const Discovery& discovery = sensors.found;
  std::vector<Line> lines;
  for (const auto& source : discovery.sources) {
    Line line{source->info(), std::nullopt, ""};
    if (const auto raw = source->read())
      line.raw = *raw;
    else
      line.trouble = raw.error().message;
    lines.push_back(std::move(line));
  }
  if (!app.options.json) return print(text_of(lines, discovery));
  Json j{{"schema", "olivine.sources/1"},
         {"sources", Json::array()},
         {"unusable", Json::array()},
         {"notes", discovery.notes}};
  for (const Line& line : lines) j["sources"].push_back(to_json(line));
  for (const SourceTrouble& t : discovery.troubles)
    j["unusable"].push_back({{"what", t.what},
                             {"kind", name_of(t.error.kind)},
                             {"reason", t.error.message},
                             {"fix", t.fix.empty() ? Json(nullptr) : Json(t.fix)}});
  return print_json(app, j.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace olivine::cli
