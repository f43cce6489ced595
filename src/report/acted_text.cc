#include "report/acted_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/text.h"
#include "report/figure_text.h"
#include "report/text_layout.h"
#include "units/format.h"

namespace olivine {
namespace {

constexpr double kSmall = 0.005;

std::string saved_text(const std::optional<double>& saving, std::string_view how) {
  if (!saving) return fmt::format("not known {}", how);
  if (std::abs(*saving) < kSmall) return fmt::format("the same {}", how);
  return fmt::format("{} {} {}", percent_text(std::abs(*saving)), *saving > 0.0 ? "less" : "more", how);
}

std::string both_text(const RecordSchedule::Saving& s) {
  return saved_text(s.average, "by average") + ", " + saved_text(s.marginal, "at the margin");
}

// Of a job that nobody watched. Without a zone no intensity was known: neither a plan nor a threshold can have been.
std::string planned_text(const RecordSchedule& s) {
  if (s.planned.average || s.planned.marginal)
    return "planned " + both_text(s.planned) + " (modelled at constant power)";
  if (!s.plan.empty()) return "planned, what that saves is not known";
  return s.zone.empty() ? "no plan is known" : "nothing was planned but a threshold";
}

std::string paused_text(std::int64_t pauses, std::int64_t paused_ns) {
  return fmt::format("paused {} time{} ({})", pauses, pauses == 1 ? "" : "s", format_duration({paused_ns}));
}

std::string amount_text(const RecordBudget& b, double amount) {
  if (b.kind == "energy") return format_energy(joules(amount));
  if (b.kind == "carbon") return format_carbon(grams(amount)) + " CO2e";
  return format_number(amount) + " " + b.unit;
}

std::string event_text(const RecordBudget::Event& event) {
  const std::string when = " after " + format_duration({event.at_ns});
  if (event.action == "near") return "80 %" + when;
  if (event.action == "spent") return "used up" + when;
  if (event.action == "terminate") return "ended" + when;
  if (event.action == "kill") return "killed" + when;
  return "";
}

}  // namespace

std::string schedule_line(const RecordSchedule& s, const TextStyle& style) {
  std::vector<std::string> did;
  if (s.waited_ns > 0) did.push_back("waited " + format_duration({s.waited_ns}));
  if (s.pauses > 0) did.push_back(paused_text(s.pauses, s.paused_ns));
  if (!s.watched) {
    std::string line = s.job.empty() ? s.policy : s.job + ", " + s.policy;
    line += "; " + planned_text(s);
    if (!s.plan.empty()) line += ", start " + format_utc(s.plan.front().begin).substr(0, 19) + "Z";
    if (!s.events.empty() && s.events.back().action == "left")
      line +=
          "; until olivine was ended it " + (did.empty() ? "did not pause" : joined(did, ", ")) + "; what it did then";
    else
      line += "; what it did";
    return label("schedule", style) + wrapped(safe(line + " is not known", style), kLabelWidth, style) + "\n";
  }
  if (did.empty()) did.push_back("ran at once");
  std::string line =
      (s.job.empty() ? "" : s.job + " ") + joined(did, ", ") + "; against starting at once " + both_text(s.actual);
  if (s.planned.average || s.planned.marginal) line += "; planned " + both_text(s.planned);
  line += " (modelled at constant power)";
  return label("schedule", style) + wrapped(safe(line, style), kLabelWidth, style) + "\n";
}

std::string schedule_spans(const RecordSchedule& s, const ScheduleFigures& figures, const TextStyle& style) {
  if (!figures.present) return "";
  constexpr std::size_t kShown = 20;
  TextTable table({{"", 8, false},
                   {"from (UTC)", 20, false},
                   {"to (UTC)", 20, false},
                   {"average", 12, true},
                   {"marginal", 12, true}});
  const auto grams = [](const std::optional<double>& g) {
    return g ? format_number(*g) + " g/kWh" : std::string("not known");
  };
  const auto add = [&](const char* what, const RecordSchedule::Span& span) {
    table.add({what, format_utc(span.begin).substr(0, 19) + "Z", format_utc(span.end).substr(0, 19) + "Z",
               grams(span.average), grams(span.marginal)});
  };
  std::size_t left_out = 0;
  const auto add_all = [&](const char* what, const std::vector<RecordSchedule::Span>& spans) {
    for (std::size_t i = 0; i < std::min(kShown, spans.size()); ++i) add(what, spans[i]);
    left_out += spans.size() - std::min(kShown, spans.size());
  };
  add_all("planned", s.plan);
  add_all("ran", s.segments);
  if (s.at_once) add("at once", *s.at_once);
  std::string text = "\n" + bold("schedule", style) + "\n" + table.fitted(style);
  if (left_out > 0) text += fmt::format("  and {} more; olivine show --json has them all\n", left_out);
  if (figures.saved_average.known()) {
    const double saved_g = in_grams(figures.saved_average.value->mean());
    text += "  " +
            fitted(fmt::format("{} {} CO2e by average {}", saved_g < 0.0 ? "emitted more:" : "saved",
                               format_carbon(olivine::grams(std::abs(saved_g))),
                               s.power_w ? "at " + format_power(watts(*s.power_w)) + " while it runs (stated)"
                                         : "at the mean power of the run while it ran"),
                   2, style) +
            "\n";
  }
  if (!s.source.empty()) text += dim("  " + wrapped("intensity from " + safe(s.source, style), 2, style), style) + "\n";
  return text;
}

std::string budget_line(const RecordBudget& b, const TextStyle& style) {
  std::string line = fmt::format("{}{} of {} used", b.lower_bound ? "at least " : "", amount_text(b, b.used),
                                 amount_text(b, b.granted));
  if (b.granted > 0.0) line += " (" + percent_text(b.used / b.granted) + ")";
  line += ", counted while it ran";
  if (b.granted > b.amount) line += fmt::format("; {} at first, granted again", amount_text(b, b.amount));
  if (b.pauses > 0) line += "; " + paused_text(b.pauses, b.paused_ns);
  for (const RecordBudget::Event& event : b.events)
    if (const std::string text = event_text(event); !text.empty()) line += "; " + text;
  return label("budget", style) + wrapped(safe(line, style), kLabelWidth, style) + "\n";
}

}  // namespace olivine
