// A planned start as a systemd timer: the units to install, or the one command that makes a transient one.
//
//   systemd-run --unit=train --on-calendar="2026-11-27 02:00:00 UTC" --timer-property=AccuracySec=1s -- python train.py
//
// A timer whose time is past never fires, so a start that is due within kTimerLead is a service that systemd-run starts at once, without one.
//
// A start is all that a timer can choose: plans with pauses are for `olivine run --finish-within`, which the service may well be. Work
// that starts again after a reboot needs Persistent=true, which units have and a transient timer has not.
//
// The command arrives as it was typed: the service manager makes $ of $$ in the arguments of units and of transient ones alike (systemd-run
// has --expand-environment=no since 254 only, and $$ holds with and without it), not in the program's path.
//
// Units: UTC, whole seconds. Errors: kInvalid for a name that systemd would refuse, or a command or directory with a control
// character (a line break would begin a line of the unit). Threads: pure, but for with_absolute_program, which looks at the files.
// Lifetime: values. Source: systemd.time(7), systemd.service(5) "Command lines", systemd-run(1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace olivine {

struct TimerJob {
  std::string name;  // of the unit, without a suffix
  WallTime start;
  std::vector<std::string> command;
  std::string directory;    // to run in
  std::string description;  // one line: what the plan says
  bool at_once = false;     // start_is_now
};

Status check(const TimerJob& job);  // its name, its command and its directory
// The command with a program that systemd takes: an absolute path is as it is; one with a slash is from `directory`; a name is looked up in
// `path` (PATH). kNotFound where no such program may be executed.
Result<std::vector<std::string>> with_absolute_program(std::vector<std::string> command, const std::string& directory,
                                                       std::string_view path);
inline constexpr Duration kTimerLead = seconds(60);  // to read the units, install and start them
bool start_is_now(WallTime start, WallTime now);

std::string calendar_text(WallTime start);  // "2026-11-27 02:00:00 UTC"
Result<std::vector<std::string>> systemd_run_words(const TimerJob& job);
// NAME.service and NAME.timer, one after the other, each below a comment with its file's name.
Result<std::string> systemd_units(const TimerJob& job);

}  // namespace olivine
