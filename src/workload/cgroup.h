// PrivateCgroup: a cgroup of our own for the run, where the system allows it (v2 delegation, or v1 cpuacct as root). The
// kernel then counts the CPU time of the whole tree, however short-lived its processes are, and nothing escapes by
// double-forking. Never limits anything.
//
// v2: cpu.stat usage_usec (always there), memory.current where the controller is on. v1: cpuacct.usage (ns),
// memory.usage_in_bytes.
//
// Units: ns, bytes. Errors: creation says why not (permission, no hierarchy); the caller then follows the process tree.
// Threads: one. Lifetime: close() moves what still runs to the parent cgroup and removes ours; called by the destructor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/file_system.h"

namespace olivine {

class PrivateCgroup {
 public:
  // `name` becomes the directory "olivine-NAME" below our own cgroup of each hierarchy.
  struct Wish {
    std::string procfs_root, cgroup_root, name;
    bool version_1 = false;  // also where only version 1 counts CPU time
  };
  static Result<std::unique_ptr<PrivateCgroup>> create(FileSystem& files, const Wish& wish);
  ~PrivateCgroup();
  PrivateCgroup(const PrivateCgroup&) = delete;
  PrivateCgroup& operator=(const PrivateCgroup&) = delete;

  const std::vector<int>& procs_fds() const { return procs_fds_; }
  int directory_fd() const { return directory_fd_; }  // of a v2 cgroup, for clone3; -1 for v1
  Result<std::int64_t> cpu_ns();
  Result<std::int64_t> memory_bytes();  // kUnsupported without a memory controller
  std::vector<std::int64_t> pids() const;
  const std::string& version() const { return version_; }                                               // "v1", "v2"
  std::string v2_directory() const { return version_ == "v2" ? directories_.front() : std::string(); }  // "" for v1
  void close();

 private:
  explicit PrivateCgroup(FileSystem& files) : files_(files) {}
  Status add_directory(const std::string& parent, const std::string& name);

  FileSystem& files_;
  std::string version_;
  std::vector<std::string> directories_;  // ours, one for each hierarchy
  std::vector<int> procs_fds_;
  int directory_fd_ = -1;
  std::unique_ptr<OpenFile> cpu_, memory_;
};

// Removes a cgroup of ours; what outlived the run goes back to its parent, where it would have been without us.
void remove_cgroup(FileSystem& files, const std::string& directory);

// Where this process is: hierarchy ("" for v2, else the v1 controller list) -> path, from /proc/self/cgroup.
struct OwnCgroup {
  std::string controllers;  // "cpu,cpuacct"; "" for v2
  std::string path;         // "/user.slice/..."
};
std::vector<OwnCgroup> parse_own_cgroups(std::string_view proc_self_cgroup);

}  // namespace olivine
