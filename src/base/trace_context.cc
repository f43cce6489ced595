#include "base/trace_context.h"

#include <fmt/core.h>

#include <charconv>

namespace olivine {
namespace {

std::optional<std::uint64_t> hex_of(std::string_view text) {
  for (const char c : text)
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.empty() || status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string TraceContext::trace_id() const { return fmt::format("{:016x}{:016x}", trace_high, trace_low); }

std::optional<std::uint64_t> parse_span_id(std::string_view text) {
  const auto span = text.size() == 16 ? hex_of(text) : std::nullopt;
  return span && *span != 0 ? span : std::nullopt;
}

std::string span_text(std::uint64_t span) { return fmt::format("{:016x}", span); }

std::optional<TraceContext> parse_trace_context(std::string_view text) {
  constexpr std::size_t kLength = 55;
  if (text.size() < kLength || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const auto version = hex_of(text.substr(0, 2));
  if (!version || *version == 0xff || (*version == 0 && text.size() != kLength)) return std::nullopt;
  if (text.size() > kLength && text[kLength] != '-') return std::nullopt;
  const auto high = hex_of(text.substr(3, 16)), low = hex_of(text.substr(19, 16)), flags = hex_of(text.substr(53, 2));
  const auto span = parse_span_id(text.substr(36, 16));
  if (!high || !low || !flags || !span || (*high == 0 && *low == 0)) return std::nullopt;
  return TraceContext{*high, *low, *span};
}

std::string to_text(const TraceContext& context) {
  return fmt::format("00-{}-{}-01", context.trace_id(), span_text(context.span));
}

}  // namespace olivine
