// mark: one line to the olivine run that measures us, if one does. Only a mistake in the words is an error: a script must
// run as well without olivine run.
#include <fmt/core.h>
#include <unistd.h>

#include "apps/cli/app.h"
#include "apps/cli/mark_options.h"
#include "base/text.h"
#include "workload/mark_channel.h"

namespace olivine::cli {
namespace {

Result<std::int64_t> count_from(std::string_view text) {
  const auto number = parse_u64(text);
  constexpr std::uint64_t kMost = 1'000'000'000'000;
  if (!number || *number > kMost)
    return fail(ErrorKind::kInvalid,
                fmt::format("mark epoch: '{}' is not a number of an epoch: type 3, 3/90 or end", printable(text)));
  return static_cast<std::int64_t>(*number);
}

Result<Mark> mark_from(const MarkOptions& options) {
  Mark mark;
  mark.name = options.name;
  if (mark.name.empty() || mark.name.size() > kLongestMarkName)
    return fail(ErrorKind::kInvalid,
                fmt::format("mark: a name has 1 to {} bytes, this one {}", kLongestMarkName, mark.name.size()));
  if (mark.name != kEpochName) {
    if (options.number.empty()) return mark;
    return fail(ErrorKind::kInvalid,
                fmt::format("mark {}: only an epoch has a number; put the name in quotes", printable(mark.name)));
  }
  mark.kind = options.number == "end" ? MarkKind::kEnd : MarkKind::kBegin;
  if (options.number.empty() || options.number == "end") return mark;
  const std::string_view text = options.number;
  const std::size_t slash = text.find('/');
  OLIVINE_TRY(mark.number, count_from(text.substr(0, slash)));
  if (slash != std::string_view::npos) {
    OLIVINE_TRY(mark.of, count_from(text.substr(slash + 1)));
  }
  return mark;
}

}  // namespace

int mark_command(const MarkOptions& options, const Clock& clock) {
  auto mark = mark_from(options);
  if (!mark) return report_error(mark.error());
  mark->ns = clock.now().mono.ns;
  mark->pid = ::getppid();  // the script, which goes on; we are gone in a moment
  if (const auto pipe = find_mark_pipe()) send_mark(*pipe, *mark);
  return 0;
}

}  // namespace olivine::cli
