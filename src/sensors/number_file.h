// NumberFile: one sysfs file with one unsigned number, kept open, so that a reading is one pread.
//
// A file that vanishes (driver reload, hotplug) gives `gone` until it is back: each reading then tries to open it anew,
// and the first success goes on as if nothing had been. What counts and what does not is the caller's business.
//
// Units: the file's own. Errors: as FileSystem; kGone while the file is away; kCorrupt when the text is not a number of
// at most 64 bits. Threads: one. Lifetime: within its FileSystem.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/file_system.h"

namespace olivine {

class NumberFile {
 public:
  NumberFile(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}
  Result<std::uint64_t> read();
  const std::string& path() const { return path_; }

 private:
  Result<std::uint64_t> read_open();
  Result<std::uint64_t> reopen_and_read();

  FileSystem& files_;
  std::string path_;
  std::unique_ptr<OpenFile> file_;
  bool seen_ = false;  // it could be opened once: missing then means gone
};

// Discovery must not lose a meter to a reading that fails now and then: asks again, at once, while the error is
// transient (64 tries: of calls of which every second one fails, one in 10^8 meters is missed).
inline constexpr int kPatientTries = 64;
template <class Ask>
auto patiently(Ask ask) {
  auto answer = ask();
  for (int i = 1; i < kPatientTries && !answer && answer.error().kind == ErrorKind::kTransient; ++i) answer = ask();
  return answer;
}
Result<std::string> read_line_patiently(FileSystem& files, const std::string& path);
Result<std::uint64_t> read_u64_patiently(FileSystem& files, const std::string& path);

}  // namespace olivine
