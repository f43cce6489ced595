#include "sensors/perf_rapl/perf_rapl.h"

#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "sensors/number_file.h"
#include "sensors/powercap/powercap.h"

namespace olivine {
namespace {

constexpr std::size_t kMostCpus = 8192;
constexpr const char* kPerfFix =
    "run as root, or give the program the right: sudo setcap cap_perfmon+ep \"$(command -v olivine)\"";

struct EventName {
  const char* name;
  DomainKind kind;
};
constexpr std::array<EventName, 5> kEvents{{{"energy-pkg", DomainKind::kPackage},
                                            {"energy-cores", DomainKind::kCore},
                                            {"energy-gpu", DomainKind::kUncore},
                                            {"energy-ram", DomainKind::kDram},
                                            {"energy-psys", DomainKind::kPsys}}};

class PerfSource final : public EnergySource {
 public:
  PerfSource(SourceInfo info, std::shared_ptr<PerfCounters> counters, const PerfEvent& event,
             std::unique_ptr<PerfCounter> counter)
      : info_(std::move(info)), counters_(std::move(counters)), event_(event), counter_(std::move(counter)) {}
  const SourceInfo& info() const override { return info_; }
  // A counter whose CPU went offline is opened again; it then starts at 0, which shows as a reset.
  Result<std::uint64_t> read() override {
    if (counter_ == nullptr) {
      OLIVINE_TRY(counter_, counters_->open(event_));
    }
    auto count = counter_->read();
    if (!count && count.error().kind == ErrorKind::kGone) counter_.reset();
    return count;
  }

 private:
  SourceInfo info_;
  std::shared_ptr<PerfCounters> counters_;
  PerfEvent event_;
  std::unique_ptr<PerfCounter> counter_;
};

struct Site {  // a CPU of the mask and what it stands for
  int cpu = 0;
  std::string device;
};

std::optional<std::uint64_t> topology(FileSystem& files, const std::string& sysfs, int cpu, const char* what) {
  const auto number =
      read_u64_patiently(files, fmt::format("{}/devices/system/cpu/cpu{}/topology/{}", sysfs, cpu, what));
  return number && *number < kMostCpus ? std::optional(*number) : std::nullopt;
}

std::vector<Site> find_sites(FileSystem& files, const Roots& roots, const std::vector<int>& mask,
                             const CpuIdentity& cpu) {
  std::map<std::uint64_t, std::vector<int>> by_package;
  for (const int each : mask)
    if (const auto package = topology(files, roots.sysfs, each, "physical_package_id"))
      by_package[*package].push_back(each);
  std::vector<Site> sites;
  for (const auto& [package, cpus] : by_package) {
    if (cpus.size() == 1 || is_amd_like(cpu)) {  // AMD: one counter, however many dies the mask names
      sites.push_back({cpus.front(), fmt::format("package-{}", package)});
      continue;
    }
    for (const int each : cpus)
      if (const auto die = topology(files, roots.sysfs, each, "die_id"))
        sites.push_back({each, fmt::format("package-{}-die-{}", package, *die)});
  }
  return sites;
}

// Whether a counter that the hardware moves every millisecond does so within ten.
bool moves(EnergySource& source) {
  constexpr timespec kMoment{0, 1'000'000};
  const auto first = source.read();
  for (int i = 0; first && i < 10; ++i) {
    ::nanosleep(&kMoment, nullptr);
    if (const auto later = source.read(); later && *later != *first) return true;
  }
  return false;
}

class Assembly {
 public:
  Assembly(FileSystem& files, const Roots& roots, const CpuIdentity& cpu, std::shared_ptr<PerfCounters> counters,
           const std::vector<SourceInfo>& known)
      : files_(files), pmu_(roots.sysfs + "/bus/event_source/devices/power"), cpu_(cpu), counters_(counters) {
    for (const SourceInfo& info : known) known_.insert({info.domain.kind, info.domain.device});
  }

  Discovery run(const Roots& roots) {
    const auto type = read_u64_patiently(files_, pmu_ + "/type");
    const auto mask = read_line_patiently(files_, pmu_ + "/cpumask");
    if (!type || *type > UINT32_MAX) return {};  // no such PMU: powercap's trouble says what to do
    type_ = static_cast<std::uint32_t>(*type);
    const std::vector<Site> sites = find_sites(files_, roots, parse_cpu_list(mask ? *mask : "0"), cpu_);
    for (const EventName& event : kEvents) take_event(event, sites);
    drop_dead_psys();
    return std::move(found_);
  }

 private:
  // Kernels list energy-psys without asking whether it counts; in virtual machines it stands still, and nothing else is
  // there to show it. Taken for a meter it would stand for the processor and say 0 J.
  void drop_dead_psys() {
    const auto is_package = [](const auto& known) { return known.first == DomainKind::kPackage; };
    if (std::any_of(known_.begin(), known_.end(), is_package)) return;
    for (auto source = found_.sources.begin(); source != found_.sources.end(); ++source) {
      const DomainKind kind = (*source)->info().domain.kind;
      if (kind == DomainKind::kPackage) return;
      if (kind != DomainKind::kPsys || moves(**source)) continue;
      found_.troubles.push_back(
          {(*source)->info().id, {ErrorKind::kUnsupported, "it stands still, as in virtual machines: no meter"}, ""});
      found_.sources.erase(source);
      return;
    }
  }

