#include "grid/signals/marginal_regression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::int64_t kHourNs = 3'600'000'000'000;

// A column of the mix and its part in the regression.
struct Role {
  const MixColumn* column = nullptr;
  bool regressor = false;
  bool follower = false;
  double g_per_kwh = 0.0;
};

// Differences are named by their later row and worked out when needed: a file may hold half a million of them.
using Rows = std::vector<std::size_t>;

const FuelFactor* named_factor(std::span<const FuelFactor> factors, std::string_view name) {
  for (const FuelFactor& f : factors)
    if (to_lower(f.column) == to_lower(name)) return &f;
  return nullptr;
}
const FuelFactor* factor_for(std::span<const FuelFactor> factors, const MixColumn& column, bool regressor) {
  if (const FuelFactor* own = named_factor(factors, column.name)) return own;
  return regressor && column.known_fuel ? named_factor(factors, name_of(column.fuel)) : nullptr;
}

std::string names_of(const GenerationMix& mix) {
  std::string names;
  for (const MixColumn& column : mix.fuels) names += (names.empty() ? "" : ", ") + printable(column.name);
  return names;
}

bool burns(const Role& role) {
  const Fuel fuel = role.column->fuel;
  return is_fossil(fuel) || fuel == Fuel::kBiomass || (fuel == Fuel::kOther && role.g_per_kwh > 0.0);
}
bool needs_factor(const MixColumn& column) {
  return is_fossil(column.fuel) || column.fuel == Fuel::kBiomass || column.fuel == Fuel::kOther;
}

bool default_regressor(const MixColumn& column, std::span<const FuelFactor> factors) {
  return column.fuel == Fuel::kHydro || (is_fossil(column.fuel) && factor_for(factors, column, true) != nullptr);
}

Status check_names(const GenerationMix& mix, const MarginalModel& model) {
  for (const std::string& name : model.regressors)
    if (mix.find(name) == nullptr)
      return fail(ErrorKind::kInvalid, fmt::format("{}: no column '{}' to regress on; it has {}", printable(mix.source),
                                                   printable(name), names_of(mix)));
  return {};
}

// A stated factor that meets no column would count nothing, silently; a table of factors by fuel may hold more than the mix.
Status check_factors(const GenerationMix& mix, std::span<const FuelFactor> factors) {
  for (const FuelFactor& f : factors) {
    const bool column = mix.find(f.column) != nullptr;
    if (!column && fuel_from(f.column) && f.column == name_of(*fuel_from(f.column))) continue;
    if (!column)
      return fail(ErrorKind::kInvalid,
                  fmt::format("{}: no column '{}' for the factor {}={}; it has {}", printable(mix.source),
                              printable(f.column), printable(f.column), f.g_per_kwh, names_of(mix)));
  }
  return {};
}

Result<std::vector<Role>> roles_of(const GenerationMix& mix, const MarginalModel& model, MarginalEstimate& out) {
  OLIVINE_CHECK_STATUS(check_names(mix, model));
  OLIVINE_CHECK_STATUS(check_factors(mix, model.factors));
  std::vector<Role> roles;
  for (const MixColumn& column : mix.fuels) {
    Role role{&column};
    role.regressor = model.regressors.empty()
                         ? default_regressor(column, model.factors)
                         : std::any_of(model.regressors.begin(), model.regressors.end(),
                                       [&](const std::string& name) { return mix.find(name) == &column; });
    const FuelFactor* factor = factor_for(model.factors, column, role.regressor);
    if (role.regressor && factor == nullptr && needs_factor(column))
      return fail(ErrorKind::kInvalid,
                  fmt::format("{}: regressor {} has no factor; give {}=G (g/kWh), or leave it out of the regressors",
                              printable(mix.source), printable(column.name), printable(column.name)));
    if (model.regressors.empty() && is_fossil(column.fuel) && !role.regressor)
      out.notes.push_back(fmt::format("{} has no factor and is left out of the regressors", printable(column.name)));
    if (factor != nullptr) {
      role.g_per_kwh = factor->g_per_kwh;
      out.factors.push_back({column.name, factor->g_per_kwh, factor->source});
    }
    role.follower = role.regressor && burns(role);
    if (role.regressor) out.regressors.push_back(column.name);
    if (role.follower) out.followers.push_back(column.name);
    roles.push_back(role);
  }
  if (out.regressors.empty() || out.factors.empty())
    return fail(ErrorKind::kInvalid, fmt::format("{}: nothing to regress on; name columns and their factors, it has {}",
                                                 printable(mix.source), names_of(mix)));
  return roles;
}

