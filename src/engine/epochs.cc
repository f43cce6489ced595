#include "engine/epochs.h"

#include <algorithm>
#include <cmath>

namespace olivine {
namespace {

// Energy of the run up to a point, as the record counts it, and how far the point may be off.
struct Level {
  double joules = 0.0, off = 0.0;
};

class EpochAssessor {
 public:
  EpochAssessor(const AssessmentInput& input, RunRecord& record) : in_(input), record_(record) {
    const RecordEnergy& e = record.energy;
    if (!e.total.known() || !e.attributed.known() || !e.idle_charged.known() || !e.idle.known()) return;
    const double idle_j = in_joules(e.idle.value->mean()), charged_j = in_joules(e.idle_charged.value->mean());
    charged_part_ = idle_j > 0.0 ? charged_j / idle_j : 0.0;
    total_j_ = in_joules(e.total.value->mean());
    known_ = true;
    double counted_j = 0.0;  // without the loss in a power supply, which is no fact
    for (const ComponentSummary& c : in_.summary.components)
      counted_j += in_joules(to_energy(c.split.attributed)) + charged_part_ * in_joules(to_energy(c.split.idle));
    if (counted_j > 0.0) scale_ = total_j_ / counted_j;
    if (total_j_ > 0.0) {
      lower_ = in_joules(e.total.value->lower()) / total_j_;
      upper_ = in_joules(e.total.value->upper()) / total_j_;
    }
  }

  void run() {
    RecordMarks& out = record_.marks;
    out.notes = in_.closing.mark_notes;
    const std::vector<Mark>& marks = in_.summary.marks;
    if (in_.summary.boundaries.size() != marks.size()) return;  // not finished
    for (std::size_t i = 0; i < marks.size(); ++i)
      if (marks[i].kind == MarkKind::kPoint)
        out.marks.push_back({marks[i].name, since_start(marks[i].ns), between({}, level(i))});
    add_epochs(epoch_spans(marks));
  }

 private:
  std::int64_t since_start(std::int64_t ns) const { return ns - in_.run.start.started.mono.ns; }

  Level level(std::size_t mark) const {
    const BoundaryEnergy& at = in_.summary.boundaries[mark];
    return {scale_ * (at.attributed_uj + charged_part_ * at.idle_uj) * 1e-6,
            scale_ * (at.attributed_off_uj + charged_part_ * at.idle_off_uj) * 1e-6};
  }
  Level whole() const { return {total_j_, 0.0}; }

  std::optional<Estimate<Energy>> between(const Level& from, const Level& to) const {
    if (!known_) return std::nullopt;
    const double value = std::max(0.0, to.joules - from.joules);
    const double off = std::hypot(from.off, to.off);
    Spread spread(value, {{"run", value * (lower_ - 1.0), value * (upper_ - 1.0)},
                          {"boundary", -std::min(off, value), off}});
    return Estimate<Energy>(std::move(spread));
  }

  void add_epochs(const std::vector<EpochSpan>& spans) {
    RecordMarks& out = record_.marks;
    if (spans.empty()) return;
    const std::vector<Mark>& marks = in_.summary.marks;
    const bool ended = in_.run.end.has_value();
    const std::int64_t end_ns = in_.summary.duration_ns;
    double between_j = 0.0;
    Level last;
    for (const EpochSpan& span : spans) {
      const Level begin = level(span.begin), end = span.end ? level(*span.end) : whole();
      if (!out.epochs.empty()) between_j += begin.joules - last.joules;
      out.epochs.push_back({span.number, span.of, since_start(marks[span.begin].ns),
                            span.end ? since_start(marks[*span.end].ns) : end_ns,
                            span.end ? (span.by_next ? "next" : "end") : (ended ? "run" : "open"), between(begin, end)});
      last = end;
    }
    out.before = between({}, level(spans.front().begin));
    out.between = between({}, {between_j, 0.0});
    out.after = between(last, whole());
  }

  const AssessmentInput& in_;
  RunRecord& record_;
  bool known_ = false;
  double charged_part_ = 0.0, total_j_ = 0.0, scale_ = 1.0, lower_ = 1.0, upper_ = 1.0;
};

}  // namespace

std::vector<EpochSpan> epoch_spans(const std::vector<Mark>& marks) {
  std::vector<EpochSpan> spans;
  bool open = false;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i].kind == MarkKind::kPoint) continue;
    if (open) spans.back().end = i;
    if (open) spans.back().by_next = marks[i].kind == MarkKind::kBegin;
    open = marks[i].kind == MarkKind::kBegin;
    if (open) spans.push_back({marks[i].number.value_or(0), marks[i].of, i, std::nullopt, false});
  }
  return spans;
}

void assess_epochs(const AssessmentInput& input, RunRecord& record) {
  if (input.summary.marks.empty() && input.closing.mark_notes.empty()) return;
  EpochAssessor(input, record).run();
}

}  // namespace olivine
