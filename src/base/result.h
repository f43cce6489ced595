// Result and Error: how every expected failure travels in Olivine.
//
// A function that can fail returns `Result<T>` (tl::expected). The error's *kind* says what the caller does next; its
// message says what happened and what to do; `with_context` adds where, on the way up. Broken invariants are bugs, not
// errors: they throw std::logic_error, which only main, the agent's tick and the Python boundary catch. Nothing aborts:
// we live inside somebody's training job.
//
//   Result<int> parse_port(std::string_view text);
//   Result<Listener> listen(std::string_view text) {
//     OLIVINE_TRY(int port, parse_port(text));        // returns the error when there is one
//     return Listener{port};
//   }
//
// Errors: this is where they are defined. Threads: values; share freely. Lifetime: owns its text.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace olivine {

// What the caller does about it. There is no default: every error names its kind.
enum class ErrorKind {
  kTransient,    // retry at the next tick; the span in between is a gap
  kGone,         // the device or file went away; stop asking, say so once
  kPermission,   // tell the user the one command that fixes it
  kNotFound,     // it never was there
  kInvalid,      // the user's input is wrong
  kCorrupt,      // stored data are damaged
  kUnsupported,  // this machine or build cannot do it
  kInternal,     // our own bug
};

// "transient", "gone", ... as used in JSON.
std::string_view name_of(ErrorKind kind);

struct [[nodiscard]] Error {
  ErrorKind kind;
  std::string message;  // one line, ends without a full stop, says what to do next where something can be done
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return tl::unexpected<Error>(Error{kind, std::move(message)});
}

// "reading /sys/x: permission denied" from context "reading /sys/x" and "permission denied".
inline tl::unexpected<Error> with_context(Error error, std::string_view context) {
  error.message = std::string(context) + ": " + error.message;
  return tl::unexpected<Error>(std::move(error));
}

// The error for an errno value, named after the call and what it was about.
Error error_from_errno(int error_number, std::string_view what);

}  // namespace olivine

#define OLIVINE_CONCAT_INNER(a, b) a##b
#define OLIVINE_CONCAT(a, b) OLIVINE_CONCAT_INNER(a, b)
#define OLIVINE_TRY_INNER(tmp, decl, expr)                                   \
  auto tmp = (expr);                                                         \
  if (!tmp) return tl::unexpected<::olivine::Error>(std::move(tmp).error()); \
  decl = std::move(*tmp)
// OLIVINE_TRY(auto value, expression): value on success, return of the error otherwise.
#define OLIVINE_TRY(decl, expr) OLIVINE_TRY_INNER(OLIVINE_CONCAT(olivine_try_, __LINE__), decl, expr)
// OLIVINE_CHECK_STATUS(expression): the same for a Status.
#define OLIVINE_CHECK_STATUS(expr)                                                \
  do {                                                                            \
    if (auto olivine_status = (expr); !olivine_status)                            \
      return tl::unexpected<::olivine::Error>(std::move(olivine_status).error()); \
  } while (false)
