#include "grid/providers/fetch.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "grid/providers/answer_cache.h"
#include "grid/providers/answer_json.h"
#include "grid/providers/utc_text.h"
#include "provenance/graph.h"

namespace olivine {
namespace {

class Fetcher {
 public:
  Fetcher(ProviderSession& session, const ProviderInfo& provider, FetchTools& tools)
      : session_(session), provider_(provider), tools_(tools), cache_(tools.files) {
    for (const RateLimit& limit : provider.limits)
      if (limit.requests > 0) counts_.emplace_back(limit);
  }

  Result<FetchReport> run() {
    while (true) {
      OLIVINE_TRY(const std::optional<HttpRequest> request, session_.next());
      if (!request) break;
      OLIVINE_CHECK_STATUS(serve(*request));
    }
    OLIVINE_TRY(report_.data, session_.finish());
    for (std::string& note : notes_) report_.data.series.notes.push_back(std::move(note));
    for (std::string& note : report_.data.series.notes) note = without_secrets(std::move(note), tools_.secrets);
    for (const RateCount& count : counts_)
      report_.quota.push_back({count.limit().requests, count.used(now().wall), count.limit().window});
    return std::move(report_);
  }

 private:
  Now now() const { return tools_.clock->now(); }

  Status serve(const HttpRequest& request) {
    std::optional<CachedAnswer> kept = cache_.find(request);
    if (kept && kept->stored > now().wall) kept.reset();  // from the future: the clock was wrong then or is now
    if (kept && now().wall - kept->stored <= provider_.ttl) {
      if (session_.accept({200, {}, kept->body})) {
        ++report_.served_fresh;
        remember_age(*kept);
        return {};
      }
      kept.reset();
    }
    Status asked = tools_.http == nullptr ? offline() : ask(request, kept);
    if (asked || asked.error().kind != ErrorKind::kTransient) return asked;
    return serve_stale(kept, asked.error());
  }

  static Status offline() { return fail(ErrorKind::kTransient, "no request is sent: offline"); }

  Status serve_stale(const std::optional<CachedAnswer>& kept, const Error& why) {
    if (!kept) return tl::unexpected<Error>(why);
    const Duration age = now().wall - kept->stored;
    if (age > tools_.longest_stale)
      return fail(ErrorKind::kTransient,
                  fmt::format("{}; the answer that is kept is {} old, and at most {} are allowed", why.message,
                              format_duration(age), format_duration(tools_.longest_stale)));
    if (!session_.accept({200, {}, kept->body})) return tl::unexpected<Error>(why);
    ++report_.served_stale;
    remember_age(*kept);
    add_note(fmt::format("offline: the answer of {} ago serves ({})", format_duration(age), why.message));
    return {};
  }

  void remember_age(const CachedAnswer& kept) {
    const Duration age = now().wall - kept.stored;
    report_.oldest = std::max(report_.oldest.value_or(age), age);
  }

  void add_note(std::string note) {
    if (!note.empty() && std::find(notes_.begin(), notes_.end(), note) == notes_.end())
      notes_.push_back(std::move(note));
  }

  // Asks until it has an answer, a final error, or no time or attempts left.
  Status ask(HttpRequest request, const std::optional<CachedAnswer>& kept) {
    request.secrets.insert(request.secrets.end(), tools_.secrets.begin(), tools_.secrets.end());
    if (kept && !kept->etag.empty() && kept->etag.find_first_of("\r\n") == std::string::npos)
      request.headers.push_back({"If-None-Match", kept->etag});
    RetryState state;
    const MonoTime begin = now().mono;
    while (true) {
      OLIVINE_CHECK_STATUS(keep_quota(now().mono - begin));
      std::optional<Duration> retry_after;
      Status done = attempt(request, kept, retry_after);
      if (done) return done;
      done.error().message = without_secrets(std::move(done.error().message), request.secrets);
      if (done.error().kind != ErrorKind::kTransient) return done;
      const RetryStep step = next_attempt(tools_.retry, state, {true, now().mono - begin, retry_after}, tools_.prng);
      if (!step.again) return fail(ErrorKind::kTransient, done.error().message + "; " + step.why_not);
      tools_.sleep(step.wait);
    }
  }