  void take_event(const EventName& event, const std::vector<Site>& sites) {
    const std::string path = pmu_ + "/events/" + event.name;
    const auto text = read_line_patiently(files_, path);
    if (!text) return;  // this processor lacks the domain
    const auto config = parse_event_config(*text);
    const auto scale_text = read_line_patiently(files_, path + ".scale");
    const auto unit = read_line_patiently(files_, path + ".unit");
    const auto scale = scale_text ? parse_double(*scale_text) : fail(ErrorKind::kNotFound, "no scale");
    if (!config || !scale || !(*scale > 0.0 && *scale < 1.0) || !unit || *unit != "Joules") {
      found_.troubles.push_back({fmt::format("perf {}", event.name),
                                 {ErrorKind::kUnsupported, "its config, scale or unit is not one that Olivine knows"},
                                 ""});
      return;
    }
    // One psys for the node: with several packages none is proven to see everything (powercap.h).
    if (event.kind == DomainKind::kPsys && sites.size() > 1) return;
    for (const Site& site : sites) take_site(event, *config, *scale, site);
  }

  void take_site(const EventName& event, std::uint64_t config, double scale, const Site& site) {
    SourceInfo info;
    info.id = fmt::format("perf:{}:{}", event.name, site.device);
    info.backend = "perf_rapl";
    const bool psys = event.kind == DomainKind::kPsys;
    info.domain = {event.kind, psys ? "node" : site.device, psys ? Plane::kNodeDc : Plane::kChip,
                   rapl_place(event.kind, cpu_), rapl_basis(cpu_)};
    if (known_.contains({info.domain.kind, info.domain.device})) return;
    info.unit = scale;
    info.power_ceiling_w = rapl_ceiling_w(event.kind);
    info.update_period = milliseconds(1);
    info.gain_key = rapl_gain_key(event.kind, cpu_);
    const PerfEvent wanted{type_, config, site.cpu};
    auto counter = patiently([&] { return counters_->open(wanted); });
    if (!counter) {
      const bool locked = counter.error().kind == ErrorKind::kPermission;
      found_.troubles.push_back({info.id, std::move(counter).error(), locked ? kPerfFix : ""});
      return;
    }
    found_.sources.push_back(std::make_unique<PerfSource>(std::move(info), counters_, wanted, std::move(*counter)));
  }

  FileSystem& files_;
  std::string pmu_;
  const CpuIdentity& cpu_;
  std::shared_ptr<PerfCounters> counters_;
  std::set<std::pair<DomainKind, std::string>> known_;
  std::uint32_t type_ = 0;
  Discovery found_;
};

}  // namespace

Discovery discover_perf_rapl(FileSystem& files, const Roots& roots, const CpuIdentity& cpu,
                             std::shared_ptr<PerfCounters> counters, const std::vector<SourceInfo>& known) {
  return Assembly(files, roots, cpu, std::move(counters), known).run(roots);
}

CrossCheck cross_check(const MeterDelta& perf, const MeterDelta& powercap, double tolerance, double resolution_j) {
  const double perf_j = static_cast<double>(perf.counts) * perf.unit;
  const double powercap_j = static_cast<double>(powercap.counts) * powercap.unit;
  CrossCheck check;
  if (std::max(perf_j, powercap_j) < resolution_j || powercap_j <= 0.0) {
    check.note = powercap_j <= 0.0 && perf_j >= resolution_j
                     ? fmt::format("{} counted {:.2f} J while {} stood still", perf.id, perf_j, powercap.id)
                     : fmt::format("too little energy to compare {} with {}", perf.id, powercap.id);
    return check;
  }
  const double difference = (perf_j - powercap_j) / powercap_j;
  check.relative_difference = difference;
  check.agree = std::abs(difference) <= tolerance;
  check.note = check.agree
                   ? fmt::format("{} agrees with {} within {:.1f} %", perf.id, powercap.id, std::abs(difference) * 100)
                   : fmt::format("{} differs from {} by {:+.1f} %: one of them is wrong", perf.id, powercap.id,
                                 difference * 100);
  return check;
}

std::optional<std::uint64_t> parse_event_config(std::string_view text) {
  constexpr std::string_view kPrefix = "event=0x";
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  std::uint64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.empty() || status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<int> parse_cpu_list(std::string_view text) {
  std::vector<int> cpus;
  for (const std::string_view part : split(text, ',')) {
    const std::size_t dash = part.find('-');
    const auto first = parse_u64(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_u64(part.substr(dash + 1));
    if (!first || !last || *first > *last || *last >= kMostCpus || cpus.size() + (*last - *first) >= kMostCpus)
      return {};
    for (std::uint64_t cpu = *first; cpu <= *last; ++cpu) cpus.push_back(static_cast<int>(cpu));
  }
  return cpus;
}

}  // namespace olivine
