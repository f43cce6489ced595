// Options of the grid's service commands, as typed.
//
// Units: as typed. Errors: the commands check the values. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <vector>

namespace olivine::cli {

struct GridFetchOptions {
  std::string zone, provider, from, to, signal, boundary, endpoint;
  bool online = false, offline = false;
};

struct ServeReplayOptions {
  std::string from, fault, log;
  double speed = 1;
  unsigned port = 0, seed = 0;
  std::vector<std::string> data;
};

}  // namespace olivine::cli
