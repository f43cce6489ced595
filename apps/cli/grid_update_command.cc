// grid update: a newer table of the user's in place of a built-in one.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "apps/cli/app.h"
#include "apps/cli/commands.h"
#include "apps/cli/user_tables.h"
#include "base/text.h"
#include "provenance/graph.h"
#include "provenance/table_override.h"

namespace olivine::cli {
namespace {

// "zones" from "/tmp/zones.csv".
Result<std::string> table_of(const std::string& path) {
  const std::filesystem::path file(path);
  std::string name = file.stem().string();
  const auto tables = user_table_names();
  if (file.extension() == ".csv" && std::find(tables.begin(), tables.end(), name) != tables.end()) return name;
  std::string known;
  for (const std::string_view table : tables) known += (known.empty() ? "" : ", ") + std::string(table) + ".csv";
  return fail(ErrorKind::kInvalid,
              fmt::format("{}: the file's name must be that of a table: {}", printable(path), known));
}

}  // namespace

int grid_update_command(App& app) {
  const auto name = table_of(app.options.text);
  if (!name) return report_error(name.error());
  const auto text = read_text(app.files, app.options.text, kMaxReplacementBytes);
  if (!text) return report_error(text.error());
  if (const auto fits = check_replacement(*name, *text); !fits) return report_error(fits.error());
  const std::string path = user_table_folder(app) + "/" + *name + ".csv";
  std::error_code trouble;
  std::filesystem::create_directories(user_table_folder(app), trouble);
  if (trouble) return report_error(error_from_errno(trouble.value(), "making " + user_table_folder(app)));
  // The sum last: a table that was cut off does not match and is not used.
  for (const auto& [file, content] : {std::pair{path, *text}, std::pair{path + ".sum", content_hash(*text) + "\n"}})
    if (const auto written = write_file(file, content); !written) return report_error(written.error());
  return print(fmt::format("{} now comes from {}\nremove it and its .sum to go back to the built-in table\n", *name,
                           printable(path)));
}

}  // namespace olivine::cli
