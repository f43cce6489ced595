#include <fmt/core.h>

#include "base/text.h"
#include "grid/features/redis_rows.h"

namespace olivine::features {

Result<RedisPlace> redis_place(std::string_view url) {
  const auto bad = [&] {
    return fail(ErrorKind::kInvalid,
                fmt::format("'{}' is no address of Redis; write redis://HOST:6379/0 or unix:/run/redis/redis.sock "
                            "(the password goes into OLIVINE_REDIS_PASSWORD)",
                            printable(url.substr(0, 80))));
  };
  const auto number = [](std::string_view text, int& value, std::uint64_t most) {
    const auto parsed = parse_u64(text);
    if (!parsed || *parsed > most) return false;
    value = static_cast<int>(*parsed);
    return true;
  };
  RedisPlace place;
  std::string_view rest = url;
  if (rest.starts_with("unix:")) {
    rest.remove_prefix(5);
    if (const std::size_t query = rest.find("?db="); query != std::string_view::npos) {
      if (!number(rest.substr(query + 4), place.database, 9999)) return bad();
      rest = rest.substr(0, query);
    }
    place.host = rest;
    place.port = 0;
    if (!rest.starts_with('/') || rest.size() > 100) return bad();
    return place;
  }
  if (!rest.starts_with("redis://")) return bad();
  rest.remove_prefix(8);
  if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
    if (slash + 1 < rest.size() && !number(rest.substr(slash + 1), place.database, 9999)) return bad();
    rest = rest.substr(0, slash);
  }
  const bool bracketed = rest.starts_with('[');
  const std::size_t host_end = bracketed ? rest.find(']') : rest.find(':');
  std::string_view port;
  if (host_end == std::string_view::npos) {
    if (bracketed) return bad();
    place.host = rest;
  } else {
    place.host = bracketed ? rest.substr(1, host_end - 1) : rest.substr(0, host_end);
    port = rest.substr(host_end + (bracketed ? 1 : 0));
  }
  if (!port.empty() && (!port.starts_with(':') || !number(port.substr(1), place.port, 65'535) || place.port == 0))
    return bad();
  if (place.host.empty() || place.host.size() > 255 || place.host.find_first_of("@ \t\r\n") != std::string::npos)
    return bad();
  return place;
}

}  // namespace olivine::features
