// Fuzzes what the feature store reads: any bytes as views (TOML) and as rows (CSV) give values or an error of one line;
// views that are taken are sound and read back the same, rows that are taken are finite or null, and every answer is too.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "grid/features/compute.h"
#include "grid/features/oracle_fixture.h"

namespace {

using namespace olivine;
using namespace olivine::features;

void one_line(const Error& error) {
  if (error.message.find('\n') != std::string::npos) std::abort();
}

void as_views(std::string_view text) {
  const auto views = parse_views(text, "v.toml");
  if (!views) return one_line(views.error());
  for (const FeatureView& view : *views) {
    const auto back = view_from_canonical(canonical_text(view));
    if (!check(view) || !back || hash_of(*back) != hash_of(view)) std::abort();
  }
}

void as_rows(std::string_view text) {
  static const FeatureView view = features::testing::full_view();
  const auto rows = rows_from_csv(text, "r.csv", view);
  if (!rows) return one_line(rows.error());
  for (const auto& column : rows->values)
    for (const double v : column)
      if (std::isinf(v)) std::abort();
  if (rows->size() == 0 || rows->size() > 200) return;
  const Spine spine{rows->entities, rows->entity, rows->ingest_ns};
  const auto frame = compute(view, *rows, spine);
  if (!frame) std::abort();
  for (const auto& column : frame->columns)
    for (const double v : column)
      if (std::isinf(v)) std::abort();
  if (!spine_from_csv(csv_from_frame(spine, *frame, "zone"), "s.csv", "zone")) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  as_views(text);
  as_rows(text);
  return 0;
}
