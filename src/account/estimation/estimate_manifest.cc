#include "account/estimation/estimate_manifest.h"

#include <fmt/format.h>

#include <algorithm>

#include "account/estimation/estimate_devices.h"
#include "base/quoted.h"
#include "base/text.h"
#include "grid/zone_source.h"

namespace olivine {
namespace {

std::string ranged(const RangedNumber& n, std::string_view unit) {
  std::string basis(name_of(n.basis));
  const std::string tail = fmt::format("unit = {}, basis = {}, source = {} }}", double_quoted(unit),
                                       double_quoted(basis), double_quoted(n.source));
  if (n.lower == n.upper) return fmt::format("{{ value = {}, {}", shortest(n.value), tail);
  return fmt::format("{{ value = {}, lower = {}, upper = {}, {}", shortest(n.value), shortest(n.lower),
                     shortest(n.upper), tail);
}

struct Place {
  std::string zone, note;
  std::optional<CloudRegion> region;
};

std::vector<std::string> providers() {
  std::vector<std::string> names;
  for (const CloudRegion& r : search_cloud_regions(""))
    if (std::find(names.begin(), names.end(), r.provider) == names.end()) names.push_back(r.provider);
  return names;
}

tl::unexpected<Error> unknown_region(const EstimateAsk& ask) {
  std::vector<std::string> known;
  for (const CloudRegion& r : search_cloud_regions(""))
    if (ask.provider.empty() || r.provider == ask.provider) known.push_back(r.region);
  const std::string near = nearest(ask.region, known);
  return fail(ErrorKind::kNotFound,
              fmt::format("{} has no region '{}' that we know{}{}; olivine grid zones {} lists them",
                          ask.provider.empty() ? "no cloud" : ask.provider, printable(ask.region.substr(0, 60)),
                          near.empty() ? "" : "; nearest: ", near, ask.provider));
}

Result<Place> place_of(const EstimateAsk& ask) {
  Place place{ask.zone, "", std::nullopt};
  const std::vector<std::string> known = providers();
  if (!ask.provider.empty() && std::find(known.begin(), known.end(), ask.provider) == known.end())
    return fail(ErrorKind::kNotFound, fmt::format("no cloud is called '{}'; known: {}",
                                                  printable(ask.provider.substr(0, 40)), fmt::join(known, ", ")));
  for (const CloudRegion& r : search_cloud_regions("")) {
    if (!ask.provider.empty() && r.provider != ask.provider) continue;
    if (ask.region.empty() ? ask.provider.empty() || ask.zone.empty() || (r.zone != ask.zone && r.grid != ask.zone)
                           : r.region != ask.region)
      continue;
    if (place.region && ask.region.empty()) {  // several in this zone: none is chosen
      place.note = fmt::format("{} has several regions in {}; --region says which, and with it PUE and water",
                               ask.provider, ask.zone);
      place.region.reset();
      return place;
    }
    place.region = r;
  }
  if (!ask.region.empty() && !place.region) return unknown_region(ask);
  if (place.region && place.zone.empty()) place.zone = place.region->zone;
  if (!place.region && !ask.provider.empty() && ask.region.empty())
    place.note = ask.zone.empty() ? fmt::format("{} where? --region or --zone says it", ask.provider)
                                  : fmt::format("{} has no region in {} that we know", ask.provider, ask.zone);
  return place;
}

class Writer {
 public:
  Writer(const EstimateAsk& ask, const EstimateDevices& devices, const Place& place)
      : ask_(ask), d_(devices), place_(place) {
    assumed_ = d_.assumed;
  }

  Result<EstimateManifest> manifest() {
    OLIVINE_TRY(const std::string work, activity());
    head();
    OLIVINE_CHECK_STATUS(defaults());
    OLIVINE_CHECK_STATUS(hardware());
    toml_ += work;
    if (ask_.requests)
      toml_ += fmt::format("\n[[functional_unit]]\nname = \"request\"\ncount = {}\n", shortest(*ask_.requests));
    if (!place_.note.empty()) assumed_.push_back(place_.note);
    return EstimateManifest{toml_, title(), assumed_};
  }

