// Online rows in Redis, through hiredis: for services on many machines that share one online state.
//
//   olivine features materialize load --source load.csv --online redis://127.0.0.1:6379/0
//   olivine features get load --entity PJM --online redis://127.0.0.1:6379/0
//
// One hash an entity, under olivine:features:VIEW-HASH:ENTITY: field "state" (last ingest, kept after), and for each row a field of
// its event and ingest time and its cells, as bytes; the content hash of the view keeps versions apart. A push is one MULTI/EXEC
// under WATCH: all or nothing, tried again when somebody else pushed. Nothing expires by itself; what no window reaches goes with the
// next push.
//
// Units: as OnlineRows. Errors: kInvalid for an address; kTransient where Redis cannot be reached or answers late, kPermission for a
// wrong password, kCorrupt for fields that are none of ours; kUnsupported in a build without hiredis. The password is never in an
// error. Threads: one. Lifetime: a connection, opened once.
#pragma once

#include "grid/features/online_rows.h"
#include "grid/features/registry.h"

namespace olivine::features {

struct RedisPlace {
  std::string host;  // or the path of a socket, with port 0
  int port = 6379, database = 0;
  bool operator==(const RedisPlace&) const = default;
};
// redis://HOST[:PORT][/DATABASE], redis://[::1]:6379, unix:/run/redis.sock[?db=N]
Result<RedisPlace> redis_place(std::string_view url);

Result<std::unique_ptr<OnlineRows>> redis_rows(const RedisPlace& place, const std::string& password,
                                               const RegisteredView& view);

}  // namespace olivine::features
