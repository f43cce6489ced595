#include "provenance/graph.h"

#define XXH_INLINE_ALL
#include <fmt/core.h>
#include <xxhash.h>

#include <set>
#include <stdexcept>

namespace olivine {
namespace {

struct Bars {
  std::string_view tee, corner, pipe, gap;
};
constexpr Bars kBoxBars{"├─ ", "└─ ", "│  ", "   "};
constexpr Bars kAsciiBars{"|- ", "`- ", "|  ", "   "};

class TreePrinter {
 public:
  TreePrinter(const ProvenanceGraph& graph, const Bars& bars) : graph_(graph), bars_(bars) {}

  std::string print(const ProvenanceId& id) {
    print_node(id, "", "");
    return std::move(text_);
  }

 private:
  void print_node(const ProvenanceId& id, const std::string& first, const std::string& rest) {
    const ProvenanceNode& node = graph_.node(id);
    text_ += fmt::format("{}{} = {}  [{}; {}]", first, node.name, node.value, node.kind, name_of(node.basis));
    if (!seen_.insert(id).second && !node.inputs.empty()) {
      text_ += "  (see above)\n";
      return;
    }
    text_ += '\n';
    if (!node.detail.empty())
      text_ += fmt::format("{}{}  {}\n", rest, node.inputs.empty() ? "" : std::string(bars_.pipe), node.detail);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const bool last = i + 1 == node.inputs.size();
      print_node(node.inputs[i], rest + std::string(last ? bars_.corner : bars_.tee),
                 rest + std::string(last ? bars_.gap : bars_.pipe));
    }
  }

  const ProvenanceGraph& graph_;
  const Bars& bars_;
  std::set<ProvenanceId> seen_;
  std::string text_;
};

}  // namespace

ProvenanceId content_hash(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

ProvenanceId ProvenanceGraph::add(ProvenanceNode node) {
  std::string content;
  const auto put = [&content](std::string_view field) {
    content += fmt::format("{}:", field.size());
    content += field;
  };
  put(node.kind);
  put(node.name);
  put(node.value);
  put(node.detail);
  put(name_of(node.basis));
  for (const ProvenanceId& input : node.inputs) {
    if (!contains(input))
      throw std::logic_error("provenance: input " + input + " of " + node.name + " is not in the graph");
    put(input);
  }
  ProvenanceId id = content_hash(content);
  nodes_.try_emplace(id, std::move(node));
  return id;
}

const ProvenanceNode& ProvenanceGraph::node(const ProvenanceId& id) const {
  const auto found = nodes_.find(id);
  if (found == nodes_.end()) throw std::logic_error("provenance: no node " + id);
  return found->second;
}

std::string ProvenanceGraph::explain(const ProvenanceId& id, bool ascii) const {
  return TreePrinter(*this, ascii ? kAsciiBars : kBoxBars).print(id);
}

}  // namespace olivine
