// YAML read into the same tree as a manifest's TOML or JSON: what a strict reader of other tools' files needs, and no more.
//
//   tree:                       table { "tree": table { "children": table { "app": ... } } }, each node with its line
//     children:
//       app: {energy: 0.023}
//
// Files come from strangers, and YAML can be made to grow: anchors, aliases, merge keys, tags and further documents are refused, each
// with its line. The limits are those of a manifest: 8 MiB, 16 levels, 1,000,000 values. A plain word is null, a truth value or a finite
// number where it looks like one (the core schema of YAML 1.2), text otherwise; .nan and .inf are refused.
//
// Units: lines count from 1. Errors: kInvalid, one line: "file:line: what, and what to do". Threads: pure. Lifetime: values.
// Parsing is libyaml's, by events (docs/adr/0021-yaml-by-events.md).
#pragma once

#include <string>
#include <string_view>

#include "account/manifest/document.h"

namespace olivine {

Result<ManifestNode> document_from_yaml(std::string_view text, const std::string& name);

}  // namespace olivine
