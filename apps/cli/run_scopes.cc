#include "apps/cli/run_scopes.h"

#include "base/floor_div.h"

namespace olivine::cli {

RunScopes::RunScopes(const App& app, const RunContext& context, Recorder& recorder)
    : app_(app), context_(context), recorder_(recorder) {}

void RunScopes::marks(const std::vector<Mark>& marks) {
  for (const Mark& mark : marks) terms_.mark(mark);
}

std::string RunScopes::unknown(const EnergySoFar& so_far) const {
  if (so_far.complete) return "";
  if (!context_.unmetered.empty()) return context_.unmetered.front() + " is not measured";
  return "a part of the energy is not known; see olivine doctor";
}

ScopeTerms::Reading RunScopes::reading(const std::optional<Budget>& left) {
  const Now now = app_.clock.now();
  const EnergySoFar so_far = recorder_.so_far(context_);
  if (terms_.counts()) {  // only then is an hour's intensity looked up
    const WallTime hour{floor_div(now.wall.ns, hours(1).ns) * hours(1).ns};
    if (!price_) price_ = RunBudget::hour_price(context_, {&app_.files, app_.grid_data_path()});
    if (hour_ != hour)
      grams_per_joule_ = price_(hour) * (context_.pue ? context_.pue->value : 1.0) / kJoulesPerKilowattHour;
    hour_ = hour;
  }
  return {now.mono.ns, in_joules(to_energy(so_far.energy)), grams_per_joule_, unknown(so_far), left};
}

void RunScopes::settled(const std::optional<Budget>& left) {
  for (const std::string& sentence : terms_.settled(reading(left))) app_.tell("scope " + sentence);
  if (!terms_.active() || pipe_.empty() || board_failed_) return;
  if (!board_) board_ = std::make_unique<ScopeBoard>(files_, board_of(pipe_));
  if (const auto done = board_->write(terms_.board()); !done) {
    board_failed_ = true;
    app_.tell("scopes cannot be told what they used: " + done.error().message);
  }
}

void RunScopes::finish(const std::optional<Budget>& left) {
  if (auto rows = terms_.finish(reading(left)); !rows.empty()) recorder_.scope_terms(std::move(rows));
  board_.reset();
}

}  // namespace olivine::cli
