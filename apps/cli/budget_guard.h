// BudgetGuard: the part of `olivine run` that keeps to a budget: it looks at each settled reading, says when 80 % and all of it are
// used, and then warns, pauses or stops the work.
//
//   warn   the work goes on
//   pause  as a plan pauses it (WorkPause). SIGCONT to olivine (fg after Ctrl-Z, kill -CONT PID) grants the budget once more and lets
//          the work go on; INT, TERM, HUP and QUIT let it go on to act on them
//   stop   SIGTERM to the tree, SIGKILL after the grace period; olivine then ends with 124, as timeout(1) does
//
// Units: by type. Errors: create names the flag. Threads: one. Lifetime: of the run; the pause outlives it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "apps/cli/work_pause.h"
#include "engine/run_budget.h"

namespace olivine::cli {

inline constexpr int kExitBudget = 124;

class BudgetGuard {
 public:
  // Null without --budget. `plan_pauses`: a plan has the say over pauses.
  static Result<std::unique_ptr<BudgetGuard>> create(const App& app, const RunContext& context, bool plan_pauses);

  bool may_pause() const { return action_ == OnBudget::kPause; }
  void use(WorkPause* pause) { pause_ = pause; }
  // Somebody else's pause, which must be over before the work can be asked to end.
  void may_end(WorkPause* pause) { other_ = pause; }
  // After a settled reading.
  void settled(const RunWorld& world, WallTime now);
  // At each tick.
  void step(const RunWorld& world);
  void signalled(std::uint64_t signals, const RunWorld& world);
  Budget left() const;
  // The work was asked to end because of the budget.
  bool stopped() const { return kill_at_ns_ || killed_; }
  // The command has ended.
  RecordBudget finish(const EnergySoFar& so_far, WallTime now);
  const std::string& trouble() const { return trouble_; }

 private:
  BudgetGuard(RunBudget budget, OnBudget action, Duration grace)
      : budget_(std::move(budget)), action_(action), grace_(grace) {}
  void spent(const RunWorld& world);
  void tell(const std::string& what) const;
  void note(std::string action, const RunWorld& world);
  void look(const RunWorld& world);

  RunBudget budget_;
  OnBudget action_;
  Duration grace_;
  WorkPause* pause_ = nullptr;
  WorkPause* other_ = nullptr;
  std::optional<std::int64_t> kill_at_ns_;
  bool killed_ = false, was_paused_ = false, ending_ = false;  // ending: a signal asked for the end
  std::string trouble_;
  RecordBudget facts_;
};

}  // namespace olivine::cli
