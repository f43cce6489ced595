#include "grid/import/line_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace olivine {

LineReader::LineReader(ByteSource& source, LineLimits limits)
    : source_(source), limits_(limits), buffer_(4 * limits.line_bytes) {}

Result<bool> LineReader::refill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ > limits_.line_bytes) {
    return fail(ErrorKind::kInvalid, fmt::format("line {} is longer than {} bytes: this is no table of text",
                                                 number_ + 1, limits_.line_bytes));
  }
  OLIVINE_TRY(const std::size_t count, source_.read(std::span(buffer_).subspan(end_)));
  const void* zero = count == 0 ? nullptr : std::memchr(buffer_.data() + end_, 0, count);
  if (zero != nullptr) {
    const auto lines = std::count(static_cast<const char*>(buffer_.data()), static_cast<const char*>(zero), '\n');
    return fail(ErrorKind::kInvalid, fmt::format("line {} holds a NUL byte: this is no text (UTF-16? save it as UTF-8)",
                                                 number_ + static_cast<std::size_t>(lines) + 1));
  }
  at_end_ = count == 0;
  const bool first = number_ == 0 && end_ == 0;
  end_ += count;
  if (first && std::string_view(buffer_.data(), end_).starts_with("\xef\xbb\xbf")) begin_ = 3;
  return count > 0;
}

Result<bool> LineReader::next(std::string_view& line) {
  std::size_t searched = 0;
  for (;;) {
    const char* from = buffer_.data() + begin_ + searched;
    const std::size_t length = end_ - begin_ - searched;
    const void* found = length == 0 ? nullptr : std::memchr(from, '\n', length);
    if (found != nullptr || (at_end_ && end_ > begin_)) {
      const std::size_t stop =
          found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data()) : end_;
      line = {buffer_.data() + begin_, stop - begin_};
      begin_ = found != nullptr ? stop + 1 : stop;
      ended_ = found != nullptr;
      break;
    }
    if (at_end_) return false;
    searched = end_ - begin_;
    OLIVINE_TRY([[maybe_unused]] const bool more, refill());
  }
  if (++number_ > limits_.lines)
    return fail(ErrorKind::kInvalid, fmt::format("more than {} lines; split the file", limits_.lines));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return true;
}

bool split_fields(std::string_view line, char separator, std::vector<std::string_view>& fields,
                  std::vector<std::string>& scratch) {
  fields.clear();
  const bool quoted = std::memchr(line.data(), '"', line.size()) != nullptr;
  if (!quoted) {
    for (;;) {
      const void* found = line.empty() ? nullptr : std::memchr(line.data(), separator, line.size());
      if (found == nullptr) break;
      const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - line.data());
      fields.push_back(line.substr(0, length));
      line.remove_prefix(length + 1);
    }
    fields.push_back(line);
    return true;
  }
  scratch.clear();
  bool inside = false;
  std::string field;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i == line.size() || (!inside && line[i] == separator)) {
      scratch.push_back(std::move(field));
      field.clear();
    } else if (line[i] != '"') {
      field.push_back(line[i]);
    } else if (inside && i + 1 < line.size() && line[i + 1] == '"') {
      field.push_back('"');
      ++i;
    } else {
      inside = !inside;
    }
  }
  fields.assign(scratch.begin(), scratch.end());
  return !inside;
}

char separator_of(std::string_view header) {
  char best = ',';
  for (const char candidate : {',', ';', '\t'})
    if (std::count(header.begin(), header.end(), candidate) > std::count(header.begin(), header.end(), best))
      best = candidate;
  return best;
}

}  // namespace olivine
