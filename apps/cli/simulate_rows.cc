#include "apps/cli/simulate_rows.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/text.h"
#include "planning/online/online_policy.h"
#include "report/text_layout.h"
#include "units/format.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "olivine.simulate/1";

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }
std::optional<double> or_nothing(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(json.get<double>());
}

Json json_of(const SimulationRow& r) {
  return {{"policy", r.of.policy},
          {"zone", r.of.zone},
          {"signal", name_of(r.of.signal)},
          {"forecast", r.of.forecast},
          {"seed", r.of.seed},
          {"jobs", r.jobs},
          {"left_out", r.left_out},
          {"late", r.late},
          {"worse_than_at_once", r.worse},
          {"energy_kwh", r.energy_kwh},
          {"at_once_g", r.at_once_g},
          {"policy_g", r.policy_g},
          {"least_g", r.least_g},
          {"other_signal_at_once_g", or_null(r.other_at_once_g)},
          {"other_signal_policy_g", or_null(r.other_policy_g)},
          {"saving", r.saving},
          {"saving_lower", r.saving_lower},
          {"saving_upper", r.saving_upper},
          {"captured", or_null(r.captured())},
          {"mean_delay_slots", r.delay_slots},
          {"mean_pauses", r.pauses},
          {"price_low", or_null(r.price_low)},
          {"price_high", or_null(r.price_high)},
          {"worst_case", or_null(r.worst_case)}};
}

SimulationRow row_of(const Json& j) {
  SimulationRow r;
  r.of = {j.at("policy"), j.at("zone"), j.at("signal") == "marginal" ? Signal::kMarginal : Signal::kAverage,
          j.at("forecast"), j.at("seed")};
  r.jobs = j.at("jobs");
  r.left_out = j.at("left_out");
  r.late = j.at("late");
  r.worse = j.at("worse_than_at_once");
  r.energy_kwh = j.at("energy_kwh");
  r.at_once_g = j.at("at_once_g");
  r.policy_g = j.at("policy_g");
  r.least_g = j.at("least_g");
  r.other_at_once_g = or_nothing(j.at("other_signal_at_once_g"));
  r.other_policy_g = or_nothing(j.at("other_signal_policy_g"));
  r.saving = j.at("saving");
  r.saving_lower = j.at("saving_lower");
  r.saving_upper = j.at("saving_upper");
  r.delay_slots = j.at("mean_delay_slots");
  r.pauses = j.at("mean_pauses");
  r.price_low = or_nothing(j.at("price_low"));
  r.price_high = or_nothing(j.at("price_high"));
  r.worst_case = or_nothing(j.at("worst_case"));
  return r;
}

// Four digits: policies differ by little.
std::string mass(double g) {
  const UnitScale scale = carbon_scale(g);
  const double value = g / scale.factor;
  return value >= 1e3 && value < 1e7 ? fmt::format("{:.0f} {}", value, scale.name)
                                     : fmt::format("{:.4g} {}", value, scale.name);
}

// Of a column of five: 41.2%, -9.9%, -12%, 100%, -29x (times).
std::string share(double fraction, std::string_view unit = "%") {
  const double percent = std::abs(fraction) < 0.0005 ? 0.0 : 100.0 * fraction;  // no -0.0
  if (fraction <= -99.5) return "<-99x";
  if (percent <= -999.5) return fmt::format("{:.0f}x", fraction);
  return percent >= 99.95 || percent <= -9.95 ? fmt::format("{:.0f}{}", percent, unit)
                                              : fmt::format("{:.1f}{}", percent, unit);
}

Json json_of(const std::optional<SimulationPart>& part) {
  return part ? Json{{"index", part->index}, {"of", part->of}} : Json(nullptr);
}

// Bounded: a merge makes room for `of` parts.
Result<std::optional<SimulationPart>> part_of(const std::string& file, const Json& json) {
  if (!json.contains("part") || json.at("part").is_null()) return std::optional<SimulationPart>{};
  const Json &index = json.at("part").at("index"), &of = json.at("part").at("of");
  const bool whole = index.is_number_unsigned() && of.is_number_unsigned();
  if (!whole || of.get<std::uint64_t>() > kMostCases || index.get<std::uint64_t>() >= of.get<std::uint64_t>())
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: part {}/{} is not I/N with I from 0 to N - 1 and N from 1 to {}; make it again with "
                            "--part",
                            printable(file), printable(index.dump().substr(0, 60)), printable(of.dump().substr(0, 60)),
                            kMostCases));
  return std::optional(SimulationPart{index.get<std::size_t>(), of.get<std::size_t>()});
}

