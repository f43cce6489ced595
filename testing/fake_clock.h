// FakeClock: a clock that moves when told, with clock steps and suspends.
//
// Units: nanoseconds through Duration. Errors: none. Threads: one. Lifetime: value.
#pragma once

#include "base/clock.h"

namespace olivine {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(Now start = {{1'700'000'000'000'000'000}, {1'000'000'000}, 1'000'000'000}) : now_(start) {}
  Now now() const override { return now_; }
  void advance(Duration d) {  // all clocks
    now_.wall.ns += d.ns;
    now_.mono.ns += d.ns;
    now_.boot_ns += d.ns;
  }
  void step_wall(Duration d) { now_.wall.ns += d.ns; }  // NTP or a person sets the clock
  void suspend(Duration d) {                            // the machine sleeps: mono stands still
    now_.wall.ns += d.ns;
    now_.boot_ns += d.ns;
  }

 private:
  Now now_;
};

}  // namespace olivine
