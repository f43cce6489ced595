#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "report/figure_text.h"
#include "report/render.h"
#include "report/text_layout.h"

namespace olivine {
namespace {
using Json = nlohmann::ordered_json;

struct Totals {
  FigureView energy, carbon;
};

std::optional<double> number_at(const Json& record, const char* pointer) {
  const Json::json_pointer path(pointer);
  if (!record.is_object() || !record.contains(path)) return std::nullopt;
  const Json& value = record.at(path);
  return value.is_number() ? finite(value.get<double>()) : std::nullopt;
}

FigureView total_of(const Json& record, const std::string& figure, const std::string& unit) {
  FigureView v;
  v.unit = unit;
  v.value = number_at(record, (figure + "/value").c_str());
  v.lower = number_at(record, (figure + "/lower").c_str());
  v.upper = number_at(record, (figure + "/upper").c_str());
  return v;
}

// From the stored record; a run without one (running, removed, damaged) has no totals.
Totals totals_of(const RunListEntry& run) {
  const Json record = run.record_json.empty() ? Json() : Json::parse(run.record_json, nullptr, false);
  return {total_of(record, "/energy_j/total", "J"), total_of(record, "/emissions_g/total", "g")};
}

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json or_null(const std::optional<double>& number) { return number ? Json(*number) : Json(nullptr); }

}  // namespace

std::string render_list(std::span<const RunListEntry> runs, const TextStyle& style) {
  if (runs.empty()) return "no runs yet; start one with: olivine run -- COMMAND\n";
  TextTable table({{"run", 36, false},
                   {"started (UTC)", 19, false},
                   {"took", 14, true},
                   {"status", 11, false},
                   {"energy", 12, true},
                   {"carbon", 12, true},
                   {"name", 24, false},
                   {"project", 16, false}});
  for (const RunListEntry& run : runs) {
    const Totals totals = totals_of(run);
    std::string started = format_utc(run.started_at).substr(0, 19);
    if (const auto t = started.find('T'); t != std::string::npos) started[t] = ' ';
    table.add({run.run_id.substr(0, 13), started, run.duration_s ? format_duration(seconds_from(*run.duration_s)) : "",
               run.status, value_text(totals.energy), value_text(totals.carbon), run.name, run.project});
  }
  return table.render(style);
}

std::string render_list_json(std::span<const RunListEntry> runs) {
  Json list = Json::array();
  for (const RunListEntry& run : runs) {
    const Totals totals = totals_of(run);
    list.push_back({{"run_id", run.run_id},
                    {"name", or_null(run.name)},
                    {"project", or_null(run.project)},
                    {"status", run.status},
                    {"started_at", format_utc(run.started_at)},
                    {"duration_s", or_null(run.duration_s ? finite(*run.duration_s) : std::nullopt)},
                    {"energy_j", or_null(totals.energy.value)},
                    {"emissions_g", or_null(totals.carbon.value)}});
  }
  return list.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace olivine
