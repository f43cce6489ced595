#include "apps/cli/budget_guard.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "acting/terminate.h"
#include "apps/cli/budget_options.h"
#include "base/text.h"

namespace olivine::cli {
namespace {

std::string_view kind_text(BudgetKind kind) {
  switch (kind) {
    case BudgetKind::kEnergy: return "energy";
    case BudgetKind::kCarbon: return "carbon";
    case BudgetKind::kMoney: return "money";
  }
  return "";
}

}  // namespace

Result<std::unique_ptr<BudgetGuard>> BudgetGuard::create(const App& app, const RunContext& context, bool plan_pauses) {
  const BudgetOptions& o = app.options.of<BudgetOptions>();
  if (o.budget.empty()) return nullptr;
  OLIVINE_TRY(const Budget budget, named("--budget", budget_from(o.budget)));
  OLIVINE_TRY(const OnBudget action, on_budget_from(o.on_budget));
  OLIVINE_TRY(const Duration grace, named("--budget-grace", parse_duration(o.grace)));
  if (action == OnBudget::kPause && plan_pauses)
    return fail(
        ErrorKind::kInvalid,
        "--on-budget pause does not go with --finish-within, whose plan has the say over pauses; use warn or stop");
  OLIVINE_TRY(RunBudget counted,
              RunBudget::create(budget, context, RunBudget::hour_price(context, {&app.files, app.grid_data_path()})));
  std::unique_ptr<BudgetGuard> guard(new BudgetGuard(std::move(counted), action, grace));
  guard->facts_.kind = kind_text(budget.kind);
  guard->facts_.unit = budget.unit();
  guard->facts_.on_budget = name_of(action);
  guard->facts_.amount = budget.amount;
  return guard;
}

Budget BudgetGuard::left() const {
  Budget left = budget_.watch().budget();
  left.amount = std::max(0.0, budget_.watch().granted() - budget_.used());
  return left;
}

void BudgetGuard::tell(const std::string& what) const { say(fmt::format("olivine: budget: {}\n", what)); }

void BudgetGuard::note(std::string action, const RunWorld& world) {
  if (facts_.events.size() < kMostActedEvents)
    facts_.events.push_back({world.now_ns(), std::move(action), budget_.used()});
}

void BudgetGuard::settled(const RunWorld& world, WallTime now) {
  const BudgetWatch::Crossed crossed = budget_.step(world.so_far(), now);
  if (crossed == BudgetWatch::Crossed::kNothing || stopped()) return;
  if (crossed == BudgetWatch::Crossed::kSpent) return spent(world);
  note("near", world);
  tell(fmt::format("{} of {} used ({:.0f} %)", budget_.used_text(),
                   budget_.watch().budget().text(budget_.watch().granted()),
                   100.0 * budget_.used() / budget_.watch().granted()));
}

void BudgetGuard::spent(const RunWorld& world) {
  note("spent", world);
  const Budget& budget = budget_.watch().budget();
  const std::string used =
      fmt::format("{} used, the {} are spent", budget_.used_text(), budget.text(budget_.watch().granted()));
  if (action_ == OnBudget::kStop) {
    tell(fmt::format("{}: the work is asked to end (SIGTERM), and killed in {}", used, format_duration(grace_)));
    note("terminate", world);
    kill_at_ns_ = world.now_ns() + grace_.ns;
    if (other_ != nullptr) {  // frozen work acts on nothing
      other_->forbid();
      other_->end("the budget is spent", world);
    }
    return signal_tree(world.processes, SIGTERM);
  }
  if (action_ == OnBudget::kPause && !ending_ && pause_ != nullptr && pause_->usable()) {
    tell(fmt::format(
        "{}: the work is paused; kill -CONT {} (or Ctrl-Z and fg) grants {} more and lets it go on, Ctrl-C ends it",
        used, ::getpid(), budget.text(budget.amount)));
    pause_->begin("the budget is spent", world);
    return look(world);
  }
  tell(used + ": the work goes on");
}

// A checkpoint may lie between the wish for a pause and the pause.
void BudgetGuard::look(const RunWorld& world) {
  if (pause_ == nullptr || pause_->paused() == was_paused_) return;
  was_paused_ = !was_paused_;
  note(was_paused_ ? "pause" : "run", world);
}

void BudgetGuard::step(const RunWorld& world) {
  look(world);
  if (pause_ != nullptr)
    if (std::string failure = pause_->take_failure(); !failure.empty()) {
      trouble_ = std::move(failure);
      tell(trouble_ + "; the work goes on");
    }
  if (!kill_at_ns_ || killed_ || world.now_ns() < *kill_at_ns_) return;
  killed_ = true;
  note("kill", world);
  tell("the work did not end in time: it is killed");
  if (const auto done = kill_tree(world.processes); !done) trouble_ = done.error().message;
}

void BudgetGuard::signalled(std::uint64_t signals, const RunWorld& world) {
  if (pause_ == nullptr || !(pause_->paused() || pause_->preparing())) return;
  if ((signals & kSignalsToEnd) != 0) {
    ending_ = true;
    trouble_ =
        pause_->paused()
            ? "a signal asked the work to end while it was paused for its budget: it went on, to act on it"
            : "a signal asked the work to end while its checkpoint was written: it was not paused for its budget";
    pause_->end(trouble_, world);
    return look(world);
  }
  if (!pause_->paused()) return;
  if ((signals & kSignalsToStop) != 0) ::raise(SIGSTOP);  // as the shell expects; the work is stopped already
  if ((signals & signal_bit(SIGCONT)) == 0) return;
  budget_.grant();
  tell(fmt::format("the work goes on, with {} in all", budget_.watch().budget().text(budget_.watch().granted())));
  pause_->end("the budget was granted once more", world);
  look(world);
}

RecordBudget BudgetGuard::finish(const EnergySoFar& so_far, WallTime now) {
  budget_.step(so_far, now);
  facts_.used = budget_.used();
  facts_.granted = budget_.watch().granted();
  facts_.lower_bound = !budget_.complete();
  if (may_pause() && pause_ != nullptr) {
    const RecordSchedule& paused = pause_->facts();
    facts_.executor = pause_->executor();
    facts_.pauses = paused.pauses;
    facts_.paused_ns = paused.paused_ns;
    facts_.paused_attributed_uj = paused.paused_attributed_uj;
    facts_.paused_measured_uj = paused.paused_measured_uj;
  }
  return std::move(facts_);
}

}  // namespace olivine::cli
