#include "grid/store/series_file.h"

#include <fmt/core.h>
#define XXH_INLINE_ALL  // no shared library that every start of the program would load
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "grid/store/block_codec.h"
#include "grid/store/intensity_unit.h"

namespace olivine {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kMagic = "OLVGRID1";
constexpr std::size_t kHeadBytes = 48, kEntryBytes = 32, kMaxDescriptionBytes = 65'536, kMaxBlocks = 65'536;
constexpr std::int64_t kNsPerS = 1'000'000'000;
constexpr std::int64_t kFirstS = -2'208'988'800, kLastS = 7'258'118'400;  // the years 1900 to 2199

template <class Number>
void put(std::string& out, Number value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

template <class Number>
Number get(std::string_view bytes, std::size_t at) {
  Number value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::uint64_t check_of(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::string content_hash(std::string_view description_and_entries) {
  const XXH128_hash_t hash = XXH3_128bits(description_and_entries.data(), description_and_entries.size());
  std::string bytes;
  put(bytes, hash.low64);
  put(bytes, hash.high64);
  return bytes;
}

std::string hex_of(std::string_view hash) {
  return fmt::format("{:016x}{:016x}", get<std::uint64_t>(hash, 8), get<std::uint64_t>(hash, 0));
}

tl::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorKind::kCorrupt, fmt::format("not a whole series file: {}; import its source again", what));
}

std::string description_text(const SeriesDescription& about) {
  const Json json{{"zone", about.zone},
                  {"signal", name_of(about.signal)},
                  {"boundary", name_of(about.boundary)},
                  {"accounting", about.accounting},
                  {"losses", about.losses},
                  {"gases", about.gases},
                  {"unit", about.unit},
                  {"source", about.source},
                  {"format", about.format},
                  {"notes", about.notes}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::string> text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_string()) return damaged(fmt::format("its description has no {}", key));
  return found->get<std::string>();
}

Result<SeriesDescription> read_description(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return damaged("its description is no JSON object");
  SeriesDescription about;
  OLIVINE_TRY(about.zone, text_of(json, "zone"));
  OLIVINE_TRY(const std::string signal, text_of(json, "signal"));
  OLIVINE_TRY(const std::string boundary, text_of(json, "boundary"));
  OLIVINE_TRY(about.accounting, text_of(json, "accounting"));
  OLIVINE_TRY(about.losses, text_of(json, "losses"));
  OLIVINE_TRY(about.gases, text_of(json, "gases"));
  OLIVINE_TRY(about.unit, text_of(json, "unit"));
  OLIVINE_TRY(about.source, text_of(json, "source"));
  OLIVINE_TRY(about.format, text_of(json, "format"));
  const auto notes = json.find("notes");
  if (notes == json.end() || !notes->is_array()) return damaged("its description has no notes");
  for (const Json& note : *notes) {
    if (!note.is_string()) return damaged("a note is no text");
    about.notes.push_back(note.get<std::string>());
  }
  const auto known_signal = signal_from(signal);
  const auto known_boundary = boundary_from(boundary);
  if (!known_signal || !known_boundary || !is_zone_key(about.zone)) return damaged("unknown words in its description");
  about.signal = *known_signal;
  about.boundary = *known_boundary;
  return about;
}

Status check_points(const StoredSeries& series) {
  const auto bad = [&](const StoredPoint& p, std::string_view why) {
    return fail(ErrorKind::kInvalid, fmt::format("series of {}, point at {}: {}", series.about.zone,
                                                 format_utc({p.begin_s * kNsPerS}), why));
  };
  if (!is_zone_key(series.about.zone)) {
    return fail(ErrorKind::kInvalid, fmt::format("'{}' is not a zone key (letters, digits, - and _)",
                                                 printable(series.about.zone.substr(0, 60))));
  }
  if (series.points.empty()) return fail(ErrorKind::kInvalid, "series of " + series.about.zone + " has no points");
  if (series.points.size() > kMaxStoredPoints)
    return fail(ErrorKind::kInvalid,
                fmt::format("series of {} has more than {} points", series.about.zone, kMaxStoredPoints));
  std::int64_t end = kFirstS;
  for (const StoredPoint& p : series.points) {
    if (p.begin_s < kFirstS || p.begin_s >= kLastS) {
      return fail(ErrorKind::kInvalid, "series of " + series.about.zone + ": a time is not between 1900 and 2199");
    }
    if (p.length_s < kMinStepS || p.length_s > kMaxStepS) return bad(p, "its length is not between a minute and a day");
    if (p.begin_s < end) return bad(p, "overlaps the point before it");
    if (!std::isfinite(p.value)) return bad(p, "is not a number");
    end = p.begin_s + p.length_s;
  }
  return {};
}

// The points from `first` that share a step's grid and fit into one block; gaps become NaN.
std::size_t fill_block(const std::vector<StoredPoint>& points, std::size_t first, BlockSteps& steps) {
  const StoredPoint& head = points[first];
  std::size_t next = first;
  for (; next < points.size() && points[next].length_s == head.length_s; ++next) {
    const auto distance = points[next].begin_s - head.begin_s;
    if (distance % head.length_s != 0) break;
    const auto slot = static_cast<std::size_t>(distance / head.length_s);
    if (slot >= kBlockSteps) break;
    steps.values.resize(slot + 1, std::numeric_limits<double>::quiet_NaN());
    steps.estimated.resize(slot + 1, 0);
    steps.values[slot] = points[next].value;
    steps.estimated[slot] = points[next].estimated ? 1 : 0;
  }
  return next;
}

}  // namespace

void round_values(std::vector<StoredPoint>& points, int decimals) {
  const double power = std::pow(10.0, decimals);
  for (StoredPoint& p : points) p.value = std::nearbyint(p.value * power) / power;
}

bool is_zone_key(std::string_view key) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !key.empty() && key.size() <= 40 && std::all_of(key.begin(), key.end(), allowed);
}

