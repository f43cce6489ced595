// grid fetch: asks a grid service, when the user allowed it, and prints what was got.
#include <fmt/core.h>

#include <algorithm>
#include <thread>

#include "apps/cli/app.h"
#include "apps/cli/grid_fetch_render.h"
#include "apps/cli/grid_import_mixes.h"
#include "apps/cli/grid_options.h"
#include "base/file_writer.h"
#include "base/text.h"
#include "grid/providers/curl_http_client.h"
#include "grid/providers/login_http_client.h"
#include "grid/providers/series_csv.h"
#include "grid/providers/utc_text.h"
#include "grid/store/series_store.h"

namespace olivine::cli {
namespace {

std::string cache_folder(const App& app) {
  std::string cache = app.variable("XDG_CACHE_HOME");
  if (!cache.starts_with('/')) {
    const std::string home = app.variable("HOME");
    cache = home.starts_with('/') ? home + "/.cache" : "/var/cache";
  }
  return cache + "/olivine/grid";
}

// No request is sent unless the user said so: in the own or the system's settings, or with --online.
Result<bool> may_ask(const App& app, const ProviderInfo& provider) {
  const GridFetchOptions& o = app.options.of<GridFetchOptions>();
  if (o.offline && o.online) return fail(ErrorKind::kInvalid, "--online and --offline exclude each other");
  if (o.offline) return false;
  if (o.online) return true;
  const std::string enabled = app.config.get("grid_providers");
  for (const std::string_view name : split(enabled, ','))
    if (trim(name) == provider.name) return true;
  return fail(ErrorKind::kInvalid, fmt::format("no request is sent: {} is not enabled; say --online, or write "
                                               "grid_providers = \"{}\" in ~/.config/olivine/config.toml",
                                               provider.title, provider.name));
}

Result<WallTime> time_option(const std::string& text, std::string_view flag, WallTime otherwise) {
  if (text.empty()) return otherwise;
  // A bare date or minute is UTC: the help says so.
  auto time = parse_utc(text, Utc::kImplied);
  if (!time) return with_context(time.error(), flag);
  return time;
}

Result<FetchQuery> query_of(const App& app, const ProviderInfo& provider) {
  const GridFetchOptions& o = app.options.of<GridFetchOptions>();
  FetchQuery query;
  query.zone = o.zone;
  query.endpoint = o.endpoint;
  query.now = app.clock.now().wall;
  const bool weather = provider.name == "open-meteo";
  const WallTime hour = floor_to(query.now, hours(1));
  OLIVINE_TRY(query.interval.begin,
              time_option(o.from, "--from", weather ? floor_to(query.now, hours(24)) : hour + Duration{-hours(24).ns}));
  OLIVINE_TRY(query.interval.end,
              time_option(o.to, "--to", weather ? query.interval.begin + hours(96) : ceil_to(query.now, hours(1))));
  OLIVINE_TRY(query.signal, signal_from(o.signal.empty() ? provider.default_signal : std::string_view(o.signal)));
  OLIVINE_TRY(query.boundary,
              boundary_from(o.boundary.empty() ? provider.default_boundary : std::string_view(o.boundary)));
  return query;
}

Result<FetchReport> carry_out(const App& app, const ProviderInfo& provider) {
  OLIVINE_TRY(const bool online, may_ask(app, provider));
  OLIVINE_TRY(const FetchQuery query, query_of(app, provider));
  OLIVINE_TRY(const Credentials credentials, load_credentials(app.environment, app.config.get("grid_token_file")));
  OLIVINE_TRY(const auto session, start_session(provider, query, credentials));
  std::unique_ptr<HttpClient> curl;
  if (online) {
    OLIVINE_TRY(curl, open_curl_client());
  }
  const std::string base = query.endpoint.empty() ? std::string(provider.base_url) : query.endpoint;
  std::unique_ptr<HttpClient> login;
  if (curl)
    login = std::make_unique<LoginHttpClient>(*curl, app.clock, base, credentials.watttime_user,
                                              credentials.watttime_password);
  BlobDirectory files(cache_folder(app));
  FetchTools tools;
  tools.http = login.get();
  tools.files = &files;
  tools.clock = &app.clock;
  tools.sleep = [](Duration d) {
    if (d > seconds(2)) say(fmt::format("olivine: waiting {} before asking again\n", format_duration(d)));
    std::this_thread::sleep_for(std::chrono::nanoseconds(d.ns));
  };
  tools.prng = Prng(static_cast<std::uint64_t>(app.clock.now().mono.ns));
  tools.secrets = credentials.all();
  return fetch(*session, provider, tools);
}

// What was fetched stays: as a data set beside those of grid import. An error leaves the answer as it is.
Status keep(const App& app, IntensitySeries& series) {
  if (series.points.empty()) return {};
  StoredSeries stored;
  stored.about = {.zone = series.zone,
                  .signal = series.signal,
                  .boundary = series.boundary,
                  .accounting = series.accounting,
                  .losses = series.losses,
                  .gases = series.gases,
                  .unit = "g_per_kwh",
                  .source = series.source,
                  .format = "fetch",
                  .notes = series.notes};
  constexpr std::int64_t kNsPerSecond = 1'000'000'000;
  for (const IntensityPoint& p : series.points)
    stored.points.push_back({p.begin.ns / kNsPerSecond,
                             static_cast<std::uint32_t>((p.end.ns - p.begin.ns) / kNsPerSecond), p.estimated,
                             p.g_per_kwh});
  OLIVINE_TRY(SeriesStore store, SeriesStore::open(app.files, app.grid_data_path()));
  OLIVINE_TRY(const std::string bytes, packed(std::move(stored), store.import_time(app.clock.now().wall)));
  RealFileWriter writer;
  OLIVINE_TRY(const Dataset dataset, store.put(writer, bytes));
  series.dataset = dataset.hash;
  return {};
}

}  // namespace

int grid_fetch_command(App& app) {
  const auto provider = find_provider(app.options.of<GridFetchOptions>().provider);
  if (!provider) return report_error(provider.error());
  auto report = carry_out(app, *provider);
  if (!report) return report_error(report.error());
  IntensitySeries& series = report->data.series;
  if (const std::string& other = app.options.of<GridFetchOptions>().endpoint;
      !other.empty())  // a replay's numbers are not the service's
    series.source = fmt::format("{}, in the form of {}", printable(other), series.source);
  if (const auto kept = keep(app, series); !kept) say(fmt::format("olivine: not kept: {}\n", kept.error().message));
  if (!app.options.output_file.empty()) {
    const std::string csv = report->data.weather ? weather_csv(*report->data.weather) : series_csv(series);
    if (const auto written = write_file(app.options.output_file, csv); !written) return report_error(written.error());
  }
  if (!series.dataset.empty())
    say(fmt::format("kept as data set {}; olivine grid data ls lists them\n", series.dataset.substr(0, 12)));
  for (const std::string& note : series.notes) say(fmt::format("note: {}\n", printable(note)));
  const int printed =
      app.options.json ? print_json(app, fetch_json(*provider, *report)) : print(fetch_text(*provider, *report));
  if (printed != 0 || report->data.weather || !series.points.empty()) return printed;
  say(fmt::format("olivine: {} knows no value of {} in this time\n", provider->title, series.zone));
  return kExitIncomplete;
}

}  // namespace olivine::cli