 private:
  std::string title() const {
    std::string text = d_.title;
    if (ask_.hours) text += fmt::format(" for {} h", shortest(*ask_.hours));
    if (ask_.params && ask_.tokens)
      text += fmt::format(", {} parameters, {} tokens", shortest(*ask_.params), shortest(*ask_.tokens));
    if (ask_.requests) text += fmt::format(", {} requests", shortest(*ask_.requests));
    if (!place_.zone.empty()) text += " in " + place_.zone;
    if (place_.region) text += fmt::format(" ({} {})", place_.region->provider, place_.region->region);
    return text;
  }

  void head() {
    toml_ +=
        "# Written by olivine estimate: what has not run yet. Every stand-in says where it comes from; put your own in "
        "its place.\n";
    toml_ += fmt::format("schema = \"olivine-account/1\"\nname = {}\n", double_quoted(title()));
    if (ask_.price) toml_ += fmt::format("currency = {}\n", double_quoted(ask_.currency));
  }

  Status defaults() {
    toml_ += "\n[defaults]\n";
    if (!place_.zone.empty()) toml_ += fmt::format("zone = {}\n", double_quoted(place_.zone));
    if (!ask_.at.empty()) toml_ += fmt::format("at = {}\n", double_quoted(ask_.at));
    const auto& region = place_.region;
    const auto published = [&](bool of_fleet) {
      return region->row.text() + (of_fleet ? " (the provider's mean, not the region's)" : "");
    };
    if (ask_.pue)
      toml_ += fmt::format("pue = {}\n", shortest(*ask_.pue));
    else if (region && region->pue) {
      const RangedNumber pue{*region->pue, region->pue_lower.value_or(*region->pue),
                             region->pue_upper.value_or(*region->pue), Basis::kReference,
                             published(region->pue_of_fleet)};
      toml_ += "pue = " + ranged(pue, "1") + "\n";
      assumed_.push_back(assumed_line("PUE", pue, ""));
    } else
      toml_ += "pue = \"default\"\n";
    if (region && region->wue_l_per_kwh) {
      const double wue_l = *region->wue_l_per_kwh;
      const RangedNumber wue{wue_l, wue_l, wue_l, Basis::kReference, published(region->wue_of_fleet)};
      toml_ += "wue_site = " + ranged(wue, "L/kWh") + "\n";
      assumed_.push_back(assumed_line("water on site", wue, " L/kWh"));
    } else
      toml_ += "wue_site = \"default\"\n";
    toml_ += "wue_grid = \"default\"\n";
    if (d_.rest_w) toml_ += "rest_of_node = " + ranged(*d_.rest_w, "W") + "\n";
    if (d_.plane == "chip") toml_ += "psu_efficiency = \"default\"\n";
    if (ask_.price) toml_ += fmt::format("price = {}\n", shortest(*ask_.price));
    return {};
  }

  Status hardware() {
    toml_ += fmt::format("\n[[hardware]]\nid = {}\ncount = {}\npower = {}\n", double_quoted(d_.id), d_.count,
                         ranged(d_.power_w, "W"));
    if (d_.embodied_kg)
      toml_ += "embodied = " + ranged(*d_.embodied_kg, "kg") + "\n";
    else
      toml_ += "embodied = \"unknown\"\n";
    toml_ += "life = \"default\"\nutilisation = \"default\"\n";
    if (d_.devices_per_host <= 0) return {};
    OLIVINE_TRY(const RangedNumber server, default_range("embodied_server_kg"));
    assumed_.push_back(fmt::format("a server for each {} of them: {}", d_.devices_per_host,
                                   assumed_line("", server, " kg").substr(1)));
    toml_ += fmt::format("host = \"server\"\ndevices_per_host = {}\n", d_.devices_per_host);
    toml_ += "\n[[hardware]]\nid = \"server\"\nembodied = " + ranged(server, "kg") +
             "\nlife = \"default\"\nutilisation = \"default\"\n";
    return {};
  }

