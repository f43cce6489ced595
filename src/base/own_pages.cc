#include "base/own_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

extern "C" {
extern const char __executable_start;  // of the linker
extern const char etext;
}

namespace olivine {

// Code is never written to, so that no page of it is ours alone.
void release_start_pages() {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<std::uintptr_t>(&__executable_start) + page - 1) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(&etext) / page * page;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace olivine
