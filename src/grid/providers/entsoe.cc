#include "grid/providers/entsoe.h"

#include <fmt/core.h>

#include <array>
#include <utility>

#include "base/text.h"
#include "grid/providers/answer_json.h"
#include "grid/providers/entsoe_document.h"
#include "grid/providers/list_session.h"

namespace olivine {
namespace {

using Domain = std::pair<std::string_view, std::string_view>;
// Zone keys and their EICs, as ENTSO-E's list of areas publishes them.
constexpr std::array<Domain, 40> kDomains{{
    {"AT", "10YAT-APG------L"},     {"BE", "10YBE----------2"},     {"BG", "10YCA-BULGARIA-R"},
    {"CH", "10YCH-SWISSGRIDZ"},     {"CZ", "10YCZ-CEPS-----N"},     {"DE", "10Y1001A1001A83F"},
    {"DK-DK1", "10YDK-1--------W"}, {"DK-DK2", "10YDK-2--------M"}, {"EE", "10Y1001A1001A39I"},
    {"ES", "10YES-REE------0"},     {"FI", "10YFI-1--------U"},     {"FR", "10YFR-RTE------C"},
    {"GB", "10YGB----------A"},     {"GR", "10YGR-HTSO-----Y"},     {"HR", "10YHR-HEP------M"},
    {"HU", "10YHU-MAVIR----U"},     {"IE", "10YIE-1001A00010"},     {"IT", "10YIT-GRTN-----B"},
    {"LT", "10YLT-1001A0008Q"},     {"LV", "10YLV-1001A00074"},     {"ME", "10YCS-CG-TSO---S"},
    {"MK", "10YMK-MEPSO----8"},     {"NL", "10YNL----------L"},     {"NO", "10YNO-0--------C"},
    {"NO-NO1", "10YNO-1--------2"}, {"NO-NO2", "10YNO-2--------T"}, {"NO-NO3", "10YNO-3--------J"},
    {"NO-NO4", "10YNO-4--------9"}, {"NO-NO5", "10Y1001A1001A48H"}, {"PL", "10YPL-AREA-----S"},
    {"PT", "10YPT-REN------W"},     {"RO", "10YRO-TEL------P"},     {"RS", "10YCS-SERBIATSOV"},
    {"SE", "10YSE-1--------K"},     {"SE-SE1", "10Y1001A1001A44P"}, {"SE-SE2", "10Y1001A1001A45N"},
    {"SE-SE3", "10Y1001A1001A46L"}, {"SE-SE4", "10Y1001A1001A47J"}, {"SI", "10YSI-ELES-----O"},
    {"SK", "10YSK-SEPS-----K"},
}};

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
  std::string known;
  for (const auto& [key, code] : kDomains) {
    if (key == zone) return std::string(code);
    known += (known.empty() ? "" : " ") + std::string(key);
  }
  return fail(ErrorKind::kNotFound, fmt::format("no ENTSO-E area is known for '{}'; write its EIC or one of: {}",
                                                printable(zone.substr(0, 40)), known));
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
