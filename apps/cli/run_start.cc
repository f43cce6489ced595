#include "apps/cli/run_start.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "engine/redact.h"

namespace olivine::cli {
namespace {

// When this process started, in clock ticks: with its pid and the boot it names us for ever.
std::int64_t own_start_ticks(const App& app) {
  const auto stat = read_text(app.files, app.roots().procfs + "/self/stat");
  if (!stat) return 0;
  const auto fields = split_words(std::string_view(*stat).substr(stat->rfind(')') + 1));
  return fields.size() > 19 ? parse_i64(fields[19]).value_or(0) : 0;
}

std::string command_json(const App& app, const std::vector<std::string>& command) {
  std::vector<std::string> argv = redact_argv(command);
  if (app.config.flag("keep_command") == false && argv.size() > 1) argv.resize(1);
  return nlohmann::json(argv).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

RunStart run_start(const App& app, const Now& now, const std::vector<std::string>& command) {
  RunStart start;
  start.started = now;
  start.run_id = new_run_id(now.wall);
  start.project = app.config.get("project");
  start.command_json = command_json(app, command);
  start.boot_id = boot_id_of(app.files, app.roots());
  start.owner_pid = ::getpid();
  start.owner_start_ticks = own_start_ticks(app);
  return start;
}

}  // namespace olivine::cli
