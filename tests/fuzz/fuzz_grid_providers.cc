// Fuzzes every parser of the grid providers: any bytes give points or an error of one line. The first byte chooses the
// parser, the rest is the answer. What is accepted must be a series that holds its own promises.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "grid/providers/answer_json.h"
#include "grid/providers/credentials.h"
#include "grid/providers/eia.h"
#include "grid/providers/electricity_maps.h"
#include "grid/providers/entsoe.h"
#include "grid/providers/open_meteo.h"
#include "grid/providers/series_csv.h"
#include "grid/providers/uk_carbon_intensity.h"
#include "grid/providers/utc_text.h"
#include "grid/providers/watttime.h"
#include "grid/replay/replay_faults.h"

namespace {

using namespace olivine;

const WallInterval kAlways{{0}, {7'000'000'000'000'000'000}};

void require(bool held) {
  if (!held) std::abort();
}

void one_line(const Error& error) {
  for (const char c : error.message) require(static_cast<unsigned char>(c) >= ' ');
  require(error.message.size() < 1000);
}

void sound(const IntensitySeries& series) {
  require(check(series).has_value());
  for (const IntensityPoint& p : series.points) require(p.g_per_kwh >= 0);
  for (const std::string& note : series.notes)
    for (const char c : note) require(static_cast<unsigned char>(c) >= ' ');
}

void listed(const Result<ListedValues>& values) {
  if (!values) return one_line(values.error());
  SeriesBuilder builder;
  if (values->step) builder.set_step(*values->step);
  for (const ListedValue& v : values->values) builder.add(v.begin, v.g_per_kwh, v.estimated);
  for (const std::string& note : values->notes) builder.note(note);
  IntensitySeries series;
  if (const Status finished = std::move(builder).finish(kAlways, series); !finished) return one_line(finished.error());
  sound(series);
}

void mixed(ServiceMix mix) {
  IntensitySeries series;
  mix.zone = "X";
  if (const Status made = add_intensity(mix, kAlways, series); !made) return one_line(made.error());
  sound(series);
}

template <class T>
void either(const Result<T>& result) {
  if (!result) one_line(result.error());
}

void eia(std::string_view body) {
  const auto page = parse_eia(body, "CISO");
  if (!page) return one_line(page.error());
  ServiceMix mix;
  for (const EiaRow& row : page->rows) mix.kind(row.fuel, eia_fuel(row.fuel)).mw.try_emplace(row.begin, row.mwh);
  mixed(std::move(mix));
}

void csv(std::string_view body) {
  const auto all = parse_series_csv(body, "f");
  if (!all) return one_line(all.error());
  for (const IntensitySeries& series : *all) {
    sound(series);
    require(parse_series_csv(series_csv(series), "f").has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 11) {
    case 0: listed(parse_electricity_maps(body, "FR", Boundary::kLifecycle)); break;
    case 1: listed(parse_watttime(body, "CAISO_NORTH", "co2_moer")); break;
    case 2: listed(parse_uk(body, {})); break;
    case 3: listed(parse_uk(body, {13, ""})); break;
    case 4: eia(body); break;
    case 5: {
      const auto mix = parse_entsoe(body, "10YBE----------2");
      if (mix)
        mixed(*mix);
      else
        one_line(mix.error());
      break;
    }
    case 6: either(parse_open_meteo(body, {52.5, 13.4})); break;
    case 7: either(parse_watttime_login(body)); break;
    case 8: csv(body); break;
    case 9:
      either(credentials_from({}, body, "/t"));
      either(parse_replay_faults(body));
      either(parse_utc(body));
      break;
    default:
      for (const char c : words_of_error(body)) require(static_cast<unsigned char>(c) >= ' ');
      either(origin_of(body));
  }
  return 0;
}
