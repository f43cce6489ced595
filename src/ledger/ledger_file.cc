#include "ledger/ledger_file.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>

namespace olivine {

namespace {
constexpr off_t kSmallestDatabase = 512;  // SQLite's smallest page

Result<std::string> absolute(const std::string& path) {
  if (path.empty()) return fail(ErrorKind::kInvalid, "the ledger's path is empty: name a file with --ledger");
  if (path.find('\0') != std::string::npos) return fail(ErrorKind::kInvalid, "the ledger's path holds a zero byte");
  if (path.front() == '/') return path;
  std::array<char, PATH_MAX> directory{};
  if (::getcwd(directory.data(), directory.size()) == nullptr) {
    return tl::unexpected<Error>(error_from_errno(errno, "the working directory, for the ledger " + path));
  }
  return std::string(directory.data()) + "/" + path;
}

Status make_directory(const std::string& directory) {
  struct stat info{};
  if (::stat(directory.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return {};
    return fail(ErrorKind::kInvalid,
                fmt::format("{} is not a directory: choose another ledger with --ledger", directory));
  }
  if (errno != ENOENT) return tl::unexpected<Error>(error_from_errno(errno, "the ledger's directory " + directory));
  const std::string parent = directory_of(directory);
  if (parent != directory) OLIVINE_CHECK_STATUS(make_directory(parent));
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return tl::unexpected<Error>(error_from_errno(errno, "making the ledger's directory " + directory));
  }
  return {};
}

Result<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  if (!real) return tl::unexpected<Error>(error_from_errno(errno, "the ledger " + path));
  return std::string(real.get());
}

// True: a regular file is there; false: nothing is.
Result<bool> look_at(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) == 0) {
    // SQLite takes a file of a few bytes for a new one and would write over it.
    if (S_ISREG(info.st_mode) && info.st_size > 0 && info.st_size < kSmallestDatabase) {
      return fail(
          ErrorKind::kCorrupt,
          fmt::format("the ledger {} is damaged or no ledger; it is left as it is: move it away to start a new one",
                      path));
    }
    if (S_ISREG(info.st_mode)) return true;
    if (S_ISDIR(info.st_mode)) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("the ledger {0} is a directory: name a file, as in --ledger {0}/ledger.sqlite", path));
    }
    return fail(ErrorKind::kInvalid,
                fmt::format("the ledger {} is not a regular file: choose another with --ledger", path));
  }
  const int error_number = errno;
  if (error_number != ENOENT) return tl::unexpected<Error>(error_from_errno(error_number, "the ledger " + path));
  if (::lstat(path.c_str(), &info) == 0) {
    if (!S_ISLNK(info.st_mode)) return look_at(path);  // another process made it just now
    return fail(
        ErrorKind::kInvalid,
        fmt::format("the ledger {} is a link to a file that is not there: remove the link or make its target", path));
  }
  return false;
}

}  // namespace

std::string directory_of(const std::string& absolute_path) {
  const std::size_t end = absolute_path.find_last_not_of('/');
  if (end == std::string::npos) return "/";
  const std::size_t slash = absolute_path.rfind('/', end);
  const std::size_t keep = slash == std::string::npos ? 0 : absolute_path.find_last_not_of('/', slash);
  return keep == std::string::npos ? "/" : absolute_path.substr(0, keep + 1);
}

bool log_is_empty(const std::string& path) {
  struct stat info{};
  if (::stat((path + "-journal").c_str(), &info) == 0 && info.st_size > 0) return false;
  return ::stat((path + "-wal").c_str(), &info) != 0 || info.st_size == 0;
}

Result<std::string> make_ledger_file(const std::string& given) {
  OLIVINE_TRY(const std::string path, absolute(given));
  OLIVINE_TRY(bool there, look_at(path));
  if (!there) {
    OLIVINE_CHECK_STATUS(make_directory(directory_of(path)));
    // mknod, not open: another thread may have the file open by now, and closing ours would drop its locks.
    if (::mknod(path.c_str(), S_IFREG | 0600, 0) != 0 && errno != EEXIST) {
      return tl::unexpected<Error>(error_from_errno(errno, "making the ledger " + path));
    }
    OLIVINE_TRY(there, look_at(path));
  }
  return real_path(path);
}

Result<std::string> existing_ledger_file(const std::string& given) {
  OLIVINE_TRY(const std::string path, absolute(given));
  OLIVINE_TRY(const bool there, look_at(path));
  if (!there) {
    return fail(ErrorKind::kNotFound,
                fmt::format("no run is recorded yet in {}; start one with olivine run -- COMMAND", path));
  }
  return real_path(path);
}

}  // namespace olivine
