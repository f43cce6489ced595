#include "account/estimation/estimate_devices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "account/embodied/hardware_embodied.h"
#include "base/text.h"
#include "provenance/defaults.h"
#include "units/format.h"

namespace olivine {
namespace {

constexpr int kUsualDevicesPerHost = 8;
constexpr int kMostDevices = 10'000'000;

// value x factor; their relative deviations in quadrature.
RangedNumber times(const RangedNumber& a, const RangedNumber& b) {
  const double value = a.value * b.value;
  const auto part = [](double bound, double mean) { return mean != 0.0 ? bound / mean - 1.0 : 0.0; };
  const double down = std::hypot(part(a.lower, a.value), part(b.lower, b.value));
  const double up = std::hypot(part(a.upper, a.value), part(b.upper, b.value));
  return {value, value * std::max(0.0, 1.0 - down), value * (1.0 + up), weakest(a.basis, b.basis),
          a.source + "; " + b.source};
}

RangedNumber exactly(double value, Basis basis, std::string source) {
  return {value, value, value, basis, std::move(source)};
}

RangedNumber of_figure(const HardwareFigure& f) { return {f.value.value_or(0.0), f.lower, f.upper, f.basis, f.source}; }

// The load that was asked for, else the default of that name.
Result<RangedNumber> load_of(const EstimateAsk& ask, std::string_view key, std::string_view what,
                             EstimateDevices& devices) {
  if (ask.load) return *ask.load;
  OLIVINE_TRY(const RangedNumber load, default_range(key));
  devices.assumed.push_back(assumed_line(what, load, ""));
  return load;
}

tl::unexpected<Error> no_power(const std::string& name) {
  return fail(ErrorKind::kInvalid, fmt::format("the power of {} is not published; state it: --power WATTS", name));
}

Status add_embodied(const HardwareItem& item, EstimateDevices& devices) {
  OLIVINE_TRY(const HardwareFigure embodied, hardware_embodied(item));
  if (!embodied.value) return {};
  devices.embodied_kg = of_figure(embodied);
  if (!embodied.note.empty()) devices.assumed.push_back(fmt::format("embodied {}: {}", item.name, embodied.note));
  if (embodied.basis != Basis::kReference)
    devices.assumed.push_back(
        fmt::format("embodied {}: {}", item.name, assumed_line("", *devices.embodied_kg, " kg").substr(1)));
  return {};
}

Result<EstimateDevices> of_gpus(const EstimateAsk& ask, const HardwareItem& item, int count) {
  EstimateDevices d;
  const GpuEntry& gpu = std::get<GpuEntry>(item.part);
  d.id = "accelerator";
  d.name = item.name;
  d.count = count;
  d.tflops16 = gpu.tflops16;
  d.devices_per_host = std::min(count, kUsualDevicesPerHost);
  d.title = fmt::format("{} x {}", count, item.name);
  if (ask.power_w) {
    d.power_w = exactly(*ask.power_w, Basis::kUserStated, "--power");
  } else {
    if (!(gpu.tdp_w > 0.0)) return no_power(item.name);
    OLIVINE_TRY(const RangedNumber load, load_of(ask, "gpu_load_fraction", "mean power over design power", d));
    d.power_w = times(exactly(gpu.tdp_w, Basis::kReference, gpu.row.text()), load);
    d.power_w.upper = std::min(d.power_w.upper, gpu.tdp_w);  // a power limit is kept
  }
  OLIVINE_TRY(const RangedNumber host, default_range("gpu_host_fraction"));
  d.rest_w = times(exactly(gpu.tdp_w > 0.0 ? gpu.tdp_w : d.power_w.value, Basis::kReference, gpu.row.text()), host);
  d.assumed.push_back(assumed_line("processors, memory, fans of the host, per accelerator", *d.rest_w, " W"));
  OLIVINE_CHECK_STATUS(add_embodied(item, d));
  return d;
}

// Watts at this load between idle and full.
Result<RangedNumber> instance_power(const EstimateAsk& ask, double idle_w, double full_w, bool gpus,
                                    const std::string& source, EstimateDevices& d) {
  OLIVINE_TRY(const RangedNumber load, gpus ? load_of(ask, "gpu_load_fraction", "load", d)
                                            : load_of(ask, "cloud_cpu_load", "load of the processors", d));
  OLIVINE_TRY(const RangedNumber factor, default_range("cloud_watts_factor"));
  d.assumed.push_back(assumed_line("range of the source's watts", factor, ""));
  const auto at = [&](double share) { return idle_w + share * (full_w - idle_w); };
  return times({at(load.value), at(load.lower), at(load.upper), load.basis, source + "; load " + load.source}, factor);
}

// GPUs of an instance whose own watts nobody published.
Result<EstimateDevices> of_instance_gpus(const EstimateAsk& ask, const CloudInstance& i) {
  OLIVINE_TRY(const HardwareItem gpu, hardware_item(i.gpu, HardwareKind::kGpu));
  OLIVINE_TRY(EstimateDevices d, of_gpus(ask, gpu, i.gpus * ask.count));
  const double share = i.share().value_or(1.0);
  d.devices_per_host = std::max(1, static_cast<int>(std::lround(i.gpus / share)));
  d.title = fmt::format("{} x {} ({} x {})", ask.count, i.name, d.count, gpu.name);
  d.assumed.push_back(fmt::format("watts of {} are not published: those of its accelerators and a host serve", i.name));
  return d;
}

Result<EstimateDevices> of_instance(const EstimateAsk& ask, const HardwareItem& item) {
  const CloudInstance& i = std::get<CloudInstance>(item.part);
  const bool whole = i.idle_w && i.full_w;
  const bool per_vcpu = i.vcpu_idle_w && i.vcpu_full_w && i.vcpus;
  if (!ask.power_w && !whole && i.gpus > 0) return of_instance_gpus(ask, i);
  EstimateDevices d;
  d.id = "instance";
  d.name = i.name;
  d.count = ask.count;
  d.title = fmt::format("{} x {}", ask.count, i.name);
  d.plane = "node_ac";
  if (ask.power_w) {
    d.power_w = exactly(*ask.power_w, Basis::kUserStated, "--power");
  } else if (whole) {
    OLIVINE_TRY(d.power_w, instance_power(ask, *i.idle_w, *i.full_w, i.gpus > 0, i.row.text(), d));
  } else if (per_vcpu) {
    d.plane = "chip";
    OLIVINE_TRY(d.power_w,
                instance_power(ask, *i.vcpu_idle_w * *i.vcpus, *i.vcpu_full_w * *i.vcpus, false, i.row.text(), d));
    OLIVINE_TRY(const RangedNumber rest, default_range("rest_of_node_server_w"));
    d.rest_w = times(rest, exactly(i.share().value_or(1.0), Basis::kReference, "share of the host"));
    d.assumed.push_back(assumed_line("its part of the rest of the host", *d.rest_w, " W"));
  } else {
    return no_power(i.name);
  }
  if (i.gpus > 0)
    if (const auto gpu = hardware_item(i.gpu, HardwareKind::kGpu); gpu)
      d.tflops16 = i.gpus * std::get<GpuEntry>(gpu->part).tflops16;
  OLIVINE_CHECK_STATUS(add_embodied(item, d));
  return d;
}

}  // namespace

Result<RangedNumber> default_range(std::string_view key) {
  OLIVINE_TRY(const Default d, default_value(key));
  return RangedNumber{d.value, d.lower, d.upper, d.basis, d.row.text()};
}

std::string assumed_line(std::string_view what, const RangedNumber& n, std::string_view unit) {
  return fmt::format("{} {}{} ({} .. {}): {}", what, format_number(n.value), unit, format_number(n.lower),
                     format_number(n.upper), n.source);
}

Result<CountedName> counted_name(std::string_view text) {
  const std::string_view trimmed = trim(text);
  const std::size_t digits = std::min(trimmed.find_first_not_of("0123456789"), trimmed.size());
  std::string_view rest = trim(trimmed.substr(digits));
  if (digits == 0 || rest.empty() || (rest.front() != 'x' && rest.front() != 'X' && rest.front() != '*'))
    return CountedName{1, std::string(trimmed)};
  const Result<std::uint64_t> count = parse_u64(trimmed.substr(0, digits));
  if (!count || *count == 0 || *count > kMostDevices)
    return fail(ErrorKind::kInvalid, fmt::format("'{}': how many? e.g. 8xH100-SXM", printable(text.substr(0, 60))));
  return CountedName{static_cast<int>(*count), std::string(trim(rest.substr(1)))};
}

Result<EstimateDevices> estimate_devices(const EstimateAsk& ask) {
  if (ask.gpus.empty() == ask.instance.empty())
    return fail(ErrorKind::kInvalid, "which hardware? --gpus 8xH100-SXM, or --instance p4d.24xlarge --count 2");
  if (ask.count < 1 || ask.count > kMostDevices)
    return fail(ErrorKind::kInvalid, fmt::format("--count {} is not within 1 and {}", ask.count, kMostDevices));
  if (ask.power_w && !(*ask.power_w > 0.0)) return fail(ErrorKind::kInvalid, "--power must be above 0");
  if (!ask.instance.empty()) {
    OLIVINE_TRY(const HardwareItem item, hardware_item(ask.instance, HardwareKind::kInstance));
    return of_instance(ask, item);
  }
  OLIVINE_TRY(const CountedName wanted, counted_name(ask.gpus));
  OLIVINE_TRY(const HardwareItem item, hardware_item(wanted.name, HardwareKind::kGpu));
  return of_gpus(ask, item, wanted.count);
}

}  // namespace olivine
