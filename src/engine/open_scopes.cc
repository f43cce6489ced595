#include "engine/open_scopes.h"

#include <algorithm>

namespace olivine {

std::size_t ScopeThreads::of(const Mark& mark) {
  if (!mark.scope || !mark.scope->thread) return kNoThread;
  const auto [at, is_new] = by_number_.emplace(std::pair{mark.pid, *mark.scope->thread}, Known{count_, 0});
  Known& known = at->second;
  if (is_new || (mark.scope->cpu_ns && *mark.scope->cpu_ns < known.cpu_ns)) known = {count_++, 0};
  if (mark.scope->cpu_ns) known.cpu_ns = *mark.scope->cpu_ns;
  return known.thread;
}

// Each step shortens the way for those that come after.
std::size_t OpenScopes::Forest::nearest_open(std::size_t scope) {
  std::size_t open = scope;
  while (open != kNoScope && !nodes_[open].open) open = nodes_[open].within;
  while (scope != open) scope = std::exchange(nodes_[scope].within, open);
  return open;
}

std::size_t OpenScopes::Forest::begin(std::size_t within) {
  const std::size_t around = nearest_open(within);
  nodes_.push_back({around, 0, true});
  return around != kNoScope && nodes_[around].open_within++ == 0 ? around : kNoScope;
}

std::size_t OpenScopes::Forest::end(std::size_t scope) {
  nodes_[scope].open = false;
  const std::size_t around = nearest_open(nodes_[scope].within);
  if (around == kNoScope) return kNoScope;
  Node& node = nodes_[around];
  node.open_within += nodes_[scope].open_within;
  return --node.open_within == 0 ? around : kNoScope;
}

void OpenScopes::begin(std::size_t parent, bool stated, std::size_t thread, bool is_task) {
  const std::size_t scope = thread_of_.size();
  thread_of_.push_back(thread);
  if (thread != kNoThread && thread >= threads_.size()) threads_.resize(thread + 1);
  // Code of a thread that waits for this: its parent there, else the last that is open, if the parent is elsewhere.
  std::size_t beneath = kNoScope;
  if (thread != kNoThread) {
    const std::vector<std::size_t>& code = threads_[thread].code;
    if (parent != kNoScope && thread_of_[parent] == thread)
      beneath = parent;
    else if (stated && !code.empty())
      beneath = code.back();
  }
  const std::size_t waits = on_thread_.begin(beneath);
  for (const std::size_t covered : {within_.begin(parent), waits})
    if (covered != kNoScope) std::erase(innermost_, covered);
  innermost_.push_back(scope);
  if (thread == kNoThread) return;
  Thread& on = threads_[thread];
  if (waits != kNoScope) std::erase(on.innermost, waits);
  on.innermost.push_back(scope);
  if (!is_task) on.code.push_back(scope);
  if (on.open++ == 0) busy_.push_back(thread);
}

void OpenScopes::end(std::size_t scope) {
  std::erase(innermost_, scope);
  const std::size_t outer = within_.end(scope), again = on_thread_.end(scope);
  if (outer != kNoScope && on_thread_.is_innermost(outer)) innermost_.push_back(outer);
  if (again != kNoScope && again != outer && within_.is_innermost(again)) innermost_.push_back(again);
  const std::size_t thread = thread_of_[scope];
  if (thread == kNoThread) return;
  Thread& on = threads_[thread];
  std::erase(on.innermost, scope);
  std::erase(on.code, scope);
  if (again != kNoScope) on.innermost.push_back(again);
  if (--on.open == 0) std::erase(busy_, thread);
}

}  // namespace olivine
