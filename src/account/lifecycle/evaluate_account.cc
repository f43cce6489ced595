#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "account/lifecycle/account_sums.h"
#include "account/lifecycle/bulk_activities.h"
#include "account/uncertainty/first_order.h"

namespace olivine {

class AccountEvaluation {
 public:
  AccountEvaluation(const Manifest& manifest, const AccountSources& sources, const AccountOptions& options)
      : graph_(std::make_shared<FormulaGraph>()), c_(manifest, sources, options, *graph_) {}

  Result<Account> run() {
    const Manifest& m = c_.manifest;
    for (const ManifestActivity& a : m.activities) {
      works_.push_back(work_of(c_, a));
      OLIVINE_CHECK_STATUS(build_energy(c_, works_.back()));
    }
    for (std::size_t i = 0; i < m.activities_files.size(); ++i) OLIVINE_CHECK_STATUS(table(m.activities_files[i], i));
    for (ActivityWork& w : works_) OLIVINE_CHECK_STATUS(ask_intensities(c_, w));
    for (ActivityWork& w : works_) {
      OLIVINE_CHECK_STATUS(build_carbon(c_, w));
      OLIVINE_CHECK_STATUS(build_water_and_cost(c_, w));
      OLIVINE_CHECK_STATUS(build_embodied(c_, w));
    }
    OLIVINE_CHECK_STATUS(build_market(c_, works_));
    OLIVINE_TRY(const auto hardware, hardware_terms(c_, works_));
    AccountSums sums(c_, works_, hardware);
    OLIVINE_CHECK_STATUS(sums.build());
    describe(sums);
    OLIVINE_CHECK_STATUS(figures(sums));
    OLIVINE_CHECK_STATUS(ranges());
    OLIVINE_CHECK_STATUS(what_matters());
    account_.graph = graph_;
    return std::move(account_);
  }

 private:
  // The rows of a table, as one activity for each kind of row.
  Status table(const ManifestActivitiesFile& file, std::size_t index) {
    constexpr std::size_t kMostKinds = 20'000;
    if (c_.sources.tables == nullptr) return c_.refuse(file.line, "an activities_file cannot be read here");
    auto read = c_.sources.tables->table(file);
    if (!read) return c_.refuse(file.line, "activities_file: " + read.error().message);
    BulkGroups& groups = tables_.emplace_back(group_activities(read->table, c_.manifest, file, index));
    if (groups.groups.size() > kMostKinds)
      return c_.refuse(
          file.line,
          fmt::format("activities_file: {} kinds of rows (zone, phase, status, project, model, device); at most {}",
                      groups.groups.size(), kMostKinds));
    for (const BulkGroup& group : groups.groups) {
      works_.push_back(work_of(c_, group.activity));
      OLIVINE_CHECK_STATUS(preset_of_group(c_, group, file.path, works_.back()));
      OLIVINE_CHECK_STATUS(build_energy(c_, works_.back()));
    }
    if (groups.merged)
      c_.note(fmt::format(
          "{}: more than 2,000 kinds of rows: projects and models are not told apart; olivine fleet --by project does",
          file.path));
    if (groups.silent > 0)
      c_.leave_out(fmt::format("{} rows that say neither energy nor device hours", groups.silent), file.path);
    for (const auto& [device, rows] : groups.unknown_devices)
      c_.leave_out(fmt::format("{} rows of \"{}\": no [[hardware]] has this id or name", rows, device), file.path);
    for (const auto& [reason, skipped] : read->skipped)
      c_.leave_out(fmt::format("{} rows, {} (first in line {})", skipped.rows, reason, skipped.first_line), file.path);
    for (const std::string& note : read->notes) c_.note(file.path + ": " + note);
    c_.note(fmt::format("{}: {} rows in {} activities", file.path, groups.rows, groups.groups.size()));
    return {};
  }

  void describe(const AccountSums& sums) {
    const Manifest& m = c_.manifest;
    account_.name = m.name;
    account_.description = m.description;
    account_.functional = m.functional_unit;
    account_.currency = m.currency;
    account_.file = m.file;
    account_.booking = m.booking;
    account_.signal = name_of(c_.options.signal);
    account_.seed = c_.options.seed;
    account_.phases = sums.phases;
    account_.models = sums.models;
    account_.projects = sums.projects;
    for (const ManifestHardware& h : m.hardware) account_.hardware.push_back(h.id);
    for (const ManifestUnit& u : m.functional_units) account_.units.push_back(u.name);
    for (const ManifestFigure& f : m.figures) account_.own_figures.push_back(f.id);
    for (ActivityWork& w : works_) account_.activities.push_back(w.shown);
    for (auto& [why, of] : c_.left_out) account_.not_counted.push_back(left_out_text(why, of));
    account_.quality = c_.values.quality();
    account_.notes = c_.notes;
    if (!c_.options.zone.empty())
      account_.notes.push_back(
          fmt::format("--zone {} in place of every zone and intensity of the manifest", c_.options.zone));
    if (!c_.options.at.empty())
      account_.notes.push_back(fmt::format("--at {} in place of every time of the manifest", c_.options.at));
  }
  std::string left_out_text(const std::string& why, const std::vector<std::string>& of) const {
    constexpr std::size_t kNamed = 4;
    if (of.size() > 1 && of.size() == works_.size()) return why + " (all activities)";
    std::string names;
    for (std::size_t i = 0; i < of.size() && i < kNamed; ++i) names += (i > 0 ? ", " : "") + of[i];
    if (of.size() > kNamed) names += fmt::format(" and {} more", of.size() - kNamed);
    return fmt::format("{} ({})", why, names);
  }

