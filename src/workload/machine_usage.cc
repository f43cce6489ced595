#include "workload/machine_usage.h"

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::int64_t kNsPerTick = 10'000'000;  // USER_HZ is 100 on every Linux architecture
constexpr std::size_t kUser = 0, kNice = 1, kSystem = 2, kIrq = 5, kSoftirq = 6;

// "MemTotal:       24000000 kB" -> bytes.
Result<std::int64_t> kilobytes(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return fail(ErrorKind::kCorrupt, "meminfo has no " + std::string(name));
  const std::string_view line = text.substr(at + name.size(), text.find('\n', at) - at - name.size());
  const std::string_view number = trim(line.substr(0, line.find("kB")));
  return parse_i64(number).map([](std::int64_t kb) { return kb * 1024; });
}

Result<std::string_view> read_into(OpenFile* file, std::span<char> buffer, const std::string& trouble) {
  if (file == nullptr) return fail(ErrorKind::kNotFound, trouble);
  OLIVINE_TRY(const std::size_t size, file->read_at_start(buffer));
  return std::string_view(buffer.data(), size);
}

}  // namespace

MachineUsage::MachineUsage(FileSystem& files, const std::string& procfs_root) {
  if (auto file = files.open(procfs_root + "/stat"))
    stat_ = std::move(*file);
  else
    trouble_ = file.error().message;
  if (auto file = files.open(procfs_root + "/meminfo"))
    meminfo_ = std::move(*file);
  else
    trouble_ = file.error().message;
}

Result<std::int64_t> MachineUsage::busy_ns() {
  // Only the first line is needed: the kernel still makes all of it, but we copy little.
  OLIVINE_TRY(const std::string_view text, read_into(stat_.get(), std::span(buffer_).first(256), trouble_));
  return parse_busy_ns(text);
}

Result<std::int64_t> MachineUsage::used_memory_bytes() {
  OLIVINE_TRY(const std::string_view text, read_into(meminfo_.get(), buffer_, trouble_));
  return parse_used_memory_bytes(text);
}

Result<std::int64_t> parse_busy_ns(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  if (!line.starts_with("cpu ")) return fail(ErrorKind::kCorrupt, "stat: the first line is not 'cpu ...'");
  std::array<std::int64_t, 7> ticks{};
  std::size_t at = 4, field = 0;
  while (field < ticks.size() && at < line.size()) {
    while (at < line.size() && line[at] == ' ') ++at;
    std::size_t end = line.find(' ', at);
    if (end == std::string_view::npos) end = line.size();
    OLIVINE_TRY(ticks[field], parse_i64(line.substr(at, end - at)));
    if (ticks[field] < 0) return fail(ErrorKind::kCorrupt, "stat: negative CPU time");
    ++field;
    at = end;
  }
  if (field < ticks.size()) return fail(ErrorKind::kCorrupt, "stat: too few numbers on the cpu line");
  return (ticks[kUser] + ticks[kNice] + ticks[kSystem] + ticks[kIrq] + ticks[kSoftirq]) * kNsPerTick;
}

Result<std::int64_t> parse_used_memory_bytes(std::string_view text) {
  OLIVINE_TRY(const std::int64_t total, kilobytes(text, "MemTotal:"));
  OLIVINE_TRY(const std::int64_t available, kilobytes(text, "MemAvailable:"));
  if (available > total) return fail(ErrorKind::kCorrupt, "meminfo: more available than installed");
  return total - available;
}

}  // namespace olivine
