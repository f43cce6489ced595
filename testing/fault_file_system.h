// FaultFileSystem: another file system whose calls fail when told: "the Nth call fails", "every third read fails".
//
//   FaultFileSystem faulty(files, [&](const FileCall& call) -> std::optional<Fault> {
//     if (call.number == n) return Fault{Fault::Kind::kErrno, EIO};
//     return std::nullopt;
//   });
//
// Calls are numbered from 1 over all operations. An errno fails any call; a short read keeps the first half of what was
// read, an empty read nothing, garbage replaces every byte; these three leave opens, listings and resolves alone.
//
// Units: bytes. Errors: those of the plan and of the file system below. Threads: one. Lifetime: within the file system
// below; outlives its open files.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"

namespace olivine {

struct Fault {
  enum class Kind { kErrno, kShortRead, kEmpty, kGarbage } kind = Kind::kErrno;
  int error_number = 0;  // of kErrno
};

struct FileCall {
  std::string_view operation;  // "open", "read", "list", "resolve"
  std::string_view path;
  std::int64_t number = 0;
};

class FaultFileSystem final : public FileSystem {
 public:
  using Plan = std::function<std::optional<Fault>(const FileCall&)>;
  FaultFileSystem(FileSystem& inner, Plan plan) : inner_(inner), plan_(std::move(plan)) {}

  Result<std::unique_ptr<OpenFile>> open(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Result<std::string> resolve(const std::string& path) override;
  std::int64_t calls() const { return calls_; }

 private:
  friend class FaultFile;
  std::optional<Fault> fault(std::string_view operation, const std::string& path);

  FileSystem& inner_;
  Plan plan_;
  std::int64_t calls_ = 0;
};

}  // namespace olivine
