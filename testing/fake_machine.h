// FakeMachine: a machine whose true energies are known. It has sockets, DRAM, a psys meter, GPUs, processes that come and
// go, and shows itself as the files of sysfs, procfs and cgroupfs in a MemoryFileSystem; its sensors lag, are biased within
// their stated gain, wrap, are set back, vanish and return.
//
//   MemoryFileSystem files; FakeClock clock;
//   FakeMachine machine(seed, FakeMachine::random_options(seed), files, clock);
//   machine.advance(seconds(5));                    // works, moves the clock, publishes
//   machine.meters()[0].shown_uj                    // all that the meter ever counted, however often it wrapped
//   machine.truth().run_uj                          // dynamic energy of the run's processes
//
// Power of a package = idle + watts per busy CPU x busy CPUs of its socket, constant between events; power in microwatts
// times milliseconds is a whole number of nanojoules, so that every energy is exact. DRAM draws by memory in use.
// Sharing dynamic energy by CPU time is therefore the truth of this machine.
//
// Units: by name; times in whole milliseconds. Errors: none. Threads: one. Lifetime: files and clock outlive it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/prng.h"
#include "testing/fake_clock.h"
#include "testing/memory_file_system.h"

namespace olivine {

struct FakeMachineOptions {
  int sockets = 2;
  int cpus_per_socket = 8;
  int gpus = 0;
  bool dram = true;
  bool psys = false;
  bool mmio = false;                         // the first package a second time, through MMIO
  bool server = true;                        // DRAM is proven to lie outside the package
  std::uint64_t range_uj = 262'143'328'850;  // largest value of every RAPL counter
  double gain_error = 0.0;                   // truth / shown lies in [1 - e, 1 + e], drawn for each meter
  Duration update_period = milliseconds(1);  // counters show how it was at the last multiple of this
};

class FakeMachine {
 public:
  FakeMachine(std::uint64_t seed, const FakeMachineOptions& options, MemoryFileSystem& files, FakeClock& clock);
  static FakeMachineOptions random_options(std::uint64_t seed);

  struct Meter {
    std::string id;    // as SourceInfo::id: "powercap:intel-rapl:0:0", "fake:gpu-0"
    std::string path;  // folder of its zone; "" for a GPU
    std::int64_t power_uw = 0, shown_power_uw = 0;
    std::int64_t true_nj = 0, shown_nj = 0;  // since the start
    std::int64_t true_uj = 0, shown_uj = 0;  // the same as last published
    std::uint64_t offset = 0;                // raw = (start + shown - offset) mod (range + 1)
    std::uint64_t raw = 0;                   // as published
    double gain = 1.0;                       // truth / shown
    int socket = 0;
    enum class Kind { kPackage, kCore, kDram, kPsys, kMmio, kGpu } kind = Kind::kPackage;
    bool present = true;
  };
  struct Truth {  // over all packages, since the start
    std::int64_t run_uj = 0, others_uj = 0, self_uj = 0, idle_uj = 0;
    std::int64_t run_cpu_ns = 0, others_cpu_ns = 0, self_cpu_ns = 0;
  };
  struct GpuLoad {
    int run_contexts = 0, other_contexts = 0;
    double run_sm_percent = 0.0, other_sm_percent = 0.0;
  };

  void advance(Duration d);  // whole milliseconds
  void suspend(Duration d, bool counters_survive);
  void reset_counter(std::size_t meter);
  void vanish(std::size_t meter);
  void appear(std::size_t meter);

  const std::vector<Meter>& meters() const { return meters_; }
  Truth truth() const;
  GpuLoad gpu_load(int gpu) const;
  double idle_w(const Meter& meter) const;  // of a package (through MSR or MMIO) or a GPU; 0 of others
  const FakeMachineOptions& options() const { return options_; }
  std::int64_t memory_bytes() const;

 private:
  enum Owner : std::size_t { kRun, kOthers, kSelf, kOwners };
  struct Process {
    Owner owner = kOthers;
    int socket = 0;
    std::int64_t load_permille = 0;  // of one CPU
    std::int64_t bytes = 0;
    std::int64_t ends_ms = 0;
  };

  void add_meter(Meter::Kind kind, int socket, const std::string& zone, const std::string& folder,
                 const std::string& name);
  void write_identity();
  void spawn(Owner owner, std::int64_t lives_ms);
  void happen();  // an event: processes end and begin
  void set_powers();
  void work(std::int64_t ms);
  void work_until(std::int64_t end_ms);
  void show();     // counters as of now
  void publish();  // files
  std::int64_t socket_load(int socket) const;
  std::int64_t idle_uw(int socket) const;
  std::int64_t used_bytes(bool of_run) const;

  FakeMachineOptions options_;
  MemoryFileSystem& files_;
  FakeClock& clock_;
  Prng prng_;
  std::vector<Meter> meters_;
  std::vector<Process> processes_;
  std::int64_t now_ms_ = 0, next_event_ms_ = 0;
  std::int64_t idle_w_ = 0, watts_per_cpu_ = 0, rest_w_ = 0;
  std::int64_t idle_nj_ = 0;
  std::int64_t dynamic_nj_[kOwners] = {};
  std::int64_t cpu_ns_[kOwners] = {};
};

}  // namespace olivine
