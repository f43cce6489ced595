#include "grid/providers/http_client.h"

#include <fmt/core.h>

#include "base/text.h"

namespace olivine {
namespace {

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  const auto parts = split(host, '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  for (const std::string_view part : parts) {
    const auto number = parse_u64(part);
    if (!number || *number > 255) return false;
  }
  return true;
}

tl::unexpected<Error> refused(std::string_view url, std::string_view why) {
  // What stands before an @ may be a password.
  const std::size_t at = url.rfind('@');
  const std::string shown = printable(at == std::string_view::npos ? url.substr(0, 120) : url.substr(at + 1, 120));
  return fail(ErrorKind::kInvalid, fmt::format("'{}' is not asked: {}", shown, why));
}

void replace_all(std::string& text, const std::string& what) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 3))
    text.replace(at, what.size(), "***");
}

}  // namespace

std::string HttpResponse::header(std::string_view name) const {
  const std::string wanted = to_lower(name);
  for (const HttpHeader& h : headers)
    if (to_lower(h.name) == wanted) return h.value;
  return "";
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    if (plain)
      out += c;
    else
      (out += '%', out += kHex[byte >> 4], out += kHex[byte & 15]);
  }
  return out;
}

RequestUrl::RequestUrl(std::string_view base, std::string_view path) {
  while (base.ends_with('/')) base.remove_suffix(1);
  request_.url = std::string(base) + std::string(path);
  request_.public_url = request_.url;
}

void RequestUrl::append(std::string_view name, std::string_view escaped, std::string_view shown) {
  const std::string start = separator_ + percent_encoded(name) + '=';
  request_.url += start + std::string(escaped);
  request_.public_url += start + std::string(shown);
  separator_ = '&';
}

RequestUrl& RequestUrl::query(std::string_view name, std::string_view value) {
  const std::string escaped = percent_encoded(value);
  append(name, escaped, escaped);
  return *this;
}

RequestUrl& RequestUrl::secret(std::string_view name, const std::string& value) {
  append(name, percent_encoded(value), "***");
  request_.secrets.push_back(value);
  return *this;
}

Result<UrlOrigin> origin_of(std::string_view url) {
  for (const char c : url)
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '\\')
      return refused(url, "it holds a blank or a control character");
  UrlOrigin origin;
  const std::size_t colon = url.find("://");
  origin.scheme = to_lower(url.substr(0, colon));
  if (colon == std::string_view::npos || (origin.scheme != "https" && origin.scheme != "http"))
    return refused(url, "write https://HOST/...");
  const std::string_view rest = url.substr(colon + 3);
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) return refused(url, "it names a user");
  origin.port = origin.scheme == "https" ? 443 : 80;
  const std::size_t port = authority.rfind(':');
  if (port != std::string_view::npos && authority.find(']', port) == std::string_view::npos) {
    const auto number = parse_u64(authority.substr(port + 1));
    if (!number || *number == 0 || *number > 65535) return refused(url, "its port is no number from 1 to 65535");
    origin.port = static_cast<int>(*number);
    authority = authority.substr(0, port);
  }
  origin.host = to_lower(authority);
  if (origin.host.empty()) return refused(url, "it names no host");
  origin.loopback = is_loopback(origin.host);
  if (origin.scheme == "http" && !origin.loopback)
    return refused(url, "only https goes over a network; http is for 127.0.0.1");
  return origin;
}

std::string without_secrets(std::string text, const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    if (secret.size() < 4) continue;  // shorter would blacken half of every text, and is no secret
    replace_all(text, secret);
    if (const std::string escaped = percent_encoded(secret); escaped != secret) replace_all(text, escaped);
  }
  return text;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    unsigned value = 0;
    for (std::size_t k = 0; k < 3; ++k)
      value = (value << 8) | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += k <= group.size() ? kDigits[(value >> (18 - 6 * k)) & 63] : '=';
  }
  return out;
}

}  // namespace olivine
