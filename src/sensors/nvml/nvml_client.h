// NvmlMeter: the parent's side of the NVML helper process. It starts it, reads what it tells, kills it when it hangs,
// and starts it again with growing pauses. Nothing here ever waits, but wait_until_ready at the start of a run.
//
//   helper silent for longer than `deadline` (2 s)  -> killed; its values are `transient`
//   helper ended or killed                          -> started again after 1, 2, 4, ... 60 s; a good value resets it
//   no value for `gone_after` (60 s)                -> `gone`, until one comes
//   a killed helper that the kernel cannot end yet (stuck in the driver) -> no second one beside it
//
// The helper is our child, in a session of its own, without signals of the terminal. Its CPU time is Olivine's:
// helper_pid() tells whoever accounts children apart from the measured work.
//
// Units: mJ or mW by the device's kind; bytes; percent. Errors: as above; a GPU that is lost is `gone`, one that sleeps
// is `transient`. Threads: one. Lifetime: kills the helper at its end.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "sensors/nvml/nvml_record.h"

namespace olivine {

struct NvmlHelperOptions {
  std::vector<std::string> command;  // program and arguments
  Duration deadline = seconds(2);
  Duration start_deadline = seconds(5);       // loading and nvmlInit; GPUs without persistence mode take a second each
  Duration first_values = milliseconds(100);  // a run begins with a reading, not with a gap
  Duration first_pause = seconds(1);
  Duration longest_pause = seconds(60);
  Duration gone_after = seconds(60);
};

struct NvmlMig {
  std::string uuid;  // "MIG-..."
  std::uint64_t gpu_instance = 0;
  std::uint64_t compute_instance = 0;
};
struct NvmlGpu {
  int index = 0;  // NVML's order, by PCI bus
  std::string uuid;
  std::string name;
  std::string pci;
  NvmlMeterKind kind = NvmlMeterKind::kNone;
  std::uint64_t power_limit_mw = 0;  // 0: not known
  std::vector<NvmlMig> mig;
};
struct NvmlProcessUse {
  std::string uuid;  // of the GPU
  std::int64_t pid = 0;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<double> sm_percent;  // mean since the last list; absent: no sample, or not supported
};

class NvmlMeter {
 public:
  NvmlMeter(const Clock& clock, NvmlHelperOptions options);
  NvmlMeter(const NvmlMeter&) = delete;
  NvmlMeter& operator=(const NvmlMeter&) = delete;
  ~NvmlMeter();

  // Waits until the helper has told its devices and first values, has failed, or start_deadline is over; values that take
  // longer than first_values are not waited for. The only call that waits.
  Status wait_until_ready();
  const std::vector<NvmlGpu>& gpus() const { return gpus_; }
  // GPUs that NVML counts but could not name; what they draw is unknown.
  std::uint64_t unnamed_gpus() const { return unnamed_; }
  const std::string& driver_version() const { return driver_version_; }

  // The last value told for a GPU.
  Result<std::uint64_t> value(const std::string& uuid);
  // The last complete list of processes on any GPU; empty while the helper is away.
  const std::vector<NvmlProcessUse>& processes();
  std::uint64_t lists() const { return lists_; }  // how many complete lists there have been
  std::optional<pid_t> helper_pid() const;
  int starts() const { return starts_; }

 private:
  enum class State { kPaused, kStarting, kServing };
  struct Reading {
    std::uint64_t value = 0;
    std::int32_t code = 0;
    std::int64_t told_ns = 0;  // 0: never
    std::int64_t last_good_ns = 0;
  };

  void pump();
  void start(std::int64_t now_ns);
  void drain(std::int64_t now_ns);
  void take(const NvmlRecord& record);
  void take_device(const NvmlRecord& record);
  void stop(std::int64_t now_ns, std::string why);
  bool reaped();
  bool wait_for_record(Duration rest) const;

  const Clock& clock_;
  NvmlHelperOptions options_;
  State state_ = State::kPaused;
  int fd_ = -1;
  int pid_fd_ = -1;
  pid_t pid_ = 0;  // 0: none, or reaped
  int starts_ = 0;
  std::int64_t heard_ns_ = 0;
  std::int64_t restart_ns_ = 0;
  Duration pause_;
  std::int64_t created_ns_ = 0;
  std::string why_;  // why the helper is away
  std::string driver_version_;
  std::uint64_t unnamed_ = 0;
  std::vector<NvmlGpu> gpus_;           // ever seen, by first appearance
  std::vector<std::string> by_device_;  // uuid of the present helper's device numbers
  std::map<std::string, Reading> readings_;
  std::vector<NvmlProcessUse> processes_;
  std::vector<NvmlProcessUse> next_processes_;
  std::uint64_t lists_ = 0;
  bool has_round_ = false;  // the present helper has told values
};

}  // namespace olivine
