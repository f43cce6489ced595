// grid update: a newer table of the user's in place of a built-in one.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "apps/cli/app.h"
#include "apps/cli/user_tables.h"
#include "base/text.h"
#include "provenance/graph.h"
#include "provenance/table_override.h"

namespace olivine::cli {
namespace {

constexpr std::array<std::string_view, 9> kTables{"cloud_regions",    "fuel_codes",      "fuel_factors",
                                                  "profiles_average", "profiles_direct", "profiles_marginal",
                                                  "zone_aliases",     "zones",           "zones_electricity_maps"};

// "zones" from "/tmp/zones.csv".
Result<std::string> table_of(const std::string& path) {
  const std::filesystem::path file(path);
  std::string name = file.stem().string();
  if (file.extension() == ".csv" && std::find(kTables.begin(), kTables.end(), name) != kTables.end()) return name;
  std::string known;
  for (const std::string_view table : kTables) known += (known.empty() ? "" : ", ") + std::string(table) + ".csv";
  return fail(ErrorKind::kInvalid,
              fmt::format("{}: the file's name must be that of a table: {}", printable(path), known));
}

Status load(const App& app, const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name + ".csv";
  const auto text = read_text(app.files, path, kMaxReplacementBytes);
  if (!text)
    return text.error().kind == ErrorKind::kNotFound ? Status()
                                                     : with_context(text.error(), "your table " + printable(path));
  const auto sum = read_line(app.files, path + ".sum");
  if (!sum || *sum != content_hash(*text))
    return fail(ErrorKind::kCorrupt,
                fmt::format("your table {} does not match its sum; bring it again (olivine grid update) or remove it",
                            printable(path)));
  const Status placed = replace_table(name, *text, path);
  return placed ? Status()
                : with_context(Error{ErrorKind::kCorrupt, placed.error().message}, "your table " + printable(path));
}

}  // namespace

std::string user_table_folder(const App& app) { return app.data_path("tables"); }

Status load_user_tables(const App& app) {
  const std::string folder = user_table_folder(app);
  const auto files = app.files.list(folder);
  if (!files) return {};
  for (const std::string_view name : kTables) {
    if (std::find(files->begin(), files->end(), std::string(name) + ".csv") == files->end()) continue;
    OLIVINE_CHECK_STATUS(load(app, folder, std::string(name)));
  }
  return {};
}

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
