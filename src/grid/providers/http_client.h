// HttpClient: one GET, and nothing else of HTTP. The seam between the services' wire formats, which are pure, and the
// network. Live: CurlHttpClient (curl_http_client.h); in tests: a script of answers.
//
// A request carries its secrets apart: `url` and `headers` go to the service, `public_url` (secrets as "***") is what an
// error, a log or a cache may show, and `secrets` lists the texts that no output may hold.
//
//   RequestUrl("https://api.eia.gov", "/v2/electricity/rto/fuel-type-data/data/")
//       .secret("api_key", key).query("frequency", "hourly")
//   url        .../data/?api_key=0123abcd&frequency=hourly
//   public_url .../data/?api_key=***&frequency=hourly
//
// Units: bytes. Errors: kTransient where asking again may help (no network, time-out, cut off), else kInvalid. A status
// such as 404 is an answer, not an error. Threads: one. Lifetime: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace olivine {

inline constexpr std::size_t kMaxBodyBytes = std::size_t{16} << 20;

struct HttpHeader {
  std::string name, value;
};

struct HttpRequest {
  std::string url, public_url;
  std::vector<HttpHeader> headers;
  std::vector<std::string> secrets;
  bool needs_login = false;  // LoginHttpClient adds the service's token
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;
  std::string body;
  // Ignores case; "" when there is none.
  std::string header(std::string_view name) const;
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  virtual Result<HttpResponse> get(const HttpRequest& request) = 0;
};

// A URL from a base (scheme, host, port, perhaps a path), a path, and parameters that it escapes.
class RequestUrl {
 public:
  RequestUrl(std::string_view base, std::string_view path);
  RequestUrl& query(std::string_view name, std::string_view value);
  RequestUrl& secret(std::string_view name, const std::string& value);
  HttpRequest request() const { return request_; }

 private:
  void append(std::string_view name, std::string_view escaped, std::string_view shown);
  HttpRequest request_;
  char separator_ = '?';
};

// Scheme, host and port of a URL that may be asked: https, or http where the host is this machine itself ("localhost",
// 127.0.0.0/8, [::1]). kInvalid otherwise; also for a URL with a user, a control character or a blank.
struct UrlOrigin {
  std::string scheme, host;
  int port = 0;
  bool loopback = false;
  bool operator==(const UrlOrigin&) const = default;
};
Result<UrlOrigin> origin_of(std::string_view url);

// Percent-encodes all but unreserved characters (RFC 3986).
std::string percent_encoded(std::string_view text);
// `text` without any of the secrets: "***" in their place. Also finds their percent-encoded form.
std::string without_secrets(std::string text, const std::vector<std::string>& secrets);
// RFC 4648, for HTTP Basic.
std::string base64(std::string_view bytes);

}  // namespace olivine
