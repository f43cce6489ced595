// grid import, grid data ls, grid data rm.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/cli/app.h"
#include "apps/cli/dataset_text.h"
#include "apps/cli/grid_data_options.h"
#include "apps/cli/grid_import_mixes.h"
#include "base/text.h"
#include "grid/import/import.h"
#include "grid/store/series_store.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

Result<ImportOptions> import_options(const GridImportOptions& said) {
  ImportOptions options;
  options.file_name = base_name(said.files.front());
  options.zone = said.zone;
  options.accounting = said.accounting;
  options.unit = said.unit;
  options.format = said.format;
  options.year = said.year;
  options.decimals = said.decimals;
  if (said.signal) {
    OLIVINE_TRY(options.signal, signal_from(*said.signal));
  }
  if (said.boundary) {
    OLIVINE_TRY(options.boundary, boundary_from(*said.boundary));
  }
  return options;
}

// Everything is read and packed before the first file is written: a bad last series leaves no half of a file behind.
Result<std::vector<Dataset>> keep_all(SeriesStore& store, const Imported& imported, WallTime now) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < imported.size(); ++i) {
    OLIVINE_TRY(StoredSeries series, imported.series(i));
    OLIVINE_TRY(std::string bytes, packed(std::move(series), now));
    all.push_back(std::move(bytes));
  }
  return keep_packed(store, all);
}

std::string imported_json(const App& app, const Imported& imported, const std::vector<Dataset>& kept) {
  const Json json{{"schema", "olivine.grid_import/1"},
                  {"file", app.options.of<GridImportOptions>().files.front()},
                  {"files", app.options.of<GridImportOptions>().files},
                  {"format", imported.format()},
                  {"notes", imported.notes()},
                  {"left_out", imported.empty()},
                  {"datasets", Json::parse(datasets_json(kept))}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string imported_text(const App& app, const Imported& imported, const std::vector<Dataset>& kept) {
  std::string text = fmt::format("{}: format {}, {} data set{}\n",
                                 printable(base_name(app.options.of<GridImportOptions>().files.front())),
                                 imported.format(), kept.size(), kept.size() == 1 ? "" : "s");
  text += datasets_text(kept);
  for (const std::string& note : imported.notes()) text += "note: " + printable(note) + "\n";
  for (const Dataset& d : kept)
    for (std::size_t i = imported.notes().size(); i < d.about.notes.size(); ++i)
      text += fmt::format("note: {}: {}\n", d.about.zone, printable(d.about.notes[i]));
  for (const std::string& series : imported.empty())
    text += "left out, not a single number: " + printable(series) + "\n";
  return text;
}

}  // namespace

int grid_import_command(App& app) {
  const auto mixes = are_mixes(app);
  if (!mixes) return report_error(mixes.error());
  if (*mixes) return import_mixes_command(app);
  auto options = import_options(app.options.of<GridImportOptions>());
  if (!options) return report_error(options.error());
  const bool shows_progress = ::isatty(STDERR_FILENO) == 1 && !app.options.quiet;
  bool shown = false;
  if (shows_progress)
    options->progress = [&shown](std::size_t lines) {
      shown = true;
      say(fmt::format("\rolivine: {} lines", lines));
    };
  auto source = open_input(app.files, app.options.of<GridImportOptions>().files.front());
  if (!source) return report_error(source.error());
  const auto imported = import_intensities(**source, *options);
  if (shown) say("\n");
  if (!imported) return report_error(imported.error());
  auto store = SeriesStore::open(app.files, app.grid_data_path());
  if (!store) return report_error(store.error());
  const auto kept = keep_all(*store, *imported, store->import_time(app.clock.now().wall));
  if (!kept) return report_error(kept.error());
  return app.options.json ? print_json(app, imported_json(app, *imported, *kept))
                          : print(imported_text(app, *imported, *kept));
}

int grid_data_ls_command(App& app) {
  const auto store = SeriesStore::open(app.files, app.grid_data_path());
  if (!store) return report_error(store.error());
  for (const std::string& trouble : store->troubles()) say("olivine: " + trouble + "\n");
  if (app.options.json) {
    const Json json{{"schema", "olivine.grid_data/1"},
                    {"folder", app.grid_data_path()},
                    {"datasets", Json::parse(datasets_json(store->datasets()))},
                    {"troubles", store->troubles()}};
    return print_json(app, json.dump(2, ' ', false, Json::error_handler_t::replace));
  }
  if (store->datasets().empty()) {
    say("olivine: no data sets in " + printable(app.grid_data_path()) + "; olivine grid import FILE adds them\n");
    return 0;
  }
  return print(datasets_text(store->datasets()));
}

int grid_data_rm_command(App& app) {
  auto store = SeriesStore::open(app.files, app.grid_data_path());
  if (!store) return report_error(store.error());
  std::vector<std::string> hashes;  // all of them are known before the first is removed
  for (const std::string& wanted : app.options.of<GridImportOptions>().hashes) {
    const auto dataset = store->find(wanted);
    if (!dataset) return report_error(dataset.error());
    if (std::find(hashes.begin(), hashes.end(), dataset->hash) == hashes.end()) hashes.push_back(dataset->hash);
  }
  RealFileWriter writer;
  for (const std::string& hash : hashes) {
    if (const auto removed = store->remove(writer, hash); !removed) return report_error(removed.error());
    say("removed " + hash + "\n");
  }
  return 0;
}

}  // namespace olivine::cli
