// BlobStore: a folder of small named blobs that may vanish at any time: what a cache needs and no more.
//
// A write is atomic: a reader sees the old blob or the new one, never a part of it, also when the writer is killed. The
// folder and its files are open to their owner only. Names are [a-z0-9._-], do not begin with a dot, and are chosen by the
// program, never by a user.
//
//   BlobDirectory cache("/home/u/.cache/olivine/grid");
//   OLIVINE_CHECK_STATUS(cache.replace("0f3a.answer", bytes));
//   OLIVINE_CHECK_STATUS(cache.keep_within(64 << 20));   // removes what was written longest ago
//
// Units: bytes. Errors: kNotFound where there is no such blob; else as error_from_errno. A name that breaks the rule is
// our own bug: std::logic_error. Threads and processes: any number; the last writer wins. Lifetime: owns nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace olivine {

class BlobStore {
 public:
  virtual ~BlobStore() = default;
  virtual Result<std::string> read(const std::string& name) = 0;
  virtual Status replace(const std::string& name, std::string_view bytes) = 0;
  // Removes blobs, those written longest ago first, until the rest is at most max_bytes.
  virtual Status keep_within(std::uint64_t max_bytes) = 0;
};

// "0f3a.answer" -> true; "", "..", "a/b", "A" -> false.
bool is_blob_name(std::string_view name);

class BlobDirectory final : public BlobStore {
 public:
  // Made on the first write, with its parents, mode 0700.
  explicit BlobDirectory(std::string path, std::size_t max_blob_bytes = std::size_t{32} << 20)
      : path_(std::move(path)), max_blob_bytes_(max_blob_bytes) {}
  Result<std::string> read(const std::string& name) override;
  Status replace(const std::string& name, std::string_view bytes) override;
  Status keep_within(std::uint64_t max_bytes) override;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::size_t max_blob_bytes_;
};

}  // namespace olivine