double net_load_change_mw(const GenerationMix& mix, std::size_t row) {
  return net_load_mw(mix, row) - net_load_mw(mix, row - 1);
}

// The later rows of all pairs that count.
Rows complete_pairs(const GenerationMix& mix, MarginalEstimate& out) {
  Rows rows;
  rows.reserve(mix.rows());
  for (std::size_t row = 1; row < mix.rows(); ++row) {
    if (mix.begin[row].ns - mix.begin[row - 1].ns != mix.step.ns)
      ++out.dropped_gaps;
    else if (std::isnan(net_load_change_mw(mix, row)))
      ++out.dropped_missing;
    else
      rows.push_back(row);
  }
  return rows;
}

MarginalDifference difference_at(const GenerationMix& mix, const std::vector<Role>& roles, std::size_t row) {
  MarginalDifference d;
  d.net_load_mw = net_load_change_mw(mix, row);
  for (const Role& role : roles) {
    const double change_mw = role.column->mw[row] - role.column->mw[row - 1];
    d.emissions_g_per_kwh_mw += role.g_per_kwh * change_mw;
    if (role.regressor) d.regressors_mw += change_mw;
    if (role.follower) d.followers_mw += change_mw;
  }
  return d;
}

MarginalFit fit_of(const GenerationMix& mix, const std::vector<Role>& roles, std::span<const std::size_t> rows) {
  std::vector<MarginalDifference> differences;
  differences.reserve(rows.size());
  for (const std::size_t row : rows) differences.push_back(difference_at(mix, roles, row));
  return fit_through_origin(differences);
}

std::vector<FollowedBy> shares_of(const GenerationMix& mix, const Rows& rows) {
  std::vector<double> z;
  z.reserve(rows.size());
  double zz = 0.0;
  for (const std::size_t row : rows) {
    z.push_back(net_load_change_mw(mix, row));
    zz += z.back() * z.back();
  }
  std::vector<FollowedBy> shares;
  if (!(zz > 0.0)) return shares;
  const auto share_of = [&](const std::vector<double>& mw) {
    double zc = 0.0;
    for (std::size_t i = 0; i < rows.size(); ++i) zc += z[i] * (mw[rows[i]] - mw[rows[i] - 1]);
    return zc / zz;
  };
  for (const MixColumn& column : mix.fuels)
    if (!is_weather_driven(column.fuel)) shares.push_back({column.name, share_of(column.mw)});
  double imports = 0.0;
  for (const MixExchange& exchange : mix.exchanges) imports += share_of(exchange.mw);
  if (!mix.exchanges.empty()) shares.push_back({"imports", imports});
  std::sort(shares.begin(), shares.end(), [](const FollowedBy& a, const FollowedBy& b) {
    return a.share != b.share ? a.share > b.share : a.column < b.column;
  });
  return shares;
}

std::vector<MarginalGroup> by_hour(const GenerationMix& mix, const std::vector<Role>& roles, const Rows& rows) {
  std::vector<MarginalGroup> groups;
  for (int hour = 0; hour < 24; ++hour) {
    Rows part;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(part),
                 [&](std::size_t row) { return mix.begin[row].ns % (24 * kHourNs) / kHourNs == hour; });
    groups.push_back({hour, 0.0, 0.0, fit_of(mix, roles, part)});
  }
  return groups;
}

