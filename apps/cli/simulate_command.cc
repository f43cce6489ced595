// simulate: a trace of jobs under several online policies, and the merging of its parts.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "apps/cli/app.h"
#include "apps/cli/simulate_options.h"
#include "base/text.h"
#include "base/wall_time_text.h"
#include "grid/forecast/panel_ridge.h"
#include "grid/import/byte_source.h"
#include "planning/online/simulation.h"
#include "report/text_layout.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* kSchema = "olivine.simulate/1";
constexpr std::size_t kMostBytes = 64 << 20;

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string_view word : split(text, ','))
    if (!trim(word).empty()) out.emplace_back(trim(word));
  return out;
}

// arrives_utc,hours,within_hours[,power_kw]
Result<std::vector<SimulatedJob>> read_trace(App& app, const std::string& path, const HourlyTable& table) {
  OLIVINE_TRY(const std::string text, read_input(app.files, path, kMostBytes));
  std::vector<SimulatedJob> jobs;
  std::size_t line = 0;
  for (const std::string_view row : split(text, '\n')) {
    if (++line == 1 || trim(row).empty()) continue;
    const auto here = [&](const Error& e) { return with_context(e, fmt::format("{}, line {}", path, line)); };
    const auto fields = split(trim(row), ',');
    if (fields.size() != 3 && fields.size() != 4)
      return here({ErrorKind::kInvalid, fmt::format("{} fields; write arrives_utc,hours,within_hours and perhaps power_kw", fields.size())});
    const auto arrives = parse_wall_time(fields[0]);
    const auto work = parse_u64(fields[1]), within = parse_u64(fields[2]);
    const auto power = fields.size() == 4 ? parse_double(fields[3]) : Result<double>(1.0);
    if (!arrives) return here(arrives.error());
    if (!work || !within) return here(!work ? work.error() : within.error());
    if (!power || *power < 0.0) return here(power ? Error{ErrorKind::kInvalid, fmt::format("a power of {} kW; it must be 0 or more", *power)} : power.error());
    if (*arrives < table.begin) return here({ErrorKind::kInvalid, fmt::format("{} is before the intensities begin ({})", fields[0], format_utc(table.begin))});
    jobs.push_back({static_cast<std::size_t>((arrives->ns - table.begin.ns) / kHourNs), *work, *within, *power});
  }
  if (jobs.empty()) return fail(ErrorKind::kInvalid, fmt::format("{}: no job; write arrives_utc,hours,within_hours below a header", path));
  return jobs;
}

Status set_part(const std::string& text, SimulationSettings& s) {
  const auto parts = split(text, '/');
  const auto index = parse_u64(parts[0]), count = parts.size() == 2 ? parse_u64(parts[1]) : Result<std::uint64_t>(std::uint64_t{0});
  if (parts.size() != 2 || !index || !count || *index < 1 || *index > *count)
    return fail(ErrorKind::kInvalid, fmt::format("--part {}: write I/N, e.g. 3/8 for the third of eight", text));
  s.part = *index - 1;
  s.parts = *count;
  return {};
}

std::vector<double> slice(const std::vector<double>& g, std::size_t begin, std::size_t count) {
  const std::size_t end = std::min(g.size(), begin + count);
  return {g.begin() + static_cast<std::ptrdiff_t>(begin), g.begin() + static_cast<std::ptrdiff_t>(std::max(begin, end))};
}

// The same hour on the seven days before; a value that is not known ends it.
std::vector<double> profile_of(const std::vector<double>& g, std::size_t now, std::size_t count) {
  std::vector<double> out;
  for (std::size_t h = 1; h <= count && now >= 7 * 24; ++h) {
    double sum = 0.0;
    for (std::size_t d = 0; d < 7; ++d) sum += g[now + h - 24 * ((h + 23) / 24) - 24 * d];
    if (std::isnan(sum)) break;
    out.push_back(sum / 7.0);
  }
  return out;
}

struct Answer {
  std::vector<SimulationRow> rows;
  std::vector<std::string> notes;
};

Result<Answer> simulated(App& app) {
  const SimulateOptions& o = app.options.of<SimulateOptions>();
  if (o.intensity.empty()) return fail(ErrorKind::kInvalid, "simulate needs --intensity FILE, or --merge FILE... to merge results");
  OLIVINE_TRY(const HourlyTable table, read_hourly_csv(app.files, o.intensity));
  SimulationSettings s;
  s.policies = listed(o.policies);
  s.zones = o.zones.empty() ? table.columns : listed(o.zones);
  s.seeds.clear();
  for (std::size_t seed = 1; seed <= o.seeds; ++seed) s.seeds.push_back(seed);
  s.jobs = o.jobs;
  s.edge_g = o.switch_cost_g;
  s.policy.trust = o.trust;
  s.threads = o.threads > 0 ? o.threads : std::max(1U, std::thread::hardware_concurrency());
  OLIVINE_CHECK_STATUS(set_part(o.part, s));
  if (o.trace != "generated") {
    OLIVINE_TRY(s.trace, read_trace(app, o.trace, table));
    s.seeds = {1};
  }
  std::vector<std::size_t> columns;
  for (const std::string& zone : s.zones) {
    OLIVINE_TRY(const std::size_t column, table.column(zone));
    columns.push_back(column);
  }
  std::optional<PanelForecaster> panel;
  if (o.forecast == "panel") panel.emplace(table, columns);
  const ZoneForecaster forecaster = [&](std::size_t column, std::size_t now, std::size_t count) {
    const auto& g = table.values[column];
    if (o.forecast == "perfect") return slice(g, now + 1, count);
    std::vector<double> said = panel ? panel->forecast(column, now, count) : std::vector<double>{};
    if (said.size() < count) {  // the panel reaches 47 hours; beyond, the profile
      const std::vector<double> usual = profile_of(g, now, count);
      if (usual.size() > said.size()) said.insert(said.end(), usual.begin() + static_cast<std::ptrdiff_t>(said.size()), usual.end());
    }
    return said;
  };
  Answer answer;
  OLIVINE_TRY(answer.rows, simulate(table, s, forecaster));
  answer.notes = table.notes;
  if (o.forecast == "perfect") answer.notes.emplace_back("forecasts are perfect: nobody has those");
  return answer;
}

