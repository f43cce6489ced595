#include "apps/cli/account_inputs.h"

#include "account/lifecycle/grid_intensity.h"
#include "engine/account_sources.h"
#include "grid/store/series_store.h"

namespace olivine::cli {

Result<Account> account_of_file(App& app, const std::string& file, const AccountOptions& options) {
  const auto text = read_text(app.files, file, kMaxManifestBytes);
  if (!text)
    return fail(text.error().kind == ErrorKind::kNotFound ? ErrorKind::kInvalid : text.error().kind,
                text.error().message);
  OLIVINE_TRY(const Manifest manifest, parse_manifest(*text, file));
  OLIVINE_TRY(SeriesStore store, SeriesStore::open(app.files, app.grid_data_path()));
  GridIntensity intensity(&store, app.clock.now().wall);
  LedgerRuns runs([&app] { return open_history(app); }, app.ledger_path());
  CatalogueHardwareSource hardware;
  const std::size_t slash = file.rfind('/');
  FileTables tables(app.files, slash == std::string::npos ? "" : file.substr(0, slash));
  return evaluate_account(manifest, {&intensity, &runs, &hardware, &tables}, options);
}

}  // namespace olivine::cli
