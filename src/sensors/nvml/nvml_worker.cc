#include "sensors/nvml/nvml_worker.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>

#include "base/text.h"
#include "hardware/nvml_api.h"
#include "sensors/device_power.h"
#include "sensors/nvml/nvml_record.h"

namespace olivine {
namespace {

constexpr unsigned int kMostDevices = 64;
constexpr unsigned int kMostMig = 16;
constexpr std::size_t kMostProcesses = 512;
constexpr int kUnknownErrorsBeforeRestart = 5;
constexpr std::size_t kPipeAtomBytes = 4096;

struct Device {
  NvmlDevice handle = nullptr;
  NvmlMeterKind kind = NvmlMeterKind::kNone;
  std::string sysfs_path;  // "" when the bus address is not known
  std::uint64_t last_sample_us = 0;
  int unknown_errors = 0;
};

// Collects the records of a round and writes them in pieces that a pipe does not tear.
class RecordPipe {
 public:
  explicit RecordPipe(int fd) : fd_(fd) {}
  void put(const NvmlRecord& record) { records_.push_back(record); }
  // False when nobody reads any more.
  bool flush() {
    constexpr std::size_t kPiece = kPipeAtomBytes / sizeof(NvmlRecord);
    bool open = true;
    for (std::size_t at = 0; at < records_.size() && open; at += kPiece) {
      const std::size_t count = std::min(kPiece, records_.size() - at);
      const ssize_t written = ::write(fd_, &records_[at], count * sizeof(NvmlRecord));
      if (written < 0 && errno == EAGAIN) break;  // the reader is late: this round is dropped, the next one is newer
      open = written >= 0;
    }
    records_.clear();
    return open;
  }
  // Sleeps; false when the reading end has been closed.
  bool wait(Duration time) const {
    pollfd end{fd_, 0, 0};
    const int milliseconds = static_cast<int>(std::clamp<std::int64_t>(time.ns / 1'000'000, 1, 60'000));
    return ::poll(&end, 1, milliseconds) <= 0 || (end.revents & (POLLERR | POLLHUP | POLLNVAL)) == 0;
  }

 private:
  int fd_;
  std::vector<NvmlRecord> records_;
};

class Worker {
 public:
  Worker(const NvmlWorkerOptions& options, FileSystem& files, const Clock& clock, int fd)
      : options_(options), files_(files), clock_(clock), pipe_(fd) {}

  int run() {
    put(record(NvmlRecordType::kHello));
    if (!pipe_.flush()) return 0;
    std::string why;
    library_ = NvmlLibrary::load(options_.library, why);
    if (library_ == nullptr) return fail_with(NvmlCode::kLibraryNotFound, why);
    const NvmlCode started = start();
    if (started != NvmlCode::kSuccess) return fail_with(started, std::string("nvmlInit: ") + name_of(started));
    const NvmlCode told = tell_devices();
    if (told != NvmlCode::kSuccess) return fail_with(told, std::string("nvmlDeviceGetCount: ") + name_of(told));
    const int code = poll_devices();
    nvml_call(library_->api.shutdown);
    return code;
  }

 private:
  NvmlRecord record(NvmlRecordType type) const {
    NvmlRecord made;
    made.type = type;
    made.mono_ns = clock_.now().mono.ns;
    return made;
  }
  void put(const NvmlRecord& made) { pipe_.put(made); }

  int fail_with(NvmlCode code, std::string_view text) {
    NvmlRecord made = record(NvmlRecordType::kFailed);
    made.code = static_cast<int>(code);
    set_text(made.text, text);
    put(made);
    pipe_.flush();
    return 1;
  }

  NvmlCode start() {
    pci_ = list_pci_gpus(files_, options_.sysfs_root, kPciVendorNvidia);
    attach_by_bus_ = std::any_of(pci_.begin(), pci_.end(), [](const PciGpu& gpu) { return gpu.asleep; });
    const NvmlApi& api = library_->api;
    if (attach_by_bus_) return nvml_call(api.init_with_flags, kNvmlInitNoGpus | kNvmlInitNoAttach);
    return api.init != nullptr ? nvml_call(api.init) : nvml_call(api.init_with_flags, 0U);
  }

  std::string path_of(NvmlDevice handle, std::string& address) const {
    NvmlPciInfo info{};
    if (nvml_call(library_->api.pci_info, handle, &info) != NvmlCode::kSuccess) return "";
    address = plain_pci_address(text_of(info.bus_id));
    const auto same = [&](const PciGpu& gpu) { return plain_pci_address(gpu.address) == address; };
    const auto found = std::find_if(pci_.begin(), pci_.end(), same);
    return found == pci_.end() ? "" : found->path;
  }

  NvmlCode tell_devices() {
    const NvmlApi& api = library_->api;
    NvmlRecord ready = record(NvmlRecordType::kReady);
    if (attach_by_bus_) {
      for (std::size_t i = 0; i < pci_.size(); ++i) {  // sorted by address, as NVML numbers them
        NvmlDevice handle = nullptr;
        if (pci_[i].asleep) continue;
        ++ready.value;
        if (nvml_call(api.device_by_bus_id, pci_[i].address.c_str(), &handle) == NvmlCode::kSuccess)
          tell(handle, static_cast<unsigned int>(i));
      }
    } else {
      unsigned int count = 0;
      const NvmlCode counted = nvml_call(api.device_count, &count);
      if (counted != NvmlCode::kSuccess) return counted;
      ready.value = count;
      for (unsigned int i = 0; i < std::min(count, kMostDevices); ++i) {
        NvmlDevice handle = nullptr;
        if (nvml_call(api.device_by_index, i, &handle) == NvmlCode::kSuccess) tell(handle, i);
      }
    }
    std::array<char, 80> version{};
    if (nvml_call(api.driver_version, version.data(), static_cast<unsigned int>(version.size() - 1)) ==
        NvmlCode::kSuccess)
      set_text(ready.text, version.data());
    put(ready);
    pipe_.flush();
    return NvmlCode::kSuccess;
  }

  // A device without the counter may still give power; one that gives neither is told too, so that it is listed.
  NvmlMeterKind kind_of(NvmlDevice handle) const {
    unsigned long long energy = 0;
    unsigned int power = 0;
    const auto lacks = [](NvmlCode code) {
      return code == NvmlCode::kNotSupported || code == NvmlCode::kFunctionNotFound;
    };
    if (!lacks(nvml_call(library_->api.total_energy_mj, handle, &energy))) return NvmlMeterKind::kEnergy;
    if (!lacks(nvml_call(library_->api.power_mw, handle, &power))) return NvmlMeterKind::kPower;
    return NvmlMeterKind::kNone;
  }

  void tell(NvmlDevice handle, unsigned int number) {
    const NvmlApi& api = library_->api;
    NvmlRecord made = record(NvmlRecordType::kDevice);
    made.device = static_cast<std::int32_t>(devices_.size());
    made.pid = number;
    if (nvml_call(api.uuid, handle, made.uuid, static_cast<unsigned int>(sizeof made.uuid)) != NvmlCode::kSuccess)
      return;
    nvml_call(api.name, handle, made.text, static_cast<unsigned int>(sizeof made.text));
    std::string address;
    Device device{handle, kind_of(handle), path_of(handle, address), 0, 0};
    set_text(made.pci, address);
    made.value = static_cast<std::uint64_t>(device.kind);
    unsigned int limit_mw = 0;
    if (nvml_call(api.power_limit_mw, handle, &limit_mw) == NvmlCode::kSuccess) made.extra = limit_mw;
    put(made);
    tell_mig(handle, made.device);
    devices_.push_back(std::move(device));
  }

  void tell_mig(NvmlDevice parent, std::int32_t index) {
    const NvmlApi& api = library_->api;
    unsigned int current = 0;
    unsigned int pending = 0;
    unsigned int count = 0;
    if (nvml_call(api.mig_mode, parent, &current, &pending) != NvmlCode::kSuccess || current != 1) return;
    if (nvml_call(api.mig_count, parent, &count) != NvmlCode::kSuccess) return;
    for (unsigned int i = 0; i < std::min(count, kMostMig); ++i) {
      NvmlDevice handle = nullptr;
      if (nvml_call(api.mig_by_index, parent, i, &handle) != NvmlCode::kSuccess) continue;
      NvmlRecord made = record(NvmlRecordType::kMig);
      made.device = index;
      unsigned int instance = 0;
      if (nvml_call(api.uuid, handle, made.uuid, static_cast<unsigned int>(sizeof made.uuid)) != NvmlCode::kSuccess)
        continue;
      if (nvml_call(api.gpu_instance, handle, &instance) == NvmlCode::kSuccess) made.value = instance;
      if (nvml_call(api.compute_instance, handle, &instance) == NvmlCode::kSuccess) made.extra = instance;
      put(made);
    }
  }

  // False when only a fresh start can help.
  bool tell_reading(std::size_t index) {
    Device& device = devices_[index];
    NvmlRecord made = record(NvmlRecordType::kReading);
    made.device = static_cast<std::int32_t>(index);
    NvmlCode code = NvmlCode::kSuccess;
    if (!device.sysfs_path.empty() && is_asleep(files_, device.sysfs_path)) {
      made.code = kNvmlAsleep;
      put(made);
      return true;
    }
    if (device.kind == NvmlMeterKind::kEnergy) {
      unsigned long long energy = 0;
      code = nvml_call(library_->api.total_energy_mj, device.handle, &energy);
      made.value = energy;
    } else {
      unsigned int power = 0;
      code = nvml_call(library_->api.power_mw, device.handle, &power);
      made.value = power;
    }
    made.mono_ns = clock_.now().mono.ns;  // the call may have taken a while: the value is from its end
    made.code = static_cast<int>(code);
    put(made);
    device.unknown_errors = code == NvmlCode::kUnknown ? device.unknown_errors + 1 : 0;
    return code != NvmlCode::kUninitialized && code != NvmlCode::kDriverNotLoaded &&
           code != NvmlCode::kVersionMismatch && device.unknown_errors < kUnknownErrorsBeforeRestart;
  }

  struct Use {
    std::uint64_t bytes = kNvmlUnknownBytes;
    double percent_sum = 0.0;
    int samples = 0;
  };

  void tell_processes(std::size_t index) {
    Device& device = devices_[index];
    if (!device.sysfs_path.empty() && is_asleep(files_, device.sysfs_path)) return;
    std::map<unsigned int, Use> uses;
    unsigned int count = static_cast<unsigned int>(processes_.size());
    if (nvml_call(library_->api.compute_processes, device.handle, &count, processes_.data()) == NvmlCode::kSuccess)
      for (unsigned int i = 0; i < std::min<std::size_t>(count, processes_.size()); ++i)
        uses[processes_[i].pid].bytes = processes_[i].used_memory_bytes;
    count = static_cast<unsigned int>(samples_.size());
    const auto since = static_cast<unsigned long long>(device.last_sample_us);
    bool told =
        nvml_call(library_->api.process_use, device.handle, samples_.data(), &count, since) == NvmlCode::kSuccess;
    for (unsigned int i = 0; told && i < std::min<std::size_t>(count, samples_.size()); ++i) {
      if (samples_[i].time_us <= since || samples_[i].sm_percent > 100)
        continue;  // old entries and empty slots come along
      Use& use = uses[samples_[i].pid];
      use.percent_sum += samples_[i].sm_percent;
      ++use.samples;
      device.last_sample_us = std::max<std::uint64_t>(device.last_sample_us, samples_[i].time_us);
    }
    for (const auto& [pid, use] : uses) {
      NvmlRecord made = record(NvmlRecordType::kProcess);
      made.device = static_cast<std::int32_t>(index);
      made.pid = pid;
      made.value = use.bytes;
      made.percent =
          use.samples == 0 ? kNvmlUnknownPercent : static_cast<std::uint32_t>(use.percent_sum / use.samples + 0.5);
      put(made);
    }
  }

  int poll_devices() {
    std::int64_t next_processes_ns = 0;
    for (;;) {
      const std::int64_t begin_ns = clock_.now().mono.ns;
      for (std::size_t i = 0; i < devices_.size(); ++i)
        if (devices_[i].kind != NvmlMeterKind::kNone && !tell_reading(i))
          return fail_with(NvmlCode::kUninitialized, "the driver no longer answers; NVML is started anew");
      NvmlRecord end = record(NvmlRecordType::kEnd);
      if (begin_ns >= next_processes_ns) {
        for (std::size_t i = 0; i < devices_.size(); ++i) tell_processes(i);
        next_processes_ns = begin_ns + options_.process_period.ns;
        end.value = 1;  // the list of processes is complete
      }
      put(end);
      if (!pipe_.flush()) return 0;
      const Duration rest{options_.period.ns - (clock_.now().mono.ns - begin_ns)};
      if (!pipe_.wait(rest)) return 0;
    }
  }

  const NvmlWorkerOptions& options_;
  FileSystem& files_;
  const Clock& clock_;
  RecordPipe pipe_;
  std::unique_ptr<NvmlLibrary> library_;
  std::vector<PciGpu> pci_;
  bool attach_by_bus_ = false;
  std::vector<Device> devices_;
  std::array<NvmlProcessInfo, kMostProcesses> processes_{};
  std::array<NvmlProcessSample, kMostProcesses> samples_{};
};

Result<Duration> parse_period(const char* text) {
  OLIVINE_TRY(const std::uint64_t ms, parse_u64(text));
  if (ms < 1 || ms > 3'600'000) return fail(ErrorKind::kInvalid, "a period is 1 ms to an hour");
  return milliseconds(static_cast<std::int64_t>(ms));
}

}  // namespace

int serve_nvml(const NvmlWorkerOptions& options, FileSystem& files, const Clock& clock, int fd) {
  return Worker(options, files, clock, fd).run();
}

std::vector<std::string> worker_arguments(const NvmlWorkerOptions& options) {
  return {options.library, options.sysfs_root, std::to_string(options.period.ns / 1'000'000),
          std::to_string(options.process_period.ns / 1'000'000)};
}

Result<NvmlWorkerOptions> parse_worker_arguments(std::span<const char* const> arguments) {
  if (arguments.size() != 4) return fail(ErrorKind::kInvalid, "the NVML helper is started by Olivine only");
  NvmlWorkerOptions options;
  options.library = arguments[0];
  options.sysfs_root = arguments[1];
  OLIVINE_TRY(options.period, parse_period(arguments[2]));
  OLIVINE_TRY(options.process_period, parse_period(arguments[3]));
  return options;
}

int nvml_helper_main(std::span<const char* const> arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a helper that hangs must not outlive its parent
  ::prctl(PR_SET_NAME, "olivine-nvml");
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::signal(SIGPIPE, SIG_IGN);
  const auto options = parse_worker_arguments(arguments);
  if (!options) return 2;
  RealFileSystem files;
  const SystemClock clock;
  return serve_nvml(*options, files, clock, kNvmlRecordFd);
}

}  // namespace olivine
