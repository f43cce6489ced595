// grid estimate-marginal: a generation mix in, a marginal factor or an honest refusal out.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "apps/cli/app.h"
#include "apps/cli/grid_marginal_options.h"
#include "apps/cli/grid_stated_factors.h"
#include "base/text.h"
#include "grid/mixes/mix_file.h"
#include "grid/signals/avert_rates.h"
#include "grid/signals/marginal_regression.h"
#include "report/text_layout.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Answer {
  MarginalEstimate main;
  std::optional<MarginalEstimate> other;  // with the product's factors of the other boundary
  std::optional<ReferenceRate> avert;
};

MarginalGrouping grouping_of(std::string_view by) {
  return by == "hour"     ? MarginalGrouping::kHourOfDay
         : by == "decile" ? MarginalGrouping::kLoadDecile
                          : MarginalGrouping::kNone;
}

Result<Answer> answer_of(App& app) {
  const MarginalArguments& arguments = app.options.of<MarginalArguments>();
  OLIVINE_TRY(const Boundary boundary, boundary_from(arguments.boundary));
  MarginalModel model;
  model.regressors = words_of(arguments.regressors);
  const bool stated = !arguments.factors.empty();
  if (stated) {
    OLIVINE_TRY(model.factors, stated_factors(arguments.factors, boundary));
  } else {
    model.factors = default_fuel_factors(boundary);
  }
  MixCsvOptions csv;
  csv.zone = arguments.zone;
  csv.fuels = model.regressors;
  if (stated)
    for (const FuelFactor& factor : model.factors) csv.fuels.push_back(factor.column);
  OLIVINE_TRY(const GenerationMix mix, read_one_mix(app.files, arguments.file, csv));
  Answer answer;
  OLIVINE_TRY(answer.main, estimate_marginal(mix, model, grouping_of(arguments.by)));
  if (!stated) {
    model.factors = default_fuel_factors(boundary == Boundary::kDirect ? Boundary::kLifecycle : Boundary::kDirect);
    OLIVINE_TRY(answer.other, estimate_marginal(mix, model, MarginalGrouping::kNone));
  }
  answer.avert = avert_rate(arguments.zone);
  if (!arguments.zone.empty() && !answer.avert)
    answer.main.notes.push_back(fmt::format("no AVERT region is known for zone {}", printable(arguments.zone)));
  return answer;
}

