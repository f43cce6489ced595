#include <fmt/core.h>

#include "base/text.h"
#include "report/figure_view.h"
#include "report/render.h"
#include "report/text_layout.h"

namespace olivine {
namespace {

constexpr std::string_view kCsvSchema = "olivine.csv/1";

struct Cell {
  std::string column;
  std::string value;
  bool text = true;  // text is guarded; a number may begin with a minus sign
};

// A spreadsheet takes text that begins like this for a formula: https://owasp.org/www-community/attacks/CSV_Injection
std::string guarded(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
    text.insert(0, 1, '\'');
  return text;
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  return out + "\"";
}

std::string number(const std::optional<double>& value) { return value ? shortest(*value) : ""; }

void add_text(std::vector<Cell>& cells, std::string column, std::string value) {
  cells.push_back({std::move(column), std::move(value), true});
}
void add_number(std::vector<Cell>& cells, std::string column, std::string value) {
  cells.push_back({std::move(column), std::move(value), false});
}

// value, lower, upper and basis in four columns; what is unknown stays empty, its lower bound where there is one.
void add_figure(std::vector<Cell>& cells, const std::string& name, const std::string& unit, const FigureView& f) {
  add_number(cells, name + unit, number(f.value));
  add_number(cells, name + "_lower" + unit, number(f.lower));
  add_number(cells, name + "_upper" + unit, number(f.upper));
  add_text(cells, name + "_basis", f.known() ? std::string(name_of(f.basis.weakest_used())) : "");
}

std::string hostname_of(const RunRecord& r) {
  for (const NameValue& pair : r.host)
    if (pair.name == "hostname") return pair.value;
  return "";
}

void add_identity(std::vector<Cell>& cells, const RunRecord& r) {
  add_text(cells, "schema", std::string(kCsvSchema));
  add_text(cells, "run_id", r.run_id);
  add_text(cells, "name", r.name);
  add_text(cells, "project", r.project);
  add_text(cells, "status", r.status);
  add_text(cells, "command", command_line(r.command));
  add_text(cells, "hostname", hostname_of(r));
  add_text(cells, "started_at", format_utc(r.started_at));
  add_text(cells, "ended_at", r.ended_at ? format_utc(*r.ended_at) : "");
  add_number(cells, "duration_s", shortest(in_seconds({r.duration_ns})));
  add_number(cells, "exit_code", r.exit_code ? std::to_string(*r.exit_code) : "");
  add_number(cells, "exit_signal", r.exit_signal ? std::to_string(*r.exit_signal) : "");
}

std::vector<Cell> cells_of(const RunRecord& r) {
  std::vector<Cell> cells;
  add_identity(cells, r);
  const RecordEnergy& e = r.energy;
  add_figure(cells, "energy_total", "_j", view_of(e.total));
  add_figure(cells, "energy_attributed", "_j", view_of(e.attributed));
  add_figure(cells, "energy_idle_charged", "_j", view_of(e.idle_charged));
  add_figure(cells, "energy_others", "_j", view_of(e.others));
  add_figure(cells, "energy_self", "_j", view_of(e.self));
  add_figure(cells, "energy_idle", "_j", view_of(e.idle));
  add_figure(cells, "energy_unattributed", "_j", view_of(e.unattributed));
  add_figure(cells, "energy_measured_node", "_j", view_of(e.measured_node));
  add_text(cells, "idle_policy", r.idle_policy);
  add_figure(cells, "emissions_operational_location_average", "_g", view_of(r.emissions.location_average));
  add_figure(cells, "emissions_operational_location_marginal", "_g", view_of(r.emissions.location_marginal));
  add_figure(cells, "emissions_operational_market", "_g", view_of(r.emissions.market));
  add_figure(cells, "emissions_embodied", "_g", view_of(r.emissions.embodied));
  add_figure(cells, "emissions_total", "_g", view_of(r.emissions.total));
  add_text(cells, "zone", r.intensity.zone);
  add_text(cells, "intensity_signal", r.intensity.signal);
  add_text(cells, "intensity_boundary", r.intensity.boundary);
  add_text(cells, "intensity_period", r.intensity.period);
  add_text(cells, "intensity_source", r.intensity.source);
  add_figure(cells, "intensity", "_g_per_kwh", view_of(r.intensity.value));
  add_figure(cells, "pue", "", view_of(r.pue));
  add_figure(cells, "cost", "", view_of(r.cost));
  add_text(cells, "currency", r.currency);
  add_figure(cells, "water", "_l", view_of(r.water));
  add_number(cells, "coverage_ratio", number(finite(r.coverage)));
  add_number(cells, "ticks", std::to_string(r.ticks));
  add_number(cells, "missed_ticks", std::to_string(r.missed_ticks));
  add_number(cells, "gaps", std::to_string(r.gaps.size()));
  add_text(cells, "not_counted", joined(r.not_counted, "; "));
  return cells;
}

}  // namespace

std::string render_csv_header() {
  std::string line;
  for (const Cell& cell : cells_of(RunRecord())) line += (line.empty() ? "" : ",") + cell.column;
  return line + "\n";
}

std::string render_csv_row(const RunRecord& record) {
  std::string line;
  for (const Cell& cell : cells_of(record))
    line += (line.empty() ? "" : ",") + quoted(cell.text ? guarded(cell.value) : cell.value);
  return line + "\n";
}

}  // namespace olivine
