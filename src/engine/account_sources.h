// What an account asks about, answered by this machine: runs by the ledger, hardware by the catalogue.
//
// A run's energy is what was attributed to it plus the idle energy charged to it, as `olivine show` prints it; when it was used comes
// from its facts, as its own record weighs them. Its plane is that of its record: chip, or the node's plug where the rest of the node
// was modelled.
//
// Units: as sources.h. Errors: kNotFound for a run or a name that is not there, with the nearest. Threads: one. Lifetime: the ledger
// outlives LedgerRuns.
#pragma once

#include <functional>
#include <memory>

#include "account/lifecycle/sources.h"
#include "ledger/ledger.h"

namespace olivine {

class LedgerRuns final : public RunSource {
 public:
  // The ledger is opened when the first run is asked for.
  explicit LedgerRuns(std::function<Result<std::unique_ptr<Ledger>>()> open, std::string path)
      : open_(std::move(open)), path_(std::move(path)) {}
  Result<RunFacts> run(const std::string& id_or_name) override;

 private:
  std::function<Result<std::unique_ptr<Ledger>>()> open_;
  std::string path_;
  std::unique_ptr<Ledger> ledger_;
};

// GPUs and processors by name.
class CatalogueHardwareSource final : public HardwareSource {
 public:
  Result<CatalogueHardware> hardware(const std::string& name) override;
};

// Tables beside the manifest.
class FileTables final : public TableSource {
 public:
  FileTables(FileSystem& files, std::string folder) : files_(files), folder_(std::move(folder)) {}
  Result<ActivityImport> table(const ManifestActivitiesFile& file) override;

 private:
  FileSystem& files_;
  std::string folder_;
};

}  // namespace olivine
