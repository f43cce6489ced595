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

// What was counted decided while it ran whether the quota was used up; the bill says what it was. Each number with its origin.
std::string quota_text(const RecordQuota& q) {
  std::string text = "quota " + amount_text(q, q.granted);
  if (q.scopes > 1) text += fmt::format(" in {} scopes", q.scopes);
  if (q.granted < q.asked) text += fmt::format(" ({} asked: more was not left around it)", amount_text(q, q.asked));
  if (!q.unknown.empty())
    return text + fmt::format(": cannot be kept: {}; at least {} used", q.unknown, amount_text(q, q.counted));
  const auto part = [&](double used) { return q.granted > 0.0 ? " (" + percent_text(used / q.granted) + ")" : ""; };
  const std::string over = q.over > 0.0 ? ", over by " + amount_text(q, q.over) : "";
  const bool over_is_billed = q.used && q.scopes == 1;
  text +=
      fmt::format(": counted {}{} while it ran (modelled)", amount_text(q, q.counted), q.used ? "" : part(q.counted));
  if (!over_is_billed) text += over;
  const bool several = q.scopes > 1 && q.spent > 0;
  if (several) text += fmt::format(", {} used theirs up", q.spent);
  if (q.first_spent_ns)
    text += fmt::format(", {} after {}", several ? "the first" : "used up", format_duration({*q.first_spent_ns}));
  if (q.charged > 0.0) text += fmt::format(", {} of it billed by services elsewhere", amount_text(q, q.charged));
  if (!q.used) return text;
  text += fmt::format("; billed {}{}", amount_text(q, *q.used), part(*q.used));
  if (over_is_billed) text += over;
  return text + (q.spent > 0 && *q.used < q.granted ? ": less than was counted" : "");
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
