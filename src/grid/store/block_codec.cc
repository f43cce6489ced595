#include "grid/store/block_codec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <stdexcept>

namespace olivine {
namespace {

static_assert(std::endian::native == std::endian::little, "series files are little endian");

constexpr std::uint8_t kHasGaps = 1, kSomeEstimated = 2, kAllEstimated = 4;
constexpr std::uint8_t kFloating = 15;
constexpr std::size_t kGroup = 32;
constexpr unsigned kMaxBits = 56;
// Steps in a day of hours, half hours, quarters of an hour and five minutes; 0: differences as they are.
constexpr std::array<std::size_t, 5> kLags{0, 24, 48, 96, 288};
constexpr std::array<double, 7> kPowers{1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unzigzag(std::uint64_t code) {
  return static_cast<std::int64_t>(code >> 1U) ^ -static_cast<std::int64_t>(code & 1U);
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out.push_back(static_cast<char>(value | 0x80U));
  out.push_back(static_cast<char>(value));
}

void put_bitmap(std::string& out, const std::vector<bool>& bits) {
  std::string packed((bits.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (bits[i]) packed[i / 8] = static_cast<char>(static_cast<unsigned char>(packed[i / 8]) | (1U << (i % 8)));
  }
  out += packed;
}

// The fewest decimals with which every number comes back; none when there are numbers with more than six.
std::optional<std::vector<std::int64_t>> as_integers(std::span<const double> numbers, double power) {
  std::vector<std::int64_t> integers;
  integers.reserve(numbers.size());
  for (const double number : numbers) {
    const double scaled = std::nearbyint(number * power);
    if (!(std::abs(scaled) < 0x1p53) || scaled / power != number) return std::nullopt;
    integers.push_back(static_cast<std::int64_t>(scaled));
  }
  return integers;
}

void put_group(std::string& out, std::span<const std::int64_t> numbers) {
  const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  const auto range = static_cast<std::uint64_t>(*high) - static_cast<std::uint64_t>(*low);
  const auto bits = static_cast<unsigned>(std::bit_width(range));
  put_varint(out, zigzag(*low));
  out.push_back(static_cast<char>(bits));
  std::uint64_t pending = 0;
  unsigned held = 0;
  for (const std::int64_t number : numbers) {
    pending |= (static_cast<std::uint64_t>(number) - static_cast<std::uint64_t>(*low)) << held;
    for (held += bits; held >= 8; held -= 8, pending >>= 8U) out.push_back(static_cast<char>(pending));
  }
  if (held > 0) out.push_back(static_cast<char>(pending));
}

std::string pack(std::span<const std::int64_t> numbers) {
  std::string out;
  for (std::size_t i = 0; i < numbers.size(); i += kGroup)
    put_group(out, numbers.subspan(i, std::min(kGroup, numbers.size() - i)));
  return out;
}

// The first number, then differences; with a lag, what they differ from those a day before.
std::string pack_differences(std::span<const std::int64_t> numbers, std::size_t lag) {
  std::string out;
  if (numbers.empty()) return out;
  put_varint(out, zigzag(numbers.front()));
  std::vector<std::int64_t> differences;
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    differences.push_back(numbers[i] - numbers[i - 1]);
    if (lag > 0 && i > lag) differences.back() -= numbers[i - lag] - numbers[i - lag - 1];
  }
  return out + pack(differences);
}

void put_numbers(std::string& out, std::span<const double> numbers) {
  for (std::size_t decimals = 0; decimals < kPowers.size(); ++decimals) {
    const auto integers = as_integers(numbers, kPowers[decimals]);
    if (!integers) continue;
    std::string best = pack(*integers);
    char form = 0;
    for (std::size_t i = 0; i < kLags.size(); ++i) {
      if (kLags[i] > 0 && integers->size() < 2 * kLags[i]) break;
      std::string packed = pack_differences(*integers, kLags[i]);
      if (packed.size() >= best.size()) continue;
      best = std::move(packed);
      form = static_cast<char>(i + 1);
    }
    out.push_back(static_cast<char>(decimals));
    out.push_back(form);
    out += best;
    return;
  }
  out.push_back(static_cast<char>(kFloating));
  out.push_back('\0');
  const std::size_t begin = out.size();
  out.resize(begin + numbers.size_bytes());
  std::memcpy(out.data() + begin, numbers.data(), numbers.size_bytes());
}

tl::unexpected<Error> damaged(const char* what) {
  return fail(ErrorKind::kCorrupt, std::string("damaged block: ") + what);
}

// Reads on from the front; every take says whether there was enough.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}
  bool take(std::size_t count, std::string_view& taken) {
    if (bytes_.size() < count) return false;
    taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return true;
  }
  bool byte(std::uint8_t& value) {
    std::string_view taken;
    if (!take(1, taken)) return false;
    value = static_cast<std::uint8_t>(taken[0]);
    return true;
  }
  bool varint(std::uint64_t& value) {
    value = 0;
    std::uint8_t part = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (!byte(part)) return false;
      value |= static_cast<std::uint64_t>(part & 0x7fU) << shift;
      if (part < 0x80) return shift < 63 || part < 2;
    }
    return false;
  }
  bool done() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

bool bit_of(std::string_view bitmap, std::size_t index) {
  return ((static_cast<unsigned char>(bitmap[index / 8]) >> (index % 8)) & 1U) != 0;
}

// Sums wrap (unsigned): a damaged block gives wrong numbers, not undefined behaviour.
bool take_group(Cursor& in, std::size_t count, std::vector<std::uint64_t>& out) {
  std::uint64_t code = 0;
  std::uint8_t bits = 0;
  std::string_view packed;
  if (!in.varint(code) || !in.byte(bits) || bits > kMaxBits || !in.take((count * bits + 7) / 8, packed)) return false;
  const auto low = static_cast<std::uint64_t>(unzigzag(code));
  const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  std::uint64_t pending = 0;
  unsigned held = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (; held < bits; held += 8)
      pending |= static_cast<std::uint64_t>(static_cast<unsigned char>(packed[at++])) << held;
    out.push_back(low + (pending & mask));
    pending >>= bits;
    held -= bits;
  }
  return true;
}

bool take_integers(Cursor& in, std::size_t count, std::size_t form, std::vector<std::uint64_t>& out) {
  if (form > 0 && count > 0) {
    std::uint64_t code = 0;
    if (!in.varint(code)) return false;
    out.push_back(static_cast<std::uint64_t>(unzigzag(code)));
  }
  while (out.size() < count) {
    if (!take_group(in, std::min(kGroup, count - out.size()), out)) return false;
  }
  const std::size_t lag = form > 0 ? kLags[form - 1] : 0;
  for (std::size_t i = lag + 1; lag > 0 && i < out.size(); ++i) out[i] += out[i - lag];
  for (std::size_t i = 1; form > 0 && i < out.size(); ++i) out[i] += out[i - 1];
  return true;
}

Result<std::vector<double>> take_numbers(Cursor& in, std::size_t count, std::string_view form) {
  const auto decimals = static_cast<std::uint8_t>(form[0]);
  const auto integer_form = static_cast<std::uint8_t>(form[1]);
  if (integer_form > kLags.size()) return damaged("unknown form of numbers");
  std::vector<double> numbers(count);
  if (decimals == kFloating) {
    std::string_view taken;
    if (!in.take(count * sizeof(double), taken)) return damaged("cut off");
    if (count > 0) std::memcpy(numbers.data(), taken.data(), taken.size());
    for (const double number : numbers)
      if (!std::isfinite(number)) return damaged("a number that is none");
    return numbers;
  }
  if (decimals >= kPowers.size()) return damaged("unknown form of numbers");
  std::vector<std::uint64_t> integers;
  integers.reserve(count);
  if (!take_integers(in, count, integer_form, integers)) return damaged("cut off");
  for (std::size_t i = 0; i < count; ++i)
    numbers[i] = static_cast<double>(static_cast<std::int64_t>(integers[i])) / kPowers[decimals];
  return numbers;
}

}  // namespace

