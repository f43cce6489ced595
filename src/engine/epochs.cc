#include "engine/epochs.h"

#include "engine/run_levels.h"

namespace olivine {
namespace {

class EpochAssessor {
 public:
  EpochAssessor(const AssessmentInput& input, RunRecord& record)
      : in_(input), record_(record), levels_(input, record) {}

  void run() {
    RecordMarks& out = record_.marks;
    out.notes = in_.closing.mark_notes;
    const std::vector<Mark>& marks = in_.summary.marks;
    if (in_.summary.boundaries.size() != marks.size()) return;  // not finished
    for (std::size_t i = 0; i < marks.size(); ++i)
      if (marks[i].kind == MarkKind::kPoint)
        out.marks.push_back({marks[i].name, since_start(marks[i].ns), levels_.between({}, levels_.at(i))});
    add_epochs(epoch_spans(marks));
  }

 private:
  std::int64_t since_start(std::int64_t ns) const { return ns - in_.run.start.started.mono.ns; }

  void add_epochs(const std::vector<EpochSpan>& spans) {
    RecordMarks& out = record_.marks;
    if (spans.empty()) return;
    const std::vector<Mark>& marks = in_.summary.marks;
    const bool ended = in_.run.end.has_value();
    const std::int64_t end_ns = in_.summary.duration_ns;
    double between_j = 0.0;
    EnergyLevel last;
    for (const EpochSpan& span : spans) {
      const EnergyLevel begin = levels_.at(span.begin), end = span.end ? levels_.at(*span.end) : levels_.whole();
      if (!out.epochs.empty()) between_j += begin.joules - last.joules;
      out.epochs.push_back({span.number, span.of, since_start(marks[span.begin].ns),
                            span.end ? since_start(marks[*span.end].ns) : end_ns,
                            span.end ? (span.by_next ? "next" : "end") : (ended ? "run" : "open"),
                            levels_.between(begin, end)});
      last = end;
    }
    out.before = levels_.between({}, levels_.at(spans.front().begin));
    out.between = levels_.between({}, {between_j, 0.0});
    out.after = levels_.between(last, levels_.whole());
  }

  const AssessmentInput& in_;
  RunRecord& record_;
  RunLevels levels_;
};

}  // namespace

std::vector<EpochSpan> epoch_spans(const std::vector<Mark>& marks) {
  std::vector<EpochSpan> spans;
  bool open = false;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i].kind == MarkKind::kPoint || marks[i].scope) continue;
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
