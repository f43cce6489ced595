#include "base/result.h"

#include <cerrno>
#include <cstring>

namespace olivine {

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kTransient: return "transient";
    case ErrorKind::kGone: return "gone";
    case ErrorKind::kPermission: return "permission";
    case ErrorKind::kNotFound: return "not_found";
    case ErrorKind::kInvalid: return "invalid";
    case ErrorKind::kCorrupt: return "corrupt";
    case ErrorKind::kUnsupported: return "unsupported";
    case ErrorKind::kInternal: return "internal";
  }
  return "internal";
}

namespace {
ErrorKind kind_of_errno(int error_number) {
  switch (error_number) {
    case EACCES:
    case EPERM:
    case EROFS: return ErrorKind::kPermission;
    case ENOENT:
    case ENOTDIR: return ErrorKind::kNotFound;
    case ENODEV:
    case ENXIO:
    case ESRCH:  // what /proc/PID files say once the process has ended
    case ESTALE: return ErrorKind::kGone;
    case ENOSYS:
    case EOPNOTSUPP: return ErrorKind::kUnsupported;
    case EINVAL:
    case ENAMETOOLONG:
    case EISDIR: return ErrorKind::kInvalid;
    default: return ErrorKind::kTransient;  // EIO, EINTR, EAGAIN, ENODATA, EBUSY, ENOSPC, EMFILE: may work later
  }
}
}  // namespace

Error error_from_errno(int error_number, std::string_view what) {
  return Error{kind_of_errno(error_number), std::string(what) + ": " + std::strerror(error_number)};
}

}  // namespace olivine
