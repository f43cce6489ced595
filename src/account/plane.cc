#include "account/plane.h"

#include "base/text.h"

namespace olivine {

Status check_plane(std::string_view step, Plane is, Plane needed) {
  if (is == needed) return {};
  const std::string why = is > needed ? "; it holds that already" : "; go there first";
  return fail(ErrorKind::kInvalid, std::string(step) + " at plane " + std::string(name_of(needed)) + ", not at " +
                                       std::string(name_of(is)) + why);
}

Status check_pue(double pue) {
  if (pue >= 1.0) return {};
  return fail(ErrorKind::kInvalid, "PUE " + shortest(pue) + " is below 1; facility energy over IT energy is at least 1");
}

Status check_efficiency(double efficiency) {
  if (efficiency > 0.0 && efficiency <= 1.0) return {};
  return fail(ErrorKind::kInvalid, "a power supply's efficiency of " + shortest(efficiency) + " is not above 0 and at most 1");
}

}  // namespace olivine