  // Values, units, bases and reasons of all named formulas, in one pass over the graph.
  Status figures(const AccountSums& sums) {
    OLIVINE_TRY(const std::vector<FormulaValue> values, evaluate_means(*graph_));
    std::vector<Basis> basis(graph_->size(), Basis::kMeasured);
    std::vector<std::int64_t> unknown(graph_->size(), -1);
    std::vector<bool> uncertain(graph_->size(), false);
    for (FormulaId id = 0; id < graph_->size(); ++id) {
      const FormulaNode& node = graph_->node(id);
      if (node.kind == FormulaKind::kInput) {
        basis[id] = graph_->inputs()[node.input].basis;
        uncertain[id] = !graph_->inputs()[node.input].distribution.is_exact();
      }
      if (node.kind == FormulaKind::kUnknown) unknown[id] = id;
      for (const FormulaId each : node.arguments) {
        basis[id] = weakest(basis[id], basis[each]);
        uncertain[id] = uncertain[id] || uncertain[each];
        if (unknown[id] < 0) unknown[id] = unknown[each];
      }
    }
    for (const NamedFormula& named : sums.formulas()) {
      AccountFigure f;
      f.id = named.id;
      f.label = named.label;
      f.unit = named.unit;
      f.formula = named.formula;
      f.dimension = graph_->node(named.formula).dimension;
      if (!named.unit.empty()) {
        OLIVINE_TRY(const MeasureUnit unit, parse_measure_unit(named.unit, c_.values.units()));
        f.factor = unit.factor;
      }
      const FormulaValue& value = values[named.formula];
      if (value.value)
        f.value = *value.value / f.factor;
      else if (value.lower_bound)
        f.at_least = *value.lower_bound / f.factor;
      f.basis = basis[named.formula];
      if (unknown[named.formula] >= 0) f.reason = graph_->node(static_cast<FormulaId>(unknown[named.formula])).detail;
      if (f.value && !uncertain[named.formula]) f.lower = f.upper = f.first_lower = f.first_upper = f.value;
      for (const FormulaId part : graph_->node(named.formula).arguments)
        if (named.group && values[part].value) f.shares.add(basis[part], std::abs(*values[part].value));
      account_.by_id_[f.id] = account_.figures.size();
      account_.figures.push_back(std::move(f));
    }
    return {};
  }

  // Monte Carlo for all figures that have a range, first order beside it.
  Status ranges() {
    constexpr std::size_t kMostFigures = 4'000, kMostFirstOrder = 600, kNodeSamples = 150'000'000, kFewest = 2'000;
    std::vector<FormulaId> outputs;
    std::vector<AccountFigure*> of;
    for (AccountFigure& f : account_.figures) {
      if (!f.value || f.lower || outputs.size() >= kMostFigures) continue;
      outputs.push_back(f.formula);
      of.push_back(&f);
    }
    if (outputs.empty() || c_.options.samples == 0) return {};
    account_.samples = std::clamp(kNodeSamples / std::max<std::size_t>(graph_->size(), 1), kFewest,
                                  std::max(kFewest, c_.options.samples));
    OLIVINE_TRY(const auto drawn,
                monte_carlo(*graph_, outputs, {.samples = account_.samples, .seed = c_.options.seed}));
    for (std::size_t i = 0; i < of.size(); ++i) {
      AccountFigure& f = *of[i];
      f.lower = drawn[i].lower / f.factor;
      f.upper = drawn[i].upper / f.factor;
      if (i >= kMostFirstOrder) continue;
      OLIVINE_TRY(const Spread first, first_order(*graph_, f.formula));
      f.first_lower = first.lower() / f.factor;
      f.first_upper = first.upper() / f.factor;
      f.orders_agree = compare_ranges(first, drawn[i]).agrees;
    }
    if (of.size() > kMostFirstOrder)
      account_.notes.push_back(
          fmt::format("ranges to first order are given for the first {} figures only", kMostFirstOrder));
    return {};
  }

  Status what_matters() {
    if (c_.options.samples == 0) return {};  // values alone were asked for
    for (const char* id : {"total.carbon", "total.marginal", "total.energy"}) {
      const AccountFigure* f = account_.find(id);
      if (f == nullptr || !f->value) continue;
      account_.governed = id;
      OLIVINE_TRY(const auto bars, tornado(*graph_, f->formula, 12));
      for (const TornadoBar& bar : bars)
        account_.tornado.push_back({bar.name, bar.at_lower / f->factor, bar.at_upper / f->factor});
      OLIVINE_TRY(const auto budget, uncertainty_budget(*graph_, f->formula));
      for (const BudgetLine& line : budget) account_.budget.push_back(budget_line(line));
      return {};
    }
    return {};
  }
  AccountInput budget_line(const BudgetLine& line) const {
    const UncertainInput& input = graph_->inputs()[line.input];
    const DisplayUnit unit = display_unit(input.dimension);
    return {input.name,
            unit.text,
            input.source,
            input.group,
            std::string(name_of(input.distribution.kind)),
            input.distribution.mean / unit.factor,
            input.distribution.lower / unit.factor,
            input.distribution.upper / unit.factor,
            input.basis,
            line.variance_share};
  }

  std::shared_ptr<FormulaGraph> graph_;
  AccountContext c_;
  std::vector<ActivityWork> works_;
  std::deque<BulkGroups> tables_;
  Account account_;
};

const AccountFigure* Account::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &figures[found->second];
}

Result<Account> evaluate_account(const Manifest& manifest, const AccountSources& sources,
                                 const AccountOptions& options) {
  return AccountEvaluation(manifest, sources, options).run();
}

}  // namespace olivine
