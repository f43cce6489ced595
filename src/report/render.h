// Renderers of a RunRecord: text for people, JSON for programs, CSV for tables. One model, many views.
//
// Units: JSON and CSV keys carry them. Errors: explain_figure says kNotFound with the names it knows. Threads: pure.
// Lifetime: values.
#pragma once

#include <span>
#include <string>

#include "report/run_record.h"

namespace olivine {

struct TextStyle {
  bool color = false;
  bool ascii = false;  // no box drawing, no typographic characters
  int width = 100;
  bool fit = false;  // to a terminal: no line wider than `width`; otherwise a fact stays on its line
};

// The three lines after a run: energy, carbon, who; then one line a warning. See the example.
std::string render_summary(const RunRecord& record, const TextStyle& style);
// `show`: the summary and then everything a person may want: components, shares, gaps, quality, host, command.
std::string render_details(const RunRecord& record, const TextStyle& style);
// olivine.run/1, two-space indent, keys in the order of the issue.
std::string render_json(const RunRecord& record);
// One line a run with constant columns; text cells are guarded against formula injection.
std::string render_csv_header();
std::string render_csv_row(const RunRecord& record);
// The provenance tree of a figure named as in the JSON: "energy_j.total", "emissions_g.operational.location_average",
// "energy", "carbon" as short names; "" explains energy total and emissions total.
Result<std::string> explain_figure(const RunRecord& record, std::string_view figure, const TextStyle& style);
// Figure names that explain_figure knows.
std::vector<std::string> figure_names(const RunRecord& record);

std::string render_list(std::span<const RunListEntry> runs, const TextStyle& style);
std::string render_list_json(std::span<const RunListEntry> runs);

}  // namespace olivine
