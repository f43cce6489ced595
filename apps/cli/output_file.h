// A file that the user named for an answer: replaced as a whole or not at all, whoever else writes it at the same time.
//
// It is written to a new file of its own in the same folder (its name is nobody's: O_EXCL), flushed to the disk and renamed. A link
// is followed: what it points to is replaced. A file that is there keeps its permissions. What is no regular file (/dev/stderr, a
// pipe) is written into. The mode of a new file follows the umask.
//
// Units: bytes. Errors: kinds as error_from_errno, "writing PATH: ..."; on an error the old file is untouched and nothing is left
// beside it. Threads: any, different calls at a time. Lifetime: stateless.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace olivine::cli {

// Takes pieces of the text, in order.
using TextSink = std::function<Status(std::string_view)>;

// `produce` writes everything into the sink that it is given.
Status write_output(const std::string& path, const std::function<Status(const TextSink&)>& produce);
// All of `text` to a descriptor; `path` is for the error.
Status write_text(int fd, std::string_view text, const std::string& path);

}  // namespace olivine::cli
