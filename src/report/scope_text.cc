#include "report/scope_text.h"

#include <fmt/core.h>

#include "base/text.h"
#include "report/figure_text.h"
#include "report/text_layout.h"
#include "units/format.h"

namespace olivine {
namespace {

std::string amount_text(const RecordQuota& q, double amount) {
  return q.unit == "g" ? format_carbon(grams(amount)) + " CO2e" : format_energy(joules(amount));
}

std::string quota_text(const RecordQuota& q) {
  std::string text = "quota " + amount_text(q, q.granted);
  if (q.scopes > 1) text += fmt::format(" in {} scopes", q.scopes);
  if (q.granted < q.asked) text += fmt::format(" ({} asked: more was not left around it)", amount_text(q, q.asked));
  if (!q.unknown.empty())
    return text + fmt::format(": cannot be kept: {}; at least {} used", q.unknown, amount_text(q, q.counted));
  const double used = q.used.value_or(q.counted);
  text += fmt::format(": {} used", amount_text(q, used));
  if (q.granted > 0.0) text += " (" + percent_text(used / q.granted) + ")";
  if (q.over > 0.0) text += ", over by " + amount_text(q, q.over);
  if (q.charged > 0.0) text += fmt::format(", {} of it billed by services elsewhere", amount_text(q, q.charged));
  const bool several = q.scopes > 1 && q.spent > 0;
  if (several) text += fmt::format("; {} used theirs up", q.spent);
  if (q.first_spent_ns)
    text += fmt::format("{} after {}", several ? ", the first" : "; used up", format_duration({*q.first_spent_ns}));
  return text + (q.used ? fmt::format("; while it ran {} were counted (modelled)", amount_text(q, q.counted))
                        : "; counted while it ran (modelled)");
}

std::string service_text(const RecordService& s) {
  std::string text = fmt::format("service level \"{}\": {}", s.level, s.verdict);
  for (const RecordService::Objective& o : s.objectives) text += fmt::format("; {} {}: {}", o.name, o.got, o.verdict);
  return text + (s.joules_per_request ? fmt::format("; {} a request", format_energy(joules(*s.joules_per_request)))
                                      : "; energy a request not known");
}

}  // namespace

std::string scope_terms_lines(const RecordScope& scope, const TextStyle& style) {
  std::string text;
  const auto add = [&](const std::string& what) {
    text += "  " + wrapped(safe(scope.path + ": " + what, style), 4, style) + "\n";
  };
  if (scope.quota) add(quota_text(*scope.quota));
  if (scope.service) add(service_text(*scope.service));
  return text;
}

}  // namespace olivine
