#include "grid/providers/eia.h"

#include <fmt/core.h>

#include <array>
#include <set>
#include <utility>

#include "base/text.h"
#include "grid/providers/answer_json.h"
#include "grid/providers/list_session.h"
#include "grid/providers/utc_text.h"

namespace olivine {
namespace {

constexpr std::size_t kMaxRows = 600'000;
constexpr std::size_t kMaxKinds = 64;

// A number, or a number in quotes; absent for null and anything else.
std::optional<double> number_of(const AnswerJson& value) {
  if (const auto number = value.number()) return number;
  const auto text = value.text();
  if (!text) return std::nullopt;
  const auto number = parse_double(trim(*text));
  if (!number) return std::nullopt;
  return *number;
}

Result<EiaRow> read_row(const AnswerJson& row, const std::string& respondent) {
  const std::string said = row["respondent"].text_or("");
  if (said != respondent)
    return fail(ErrorKind::kInvalid, fmt::format("EIA answered for '{}' and not for '{}': nothing is taken",
                                                 printable(said.substr(0, 40)), respondent));
  const std::string unit = row["value-units"].text_or("");
  if (unit != "megawatthours")
    return fail(ErrorKind::kInvalid, fmt::format("EIA states the unit '{}' and not megawatthours: nothing is taken",
                                                 printable(unit.substr(0, 40))));
  const auto end = parse_utc(row["period"].text_or(""), Utc::kImplied);
  if (!end) return fail(ErrorKind::kCorrupt, "a row of EIA has no period: " + end.error().message);
  const std::string fuel = row["fueltype"].text_or("");
  if (fuel.empty() || fuel.size() > 8) return fail(ErrorKind::kCorrupt, "a row of EIA names no fuel");
  return EiaRow{*end + Duration{-hours(1).ns}, printable(fuel), number_of(row["value"])};
}

class EiaSession final : public ProviderSession {
 public:
  EiaSession(FetchQuery query, Secret key, IntensitySeries blank)
      : query_(std::move(query)), key_(std::move(key)), series_(std::move(blank)) {
    mix_.zone = query_.zone;
  }

  Result<std::optional<HttpRequest>> next() override {
    if (total_ && offset_ >= *total_) return std::optional<HttpRequest>{};
    return std::optional<HttpRequest>{eia_request(query_, key_, offset_)};
  }

  Status accept(const HttpResponse& answer) override {
    OLIVINE_TRY(const EiaPage page, parse_eia(answer.body, eia_respondent(query_.zone)));
    if (page.total > kMaxRows) return fail(ErrorKind::kInvalid, "EIA lists too many rows; ask for a shorter time");
    if (page.rows.empty() && offset_ < page.total)
      return fail(ErrorKind::kCorrupt,
                  fmt::format("EIA announces {} rows and sends none from {} on", page.total, offset_));
    if (offset_ + page.rows.size() > page.total)
      return fail(ErrorKind::kCorrupt,
                  fmt::format("EIA announces {} rows and sends {} from {} on", page.total, page.rows.size(), offset_));
    OLIVINE_CHECK_STATUS(add(page.rows));
    total_ = page.total;
    offset_ += page.rows.size();
    return {};
  }

  Result<FetchedData> finish() override {
    if (total_ == 0U)
      return fail(
          ErrorKind::kNotFound,
          fmt::format(
              "EIA has no rows for '{}' in this time; ZONE is a balancing authority such as CISO or US-CAL-CISO",
              query_.zone));
    if (repeated_ > 0) mix_.notes.push_back(fmt::format("{} rows are listed twice: taken once", repeated_));
    if (contradicting_ > 0) mix_.notes.push_back(fmt::format("{} rows contradict each other: gaps", contradicting_));
    FetchedData data;
    data.series = std::move(series_);
    OLIVINE_CHECK_STATUS(add_intensity(mix_, query_.interval, data.series));
    data.mix = std::move(mix_);
    return data;
  }

