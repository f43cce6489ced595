// ManifestNode: a TOML or JSON file as one tree in which every value knows its line, so that a manifest is read by one reader
// whatever it was written in, and an error names the place that a person has to look at.
//
//   zone = "FR"          ->  table { "zone": text "FR", line 1 }
//   {"zone": "FR"}       ->  the same
//
// TOML's dates become the text that was written (2022-03-11). Files come from strangers: at most 8 MiB, 16 levels deep, 1,000,000
// values; a number that is not finite, a key that stands twice, a text with a byte 0 are errors.
//
// Units: lines count from 1. Errors: kInvalid, one line: "file:line: what, and what to do". Threads: pure. Lifetime: values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace olivine {

inline constexpr std::size_t kMaxManifestBytes = std::size_t{8} << 20U;
inline constexpr std::size_t kMaxManifestDepth = 16;
inline constexpr std::size_t kMaxManifestValues = 1'000'000;
inline constexpr std::size_t kMaxManifestKeys = 4'096;  // of one table

struct ManifestNode {
  enum class Kind { kNull, kText, kNumber, kBool, kList, kTable };
  Kind kind = Kind::kNull;
  std::size_t line = 1;
  std::string text;
  double number = 0.0;
  bool flag = false;
  std::vector<ManifestNode> items;                            // of a list
  std::vector<std::pair<std::string, ManifestNode>> members;  // of a table

  const ManifestNode* find(std::string_view key) const;
};
// "a text", "a number", ...
std::string_view name_of(ManifestNode::Kind kind);

// JSON when the first character that is no blank is '{', TOML otherwise. `name` is the file's name for errors.
Result<ManifestNode> read_manifest_document(std::string_view text, const std::string& name);
Result<ManifestNode> document_from_toml(std::string_view text, const std::string& name);
Result<ManifestNode> document_from_json(std::string_view text, const std::string& name);

}  // namespace olivine
