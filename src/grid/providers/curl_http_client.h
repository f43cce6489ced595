// CurlHttpClient: HttpClient over libcurl, which is opened with dlopen when the first one is made. A program that never
// fetches never maps it, and a machine without it builds and runs; the declarations we use are our own (docs/adr/0013).
//
// Rules:
//  - https with verified certificates; http only to this machine itself.
//  - A redirect is followed (up to 3 times) on the same scheme, host and port only: another host would get the keys.
//  - Limits: 10 s to connect, 60 s in all, 100 B/s for 20 s at least, 16 MB of body after decompression, 64 KiB of headers.
//  - A body shorter than announced is an error (transient), not an answer.
//  - User agent "olivine/VERSION". Proxies as the environment says (HTTPS_PROXY, NO_PROXY), never for this machine itself.
//  - No cookies, no .netrc, no request body.
//
// Units: seconds. Errors: kTransient (network), kInvalid (address, certificate, too large, redirect to another host),
// kUnsupported where libcurl is missing (with the package to install). None holds a secret. Threads: one. Lifetime: libcurl
// stays mapped.
#pragma once

#include <memory>

#include "base/time.h"
#include "grid/providers/http_client.h"

namespace olivine {

struct HttpLimits {
  Duration connect = seconds(10);
  Duration total = seconds(60);
  Duration slow_for = seconds(20);  // below 100 B/s
  std::size_t max_body_bytes = kMaxBodyBytes;
};

Result<std::unique_ptr<HttpClient>> open_curl_client(const HttpLimits& limits = {});

// Where a redirect from `url` leads: absolute or "/path". kInvalid for another origin. Pure, for tests.
Result<std::string> redirect_target(const std::string& url, const std::string& location);

}  // namespace olivine
