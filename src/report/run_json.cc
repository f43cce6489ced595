#include <nlohmann/json.hpp>

#include "report/figure_view.h"
#include "report/render.h"

namespace olivine {
namespace {
using Json = nlohmann::ordered_json;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json or_null(const std::optional<double>& number) { return number ? Json(*number) : Json(nullptr); }

Json basis_shares(const BasisShare& basis) {
  Json shares = Json::object();
  for (std::size_t i = 0; i < kBasisCount; ++i)
    if (const double share = basis.share(static_cast<Basis>(i)); share > 0.0)
      shares[std::string(name_of(static_cast<Basis>(i)))] = share;
  return shares;
}

Json figure_json(const FigureView& f) {
  Json j;
  j["value"] = or_null(f.value);
  j["lower"] = or_null(f.lower);
  j["upper"] = or_null(f.upper);
  j["unit"] = f.unit;
  j["basis"] = f.known() ? Json(name_of(f.basis.weakest_used())) : Json(nullptr);
  j["basis_share"] = f.known() ? basis_shares(f.basis) : Json::object();
  j["coverage"] = f.coverage;
  j["provenance"] = or_null(f.provenance);
  if (f.is_energy) j["value_uj"] = f.exact_uj ? Json(*f.exact_uj) : Json(nullptr);
  if (!f.known()) j["reason"] = f.reason;
  return j;
}

template <class Q>
Json figure_json(const Figure<Q>& figure) {
  return figure_json(view_of(figure));
}

Json pairs(const std::vector<NameValue>& list) {
  Json j = Json::object();
  for (const NameValue& pair : list) j[pair.name] = or_null(pair.value);
  return j;
}

Json exit_json(const RunRecord& r) {
  if (r.exit_signal) return {{"signal", *r.exit_signal}};
  if (r.exit_code) return {{"code", *r.exit_code}};
  return nullptr;
}

Json energy_json(const RecordEnergy& e) {
  Json j{{"total", figure_json(e.total)},
         {"attributed", figure_json(e.attributed)},
         {"idle_charged", figure_json(e.idle_charged)},
         {"others", figure_json(e.others)},
         {"self", figure_json(e.self)},
         {"idle", figure_json(e.idle)},
         {"unattributed", figure_json(e.unattributed)},
         {"measured_node", figure_json(e.measured_node)},
         {"components", Json::array()}};
  for (const RecordComponent& c : e.components)
    j["components"].push_back({{"kind", c.kind},
                               {"device", c.device},
                               {"source", c.source},
                               {"plane", c.plane},
                               {"figure", figure_json(c.attributed)}});
  return j;
}

Json emissions_json(const RecordEmissions& e) {
  return {{"operational",
           {{"location_average", figure_json(e.location_average)},
            {"location_marginal", figure_json(e.location_marginal)},
            {"market", figure_json(e.market)}}},
          {"embodied", figure_json(e.embodied)},
          {"total", figure_json(e.total)}};
}

Json intensity_json(const RecordIntensity& i) {
  Json j{{"zone", or_null(i.zone)},       {"signal", or_null(i.signal)}, {"boundary", or_null(i.boundary)},
         {"value", figure_json(i.value)}, {"source", or_null(i.source)}, {"period", or_null(i.period)}};
  if (i.method.empty()) return j;  // a run of an older program, whose record is reproduced as it was
  j["method"] = i.method;
  j["dataset"] = or_null(i.dataset);
  j["fallback"] = or_null(i.fallback);
  j["notes"] = i.notes;
  return j;
}

Json coverage_json(const RunRecord& r) {
  Json j{{"ratio", finite(r.coverage).value_or(0.0)},
         {"ticks", r.ticks},
         {"missed", r.missed_ticks},
         {"gaps", Json::array()}};
  for (const RecordGap& gap : r.gaps)
    j["gaps"].push_back({{"component", gap.component},
                         {"begin_s", in_seconds({gap.begin_ns})},
                         {"end_s", in_seconds({gap.end_ns})},
                         {"reason", gap.reason}});
  return j;
}

Json quality_json(const std::vector<QualityLine>& lines) {
  Json j = Json::array();
  for (const QualityLine& q : lines)
    j.push_back({{"component", q.component},
                 {"method", q.method},
                 {"basis", q.basis},
                 {"reason", or_null(q.reason)},
                 {"fix", or_null(q.fix)}});
  return j;
}

Json saving_json(const RecordSchedule::Saving& s) {
  return {{"average", or_null(s.average)}, {"marginal", or_null(s.marginal)}};
}

Json span_json(const RecordSchedule::Span& s) {
  return {{"start", format_utc(s.begin)},
          {"end", format_utc(s.end)},
          {"average_g_per_kwh", or_null(s.average)},
          {"marginal_g_per_kwh", or_null(s.marginal)}};
}

// What an unwatched job did is null, not 0; of one that was left on the way it is what was seen until then. The rest is only of schedules that kept their spans.
void add_spans(const RecordSchedule& s, const ScheduleFigures& figures, Json& j) {
  if (!s.watched && (s.events.empty() || s.events.back().action != "left"))
    for (const char* key : {"waited_s", "pauses", "paused_s", "paused_attributed_uj", "paused_measured_uj"})
      j[key] = nullptr;
  if (!s.job.empty()) {
    for (const char* key : {"paused_attributed_uj", "paused_measured_uj"}) j[key] = nullptr;  // no meter of it was read
    j["job"] = s.job;
    j["watched"] = s.watched;
  }
  if (!figures.present) return;
  const auto list = [](const std::vector<RecordSchedule::Span>& spans) {
    Json all = Json::array();
    for (const RecordSchedule::Span& span : spans) all.push_back(span_json(span));
    return all;
  };
  j["source"] = or_null(s.source);
  j["power_w"] = or_null(s.power_w);
  j["plan"] = list(s.plan);
  j["segments"] = list(s.segments);
  j["at_once"] = s.at_once ? span_json(*s.at_once) : Json(nullptr);
  j["figures"] = {{"planned_average", figure_json(figures.planned_average)},
                  {"planned_marginal", figure_json(figures.planned_marginal)},
                  {"saving_average", figure_json(figures.saving_average)},
                  {"saving_marginal", figure_json(figures.saving_marginal)},
                  {"saved_average_g", figure_json(figures.saved_average)},
                  {"saved_marginal_g", figure_json(figures.saved_marginal)}};
}

Json schedule_json(const RecordSchedule& s, const ScheduleFigures& figures) {
  Json j{{"policy", s.policy},
         {"executor", or_null(s.executor)},
         {"objective", s.objective},
         {"zone", s.zone},
         {"waited_s", in_seconds({s.waited_ns})},
         {"pauses", s.pauses},
         {"paused_s", in_seconds({s.paused_ns})},
         {"paused_attributed_uj", s.paused_attributed_uj},
         {"paused_measured_uj", s.paused_measured_uj},
         {"planned_saving", saving_json(s.planned)},
         {"saving", saving_json(s.actual)},
         {"events", Json::array()}};
  for (const RecordSchedule::Event& e : s.events)
    j["events"].push_back({{"at_s", in_seconds({e.at_ns})}, {"action", e.action}, {"reason", e.reason}});
  add_spans(s, figures, j);
  return j;
}

Json budget_json(const RecordBudget& b) {
  Json j{{"kind", b.kind},
         {"unit", b.unit},
         {"on_budget", b.on_budget},
         {"amount", b.amount},
         {"granted", b.granted},
         {"used", b.used},
         {"lower_bound", b.lower_bound},
         {"executor", or_null(b.executor)},
         {"pauses", b.pauses},
         {"paused_s", in_seconds({b.paused_ns})},
         {"paused_attributed_uj", b.paused_attributed_uj},
         {"paused_measured_uj", b.paused_measured_uj},
         {"events", Json::array()}};
  for (const RecordBudget::Event& e : b.events)
    j["events"].push_back({{"at_s", in_seconds({e.at_ns})}, {"action", e.action}, {"used", e.used}});
  return j;
}

Json span_json(const std::optional<Estimate<Energy>>& energy) {
  if (!energy) return nullptr;
  return {{"value", in_joules(energy->mean())},
          {"lower", in_joules(energy->lower())},
          {"upper", in_joules(energy->upper())}};
}

// Only of runs whose work marked something.
void add_marks(Json& j, const RecordMarks& m) {
  if (!m.epochs.empty()) {
    Json list = Json::array();
    for (const RecordEpoch& e : m.epochs)
      list.push_back({{"number", e.number},
                      {"of", e.of ? Json(*e.of) : Json(nullptr)},
                      {"begin_s", in_seconds({e.begin_ns})},
                      {"end_s", in_seconds({e.end_ns})},
                      {"ended_by", e.ended_by},
                      {"energy_j", span_json(e.energy)}});
    j["epochs"] = std::move(list);
    j["outside_epochs_j"] = {
        {"before", span_json(m.before)}, {"between", span_json(m.between)}, {"after", span_json(m.after)}};
  }
  if (!m.marks.empty()) {
    Json list = Json::array();
    for (const RecordMark& mark : m.marks)
      list.push_back({{"name", mark.name}, {"at_s", in_seconds({mark.at_ns})}, {"energy_j", span_json(mark.energy)}});
    j["marks"] = std::move(list);
  }
  if (!m.notes.empty()) j["mark_notes"] = m.notes;
}

Json quota_json(const RecordQuota& q) {
  return {{"unit", q.unit},
          {"scopes", q.scopes},
          {"bounded", q.bounded},
          {"spent", q.spent},
          {"asked", q.asked},
          {"granted", q.granted},
          {"counted", q.counted},
          {"counted_basis", "modelled"},
          {"charged", q.charged},
          {"used", or_null(q.used)},
          {"over", q.over},
          {"first_spent_s", q.first_spent_ns ? Json(in_seconds({*q.first_spent_ns})) : Json(nullptr)},
          {"unknown", or_null(q.unknown)}};
}

Json service_json(const RecordService& s) {
  Json objectives = Json::array();
  for (const RecordService::Objective& o : s.objectives)
    objectives.push_back({{"objective", o.name}, {"wanted", o.wanted}, {"got", o.got}, {"verdict", o.verdict}});
  return {{"level", s.level},
          {"verdict", s.verdict},
          {"scopes", s.scopes},
          {"requests", s.requests},
          {"late", s.late},
          {"failed", s.failed},
          {"objectives", std::move(objectives)},
          {"energy_per_request_j", or_null(s.joules_per_request)}};
}

void add_scopes(Json& j, const RecordScopes& s) {
  if (s.rows.empty()) return;
  Json rows = Json::array(), traces = Json::array();
  for (const RecordScope& row : s.rows) {
    rows.push_back({{"path", row.path},
                    {"count", row.count},
                    {"failed", row.failed},
                    {"never_ended", row.open},
                    {"open_s", in_seconds({row.ns})},
                    {"own_j", span_json(row.own)},
                    {"whole_j", span_json(row.whole)}});
    if (row.quota) rows.back()["quota"] = quota_json(*row.quota);
    if (row.service) rows.back()["service_level"] = service_json(*row.service);
  }
  for (const RecordTrace& trace : s.traces)
    traces.push_back({{"trace_id", trace.trace_id}, {"scopes", trace.scopes}, {"energy_j", span_json(trace.energy)}});
  j["scopes"] = {{"rows", std::move(rows)},
                 {"outside_j", span_json(s.outside)},
                 {"traces", std::move(traces)},
                 {"traces_in_all", s.traces_in_all}};
}

}  // namespace

std::string render_json(const RunRecord& r) {
  Json j;
  j["schema"] = "olivine.run/1";
  j["run_id"] = r.run_id;
  j["name"] = or_null(r.name);
  j["project"] = or_null(r.project);
  j["command"] = r.command;
  j["status"] = r.status;
  j["host"] = pairs(r.host);
  j["started_at"] = format_utc(r.started_at);
  j["ended_at"] = r.ended_at ? Json(format_utc(*r.ended_at)) : Json(nullptr);
  j["duration_s"] = in_seconds({r.duration_ns});
  j["exit"] = exit_json(r);
  j["energy_j"] = energy_json(r.energy);
  j["idle_policy"] = r.idle_policy;
  j["emissions_g"] = emissions_json(r.emissions);
  j["intensity"] = intensity_json(r.intensity);
  if (!r.intensity.method.empty())
    j["intensity_marginal"] = r.marginal.value.known() ? intensity_json(r.marginal) : Json(nullptr);
  j["pue"] = figure_json(r.pue);
  j["cost"] = figure_json(view_of(r.cost, r.currency.empty() ? MoneyTag::kUnit : r.currency));
  j["water_l"] = figure_json(r.water);
  j["coverage"] = coverage_json(r);
  if (r.schedule) j["schedule"] = schedule_json(*r.schedule, r.schedule_figures);
  if (r.budget) j["budget"] = budget_json(*r.budget);
  add_marks(j, r.marks);
  add_scopes(j, r.scopes);
  j["not_counted"] = r.not_counted;
  j["quality"] = quality_json(r.quality);
  j["software"] = pairs(r.software);
  j["hardware"] = pairs(r.hardware);
  return j.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace olivine
