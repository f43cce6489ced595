#include "apps/cli/user_tables.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "provenance/graph.h"
#include "provenance/table_override.h"

namespace olivine::cli {
namespace {

constexpr std::array<std::string_view, 9> kTables{"cloud_regions",    "fuel_codes",      "fuel_factors",
                                                  "profiles_average", "profiles_direct", "profiles_marginal",
                                                  "zone_aliases",     "zones",           "zones_electricity_maps"};

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

std::span<const std::string_view> user_table_names() { return kTables; }

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

}  // namespace olivine::cli
