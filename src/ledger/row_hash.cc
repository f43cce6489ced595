#include "ledger/row_hash.h"

#include <bit>
#include <cstring>

#include "provenance/graph.h"

namespace olivine {

namespace {
class Content {
 public:
  Content& add(std::int64_t value) {
    auto bits = static_cast<std::uint64_t>(value);
    char bytes[8];
    for (char& byte : bytes) {
      byte = static_cast<char>(bits & 0xff);
      bits >>= 8;
    }
    bytes_.append(bytes, sizeof bytes);
    return *this;
  }
  Content& add(const std::string& text) {
    add(static_cast<std::int64_t>(text.size()));
    bytes_ += text;
    return *this;
  }
  Content& add(const std::optional<int>& value) {
    if (value) return add(static_cast<std::int64_t>(*value));
    return add(std::string("-"));
  }
  std::string hash() const { return content_hash(bytes_); }

 private:
  std::string bytes_;
};
}  // namespace

std::string hash_of(const RunStart& s) {
  Content content;
  content.add(s.run_id).add(s.name).add(s.project).add(s.command_json).add(s.machine_json).add(s.context_json);
  content.add(s.boot_id).add(s.owner_pid).add(s.owner_start_ticks);
  content.add(s.started.wall.ns).add(s.started.mono.ns).add(s.started.boot_ns);
  return content.hash();
}

std::string hash_of(const RunEnd& e, std::int64_t batches) {
  Content content;
  content.add(e.status).add(e.ended_wall_ns).add(e.ended_mono_ns).add(e.exit_code).add(e.exit_signal).add(batches);
  return content.add(e.summary_json).add(e.record_json).hash();
}

std::string hash_of(const std::string& run_id, std::int64_t sequence, const Batch& batch) {
  Content content;
  content.add(run_id).add(sequence).add(static_cast<std::int64_t>(batch.facts.size()));
  for (const EnergyFact& f : batch.facts) {
    content.add(static_cast<std::int64_t>(f.component))
        .add(f.begin_ns)
        .add(f.end_ns)
        .add(f.measured_uj)
        .add(f.maybe_more_uj);
    content.add(f.attributed_uj).add(f.others_uj).add(f.self_uj).add(f.idle_uj).add(f.unattributed_uj);
  }
  content.add(static_cast<std::int64_t>(batch.gaps.size()));
  for (const GapFact& g : batch.gaps) {
    content.add(static_cast<std::int64_t>(g.component)).add(g.begin_ns).add(g.end_ns).add(g.reason);
  }
  if (!batch.segment) return content.add(std::string("-")).hash();
  const Segment& s = *batch.segment;
  return content.add(s.begin_ns).add(s.end_ns).add(static_cast<std::int64_t>(s.ticks)).add(s.bytes).hash();
}

}  // namespace olivine