 private:
  // Fails before it changes anything.
  Status add(const std::vector<EiaRow>& rows) {
    std::set<std::string> codes;
    for (const MixKind& kind : mix_.kinds) codes.insert(kind.code);
    for (const EiaRow& row : rows) codes.insert(row.fuel);
    if (codes.size() > kMaxKinds) return fail(ErrorKind::kInvalid, "EIA lists more than 64 fuels");
    for (const EiaRow& row : rows) {
      const auto [place, fresh] = mix_.kind(row.fuel, eia_fuel(row.fuel)).mw.try_emplace(row.begin, row.mwh);
      if (fresh) continue;
      if (place->second == row.mwh) {
        ++repeated_;
      } else {
        ++contradicting_;
        place->second.reset();
      }
    }
    return {};
  }

  FetchQuery query_;
  Secret key_;
  IntensitySeries series_;
  ServiceMix mix_;
  std::optional<std::size_t> total_;
  std::size_t offset_ = 0, repeated_ = 0, contradicting_ = 0;
};

}  // namespace

Fuel eia_fuel(std::string_view code) {
  constexpr std::array<std::pair<std::string_view, Fuel>, 15> kFuels{{{"COL", Fuel::kCoal},
                                                                      {"NG", Fuel::kGas},
                                                                      {"OIL", Fuel::kOil},
                                                                      {"NUC", Fuel::kNuclear},
                                                                      {"WAT", Fuel::kHydro},
                                                                      {"SUN", Fuel::kSolar},
                                                                      {"WND", Fuel::kWind},
                                                                      {"GEO", Fuel::kGeothermal},
                                                                      {"BAT", Fuel::kStorage},
                                                                      {"PS", Fuel::kStorage},
                                                                      {"UES", Fuel::kStorage},
                                                                      {"OES", Fuel::kStorage},
                                                                      {"SNB", Fuel::kStorage},
                                                                      {"WNB", Fuel::kStorage},
                                                                      {"OTH", Fuel::kOther}}};
  for (const auto& [name, fuel] : kFuels)
    if (name == code) return fuel;
  return Fuel::kOther;
}

std::string eia_respondent(const std::string& zone) {
  return zone.starts_with("US-") ? zone.substr(zone.rfind('-') + 1) : zone;
}

HttpRequest eia_request(const FetchQuery& query, const Secret& key, std::size_t offset) {
  RequestUrl url(query.endpoint, "/v2/electricity/rto/fuel-type-data/data/");
  url.secret("api_key", key.reveal()).query("frequency", "hourly").query("data[0]", "value");
  url.query("facets[respondent][0]", eia_respondent(query.zone));
  url.query("start", format_hour(floor_to(query.interval.begin, hours(1)) + hours(1)))
      .query("end", format_hour(ceil_to(query.interval.end, hours(1))));
  url.query("sort[0][column]", "period")
      .query("sort[0][direction]", "asc")
      .query("sort[1][column]", "fueltype")
      .query("sort[1][direction]", "asc");
  url.query("offset", std::to_string(offset)).query("length", std::to_string(kEiaPageRows));
  HttpRequest request = url.request();
  request.headers = {{"Accept", "application/json"}};
  return request;
}

Result<EiaPage> parse_eia(std::string_view body, const std::string& respondent) {
  OLIVINE_TRY(const AnswerJson answer, AnswerJson::parse(body));
  const AnswerJson response = answer["response"], rows = response["data"];
  const auto total = number_of(response["total"]);
  if (!rows.is_array() || !total || !(*total >= 0) || *total > 1e12) {
    if (const std::string words = words_of_error(body); !words.empty())
      return fail(ErrorKind::kInvalid, "EIA says: " + words);
    return fail(ErrorKind::kCorrupt, "the answer of EIA lacks response.data or response.total");
  }
  EiaPage page;
  page.total = static_cast<std::size_t>(*total);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    OLIVINE_TRY(EiaRow row, read_row(rows[i], respondent));
    page.rows.push_back(std::move(row));
  }
  return page;
}

Result<std::unique_ptr<ProviderSession>> start_eia(const ProviderInfo& provider, const FetchQuery& query,
                                                   const Credentials& credentials) {
  OLIVINE_CHECK_STATUS(require(query, provider, Signal::kAverage, std::nullopt));
  IntensitySeries blank = blank_series(query, provider);
  blank.accounting = "production";
  blank.losses = "excluded";
  return std::make_unique<EiaSession>(query, credentials.eia_key, std::move(blank));
}

}  // namespace olivine