  // Operations that one device achieves in a second.
  Result<RangedNumber> achieved() {
    if (!(d_.tflops16 > 0.0))
      return fail(ErrorKind::kInvalid,
                  fmt::format("the 16-bit peak of {} is not known; say how long it runs: --hours", d_.name));
    RangedNumber mfu;
    if (ask_.mfu) {
      mfu = *ask_.mfu;
    } else {
      OLIVINE_TRY(mfu, default_range("model_flops_utilisation"));
      assumed_.push_back(assumed_line("share of the 16-bit peak achieved (MFU)", mfu, ""));
    }
    const double peak = d_.tflops16 * 1e12;
    return RangedNumber{peak * mfu.value, peak * mfu.lower, peak * mfu.upper, mfu.basis,
                        fmt::format("peak {} TFLOP/s x MFU: {}", shortest(d_.tflops16), mfu.source)};
  }

  Result<std::string> activity() {
    const bool work = ask_.params || ask_.tokens;
    if (work && !(ask_.params && ask_.tokens))
      return fail(ErrorKind::kInvalid, "--params and --tokens belong together");
    if (work == ask_.hours.has_value())
      return fail(ErrorKind::kInvalid,
                  "how much work? --hours 96, or --params 7e9 --tokens 2e12 (with --requests: tokens of one request)");
    for (const auto& [option, number] : {std::pair{"--hours", ask_.hours},
                                         {"--params", ask_.params},
                                         {"--tokens", ask_.tokens},
                                         {"--requests", ask_.requests}})
      if (number && !(*number > 0.0 && *number < 1e30))
        return fail(ErrorKind::kInvalid,
                    fmt::format("{} {}: it must be above 0 and below 1e30", option, shortest(*number)));
    const bool inference = ask_.requests.has_value();
    std::string text = fmt::format("\n[[activity]]\nid = \"{0}\"\nphase = \"{0}\"\nhardware = {1}\nplane = {2}\n",
                                   inference ? "inference" : "training", double_quoted(d_.id), double_quoted(d_.plane));
    if (!work) return text + fmt::format("device_hours = {}\n", shortest(*ask_.hours * d_.count));
    OLIVINE_TRY(const RangedNumber rate, achieved());
    const double flop =
        inference ? 2.0 * *ask_.params * *ask_.tokens * *ask_.requests : 6.0 * *ask_.params * *ask_.tokens;
    assumed_.push_back(fmt::format("{} operations: {} x parameters x tokens{} (Kaplan et al. 2020)", shortest(flop),
                                   inference ? 2 : 6, inference ? " x requests" : ""));
    return text + fmt::format("flop = {}\nflop_per_second = {}\n", shortest(flop), ranged(rate, "1/s"));
  }

  const EstimateAsk& ask_;
  const EstimateDevices& d_;
  const Place& place_;
  std::string toml_;
  std::vector<std::string> assumed_;
};

}  // namespace

Result<EstimateManifest> estimate_manifest(const EstimateAsk& ask) {
  if (ask.pue && !(*ask.pue >= 1.0 && *ask.pue <= 100.0))
    return fail(ErrorKind::kInvalid, fmt::format("--pue {} is not within 1 and 100", shortest(*ask.pue)));
  if (ask.price && !(*ask.price >= 0.0)) return fail(ErrorKind::kInvalid, "--price must not be below 0");
  OLIVINE_TRY(const EstimateDevices devices, estimate_devices(ask));
  OLIVINE_TRY(const Place place, place_of(ask));
  return Writer(ask, devices, place).manifest();
}

}  // namespace olivine
