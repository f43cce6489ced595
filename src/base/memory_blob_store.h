// MemoryBlobStore: a BlobStore that ends with its owner, for simulations and tests; failures on demand.
//
// Units: bytes. Errors: kNotFound; kPermission while `failing`. Threads: one. Lifetime: value.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/blob_store.h"

namespace olivine {

class MemoryBlobStore final : public BlobStore {
 public:
  std::map<std::string, std::string> blobs;
  std::vector<std::string> order;  // as written
  bool failing = false;

  Result<std::string> read(const std::string& name) override {
    if (failing) return fail(ErrorKind::kPermission, "reading " + name + ": permission denied");
    const auto found = blobs.find(name);
    if (found == blobs.end()) return fail(ErrorKind::kNotFound, name + " is not there");
    return found->second;
  }
  Status replace(const std::string& name, std::string_view bytes) override {
    if (failing) return fail(ErrorKind::kPermission, "writing " + name + ": permission denied");
    std::erase(order, name);
    order.push_back(name);
    blobs[name] = std::string(bytes);
    return {};
  }
  Status keep_within(std::uint64_t max_bytes) override {
    while (!order.empty() && total() > max_bytes) {
      blobs.erase(order.front());
      order.erase(order.begin());
    }
    return {};
  }
  std::uint64_t total() const {
    std::uint64_t bytes = 0;
    for (const auto& [name, blob] : blobs) bytes += blob.size();
    return bytes;
  }
};

}  // namespace olivine
