#include "account/uncertainty/monte_carlo.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "account/uncertainty/draws.h"
#include "account/uncertainty/formula_values.h"
#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kCacheDoubles = 32'768;  // of all nodes' columns together: 256 KiB
constexpr std::size_t kKeptDoubles = std::size_t{1} << 25;
constexpr std::size_t kFewestSamples = 40;  // below, a 2.5 % quantile is the smallest draw

// One column of draws for each node that the outputs rest on; columns of the nodes stand in `columns_` by place in the order.
class BatchEvaluator {
 public:
  BatchEvaluator(const FormulaGraph& graph, std::span<const FormulaId> outputs, const MonteCarloSettings& settings);
  std::size_t batch() const { return batch_; }
  void run(std::uint64_t first, std::size_t count);
  std::span<const double> column(FormulaId id) const { return {columns_.data() + place_[id] * batch_, batch_}; }

 private:
  double* at(FormulaId id) { return columns_.data() + place_[id] * batch_; }
  void fold(const FormulaNode& node, double* __restrict out, std::size_t count);
  void compute(const FormulaNode& node, double* out, std::size_t count);

  const FormulaGraph& graph_;
  std::vector<FormulaId> order_;
  std::vector<std::size_t> place_;
  std::vector<DrawStream> streams_;  // by input
  std::size_t batch_ = 1;
  std::vector<double> columns_;
};

BatchEvaluator::BatchEvaluator(const FormulaGraph& graph, std::span<const FormulaId> outputs,
                               const MonteCarloSettings& settings)
    : graph_(graph), order_(graph.below(outputs)), place_(graph.size(), 0) {
  for (std::size_t i = 0; i < order_.size(); ++i) place_[order_[i]] = i;
  for (const UncertainInput& input : graph.inputs()) streams_.emplace_back(settings.seed, input.name);
  batch_ = settings.batch != 0
               ? settings.batch
               : std::clamp<std::size_t>(kCacheDoubles / std::max<std::size_t>(order_.size(), 1), 16, 1024);
  batch_ = std::min(batch_, settings.samples);
  columns_.resize(order_.size() * batch_);
  for (const FormulaId id : order_)
    if (graph.node(id).arguments.empty()) std::fill_n(at(id), batch_, known_value(graph.node(id), {}));
}

// Sums, products, minima and maxima: one pass over a column for each argument.
void BatchEvaluator::fold(const FormulaNode& node, double* __restrict out, std::size_t count) {
  std::copy_n(at(node.arguments[0]), count, out);
  for (std::size_t a = 1; a < node.arguments.size(); ++a) {
    const double* __restrict next = at(node.arguments[a]);
    if (node.kind == FormulaKind::kSum)
      for (std::size_t i = 0; i < count; ++i) out[i] += next[i];
    else if (node.kind == FormulaKind::kProduct)
      for (std::size_t i = 0; i < count; ++i) out[i] *= next[i];
    else if (node.kind == FormulaKind::kMinimum)
      for (std::size_t i = 0; i < count; ++i) out[i] = next[i] < out[i] ? next[i] : out[i];
    else
      for (std::size_t i = 0; i < count; ++i) out[i] = next[i] > out[i] ? next[i] : out[i];
  }
}

void BatchEvaluator::compute(const FormulaNode& node, double* out, std::size_t count) {
  switch (node.kind) {
    case FormulaKind::kConstant:
    case FormulaKind::kUnknown:
    case FormulaKind::kInput: return;
    case FormulaKind::kDifference:
    case FormulaKind::kQuotient: {
      const double* __restrict a = at(node.arguments[0]);
      const double* __restrict b = at(node.arguments[1]);
      if (node.kind == FormulaKind::kDifference)
        for (std::size_t i = 0; i < count; ++i) out[i] = a[i] - b[i];
      else
        for (std::size_t i = 0; i < count; ++i) out[i] = a[i] / b[i];
      return;
    }
    case FormulaKind::kRounded: {
      const double* __restrict a = at(node.arguments[0]);
      for (std::size_t i = 0; i < count; ++i) out[i] = std::round(a[i] / node.number) * node.number;
      return;
    }
    case FormulaKind::kPower: {
      const double* __restrict a = at(node.arguments[0]);
      if (node.number == 0.5)
        for (std::size_t i = 0; i < count; ++i) out[i] = std::sqrt(a[i]);
      else
        for (std::size_t i = 0; i < count; ++i) out[i] = std::pow(a[i], node.number);
      return;
    }
    default: fold(node, out, count);
  }
}

