// Fuzzes the series file: any bytes are refused, or hold points in order that a second writing gives back.
//
// The checks of head and content would stop a fuzzer at once, so every input is tried twice: as it is, and with the checks of
// head, content and blocks put right.
#include <xxhash.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "base/text.h"
#include "grid/store/block_codec.h"
#include "grid/store/series_file.h"

namespace {

using namespace olivine;

void require(bool holds) {
  if (!holds) std::abort();
}

std::uint32_t word_at(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

void put_check(std::string& bytes, std::size_t at, std::string_view covered) {
  const std::uint64_t check = XXH3_64bits(covered.data(), covered.size());
  std::memcpy(bytes.data() + at, &check, sizeof check);
}

std::string with_checks(std::string bytes) {
  if (bytes.size() < 48) return bytes;
  std::memcpy(bytes.data(), "OLVGRID1", 8);
  const std::size_t description = word_at(bytes, 8), entries = word_at(bytes, 12);
  if (description > bytes.size() || entries > bytes.size() / 32 || 48 + description + entries * 32 > bytes.size())
    return bytes;
  const std::size_t first = 48 + description;
  std::size_t block = first + entries * 32;
  for (std::size_t entry = first; entry < first + entries * 32; entry += 32) {
    const std::size_t length = word_at(bytes, entry + 20);
    if (length > bytes.size() - block) break;
    put_check(bytes, entry + 24, std::string_view(bytes).substr(block, length));
    block += length;
  }
  const XXH128_hash_t hash = XXH3_128bits(bytes.data() + 48, description + entries * 32);
  std::memcpy(bytes.data() + 24, &hash.low64, 8);
  std::memcpy(bytes.data() + 32, &hash.high64, 8);
  put_check(bytes, 40, std::string_view(bytes).substr(0, 40));
  return bytes;
}

void check_file(std::string_view bytes) {
  const auto file = SeriesFile::open(bytes);
  if (!file) {
    require(file.error().kind != ErrorKind::kInternal && file.error().message.size() < 500);
    return;
  }
  const auto points = file->stored();
  if (!points) return;
  for (std::size_t i = 1; i < points->size(); ++i)
    require((*points)[i - 1].begin_s + (*points)[i - 1].length_s <= (*points)[i].begin_s);
  const auto answer = file->points({file->dataset().begin, file->dataset().end});
  require(!answer || answer->size() == points->size());
  if (points->empty()) return;
  const auto again = encode_series({file->dataset().about, *points}, file->dataset().imported_at);
  if (again) require(SeriesFile::open(*again)->stored().value() == *points);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 65'536) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  check_file(bytes);
  check_file(with_checks(bytes));
  for (const std::size_t steps : {std::size_t{1}, std::size_t{33}, kBlockSteps}) (void)decode_block(bytes, steps);
  return 0;
}
