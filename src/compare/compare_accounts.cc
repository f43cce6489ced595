#include "compare/compare_accounts.h"

#include <fmt/core.h>

#include <algorithm>

namespace olivine {
namespace {

constexpr std::size_t kMostInputs = 10'000;  // a manifest has fewer

bool same(const Distribution& a, const Distribution& b) {
  return a.mean == b.mean && a.drawn_lower == b.drawn_lower && a.drawn_upper == b.drawn_upper;
}

// In coherent units; nothing where the figure is unknown.
Result<std::optional<Spread>> spread_of_figure(const Account& account, std::string_view id, SharedInputs& names) {
  const AccountFigure* figure = account.find(id);
  if (figure == nullptr || !figure->value) return std::optional<Spread>();
  OLIVINE_TRY(const std::vector<TornadoBar> bars, tornado(*account.graph, figure->formula, kMostInputs));
  const double mean = *figure->value * figure->factor;
  std::vector<Sensitivity> moves;
  for (const TornadoBar& bar : bars)
    moves.push_back({names.name_of(account.graph->inputs()[bar.input]), bar.at_lower - mean, bar.at_upper - mean});
  return std::optional(Spread(mean, std::move(moves)));
}

// As `olivine account` prints them; nothing where nothing was drawn.
std::optional<Bounds> bounds_of_figure(const Account& account, std::string_view id) {
  const AccountFigure* figure = account.find(id);
  if (figure == nullptr || !figure->value || !figure->lower || !figure->upper) return std::nullopt;
  return Bounds{*figure->lower * figure->factor, *figure->upper * figure->factor};
}

}  // namespace

std::string SharedInputs::name_of(const UncertainInput& input) {
  std::vector<Distribution>& known = seen_[input.name];
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const Distribution& d) { return same(d, input.distribution); });
  const auto place = static_cast<std::size_t>(found - known.begin());
  if (found == known.end()) known.push_back(input.distribution);
  return place == 0 ? input.name : fmt::format("{} ({})", input.name, place + 1);
}

Result<ComparedRun> compared_account(const Account& account, SharedInputs& inputs) {
  ComparedRun run{account.file, account.name, "account", std::nullopt, std::nullopt, std::nullopt};
  OLIVINE_TRY(run.energy_j, spread_of_figure(account, "total.energy", inputs));
  OLIVINE_TRY(run.carbon_g, spread_of_figure(account, "total.carbon", inputs));
  run.energy_bounds_j = bounds_of_figure(account, "total.energy");
  run.carbon_bounds_g = bounds_of_figure(account, "total.carbon");
  return run;
}

}  // namespace olivine