Result<std::string> encode_series(const StoredSeries& series, WallTime imported_at) {
  OLIVINE_CHECK_STATUS(check_points(series));
  OLIVINE_CHECK_STATUS(intensity_unit(series.about.unit).map([](const IntensityUnit&) {}));
  std::string content = description_text(series.about);
  const std::size_t description_bytes = content.size();
  if (description_bytes > kMaxDescriptionBytes)
    return fail(ErrorKind::kInvalid, "the description of the series is too long");
  std::string blocks;
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < series.points.size(); ++count) {
    if (count == kMaxBlocks)
      return fail(ErrorKind::kInvalid, "the series of " + series.about.zone + " has too many gaps");
    BlockSteps steps;
    const StoredPoint& head = series.points[i];
    const std::size_t next = fill_block(series.points, i, steps);
    const std::string block = encode_block(steps);
    put(content, head.begin_s);
    put(content, head.length_s);
    put(content, static_cast<std::uint16_t>(steps.values.size()));
    put(content, static_cast<std::uint16_t>(next - i));
    put(content, static_cast<std::uint16_t>(std::count(steps.estimated.begin(), steps.estimated.end(), 1)));
    put(content, std::uint16_t{0});
    put(content, static_cast<std::uint32_t>(block.size()));
    put(content, check_of(block));
    blocks += block;
    i = next;
  }
  std::string file(kMagic);
  put(file, static_cast<std::uint32_t>(description_bytes));
  put(file, count);
  put(file, imported_at.ns);
  file += content_hash(content);
  put(file, check_of(file));
  return file + content + blocks;
}

Result<std::vector<SeriesFile::Block>> SeriesFile::read_entries(std::string_view entries) {
  std::vector<Block> blocks;
  std::size_t offset = 0;
  std::int64_t end = kFirstS;
  for (std::size_t at = 0; at < entries.size(); at += kEntryBytes) {
    Block b;
    b.begin_s = get<std::int64_t>(entries, at);
    b.step_s = get<std::uint32_t>(entries, at + 8);
    b.steps = get<std::uint16_t>(entries, at + 12);
    b.present = get<std::uint16_t>(entries, at + 14);
    b.estimated = get<std::uint16_t>(entries, at + 16);
    b.bytes = get<std::uint32_t>(entries, at + 20);
    b.check = get<std::uint64_t>(entries, at + 24);
    b.offset = offset;
    const bool in_range = b.begin_s >= end && b.begin_s < kLastS && b.step_s >= kMinStepS && b.step_s <= kMaxStepS;
    const bool sized = b.steps >= 1 && b.steps <= kBlockSteps && b.present <= b.steps && b.estimated <= b.present;
    if (!in_range || !sized || b.bytes > kMaxSeriesFileBytes) return damaged("an entry is impossible");
    offset += b.bytes;
    end = b.end_s();
    blocks.push_back(b);
  }
  return blocks;
}

