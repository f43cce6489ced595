#include "grid/signals/gzip_text.h"

#define ZLIB_CONST  // zlib then promises not to write to its input
#include <fmt/core.h>
#include <zlib.h>

#include <array>

namespace olivine {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib's way to ask for the gzip format

class Inflater {
 public:
  Inflater() : ready_(inflateInit2(&stream_, kGzipWindow) == Z_OK) {}
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_;
};

tl::unexpected<Error> bad(std::string_view name, std::string_view why) {
  return fail(ErrorKind::kInvalid, fmt::format("{}: {}", name, why));
}

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b'; }

Result<std::string> gunzip(std::string_view name, std::string_view bytes, std::size_t max_bytes) {
  if (!is_gzip(bytes)) return bad(name, "is no gzip file");
  Inflater inflater;
  if (!inflater.ready()) return fail(ErrorKind::kInternal, "zlib cannot start");
  z_stream& stream = inflater.stream();
  if (bytes.size() > max_bytes) return bad(name, fmt::format("holds more than {} MiB; split it by year", max_bytes >> 20U));
  stream.next_in = reinterpret_cast<const Bytef*>(bytes.data());  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string text;
  std::array<Bytef, 1 << 16> chunk;
  while (true) {
    stream.next_out = chunk.data();
    stream.avail_out = static_cast<uInt>(chunk.size());
    const int status = inflate(&stream, Z_NO_FLUSH);
    const std::size_t got = chunk.size() - stream.avail_out;
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
      return bad(name, "is a damaged gzip file; fetch or compress it again");
    if (text.size() + got > max_bytes)
      return bad(name, fmt::format("holds more than {} MiB; split it by year", max_bytes >> 20U));
    text.append(reinterpret_cast<const char*>(chunk.data()), got);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0) return text;
      if (inflateReset(&stream) != Z_OK) return fail(ErrorKind::kInternal, "zlib cannot go on");
    } else if (got == 0 && stream.avail_in == 0) {
      return bad(name, "is a gzip file that was cut short; fetch or compress it again");
    }
  }
}

}  // namespace olivine
