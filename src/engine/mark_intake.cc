#include "engine/mark_intake.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace olivine {

bool MarkIntake::line(std::string_view text, std::int64_t now_ns) {
  auto mark = parse_mark(text, now_ns);
  if (!mark) {
    ++no_marks_;
    return false;
  }
  mark->ns = std::clamp(mark->ns, std::min(floor_ns_, now_ns), now_ns);
  if (mark->kind == MarkKind::kPoint) {
    mark->number = mark->of = std::nullopt;
    return keep(std::move(*mark), points_, kMostPoints);
  }
  if (mark->scope) return scope(*mark);
  if (mark->name == kEpochName) return epoch(*mark);
  ++unknown_;
  return false;
}

void MarkIntake::looked(std::int64_t now_ns, bool complete) {
  floor_ns_ = std::max(floor_ns_, now_ns);
  flooded_ = flooded_ || !complete;
}

bool MarkIntake::epoch(Mark& mark) { return mark.kind == MarkKind::kBegin ? begin(mark) : end(mark); }

bool MarkIntake::begin(Mark& mark) {
  const bool first = epoch_marks_ == 0;
  if (!mark.number) mark.number = first ? 1 : std::min(number_ + 1, kMostMarkNumber);
  const bool same_process = mark.pid == opener_;
  if (open_ && !same_process && *mark.number <= number_) {
    ++repeated_;
    return false;
  }
  if (epoch_marks_ >= kMostEpochMarks) {
    ++too_many_;
    if (!open_) return false;
    open_ = false;  // it ends here; what follows is in no epoch
    mark.kind = MarkKind::kEnd;
    mark.number = number_;
    mark.of = std::nullopt;
    return keep(std::move(mark), epoch_marks_, kMostEpochMarks + 1);
  }
  open_ = true;
  number_ = *mark.number;
  opener_ = mark.pid;
  return keep(std::move(mark), epoch_marks_, kMostEpochMarks);
}

bool MarkIntake::end(Mark& mark) {
  const bool ours = open_ && mark.pid == opener_ && mark.number.value_or(number_) == number_;
  if (!ours) {
    ++repeated_;
    return false;
  }
  open_ = false;
  mark.number = number_;
  mark.of = std::nullopt;
  return keep(std::move(mark), epoch_marks_, kMostEpochMarks + 1);
}

bool MarkIntake::scope(Mark& mark) {
  mark.number = mark.of = std::nullopt;
  const std::uint64_t span = mark.scope->context.span;
  if (mark.kind == MarkKind::kEnd) {
    if (open_scopes_.erase(span) == 0) {
      ++unopened_;
      return false;
    }
    return keep(std::move(mark), ends_, kMostScopes);
  }
  if (open_scopes_.contains(span)) {
    ++unopened_;
    return false;
  }
  if (scopes_ >= kMostScopes || open_scopes_.size() >= kMostOpenScopes) {
    ++many_scopes_;
    return false;
  }
  open_scopes_.emplace(span, mark);
  return keep(std::move(mark), scopes_, kMostScopes);
}

std::set<std::int64_t> MarkIntake::processes() const {
  std::set<std::int64_t> pids;
  for (const auto& [span, mark] : open_scopes_)
    if (mark.pid != 0) pids.insert(mark.pid);
  return pids;
}

bool MarkIntake::died(std::int64_t pid, std::int64_t now_ns) {
  std::vector<Mark> ends;
  for (const auto& [span, mark] : open_scopes_)
    if (mark.pid == pid) ends.push_back(mark);
  for (Mark& end : ends) {
    end.kind = MarkKind::kEnd;
    end.ns = std::max(floor_ns_, now_ns);
    end.scope->cpu_ns.reset();
    end.scope->gone = true;
    scope(end);
  }
  return !ends.empty();
}

bool MarkIntake::keep(Mark mark, std::size_t& count, std::size_t most) {
  if (count >= most) {
    ++too_many_;
    return false;
  }
  ++count;
  floor_ns_ = std::max(floor_ns_, mark.ns);
  kept_.push_back(std::move(mark));
  return true;
}

std::vector<Mark> MarkIntake::take() { return std::exchange(kept_, {}); }

std::vector<std::string> MarkIntake::notes() const {
  std::vector<std::string> notes;
  const auto say = [&notes](std::int64_t count, const char* one, const char* many) {
    if (count > 0) notes.push_back(fmt::format("{} {}", count, count == 1 ? one : many));
  };
  say(repeated_, "mark of another process that repeats an epoch was left out",
      "marks of other processes that repeat epochs were left out");
  say(too_many_, "mark was left out: a run keeps 10,000 epochs and 10,000 other marks",
      "marks were left out: a run keeps 10,000 epochs and 10,000 other marks");
  say(no_marks_, "line was no mark and was passed over", "lines were no marks and were passed over");
  say(unknown_, "beginning or end that is neither an epoch's nor a scope's was passed over",
      "beginnings or ends that are neither an epoch's nor a scope's were passed over");
  say(unopened_, "mark of a scope that was open already, or was not open, was left out",
      "marks of scopes that were open already, or were not open, were left out");
  say(many_scopes_, "scope was left out: a run keeps 10,000 of them, 1,000 open at a time; it is in the one around it",
      "scopes were left out: a run keeps 10,000 of them, 1,000 open at a time; they are in those around them");
  if (flooded_) notes.push_back("marks came faster than they could be read: some may be missing");
  return notes;
}

}  // namespace olivine
