// TraceContext: who asked for a piece of work, as programs hand it on: in the environment variable TRACEPARENT, in the
// HTTP header of that name, in a mark (W3C Trace Context, Recommendation 23 November 2021, section 3.2).
//
//   00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01    version - trace - span that asks - flags
//
// Of a later version (01 to fe) what version 00 has is taken, as section 3.2.4 says. A trace or a span of zeros only is none.
//
// Units: none. Errors: nothing for a text that is none. Threads: pure. Lifetime: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace olivine {

inline constexpr const char* kTraceVariable = "TRACEPARENT";

struct TraceContext {
  std::uint64_t trace_high = 0, trace_low = 0, span = 0;
  std::string trace_id() const;  // 32 digits
  bool operator==(const TraceContext&) const = default;
};

std::optional<TraceContext> parse_trace_context(std::string_view text);
std::string to_text(const TraceContext& context);

std::optional<std::uint64_t> parse_span_id(std::string_view text);  // 16 lower-case digits, not zero
std::string span_text(std::uint64_t span);

}  // namespace olivine
