// Clock: where `now` comes from. Passed in everywhere; the library never asks the system by itself.
//
// Errors: none. Threads: SystemClock is stateless. Lifetime: outlives its users.
#pragma once

#include "base/time.h"

namespace olivine {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Now now() const = 0;  // all clocks read at once; a tick calls it once
};

class SystemClock final : public Clock {
 public:
  Now now() const override;
};

}  // namespace olivine