// A count from a file: so many at most that no sum of parts wraps around.
std::uint64_t counted(const Json& json) {
  return std::min<std::uint64_t>(json.get_ref<const Json::number_unsigned_t&>(), 1'000'000'000'000);
}

Json json_of(const ServiceRequests& r) {
  return {{"zone", r.zone},
          {"signal", name_of(r.signal)},
          {"moments", r.moments},
          {"requests", r.requests},
          {"late", r.late},
          {"unanswered", r.unanswered},
          {"first_failure", r.unanswered > 0 ? Json(r.first_failure) : Json(nullptr)}};
}

ServiceRequests requests_of(const Json& j) {
  ServiceRequests r{j.at("zone"),
                    j.at("signal") == "marginal" ? Signal::kMarginal : Signal::kAverage,
                    counted(j.at("moments")),
                    counted(j.at("requests")),
                    counted(j.at("late")),
                    counted(j.at("unanswered")),
                    ""};
  if (!j.at("first_failure").is_null()) r.first_failure = j.at("first_failure");
  return r;
}

std::string text_of(const ServiceRequests& r) {
  std::string text = fmt::format(
      "{} {}: asked at the begin of {} slots with {} requests, {} answered late from what was kept, {} not at all",
      printable(r.zone), name_of(r.signal), r.moments, r.requests, r.late, r.unanswered);
  if (r.unanswered > 0) text += fmt::format(" (first: {})", printable(r.first_failure));
  return text;
}

// Into the sum over the parts.
void add(const std::vector<ServiceRequests>& more, std::vector<ServiceRequests>& sum) {
  for (const ServiceRequests& r : more) {
    const auto same = std::find_if(sum.begin(), sum.end(),
                                   [&](const ServiceRequests& s) { return s.zone == r.zone && s.signal == r.signal; });
    if (same == sum.end()) {
      sum.push_back(r);
      continue;
    }
    if (same->unanswered == 0) same->first_failure = r.first_failure;
    same->moments += r.moments, same->requests += r.requests;
    same->late += r.late, same->unanswered += r.unanswered;
  }
}

struct Group {
  SimulationCase of;  // but for the policy
  std::vector<const SimulationRow*> rows;
};

std::vector<Group> groups_of(const std::vector<SimulationRow>& rows) {
  std::vector<Group> groups;
  std::map<std::tuple<std::string, Signal, std::string, std::uint64_t>, std::size_t> place;
  for (const SimulationRow& row : rows) {
    const auto [at, is_new] =
        place.try_emplace({row.of.zone, row.of.signal, row.of.forecast, row.of.seed}, groups.size());
    if (is_new) groups.push_back({row.of, {}});
    groups[at->second].rows.push_back(&row);
  }
  return groups;
}

// Rounded up, so that what is said holds.
std::string ratio(double worst) {
  return worst < 100.0 ? fmt::format("{:.2f}", std::ceil(worst * 100.0) / 100.0)
                       : fmt::format("{:.6g}", std::ceil(worst));
}

// What the policies by thresholds guarantee, or why they do not. Lines of at most 80 columns.
std::string worst_cases_text(const Group& group, const TextStyle& style) {
  std::string proven, none, unlimited;
  const SimulationRow* limits = nullptr;
  for (const SimulationRow* row : group.rows) {
    if (!goes_by_limits(row->of.policy) || row->jobs == 0) continue;
    std::string& list = !row->price_low ? unlimited : row->worst_case ? proven : none;
    list += (list.empty() ? "" : ", ") + printable(row->of.policy);
    if (row->worst_case) list += fmt::format(" {} x", ratio(*row->worst_case));
    if (row->price_low && row->price_high) limits = row;
  }
  std::string text;
  const auto tell = [&](const std::string& line) { text += "  " + wrapped(line, 2, style) + "\n"; };
  if (!proven.empty())
    tell(
        fmt::format("never more than so many times the least possible: {}; while prices stay within {:.6g}..{:.6g} "
                    "g/kWh, the lowest above 0 and the highest of the data",
                    proven, *limits->price_low, *limits->price_high));
  if (!none.empty()) tell("no worst case is proven with a --pause-time or --forecast service: " + none);
  if (!unlimited.empty()) tell("no price is above 0, so that there is nothing to save: at once starts " + unlimited);
  return text;
}

