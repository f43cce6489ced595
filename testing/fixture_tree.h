// Fixture trees: a recorded or made-up /sys and /proc in one text file that a person can read and a diff can show.
//
//   ## anything after two number signs is a comment
//   # /sys/class/powercap/intel-rapl:0 -> /sys/devices/virtual/powercap/intel-rapl/intel-rapl:0
//   # /sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/name
//   package-0
//   # /sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/energy_uj !EACCES
//   1234567
//
// A line "# PATH" begins a file; the lines up to the next one are its content, each with a line end. "!ERRNO" makes
// reading fail; " -> TARGET" makes a link. In content, \\ is a backslash and \xNN a byte (also for a leading number
// sign); a backslash at the end of a line takes its line end away. tools/unpack_fixture.py writes the same tree to a
// directory.
//
// Units: bytes. Errors: kCorrupt names the line; kNotFound when the file cannot be opened. Threads: one. Lifetime:
// none.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "testing/memory_file_system.h"

namespace olivine {

Status load_fixture_tree(MemoryFileSystem& files, std::string_view text);
Status load_fixture_file(MemoryFileSystem& files, const std::string& path);

}  // namespace olivine