  Status attempt(const HttpRequest& request, const std::optional<CachedAnswer>& kept,
                 std::optional<Duration>& retry_after) {
    ++report_.requests_sent;
    OLIVINE_TRY(const HttpResponse answer, tools_.http->get(request));
    for (const char* name : {"x-ratelimit-remaining", "ratelimit-remaining"})
      if (const std::string left = answer.header(name); !left.empty())
        report_.quota_said = printable(left.substr(0, 40));
    if (answer.status == 304 && kept) {
      OLIVINE_CHECK_STATUS(accept({200, {}, kept->body}));
      ++report_.served_unchanged;
      add_note(cache_.keep(request, {now().wall, kept->etag, kept->body}));
      return {};
    }
    if (answer.status != 200) {
      retry_after = parse_retry_after(answer.header("retry-after"), now().wall);
      return tl::unexpected<Error>(error_of_status(provider_, answer));
    }
    OLIVINE_CHECK_STATUS(accept(answer));
    add_note(cache_.keep(request, {now().wall, answer.header("etag").substr(0, 200), answer.body}));
    return {};
  }

  // Bytes that are no answer: the next attempt may bring one.
  Status accept(const HttpResponse& answer) {
    Status accepted = session_.accept(answer);
    if (!accepted && accepted.error().kind == ErrorKind::kCorrupt) accepted.error().kind = ErrorKind::kTransient;
    return accepted;
  }

  // Waits until the quota lets one more request through, counts it, and writes the count down for other programs.
  Status keep_quota(Duration elapsed) {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      RateCount& count = counts_[i];
      const std::string name = fmt::format("rate-{}-{}.txt", provider_.name, i);
      if (tools_.files != nullptr)
        if (const auto text = tools_.files->read(name)) count.read(*text);
      const Duration wait = count.wait_for(provider_.request_cost, now().wall);
      if (wait > tools_.retry.total - elapsed)
        return fail(ErrorKind::kTransient,
                    fmt::format("the quota of {} ({} requests in {}, {}) is used up for another {}", provider_.title,
                                shortest(count.limit().requests), format_duration(count.limit().window),
                                provider_.limits_source, format_duration(wait)));
      if (wait.ns > 0) tools_.sleep(wait);
      count.add(provider_.request_cost, now().wall);
      if (tools_.files == nullptr) continue;
      if (const Status kept = tools_.files->replace(name, count.text()); !kept)
        add_note("the quota is not kept: " + kept.error().message);
    }
    return {};
  }

  ProviderSession& session_;
  const ProviderInfo& provider_;
  FetchTools& tools_;
  AnswerCache cache_;
  std::vector<RateCount> counts_;
  FetchReport report_;
  std::vector<std::string> notes_;
};

ErrorKind kind_of_status(const HttpResponse& answer) {
  if (answer.status == 401 || answer.status == 403) return ErrorKind::kPermission;
  if (answer.status == 404) return ErrorKind::kNotFound;
  if (answer.status == 408 || answer.status == 429 || answer.status >= 500 || answer.status == 304)
    return ErrorKind::kTransient;
  if (answer.body.find("Acknowledgement_MarketDocument") != std::string::npos &&
      answer.body.find(">999<") != std::string::npos)
    return ErrorKind::kNotFound;
  return ErrorKind::kInvalid;
}

}  // namespace

Error error_of_status(const ProviderInfo& provider, const HttpResponse& answer) {
  std::string words = words_of_error(answer.body);
  if (!words.empty()) words = ": " + words;
  const ErrorKind kind = kind_of_status(answer);
  std::string message = fmt::format("{} answers with status {}{}", provider.title, answer.status, words);
  if (kind == ErrorKind::kPermission && !provider.secrets.empty())
    message += fmt::format("; check {} and what your contract allows", provider.secrets);
  if (kind == ErrorKind::kNotFound) message += "; check the zone and the times";
  return {kind, std::move(message)};
}

Result<FetchReport> fetch(ProviderSession& session, const ProviderInfo& provider, FetchTools& tools) {
  auto report = Fetcher(session, provider, tools).run();
  if (!report) report.error().message = without_secrets(std::move(report.error().message), tools.secrets);
  return report;
}

}  // namespace olivine
