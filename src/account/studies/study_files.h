// The files of studies/ as they are built into the program (tools/embed_studies.py): manifests, expected values, README.
//
// Units: none. Errors: none. Threads: any. Lifetime: of the program.
#pragma once

#include <span>
#include <string_view>

namespace olivine {

struct StudyFile {
  std::string_view path;  // "bloom/account.toml"
  std::string_view text;
};
std::span<const StudyFile> study_files();  // sorted by path

}  // namespace olivine
