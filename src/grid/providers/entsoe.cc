#include "grid/providers/entsoe.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "base/text.h"
#include "grid/providers/answer_json.h"
#include "grid/providers/entsoe_document.h"
#include "grid/providers/list_session.h"
#include "grid/zone_aliases.h"

namespace olivine {
namespace {

class EntsoeSession final : public ProviderSession {
 public:
  EntsoeSession(std::vector<HttpRequest> requests, std::string domain, IntensitySeries blank,
                std::vector<WallInterval> parts)
      : requests_(std::move(requests)),
        domain_(std::move(domain)),
        series_(std::move(blank)),
        parts_(std::move(parts)) {}

  Result<std::optional<HttpRequest>> next() override {
    if (done_ >= requests_.size()) return std::optional<HttpRequest>{};
    return std::optional<HttpRequest>{requests_[done_]};
  }
  Status accept(const HttpResponse& answer) override {
    OLIVINE_TRY(ServiceMix mix, parse_entsoe(answer.body, domain_));
    mix.zone = series_.zone;
    mixes_.push_back(std::move(mix));
    ++done_;
    return {};
  }
  Result<FetchedData> finish() override {
    FetchedData data;
    data.series = std::move(series_);
    for (std::size_t i = 0; i < mixes_.size(); ++i) {
      if (mixes_[i].step != mixes_.front().step)
        return fail(ErrorKind::kInvalid, "ENTSO-E's resolution changes within this time; ask for a shorter one");
      OLIVINE_CHECK_STATUS(add_intensity(mixes_[i], parts_[i], data.series));
      if (i == 0)
        data.mix = mixes_[i];
      else
        merge(*data.mix, mixes_[i]);
    }
    return data;
  }

 private:
  static void merge(ServiceMix& into, const ServiceMix& from) {
    for (const MixKind& kind : from.kinds) into.kind(kind.code, kind.fuel).mw.insert(kind.mw.begin(), kind.mw.end());
    into.notes.insert(into.notes.end(), from.notes.begin(), from.notes.end());
  }

  std::vector<HttpRequest> requests_;
  std::string domain_;
  IntensitySeries series_;
  std::vector<WallInterval> parts_;  // of the requests, one by one
  std::vector<ServiceMix> mixes_;
  std::size_t done_ = 0;
};

int value_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return c == '-' ? 36 : -1;
}

}  // namespace

bool is_eic(std::string_view code) {
  if (code.size() != 16) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 15; ++i) {
    const int value = value_of(code[i]);
    if (value < 0) return false;
    sum += value * (16 - static_cast<int>(i));
  }
  return value_of(code[15]) == 36 - (sum - 1) % 37;
}

Result<std::string> entsoe_domain(const std::string& zone) {
  if (is_eic(zone)) return zone;
  for (const ZoneAlias& name : names_of(zone))
    if (name.scheme == "entsoe" && is_eic(name.alias)) return name.alias;
  std::set<std::string> known;
  for (const ZoneAlias& name : search_aliases("10Y"))
    if (name.scheme == "entsoe" && is_eic(name.alias)) known.insert(name.zone);
  return fail(ErrorKind::kNotFound, fmt::format("no ENTSO-E area is known for '{}'; write its EIC or one of: {}",
                                                printable(zone.substr(0, 40)), fmt::join(known, " ")));
}

std::vector<WallInterval> entsoe_parts(const WallInterval& interval) {
  return chunks({floor_to(interval.begin, hours(1)), ceil_to(interval.end, hours(1))}, hours(31 * 24));
}

std::vector<HttpRequest> entsoe_requests(const FetchQuery& query, const Secret& token, const std::string& domain) {
  std::vector<HttpRequest> requests;
  for (const WallInterval& part : entsoe_parts(query.interval)) {
    RequestUrl url(query.endpoint, "/api");
    url.secret("securityToken", token.reveal())
        .query("documentType", "A75")
        .query("processType", "A16")
        .query("in_Domain", domain);
    url.query("periodStart", format_compact_minute(part.begin)).query("periodEnd", format_compact_minute(part.end));
    HttpRequest request = url.request();
    request.headers = {{"Accept", "application/xml"}};
    requests.push_back(std::move(request));
  }
  return requests;
}

Result<ServiceMix> parse_entsoe(std::string_view body, const std::string& domain) {
  if (trim(body).empty()) return fail(ErrorKind::kCorrupt, "the answer is empty");
  if (looks_like_html(body))
    return fail(ErrorKind::kCorrupt, "the answer is a web page, not XML (a proxy or a maintenance page?)");
  OLIVINE_TRY(const XmlElement root, parse_xml(body));
  return mix_of_document(root, domain);
}

Result<std::unique_ptr<ProviderSession>> start_entsoe(const ProviderInfo& provider, const FetchQuery& query,
                                                      const Credentials& credentials) {
  OLIVINE_CHECK_STATUS(require(query, provider, Signal::kAverage, std::nullopt));
  OLIVINE_TRY(std::string domain, entsoe_domain(query.zone));
  IntensitySeries blank = blank_series(query, provider);
  blank.accounting = "production";
  blank.losses = "excluded";
  auto requests = entsoe_requests(query, credentials.entsoe_token, domain);
  return std::make_unique<EntsoeSession>(std::move(requests), std::move(domain), std::move(blank),
                                         entsoe_parts(query.interval));
}

}  // namespace olivine
