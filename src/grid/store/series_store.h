// SeriesStore: the data sets of intensities that this machine holds, one immutable file each, in one folder
// ($XDG_DATA_HOME/olivine/grid). A file is mapped when it is first asked for and stays mapped.
//
//   OLIVINE_TRY(SeriesStore store, SeriesStore::open(files, folder));
//   store.put(writer, encode_series(series, now));                   // -> FR.average.lifecycle.consumption.1f0c....series
//   store.points({"FR", interval, Signal::kAverage, Boundary::kLifecycle});   // of the newest import that has the interval
//   store.points_of("1f0c...", query);                               // of that data set, or an error: a replay
//
// Which one answers: of those of the zone, signal and boundary that overlap the interval, the one imported last. Its
// hash is in `dataset`; a note names others that were passed over. Nothing is merged: the answer has one source.
// Files that cannot be read are troubles, not errors: the others serve.
//
// Units: g/kWh; UTC. Errors: kNotFound says what is held instead and how to import; kCorrupt names the file.
// Threads: one. Lifetime: the store keeps its mappings; answers are values. `files` outlives the store.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/file_writer.h"
#include "grid/intensity.h"
#include "grid/store/series_file.h"

namespace olivine {

class SeriesStore final : public IntensityProvider {
 public:
  // A folder that is not there is an empty store.
  // `only_zone`: leave the files of other zones alone, by their names.
  static Result<SeriesStore> open(FileSystem& files, std::string folder, std::string_view only_zone = {});

  const std::vector<Dataset>& datasets() const { return datasets_; }  // by zone, signal, boundary, newest first
  const std::vector<std::string>& troubles() const { return troubles_; }
  // By hash or the first digits of it (at least 4) when they name one data set only.
  Result<Dataset> find(std::string_view hash) const;

  Result<IntensitySeries> points(const IntensityQuery& query) override;
  // kInvalid when the data set is of another zone, signal or boundary.
  Result<IntensitySeries> points_of(std::string_view hash, const IntensityQuery& query);

  // Keeps what encode_series gave. The same content again only becomes the newest import.
  Result<Dataset> put(FileWriter& writer, std::string_view file_bytes);
  Status remove(FileWriter& writer, std::string_view hash);
  // After every import of the same series so far, whatever the clock says.
  WallTime import_time(WallTime now) const;

 private:
  struct Mapped {
    std::unique_ptr<FileContent> content;
    SeriesFile file;
  };
  SeriesStore(FileSystem& files, std::string folder) : files_(&files), folder_(std::move(folder)) {}
  Result<const SeriesFile*> mapped(const Dataset& dataset);
  Result<IntensitySeries> answer(const Dataset& dataset, const IntensityQuery& query);
  void keep(Dataset dataset);

  FileSystem* files_;
  std::string folder_;
  std::vector<Dataset> datasets_;
  std::vector<std::string> troubles_;
  std::map<std::string, Mapped> mapped_;  // by path
};

}  // namespace olivine