Result<Answer> merged(App& app) {
  Answer answer;
  for (const std::string& path : app.options.of<SimulateOptions>().merge) {
    OLIVINE_TRY(const std::string text, read_input(app.files, path, kMostBytes));
    const Json part = nests_deeper(text, 16) ? Json() : Json::parse(text, nullptr, false);
    const auto bad = [&] { return fail(ErrorKind::kInvalid, fmt::format("{}: no result of olivine simulate --json ({})", path, kSchema)); };
    if (!part.is_object() || part.value("schema", Json()) != kSchema || !part.contains("rows") || !part["rows"].is_array()) return bad();
    try {
      for (const Json& r : part["rows"])
        answer.rows.push_back({r.at("policy"), r.at("zone"), r.at("seed"), r.at("jobs"), r.at("late"), r.at("worse"), r.at("emissions_g"), r.at("at_once_g"), r.at("least_g"),
                               r.at("parts").get<std::vector<std::string>>()});
    } catch (const Json::exception&) {
      return bad();
    }
  }
  OLIVINE_TRY(answer.rows, merge(std::move(answer.rows)));
  return answer;
}

std::optional<double> quotient(double a, double b) { return b > 0.0 ? std::optional(a / b) : std::nullopt; }

std::string json_of(const Answer& answer) {
  Json rows = Json::array();
  for (const SimulationRow& r : answer.rows) {
    const auto saved = quotient(r.at_once_g - r.g, r.at_once_g), captured = quotient(r.at_once_g - r.g, r.at_once_g - r.least_g);
    rows.push_back({{"policy", r.policy}, {"zone", r.zone}, {"seed", r.seed}, {"jobs", r.jobs}, {"late", r.late}, {"worse", r.worse},
                    {"emissions_g", r.g}, {"at_once_g", r.at_once_g}, {"least_g", r.least_g},
                    {"saving", saved ? Json(*saved) : Json(nullptr)}, {"captured", captured ? Json(*captured) : Json(nullptr)}, {"parts", r.parts}});
  }
  return Json{{"schema", kSchema}, {"rows", rows}, {"notes", answer.notes}}.dump(2) + "\n";
}

// Seeds together: one line for each policy and zone.
Result<std::string> text_of(App& app, const Answer& answer) {
  std::vector<SimulationRow> rows = answer.rows;
  for (SimulationRow& row : rows) {
    row.seed = 0;
    row.parts.clear();
  }
  OLIVINE_TRY(rows, merge(std::move(rows)));
  TextTable table({{"policy", 24}, {"zone", 16}, {"jobs", 9, true}, {"kg", 12, true}, {"saved", 8, true}, {"of the oracle's", 15, true}, {"worse", 8, true}, {"late", 6, true}});
  const TextStyle style = app.style(false);
  for (const SimulationRow& r : rows) {
    const auto saved = quotient(r.at_once_g - r.g, r.at_once_g), captured = quotient(r.at_once_g - r.g, r.at_once_g - r.least_g);
    const auto percent = [](const std::optional<double>& share) { return share ? fmt::format("{:.1f} %", 100.0 * *share) : std::string("-"); };
    table.add({safe(r.policy, style), safe(r.zone, style), fmt::format("{}", r.jobs), fmt::format("{:.1f}", r.g / 1000.0), percent(saved), percent(captured),
               percent(quotient(static_cast<double>(r.worse), static_cast<double>(r.jobs))), fmt::format("{}", r.late)});
  }
  std::string text = table.render(style);
  for (const std::string& note : answer.notes) text += "  " + dim(wrapped("note: " + safe(note, style), 2, style), style) + "\n";
  return text;
}

}  // namespace

int simulate_command(App& app) {
  const auto answer = app.options.of<SimulateOptions>().merge.empty() ? simulated(app) : merged(app);
  if (!answer) return report_error(answer.error());
  if (app.options.json) return print_json(app, json_of(*answer));
  const auto text = text_of(app, *answer);
  return text ? print(*text) : report_error(text.error());
}

}  // namespace olivine::cli
