#include "base/wall_time_text.h"

#include <fmt/core.h>

#include <chrono>
#include <optional>

#include "base/text.h"

namespace olivine {
namespace {

constexpr std::int64_t kNsPerS = 1'000'000'000;

// Reads fixed-width fields from the front of a text.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : rest_(text) {}
  bool skip(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    last_ = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  // Exactly `width` digits with a value of at most `most`; -1 otherwise, and every later field fails as well.
  std::int64_t digits(std::size_t width, std::int64_t most) {
    std::int64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (i >= rest_.size() || rest_[i] < '0' || rest_[i] > '9') return fail_field();
      value = value * 10 + (rest_[i] - '0');
    }
    if (value > most) return fail_field();
    rest_.remove_prefix(width);
    return value;
  }
  std::int64_t fraction_ns() {
    std::int64_t ns = 0, unit = kNsPerS / 10;
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return fail_field();
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1), unit /= 10)
      ns += (rest_.front() - '0') * unit;
    return ns;
  }
  bool done() const { return rest_.empty() && !failed_; }
  char last() const { return last_; }

 private:
  std::int64_t fail_field() {
    failed_ = true;
    return -1;
  }
  std::string_view rest_;
  char last_ = ' ';
  bool failed_ = false;
};

// Hours, minutes, optional seconds with a fraction, and Z or an offset; nothing when the text is something else.
std::optional<std::int64_t> time_of_day_ns(FieldReader& reader) {
  std::int64_t ns = reader.digits(2, 23) * 3600 * kNsPerS;
  if (!reader.skip(":")) return std::nullopt;
  ns += reader.digits(2, 59) * 60 * kNsPerS;
  if (reader.skip(":")) {
    ns += reader.digits(2, 59) * kNsPerS;
    if (reader.skip(".")) ns += reader.fraction_ns();
  }
  if (reader.skip("Zz")) return ns;
  if (!reader.skip("+-")) return std::nullopt;
  const std::int64_t sign = reader.last() == '-' ? 1 : -1;  // what is ahead of UTC is earlier in UTC
  ns += sign * reader.digits(2, 23) * 3600 * kNsPerS;
  if (!reader.skip(":")) return std::nullopt;
  return ns + sign * reader.digits(2, 59) * 60 * kNsPerS;
}

}  // namespace

Result<WallTime> parse_wall_time(std::string_view text) {
  using namespace std::chrono;
  const auto bad =
      fail(ErrorKind::kInvalid,
           fmt::format("'{}' is not a time; write 2026-11-24 or 2026-11-24T14:41Z (Z or an offset such as +01:00)",
                       printable(text.substr(0, 60))));
  FieldReader reader(trim(text));
  const std::int64_t year = reader.digits(4, 2200);
  const bool dash = reader.skip("-");
  const std::int64_t month = reader.digits(2, 12);
  if (!dash || !reader.skip("-")) return bad;
  const std::int64_t day = reader.digits(2, 31);
  if (year < 1700 || month < 1 || day < 1) return bad;
  const year_month_day date{std::chrono::year{static_cast<int>(year)}, std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return bad;
  std::int64_t ns = sys_days{date}.time_since_epoch().count() * 24 * 3600 * kNsPerS;
  if (reader.skip("Tt ")) {
    const auto time = time_of_day_ns(reader);
    if (!time) return bad;
    ns += *time;
  }
  if (!reader.done()) return bad;
  return WallTime{ns};
}

}  // namespace olivine
