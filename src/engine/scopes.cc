#include "engine/scopes.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "engine/run_levels.h"

namespace olivine {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

struct Scope {
  std::size_t parent = kNone, row = 0, depth = 1;
  std::int64_t begin_ns = 0;
  std::optional<std::int64_t> cpu_at_begin_ns;
  std::optional<double> cpu_rate;  // CPU seconds in a second, over its life
  std::vector<std::size_t> rows;   // its own and those around it, each once: at most kDeepestScope
  std::size_t trace = 0;           // of traces_
  std::size_t open_children = 0;
  bool open = false;
};

struct Sum {
  double joules = 0.0, off_squared = 0.0;
  void add(double more, double off) {
    joules += more;
    off_squared += off * off;
  }
  std::optional<Estimate<Energy>> estimate(const RunLevels& levels) const {
    return levels.part(joules, std::sqrt(off_squared));
  }
};

struct Trace {
  std::pair<std::uint64_t, std::uint64_t> id;
  std::int64_t scopes = 0;
  Sum sum;
};

class ScopeAssessor {
 public:
  ScopeAssessor(const AssessmentInput& input, RunRecord& record)
      : in_(input), record_(record), levels_(input, record) {}

  void run() {
    if (in_.summary.boundaries.size() != in_.summary.marks.size()) return;  // not finished
    find_scopes();
    for (Scope& scope : scopes_) scope.open = false;
    bill();
    write();
  }

 private:
  // First pass: which scopes there were, where they belong and what CPU time they used.
  void find_scopes() {
    std::map<std::uint64_t, std::size_t> by_span;
    scope_of_mark_.assign(in_.summary.marks.size(), kNone);
    for (std::size_t i = 0; i < in_.summary.marks.size(); ++i) {
      const Mark& mark = in_.summary.marks[i];
      if (!mark.scope) continue;
      const auto known = by_span.find(mark.scope->context.span);
      if (mark.kind == MarkKind::kBegin) {
        const auto parent = by_span.find(mark.scope->parent);
        scope_of_mark_[i] = scopes_.size();
        scopes_.push_back(begun(mark, parent == by_span.end() ? kNone : parent->second));
        by_span[mark.scope->context.span] = scopes_.size() - 1;
      } else if (known != by_span.end() && scopes_[known->second].open) {
        scope_of_mark_[i] = known->second;
        end(scopes_[known->second], mark);
      }
    }
    for (const Scope& scope : scopes_) row_of(scope).open += scope.open ? 1 : 0;
  }

  Scope begun(const Mark& mark, std::size_t parent) {
    Scope scope;
    scope.parent = parent;
    scope.begin_ns = mark.ns;
    scope.cpu_at_begin_ns = mark.scope->cpu_ns;
    scope.trace = trace_at({mark.scope->context.trace_high, mark.scope->context.trace_low});
    scope.open = true;
    std::string path = mark.name;
    if (parent != kNone) {
      const Scope& above = scopes_[parent];
      scope.depth = std::min(above.depth + 1, kDeepestScope);
      path = above.depth >= kDeepestScope ? rows_[above.row].path : rows_[above.row].path + "/" + mark.name;
    }
    scope.row = row_at(path);
    ++rows_[scope.row].count;
    scope.rows.push_back(scope.row);
    if (parent != kNone)
      for (const std::size_t row : scopes_[parent].rows)
        if (std::find(scope.rows.begin(), scope.rows.end(), row) == scope.rows.end()) scope.rows.push_back(row);
    return scope;
  }

