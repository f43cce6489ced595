// ScopeWord: what a scope says beside its beginning and its end: what it may use, what it promised, what it was billed for elsewhere.
// One line each, through the pipe of the marks (mark_channel.h), after the mark that begins the scope:
//
//   terms - train trace=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 quota=300Wh on=program
//   terms - serve trace=00-...-01 level=latency%20p95%2050ms
//   charge - serve trace=00-...-01 j=12.5 g=0.4 of=b7ad6b7169203331    what a service's bill said: used elsewhere, on our behalf,
//                                                    by its scope of that span
//   served - serve trace=00-...-01 n=1000 late=3 failed=2 accuracy=0.91    of 1000, 3 were late and 2 others failed
//   ask - serve trace=00-...-01                      a fresh reading, please
//
// An olivine that does not know these verbs passes the lines over. `on=program`: who has the quota tells itself when it is used up.
//
// Units: ns, J, g, requests. Errors: nothing for a line that is none. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/trace_context.h"

namespace olivine {

enum class ScopeVerb : std::uint8_t { kTerms, kCharge, kServed, kAsk };

struct ScopeWord {
  ScopeVerb verb = ScopeVerb::kAsk;
  std::string name;
  TraceContext context;      // its span is the scope
  std::string quota, level;  // as typed; "" none
  bool program_tells = false;
  std::optional<double> joules, grams;
  std::uint64_t of = 0;  // the scope that was billed; 0: not said
  std::int64_t requests = 0, late = 0, failed = 0;
  std::optional<double> accuracy;
  bool operator==(const ScopeWord&) const = default;
};

std::optional<ScopeWord> parse_scope_word(std::string_view line);
std::string scope_word_line(const ScopeWord& word);  // with its newline

}  // namespace olivine
