#include "grid/providers/login_http_client.h"

#include "grid/providers/watttime.h"

namespace olivine {
namespace {

constexpr Duration kTokenLife = seconds(29 * 60);

}  // namespace

Result<HttpResponse> LoginHttpClient::login() {
  HttpRequest request = RequestUrl(base_url_, "/login").request();
  const std::string pair = base64(user_.reveal() + ":" + password_.reveal());
  request.headers = {{"Authorization", "Basic " + pair}, {"Accept", "application/json"}};
  request.secrets = {user_.reveal(), password_.reveal(), pair};
  return inner_.get(request);
}

Result<HttpResponse> LoginHttpClient::with_token(const HttpRequest& request) {
  HttpRequest authorised = request;
  authorised.headers.push_back({"Authorization", "Bearer " + token_.reveal()});
  authorised.secrets.push_back(token_.reveal());
  auto answer = inner_.get(authorised);
  // The caller does not know the token and could not take it out.
  if (answer) answer->body = without_secrets(std::move(answer->body), authorised.secrets);
  return answer;
}

Result<HttpResponse> LoginHttpClient::get(const HttpRequest& request) {
  if (!request.needs_login) return inner_.get(request);
  bool fresh = false;
  if (token_.empty() || clock_.now().mono - token_since_ >= kTokenLife) {
    const MonoTime asked = clock_.now().mono;
    OLIVINE_TRY(const HttpResponse answer, login());
    if (answer.status != 200) return answer;
    auto token = parse_watttime_login(answer.body);
    if (!token) return fail(ErrorKind::kTransient, token.error().message);
    token_ = std::move(*token);
    token_since_ = asked;
    fresh = true;
  }
  auto answer = with_token(request);
  if (!answer || answer->status != 401 || fresh) return answer;
  token_ = Secret();
  return get(request);
}

}  // namespace olivine
