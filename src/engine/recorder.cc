#include "engine/recorder.h"

#include <algorithm>
#include <utility>

#include "engine/assess.h"
#include "report/render.h"

namespace olivine {
namespace {
constexpr Duration kTickPatience = milliseconds(20), kLastPatience = seconds(2);
constexpr std::size_t kMostKeptBytes = std::size_t{48} << 20;

std::size_t bytes_of(const TickSample& sample) {
  return sizeof(TickSample) + sample.readings.size() * sizeof(RawReading) +
         (sample.usage ? sample.usage->gpus.size() * sizeof(GpuUse) : 0) + sample.marks.size() * sizeof(Mark);
}
}  // namespace

Recorder::Recorder(Parts parts)
    : parts_(std::move(parts)), pipeline_(parts_.machine), last_read_ns_(parts_.sources.size(), INT64_MIN) {}

Status Recorder::begin() {
  if (parts_.ledger == nullptr) return {};
  if (auto status = parts_.ledger->begin_run(parts_.start); !status) {
    lost_ = "this run is not kept: " + status.error().message;
    warn(lost_);
    parts_.ledger = nullptr;
    return status;
  }
  parts_.ledger->wait_at_most(kTickPatience);
  return {};
}

void Recorder::warn(std::string once) {
  if (std::find(closing_.warnings.begin(), closing_.warnings.end(), once) == closing_.warnings.end())
    closing_.warnings.push_back(std::move(once));
}

Split Recorder::settled() const {
  Split sum;
  for (const ComponentSummary& component : pipeline_.summary().components) sum += component.split;
  return sum;
}

// A source that publishes slowly is not asked more often than it has news.
RawReading Recorder::read(std::size_t index, const Now& now) {
  const std::int64_t period_ns = parts_.machine.sources[index].update_period.ns;
  if (last_read_ns_[index] != INT64_MIN && now.mono.ns - last_read_ns_[index] < period_ns / 2)
    return {ReadingState::kSkipped, 0};
  const auto raw = parts_.sources[index]->read();
  if (raw) {
    last_read_ns_[index] = now.mono.ns;
    return {ReadingState::kValue, *raw};
  }
  return {raw.error().kind == ErrorKind::kGone ? ReadingState::kGone : ReadingState::kFailed, 0};
}

void Recorder::tick(const std::optional<UsageReading>& usage, bool settle) {
  if (kept_bytes_ > kMostKeptBytes && !commit()) {
    ++closing_.missed_ticks;
    return;
  }
  take(usage, settle);
  if (settle) commit();
}

void Recorder::take(const std::optional<UsageReading>& usage, bool settle) {
  TickSample sample;
  sample.now = parts_.clock.now();
  sample.usage = usage;
  sample.settle = settle;
  sample.marks = std::exchange(marks_, {});
  if (settle) std::fill(last_read_ns_.begin(), last_read_ns_.end(), INT64_MIN);
  sample.readings.reserve(parts_.sources.size());
  for (std::size_t i = 0; i < parts_.sources.size(); ++i) sample.readings.push_back(read(i, sample.now));
  keep(pipeline_.feed(sample));
  if (parts_.ledger != nullptr) {
    kept_bytes_ += bytes_of(sample);
    samples_.push_back(std::move(sample));
  }
}

void Recorder::keep(PipelineOutput out) {
  gaps_.insert(gaps_.end(), out.gaps.begin(), out.gaps.end());
  if (parts_.ledger == nullptr) return;
  batch_.facts.insert(batch_.facts.end(), out.facts.begin(), out.facts.end());
  batch_.gaps.insert(batch_.gaps.end(), out.gaps.begin(), out.gaps.end());
}

bool Recorder::commit() {
  if (parts_.ledger == nullptr || (samples_.empty() && batch_.facts.empty() && batch_.gaps.empty())) return true;
  if (!samples_.empty())
    batch_.segment = Segment{samples_.front().now.mono.ns, samples_.back().now.mono.ns,
                             static_cast<std::int32_t>(samples_.size()), encode_segment(samples_)};
  if (auto status = parts_.ledger->append(parts_.start.run_id, batch_); !status) {
    could_not_write(status.error());
    return false;
  }
  busy_since_ns_.reset();
  samples_.clear();
  batch_ = {};
  kept_bytes_ = 0;
  return true;
}

void Recorder::could_not_write(const Error& error) {
  unwritten_ = error.message;
  const std::int64_t now_ns = parts_.clock.now().mono.ns;
  if (!busy_since_ns_) busy_since_ns_ = now_ns;
  if (error.kind == ErrorKind::kTransient && now_ns - *busy_since_ns_ < kLastPatience.ns) return;
  warn("the ledger could not be written for a while: " + error.message);
}

RunRecord Recorder::finish(const Exit& exit, const RunContext& context, const GridFolder& grid) {
  keep(pipeline_.finish());
  if (parts_.ledger != nullptr) parts_.ledger->wait_at_most(kLastPatience);
  const bool stored = commit();
  if (parts_.ledger != nullptr && !stored) parts_.ledger->wait_at_most(kTickPatience);
  const Now now = parts_.clock.now();
  RunEnd end{.status = !exit.status.empty() ? exit.status
                       : exit.code == 0     ? "done"
                                            : "failed",
             .ended_wall_ns = now.wall.ns,
             .ended_mono_ns = now.mono.ns,
             .exit_code = exit.code,
             .exit_signal = exit.signal,
             .summary_json = {},
             .record_json = {}};
  if (!stored) warn(lost_ = "the last part of this run is not in the ledger: " + unwritten_);
  AssessmentInput input{
      {parts_.start, end, std::nullopt}, parts_.machine, context, closing_, pipeline_.summary(), gaps_};
  if (grid.files != nullptr) input.closing.intensities = find_intensities(grid, input);
  end.summary_json = to_json(input.closing);
  RunRecord record = assess(input);
  end.record_json = render_json(record);
  if (parts_.ledger != nullptr)
    if (auto status = parts_.ledger->end_run(parts_.start.run_id, end); !status)
      record.warnings.push_back(lost_ = "this run's end is not in the ledger: " + status.error().message);
  return record;
}

}  // namespace olivine
