#include "account/embodied/booking.h"

#include <fmt/format.h>

#include <algorithm>

#include "account/impacts.h"
#include "base/text.h"

namespace olivine {
namespace {

constexpr double kMostYears = 1000.0;

Status check_life(double years) {
  if (!(years > 0.0) || years > kMostYears)
    return fail(ErrorKind::kInvalid, fmt::format("a life of {} years is not within 0 and 1000", shortest(years)));
  return {};
}

}  // namespace

Result<std::map<int, Estimate<Carbon>>> booked(const Estimate<Carbon>& each, int count, int purchase_year, double life_years,
                                               EmbodiedBooking booking) {
  OLIVINE_CHECK_STATUS(check_life(life_years));
  if (count < 0) return fail(ErrorKind::kInvalid, fmt::format("{} pieces cannot be", count));
  const Estimate<Carbon> all = each.scaled(count);
  if (booking == EmbodiedBooking::kPurchaseYear) return std::map<int, Estimate<Carbon>>{{purchase_year, all}};
  std::map<int, Estimate<Carbon>> books;
  for (double begin = 0.0; begin < life_years; begin += 1.0)
    books[purchase_year + static_cast<int>(begin)] = all.scaled(std::min(1.0, life_years - begin) / life_years);
  return books;
}

Result<Estimate<Carbon>> embodied_per_hour(const Estimate<Carbon>& manufacture, const Estimate<Ratio>& life_years,
                                           const Estimate<Ratio>& utilisation) {
  OLIVINE_CHECK_STATUS(check_life(as_number(life_years.mean())));
  const double use = as_number(utilisation.mean());
  if (!(use > 0.0) || use > 1.0) return fail(ErrorKind::kInvalid, fmt::format("a utilisation of {} is not within 0 and 1", shortest(use)));
  return embodied_carbon({manufacture, life_years, utilisation, hours(1), 1.0});
}

}  // namespace olivine
