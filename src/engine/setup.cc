#include "engine/setup.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "engine/embodied_estimate.h"
#include "engine/stated_default.h"
#include "grid/zones.h"

namespace olivine {
namespace {

constexpr Duration kUsualInterval = milliseconds(100);
constexpr Duration kShortestInterval = milliseconds(1);
// What a domain may draw for longer than a second, for the range of a gap. Intel's short-term limit (PL2) is about twice the
// design power on desktops and servers, 2 to 4 times on 15 W parts; boards keep it for a minute and more. Assumed.
constexpr double kMostOverDesign = 3.0;
constexpr double kMostOfSmallPartW = 100.0;
constexpr double kMostOverLimit = 1.1;  // a GPU keeps its power limit, averaged over a second

bool has(const std::vector<SourceInfo>& sources, DomainKind kind, Place place) {
  return std::any_of(sources.begin(), sources.end(),
                     [&](const SourceInfo& s) { return s.domain.kind == kind && s.domain.place == place; });
}
bool has_enclosing(const std::vector<SourceInfo>& sources) {
  return std::any_of(sources.begin(), sources.end(),
                     [](const SourceInfo& s) { return s.domain.place == Place::kEncloses; });
}

bool server_name(const std::string& name) {
  const std::string lower = to_lower(name);
  return lower.find("xeon") != std::string::npos || lower.find("epyc") != std::string::npos ||
         lower.find("neoverse") != std::string::npos || lower.find("graviton") != std::string::npos;
}

std::vector<IdlePower> idle_powers(const SetupInput& input, const CpuEntry& cpu) {
  const StatedValue cpu_idle = from_default("cpu_idle_fraction");
  const StatedValue gpu_idle = from_default("gpu_idle_fraction");
  std::vector<IdlePower> idle;
  for (const SourceInfo& s : input.sources) {
    const bool package = s.domain.kind == DomainKind::kPackage;
    const bool gpu = s.domain.kind == DomainKind::kGpu;
    const double base_w = package ? cpu.tdp_w : gpu ? s.power_ceiling_w / 2.0 : 0.0;
    const StatedValue& fraction = gpu ? gpu_idle : cpu_idle;
    const double most_w = package ? std::max(kMostOverDesign * base_w, kMostOfSmallPartW)
                          : gpu   ? kMostOverLimit * base_w
                                  : 0.0;
    idle.push_back({base_w * fraction.value, base_w * fraction.lower, base_w * fraction.upper, most_w});
  }
  return idle;
}

// A user's number from the configuration, else the default of that key.
StatedValue stated_or_default(const Config& config, std::string_view key, std::string_view default_key) {
  if (const auto number = config.number(key))
    return {*number, *number, *number, Basis::kUserStated, config.find(key)->origin};
  return from_default(default_key);
}

std::optional<StatedValue> pue_of(const Config& config, bool data_centre, const ZoneChoice& zone) {
  if (!config.number("pue") && zone.cloud && zone.cloud->pue)
    return StatedValue{
        *zone.cloud->pue, zone.cloud->pue_lower.value_or(*zone.cloud->pue),
        zone.cloud->pue_upper.value_or(*zone.cloud->pue), Basis::kReference,
        zone.cloud->row.text() + (zone.cloud->pue_of_fleet ? " (the provider's mean, not the region's)" : "")};
  if (config.number("pue") || data_centre) return stated_or_default(config, "pue", "pue_datacentre");
  return std::nullopt;
}

void describe_host(const SetupInput& input, const CpuEntry& cpu, RunContext& c) {
  const MachineFacts& f = input.facts;
  c.host = {{"hostname", f.hostname},
            {"machine_key", f.machine_key},
            {"virtualisation", f.virtualisation},
            {"chassis", f.chassis}};
  c.software = {{"olivine", OLIVINE_VERSION}, {"kernel", f.kernel}, {"os", f.os}};
  c.hardware = {{"cpu", f.cpu_model_name},
                {"cpu_catalogue", cpu.name},
                {"cpu_tdp_w", shortest(cpu.tdp_w)},
                {"logical_cpus", std::to_string(f.logical_cpus)},
                {"sockets", std::to_string(f.sockets)},
                {"memory_bytes", std::to_string(f.memory_total_bytes)}};
}

void add_intensity(const Intensity& intensity, const ZoneChoice& zone, RunContext& c) {
  c.zone = intensity.zone;
  c.zone_name = intensity.name;
  c.zone_origin = zone.origin;
  c.signal = intensity.signal;
  c.boundary = intensity.boundary;
  c.period = intensity.period;
  c.intensity_source = intensity.source;
  c.intensity_notes = intensity.notes;
  c.intensity_notes.insert(c.intensity_notes.end(), zone.notes.begin(), zone.notes.end());
  c.intensity_g_per_kwh = {
      in_grams_per_kilowatt_hour(intensity.estimate.mean()), in_grams_per_kilowatt_hour(intensity.estimate.lower()),
      in_grams_per_kilowatt_hour(intensity.estimate.upper()), intensity.basis, intensity.row.text()};
}

void add_quality(const SetupInput& input, const MachineDescription& machine, RunContext& c) {
  for (const SourceInfo& s : input.sources)
    c.quality.push_back({s.id, s.signal == SignalKind::kEnergyCounter ? "energy counter" : "power samples, integrated",
                         std::string(name_of(s.domain.basis)),
                         s.domain.place == Place::kCounted ? "counted" : std::string(name_of(s.domain.place)), ""});
  if (machine.cpu_model) {
    const std::string why = input.troubles.empty()
                                ? "no readable energy counter on this machine"
                                : input.troubles.front().what + ": " + input.troubles.front().error.message;
    const std::string fix = input.troubles.empty() ? "" : input.troubles.front().fix;
    c.quality.push_back({"model:cpu", "power model over load", "modelled", why, fix});
  }
  if (machine.memory_model)
    c.quality.push_back(
        {"model:memory", "watts per GB held ready", "modelled", "memory has no readable energy counter", ""});
  for (const SourceTrouble& t : input.troubles)
    c.quality.push_back({t.what, "none", "unavailable", t.error.message, t.fix});
  if (c.pue && c.pue->basis == Basis::kAssumed)
    c.quality.push_back({"pue", "default", std::string(name_of(c.pue->basis)),
                         fmt::format("PUE of this data centre is not stated; {} is assumed", shortest(c.pue->value)),
                         "olivine run --pue VALUE, or pue = VALUE in the configuration"});
  if (c.zone.empty())
    c.quality.push_back(
        {"zone", "default", "assumed", "the grid zone is not known",
         "olivine run --zone FR, or zone = \"FR\" in the configuration; olivine grid zones lists them"});
}

// Which boundary the account has: what neither a meter nor a model covers.
std::vector<std::string> not_counted(const SetupInput& input, const MachineDescription& machine) {
  std::vector<std::string> list;
  for (const SourceTrouble& t : input.troubles)
    if (t.unmetered) list.push_back(t.what);
  if (!machine.rest_of_node && !has_enclosing(input.sources)) list.push_back("rest of node");
  list.push_back("network");
  return list;
}

}  // namespace

CpuEntry cpu_of(const MachineFacts& facts) {
  if (auto entry = find_cpu(facts.cpu_model_name)) return *entry;
  const bool server = facts.chassis == "server" || server_name(facts.cpu_model_name);
  return default_cpu(facts.cpu_vendor, std::max(1, facts.logical_cpus), server);
}

bool in_data_centre(const MachineFacts& facts, const CpuEntry& cpu, const ZoneChoice& zone) {
  if (facts.chassis == "laptop" || facts.chassis == "desktop") return false;
  return facts.chassis == "server" || zone.cloud.has_value() || cpu.cls.starts_with("server");
}

MachineDescription describe_machine(const SetupInput& input) {
  MachineDescription m;
  const CpuEntry cpu = cpu_of(input.facts);
  m.sources = input.sources;
  m.idle = idle_powers(input, cpu);
  m.logical_cpus = std::max(1, input.facts.logical_cpus);
  if (input.facts.memory_total_bytes > 0) m.memory_installed_bytes = input.facts.memory_total_bytes;
  m.interval = input.interval;
  const bool enclosed = has_enclosing(input.sources);
  const bool package = has(input.sources, DomainKind::kPackage, Place::kCounted);
  if (!package && !enclosed)
    m.cpu_model = cpu_model_for(cpu, m.logical_cpus, input.facts.guest(), std::max(1, input.facts.sockets));
  const bool dram_seen = std::any_of(input.sources.begin(), input.sources.end(),
                                     [](const SourceInfo& s) { return s.domain.kind == DomainKind::kDram; });
  if (!dram_seen && !enclosed && input.facts.memory_for_model_bytes() > 0)
    m.memory_model = memory_model_for(input.facts.memory_for_model_bytes());
  if (input.plane_node) {
    const bool small = input.facts.chassis == "desktop" || input.facts.chassis == "laptop";
    const StatedValue rest = from_default(small ? "rest_of_node_desktop_w" : "rest_of_node_server_w");
    const StatedValue psu = from_default("psu_efficiency");
    const double share = host_share(input.facts, cpu);
    m.rest_of_node =
        RestOfNode{rest.value * share, rest.lower * share, rest.upper * share, psu.value, psu.lower, psu.upper};
  }
  return m;
}

Result<RunContext> make_context(const SetupInput& input, const MachineDescription& machine, const Config& config,
                                const ZoneChoice& zone, WallTime when) {
  RunContext c;
  const CpuEntry cpu = cpu_of(input.facts);
  const bool data_centre = in_data_centre(input.facts, cpu, zone);
  describe_host(input, cpu, c);
  OLIVINE_TRY(c.idle_policy, idle_policy_from(config.get("idle")));
  const auto reserved = config.number("reserved_fraction");
  c.reserved_part = reserved.value_or(
      std::min(1.0, input.facts.cgroup_cpu_limit.value_or(machine.logical_cpus) / machine.logical_cpus));
  c.reserved_origin = reserved ? config.find("reserved_fraction")->origin : "cgroup CPU limit / CPUs of the machine";
  c.pue = pue_of(config, data_centre, zone);
  if (c.pue && c.pue->value < 1.0)
    return fail(ErrorKind::kInvalid, fmt::format("pue {} ({}) is below 1; facility energy over IT energy is at least 1",
                                                 shortest(c.pue->value), c.pue->origin));
  OLIVINE_TRY(const Intensity intensity, yearly_intensity(zone.zone, hours(1), when));
  add_intensity(intensity, zone, c);
  c.machine_share = host_share(input.facts, cpu);
  if (config.number("embodied_kg")) {
    c.embodied_kg = stated_or_default(config, "embodied_kg", "embodied_server_kg");
  } else {
    EmbodiedEstimate embodied = machine_embodied_kg(input, cpu);
    c.embodied_kg = std::move(embodied.machine);
    c.embodied_gpus_kg = std::move(embodied.gpus);
  }
  c.life_years = stated_or_default(config, "life_years", "server_life_years");
  c.utilisation = stated_or_default(config, "utilisation", "server_utilisation");
  if (!(c.life_years.value > 0.0) || !(c.utilisation.value > 0.0))
    return fail(ErrorKind::kInvalid, "life_years and utilisation must be above 0");
  if (const auto price = config.number("price_per_kwh"))
    c.price_per_kwh = StatedValue{*price, *price, *price, Basis::kUserStated, config.find("price_per_kwh")->origin};
  if (const std::string currency = config.get("currency"); !currency.empty()) c.currency = currency;
  if (data_centre) c.water_site_l_per_kwh = from_default("water_site_l_per_kwh");
  c.water_grid_l_per_kwh = from_default("water_grid_l_per_kwh");
  for (const SourceInfo& s : input.sources)
    if (!c.gains.contains(s.gain_key)) c.gains[s.gain_key] = from_default(s.gain_key);
  for (const SourceTrouble& t : input.troubles)
    if (t.unmetered) c.unmetered.push_back(t.what + ": " + t.error.message);
  c.not_counted = not_counted(input, machine);
  add_quality(input, machine, c);
  if (c.zone.empty())
    c.warnings.push_back(
        "zone unknown: the world's average is assumed; say where with --zone (olivine grid zones TEXT finds it)");
  return c;
}

IntervalChoice choose_interval(const std::vector<SourceInfo>& sources) {
  IntervalChoice choice{kUsualInterval, "default: nothing wraps faster"};
  for (const SourceInfo& s : sources) {
    if (!s.modulus || s.signal != SignalKind::kEnergyCounter) continue;
    const double wrap_s = static_cast<double>(*s.modulus) * s.unit / s.power_ceiling_w;
    const Duration quarter = std::max(kShortestInterval, seconds_from(wrap_s / 4.0));
    if (quarter < choice.interval)
      choice = {quarter, fmt::format("{} may wrap in {} at {} W", s.id, format_duration(seconds_from(wrap_s)),
                                     s.power_ceiling_w)};
  }
  return choice;
}

}  // namespace olivine
