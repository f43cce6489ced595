// MemoryFileSystem: a file tree in memory with per-file errors, the sysfs and procfs of tests.
//
//   MemoryFileSystem files;
//   files.write("/sys/class/powercap/intel-rapl:0/energy_uj", "1000\n");
//   files.set_error("/sys/class/powercap/intel-rapl:0/energy_uj", EACCES);   // reads fail until set_error(path, 0)
//   files.remove("/sys/class/powercap/intel-rapl:0");                         // with everything below; open files see ENODEV
//
// Links may stand anywhere in a path, as in /sys/class/powercap; everything written below a link lands in its target.
// An error of EACCES, EPERM, EMFILE, ENFILE or ENOENT already fails the open, any other (EIO, ENODATA, ...) the read.
// A file that is removed and written again is a new file: what was open before still sees ENODEV.
//
// Units: bytes. Errors: as RealFileSystem. Threads: one. Lifetime: outlives its open files.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/file_system.h"

namespace olivine {

class MemoryFileSystem final : public FileSystem {
 public:
  void write(const std::string& path, std::string content);
  void link(const std::string& path, const std::string& target);  // `path` resolves to `target`
  void set_error(const std::string& path, int error_number);
  void remove(const std::string& path);
  // Called with ("open" | "read" | "list", real path) before each of them; a non-zero return is the errno of a failed call.
  void set_fault(std::function<int(std::string_view, const std::string&)> fault);

  Result<std::unique_ptr<OpenFile>> open(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Result<std::string> resolve(const std::string& path) override;

 private:
  friend class MemoryFile;
  int fault(std::string_view operation, const std::string& path) const;
  int error_of(const std::string& real_path) const;
  std::string follow(const std::string& path) const;  // "" when the links go round in circles
  bool is_directory(const std::string& real_path) const;

  std::map<std::string, std::shared_ptr<std::string>> content_;
  std::map<std::string, std::string> links_;
  std::map<std::string, int> errors_;
  std::function<int(std::string_view, const std::string&)> fault_;
};

}  // namespace olivine
