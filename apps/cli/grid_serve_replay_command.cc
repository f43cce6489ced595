// grid serve-replay: checks the options and becomes the replay server, a program of its own (docs/adr/0013).
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>

#include "apps/cli/app.h"
#include "apps/cli/grid_options.h"
#include "base/text.h"
#include "grid/providers/series_csv.h"
#include "grid/providers/utc_text.h"
#include "grid/replay/replay_faults.h"

namespace olivine::cli {
namespace {

// Beside the program: bin/olivine -> libexec/olivine-serve-replay.
Result<std::string> server_path(FileSystem& files) {
  OLIVINE_TRY(const std::string self, files.resolve("/proc/self/exe"));
  const std::string folder = self.substr(0, self.rfind('/'));
  return folder.substr(0, folder.rfind('/')) + "/libexec/olivine-serve-replay";
}

Result<std::vector<std::string>> arguments_of(App& app) {
  const ServeReplayOptions& o = app.options.of<ServeReplayOptions>();
  const auto from = parse_utc(o.from, Utc::kImplied);
  if (!from) return with_context(from.error(), "--from");
  if (const auto faults = parse_replay_faults(o.fault); !faults) return tl::unexpected<Error>(faults.error());
  std::vector<std::string> words{"olivine-serve-replay",         "from=" + format_second(*from),
                                 "speed=" + shortest(o.speed),   fmt::format("port={}", o.port),
                                 fmt::format("seed={}", o.seed), "fault=" + o.fault};
  if (!o.log.empty()) words.push_back("log=" + o.log);
  for (const std::string& path : o.data) {
    OLIVINE_TRY(const std::string text, read_text(app.files, path, std::size_t{64} << 20));
    if (const auto series = parse_series_csv(text, path); !series) return tl::unexpected<Error>(series.error());
    words.push_back("data=" + path);
  }
  return words;
}

}  // namespace

int grid_serve_replay_command(App& app) {
  const auto path = server_path(app.files);
  if (!path) return report_error(path.error());
  auto words = arguments_of(app);
  if (!words) return report_error(words.error());
  std::vector<char*> argv;
  for (std::string& word : *words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(path->c_str(), argv.data());
  Error error = error_from_errno(errno, "starting the replay server " + *path);
  error.message += "; it is installed with olivine";
  return report_error(error);
}

}  // namespace olivine::cli