void BatchEvaluator::run(std::uint64_t first, std::size_t count) {
  for (const FormulaId id : order_) {
    const FormulaNode& node = graph_.node(id);
    double* out = at(id);
    if (node.kind != FormulaKind::kInput) {
      compute(node, out, count);
      continue;
    }
    const std::span<double> draws(out, count);
    streams_[node.input].uniforms(first, draws);
    transform(graph_.inputs()[node.input].distribution, draws);
  }
}

double order_statistic(std::vector<double>& samples, double quantile) {
  const auto n = static_cast<double>(samples.size());
  const auto rank = static_cast<std::size_t>(std::clamp(std::ceil(quantile * n) - 1.0, 0.0, n - 1.0));
  std::nth_element(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(rank), samples.end());
  return samples[rank];
}

Status check_finite(const FormulaNode& node, std::span<const double> samples) {
  const auto bad = std::count_if(samples.begin(), samples.end(), [](double v) { return !std::isfinite(v); });
  if (bad == 0) return {};
  const std::string what = node.label.empty() ? fmt::format("a {}", name_of(node.kind)) : printable(node.label);
  return fail(
      ErrorKind::kInvalid,
      fmt::format("{}: {} of {} draws are not finite numbers; does a divisor's range reach zero, or a root's below it?",
                  what, bad, samples.size()));
}

// Outputs whose samples fit into memory together.
Status run_pass(const FormulaGraph& graph, std::span<const FormulaId> outputs, const MonteCarloSettings& settings,
                const std::vector<bool>& unknown, std::vector<MonteCarloFigure>& figures) {
  BatchEvaluator evaluator(graph, outputs, settings);
  std::vector<std::vector<double>> samples(outputs.size(), std::vector<double>(settings.samples));
  for (std::size_t first = 0; first < settings.samples; first += evaluator.batch()) {
    const std::size_t count = std::min(evaluator.batch(), settings.samples - first);
    evaluator.run(first, count);
    for (std::size_t o = 0; o < outputs.size(); ++o)
      std::copy_n(evaluator.column(outputs[o]).begin(), count, samples[o].begin() + static_cast<std::ptrdiff_t>(first));
  }
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    const Status finite = check_finite(graph.node(outputs[o]), samples[o]);
    // Of a figure that is divided by something unknown, nothing is known.
    if (!finite && !unknown[outputs[o]]) return finite;
    figures.push_back(figure_of_samples(finite ? std::move(samples[o]) : std::vector<double>{}, settings.keep_samples));
    figures.back().known = !unknown[outputs[o]];
  }
  return {};
}

}  // namespace

MonteCarloFigure figure_of_samples(std::vector<double> samples, bool keep) {
  MonteCarloFigure figure;
  if (samples.empty()) return figure;
  double sum = 0.0;
  for (const double v : samples) sum += v;
  figure.mean = sum / static_cast<double>(samples.size());
  double squares = 0.0;
  for (const double v : samples) squares += (v - figure.mean) * (v - figure.mean);
  if (samples.size() > 1) figure.standard_deviation = std::sqrt(squares / static_cast<double>(samples.size() - 1));
  if (keep) figure.samples = samples;
  figure.median = order_statistic(samples, 0.5);
  figure.lower = order_statistic(samples, 0.025);
  figure.upper = order_statistic(samples, 0.975);
  return figure;
}

Result<std::vector<MonteCarloFigure>> monte_carlo(const FormulaGraph& graph, std::span<const FormulaId> outputs,
                                                  const MonteCarloSettings& settings) {
  if (settings.samples < kFewestSamples)
    return fail(ErrorKind::kInvalid,
                fmt::format("{} samples: at least {} for a 95 % range", settings.samples, kFewestSamples));
  std::vector<MonteCarloFigure> figures;
  const std::vector<bool> unknown = nodes_with_unknown(graph);
  const std::size_t together = std::max<std::size_t>(1, kKeptDoubles / settings.samples);
  for (std::size_t first = 0; first < outputs.size(); first += together)
    OLIVINE_CHECK_STATUS(run_pass(graph, outputs.subspan(first, std::min(together, outputs.size() - first)), settings,
                                  unknown, figures));
  return figures;
}

RangeAgreement compare_ranges(const Spread& first_order, const MonteCarloFigure& monte_carlo, int digits) {
  RangeAgreement result;
  result.lower_difference = std::abs(first_order.lower() - monte_carlo.lower);
  result.upper_difference = std::abs(first_order.upper() - monte_carlo.upper);
  const double deviation = monte_carlo.standard_deviation;
  if (deviation > 0.0) result.tolerance = 0.5 * std::pow(10.0, std::floor(std::log10(deviation)) - (digits - 1));
  result.agrees = result.lower_difference <= result.tolerance && result.upper_difference <= result.tolerance;
  return result;
}

}  // namespace olivine
