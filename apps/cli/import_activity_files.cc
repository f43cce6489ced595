#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "account/activities/activity_csv.h"
#include "apps/cli/activity_files.h"
#include "base/text.h"
#include "grid/import/fields.h"

namespace olivine::cli {
namespace {

Status write_to(int fd, const ActivityTable& table, const std::string& path) {
  int error = 0;
  const bool whole = write_activity_csv(table, [&](std::string_view text) {
    while (!text.empty()) {
      const ssize_t n = ::write(fd, text.data(), text.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) {
        error = n == 0 ? EIO : errno;
        return false;
      }
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  });
  return whole ? Status{} : tl::unexpected<Error>(error_from_errno(error, "writing " + printable(path)));
}

}  // namespace

LineProgress::LineProgress(const App& app) : wanted_(::isatty(STDERR_FILENO) == 1 && !app.options.quiet) {}
LineProgress::~LineProgress() {
  if (shown_) say("\n");
}
std::function<void(std::size_t)> LineProgress::callback() {
  if (!wanted_) return {};
  return [this](std::size_t lines) {
    shown_ = true;
    say(fmt::format("\rolivine: reading, {} lines", lines));
  };
}

Result<std::int64_t> parse_utc_offset(const std::string& text) {
  TimeParser times;
  const bool signed_text = !text.empty() && (text.front() == '+' || text.front() == '-' || text == "Z" || text == "UTC");
  const auto time = times.parse("1970-01-02T00:00:00" + text);
  if (!signed_text || !time) return fail(ErrorKind::kInvalid, fmt::format("--utc-offset: '{}' is not like +01:00, -07:00 or Z", printable(text)));
  return 86'400 - time->utc_s;
}

Status write_activities(const std::string& path, const ActivityTable& table) {
  if (path == "-") return write_to(STDOUT_FILENO, table, "stdout");
  struct stat info {};
  const bool special = ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode);
  const std::string target = special ? path : path + ".part";
  const int fd = ::open(target.c_str(), O_WRONLY | O_CREAT | (special ? 0 : O_TRUNC) | O_CLOEXEC, 0666);
  if (fd < 0) return tl::unexpected<Error>(error_from_errno(errno, "writing " + printable(path)));
  Status status = write_to(fd, table, path);
  if (::close(fd) != 0 && status) status = tl::unexpected<Error>(error_from_errno(errno, "writing " + printable(path)));
  if (special) return status;
  if (status && ::rename(target.c_str(), path.c_str()) != 0) status = tl::unexpected<Error>(error_from_errno(errno, "writing " + printable(path)));
  if (!status) ::unlink(target.c_str());
  return status;
}

}  // namespace olivine::cli
