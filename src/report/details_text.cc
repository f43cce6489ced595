#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "report/acted_text.h"
#include "report/figure_text.h"
#include "report/render.h"
#include "report/scope_text.h"
#include "report/text_layout.h"

namespace olivine {
namespace {

constexpr Duration kWorthNaming = milliseconds(10);  // below, the two clocks merely differ

std::string heading(std::string_view text, const TextStyle& style) { return "\n" + bold(text, style) + "\n"; }

std::string line(std::string_view name, std::string_view value, const TextStyle& style) {
  return label(name, style) + wrapped(safe(value, style), kLabelWidth, style) + "\n";
}

std::string exit_text(const RunRecord& r) {
  if (r.exit_signal) return fmt::format("{}, ended by signal {}", r.status, *r.exit_signal);
  if (r.exit_code) return fmt::format("{}, exit code {}", r.status, *r.exit_code);
  return r.status + (r.status == "running" ? "" : ", exit code not known");
}

std::string identity(const RunRecord& r, const TextStyle& style) {
  std::string text = "\n" + line("run", r.run_id, style);
  if (!r.name.empty()) text += line("name", r.name, style);
  if (!r.project.empty()) text += line("project", r.project, style);
  if (!r.command.empty()) text += line("command", command_line(r.command), style);
  text += line("status", exit_text(r), style);
  std::string when = format_utc(r.started_at);
  if (r.ended_at) when += " .. " + format_utc(*r.ended_at);
  when += ", " + format_duration({r.duration_ns});
  if (r.suspended_ns >= kWorthNaming.ns) when += ", suspended for " + format_duration({r.suspended_ns});
  text += line("time", when, style);
  std::string readings = fmt::format("{} ticks", r.ticks);
  if (r.interval_ns > 0) readings += ", one every " + format_duration({r.interval_ns});
  if (r.missed_ticks > 0) readings += fmt::format(", {} missed", r.missed_ticks);
  return text + line("readings", readings, style);
}

std::string basis_text(const Figure<Energy>& f) { return f.known() ? f.basis.text() : "unknown"; }

double median_of(std::vector<double> values) {
  const std::size_t half = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(half), values.end());
  return values[half];
}

// "12 of 90, each 3.2 s and 41 J (median); 5 s before the first".
std::string epochs_text(const RecordMarks& m) {
  std::vector<double> seconds, joules_each;
  for (const RecordEpoch& e : m.epochs) {
    if (e.ended_by == "open" && m.epochs.size() > 1) continue;
    seconds.push_back(in_seconds({e.end_ns - e.begin_ns}));
    if (e.energy) joules_each.push_back(in_joules(e.energy->mean()));
  }
  const RecordEpoch& last = m.epochs.back();
  std::string text = std::to_string(m.epochs.size());
  if (last.of) text += fmt::format(" of {}", *last.of);
  text += ", each " + format_duration(seconds_from(median_of(seconds)));
  if (!joules_each.empty()) {
    Figure<Energy> each;
    each.value = Estimate<Energy>::exactly(joules(median_of(joules_each)));
    text += " and " + value_text(view_of(each));
  }
  text += fmt::format(" (median); {} before the first", format_duration({m.epochs.front().begin_ns}));
  if (last.ended_by == "open") text += fmt::format("; epoch {} is under way", last.number);
  return text;
}

std::string schedule(const RunRecord& r, const TextStyle& style) {
  return r.schedule ? schedule_spans(*r.schedule, r.schedule_figures, style) : "";
}

std::string components(const RunRecord& r, const TextStyle& style) {
  std::string text = heading("components", style);
  if (r.energy.components.empty()) return text + "  nothing could be metered or modelled\n";
  TextTable table({{"kind", 12, false},
                   {"device", 16, false},
                   {"source", 26, false},
                   {"plane", 8, false},
                   {"basis", 14, false},
                   {"of this run", 30, false},
                   {"of the machine", 12, false},
                   {"covered", 8, true}});
  std::string notes;
  for (const RecordComponent& c : r.energy.components) {
    if (!c.counted) {
      table.add({c.kind, c.device, c.source, c.plane, "", "cross-check only"});
      continue;
    }
    const FigureView run = view_of(c.attributed), machine = view_of(c.measured);
    table.add({c.kind, c.device, c.source, c.plane, basis_text(c.measured), value_and_range_text(run),
               value_text(machine), percent_text(machine.coverage)});
    if (!run.known()) notes += "  " + wrapped(safe(c.source + ": " + run.reason, style), 2, style) + "\n";
  }
  return text + table.fitted(style) + notes;
}

std::string shares(const RunRecord& r, const TextStyle& style) {
  const RecordEnergy& e = r.energy;
  TextTable table({{"", 26, false}, {"energy", 40, false}, {"share", 8, true}, {"basis", 46, false}});
  const auto add = [&](std::string_view name, const Figure<Energy>& figure) {
    const bool share_known =
        figure.known() && e.measured_node.known() && in_joules(e.measured_node.value->mean()) > 0.0;
    const FigureView v = view_of(figure);
    table.add(
        {std::string(name), value_and_range_text(v),
         share_known ? percent_text(in_joules(figure.value->mean()) / in_joules(e.measured_node.value->mean())) : "",
         v.known() ? v.basis.text() : v.reason});
  };
  add("the whole machine", e.measured_node);
  add("this run", e.attributed);
  add("others", e.others);
  add("olivine itself", e.self);
  add("idle", e.idle);
  add("unattributed", e.unattributed);
  add("idle charged to this run", e.idle_charged);
  add("total of this run", e.total);
  return heading("who", style) + table.fitted(style) +
         dim("  " +
                 fitted(fmt::format("idle policy {}; the machine = this run + others + olivine + idle + unattributed",
                                    safe(r.idle_policy, style)),
                        2, style),
             style) +
         "\n";
}

std::string impacts(const RunRecord& r, const TextStyle& style) {
  TextTable table({{"", 26, false}, {"value", 40, false}, {"basis", 12, false}, {"", 50, false}});
  const auto add = [&](std::string_view name, const FigureView& v, const std::string& note) {
    table.add(
        {std::string(name), value_and_range_text(v), v.known() ? v.basis.text() : "", v.known() ? note : v.reason});
  };
  const RecordEmissions& e = r.emissions;
  add("operational, average", view_of(e.location_average), "CO2e, location-based");
  add("operational, marginal", view_of(e.location_marginal), "CO2e, for comparing choices only");
  add("operational, market", view_of(e.market), "CO2e, after contracts");
  add("embodied", view_of(e.embodied), "CO2e of making the hardware");
  add("total", view_of(e.total), "CO2e, operational average + embodied");
  add(fmt::format("intensity {}", r.intensity.zone.empty() ? "(zone unknown)" : r.intensity.zone),
      view_of(r.intensity.value),
      joined(std::vector<std::string>{r.intensity.boundary, r.intensity.signal, r.intensity.period}, ", "));
  if (r.marginal.value.known())
    add(fmt::format("marginal {}", r.marginal.zone), view_of(r.marginal.value),
        joined(std::vector<std::string>{r.marginal.boundary, r.marginal.period}, ", "));
  if (r.pue_applies)
    add("PUE", view_of(r.pue), "");
  else
    table.add({"PUE", "not applicable", "", "own desktop or laptop"});
  add("water", view_of(r.water), "consumed on site and at power stations");
  add("cost", view_of(r.cost, r.currency.empty() ? MoneyTag::kUnit : r.currency), "");
  std::string text = heading("carbon, water, cost", style) + table.fitted(style);
  if (!r.intensity.source.empty())
    text += dim("  " + wrapped("intensity from " + safe(r.intensity.source, style), 2, style), style) + "\n";
  for (const std::string& note : r.intensity.notes)
    text += dim("  " + wrapped(safe(note, style), 2, style), style) + "\n";
  for (const std::string& note : r.marginal.notes)
    text += dim("  " + wrapped("marginal: " + safe(note, style), 2, style), style) + "\n";
  return text;
}

std::string epochs(const RunRecord& r, const TextStyle& style) {
  if (r.marks.empty()) return "";
  std::string text;
  if (!r.marks.epochs.empty()) text += line("epochs", epochs_text(r.marks), style);
  if (!r.marks.marks.empty()) {
    const RecordMark& last = r.marks.marks.back();
    text += line(
        "marks",
        fmt::format("{}, the last is {} at {}", r.marks.marks.size(), last.name, format_duration({last.at_ns})), style);
  }
  for (const std::string& note : r.marks.notes) text += line("", note, style);
  return text;
}

// The dearest scopes first, each with what is within it; what is outside last.
std::string scopes(const RunRecord& r, const TextStyle& style) {
  if (r.scopes.rows.empty()) return "";
  constexpr std::size_t kShown = 20;
  const auto text_of = [](const std::optional<Estimate<Energy>>& energy) {
    Figure<Energy> figure;
    figure.value = energy;
    return energy ? value_text(view_of(figure)) : std::string("unknown");
  };
  std::vector<const RecordScope*> rows;
  for (const RecordScope& row : r.scopes.rows) rows.push_back(&row);
  const auto joules_of = [](const RecordScope* row) { return row->whole ? in_joules(row->whole->mean()) : 0.0; };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const RecordScope* a, const RecordScope* b) { return joules_of(a) > joules_of(b); });
  TextTable table({{"scope", 32, false},
                   {"times", 7, true},
                   {"failed", 7, true},
                   {"open", 9, true},
                   {"own", 10, true},
                   {"with inner", 10, true}});
  for (std::size_t i = 0; i < std::min(kShown, rows.size()); ++i)
    table.add({safe(rows[i]->path, style) + (rows[i]->open > 0 ? " (never ended)" : ""), std::to_string(rows[i]->count),
               std::to_string(rows[i]->failed), format_duration({rows[i]->ns}), text_of(rows[i]->own),
               text_of(rows[i]->whole)});
  table.add({"outside of scopes", "", "", "", text_of(r.scopes.outside), ""});
  std::string text = heading("scopes", style) + table.fitted(style);
  if (rows.size() > kShown)
    text += fmt::format("  and {} more; olivine show --json has them all\n", rows.size() - kShown);
  std::size_t with_terms = 0;
  for (const RecordScope* row : rows)
    if ((row->quota || row->service) && ++with_terms <= kShown) text += scope_terms_lines(*row, style);
  if (with_terms > kShown)
    text += fmt::format("  and {} more with quotas or service levels; olivine show --json has them all\n",
                        with_terms - kShown);
  return text;
}

