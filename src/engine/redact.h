// Redaction: takes secrets out of a command line before anything is stored. What is stored can leak for years, and a
// command without its token is as useful; so when in doubt, a value that looks like a secret goes.
//
// Redacted: the value after --token, --password, --api-key and the like ("=" or the next argument); NAME=VALUE with
// such a name; user:password@ and secret query parameters in URLs; known forms (JWT, AKIA..., hf_..., sk-..., ghp_...,
// xoxb-..., PEM keys, ...); header values (Authorization: Bearer ...); long random-looking strings. Inside shell text
// ("bash -c '...'") and JSON the same is done word by word.
// Kept: paths and file names, also with a hash in them (model-<sha>.pt, checkpoints named by digest: data are found by
// them, and a file name is no credential), numbers, dates, UUIDs, git revisions and plain digests (hexadecimal of 32,
// 40 or 64 digits, sha256:...): they name data and releases. A hexadecimal secret is therefore found only by its name.
//
//   redact_argv({"train.py", "--api-key", "abc", "--lr=0.1"})  ->  {"train.py", "--api-key", "[redacted]", "--lr=0.1"}
//
// Environment values are never stored at all. Units: none. Errors: none; takes any bytes. Threads: pure. Lifetime:
// values.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace olivine {

inline constexpr std::string_view kRedacted = "[redacted]";

std::vector<std::string> redact_argv(std::span<const std::string> argv);
// One argument on its own, or any text for a log.
std::string redact_text(std::string_view text);

// Parts, for tests.
bool is_secret_name(std::string_view name);     // "api_key", "HF_TOKEN", "--password"
bool looks_like_secret(std::string_view word);  // by its form alone
bool has_secret_mark(std::string_view word);    // the narrower test for parts of paths: an issuer's mark or a JWT

}  // namespace olivine
