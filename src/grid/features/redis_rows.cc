#include "grid/features/redis_rows.h"

#include <fmt/core.h>

#include "base/text.h"

#ifndef OLIVINE_HIREDIS

namespace olivine::features {

Result<std::unique_ptr<OnlineRows>> redis_rows(const RedisPlace&, const std::string&, const RegisteredView&) {
  return fail(ErrorKind::kUnsupported,
              "this olivine was built without hiredis; install libhiredis-dev and build again");
}

}  // namespace olivine::features

#else

#include <hiredis/hiredis.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace olivine::features {
namespace {

static_assert(std::endian::native == std::endian::little, "cells are kept in little endian");

constexpr std::size_t kRowsACommand = 500;
constexpr int kTries = 8;
constexpr timeval kConnectTime{2, 0}, kAnswerTime{10, 0};
constexpr std::string_view kState = "state";

using Reply = std::unique_ptr<redisReply, void (*)(void*)>;
using Words = std::vector<std::string>;

std::string two_times(std::int64_t a, std::int64_t b) {
  std::string bytes(2 * sizeof(std::int64_t), '\0');
  std::memcpy(bytes.data(), &a, sizeof a);
  std::memcpy(bytes.data() + sizeof a, &b, sizeof b);
  return bytes;
}
std::pair<std::int64_t, std::int64_t> times_of(std::string_view bytes) {
  std::pair<std::int64_t, std::int64_t> times;
  std::memcpy(&times.first, bytes.data(), sizeof times.first);
  std::memcpy(&times.second, bytes.data() + sizeof times.first, sizeof times.second);
  return times;
}
std::string bytes_of(const std::vector<double>& cells) {
  std::string bytes(cells.size() * sizeof(double), '\0');
  if (!cells.empty()) std::memcpy(bytes.data(), cells.data(), bytes.size());
  return bytes;
}
std::string_view text_of(const redisReply* reply) { return {reply->str, reply->len}; }

// hiredis writes to sockets that may be closed: no SIGPIPE reaches the program meanwhile.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    sigset_t pending;
    ::sigpending(&pending);
    ours_ = ::sigismember(&pending, SIGPIPE) == 0;
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoPipeSignal() {
    constexpr timespec kNow{0, 0};
    if (ours_) ::sigtimedwait(&pipe_, nullptr, &kNow);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  sigset_t pipe_{}, before_{};
  bool ours_ = true;
};

class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const RedisPlace& place, const std::string& password) {
    auto made = std::unique_ptr<Connection>(new Connection(place));
    made->context_ = place.port == 0 ? redisConnectUnixWithTimeout(place.host.c_str(), kConnectTime)
                                     : redisConnectWithTimeout(place.host.c_str(), place.port, kConnectTime);
    if (made->context_ == nullptr) return fail(ErrorKind::kTransient, "no memory to connect to Redis");
    if (made->context_->err != 0) return made->lost();
    redisSetTimeout(made->context_, kAnswerTime);
    if (!password.empty()) {
      if (const auto entered = made->ask({"AUTH", password}); !entered) {
        if (entered.error().kind == ErrorKind::kTransient) return tl::unexpected<Error>(entered.error());
        return fail(ErrorKind::kPermission, made->name_ + " does not take the password in OLIVINE_REDIS_PASSWORD");
      }
    }
    if (place.database != 0) {
      OLIVINE_TRY(const Reply chosen, made->ask({"SELECT", std::to_string(place.database)}));
    }
    return made;
  }
  ~Connection() {
    if (context_ != nullptr) redisFree(context_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(const Words& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const std::string& word : words) {
      texts.push_back(word.data());
      lengths.push_back(word.size());
    }
    redisAppendCommandArgv(context_, static_cast<int>(words.size()), texts.data(), lengths.data());
  }
  Result<Reply> receive() {
    void* raw = nullptr;
    const NoPipeSignal quiet;
    if (redisGetReply(context_, &raw) != REDIS_OK) return lost();
    Reply reply(static_cast<redisReply*>(raw), freeReplyObject);
    if (reply->type != REDIS_REPLY_ERROR) return reply;
    const std::string_view said = text_of(reply.get()).substr(0, 200);
    const bool closed = said.starts_with("NOAUTH") || said.starts_with("NOPERM");
    return fail(closed ? ErrorKind::kPermission : ErrorKind::kInternal,
                fmt::format("{} says: {}{}", name_, printable(said), closed ? "; set OLIVINE_REDIS_PASSWORD" : ""));
  }
  Result<Reply> ask(const Words& words) {
    send(words);
    return receive();
  }
  const std::string& name() const { return name_; }

 private:
  explicit Connection(const RedisPlace& place)
      : name_(place.port == 0 ? "Redis at " + printable(place.host)
                              : fmt::format("Redis at {}:{}", printable(place.host), place.port)) {}
  tl::unexpected<Error> lost() const {
    return fail(ErrorKind::kTransient, fmt::format("{} does not answer: {}", name_,
                                                   printable(std::string_view(context_->errstr).substr(0, 120))));
  }
  std::string name_;
  redisContext* context_ = nullptr;
};

class RedisRows final : public OnlineRows {
 public:
  RedisRows(std::unique_ptr<Connection> connection, const RegisteredView& view)
      : redis_(std::move(connection)),
        prefix_("olivine:features:" + view.hash + ":"),
        width_(columns_of(view.view).size()) {}

  Status push(const std::vector<OnlinePush>& pushes) override {
    if (pushes.empty()) return {};
    for (int attempt = 0; attempt < kTries; ++attempt) {
      OLIVINE_TRY(const bool done, try_push(pushes));
      if (done) return {};
    }
    return fail(ErrorKind::kTransient,
                fmt::format("{}: others push to the same entities all the time; try again", redis_->name()));
  }

