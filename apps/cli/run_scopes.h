// RunScopes: the part of `olivine run` that keeps quotas and service levels of scopes: what the work says about them goes in, a board for
// the work to read comes out (scope_board.h), and lines to the user. Without a scope that has terms there is no board.
//
// Units: by type. Errors: a board that cannot be written is said once, and the work goes on without it. Threads: one. Lifetime: of the
// run; the board goes with it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/app.h"
#include "engine/context.h"
#include "engine/recorder.h"
#include "engine/run_budget.h"
#include "engine/scope_terms.h"
#include "workload/scope_board.h"

namespace olivine::cli {

class RunScopes {
 public:
  // `context` and `recorder` outlive this. `pipe`: of the marks; the board is beside it.
  RunScopes(const App& app, const RunContext& context, Recorder& recorder);
  void listen_at(const std::string& pipe) { pipe_ = pipe; }

  bool line(std::string_view text) { return terms_.line(text); }
  void marks(const std::vector<Mark>& marks);
  bool active() const { return terms_.active(); }
  bool wants_reading() const { return terms_.wants_reading(); }
  // After a settled reading. `left`: of the run's own budget.
  void settled(const std::optional<Budget>& left);
  // After the last reading: facts go to the recorder.
  void finish(const std::optional<Budget>& left);

 private:
  ScopeTerms::Reading reading(const std::optional<Budget>& left);
  std::string unknown(const EnergySoFar& so_far) const;

  const App& app_;
  const RunContext& context_;
  Recorder& recorder_;
  std::string pipe_;
  RunBudget::HourPrice price_;
  std::optional<WallTime> hour_;
  double grams_per_joule_ = 0.0;
  ScopeTerms terms_;
  VolatileFileWriter files_;
  std::unique_ptr<ScopeBoard> board_;
  bool board_failed_ = false;
};

}  // namespace olivine::cli
