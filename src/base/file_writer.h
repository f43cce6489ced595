// FileWriter: the seam for files that are kept: each is replaced as a whole or not at all.
//
// `replace` writes beside the target, flushes to the disk, renames, and flushes the folder: after a crash the old file or
// the new one is there, never a part. Missing folders are made (0755). A file left over from a killed writer ends in
// ".part-PID" and is never read.
//
// Units: bytes. Errors: kinds as error_from_errno; on an error the old file is untouched. Threads: different paths at a
// time. Lifetime: stateless.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace olivine {

class FileWriter {
 public:
  virtual ~FileWriter() = default;
  virtual Status replace(const std::string& path, std::string_view bytes) = 0;
  virtual Status remove(const std::string& path) = 0;  // kNotFound when it is not there
};

class RealFileWriter final : public FileWriter {
 public:
  Status replace(const std::string& path, std::string_view bytes) override;
  Status remove(const std::string& path) override;
};

}  // namespace olivine
