#include "grid/providers/answer_cache.h"

#include <nlohmann/json.hpp>

#include "provenance/graph.h"

namespace olivine {
namespace {

using nlohmann::json;
constexpr const char* kSchema = "olivine.grid-answer/1";
constexpr std::size_t kMaxHeadBytes = 8192;
constexpr std::size_t kMaxKeptBytes = std::size_t{4} << 20;  // the largest true answer has 1 MiB

std::optional<CachedAnswer> decode(const std::string& blob, const std::string& public_url) {
  const std::size_t end = blob.find('\n');
  if (end == std::string::npos || end > kMaxHeadBytes) return std::nullopt;
  const json head = json::parse(blob.begin(), blob.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
  if (!head.is_object() || head.value("schema", json()) != kSchema || head.value("url", json()) != public_url)
    return std::nullopt;
  const json stored = head.value("stored_ns", json()), etag = head.value("etag", json()),
             hash = head.value("hash", json());
  if (!stored.is_number_integer() || !etag.is_string() || !hash.is_string()) return std::nullopt;
  CachedAnswer answer{{stored.get<std::int64_t>()}, etag.get<std::string>(), blob.substr(end + 1)};
  if (content_hash(answer.body) != hash.get<std::string>()) return std::nullopt;
  return answer;
}

}  // namespace

std::string cache_name(const HttpRequest& request) { return content_hash(request.public_url) + ".answer"; }

std::optional<CachedAnswer> AnswerCache::find(const HttpRequest& request) {
  if (files_ == nullptr) return std::nullopt;
  const auto blob = files_->read(cache_name(request));
  if (!blob) return std::nullopt;
  return decode(*blob, request.public_url);
}

std::string AnswerCache::keep(const HttpRequest& request, const CachedAnswer& answer) {
  if (files_ == nullptr) return "";
  if (answer.body.size() > kMaxKeptBytes) return "an answer was not kept: it is larger than 4 MiB";
  const std::string body = without_secrets(answer.body, request.secrets);
  const json head = {{"schema", kSchema},
                     {"url", request.public_url},
                     {"stored_ns", answer.stored.ns},
                     {"etag", without_secrets(answer.etag, request.secrets)},
                     {"hash", content_hash(body)}};
  const std::string line = head.dump(-1, ' ', true, json::error_handler_t::replace);
  if (line.size() > kMaxHeadBytes) return "an answer was not kept: its address is too long";
  Status status = files_->replace(cache_name(request), line + "\n" + body);
  if (status) status = files_->keep_within(max_bytes_);
  return status ? "" : "an answer was not kept: " + status.error().message;
}

}  // namespace olivine