Json optional_json(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

// The keys of a fit, after those that `object` has.
Json fit_json(const MarginalFit& fit, Json object = Json::object()) {
  object["slope_g_per_kwh"] = optional_json(fit.slope_g_per_kwh);
  object["standard_error"] = optional_json(fit.standard_error_g_per_kwh);
  object["r2"] = optional_json(fit.r2);
  object["n"] = fit.n;
  object["followed_share"] = optional_json(fit.followed_share);
  object["identifiable"] = fit.identifiable;
  object["reason"] = fit.identifiable ? Json(nullptr) : Json(fit.reason);
  return object;
}

Json groups_json(const MarginalEstimate& estimate, const std::string& by) {
  Json groups = Json::array();
  for (const MarginalGroup& g : estimate.groups) {
    Json key{{by, g.key}};
    if (by == "decile") key["generation_mw"] = {{"lower", g.lower_mw}, {"upper", g.upper_mw}};
    groups.push_back(fit_json(g.fit, std::move(key)));
  }
  return groups;
}

std::string json_of(const App& app, const Answer& answer) {
  const MarginalEstimate& e = answer.main;
  Json json = fit_json(e.fit);
  json["boundary"] = std::string(name_of(e.boundary));
  json["file"] = printable(app.options.of<MarginalArguments>().file);
  json["zone"] = app.options.of<MarginalArguments>().zone.empty()
                     ? Json(nullptr)
                     : Json(printable(app.options.of<MarginalArguments>().zone));
  json["period"] = {{"begin", format_utc(e.period.begin)}, {"end", format_utc(e.period.end)}};
  json["step_s"] = in_seconds(e.step);
  json["regressors"] = e.regressors;
  json["followers"] = e.followers;
  json["factors"] = Json::array();
  for (const EmittingColumn& f : e.factors)
    json["factors"].push_back({{"column", f.column}, {"g_per_kwh", f.g_per_kwh}, {"source", f.source}});
  json["followed_by"] = Json::array();
  for (const FollowedBy& f : e.followed_by) json["followed_by"].push_back({{"column", f.column}, {"share", f.share}});
  json["dropped"] = {{"missing", e.dropped_missing}, {"gaps", e.dropped_gaps}};
  json["by"] =
      app.options.of<MarginalArguments>().by.empty() ? Json(nullptr) : Json(app.options.of<MarginalArguments>().by);
  json["groups"] = groups_json(e, app.options.of<MarginalArguments>().by);
  json["other_boundary"] = nullptr;
  if (answer.other)
    json["other_boundary"] = fit_json(answer.other->fit, {{"boundary", std::string(name_of(answer.other->boundary))}});
  json["avert"] = nullptr;
  if (answer.avert)
    json["avert"] = {{"region", answer.avert->region},
                     {"name", answer.avert->name},
                     {"g_per_kwh", answer.avert->g_per_kwh},
                     {"year", answer.avert->year},
                     {"source", answer.avert->source}};
  json["notes"] = e.notes;
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string listed(const std::vector<std::string>& words) {
  return printable(fmt::format("{}", fmt::join(words, ", ")));
}
std::string share_text(const std::optional<double>& share) {
  return share ? fmt::format("{:.1f} %", 100.0 * *share) : std::string("unknown");
}

// "520.2 g/kWh direct (518.2 .. 522.3; standard error 1.0)".
std::string slope_text(const MarginalEstimate& e) {
  if (!e.fit.identifiable) return "not identifiable: " + e.fit.reason;
  const double slope = *e.fit.slope_g_per_kwh, error = *e.fit.standard_error_g_per_kwh;
  return fmt::format("{:.1f} g/kWh {} ({:.1f} .. {:.1f}; standard error {:.2f})", slope, name_of(e.boundary),
                     slope - 1.96 * error, slope + 1.96 * error, error);
}

std::string followed_text(const MarginalEstimate& e) {
  std::string text = fmt::format("{} of the change of net load by {}", share_text(e.fit.followed_share),
                                 e.followers.empty() ? std::string("nothing that burns fuel") : listed(e.followers));
  std::vector<std::string> parts;
  parts.reserve(e.followed_by.size());
  for (const FollowedBy& f : e.followed_by) parts.push_back(fmt::format("{} {:.1f} %", f.column, 100.0 * f.share));
  return text + (parts.empty() ? "" : " (" + listed(parts) + ")");
}

std::string factors_text(const MarginalEstimate& e) {
  std::vector<std::string> parts;
  std::vector<std::string> sources;
  for (const EmittingColumn& f : e.factors) {
    parts.push_back(fmt::format("{} {}", f.column, shortest(f.g_per_kwh)));
    if (std::find(sources.begin(), sources.end(), f.source) == sources.end()) sources.push_back(f.source);
  }
  return fmt::format("{} g/kWh ({})", listed(parts), printable(fmt::format("{}", fmt::join(sources, "; "))));
}

std::string groups_text(const MarginalEstimate& e, const std::string& by, const TextStyle& style) {
  TextTable table({{by == "hour" ? "hour UTC" : "decile"},
                   {by == "hour" ? "" : "MW generated"},
                   {"g/kWh", 12, true},
                   {"std. error", 12, true},
                   {"r2", 8, true},
                   {"followed", 10, true},
                   {"n", 8, true}});
  for (const MarginalGroup& g : e.groups)
    table.add({fmt::format("{:02}", g.key),
               by == "hour" ? std::string() : fmt::format("{:.0f} .. {:.0f}", g.lower_mw, g.upper_mw),
               g.fit.identifiable ? fmt::format("{:.1f}", *g.fit.slope_g_per_kwh) : std::string("refused"),
               g.fit.identifiable ? fmt::format("{:.2f}", *g.fit.standard_error_g_per_kwh) : std::string(),
               g.fit.r2 ? fmt::format("{:.3f}", *g.fit.r2) : std::string("unknown"), share_text(g.fit.followed_share),
               std::to_string(g.fit.n)});
  return "\n" + table.render(style);
}

std::string text_of(const App& app, const Answer& answer) {
  const TextStyle style = app.style(false);
  const MarginalEstimate& e = answer.main;
  std::string text;
  const auto line = [&](std::string_view name, const std::string& words) {
    text += label(name, style) + wrapped(safe(words, style), kLabelWidth, style) + "\n";
  };
  line("mix", fmt::format("{}, {} to {}, steps of {}", printable(app.options.of<MarginalArguments>().file),
                          format_utc(e.period.begin).substr(0, 16), format_utc(e.period.end).substr(0, 16),
                          format_duration(e.step)));
  line("marginal", slope_text(e));
  if (answer.other && answer.other->fit.identifiable) line("", slope_text(*answer.other));
  line("followed", followed_text(e));
  line("fit",
       fmt::format(
           "change of emissions over change of {}, through the origin: r2 {}, n {}; left out: {} with missing values, "
           "{} at gaps",
           listed(e.regressors), e.fit.r2 ? fmt::format("{:.3f}", *e.fit.r2) : "unknown", e.fit.n, e.dropped_missing,
           e.dropped_gaps));
  line("factors", factors_text(e));
  if (answer.avert)
    line("AVERT", fmt::format("{:.1f} g/kWh direct, {} ({}), mean of {} ({})", answer.avert->g_per_kwh,
                              answer.avert->name, answer.avert->region, answer.avert->year, answer.avert->source));
  for (const std::string& note : e.notes) line("note", note);
  if (!e.groups.empty()) text += groups_text(e, app.options.of<MarginalArguments>().by, style);
  return text;
}

}  // namespace

int grid_estimate_marginal_command(App& app) {
  const auto answer = answer_of(app);
  if (!answer) return report_error(answer.error());
  return app.options.json ? print_json(app, json_of(app, *answer)) : print(text_of(app, *answer));
}

}  // namespace olivine::cli