Result<SeriesFile> SeriesFile::open(std::string_view bytes) {
  if (bytes.size() < kHeadBytes || !bytes.starts_with(kMagic)) return damaged("it does not begin like one");
  if (bytes.size() > kMaxSeriesFileBytes) return damaged("it is too large");
  if (get<std::uint64_t>(bytes, 40) != check_of(bytes.substr(0, 40))) return damaged("its head is damaged");
  const std::size_t description = get<std::uint32_t>(bytes, 8);
  const std::size_t count = get<std::uint32_t>(bytes, 12);
  if (description > kMaxDescriptionBytes || count == 0 || count > kMaxBlocks) return damaged("impossible sizes");
  const std::size_t content = description + count * kEntryBytes;
  if (bytes.size() < kHeadBytes + content) return damaged("it is cut off");
  const std::string_view covered = bytes.substr(kHeadBytes, content);
  if (content_hash(covered) != bytes.substr(24, 16)) return damaged("its content is not what its hash says");
  SeriesFile file;
  OLIVINE_TRY(file.blocks_, read_entries(covered.substr(description)));
  OLIVINE_TRY(file.dataset_.about, read_description(covered.substr(0, description)));
  OLIVINE_TRY(const IntensityUnit unit, intensity_unit(file.dataset_.about.unit));
  file.g_per_kwh_per_unit_ = unit.g_per_kwh;
  file.data_ = bytes.substr(kHeadBytes + content);
  if (file.data_.size() != file.blocks_.back().offset + file.blocks_.back().bytes) return damaged("it is cut off");
  Dataset& d = file.dataset_;
  d.hash = hex_of(bytes.substr(24, 16));
  d.imported_at = {get<std::int64_t>(bytes, 16)};
  d.begin = {file.blocks_.front().begin_s * kNsPerS};
  d.end = {file.blocks_.back().end_s() * kNsPerS};
  d.file_bytes = bytes.size();
  if (d.imported_at.ns < 0 || d.imported_at.ns >= kLastS * kNsPerS) return damaged("its time of import is impossible");
  std::int64_t end_s = file.blocks_.front().begin_s;
  for (const Block& b : file.blocks_) {
    d.points += b.present;
    d.estimated += b.estimated;
    d.missing += b.steps - b.present + static_cast<std::size_t>((b.begin_s - end_s) / b.step_s);
    end_s = b.end_s();
    if (d.steps_s.size() < 16 && std::find(d.steps_s.begin(), d.steps_s.end(), b.step_s) == d.steps_s.end())
      d.steps_s.push_back(b.step_s);
  }
  if (d.points > kMaxStoredPoints) return damaged("it says that it holds too many points");
  return file;
}

template <class Take>
Status SeriesFile::read_block(const Block& block, Take take) const {
  const std::string_view bytes = data_.substr(block.offset, block.bytes);
  if (check_of(bytes) != block.check) return damaged("a block is not what its check says");
  OLIVINE_TRY(const BlockSteps steps, decode_block(bytes, block.steps));
  std::int64_t begin_s = block.begin_s;
  for (std::size_t i = 0; i < block.steps; ++i, begin_s += block.step_s) {
    if (std::isnan(steps.values[i])) continue;
    take(begin_s, block.step_s, steps.values[i], steps.estimated[i] != 0);
  }
  return {};
}

Result<std::vector<IntensityPoint>> SeriesFile::points(WallInterval interval) const {
  std::vector<IntensityPoint> found;
  const auto first = std::partition_point(blocks_.begin(), blocks_.end(),
                                          [&](const Block& b) { return b.end_s() * kNsPerS <= interval.begin.ns; });
  const auto last =
      std::partition_point(first, blocks_.end(), [&](const Block& b) { return b.begin_s * kNsPerS < interval.end.ns; });
  std::size_t expected = 0;
  for (auto block = first; block != last; ++block) expected += block->present;
  if (expected > kMaxAnswerPoints) {
    return fail(ErrorKind::kInvalid,
                fmt::format("the interval holds more than {} points; ask for a shorter one", kMaxAnswerPoints));
  }
  found.reserve(expected);
  for (auto block = first; block != last; ++block) {
    OLIVINE_CHECK_STATUS(
        read_block(*block, [&](std::int64_t begin_s, std::int64_t step_s, double value, bool estimated) {
          const WallTime begin{begin_s * kNsPerS}, end{(begin_s + step_s) * kNsPerS};
          if (begin < interval.end && interval.begin < end)
            found.push_back(exact_point(begin, end, value * g_per_kwh_per_unit_, estimated));
        }));
  }
  return found;
}

Result<std::vector<StoredPoint>> SeriesFile::stored() const {
  std::vector<StoredPoint> all;
  for (const Block& block : blocks_) {
    OLIVINE_CHECK_STATUS(
        read_block(block, [&](std::int64_t begin_s, std::int64_t step_s, double value, bool estimated) {
          all.push_back({begin_s, static_cast<std::uint32_t>(step_s), estimated, value});
        }));
  }
  return all;
}

}  // namespace olivine
