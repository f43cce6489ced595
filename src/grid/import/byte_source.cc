#include "grid/import/byte_source.h"

#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;

class FileSource final : public ByteSource {
 public:
  explicit FileSource(std::unique_ptr<OpenFile> file) : file_(std::move(file)) {}
  Result<std::size_t> read(std::span<char> buffer) override {
    OLIVINE_TRY(const std::size_t count, file_->read_at(offset_, buffer));
    offset_ += count;
    return count;
  }

 private:
  std::unique_ptr<OpenFile> file_;
  std::uint64_t offset_ = 0;
};

tl::unexpected<Error> too_long(std::string_view verb, std::size_t bytes) {
  return fail(ErrorKind::kInvalid, fmt::format("the file {} more than {} MiB; split it", verb, bytes >> 20U));
}

// The source itself, with its first bytes given back, and counted.
class PlainSource final : public ByteSource {
 public:
  PlainSource(std::unique_ptr<ByteSource> owned, std::unique_ptr<PeekedSource> peeked, std::size_t most)
      : owned_(std::move(owned)), peeked_(std::move(peeked)), most_(most) {}
  Result<std::size_t> read(std::span<char> buffer) override {
    OLIVINE_TRY(const std::size_t count, peeked_->read(buffer));
    total_ += count;
    if (total_ > most_) return too_long("holds", most_);
    return count;
  }

 private:
  std::unique_ptr<ByteSource> owned_;
  std::unique_ptr<PeekedSource> peeked_;
  std::size_t most_, total_ = 0;
};

class GzipSource final : public ByteSource {
 public:
  GzipSource(std::unique_ptr<ByteSource> inner, InputLimits limits)
      : inner_(std::move(inner)), limits_(limits), piece_(kPieceBytes) {
    stream_.zalloc = nullptr;
    ready_ = ::inflateInit2(&stream_, 15 + 16) == Z_OK;  // 15: the largest window; 16: gzip only
  }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;
  ~GzipSource() override {
    if (ready_) ::inflateEnd(&stream_);
  }

  Result<std::size_t> read(std::span<char> buffer) override {
    if (!ready_) return fail(ErrorKind::kTransient, "no memory to unpack gzip");
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_.avail_out = static_cast<uInt>(std::min(buffer.size(), kPieceBytes * 16));
    const uInt room = stream_.avail_out;
    while (!ended_ && stream_.avail_out == room) OLIVINE_CHECK_STATUS(step());
    const std::size_t count = room - stream_.avail_out;
    total_ += count;
    if (total_ > limits_.bytes) return too_long("unpacks to", limits_.bytes);
    if (limits_.ratio > 0 && total_ > limits_.free_bytes && total_ / limits_.ratio > packed_)
      return fail(ErrorKind::kInvalid, fmt::format("the gzip data unpack to more than {} times their size: that is no "
                                                   "log; unpack the file yourself if it is one",
                                                   limits_.ratio));
    return count;
  }

 private:
  Status step() {
    if (stream_.avail_in == 0) {
      OLIVINE_TRY(const std::size_t count, inner_->read(piece_));
      stream_.next_in = reinterpret_cast<Bytef*>(piece_.data());
      stream_.avail_in = static_cast<uInt>(count);
      packed_ += count;
      if (count == 0 && member_ended_) {
        ended_ = true;
        return {};
      }
      if (count == 0) return fail(ErrorKind::kInvalid, "the gzip data are cut off; get the file again");
    }
    if (member_ended_) {
      ::inflateReset(&stream_);
      member_ended_ = false;
    }
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      member_ended_ = true;
    } else if (status != Z_OK) {
      return fail(ErrorKind::kInvalid, "the gzip data are damaged; get the file again");
    }
    return {};
  }

  std::unique_ptr<ByteSource> inner_;
  InputLimits limits_;
  std::vector<char> piece_;
  z_stream stream_{};
  bool ready_ = false, member_ended_ = false, ended_ = false;
  std::size_t total_ = 0, packed_ = 0;
};

}  // namespace

Result<std::size_t> TextSource::read(std::span<char> buffer) {
  const std::size_t count = std::min(buffer.size(), rest_.size());
  std::copy_n(rest_.begin(), count, buffer.begin());
  rest_.remove_prefix(count);
  return count;
}

Result<std::unique_ptr<PeekedSource>> PeekedSource::create(ByteSource& inner, std::size_t head_bytes) {
  std::string head(head_bytes, '\0');
  std::size_t filled = 0;
  while (filled < head_bytes) {
    OLIVINE_TRY(const std::size_t count, inner.read(std::span(head).subspan(filled)));
    if (count == 0) break;
    filled += count;
  }
  head.resize(filled);
  return std::unique_ptr<PeekedSource>(new PeekedSource(inner, std::move(head)));
}

Result<std::size_t> PeekedSource::read(std::span<char> buffer) {
  if (taken_ == head_.size()) return inner_.read(buffer);
  const std::size_t count = std::min(head_.size() - taken_, buffer.size());
  std::copy_n(head_.data() + taken_, count, buffer.begin());
  taken_ += count;
  return count;
}

Result<std::unique_ptr<ByteSource>> unpacked(std::unique_ptr<ByteSource> inner, InputLimits limits) {
  OLIVINE_TRY(std::unique_ptr<PeekedSource> peeked, PeekedSource::create(*inner, 2));
  const bool gzip = peeked->head() == "\x1f\x8b";
  auto plain = std::make_unique<PlainSource>(std::move(inner), std::move(peeked), limits.bytes);
  if (!gzip) return plain;
  return std::make_unique<GzipSource>(std::move(plain), limits);
}

Result<std::unique_ptr<ByteSource>> open_input(FileSystem& files, const std::string& path, InputLimits limits) {
  OLIVINE_TRY(std::unique_ptr<OpenFile> file, files.open(path));
  return unpacked(std::make_unique<FileSource>(std::move(file)), limits);
}

Result<std::string> read_whole(ByteSource& source, std::size_t max_bytes) {
  std::string text;
  while (true) {
    const std::size_t before = text.size();
    text.resize(before + kPieceBytes);
    OLIVINE_TRY(const std::size_t count, source.read(std::span(text).subspan(before)));
    text.resize(before + count);
    if (count == 0) return text;
    if (text.size() > max_bytes)
      return fail(ErrorKind::kInvalid, fmt::format("holds more than {} MiB; split it by year", max_bytes >> 20U));
  }
}

Result<std::string> read_input(FileSystem& files, const std::string& path, std::size_t max_bytes) {
  OLIVINE_TRY(const std::unique_ptr<ByteSource> source, open_input(files, path));
  auto text = read_whole(*source, max_bytes);
  if (!text) return with_context(text.error(), printable(path));
  return text;
}

}  // namespace olivine