std::string group_text(const Group& group, double slot_s, const TextStyle& style) {
  const SimulationRow& first = *group.rows.front();
  std::string heading = fmt::format("{} by {}, forecast {}, seed {}: {} jobs", printable(group.of.zone),
                                    name_of(group.of.signal), printable(group.of.forecast), group.of.seed, first.jobs);
  if (first.left_out > 0) heading += fmt::format(" ({} left out)", first.left_out);
  heading += fmt::format(", {} at once", mass(first.at_once_g));
  TextTable table({{"policy", 19, false},
                   {"emits", 9, true},
                   {"saved", 5, true},
                   {"95 %", 10, true},
                   {"best", 5, true},
                   {"worse", 5, true},
                   {"delay", 5, true},
                   {"pauses", 6, true}});
  for (const SimulationRow* row : group.rows) {
    const SimulationRow& r = *row;
    const auto captured = r.captured();
    const double delay_h = r.delay_slots * slot_s / 3600.0;
    table.add({printable(r.of.policy), mass(r.policy_g), share(r.saving),
               share(r.saving_lower, "") + ".." + share(r.saving_upper, ""), captured ? share(*captured) : "-",
               r.jobs == 0 ? "-" : share(static_cast<double>(r.worse) / static_cast<double>(r.jobs)),
               delay_h < 99.95 ? fmt::format("{:.1f}h", delay_h) : fmt::format("{:.0f}h", delay_h),
               fmt::format("{:.2f}", r.pauses)});
  }
  return wrapped(heading, 0, style) + "\n" + table.render(style) + worst_cases_text(group, style);
}

}  // namespace

std::string simulation_json(const SimulationReport& report) {
  Json rows = Json::array();
  for (const SimulationRow& row : report.rows) rows.push_back(json_of(row));
  Json requests = Json::array();
  for (const ServiceRequests& asked : report.requests) requests.push_back(json_of(asked));
  return Json{{"schema", kSchema},
              {"part", json_of(report.part)},
              {"settings", Json::parse(report.settings)},
              {"requests", std::move(requests)},
              {"slot_s", report.slot_s},
              {"rows", std::move(rows)}}
             .dump(2, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

Result<SimulationReport> simulation_from_json(const std::string& file, const std::string& text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("schema") != kSchema)
      return fail(ErrorKind::kInvalid, fmt::format("{}: not what olivine simulate --json writes", printable(file)));
    OLIVINE_TRY(const std::optional<SimulationPart> part, part_of(file, json));
    SimulationReport report{json.at("settings").dump(), {}, {}, {}, json.at("slot_s"), part};
    for (const Json& asked : json.at("requests")) report.requests.push_back(requests_of(asked));
    for (const Json& source : json.at("settings").at("sources")) report.sources.push_back(source);
    for (const Json& row : json.at("rows")) report.rows.push_back(row_of(row));
    return report;
  } catch (const Json::exception&) {
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: not what olivine simulate --json writes, or damaged", printable(file)));
  }
}