std::string gaps(const RunRecord& r, const TextStyle& style) {
  if (r.gaps.empty()) return "";
  constexpr std::size_t kShown = 20;
  TextTable table({{"component", 32, false}, {"from", 14, true}, {"to", 14, true}, {"reason", 36, false}});
  for (std::size_t i = 0; i < std::min(kShown, r.gaps.size()); ++i)
    table.add({r.gaps[i].component, format_duration({r.gaps[i].begin_ns}), format_duration({r.gaps[i].end_ns}),
               r.gaps[i].reason});
  std::string text = heading("gaps, since the start", style) + table.fitted(style);
  if (r.gaps.size() > kShown)
    text += fmt::format("  and {} more; olivine show --json has them all\n", r.gaps.size() - kShown);
  return text;
}

std::string quality(const RunRecord& r, const TextStyle& style) {
  if (r.quality.empty()) return "";
  std::string text = heading("quality", style);
  for (const QualityLine& q : r.quality) {
    std::string what = fmt::format("{}: {}, {}", q.component, q.basis, q.method);
    if (!q.reason.empty()) what += "; " + q.reason;
    text += "  " + wrapped(safe(what, style), 4, style) + "\n";
    if (!q.fix.empty()) text += "    fix: " + fitted(safe(q.fix, style), 9, style) + "\n";
  }
  return text;
}

std::string pairs(std::string_view title, const std::vector<NameValue>& list, const TextStyle& style) {
  std::vector<std::string> parts;
  for (const NameValue& pair : list)
    if (!pair.value.empty()) parts.push_back(pair.name + " " + pair.value);
  return parts.empty() ? "" : line(title, joined(parts, "; "), style);
}

}  // namespace

std::string render_details(const RunRecord& record, const TextStyle& style) {
  std::string text = render_summary(record, style) + identity(record, style) + epochs(record, style) +
                     schedule(record, style) + scopes(record, style) + components(record, style) +
                     shares(record, style) + impacts(record, style) + gaps(record, style) + quality(record, style);
  const std::string machine = pairs("host", record.host, style) + pairs("hardware", record.hardware, style) +
                              pairs("software", record.software, style);
  if (!machine.empty()) text += "\n" + machine;
  return text +
         dim("\n" + fitted(fmt::format("olivine explain {} shows where each number came from",
                                       safe(std::string_view(record.run_id).substr(0, 13), style)),
                           0, style),
             style) +
         "\n";
}

}  // namespace olivine
