#include "engine/scopes.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "engine/open_scopes.h"
#include "engine/run_levels.h"
#include "engine/thread_cpu.h"

namespace olivine {
namespace {

struct Scope {
  std::size_t parent = kNoScope, row = 0, depth = 1, thread = kNoThread;
  bool is_task = false, stated = false;  // it names a parent
  bool open = true;                      // in the first pass
  std::int64_t begin_ns = 0;
  std::optional<std::int64_t> cpu_at_begin_ns;
  std::optional<double> cpu_rate;  // of a command: CPU seconds in a second, over its life
  std::vector<std::size_t> rows;   // its own and those around it, each once: at most kDeepestScope
  std::size_t trace = 0;           // of traces_
};

struct Trace {
  std::pair<std::uint64_t, std::uint64_t> id;
  std::int64_t scopes = 0;
  PartOfRun sum;
};

std::int64_t run_end_ns(const AssessmentInput& in) { return in.run.start.started.mono.ns + in.summary.duration_ns; }

std::vector<MarkInterval> intervals_of(const AssessmentInput& in) {
  std::vector<MarkInterval> intervals;
  std::int64_t before_ns = in.run.start.started.mono.ns;
  std::optional<double> before_cpu = 0.0;
  const auto upto = [&](std::int64_t ns, std::optional<double> cpu) {
    const bool known = cpu && before_cpu;
    intervals.push_back(
        {static_cast<double>(ns - before_ns), known ? std::optional(std::max(0.0, *cpu - *before_cpu)) : std::nullopt});
    before_ns = ns;
    before_cpu = cpu;
  };
  for (const BoundaryEnergy& at : in.summary.boundaries) upto(at.ns, at.run_cpu_ns);
  upto(std::max(run_end_ns(in), before_ns), in.summary.run_cpu_ns);
  return intervals;
}

class ScopeAssessor {
 public:
  ScopeAssessor(const AssessmentInput& input, RunRecord& record)
      : in_(input),
        record_(record),
        levels_(input, record),
        intervals_(intervals_of(input)),
        cpu_(input.summary.marks, intervals_) {}

  void run() {
    find_scopes();
    bill();
    write();
  }

 private:
  // First pass: which scopes there were, where they belong and what CPU time they used.
  void find_scopes() {
    std::map<std::uint64_t, std::size_t> by_span;
    const std::vector<Mark>& marks = in_.summary.marks;
    scope_of_mark_.assign(marks.size(), kNoScope);
    for (std::size_t i = 0; i < marks.size(); ++i) {
      const Mark& mark = marks[i];
      if (!mark.scope) continue;
      const auto known = by_span.find(mark.scope->context.span);
      if (mark.kind == MarkKind::kBegin) {
        const auto parent = by_span.find(mark.scope->parent);
        scope_of_mark_[i] = scopes_.size();
        scopes_.push_back(begun(mark, parent == by_span.end() ? kNoScope : parent->second));
        scopes_.back().thread = cpu_.thread_of(i);
        by_span[mark.scope->context.span] = scopes_.size() - 1;
      } else if (known != by_span.end() && scopes_[known->second].open) {
        scope_of_mark_[i] = known->second;
        end(scopes_[known->second], mark);
      }
    }
    for (const Scope& scope : scopes_)
      if (scope.open) ++row_of(scope).open;
  }

  Scope begun(const Mark& mark, std::size_t parent) {
    Scope scope;
    scope.parent = parent;
    scope.begin_ns = mark.ns;
    if (!mark.scope->thread) scope.cpu_at_begin_ns = mark.scope->cpu_ns;
    scope.is_task = !mark.scope->cpu_ns;
    scope.stated = mark.scope->parent != 0;
    scope.trace = trace_at({mark.scope->context.trace_high, mark.scope->context.trace_low});
    std::string path = mark.name;
    if (parent != kNoScope) {
      const Scope& above = scopes_[parent];
      scope.depth = std::min(above.depth + 1, kDeepestScope);
      path = above.depth >= kDeepestScope ? rows_[above.row].path : rows_[above.row].path + "/" + mark.name;
    }
    scope.row = row_at(path);
    ++rows_[scope.row].count;
    scope.rows.push_back(scope.row);
    if (parent != kNoScope)
      for (const std::size_t row : scopes_[parent].rows)
        if (std::find(scope.rows.begin(), scope.rows.end(), row) == scope.rows.end()) scope.rows.push_back(row);
    return scope;
  }