namespace {

using Parts = std::vector<std::pair<std::string, SimulationReport>>;

// The settings that differ: "jobs is 5, not 20; also zones, seeds".
std::string difference(const std::string& one, const std::string& other) {
  const Json a = Json::parse(one), b = Json::parse(other);
  const auto shown = [](const Json& settings, const std::string& key) {
    if (!settings.contains(key)) return std::string("not said");
    const std::string text = settings.at(key).dump();
    return printable(text.substr(0, 200)) + (text.size() > 200 ? "..." : "");
  };
  std::vector<std::string> keys;
  for (const auto& item : a.items())
    if (!b.contains(item.key()) || b.at(item.key()) != item.value()) keys.push_back(item.key());
  for (const auto& item : b.items())
    if (!a.contains(item.key())) keys.push_back(item.key());
  if (keys.empty()) return "the order of the settings is another";
  std::string text = fmt::format("{} is {}, not {}", printable(keys.front().substr(0, 60)), shown(a, keys.front()),
                                 shown(b, keys.front()));
  for (std::size_t i = 1; i < std::min<std::size_t>(keys.size(), 8); ++i)
    text += (i == 1 ? "; also " : ", ") + printable(keys[i].substr(0, 60));
  return text;
}

// Of each part its place in `parts`; all of them must be there.
Result<std::vector<std::size_t>> in_order(const Parts& parts) {
  const std::size_t of = parts.front().second.part ? parts.front().second.part->of : 1;
  std::vector<std::size_t> place(of, parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& [file, part] = parts[i];
    const SimulationPart which = part.part.value_or(SimulationPart{});
    if (part.settings != parts.front().second.settings)
      return fail(ErrorKind::kInvalid, fmt::format("{}: of another simulation than {}: their settings differ: {}",
                                                   printable(file), printable(parts.front().first),
                                                   difference(part.settings, parts.front().second.settings)));
    if (which.of != of || which.index >= of)
      return fail(ErrorKind::kInvalid, fmt::format("{}: part {}/{}, but {} is one of {}", printable(file), which.index,
                                                   which.of, printable(parts.front().first), of));
    if (place[which.index] < parts.size())
      return fail(ErrorKind::kInvalid,
                  fmt::format("{}: holds part {}/{}, which another file has too: {}", printable(file), which.index, of,
                              printable(parts[place[which.index]].first)));
    place[which.index] = i;
  }
  std::string missing;
  for (std::size_t i = 0; i < of && missing.size() < 60; ++i)
    if (place[i] == parts.size()) missing += fmt::format("{}{}/{}", missing.empty() ? "" : ", ", i, of);
  if (!missing.empty())
    return fail(
        ErrorKind::kNotFound,
        fmt::format("--merge: parts are missing: {}; make them with --part, the other options unchanged", missing));
  return place;
}

}  // namespace

Result<SimulationReport> merged(const Parts& parts) {
  OLIVINE_TRY(const std::vector<std::size_t> place, in_order(parts));
  const SimulationReport& first = parts.front().second;
  SimulationReport all{first.settings, first.sources, {}, {}, first.slot_s, {}};
  for (const std::size_t i : place) add(parts[i].second.requests, all.requests);
  std::size_t cases = 0;
  for (const auto& part : parts) cases += part.second.rows.size();
  for (std::size_t i = 0; i < cases; ++i) {
    const auto& [file, part] = parts[place[i % place.size()]];
    if (i / place.size() >= part.rows.size())
      return fail(ErrorKind::kInvalid, fmt::format("{}: has {} rows, fewer than the other parts need; make it again",
                                                   printable(file), part.rows.size()));
    all.rows.push_back(part.rows[i / place.size()]);
  }
  return all;
}

std::string simulation_text(const SimulationReport& report, const TextStyle& given) {
  TextStyle style = given;
  style.width = std::min(style.width, 80);
  std::string text;
  for (const std::string& source : report.sources) text += "  " + wrapped(safe(source, style), 4, style) + "\n";
  for (const ServiceRequests& asked : report.requests)
    text += "  " + wrapped(safe(text_of(asked), style), 4, style) + "\n";
  for (const Group& group : groups_of(report.rows)) text += "\n" + group_text(group, report.slot_s, style);
  std::size_t left_out = 0, late = 0;
  for (const SimulationRow& r : report.rows) left_out = std::max(left_out, r.left_out), late += r.late;
  text += "\n";
  const auto tell = [&](const std::string& line) { text += "  " + wrapped(line, 2, style) + "\n"; };
  if (left_out > 0) tell("left out: jobs whose slots are not all known, or too few before the deadline");
  tell(late == 0 ? "no job ends after its deadline" : fmt::format("jobs that end after their deadline: {}", late));
  tell(
      "saved: of what starting at once emits, with its 95 % range in %; best: of what knowing the whole future saves; "
      "worse: jobs that emit more than at once; delay of the end, pauses: mean of a job");
  tell("a simulation, ours: no measurement");
  return text;
}

}  // namespace olivine::cli
