// ContentHasher: content_hash (graph.h) of bytes that come piece by piece and are too many to hold.
//
//   ContentHasher hasher;
//   hasher.add("time_utc,");  hasher.add("power_w\n");
//   hasher.hash() == content_hash("time_utc,power_w\n")    whatever the pieces
//
// Units: bytes; 32 hex digits. Errors: none. Threads: one. Lifetime: a value.
#pragma once

#include <memory>
#include <string_view>

#include "provenance/graph.h"

namespace olivine {

class ContentHasher {
 public:
  ContentHasher();
  ~ContentHasher();
  ContentHasher(const ContentHasher&) = delete;
  ContentHasher& operator=(const ContentHasher&) = delete;

  void add(std::string_view bytes);
  ProvenanceId hash() const;  // of all so far

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace olivine