std::string encode_block(const BlockSteps& steps) {
  if (steps.values.size() > kBlockSteps || steps.estimated.size() != steps.values.size())
    throw std::logic_error("encode_block: too many steps, or marks for other steps");
  std::vector<bool> present, estimated;
  std::vector<double> numbers;
  for (std::size_t i = 0; i < steps.values.size(); ++i) {
    present.push_back(!std::isnan(steps.values[i]));
    estimated.push_back(present.back() && steps.estimated[i] != 0);
    if (present.back()) numbers.push_back(steps.values[i] + 0.0);  // minus zero is zero
  }
  const auto marked = static_cast<std::size_t>(std::count(estimated.begin(), estimated.end(), true));
  const bool gaps = numbers.size() < present.size();
  const bool all = marked > 0 && marked == numbers.size();
  std::string out(1, static_cast<char>((gaps ? kHasGaps : 0) | (all          ? kAllEstimated
                                                                : marked > 0 ? kSomeEstimated
                                                                             : 0)));
  std::string body;
  put_numbers(body, numbers);
  out += body.substr(0, 2);
  if (gaps) put_bitmap(out, present);
  if (marked > 0 && !all) put_bitmap(out, estimated);
  return out.append(body, 2);
}

Result<BlockSteps> decode_block(std::string_view bytes, std::size_t steps) {
  if (steps > kBlockSteps || bytes.size() < 3) return damaged("its size");
  const auto flags = static_cast<std::uint8_t>(bytes[0]);
  if (flags > 7 || (flags & (kSomeEstimated | kAllEstimated)) == (kSomeEstimated | kAllEstimated))
    return damaged("its flags");
  const std::string_view form = bytes.substr(1, 2);
  Cursor in(bytes.substr(3));
  const std::size_t bitmap_bytes = (steps + 7) / 8;
  std::string_view present, estimated;
  if ((flags & kHasGaps) != 0 && !in.take(bitmap_bytes, present)) return damaged("cut off");
  if ((flags & kSomeEstimated) != 0 && !in.take(bitmap_bytes, estimated)) return damaged("cut off");
  std::size_t count = steps;
  if (!present.empty()) {
    count = 0;
    for (std::size_t i = 0; i < steps; ++i) count += bit_of(present, i) ? 1 : 0;
  }
  OLIVINE_TRY(const std::vector<double> numbers, take_numbers(in, count, form));
  if (!in.done()) return damaged("bytes too many");
  BlockSteps out{std::vector<double>(steps, std::numeric_limits<double>::quiet_NaN()),
                 std::vector<std::uint8_t>(steps, 0)};
  for (std::size_t i = 0, next = 0; i < steps; ++i) {
    if (!present.empty() && !bit_of(present, i)) continue;
    out.values[i] = numbers[next++];
    out.estimated[i] = (flags & kAllEstimated) != 0 || (!estimated.empty() && bit_of(estimated, i)) ? 1 : 0;
  }
  return out;
}

}  // namespace olivine
