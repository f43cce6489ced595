// AnswerCache: what services answered, on disk, so that the same question is not asked twice and an offline machine has
// something to say, with its age.
//
//   age <= ttl            fresh: serves without a request
//   age <= longest_stale  stale: asked again with its ETag; serves when the service cannot be reached, with its age
//   older                 never served
//
// An entry's key is the content hash of the public URL: secrets are neither in the key nor in the entry (the body is
// cleaned of them, some services send a key back). An entry is one blob: a line of JSON (schema olivine.grid-answer/1, with
// length and hash of the body) and the body. One that is damaged, or that answers another URL, counts as absent. A cache that
// cannot be written is a note, never a failure.
//
// Units: bytes, UTC. Errors: none; notes. Threads: one; processes: any number. Lifetime: the store outlives it.
#pragma once

#include <optional>
#include <string>

#include "base/blob_store.h"
#include "base/time.h"
#include "grid/providers/http_client.h"

namespace olivine {

inline constexpr std::uint64_t kMaxCacheBytes = std::uint64_t{64} << 20;

struct CachedAnswer {
  WallTime stored;   // when the service gave it, or last said that it still holds
  std::string etag;  // "" when the service gave none
  std::string body;
};

class AnswerCache {
 public:
  // `files` null: nothing is kept.
  explicit AnswerCache(BlobStore* files, std::uint64_t max_bytes = kMaxCacheBytes)
      : files_(files), max_bytes_(max_bytes) {}
  std::optional<CachedAnswer> find(const HttpRequest& request);
  // Keeps the answer; returns what went wrong, "" when nothing did.
  std::string keep(const HttpRequest& request, const CachedAnswer& answer);

 private:
  BlobStore* files_;
  std::uint64_t max_bytes_;
};

// Name of the blob for a request.
std::string cache_name(const HttpRequest& request);

}  // namespace olivine
