#include "grid/providers/uk_carbon_intensity.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "grid/providers/answer_json.h"

namespace olivine {
namespace {

bool is_postcode(std::string_view text) {  // the outward part: "E1", "RG10", "EC1A"
  if (text.size() < 2 || text.size() > 4 || text[0] < 'A' || text[0] > 'Z') return false;
  for (const char c : text)
    if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) return false;
  return text.find_first_of("0123456789") != std::string_view::npos;
}

// The rows of a national answer, or those of the region that was asked for.
Result<AnswerJson> rows_of(const AnswerJson& answer, const UkRegion& region) {
  AnswerJson data = answer["data"];
  const bool national = region.id == 0 && region.postcode.empty();
  if (!national && data.is_array()) data = data[std::size_t{0}];
  if (national && data.is_object())
    return fail(ErrorKind::kInvalid, "the UK service answered for a region and not for GB: nothing is taken");
  if (national) return data;
  const bool same = region.id > 0 ? data["regionid"].number() == static_cast<double>(region.id)
                                  : data["postcode"].text_or("") == region.postcode;
  if (data.present() && !same)
    return fail(ErrorKind::kInvalid, "the UK service answered for another region: nothing is taken");
  return data["data"];
}

}  // namespace

Result<UkRegion> uk_region(const std::string& zone) {
  UkRegion region;
  if (zone == "GB") return region;
  if (zone.starts_with("GB:")) {
    const std::string_view part = std::string_view(zone).substr(3);
    if (const auto id = parse_u64(part); id && *id >= 1 && *id <= 17) {
      region.id = static_cast<int>(*id);
      return region;
    }
    if (is_postcode(part)) {
      region.postcode = part;
      return region;
    }
  }
  return fail(
      ErrorKind::kInvalid,
      fmt::format("the UK service knows GB, GB:1 to GB:17 and GB:POSTCODE (first half, as in GB:RG10), not '{}'",
                  printable(zone.substr(0, 40))));
}

std::vector<HttpRequest> uk_requests(const FetchQuery& query, const UkRegion& region) {
  std::vector<HttpRequest> requests;
  for (const WallInterval& part : chunks(query.interval, hours(14 * 24))) {
    const std::string span = format_minute(part.begin) + "/" + format_minute(part.end);
    std::string path = "/intensity/" + span;
    if (region.id > 0) path = fmt::format("/regional/intensity/{}/regionid/{}", span, region.id);
    if (!region.postcode.empty()) path = fmt::format("/regional/intensity/{}/postcode/{}", span, region.postcode);
    HttpRequest request = RequestUrl(query.endpoint, path).request();
    request.headers = {{"Accept", "application/json"}};
    requests.push_back(std::move(request));
  }
  return requests;
}

Result<ListedValues> parse_uk(std::string_view body, const UkRegion& region) {
  OLIVINE_TRY(const AnswerJson answer, AnswerJson::parse(body));
  OLIVINE_TRY(const AnswerJson rows, rows_of(answer, region));
  if (!rows.is_array()) {
    if (const std::string words = words_of_error(body); !words.empty())
      return fail(ErrorKind::kInvalid, "the UK service says: " + words);
    return fail(ErrorKind::kCorrupt, "the answer of the UK service has no list of values");
  }
  ListedValues listed;
  listed.step = seconds(1800);
  std::size_t forecasts = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const AnswerJson row = rows[i], intensity = row["intensity"];
    const auto from = parse_utc(row["from"].text_or("")), to = parse_utc(row["to"].text_or(""));
    if (!from || !to || *to - *from != seconds(1800))
      return fail(ErrorKind::kCorrupt, "a value of the UK service is not for half an hour");
    const auto actual = intensity["actual"].number(), forecast = intensity["forecast"].number();
    forecasts += !actual && forecast ? 1 : 0;
    listed.values.push_back({*from, actual ? actual : forecast, !actual});
  }
  if (forecasts > 0)
    listed.notes.push_back(
        fmt::format("{} values of the UK service are forecasts: no actual value is known", forecasts));
  return listed;
}

Result<std::unique_ptr<ProviderSession>> start_uk(const ProviderInfo& provider, const FetchQuery& query,
                                                  const Credentials&) {
  OLIVINE_CHECK_STATUS(require(query, provider, Signal::kAverage, Boundary::kDirect));
  OLIVINE_TRY(const UkRegion region, uk_region(query.zone));
  IntensitySeries blank = blank_series(query, provider);
  blank.accounting = "consumption";
  blank.losses = "included";
  blank.gases = "co2";
  return std::make_unique<ListSession>(
      uk_requests(query, region), [region](std::string_view body) { return parse_uk(body, region); }, std::move(blank),
      query.interval);
}

}  // namespace olivine
