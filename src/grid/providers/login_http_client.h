// LoginHttpClient: gives requests that need a login (WattTime) their token.
//
// The token comes from GET /login with HTTP Basic, is used for 29 of its 30 minutes, lives in memory only, and is replaced
// once when the service says 401 before that. A login that is refused or throttled is the answer to the request itself, so
// that retries and Retry-After work as for any other.
//
// Units: durations. Errors: as HttpClient; never hold a user, a password or a token. Threads: one.
// Lifetime: the inner client and the clock outlive it.
#pragma once

#include "base/clock.h"
#include "grid/providers/credentials.h"
#include "grid/providers/http_client.h"

namespace olivine {

class LoginHttpClient final : public HttpClient {
 public:
  LoginHttpClient(HttpClient& inner, const Clock& clock, std::string base_url, Secret user, Secret password)
      : inner_(inner),
        clock_(clock),
        base_url_(std::move(base_url)),
        user_(std::move(user)),
        password_(std::move(password)) {}
  Result<HttpResponse> get(const HttpRequest& request) override;

 private:
  Result<HttpResponse> with_token(const HttpRequest& request);
  Result<HttpResponse> login();

  HttpClient& inner_;
  const Clock& clock_;
  std::string base_url_;
  Secret user_, password_, token_;
  MonoTime token_since_;
};

}  // namespace olivine
