// Fuzzes the importers: any bytes give series that the store takes and gives back, or one printable line of error.
//
// The first byte chooses what the options say; the rest is the file, plain or gzip, through the recogniser.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "grid/import/import.h"

namespace {

using namespace olivine;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_error(const Error& error) {
  require(!error.message.empty() && error.message.size() < 2000);
  require(error.message == printable(error.message));
}

ImportOptions options_of(std::uint8_t bits) {
  ImportOptions options;
  if ((bits & 1) != 0) options.zone = "FR";
  if ((bits & 2) != 0) options.signal = (bits & 4) != 0 ? Signal::kMarginal : Signal::kAverage;
  if ((bits & 8) != 0) options.boundary = Boundary::kDirect;
  if ((bits & 16) != 0) options.unit = (bits & 32) != 0 ? "lb_per_mwh" : "g_per_kwh";
  if ((bits & 64) != 0) options.year = 2023;
  if ((bits & 128) != 0) options.format = "csv";
  return options;
}

void check_series(const Imported& imported) {
  require(imported.size() > 0);
  for (std::size_t i = 0; i < imported.size() && i < 20; ++i) {
    const auto series = imported.series(i);
    require(series.has_value());
    for (const StoredPoint& p : series->points) require(p.value >= 0.0 || series->about.signal == Signal::kMarginal);
    const auto bytes = encode_series(*series, {1});
    if (!bytes) {
      check_error(bytes.error());
      continue;
    }
    const auto file = SeriesFile::open(*bytes);
    require(file.has_value());
    require(file->stored().value() == series->points);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 16'384) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto source = unpacked(std::make_unique<TextSource>(text));
  if (source) {
    const auto imported = import_intensities(**source, options_of(data[0]));
    if (imported)
      check_series(*imported);
    else
      check_error(imported.error());
  }
  return 0;
}