// Tenths by rank of the later row's generation.
std::vector<MarginalGroup> by_decile(const GenerationMix& mix, const std::vector<Role>& roles, Rows rows) {
  std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
    const double load_a = total_mw(mix, a), load_b = total_mw(mix, b);
    return load_a != load_b ? load_a < load_b : a < b;
  });
  std::vector<MarginalGroup> groups;
  for (std::size_t k = 0; k < 10; ++k) {
    const std::size_t from = k * rows.size() / 10, to = (k + 1) * rows.size() / 10;
    const std::span<const std::size_t> part = std::span<const std::size_t>(rows).subspan(from, to - from);
    if (!part.empty())
      groups.push_back(
          {static_cast<int>(k) + 1, total_mw(mix, part.front()), total_mw(mix, part.back()), fit_of(mix, roles, part)});
  }
  return groups;
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100.0 * share); }

std::string refusal(const MarginalFit& fit) {
  if (fit.n < kFewestDifferences)
    return fmt::format("only {} differences between complete rows one step apart; at least {} are needed", fit.n,
                       kFewestDifferences);
  if (!fit.followed_share) return "net load never changes";
  if (!fit.r2) return "emissions never change";
  if (*fit.followed_share < kLeastFollowedShare)
    return fmt::format(
        "the regressed plants that burn fuel follow only {} of the change of net load (at least {} needed): other "
        "plants or imports answer one more kWh",
        percent(*fit.followed_share), percent(kLeastFollowedShare));
  if (*fit.r2 < kLeastR2)
    return fmt::format("r2 is {:.2f} (at least {} needed): the regressors do not explain the change of emissions",
                       *fit.r2, kLeastR2);
  return "";
}

}  // namespace

MarginalFit fit_through_origin(std::span<const MarginalDifference> differences) {
  double xx = 0.0, xy = 0.0, yy = 0.0, zz = 0.0, zf = 0.0;
  for (const MarginalDifference& d : differences) {
    xx += d.regressors_mw * d.regressors_mw;
    xy += d.regressors_mw * d.emissions_g_per_kwh_mw;
    yy += d.emissions_g_per_kwh_mw * d.emissions_g_per_kwh_mw;
    zz += d.net_load_mw * d.net_load_mw;
    zf += d.net_load_mw * d.followers_mw;
  }
  MarginalFit fit;
  fit.n = differences.size();
  if (zz > 0.0) fit.followed_share = zf / zz;
  double slope = 0.0, rest = yy;
  if (xx > 0.0) {
    slope = xy / xx;
    rest = 0.0;
    for (const MarginalDifference& d : differences) {
      const double residual = d.emissions_g_per_kwh_mw - slope * d.regressors_mw;
      rest += residual * residual;
    }
  }
  if (yy > 0.0) fit.r2 = 1.0 - rest / yy;
  fit.reason = refusal(fit);
  fit.identifiable = fit.reason.empty();
  if (fit.identifiable) {
    fit.slope_g_per_kwh = slope;
    fit.standard_error_g_per_kwh = std::sqrt(rest / static_cast<double>(fit.n - 1) / xx);
  }
  return fit;
}

Result<MarginalEstimate> estimate_marginal(const GenerationMix& mix, const MarginalModel& model,
                                           MarginalGrouping grouping) {
  OLIVINE_CHECK_STATUS(check(mix));
  if (mix.rows() == 0) return fail(ErrorKind::kInvalid, printable(mix.source) + ": no rows");
  if (mix.step.ns > kHourNs)
    return fail(ErrorKind::kInvalid, fmt::format("{}: its step is {}; the regression needs steps of an hour or less",
                                                 printable(mix.source), format_duration(mix.step)));
  MarginalEstimate out;
  OLIVINE_TRY(out.boundary, uniform_boundary(model.factors));
  OLIVINE_TRY(const std::vector<Role> roles, roles_of(mix, model, out));
  out.period = {mix.begin.front(), {mix.begin.back().ns + mix.step.ns}};
  out.step = mix.step;
  out.notes.insert(out.notes.end(), mix.notes.begin(), mix.notes.end());
  const Rows rows = complete_pairs(mix, out);
  out.fit = fit_of(mix, roles, rows);
  out.followed_by = shares_of(mix, rows);
  if (grouping == MarginalGrouping::kHourOfDay) out.groups = by_hour(mix, roles, rows);
  if (grouping == MarginalGrouping::kLoadDecile) out.groups = by_decile(mix, roles, rows);
  return out;
}

}  // namespace olivine
