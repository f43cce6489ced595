// compare: two or more runs of the ledger, repeats of them, or accounts of manifests, side by side.
#include <fmt/core.h>
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "apps/cli/account_inputs.h"
#include "apps/cli/app.h"
#include "apps/cli/compare_options.h"
#include "base/text.h"
#include "compare/compare_accounts.h"
#include "engine/assess.h"
#include "report/text_layout.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

// What differs between sides beside the work: places, machines.
struct Seen {
  std::set<std::string> zones, idle_policies;
  bool interrupted = false, accounts = false, runs = false;
};

// A manifest is named by its file's ending, as account FILE takes it.
bool is_manifest(std::string_view text) { return text.ends_with(".toml") || text.ends_with(".json"); }

Result<ComparedRun> compared(Ledger& ledger, const RunRow& row, Seen& seen) {
  if (row.removed)
    return fail(ErrorKind::kNotFound,
                fmt::format("run {} was removed at {}", row.start.run_id, format_utc(*row.removed)));
  OLIVINE_TRY(const StoredRun stored, ledger.load(row.start.run_id));
  OLIVINE_TRY(const RunRecord record, assess_stored(stored));
  ComparedRun run{record.run_id, record.name,  record.status,
                  std::nullopt,  std::nullopt, static_cast<double>(record.duration_ns) * 1e-9};
  if (record.energy.total.value) run.energy_j = record.energy.total.value->spread();
  if (record.emissions.total.value)
    run.carbon_g = record.emissions.total.value->spread();
  else if (record.emissions.location_average.value)
    run.carbon_g = record.emissions.location_average.value->spread();
  seen.runs = true;
  seen.zones.insert(record.intensity.zone.empty() ? "not known" : record.intensity.zone);
  seen.idle_policies.insert(record.idle_policy);
  seen.interrupted = seen.interrupted || record.status != "done";
  return run;
}

Result<ComparedSide> account_side(App& app, const std::string& file, Seen& seen, SharedInputs& inputs,
                                  std::vector<std::string>& notes) {
  OLIVINE_TRY(const Account account, account_of_file(app, file, AccountOptions{}));
  OLIVINE_TRY(ComparedRun run, compared_account(account, inputs));
  if (!run.energy_j && !run.carbon_g) {
    const AccountFigure* carbon = account.find("total.carbon");
    notes.push_back(fmt::format("{}: {}", printable(file),
                                carbon != nullptr ? printable(carbon->reason) : "no total of it is known"));
  }
  if (!account.not_counted.empty())
    notes.push_back(fmt::format("{} leaves out {} things; olivine account {} lists them", printable(file),
                                account.not_counted.size(), printable(file)));
  seen.accounts = true;
  return ComparedSide{printable(account.name.empty() ? file : account.name), {std::move(run)}, 0.0};
}

Result<ComparedSide> side_of(Ledger& ledger, const std::string& text, bool repeats, Seen& seen) {
  ComparedSide side{printable(text), {}, 0.0};
  std::vector<RunRow> rows;
  if (repeats) {
    OLIVINE_TRY(const std::vector<RunRow> all, ledger.runs());
    for (const RunRow& row : all)
      if (!row.removed && row.end && row.start.name == text) rows.push_back(row);
    if (rows.empty())
      return fail(ErrorKind::kNotFound,
                  fmt::format("no finished run is named \"{}\"; olivine ls shows the names", printable(text)));
  } else {
    std::set<std::string> ids;
    for (const std::string_view word : split(text, ',')) {
      OLIVINE_TRY(const RunRow row, ledger.find(std::string(trim(word))));
      if (!ids.insert(row.start.run_id).second)
        return fail(ErrorKind::kInvalid, fmt::format("{}: run {} is named twice; --repeats takes every run of a name",
                                                     printable(text), row.start.run_id));
      rows.push_back(row);
    }
  }
  for (const RunRow& row : rows) {
    OLIVINE_TRY(ComparedRun run, compared(ledger, row, seen));
    side.runs.push_back(std::move(run));
  }
  if (!repeats && rows.size() > 1 && !rows.front().start.name.empty()) side.name = printable(rows.front().start.name);
  return side;
}

// Sides of one name get a number, so that a verdict says which is meant.
void tell_apart(std::vector<ComparedSide>& sides) {
  for (std::size_t i = 0; i < sides.size(); ++i)
    for (std::size_t j = i + 1; j < sides.size(); ++j)
      if (sides[i].name == sides[j].name) {
        sides[i].name += fmt::format(" ({})", i + 1);
        sides[j].name += fmt::format(" ({})", j + 1);
      }
}

void add_notes(const Seen& seen, CompareReport& report) {
  if (seen.zones.size() > 1)
    report.notes.push_back(
        fmt::format("the runs were in different zones ({}): their carbon differs by place as well as by work",
                    printable(fmt::format("{}", fmt::join(seen.zones, ", ")))));
  if (seen.idle_policies.size() > 1)
    report.notes.push_back("the runs charge idle energy by different rules (--idle): compare with care");
  if (seen.interrupted)
    report.notes.push_back("a run failed or was interrupted: what it used is not what the whole work takes");
  if (seen.accounts)
    report.notes.push_back(
        "of accounts, inputs of the same name and the same numbers (a default, a zone's factor) cancel");
  if (seen.accounts && seen.runs)
    report.notes.push_back("a run and an account share no input: the ranges of both are in the difference");
}

std::string side_value(const std::optional<SideMean>& mean, const std::function<std::string(double)>& shown) {
  return mean ? fmt::format("{} ({} .. {})", shown(mean->value), shown(mean->lower), shown(mean->upper))
              : std::string("unknown");
}

