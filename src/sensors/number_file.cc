#include "sensors/number_file.h"

#include <array>
#include <charconv>

#include "base/text.h"

namespace olivine {
namespace {

// The common case, digits and a line end, costs one from_chars; whatever else is there is not a number.
Result<std::uint64_t> parse_counter(std::string_view text, const std::string& path) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ' || text.back() == '\0')) text.remove_suffix(1);
  std::uint64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!text.empty() && status == std::errc{} && end == text.data() + text.size()) return value;
  return fail(ErrorKind::kCorrupt,
              "reading " + path + ": '" + printable(text.substr(0, 40)) + "' is not a whole number of at most 64 bits");
}

}  // namespace

Result<std::uint64_t> NumberFile::read_open() {
  std::array<char, 64> buffer;
  OLIVINE_TRY(const std::size_t count, file_->read_at_start(buffer));
  return parse_counter(std::string_view(buffer.data(), count), path_);
}

Result<std::uint64_t> NumberFile::reopen_and_read() {
  auto opened = files_.open(path_);
  if (!opened) {
    Error error = std::move(opened).error();
    if (seen_ && error.kind == ErrorKind::kNotFound) error.kind = ErrorKind::kGone;
    return tl::unexpected<Error>(std::move(error));
  }
  file_ = std::move(*opened);
  seen_ = true;
  return read_open();
}

Result<std::uint64_t> NumberFile::read() {
  if (file_ == nullptr) return reopen_and_read();
  auto value = read_open();
  if (value || value.error().kind != ErrorKind::kGone) return value;
  file_.reset();  // the kernel object behind it is no more; a new one may stand at the same path
  return reopen_and_read();
}

Result<std::string> read_line_patiently(FileSystem& files, const std::string& path) {
  return patiently([&] { return read_line(files, path); });
}

Result<std::uint64_t> read_u64_patiently(FileSystem& files, const std::string& path) {
  return patiently([&] { return read_u64(files, path); });
}

}  // namespace olivine
