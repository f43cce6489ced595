// What a person says about a file that the file does not say itself.
//
// Nothing is guessed: where neither file nor options say a zone, a unit, a signal or a boundary, the import fails and names
// the option. Where both say it and differ, it fails too.
//
// Units: none. Errors: none. Threads: values. Lifetime: values.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "grid/intensity.h"

namespace olivine {

// What to take where neither file nor options say it; all absent: it is an error that names the option.
struct WhenSilent {
  std::optional<std::string> zone = std::nullopt;
  std::optional<Signal> signal = std::nullopt;
  std::optional<Boundary> boundary = std::nullopt;
};

struct ImportOptions {
  std::string file_name;            // for messages and the source, without folders
  std::optional<std::string> zone;  // of a file of many zones: only this one
  std::optional<Signal> signal;
  std::optional<Boundary> boundary;
  std::optional<std::string> accounting;  // "production", "consumption"
  std::optional<std::string> unit;        // as intensity_unit takes it
  std::optional<std::string> format;      // a name of import_formats(); absent: from the content
  std::optional<int> year;                // of files that number the hours of a year
  std::optional<int> decimals;            // 0 .. 6: values are rounded to so many; absent: kept to the last digit
  WhenSilent when_silent;
  std::function<void(std::size_t lines)> progress;  // now and then; may be empty
};

// "electricity-maps", "eia930", "avert", "wide", "lets-wait-awhile", "csv", "uk".
const std::vector<std::string>& import_formats();

}  // namespace olivine
