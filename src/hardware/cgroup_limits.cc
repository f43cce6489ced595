#include "hardware/cgroup_limits.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxDepth = 64;
// v1 writes "no limit" as the greatest multiple of the page size that fits; nobody has 2^60 bytes.
constexpr std::int64_t kNoLimitBytes = std::int64_t{1} << 60;

struct Membership {  // one line of /proc/self/cgroup: "4:memory:/path", v2 "0::/path"
  std::string controllers;
  std::string path;
};

std::vector<Membership> memberships(FileSystem& files, const std::string& procfs_root) {
  std::vector<Membership> found;
  const Result<std::string> text = read_text(files, procfs_root + "/self/cgroup");
  if (!text) return found;
  for (const std::string_view line : split(*text, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    found.push_back({std::string(line.substr(first + 1, second - first - 1)), std::string(line.substr(second + 1))});
  }
  return found;
}

bool names_controller(std::string_view controllers, std::string_view wanted) {
  const std::vector<std::string_view> names = split(controllers, ',');
  return std::find(names.begin(), names.end(), wanted) != names.end();
}

// The part of the tree that a mount shows: field 4 of the mountinfo line whose type (and, on v1, options) fits.
// "36 25 0:32 /docker/ab /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory"
std::string mount_root(std::string_view mountinfo, std::string_view type, std::string_view controller) {
  for (const std::string_view line : split(mountinfo, '\n')) {
    if (line.find(type) == std::string_view::npos) continue;  // most lines: not worth taking apart
    const std::vector<std::string_view> words = split_words(line);
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (words.size() < 6 || words.end() - dash < 4 || *(dash + 1) != type) continue;
    if (!controller.empty() && !names_controller(*(dash + 3), controller)) continue;
    return words[3] == "/" ? "" : std::string(words[3]);
  }
  return "";
}

// `path` and its parents, deepest first, as seen below the mount.
std::vector<std::string> ways_up(std::string path, const std::string& root) {
  if (!root.empty() && (path == root || path.starts_with(root + "/"))) path = path.substr(root.size());
  std::vector<std::string> ways;
  while (!path.empty() && path != "/" && ways.size() < kMaxDepth) {
    if (path.find("/..") == std::string::npos) ways.push_back(path);
    path = path.substr(0, path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
  ways.emplace_back("");
  return ways;
}

template <class Number>
void keep_least(std::optional<Number>& least, std::optional<Number> value) {
  if (value && (!least || *value < *least)) least = value;
}

std::optional<std::int64_t> memory_limit(FileSystem& files, const std::string& path) {
  const Result<std::string> text = read_line(files, path);
  if (!text) return std::nullopt;
  const Result<std::int64_t> bytes = parse_i64(*text);  // "max" is no number
  if (!bytes || *bytes <= 0 || *bytes >= kNoLimitBytes) return std::nullopt;
  return *bytes;
}

std::optional<double> quota(std::string_view quota_us, std::string_view period_us) {
  const Result<std::int64_t> allowed = parse_i64(trim(quota_us));
  const Result<std::int64_t> period = parse_i64(trim(period_us));
  if (!allowed || !period || *allowed <= 0 || *period <= 0) return std::nullopt;
  return static_cast<double>(*allowed) / static_cast<double>(*period);
}

void read_v2(FileSystem& files, const std::string& directory, CgroupLimits& limits) {
  keep_least(limits.memory_bytes, memory_limit(files, directory + "/memory.max"));
  const Result<std::string> cpu_max = read_line(files, directory + "/cpu.max");
  if (!cpu_max) return;
  const std::vector<std::string_view> words = split_words(*cpu_max);
  if (words.size() == 2) keep_least(limits.cpus, quota(words[0], words[1]));
}

void read_v1_cpu(FileSystem& files, const std::string& directory, CgroupLimits& limits) {
  const Result<std::string> allowed = read_line(files, directory + "/cpu.cfs_quota_us");
  const Result<std::string> period = read_line(files, directory + "/cpu.cfs_period_us");
  if (allowed && period) keep_least(limits.cpus, quota(*allowed, *period));
}

}  // namespace

CgroupLimits read_cgroup_limits(FileSystem& files, const std::string& procfs_root, const std::string& cgroup_root) {
  CgroupLimits limits;
  const std::string mountinfo = read_text(files, procfs_root + "/self/mountinfo").value_or("");
  for (const Membership& member : memberships(files, procfs_root)) {
    const bool v2 = member.controllers.empty();
    if (v2) {
      for (const std::string& way : ways_up(member.path, mount_root(mountinfo, "cgroup2", ""))) {
        for (const char* where : {"", "/unified"}) read_v2(files, cgroup_root + where + way, limits);
      }
      continue;
    }
    for (const std::string_view controller : {"memory", "cpu"}) {
      if (!names_controller(member.controllers, controller)) continue;
      std::vector<std::string> bases{cgroup_root + "/" + std::string(controller)};
      if (member.controllers != controller) bases.push_back(cgroup_root + "/" + member.controllers);
      for (const std::string& way : ways_up(member.path, mount_root(mountinfo, "cgroup", controller))) {
        for (const std::string& base : bases) {
          if (controller == "memory") {
            keep_least(limits.memory_bytes, memory_limit(files, base + way + "/memory.limit_in_bytes"));
          } else {
            read_v1_cpu(files, base + way, limits);
          }
        }
      }
    }
  }
  return limits;
}

}  // namespace olivine