  void end(Scope& scope, const Mark& mark) {
    scope.open = false;
    RecordScope& row = row_of(scope);
    row.failed += mark.scope->failed ? 1 : 0;
    row.open += mark.scope->gone ? 1 : 0;
    row.ns += mark.ns - scope.begin_ns;
    const double lived_ns = static_cast<double>(mark.ns - scope.begin_ns);
    if (!mark.scope->cpu_ns || !scope.cpu_at_begin_ns || *mark.scope->cpu_ns < *scope.cpu_at_begin_ns ||
        lived_ns <= 0.0)
      return;
    scope.cpu_rate = static_cast<double>(*mark.scope->cpu_ns - *scope.cpu_at_begin_ns) / lived_ns;
  }

  std::size_t row_at(const std::string& path) {
    const bool full = rows_.size() >= kMostScopeRows && !row_by_path_.contains(path);
    const std::string key = full ? "(other scopes)" : path;
    const auto [at, is_new] = row_by_path_.emplace(key, rows_.size());
    if (is_new) {
      rows_.push_back({key, 0, 0, 0, 0, std::nullopt, std::nullopt, std::nullopt, std::nullopt});
      own_.emplace_back();
      whole_.emplace_back();
    }
    return at->second;
  }
  std::size_t trace_at(const std::pair<std::uint64_t, std::uint64_t>& id) {
    const auto [at, is_new] = trace_by_id_.emplace(id, traces_.size());
    if (is_new) traces_.push_back({id, 0, {}});
    ++traces_[at->second].scopes;
    return at->second;
  }
  RecordScope& row_of(const Scope& scope) { return rows_[scope.row]; }

  // Second pass: from mark to mark.
  void bill() {
    const std::vector<Mark>& marks = in_.summary.marks;
    EnergyLevel before;
    for (std::size_t i = 0; i <= marks.size(); ++i) {
      const EnergyLevel level = i == marks.size() ? levels_.whole() : levels_.at(i);
      share(before, level, intervals_[i]);
      before = level;
      if (i == marks.size()) break;
      cpu_.pass(i);
      turn(scope_of_mark_[i]);
    }
    const std::int64_t end_ns = std::max(run_end_ns(in_), marks.back().ns);
    for (const Scope& scope : scopes_)
      if (scope.open) row_of(scope).ns += end_ns - scope.begin_ns;
  }

  void turn(std::size_t which) {
    if (which == kNoScope) return;
    if (which < begun_) return open_.end(which);
    const Scope& scope = scopes_[which];
    open_.begin(scope.parent, scope.stated, scope.thread, scope.is_task);
    ++begun_;
  }

  // Who said how much of the CPU time between two marks, and who says nothing.
  void ask(double ns) {
    said_.clear();
    silent_.clear();
    for (const std::size_t thread : open_.threads()) {
      const auto used = cpu_.used_ns(thread);
      if (!used) continue;
      const std::vector<std::size_t>& on = open_.innermost_of(thread);
      for (const std::size_t each : on) said_.emplace_back(each, *used / static_cast<double>(on.size()));
    }
    for (const std::size_t each : open_.innermost()) {
      const Scope& scope = scopes_[each];
      if (scope.thread == kNoThread && scope.cpu_rate) said_.emplace_back(each, *scope.cpu_rate * ns);
      if (scope.thread == kNoThread ? !scope.cpu_rate : !cpu_.used_ns(scope.thread)) silent_.push_back(each);
    }
  }

  void share(const EnergyLevel& from, const EnergyLevel& to, const MarkInterval& interval) {
    const std::vector<std::size_t>& innermost = open_.innermost();
    if (innermost.empty()) return outside_.add(1.0, from, to);
    ask(interval.ns);
    double said = 0.0;
    for (const auto& [scope, own] : said_) said += own;
    const double used = std::max(interval.used_ns.value_or(0.0), said);
    const bool known = interval.used_ns && used > 0.0;
    if (known)
      for (const auto& [scope, own] : said_) give(scope, own / used, from, to);
    const double left = known ? (used - said) / used : 1.0;
    if (left <= 0.0) return;
    const std::vector<std::size_t>& others = known && !silent_.empty() ? silent_ : innermost;
    for (const std::size_t each : others) give(each, left / static_cast<double>(others.size()), from, to);
  }

