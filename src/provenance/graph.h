// The provenance graph: for every figure, the formula that made it and what went in, down to raw readings, factor rows
// and settings. `olivine explain` prints it; the id of a node is a hash of its content, so that equal computations have
// equal ids on every machine and a changed input shows as a changed id.
//
//   ProvenanceGraph graph;
//   auto row  = graph.add({"factor row", "intensity FR", "56 g/kWh", "data/zones.csv, FR, 2023, Ember", {}});
//   auto e    = graph.add({"sum of readings", "energy", "1476 J", "attributed + idle_charged", {raw1, raw2}});
//   auto c    = graph.add({"product", "operational carbon", "0.023 g", "energy x PUE x intensity", {e, pue, row}});
//
// Units: text carries them. Errors: none; an unknown id throws std::logic_error. Threads: one writer. Lifetime: nodes live
// as long as the graph.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "provenance/basis.h"

namespace olivine {

using ProvenanceId = std::string;  // 32 hexadecimal digits of a 128-bit content hash (XXH3)

struct ProvenanceNode {
  std::string kind;    // "raw readings", "factor row", "setting", "default", "sum", "product", ...
  std::string name;    // what it is: "energy of cpu package-0"
  std::string value;   // with unit: "1476 J", or "unknown"
  std::string detail;  // formula, or file, row, source, licence; one line
  std::vector<ProvenanceId> inputs;
  Basis basis = Basis::kAssumed;
};

class ProvenanceGraph {
 public:
  ProvenanceId add(ProvenanceNode node);
  const ProvenanceNode& node(const ProvenanceId& id) const;
  bool contains(const ProvenanceId& id) const { return nodes_.contains(id); }
  // The tree below `id`, one node a line with box-drawing indents; a node met before is named, not repeated.
  std::string explain(const ProvenanceId& id, bool ascii) const;

 private:
  std::map<ProvenanceId, ProvenanceNode> nodes_;
};

// The content hash used for ids and for ledger segments.
ProvenanceId content_hash(std::string_view bytes);

}  // namespace olivine
