// estimate before anything has run: a manifest made of a few words, what it amounts to, and what was assumed.
#include <fmt/core.h>
#include <sys/stat.h>

#include "account/estimation/estimate_manifest.h"
#include "account/lifecycle/grid_intensity.h"
#include "apps/cli/estimate.h"
#include "apps/cli/estimate_ahead_options.h"
#include "base/text.h"
#include "engine/account_sources.h"
#include "grid/store/series_store.h"
#include "report/account_view.h"
#include "report/text_layout.h"

namespace olivine::cli {
namespace {

// "0.4" or "0.3-0.5": the middle, with both as bounds.
Result<std::optional<RangedNumber>> share_of(const std::string& text, std::string_view flag) {
  if (text.empty()) return std::optional<RangedNumber>{};
  const std::size_t dash = text.find('-', 1);
  const Result<double> low = parse_double(trim(std::string_view(text).substr(0, dash)));
  const Result<double> high =
      dash == std::string::npos ? low : parse_double(trim(std::string_view(text).substr(dash + 1)));
  if (!low || !high || !(*low > 0.0) || *high > 1.0 || *low > *high)
    return fail(ErrorKind::kInvalid,
                fmt::format("{} {}: a share above 0 and at most 1, or a range such as 0.3-0.5", flag, printable(text)));
  return std::optional(RangedNumber{(*low + *high) / 2.0, *low, *high, Basis::kUserStated, std::string(flag)});
}

// "96" is hours; "4d", "90min" say their unit.
Result<std::optional<double>> hours_of(const std::string& text) {
  if (text.empty()) return std::optional<double>{};
  if (const auto plain = parse_double(trim(text))) return std::optional(*plain);
  const auto duration = parse_duration(text);
  if (!duration) return fail(ErrorKind::kInvalid, fmt::format("--hours {}: how long? e.g. 96 or 4d", printable(text)));
  return std::optional(in_seconds(*duration) / 3600.0);
}

Result<EstimateAsk> ask_of(const App& app) {
  const EstimateAheadOptions& o = app.options.of<EstimateAheadOptions>();
  EstimateAsk ask;
  ask.gpus = o.gpus;
  ask.instance = o.instance;
  ask.count = o.count;
  OLIVINE_TRY(ask.hours, hours_of(o.hours));
  ask.params = o.params;
  ask.tokens = o.tokens;
  ask.requests = o.requests;
  OLIVINE_TRY(ask.mfu, share_of(o.mfu, "--mfu"));
  OLIVINE_TRY(ask.load, share_of(o.load, "--load"));
  ask.power_w = o.power_w;
  ask.at = o.at;
  ask.provider = to_lower(o.provider);
  ask.region = to_lower(o.region);
  ask.pue = app.config.number("pue");
  ask.price = app.config.number("price_per_kwh");
  if (const std::string currency = app.config.get("currency"); !currency.empty()) ask.currency = currency;
  // A region says the zone, unless the zone was typed beside it.
  if (ask.region.empty() || app.options.settings.contains("zone")) ask.zone = app.config.get("zone");
  return ask;
}

struct Estimated {
  EstimateManifest written;
  Account account;
};

Result<Estimated> estimated(const App& app) {
  OLIVINE_TRY(const EstimateAsk ask, ask_of(app));
  Estimated out;
  OLIVINE_TRY(out.written, estimate_manifest(ask));
  OLIVINE_TRY(const Manifest manifest, parse_manifest(out.written.toml, "estimate"));
  OLIVINE_TRY(SeriesStore store, SeriesStore::open(app.files, app.grid_data_path()));
  GridIntensity intensity(&store, app.clock.now().wall);
  CatalogueHardwareSource hardware;
  OLIVINE_TRY(out.account, evaluate_account(manifest, {&intensity, nullptr, &hardware}, {}));
  for (const std::string& line : out.written.assumed) out.account.notes.push_back("assumed: " + line);
  return out;
}

}  // namespace

int estimate_ahead(App& app) {
  const EstimateAheadOptions& o = app.options.of<EstimateAheadOptions>();
  struct stat info{};
  if (!o.write.empty() && !o.force && ::stat(o.write.c_str(), &info) == 0 && S_ISREG(info.st_mode))
    return report_error(
        {ErrorKind::kInvalid,
         fmt::format("{} is there already; --force overwrites it, or name another file", printable(o.write))});
  const auto result = estimated(app);
  if (!result) return report_error(result.error());
  if (const std::string& file = o.write; !file.empty()) {
    if (const auto status = write_file(file, result->written.toml); !status) return report_error(status.error());
    say(fmt::format("olivine: the manifest is in {}; olivine account {} evaluates it\n", file, file));
  }
  if (app.options.json) return print_json(app, render_account_json(result->account));
  return print(render_account(result->account, app.style(false)));
}

}  // namespace olivine::cli