  void end(Scope& scope, const Mark& mark) {
    scope.open = false;
    row_of(scope).failed += mark.scope->failed ? 1 : 0;
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
    const std::vector<BoundaryEnergy>& at = in_.summary.boundaries;
    const std::int64_t end_ns = in_.run.start.started.mono.ns + in_.summary.duration_ns;
    std::vector<std::size_t> open;
    EnergyLevel before;
    std::int64_t before_ns = in_.run.start.started.mono.ns;
    std::optional<double> before_cpu = 0.0;
    for (std::size_t i = 0; i <= marks.size(); ++i) {
      const bool last = i == marks.size();
      const EnergyLevel level = last ? levels_.whole() : levels_.at(i);
      const std::int64_t ns = last ? std::max(end_ns, before_ns) : marks[i].ns;
      const std::optional<double> cpu = last ? in_.summary.run_cpu_ns : at[i].run_cpu_ns;
      const auto used = cpu && before_cpu ? std::optional(std::max(0.0, *cpu - *before_cpu)) : std::nullopt;
      share(open, level.joules - before.joules, std::hypot(level.off, before.off), static_cast<double>(ns - before_ns),
            used);
      for (const std::size_t each : open) rows_[scopes_[each].row].ns += ns - before_ns;
      for (const std::size_t each : waiting_) rows_[scopes_[each].row].ns += ns - before_ns;
      if (!last) turn(open, i);
      before = level;
      before_ns = ns;
      before_cpu = cpu;
    }
  }

  // `open` holds the innermost open scopes, waiting_ those that have an open one within.
  void turn(std::vector<std::size_t>& open, std::size_t mark) {
    const std::size_t which = scope_of_mark_[mark];
    if (which == kNone) return;
    Scope& scope = scopes_[which];
    const std::size_t above = scope.parent;
    if (in_.summary.marks[mark].kind == MarkKind::kBegin) {
      scope.open = true;
      open.push_back(which);
      if (above == kNone) return;
      if (scopes_[above].open_children++ == 0 && scopes_[above].open) move(above, open, waiting_);
      return;
    }
    scope.open = false;
    std::erase(open, which);
    std::erase(waiting_, which);
    if (above == kNone) return;
    if (--scopes_[above].open_children == 0 && scopes_[above].open) move(above, waiting_, open);
  }
  static void move(std::size_t which, std::vector<std::size_t>& from, std::vector<std::size_t>& to) {
    std::erase(from, which);
    to.push_back(which);
  }

  void share(const std::vector<std::size_t>& open, double joules, double off, double ns,
             const std::optional<double>& used_ns) {
    if (open.empty()) return outside_.add(joules, off);
    double said = 0.0;
    std::size_t silent = 0;
    for (const std::size_t each : open) {
      if (scopes_[each].cpu_rate)
        said += *scopes_[each].cpu_rate * ns;
      else
        ++silent;
    }
    const double used = std::max(used_ns.value_or(0.0), said);
    if (!used_ns || used <= 0.0) {
      for (const std::size_t each : open)
        give(each, joules / static_cast<double>(open.size()), off / static_cast<double>(open.size()));
      return;
    }
    const double left = used - said;
    for (const std::size_t each : open) {
      const double own = scopes_[each].cpu_rate ? *scopes_[each].cpu_rate * ns : left / static_cast<double>(silent);
      give(each, joules * own / used, off * own / used);
    }
    if (silent == 0) outside_.add(joules * left / used, off * left / used);
  }

  void give(std::size_t which, double joules, double off) {
    const Scope& scope = scopes_[which];
    own_[scope.row].add(joules, off);
    traces_[scope.trace].sum.add(joules, off);
    for (const std::size_t row : scope.rows) whole_[row].add(joules, off);
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
  std::vector<Scope> scopes_;
  std::vector<std::size_t> scope_of_mark_, waiting_;
  std::map<std::string, std::size_t> row_by_path_;
  std::vector<RecordScope> rows_;
  std::vector<Sum> own_, whole_;  // by row
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::size_t> trace_by_id_;
  std::vector<Trace> traces_;
  Sum outside_;
};

}  // namespace

void assess_scopes(const AssessmentInput& input, RunRecord& record) {
  const auto has_scope = [](const Mark& mark) { return mark.scope.has_value(); };
  if (std::any_of(input.summary.marks.begin(), input.summary.marks.end(), has_scope))
    ScopeAssessor(input, record).run();
}

}  // namespace olivine
