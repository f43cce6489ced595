// In the light program: the command is carried out by libexec/olivine-grid. See grid_program.h.
#include "apps/cli/grid_program.h"

#include <unistd.h>

#include <cerrno>

namespace olivine::cli {

int grid_program(App& app) {
  const auto path = grid_program_path(app.files);
  if (!path) return report_error(path.error());
  std::vector<std::string> words{"olivine"};
  words.insert(words.end(), app.arguments.begin(), app.arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(path->c_str(), argv.data());
  Error error = error_from_errno(errno, "starting " + *path);
  error.message += "; it is installed with olivine";
  return report_error(error);
}

}  // namespace olivine::cli
