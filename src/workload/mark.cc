#include "workload/mark.h"

#include <fmt/core.h>

#include "base/text.h"

namespace olivine {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool is_plain(char c) { return c > ' ' && c < 0x7f && c != '%'; }

std::optional<MarkKind> kind_of(std::string_view word) {
  if (word == "begin") return MarkKind::kBegin;
  if (word == "end") return MarkKind::kEnd;
  if (word == "mark") return MarkKind::kPoint;
  return std::nullopt;
}

constexpr std::int64_t kMostCpuNs = std::int64_t{1} << 62;

std::optional<std::int64_t> count_of(std::string_view text, std::int64_t most) {
  const auto value = parse_i64(text);
  if (!value || *value < 0 || *value > most) return std::nullopt;
  return *value;
}

}  // namespace

std::string escaped_name(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (is_plain(c))
      text += c;
    else
      text += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return text;
}

std::optional<std::string> unescaped_name(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (!is_plain(text[i])) return std::nullopt;
      name += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    name += static_cast<char>(16 * high + low);
    i += 2;
  }
  if (name.empty() || name.size() > kLongestMarkName) return std::nullopt;
  return name;
}

std::optional<Mark> parse_mark(std::string_view line, std::int64_t now_ns) {
  if (line.size() > kLongestMarkLine) return std::nullopt;
  const auto words = split_words(line);
  if (words.size() < 3) return std::nullopt;
  const auto kind = kind_of(words[0]);
  auto name = unescaped_name(words[2]);
  if (!kind || !name) return std::nullopt;
  Mark mark{*kind, now_ns, std::move(*name), std::nullopt, std::nullopt, 0, std::nullopt};
  ScopeMark scope;
  if (words[1] != "-") {
    const auto ns = parse_i64(words[1]);
    if (!ns || *ns < 0) return std::nullopt;
    mark.ns = *ns;
  }
  for (std::size_t i = 3; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = words[i].substr(0, equals), said = words[i].substr(equals + 1);
    if (key == "trace") {
      const auto context = parse_trace_context(said);
      if (!context) return std::nullopt;
      scope.context = *context;
    } else if (key == "parent") {
      const auto parent = parse_span_id(said);
      if (!parent) return std::nullopt;
      scope.parent = *parent;
    } else if (key == "n" || key == "of" || key == "pid" || key == "cpu" || key == "failed" || key == "tid" ||
               key == "gone") {
      const auto value = count_of(said, key == "cpu" ? kMostCpuNs : kMostMarkNumber);
      if (!value) return std::nullopt;
      if (key == "n")
        mark.number = value;
      else if (key == "of")
        mark.of = value;
      else if (key == "pid")
        mark.pid = *value;
      else if (key == "cpu")
        scope.cpu_ns = value;
      else if (key == "tid")
        scope.thread = value;
      else
        (key == "gone" ? scope.gone : scope.failed) = *value != 0;
    }
  }
  if (scope.context.span != 0 && mark.kind != MarkKind::kPoint) mark.scope = scope;
  return mark;
}

std::string mark_line(const Mark& mark) {
  constexpr const char* kWords[] = {"begin", "end", "mark"};
  std::string line =
      fmt::format("{} {} {}", kWords[static_cast<std::size_t>(mark.kind)], mark.ns, escaped_name(mark.name));
  if (mark.number) line += fmt::format(" n={}", *mark.number);
  if (mark.of) line += fmt::format(" of={}", *mark.of);
  if (mark.scope) {
    line += " trace=" + to_text(mark.scope->context);
    if (mark.scope->parent != 0) line += " parent=" + span_text(mark.scope->parent);
    if (mark.scope->thread) line += fmt::format(" tid={}", *mark.scope->thread);
    if (mark.scope->cpu_ns) line += fmt::format(" cpu={}", *mark.scope->cpu_ns);
    if (mark.scope->failed) line += " failed=1";
    if (mark.scope->gone) line += " gone=1";
  }
  if (mark.pid != 0) line += fmt::format(" pid={}", mark.pid);
  return line + "\n";
}

}  // namespace olivine
