#include "engine/component_range.h"

#include <algorithm>

namespace olivine {
namespace {

double gap_up_j(const AssessmentInput& in, std::size_t component) {
  return in.machine.most_power_w(component) * static_cast<double>(in.summary.components[component].gap_ns) * 1e-9;
}

}  // namespace

ComponentRange range_of(const AssessmentInput& in, std::size_t component, const std::string& source) {
  const ComponentSummary& s = in.summary.components[component];
  ComponentRange range;
  range.gap_up_j = gap_up_j(in, component);
  const double energy_j = in_joules(to_energy(s.split.total()));
  if (component < in.machine.sources.size()) {
    const std::string& key = in.machine.sources[component].gain_key;
    range.input = "gain:" + key;
    if (const auto gain = in.context.gains.find(key); gain != in.context.gains.end()) {
      range.low = gain->second.lower;
      range.high = gain->second.upper;
    }
  } else if (energy_j > 0.0) {
    range.input = source;
    range.low = std::min(1.0, s.model_lower_j / energy_j);
    range.high = std::max(1.0, s.model_upper_j / energy_j);
  }
  return range;
}

std::optional<std::size_t> carrier_of_unproven(const AssessmentInput& in) {
  std::optional<std::size_t> first;
  for (std::size_t c = 0; c < in.summary.components.size(); ++c) {
    const Domain domain = in.machine.component_domain(c);
    if (domain.place != Place::kCounted) continue;
    if (domain.kind == DomainKind::kPackage) return c;
    if (!first) first = c;
  }
  return first;
}

double most_unproven_j(const AssessmentInput& in) {
  double sum_j = 0.0;
  for (std::size_t c = 0; c < in.machine.sources.size(); ++c) {
    if (in.machine.sources[c].domain.place != Place::kUnknown) continue;
    const auto gain = in.context.gains.find(in.machine.sources[c].gain_key);
    const double high = gain == in.context.gains.end() ? 1.0 : gain->second.upper;
    sum_j += in_joules(to_energy(in.summary.components[c].maybe_more)) * high + gap_up_j(in, c);
  }
  return sum_j;
}

}  // namespace olivine