std::string text_of(const App& app, const CompareReport& report, bool per_unit) {
  const TextStyle style = app.style(false);
  const std::string unit = per_unit ? " per " + printable(app.options.of<CompareOptions>().unit) : "";
  TextTable table({{"", 24},
                   {"runs", 6, true},
                   {"energy" + unit, 40, true},
                   {"carbon" + unit, 40, true},
                   {"time" + unit, 20, true}});
  for (const SideReport& side : report.sides)
    table.add({side.name, std::to_string(side.run_ids.size()),
               side_value(side.energy_j, [](double v) { return format_energy(joules(v)); }),
               side_value(side.carbon_g, [](double v) { return format_carbon(grams(v)); }),
               side.duration_s ? format_duration(seconds_from(side.duration_s->value)) : std::string("-")});
  std::string text = table.render(style) + "\n";
  const std::string& first = report.sides.front().name;
  for (std::size_t i = 1; i < report.sides.size(); ++i) {
    const SideReport& side = report.sides[i];
    for (const auto& [what, difference] :
         {std::pair{"energy", &side.energy}, {"carbon", &side.carbon}, {"time", &side.duration}}) {
      if (difference == &side.duration && (!side.duration_s || !report.sides.front().duration_s))
        continue;  // accounts have none
      text += label(what, style) +
              wrapped(safe(verdict_of(side, first, std::string(what) + unit, *difference), style), kLabelWidth, style) +
              "\n";
    }
  }
  for (const std::string& note : report.notes)
    text += label("note", style) + wrapped(safe(note, style), kLabelWidth, style) + "\n";
  return text;
}

Json mean_json(const std::optional<SideMean>& mean) {
  return mean ? Json{{"value", mean->value}, {"lower", mean->lower}, {"upper", mean->upper}} : Json(nullptr);
}

Json difference_json(const RelativeDifference& d, const std::string& verdict) {
  if (!d.unknown.empty()) return {{"known", false}, {"reason", d.unknown}, {"verdict", verdict}};
  return {{"known", true},
          {"value", d.value},
          {"lower", d.lower},
          {"upper", d.upper},
          {"lower_shared", d.lower_shared},
          {"upper_shared", d.upper_shared},
          {"scatter", d.scatter ? Json(*d.scatter) : Json(nullptr)},
          {"distinguishable", d.distinguishable()},
          {"verdict", verdict}};
}

std::string json_of(const App& app, const CompareReport& report, bool per_unit) {
  Json j{{"schema", "olivine.compare/1"},
         {"unit", per_unit ? Json(printable(app.options.of<CompareOptions>().unit)) : Json(nullptr)}};
  j["sides"] = Json::array();
  const std::string& first = report.sides.front().name;
  for (const SideReport& side : report.sides) {
    Json s{{"name", side.name},
           {"runs", side.run_ids},
           {"count", per_unit ? Json(side.units) : Json(nullptr)},
           {"energy_j", mean_json(side.energy_j)},
           {"carbon_g", mean_json(side.carbon_g)},
           {"duration_s", mean_json(side.duration_s)}};
    s["against_first"] = nullptr;
    if (&side != &report.sides.front())
      s["against_first"] = {
          {"energy", difference_json(side.energy, verdict_of(side, first, "energy", side.energy))},
          {"carbon", difference_json(side.carbon, verdict_of(side, first, "carbon", side.carbon))},
          {"duration", difference_json(side.duration, verdict_of(side, first, "time", side.duration))}};
    j["sides"].push_back(std::move(s));
  }
  j["notes"] = report.notes;
  return j.dump(2, ' ', false, Json::error_handler_t::replace);
}

Result<int> answer(App& app) {
  const CompareOptions& o = app.options.of<CompareOptions>();
  if (o.sides.size() < 2)
    return fail(ErrorKind::kInvalid,
                "compare: two runs at least, e.g. olivine compare baseline pruned, or two manifests");
  if (!o.counts.empty() && o.counts.size() != o.sides.size())
    return fail(ErrorKind::kInvalid,
                fmt::format("--counts: {} numbers for {} sides; one a side, e.g. --counts 1000,1200", o.counts.size(),
                            o.sides.size()));
  for (const double count : o.counts)
    if (!(count > 0.0) || !std::isfinite(count))
      return fail(ErrorKind::kInvalid, "--counts: every number must be above 0");
  std::unique_ptr<Ledger> ledger;
  std::vector<ComparedSide> sides;
  std::vector<std::string> notes;
  Seen seen;
  SharedInputs inputs;
  for (std::size_t i = 0; i < o.sides.size(); ++i) {
    if (!is_manifest(o.sides[i]) && ledger == nullptr) {
      OLIVINE_TRY(ledger, open_history(app));
    }
    OLIVINE_TRY(ComparedSide side, is_manifest(o.sides[i]) ? account_side(app, o.sides[i], seen, inputs, notes)
                                                           : side_of(*ledger, o.sides[i], o.repeats, seen));
    side.units = o.counts.empty() ? 0.0 : o.counts[i];
    sides.push_back(std::move(side));
  }
  tell_apart(sides);
  OLIVINE_TRY(CompareReport report, compare_sides(sides));
  add_notes(seen, report);
  report.notes.insert(report.notes.end(), notes.begin(), notes.end());
  const bool per_unit = !o.counts.empty();
  return app.options.json ? print_json(app, json_of(app, report, per_unit)) : print(text_of(app, report, per_unit));
}

}  // namespace

int compare_command(App& app) {
  const Result<int> code = answer(app);
  return code ? *code : report_error(code.error());
}

}  // namespace olivine::cli