  void give(std::size_t which, double share, const EnergyLevel& from, const EnergyLevel& to) {
    const Scope& scope = scopes_[which];
    own_[scope.row].add(share, from, to);
    traces_[scope.trace].sum.add(share, from, to);
    for (const std::size_t row : scope.rows) whole_[row].add(share, from, to);
  }

  // What was counted while the run went on, beside the bill that is known now.
  void add_terms() {
    for (const RecordTerms& terms : in_.closing.scope_terms) {
      const auto at = row_by_path_.find(terms.path);
      if (at == row_by_path_.end()) continue;
      RecordScope& row = rows_[at->second];
      row.quota = terms.quota;
      row.service = terms.service;
      if (!row.whole) continue;
      const double joules = in_joules(row.whole->mean());
      if (row.quota) settle(*row.quota, row, joules);
      if (row.service && row.service->requests > 0 && row.service->scopes == row.count)
        row.service->joules_per_request = joules / static_cast<double>(row.service->requests);
    }
  }
  static void settle(RecordQuota& quota, const RecordScope& row, double joules) {
    if (quota.scopes != row.count || !quota.unknown.empty()) return;
    const double here = quota.counted - quota.charged;
    if (quota.unit == "J")
      quota.used = quota.charged + joules;
    else if (quota.counted_j > 0.0)
      quota.used = quota.charged + here * joules / quota.counted_j;
    if (quota.used && quota.scopes == 1) quota.over = std::max(0.0, *quota.used - quota.granted);
  }

  void write() {
    RecordScopes& out = record_.scopes;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      rows_[i].own = own_[i].estimate(levels_);
      rows_[i].whole = whole_[i].estimate(levels_);
    }
    add_terms();
    std::sort(rows_.begin(), rows_.end(), [](const RecordScope& a, const RecordScope& b) { return a.path < b.path; });
    out.rows = std::move(rows_);
    out.outside = outside_.estimate(levels_);
    for (const Trace& trace : traces_)
      out.traces.push_back(
          {TraceContext{trace.id.first, trace.id.second, 0}.trace_id(), trace.scopes, trace.sum.estimate(levels_)});
    const auto joules_of = [](const RecordTrace& t) { return t.energy ? in_joules(t.energy->mean()) : 0.0; };
    std::stable_sort(out.traces.begin(), out.traces.end(),
                     [&](const RecordTrace& a, const RecordTrace& b) { return joules_of(a) > joules_of(b); });
    if (out.traces.size() > kMostTraces) out.traces.resize(kMostTraces);
    out.traces_in_all = static_cast<std::int64_t>(traces_.size());
  }

  const AssessmentInput& in_;
  RunRecord& record_;
  RunLevels levels_;
  std::vector<MarkInterval> intervals_;
  ThreadCpu cpu_;
  std::vector<Scope> scopes_;
  std::vector<std::size_t> scope_of_mark_;
  OpenScopes open_;
  std::size_t begun_ = 0;
  std::vector<std::pair<std::size_t, double>> said_;
  std::vector<std::size_t> silent_;
  std::map<std::string, std::size_t> row_by_path_;
  std::vector<RecordScope> rows_;
  std::vector<PartOfRun> own_, whole_;  // by row
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::size_t> trace_by_id_;
  std::vector<Trace> traces_;
  PartOfRun outside_;
};

}  // namespace

void assess_scopes(const AssessmentInput& input, RunRecord& record) {
  const auto has_scope = [](const Mark& mark) { return mark.scope.has_value(); };
  if (input.summary.boundaries.size() != input.summary.marks.size()) return;  // not finished
  if (std::any_of(input.summary.marks.begin(), input.summary.marks.end(), has_scope))
    ScopeAssessor(input, record).run();
}

}  // namespace olivine
