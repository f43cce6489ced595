#include "report/doctor_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "report/text_layout.h"

namespace olivine {
namespace {
using Json = nlohmann::ordered_json;

constexpr std::size_t kVerdictColumn = 24;
constexpr std::size_t kTextColumn = 38;
constexpr std::size_t kNarrowColumn = 4;  // where a word is too long for the others
constexpr std::string_view kFix = "fix: ";

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

bool metered(const DoctorLine& line) { return line.verdict == "measured" || line.verdict == "derived"; }

std::string fix_line(const std::string& fix, std::size_t column, const TextStyle& style) {
  if (fix.empty()) return "";
  const std::string text = safe(fix, style);
  if (style.fit && !has_room(text, column + kFix.size(), style)) column = kNarrowColumn;
  return std::string(column, ' ') + std::string(kFix) + fitted(text, column + kFix.size(), style) + "\n";
}

std::string component_text(const DoctorLine& d, const TextStyle& style) {
  std::string what = d.method;
  if (!d.reason.empty()) what += (what.empty() ? "" : "; ") + d.reason;
  const std::string whole = safe(d.component, style);
  const bool below = style.fit && display_width(whole) > kVerdictColumn - 4;  // the verdict, of a long name
  const std::string name = below ? whole + "\n" + std::string(kVerdictColumn, ' ')
                                 : padded(cut(whole, kVerdictColumn - 4), kVerdictColumn - 2);
  const bool beside = !style.fit || has_room(safe(what, style), kTextColumn, style);
  std::string verdict = padded(safe(d.verdict, style), beside ? kTextColumn - kVerdictColumn : 0);
  if (!metered(d)) verdict = bold(verdict, style);
  std::string text = "  " + name;
  text += verdict;
  if (beside)
    text += wrapped(safe(what, style), kTextColumn, style);
  else
    text += "\n" + std::string(kNarrowColumn, ' ') + wrapped(safe(what, style), kNarrowColumn, style);
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n" + fix_line(d.fix, kTextColumn, style);
}

std::string verdict_line(const DoctorReport& r) {
  constexpr std::array<std::string_view, 5> kOrder{"measured", "derived", "modelled", "assumed", "unavailable"};
  std::vector<std::string> counts;
  for (const std::string_view verdict : kOrder) {
    const auto n = std::count_if(r.components.begin(), r.components.end(),
                                 [&](const DoctorLine& d) { return d.verdict == verdict; });
    if (n > 0) counts.push_back(fmt::format("{} {}", n, verdict));
  }
  return counts.empty() ? "nothing found" : joined(counts, ", ");
}

std::string zone_text(const DoctorReport& r) {
  if (r.zone.empty() && r.zone_detail.starts_with("unknown")) return r.zone_detail;
  return (r.zone.empty() ? "unknown" : r.zone) + (r.zone_detail.empty() ? "" : ": " + r.zone_detail);
}

std::string setting_line(std::string_view name, const std::string& what, const std::string& fix,
                         const TextStyle& style) {
  return label(name, style) + wrapped(safe(what, style), kLabelWidth, style) + "\n" + fix_line(fix, kLabelWidth, style);
}

}  // namespace

bool all_metered(const DoctorReport& report) {
  // The boundary (rest of node, network) is said with every record; it is no fault of this machine.
  return !report.components.empty() &&
         std::all_of(report.components.begin(), report.components.end(), [](const DoctorLine& line) {
           return line.component == "rest of node" || line.component == "network" || metered(line);
         });
}

std::string render_doctor_text(const DoctorReport& r, const TextStyle& style) {
  std::string text = label("energy", style) + fitted(verdict_line(r), kLabelWidth, style) + "\n";
  for (const DoctorLine& d : r.components) text += component_text(d, style);
  text += setting_line("zone", zone_text(r), r.zone_fix, style);
  text += setting_line("interval", format_duration(r.interval) + (r.interval_why.empty() ? "" : ": " + r.interval_why),
                       "", style);
  text +=
      setting_line("ledger", r.ledger_path + (r.ledger_mode.empty() ? "" : ", " + r.ledger_mode), r.ledger_fix, style);
  for (std::size_t i = 0; i < r.capabilities.size(); ++i) {
    const DoctorCapability& c = r.capabilities[i];
    const std::string what =
        fmt::format("{}: {}{}", c.name, c.available ? "yes" : "no", c.detail.empty() ? "" : ", " + c.detail);
    text += setting_line(i == 0 ? "who ran" : "", what, c.fix, style);
  }
  for (const std::string& note : r.notes) text += setting_line("note", note, "", style);
  return text;
}

std::string render_doctor_json(const DoctorReport& r) {
  Json j{{"schema", "olivine.doctor/1"}, {"all_metered", all_metered(r)}, {"components", Json::array()}};
  for (const DoctorLine& d : r.components)
    j["components"].push_back({{"component", d.component},
                               {"verdict", d.verdict},
                               {"method", or_null(d.method)},
                               {"reason", or_null(d.reason)},
                               {"fix", or_null(d.fix)}});
  j["interval"] = {{"chosen_s", in_seconds(r.interval)}, {"why", or_null(r.interval_why)}};
  j["ledger"] = {{"path", or_null(r.ledger_path)}, {"mode", or_null(r.ledger_mode)}, {"fix", or_null(r.ledger_fix)}};
  j["capabilities"] = Json::array();
  for (const DoctorCapability& c : r.capabilities)
    j["capabilities"].push_back(
        {{"name", c.name}, {"available", c.available}, {"detail", or_null(c.detail)}, {"fix", or_null(c.fix)}});
  j["zone"] = {{"zone", or_null(r.zone)}, {"detail", or_null(r.zone_detail)}, {"fix", or_null(r.zone_fix)}};
  j["notes"] = r.notes;
  return j.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace olivine
