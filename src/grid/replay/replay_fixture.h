// What the tests of the replay share: a request of our clients as the server's own reader would have it. Tests only.
//
// Units: none. Errors: none. Threads: pure. Lifetime: values.
#pragma once

#include <string>
#include <string_view>

#include "base/text.h"
#include "grid/providers/http_client.h"
#include "grid/replay/replay_service.h"

namespace olivine {

inline std::string url_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '%' && i + 2 < text.size();
    out += escaped ? static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)) : text[i];
    i += escaped ? 2 : 0;
  }
  return out;
}

// `origin`: "https://h", which the request's address begins with.
inline ReplayRequest replay_request_of(const HttpRequest& request, std::string_view origin) {
  const std::string_view rest = std::string_view(request.url).substr(origin.size());
  ReplayRequest made{url_decoded(rest.substr(0, rest.find('?'))), {}, {}};
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos)
    for (const std::string_view pair : split(rest.substr(mark + 1), '&'))
      made.query[url_decoded(pair.substr(0, pair.find('=')))] = url_decoded(pair.substr(pair.find('=') + 1));
  for (const HttpHeader& h : request.headers) made.headers[to_lower(h.name)] = h.value;
  return made;
}

}  // namespace olivine
