#include "apps/cli/grid_import_mixes.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/cli/dataset_text.h"
#include "apps/cli/grid_data_options.h"
#include "apps/cli/grid_stated_factors.h"
#include "base/file_writer.h"
#include "base/text.h"
#include "grid/mixes/join_mixes.h"
#include "grid/mixes/mix_intensities.h"
#include "grid/zone_aliases.h"
#include "grid/zones.h"

namespace olivine::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kHeadBytes = 8192;

Result<bool> is_mix(const App& app, const std::string& path) {
  OLIVINE_TRY(const auto source, open_input(app.files, path));
  OLIVINE_TRY(const auto peeked, PeekedSource::create(*source, kHeadBytes));
  return looks_like_mix(peeked->head());
}

struct MixImport {
  std::vector<std::string> formats;  // of the files, each once
  std::vector<std::string> packed, left_out;
};

Result<MixIntensityOptions> intensity_options(const GridImportOptions& said) {
  if (said.signal && *said.signal == "marginal")
    return fail(
        ErrorKind::kInvalid,
        "generation by fuel gives average intensities; olivine grid estimate-marginal estimates the marginal one");
  MixIntensityOptions options;
  options.accounting = said.accounting;
  options.decimals = said.decimals.value_or(options.decimals);
  if (said.boundary) {
    OLIVINE_TRY(options.boundary, boundary_from(*said.boundary));
  }
  if (said.factors.empty()) return options;
  if (!options.boundary)
    return fail(ErrorKind::kInvalid,
                "--factors: add --boundary direct (what leaves the stack) or --boundary lifecycle (with upstream)");
  OLIVINE_TRY(options.factors, stated_factors(said.factors, *options.boundary));
  return options;
}

Result<MixImport> read_all(const App& app, const GridImportOptions& said, WallTime now) {
  OLIVINE_TRY(const MixIntensityOptions options, intensity_options(said));
  MixCsvOptions csv;
  csv.zone = said.zone.value_or("");
  for (const FuelFactor& factor : options.factors) csv.fuels.push_back(factor.column);
  MixImport import;
  std::vector<MixFile> files;
  for (const std::string& path : said.files) {
    OLIVINE_TRY(auto source, open_input(app.files, path));
    OLIVINE_TRY(MixFile file, read_mix_file(std::move(source), base_name(path), csv));
    if (std::find(import.formats.begin(), import.formats.end(), file.format) == import.formats.end())
      import.formats.push_back(file.format);
    files.push_back(std::move(file));
  }
  OLIVINE_TRY(auto mixes, join_mixes(std::move(files)));
  std::string zones;
  for (const GenerationMix& mix : mixes)
    if (zones.size() < 200) zones += (zones.empty() ? "" : ", ") + printable(mix.zone);
  // Packed one by one: a point has two bytes then, and not 32.
  OLIVINE_TRY(import.left_out, take_intensities_of_mixes(std::move(mixes), options, [&](StoredSeries series) -> Status {
                if (said.zone && series.about.zone != *said.zone) return {};
                // The consumption of a zone is the later import of the two, so that it answers when nobody says which.
                const WallTime at{now.ns + (series.about.accounting == "consumption" ? 1'000'000 : 0)};
                OLIVINE_TRY(std::string bytes, packed(std::move(series), at));
                import.packed.push_back(std::move(bytes));
                return {};
              }));
  if (!said.zone) return import;
  std::erase_if(import.left_out, [&](const std::string& one) { return !one.starts_with(*said.zone + " "); });
  if (import.packed.empty())
    return fail(ErrorKind::kInvalid,
                fmt::format("the files give nothing of zone {}; they have {}", printable(*said.zone), zones));
  return import;
}

std::string text_of(const MixImport& import, std::size_t files, const std::vector<Dataset>& kept) {
  std::string text = fmt::format("{} file{}: {}; {} data set{}\n", files, files == 1 ? "" : "s",
                                 fmt::join(import.formats, ", "), kept.size(), kept.size() == 1 ? "" : "s");
  text += datasets_text(kept);
  std::vector<std::string> seen;
  for (const Dataset& d : kept)
    for (const std::string& note : d.about.notes) {
      const std::string line = fmt::format("note: {}: {}\n", d.about.zone, printable(note));
      if (std::find(seen.begin(), seen.end(), line) != seen.end()) continue;
      seen.push_back(line);
      text += line;
    }
  for (const std::string& series : import.left_out)
    text += "left out, not a single number: " + printable(series) + "\n";
  return text;
}

std::string json_of(const App& app, const MixImport& import, const std::vector<Dataset>& kept) {
  const Json json{{"schema", "olivine.grid_import/1"},
                  {"file", app.options.of<GridImportOptions>().files.front()},
                  {"files", app.options.of<GridImportOptions>().files},
                  {"format", "mix"},
                  {"notes", Json::array()},
                  {"left_out", import.left_out},
                  {"datasets", Json::parse(datasets_json(kept))}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Result<bool> are_mixes(const App& app) {
  const GridImportOptions& said = app.options.of<GridImportOptions>();
  const bool stated = said.format && *said.format == "mix";
  std::size_t mixes = 0;
  std::string other;
  for (const std::string& path : said.files) {
    OLIVINE_TRY(const bool mix, is_mix(app, path));
    if (stated || (mix && !said.format && !said.unit && !said.year))
      ++mixes;
    else
      other = path;
  }
  if (mixes == said.files.size()) return true;
  if (said.files.size() > 1)
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: is no file of generation or exchanges; import files of intensities one by one",
                            printable(base_name(other))));
  if (!said.factors.empty())
    return fail(ErrorKind::kInvalid,
                fmt::format("{}: --factors is for generation by fuel", printable(base_name(other))));
  return false;
}

Result<std::string> packed(StoredSeries series, WallTime imported_at) {
  if (yearly_factors(series.about.zone).empty()) {
    if (const auto alias = find_alias(series.about.zone)) {
      series.about.notes.push_back(text_of(*alias));
      series.about.zone = alias->zone;
    }
  }
  return encode_series(series, imported_at);
}

Result<std::vector<Dataset>> keep_packed(SeriesStore& store, const std::vector<std::string>& packed) {
  RealFileWriter writer;
  std::vector<Dataset> kept;
  for (const std::string& bytes : packed) {
    auto dataset = store.put(writer, bytes);
    if (!dataset)
      return with_context(dataset.error(), fmt::format("{} of {} data sets are kept whole; make room and import again",
                                                       kept.size(), packed.size()));
    kept.push_back(std::move(*dataset));
  }
  return kept;
}

int import_mixes_command(App& app) {
  auto store = SeriesStore::open(app.files, app.grid_data_path());
  if (!store) return report_error(store.error());
  const auto import = read_all(app, app.options.of<GridImportOptions>(), store->import_time(app.clock.now().wall));
  if (!import) return report_error(import.error());
  const auto kept = keep_packed(*store, import->packed);
  if (!kept) return report_error(kept.error());
  return app.options.json ? print_json(app, json_of(app, *import, *kept))
                          : print(text_of(*import, app.options.of<GridImportOptions>().files.size(), *kept));
}

}  // namespace olivine::cli
