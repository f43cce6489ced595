#include "sensors/nvml/nvml_client.h"

#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/text.h"
#include "hardware/nvml_api.h"
#include "sensors/nvml/nvml_spawn.h"

namespace olivine {
namespace {

constexpr std::size_t kMostGpus = 64;
constexpr std::size_t kMostMig = 16;
constexpr std::size_t kMostProcesses = 8192;
constexpr int kMostReadsPerPump = 128;  // of 32 records each: one pass over a full pipe

void close_and_forget(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

bool is_text(const std::string& text) { return !text.empty() && text == printable(text); }

ErrorKind kind_of_code(std::int32_t code) {
  switch (static_cast<NvmlCode>(code)) {
    case NvmlCode::kGpuIsLost:
    case NvmlCode::kResetRequired:
    case NvmlCode::kNotFound: return ErrorKind::kGone;
    case NvmlCode::kNoPermission:
    case NvmlCode::kOperatingSystem: return ErrorKind::kPermission;
    case NvmlCode::kNotSupported: return ErrorKind::kUnsupported;
    default: return ErrorKind::kTransient;
  }
}

}  // namespace

NvmlMeter::NvmlMeter(const Clock& clock, NvmlHelperOptions options)
    : clock_(clock), options_(std::move(options)), pause_(options_.first_pause) {
  created_ns_ = clock_.now().mono.ns;
  start(created_ns_);
}

NvmlMeter::~NvmlMeter() {
  constexpr int kPatienceMs = 200;
  close_and_forget(fd_);
  if (pid_ != 0) {
    if (pid_fd_ < 0 || ::syscall(SYS_pidfd_send_signal, pid_fd_, SIGKILL, nullptr, 0) != 0) ::kill(pid_, SIGKILL);
    pollfd ended{pid_fd_, POLLIN, 0};
    if (pid_fd_ >= 0) ::poll(&ended, 1, kPatienceMs);
    reaped();
  }
  close_and_forget(pid_fd_);
}

std::optional<pid_t> NvmlMeter::helper_pid() const { return pid_ == 0 ? std::nullopt : std::optional<pid_t>(pid_); }

// True when no helper of ours exists any more. Somebody else may have collected it (a supervisor that waits for all).
bool NvmlMeter::reaped() {
  if (pid_ == 0) return true;
  int status = 0;
  const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
  if (ended == 0 || (ended < 0 && errno != ECHILD)) return false;
  if (ended > 0 && WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
    why_ = fmt::format("the NVML helper crashed (signal {}) inside NVIDIA's library", WTERMSIG(status));
  pid_ = 0;
  close_and_forget(pid_fd_);
  return true;
}

void NvmlMeter::start(std::int64_t now_ns) {
  ++starts_;
  by_device_.clear();
  has_round_ = false;
  auto helper = spawn_helper(options_.command);
  if (!helper) {
    stop(now_ns, helper.error().message);
    return;
  }
  pid_ = helper->pid;
  fd_ = helper->records_fd;
  pid_fd_ = helper->pid_fd;
  heard_ns_ = now_ns;
  state_ = State::kStarting;
}

void NvmlMeter::stop(std::int64_t now_ns, std::string why) {
  why_ = std::move(why);
  close_and_forget(fd_);
  if (pid_ != 0 && (pid_fd_ < 0 || ::syscall(SYS_pidfd_send_signal, pid_fd_, SIGKILL, nullptr, 0) != 0))
    ::kill(pid_, SIGKILL);
  reaped();
  state_ = State::kPaused;
  processes_.clear();
  next_processes_.clear();
  restart_ns_ = now_ns + pause_.ns;
  pause_ = std::min(Duration{pause_.ns * 2}, options_.longest_pause);
}

void NvmlMeter::drain(std::int64_t now_ns) {
  std::array<NvmlRecord, 32> records;
  for (int i = 0; i < kMostReadsPerPump; ++i) {
    const ssize_t count = ::read(fd_, records.data(), sizeof records);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0 || static_cast<std::size_t>(count) % sizeof(NvmlRecord) != 0) {
      stop(now_ns, why_.empty() ? "the NVML helper ended" : why_);
      return;
    }
    heard_ns_ = now_ns;
    for (std::size_t k = 0; k < static_cast<std::size_t>(count) / sizeof(NvmlRecord); ++k) {
      if (records[k].magic != kNvmlMagic) {
        stop(now_ns, "the NVML helper wrote nonsense");
        return;
      }
      take(records[k]);
    }
  }
}

void NvmlMeter::take_device(const NvmlRecord& record) {
  const std::string uuid = text_of(record.uuid);
  if (!is_text(uuid) || by_device_.size() >= kMostGpus || record.device != static_cast<int>(by_device_.size())) return;
  by_device_.push_back(uuid);
  const auto known = std::find_if(gpus_.begin(), gpus_.end(), [&](const NvmlGpu& gpu) { return gpu.uuid == uuid; });
  const auto kind = record.value <= 2 ? static_cast<NvmlMeterKind>(record.value) : NvmlMeterKind::kNone;
  NvmlGpu gpu{static_cast<int>(record.pid & 0xffU),
              uuid,
              printable(text_of(record.text)),
              printable(text_of(record.pci)),
              kind,
              record.extra,
              {}};
  if (known == gpus_.end()) {
    gpus_.push_back(std::move(gpu));
  } else {
    *known = std::move(gpu);
  }
}

void NvmlMeter::take(const NvmlRecord& record) {
  const bool has_device = record.device >= 0 && static_cast<std::size_t>(record.device) < by_device_.size();
  const std::string uuid = has_device ? by_device_[static_cast<std::size_t>(record.device)] : "";
  switch (record.type) {
    case NvmlRecordType::kHello: why_.clear(); break;
    case NvmlRecordType::kDevice: take_device(record); break;
    case NvmlRecordType::kMig:
      for (NvmlGpu& gpu : gpus_)
        if (has_device && gpu.uuid == uuid && gpu.mig.size() < kMostMig && is_text(text_of(record.uuid)))
          gpu.mig.push_back({text_of(record.uuid), record.value, record.extra});
      break;
    case NvmlRecordType::kReady:
      driver_version_ = printable(text_of(record.text));
      unnamed_ = record.value > by_device_.size() ? record.value - by_device_.size() : 0;
      state_ = State::kServing;
      break;
    case NvmlRecordType::kReading:
      if (has_device) {
        Reading& reading = readings_[uuid];
        reading.code = record.code;
        reading.told_ns = record.mono_ns;
        if (record.code == 0) {
          reading.value = record.value;
          reading.last_good_ns = record.mono_ns;
          pause_ = options_.first_pause;
        }
      }
      break;
    case NvmlRecordType::kProcess:
      if (has_device && next_processes_.size() < kMostProcesses)
        next_processes_.push_back(
            {uuid, record.pid, record.value == kNvmlUnknownBytes ? std::nullopt : std::optional(record.value),
             record.percent > 100 ? std::nullopt : std::optional(static_cast<double>(record.percent))});
      break;
    case NvmlRecordType::kEnd:
      has_round_ = true;
      if (record.value != 1) break;
      processes_ = std::exchange(next_processes_, {});
      ++lists_;
      break;
    case NvmlRecordType::kFailed:
      why_ = fmt::format("NVML: {} ({})", printable(text_of(record.text)), name_of(static_cast<NvmlCode>(record.code)));
      break;
  }
}

void NvmlMeter::pump() {
  const std::int64_t now_ns = clock_.now().mono.ns;
  if (state_ == State::kPaused) {
    if (now_ns < restart_ns_ || !reaped()) return;
    start(now_ns);
    return;
  }
  drain(now_ns);
  if (state_ == State::kPaused) return;
  const Duration allowed = state_ == State::kStarting ? options_.start_deadline : options_.deadline;
  if (now_ns - heard_ns_ > allowed.ns)
    stop(now_ns, fmt::format("NVML has not answered for {}", format_duration({now_ns - heard_ns_})));
}

bool NvmlMeter::wait_for_record(Duration rest) const {
  pollfd records{fd_, POLLIN, 0};
  const int rest_ms = static_cast<int>(std::clamp<std::int64_t>(rest.ns / 1'000'000 + 1, 1, 60'000));
  return ::poll(&records, 1, rest_ms) > 0;
}

Status NvmlMeter::wait_until_ready() {
  const std::int64_t end_ns = clock_.now().mono.ns + options_.start_deadline.ns;
  for (;;) {
    pump();
    if (state_ == State::kServing) {
      if (!has_round_ && wait_for_record(options_.first_values)) pump();
      return {};
    }
    // Not enough time for another try: the run must not wait for NVML.
    if (state_ == State::kPaused) break;
    const std::int64_t rest_ns = end_ns - clock_.now().mono.ns;
    if (rest_ns <= 0) {
      stop(end_ns, fmt::format("NVML has not answered for {}", format_duration(options_.start_deadline)));
      break;
    }
    wait_for_record({rest_ns});
  }
  // The helper has ended or been killed; its last word may be a signal, which the kernel tells a moment later.
  pollfd ended{pid_fd_, POLLIN, 0};
  if (pid_ != 0 && pid_fd_ >= 0) ::poll(&ended, 1, 100);
  reaped();
  return fail(ErrorKind::kTransient, why_);
}

Result<std::uint64_t> NvmlMeter::value(const std::string& uuid) {
  pump();
  const std::int64_t now_ns = clock_.now().mono.ns;
  const auto found = readings_.find(uuid);
  const Reading reading = found == readings_.end() ? Reading{} : found->second;
  const bool fresh =
      state_ == State::kServing && reading.told_ns != 0 && now_ns - reading.told_ns <= options_.deadline.ns;
  if (fresh && reading.code == 0) return reading.value;
  if (fresh && reading.code == kNvmlAsleep)
    return fail(ErrorKind::kTransient, "GPU " + uuid + " sleeps and is not woken by a reading");
  if (fresh)
    return fail(kind_of_code(reading.code),
                fmt::format("GPU {}: {}", uuid, name_of(static_cast<NvmlCode>(reading.code))));
  const std::int64_t last_good_ns = reading.last_good_ns == 0 ? created_ns_ : reading.last_good_ns;
  const bool gone = now_ns - last_good_ns > options_.gone_after.ns;
  return fail(gone ? ErrorKind::kGone : ErrorKind::kTransient,
              fmt::format("GPU {}: {}", uuid, why_.empty() ? "no reading yet" : why_));
}

const std::vector<NvmlProcessUse>& NvmlMeter::processes() {
  pump();
  return processes_;
}

}  // namespace olivine