  Result<std::optional<KeptRows>> read(const std::string& entity) override {
    OLIVINE_TRY(const Reply all, redis_->ask({"HGETALL", prefix_ + entity}));
    if (all->type != REDIS_REPLY_ARRAY || all->elements % 2 != 0) return strange();
    if (all->elements == 0) return std::optional<KeptRows>();
    KeptRows kept;
    bool state = false;
    for (std::size_t i = 0; i < all->elements; i += 2) {
      if (all->element[i]->type != REDIS_REPLY_STRING || all->element[i + 1]->type != REDIS_REPLY_STRING)
        return strange();
      const std::string_view field = text_of(all->element[i]), value = text_of(all->element[i + 1]);
      if (field == kState && value.size() == 16) {
        kept.kept_after_ns = times_of(value).second;
        state = true;
        continue;
      }
      if (field.size() != 16 || value.size() != width_ * sizeof(double)) return strange();
      OnlineRow row{times_of(field).first, times_of(field).second, std::vector<double>(width_)};
      if (width_ > 0) std::memcpy(row.cells.data(), value.data(), value.size());
      kept.rows.push_back(std::move(row));
    }
    if (!state) return strange();
    std::sort(kept.rows.begin(), kept.rows.end(), [](const OnlineRow& a, const OnlineRow& b) {
      return std::pair(a.event_ns, a.ingest_ns) < std::pair(b.event_ns, b.ingest_ns);
    });
    return std::optional<KeptRows>(std::move(kept));
  }

  // Many machines share it, and one question costs as much as the other: what is kept is read anew.
  Result<bool> changed_by_others() override { return true; }

 private:
  tl::unexpected<Error> strange() const {
    return fail(ErrorKind::kCorrupt,
                fmt::format("{} holds something else under {}...", redis_->name(), prefix_.substr(0, 40)));
  }

  // What one entity has to become: words of HSET and HDEL.
  Result<std::vector<Words>> changes(const OnlinePush& one) {
    const std::string key = prefix_ + one.entity;
    redis_->send({"HGET", key, std::string(kState)});
    redis_->send({"HKEYS", key});
    // Both answers are taken before either is judged: one that is left would be taken for the next question's.
    auto first = redis_->receive(), second = redis_->receive();
    if (!first) return tl::unexpected<Error>(first.error());
    if (!second) return tl::unexpected<Error>(second.error());
    const Reply state = std::move(*first), fields = std::move(*second);
    if (fields->type != REDIS_REPLY_ARRAY) return strange();
    std::pair<std::int64_t, std::int64_t> times{one.last_ingest_ns, one.kept_after_ns};
    if (state->type == REDIS_REPLY_STRING) {
      if (state->len != 16) return strange();
      const auto old = times_of(text_of(state.get()));
      times = {std::max(times.first, old.first), std::max(times.second, old.second)};
    }
    std::vector<Words> commands;
    Words set{"HSET", key, std::string(kState), two_times(times.first, times.second)}, gone{"HDEL", key};
    for (const OnlineRow& row : one.rows) {
      set.push_back(two_times(row.event_ns, row.ingest_ns));
      set.push_back(bytes_of(row.cells));
      if (set.size() < 2 * kRowsACommand) continue;
      commands.push_back(std::move(set));
      set = {"HSET", key};
    }
    if (set.size() > 2) commands.push_back(std::move(set));
    for (std::size_t i = 0; i < fields->elements; ++i) {
      const std::string_view field = text_of(fields->element[i]);
      if (field.size() == 16 && times_of(field).first <= one.kept_after_ns) gone.emplace_back(field);
    }
    if (gone.size() > 2) commands.push_back(std::move(gone));
    return commands;
  }

  // False: somebody else changed one of the entities meanwhile.
  Result<bool> try_push(const std::vector<OnlinePush>& pushes) {
    Words watch{"WATCH"};
    for (const OnlinePush& one : pushes) watch.push_back(prefix_ + one.entity);
    OLIVINE_TRY(const Reply watched, redis_->ask(watch));
    std::size_t sent = 0;
    std::vector<Words> all{{"MULTI"}};
    for (const OnlinePush& one : pushes) {
      auto commands = changes(one);
      if (!commands) {
        (void)redis_->ask({"UNWATCH"});
        return tl::unexpected<Error>(commands.error());
      }
      std::move(commands->begin(), commands->end(), std::back_inserter(all));
    }
    all.push_back({"EXEC"});
    for (const Words& command : all) {
      redis_->send(command);
      ++sent;
    }
    std::optional<Error> refused;
    for (std::size_t i = 0; i + 1 < sent; ++i) {
      const auto queued = redis_->receive();
      if (!queued && queued.error().kind == ErrorKind::kTransient) return tl::unexpected<Error>(queued.error());
      if (!queued && !refused) refused = queued.error();
    }
    const auto done = redis_->receive();
    if (refused) return tl::unexpected<Error>(*refused);
    if (!done) return tl::unexpected<Error>(done.error());
    if ((*done)->type == REDIS_REPLY_NIL) return false;
    for (std::size_t i = 0; i < (*done)->elements; ++i)
      if ((*done)->element[i]->type == REDIS_REPLY_ERROR) return strange();
    return true;
  }

  std::unique_ptr<Connection> redis_;
  std::string prefix_;
  std::size_t width_;
};

}  // namespace

Result<std::unique_ptr<OnlineRows>> redis_rows(const RedisPlace& place, const std::string& password,
                                               const RegisteredView& view) {
  OLIVINE_TRY(auto connection, Connection::open(place, password));
  return std::unique_ptr<OnlineRows>(std::make_unique<RedisRows>(std::move(connection), view));
}

}  // namespace olivine::features

#endif
