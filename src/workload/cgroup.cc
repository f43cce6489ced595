#include "workload/cgroup.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/text.h"

namespace olivine {
namespace {

bool has_controller(const OwnCgroup& own, std::string_view wanted) {
  const auto names = split(own.controllers, ',');
  return std::find(names.begin(), names.end(), wanted) != names.end();
}

std::string joined(const std::string& mount, const std::string& path) { return path == "/" ? mount : mount + path; }

// The mount point of a v1 controller: its own name, or the joint mount "cpu,cpuacct".
std::string v1_mount(FileSystem& files, const std::string& root, const std::string& controllers,
                     const std::string& wanted) {
  for (const std::string& name : {wanted, controllers})
    if (files.list(root + "/" + name)) return root + "/" + name;
  return {};
}

}  // namespace

std::vector<OwnCgroup> parse_own_cgroups(std::string_view text) {
  std::vector<OwnCgroup> own;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    own.push_back({std::string(line.substr(first + 1, second - first - 1)), std::string(line.substr(second + 1))});
  }
  return own;
}

Status PrivateCgroup::add_directory(const std::string& parent, const std::string& name) {
  const std::string directory = parent + "/olivine-" + name;
  if (::mkdir(directory.c_str(), 0755) != 0)
    return tl::unexpected<Error>(error_from_errno(errno, "making the private cgroup " + directory));
  directories_.push_back(directory);
  const int fd = ::open((directory + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return tl::unexpected<Error>(error_from_errno(errno, "opening " + directory + "/cgroup.procs"));
  procs_fds_.push_back(fd);
  return {};
}

Result<std::unique_ptr<PrivateCgroup>> PrivateCgroup::create(FileSystem& files, const Wish& wish) {
  const std::string& cgroup_root = wish.cgroup_root;
  const std::string& name = wish.name;
  OLIVINE_TRY(const std::string text, read_text(files, wish.procfs_root + "/self/cgroup"));
  std::unique_ptr<PrivateCgroup> group(new PrivateCgroup(files));
  std::string v2_path, cpuacct, memory;
  for (const OwnCgroup& own : parse_own_cgroups(text)) {
    if (own.controllers.empty()) v2_path = own.path;
    if (has_controller(own, "cpuacct"))
      cpuacct = joined(v1_mount(files, cgroup_root, own.controllers, "cpuacct"), own.path);
    if (has_controller(own, "memory"))
      memory = joined(v1_mount(files, cgroup_root, own.controllers, "memory"), own.path);
  }
  const auto open_in = [&](const std::string& file) -> std::unique_ptr<OpenFile> {
    auto opened = files.open(group->directories_.back() + "/" + file);
    return opened ? std::move(*opened) : nullptr;
  };
  if (!v2_path.empty() && files.open(joined(cgroup_root, v2_path) + "/cgroup.procs") && cpuacct.empty()) {
    group->version_ = "v2";
    OLIVINE_CHECK_STATUS(group->add_directory(joined(cgroup_root, v2_path), name));
    group->cpu_ = open_in("cpu.stat");
    group->memory_ = open_in("memory.current");
    group->directory_fd_ = ::open(group->directories_.back().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  } else if (!cpuacct.empty() && !wish.version_1) {
    return fail(
        ErrorKind::kUnsupported,
        "only cgroup version 1 counts CPU time here; entering one delays the start (cgroup = \"always\" does it)");
  } else if (!cpuacct.empty()) {
    group->version_ = "v1";
    OLIVINE_CHECK_STATUS(group->add_directory(cpuacct, name));
    group->cpu_ = open_in("cpuacct.usage");
    if (!memory.empty() && memory != cpuacct && group->add_directory(memory, name))
      group->memory_ = open_in("memory.usage_in_bytes");
  } else {
    return fail(ErrorKind::kUnsupported, "no cgroup hierarchy with CPU accounting is mounted at " + cgroup_root);
  }
  if (group->cpu_ == nullptr) return fail(ErrorKind::kUnsupported, "the cgroup has no CPU accounting file");
  return group;
}

PrivateCgroup::~PrivateCgroup() { close(); }

Result<std::int64_t> PrivateCgroup::cpu_ns() {
  std::array<char, 512> buffer{};
  OLIVINE_TRY(const std::size_t size, cpu_->read_at_start(buffer));
  const std::string_view text(buffer.data(), size);
  if (version_ == "v1") return parse_i64(trim(text));
  constexpr std::string_view kKey = "usage_usec ";
  const std::size_t at = text.find(kKey);
  if (at == std::string_view::npos) return fail(ErrorKind::kCorrupt, "cpu.stat has no usage_usec");
  const std::string_view rest = text.substr(at + kKey.size());
  return parse_i64(rest.substr(0, rest.find('\n'))).map([](std::int64_t us) { return us * 1000; });
}

Result<std::int64_t> PrivateCgroup::memory_bytes() {
  if (memory_ == nullptr) return fail(ErrorKind::kUnsupported, "no memory controller for a private cgroup");
  std::array<char, 64> buffer{};
  OLIVINE_TRY(const std::size_t size, memory_->read_at_start(buffer));
  return parse_i64(trim(std::string_view(buffer.data(), size)));
}

std::vector<std::int64_t> PrivateCgroup::pids() const {
  std::vector<std::int64_t> pids;
  if (directories_.empty()) return pids;
  if (const auto text = read_text(files_, directories_.front() + "/cgroup.procs"))
    for (const std::string_view word : split_words(*text))
      if (const auto pid = parse_i64(word)) pids.push_back(*pid);
  return pids;
}

void remove_cgroup(FileSystem& files, const std::string& directory) {
  const std::string parent = directory.substr(0, directory.rfind('/'));
  for (int round = 0; round < 10 && ::rmdir(directory.c_str()) != 0 && errno == EBUSY; ++round) {
    const auto text = read_text(files, directory + "/cgroup.procs");
    const int fd = ::open((parent + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC);
    if (!text || fd < 0) break;
    for (const std::string_view pid : split_words(*text))
      if (::write(fd, pid.data(), pid.size()) < 0) continue;  // it ended meanwhile
    ::close(fd);
  }
}

void PrivateCgroup::close() {
  for (const int fd : procs_fds_) ::close(fd);
  procs_fds_.clear();
  if (directory_fd_ >= 0) ::close(directory_fd_);
  directory_fd_ = -1;
  cpu_.reset();
  memory_.reset();
  for (const std::string& directory : directories_) remove_cgroup(files_, directory);
  directories_.clear();
}

}  // namespace olivine
