// The subcommands of `olivine grid` that speak to services.
#include <CLI/CLI.hpp>
#include <limits>

#include "apps/cli/grid_options.h"
#include "apps/cli/number_check.h"
#include "apps/cli/options.h"

namespace olivine::cli {
namespace {

void add_fetch(CLI::App& grid, Options& o) {
  CLI::App* fetch = grid.add_subcommand("fetch", "ask a grid service for a zone's intensity; only when enabled");
  fetch->callback([&o] { o.command = "grid fetch"; });
  GridFetchOptions& f = o.of<GridFetchOptions>();
  fetch->add_option("ZONE", f.zone, "zone key, GB:13, GB:RG10, or LATITUDE,LONGITUDE for open-meteo")
      ->required()
      ->type_name("");
  fetch->add_option("--provider", f.provider, "electricity-maps, watttime, uk, eia, entsoe or open-meteo")
      ->required()
      ->type_name("NAME");
  fetch->add_option("--from", f.from, "begin, UTC, e.g. 2025-01-01T00:00Z (default: a day ago)")->type_name("TIME");
  fetch->add_option("--to", f.to, "end; in the future: a forecast, where there is one (default: now)")
      ->type_name("TIME");
  fetch->add_option("--signal", f.signal, "average or marginal (default: what the service has)")->type_name("SIGNAL");
  fetch->add_option("--boundary", f.boundary, "direct or lifecycle (default: what the service has)")
      ->type_name("BOUNDARY");
  fetch->add_flag("--online", f.online,
                  "send requests now; else only to services that the setting grid_providers names");
  fetch->add_flag("--offline", f.offline, "send no request: answer from the cache, with its age");
  fetch->add_option("--endpoint", f.endpoint, "another base address: https, or http on this machine")->type_name("URL");
  fetch->add_flag("--json", o.json, "print JSON in place of text (--json=FILE writes it to a file)");
  fetch->add_option("--json-file", o.json_file, "")->group("");
  fetch->add_option("-o,--output", o.output_file, "write the points to FILE as CSV")->type_name("FILE");
  fetch->footer(
      "Examples:\n"
      "  olivine grid fetch GB --provider uk --online\n"
      "  olivine grid fetch US-CAL-CISO --provider watttime --from 2025-01-01 --to 2025-02-01 -o moer.csv\n"
      "  olivine grid fetch 52.5,13.4 --provider open-meteo --online --json\n\n"
      "Keys come from the environment (OLIVINE_EIA_KEY, ...) or from a file of mode 0600: docs/providers.md.");
}

void add_serve_replay(CLI::App& grid, Options& o) {
  CLI::App* serve =
      grid.add_subcommand("serve-replay", "play the services' own APIs on 127.0.0.1 from stored series, for tests");
  serve->callback([&o] { o.command = "grid serve-replay"; });
  ServeReplayOptions& s = o.of<ServeReplayOptions>();
  serve->add_option("--from", s.from, "where the virtual clock begins, UTC, e.g. 2025-01-01T00:00Z")
      ->required()
      ->type_name("TIME");
  serve->add_option("--speed", s.speed, "virtual seconds a second, e.g. 60")
      ->check(number_between(0.0, 1e6))
      ->type_name("FACTOR")
      ->capture_default_str();
  serve->add_option("--port", s.port, "port; 0: a free one")
      ->check(whole_number(0, 65535))
      ->type_name("PORT")
      ->capture_default_str();
  serve
      ->add_option("--data", s.data,
                   "CSV of intensities, as grid fetch -o writes; may be given again (default: made up)")
      ->type_name("FILE");
  serve->add_option("--fault", s.fault, "faults, e.g. 429:0.1,null:0.05,html:first2")->type_name("LIST");
  serve->add_option("--seed", s.seed, "seed of the faults")
      ->check(whole_number(0, std::numeric_limits<unsigned>::max()).description(""))
      ->type_name("NUMBER")
      ->capture_default_str();
  serve->add_option("--log", s.log, "append a line a request to FILE, without keys")->type_name("FILE");
  serve->footer(
      "Examples:\n"
      "  olivine grid serve-replay --from 2025-01-01T00:00Z --speed 60\n"
      "  olivine grid serve-replay --from 2025-01-01 --data moer.csv --fault 429:0.1,truncate:0.05 --seed 7\n\n"
      "Faults: 401 403 404 429 500 503 null negative wrongzone html empty truncate slow, each with a share of the\n"
      "requests (429:0.1) or a count from the first (429:first2).");
}

}  // namespace

void add_grid_services(CLI::App& grid, Options& o) {
  add_fetch(grid, o);
  add_serve_replay(grid, o);
}

}  // namespace olivine::cli
