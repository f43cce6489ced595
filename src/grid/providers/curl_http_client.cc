#include "grid/providers/curl_http_client.h"

#include <dlfcn.h>
#include <fmt/core.h>

#include <array>

#include "base/text.h"

namespace olivine {
namespace {

// libcurl's stable interface (ABI 4), in our own words: curl/curl.h numbers an option as a base for its type plus a count.
constexpr int kLong = 0, kPointer = 10000, kFunction = 20000;
constexpr int kOptWriteData = kPointer + 1, kOptUrl = kPointer + 2, kOptUserAgent = kPointer + 18,
              kOptHeaders = kPointer + 23, kOptHeaderData = kPointer + 29, kOptAcceptEncoding = kPointer + 102,
              kOptNoProxy = kPointer + 177;
constexpr int kOptWriteFunction = kFunction + 11, kOptHeaderFunction = kFunction + 79;
constexpr int kOptLowSpeedLimit = kLong + 19, kOptLowSpeedTime = kLong + 20, kOptFollow = kLong + 52,
              kOptVerifyPeer = kLong + 64, kOptVerifyHost = kLong + 81, kOptNoSignal = kLong + 99,
              kOptTimeoutMs = kLong + 155, kOptConnectTimeoutMs = kLong + 156, kOptProtocols = kLong + 181;
constexpr int kInfoResponseCode = 0x200000 + 2;
constexpr long kGlobalDefault = 3, kProtoHttp = 1, kProtoHttps = 2;
constexpr int kErrBadUrl = 3, kErrWrite = 23, kErrTlsCertificate = 60;

struct Curl {
  int (*global_init)(long);
  void* (*easy_init)();
  int (*easy_setopt)(void*, int, ...);
  int (*easy_perform)(void*);
  int (*easy_getinfo)(void*, int, ...);
  void (*easy_cleanup)(void*);
  const char* (*easy_strerror)(int);
  void* (*slist_append)(void*, const char*);
  void (*slist_free_all)(void*);
};

template <class F>
bool load(void* library, const char* name, F& function) {
  function = reinterpret_cast<F>(::dlsym(library, name));
  return function != nullptr;
}

Result<Curl> load_curl() {
  void* library = nullptr;
  for (const char* name : {"libcurl.so.4", "libcurl-gnutls.so.4"})
    if (library == nullptr) library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    return fail(ErrorKind::kUnsupported, "libcurl.so.4 is not installed; type: sudo apt-get install libcurl4");
  Curl c{};
  const bool whole =
      load(library, "curl_global_init", c.global_init) && load(library, "curl_easy_init", c.easy_init) &&
      load(library, "curl_easy_setopt", c.easy_setopt) && load(library, "curl_easy_perform", c.easy_perform) &&
      load(library, "curl_easy_getinfo", c.easy_getinfo) && load(library, "curl_easy_cleanup", c.easy_cleanup) &&
      load(library, "curl_easy_strerror", c.easy_strerror) && load(library, "curl_slist_append", c.slist_append) &&
      load(library, "curl_slist_free_all", c.slist_free_all);
  if (!whole || c.global_init(kGlobalDefault) != 0)
    return fail(ErrorKind::kUnsupported, "libcurl.so.4 is damaged; reinstall libcurl4");
  return c;
}

constexpr std::size_t kMaxHeaderBytes = 65536;

struct Sink {
  HttpResponse response;
  std::size_t max_body = 0, header_bytes = 0;
  bool too_large = false;
};

std::size_t take_body(char* data, std::size_t, std::size_t count, void* user) {
  Sink& sink = *static_cast<Sink*>(user);
  if (sink.response.body.size() + count > sink.max_body) {
    sink.too_large = true;
    return 0;
  }
  sink.response.body.append(data, count);
  return count;
}

std::size_t take_header(char* data, std::size_t, std::size_t count, void* user) {
  Sink& sink = *static_cast<Sink*>(user);
  sink.header_bytes += count;
  if (sink.header_bytes > kMaxHeaderBytes) {
    sink.too_large = true;
    return 0;
  }
  const std::string_view line = trim({data, count});
  if (line.starts_with("HTTP/")) sink.response.headers.clear();  // an interim answer came before
  if (const std::size_t colon = line.find(':'); colon != std::string_view::npos)
    sink.response.headers.push_back({std::string(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
  return count;
}

class CurlHttpClient final : public HttpClient {
 public:
  CurlHttpClient(const Curl& curl, void* handle, const HttpLimits& limits)
      : curl_(curl), handle_(handle), limits_(limits) {}
  CurlHttpClient(const CurlHttpClient&) = delete;
  CurlHttpClient& operator=(const CurlHttpClient&) = delete;
  ~CurlHttpClient() override { curl_.easy_cleanup(handle_); }

  Result<HttpResponse> get(const HttpRequest& request) override {
    HttpRequest now = request;
    for (int redirects = 0;; ++redirects) {
      OLIVINE_TRY(HttpResponse answer, once(now));
      const std::string location = answer.header("location");
      if (answer.status < 301 || answer.status > 308 || answer.status == 304 || location.empty()) return answer;
      if (redirects == 3) return fail(ErrorKind::kInvalid, request.public_url + " redirects more than 3 times");
      auto target = redirect_target(now.url, location);
      if (!target) return fail(ErrorKind::kInvalid, without_secrets(target.error().message, request.secrets));
      now.url = std::move(*target);
    }
  }

 private:
  void set_options(const HttpRequest& request, bool loopback, Sink& sink) {
    const auto ms = [](Duration d) { return static_cast<long>(d.ns / 1'000'000); };
    curl_.easy_setopt(handle_, kOptUrl, request.url.c_str());
    curl_.easy_setopt(handle_, kOptUserAgent, "olivine/" OLIVINE_VERSION);
    curl_.easy_setopt(handle_, kOptWriteFunction, &take_body);
    curl_.easy_setopt(handle_, kOptWriteData, &sink);
    curl_.easy_setopt(handle_, kOptHeaderFunction, &take_header);
    curl_.easy_setopt(handle_, kOptHeaderData, &sink);
    curl_.easy_setopt(handle_, kOptAcceptEncoding, "");
    curl_.easy_setopt(handle_, kOptFollow, 0L);
    curl_.easy_setopt(handle_, kOptVerifyPeer, 1L);
    curl_.easy_setopt(handle_, kOptVerifyHost, 2L);
    curl_.easy_setopt(handle_, kOptNoSignal, 1L);
    curl_.easy_setopt(handle_, kOptProtocols, loopback ? kProtoHttp | kProtoHttps : kProtoHttps);
    curl_.easy_setopt(handle_, kOptConnectTimeoutMs, ms(limits_.connect));
    curl_.easy_setopt(handle_, kOptTimeoutMs, ms(limits_.total));
    curl_.easy_setopt(handle_, kOptLowSpeedLimit, 100L);
    curl_.easy_setopt(handle_, kOptLowSpeedTime, ms(limits_.slow_for) / 1000);
    curl_.easy_setopt(handle_, kOptNoProxy, loopback ? "*" : static_cast<const char*>(nullptr));
  }

  Result<HttpResponse> once(const HttpRequest& request) {
    OLIVINE_TRY(const UrlOrigin origin, origin_of(request.url));
    Sink sink;
    sink.max_body = limits_.max_body_bytes;
    set_options(request, origin.loopback, sink);
    void* list = nullptr;
    for (const HttpHeader& h : request.headers) list = curl_.slist_append(list, (h.name + ": " + h.value).c_str());
    curl_.easy_setopt(handle_, kOptHeaders, list);
    const int code = curl_.easy_perform(handle_);
    curl_.easy_setopt(handle_, kOptHeaders, nullptr);
    curl_.slist_free_all(list);
    if (sink.too_large)
      return fail(ErrorKind::kInvalid,
                  fmt::format("{} sends more than {} bytes", request.public_url, limits_.max_body_bytes));
    if (code != 0) return failure(code, origin);
    long status = 0;
    curl_.easy_getinfo(handle_, kInfoResponseCode, &status);
    sink.response.status = static_cast<int>(status);
    return std::move(sink.response);
  }

  // curl's text for a code is fixed and holds nothing of the request.
  tl::unexpected<Error> failure(int code, const UrlOrigin& origin) const {
    const bool ours = code <= kErrBadUrl || code == kErrWrite || code == kErrTlsCertificate;
    return fail(ours ? ErrorKind::kInvalid : ErrorKind::kTransient,
                fmt::format("{}: {}", origin.host, curl_.easy_strerror(code)));
  }

  Curl curl_;
  void* handle_;
  HttpLimits limits_;
};

}  // namespace

Result<std::string> redirect_target(const std::string& url, const std::string& location) {
  OLIVINE_TRY(const UrlOrigin from, origin_of(url));
  if (location.starts_with("/") && !location.starts_with("//")) {
    const std::size_t path = url.find_first_of("/?#", url.find("://") + 3);
    return url.substr(0, path) + location;
  }
  const auto to = origin_of(location);
  if (to && *to == from) return location;
  return fail(ErrorKind::kInvalid, fmt::format("{} redirects to {}: not followed, another host would get the keys",
                                               from.host, to ? printable(to->host) : "an address that is not asked"));
}

Result<std::unique_ptr<HttpClient>> open_curl_client(const HttpLimits& limits) {
  static const Result<Curl> kCurl = load_curl();
  if (!kCurl) return tl::unexpected<Error>(kCurl.error());
  void* const handle = kCurl->easy_init();
  if (handle == nullptr) return fail(ErrorKind::kUnsupported, "libcurl cannot be set up");
  return std::make_unique<CurlHttpClient>(*kCurl, handle, limits);
}

}  // namespace olivine
