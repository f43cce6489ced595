// Carbon of an activity's energy: location-based average, with upstream and losses where they are stated, in scopes; marginal, for
// differences only; then water and cost. METHODS 9, 11, 15.
#include <fmt/format.h>

#include <algorithm>

#include "account/lifecycle/activity_work.h"
#include "account/lifecycle/tariff.h"

namespace olivine {
namespace {

constexpr WantedValue kIntensityWanted{kIntensityDimension, "", "\"57 g/kWh\""};
constexpr WantedValue kMarginalWanted{kIntensityDimension, "", "\"500 g/kWh\"", -1e300};
constexpr WantedValue kLossWanted{kPlainNumber, "grid_loss_fraction", "0.06", 0.0, 0.99};
constexpr WantedValue kSiteWanted{kWaterIntensityDimension, "water_site_l_per_kwh", "\"1.8 L/kWh\""};
constexpr WantedValue kGridWaterWanted{kWaterIntensityDimension, "water_grid_l_per_kwh", "\"3.1 L/kWh\""};
constexpr WantedValue kPriceWanted{kPriceDimension, "", "\"0.30 EUR/kWh\"", -1e300};

std::string range_key(const SpanIntensity& s, Signal signal) {
  return fmt::format("{} {} {}", s.zone.empty() ? "unknown" : s.zone, name_of(signal), s.boundary);
}

// The sum of what several parts bring to one term.
struct TermParts {
  std::map<std::string, std::vector<FormulaId>> terms;
  void add(const std::string& key, FormulaId id) { terms[key].push_back(id); }
};

class CarbonBuilder {
 public:
  CarbonBuilder(AccountContext& context, ActivityWork& work) : c_(context), w_(work), a_(*work.activity) {}

  Status ask() {
    for (EnergyPart& part : w_.parts) {
      if (w_.conditions.intensity.absent()) OLIVINE_CHECK_STATUS(ask_one(part, Signal::kAverage, part.average));
      if (w_.conditions.marginal_intensity.absent() && !part.zone.empty())
        OLIVINE_CHECK_STATUS(ask_one(part, Signal::kMarginal, part.marginal));
    }
    return {};
  }

  Status carbon() {
    if (!a_.carbon.absent()) return declared_carbon();
    for (EnergyPart& part : w_.parts) {
      sum_.add("energy", part.facility);
      sum_.add("it_energy",
               part.it ? *part.it
                       : c_.graph.unknown(
                             kEnergyDimension,
                             fmt::format("{} states energy at the facility's meter; what of it was IT is not known",
                                         a_.id)));
      OLIVINE_CHECK_STATUS(average(part));
      OLIVINE_CHECK_STATUS(marginal(part));
    }
    return finish();
  }

  Status water_and_cost() {
    for (EnergyPart& part : w_.parts) OLIVINE_CHECK_STATUS(water(part));
    for (EnergyPart& part : w_.parts) OLIVINE_CHECK_STATUS(energy_cost(part));
    OLIVINE_CHECK_STATUS(other_cost());
    if (w_.parts.empty() || sum_.terms.contains("cost")) return finish();
    c_.leave_out("cost: no price or tariff is stated", a_.id);
    return finish();
  }

 private:
  using Maybe = std::optional<FormulaId>;
  std::string name(std::string_view what) const { return fmt::format("{} of {}", what, a_.id); }
  Result<Maybe> own(const WrittenValue& value, const WantedValue& wanted, std::string_view key) {
    return c_.values.value(value, wanted, w_.path(key));
  }

  Status ask_one(const EnergyPart& part, Signal signal, std::optional<SpanIntensity>& answer) {
    if (c_.sources.intensity == nullptr) return {};
    SpanIntensityQuery query{part.zone, part.span, part.slices, signal, std::nullopt};
    if (!w_.conditions.boundary.empty() && signal == Signal::kAverage) {
      OLIVINE_TRY(query.boundary, boundary_from(w_.conditions.boundary));
    }
    auto found = c_.sources.intensity->over(query);
    if (!found && !c_.options.zone.empty()) return fail(found.error().kind, "--zone: " + found.error().message);
    if (!found)
      return c_.refuse(w_.own["zone"] ? a_.line : c_.manifest.defaults.line,
                       fmt::format("{}: {}", w_.path("zone"), found.error().message));
    answer = *std::move(found);
    RelativeRange& widest = c_.zone_ranges.try_emplace(range_key(*answer, signal), RelativeRange{}).first->second;
    widest.lower = std::min(widest.lower, answer->range.lower);
    widest.upper = std::max(widest.upper, answer->range.upper);
    return {};
  }

  // mean over the span x the zone's relative range, which all its spans share.
  Result<FormulaId> of_zone(const SpanIntensity& s, Signal signal, const EnergyPart& part) {
    if (!s.g_per_kwh) return c_.graph.unknown(kIntensityDimension, s.reason);
    const std::string zone = s.zone.empty() ? "unknown" : s.zone;
    const std::string when = part.span ? span_text(*part.span) : std::string("no time stated");
    OLIVINE_TRY(const Distribution exact, exactly(*s.g_per_kwh / kJoulesPerKilowattHour));
    // A measured run weighs its hours by its own energy: its mean is its own.
    const std::string whose = part.slices.empty() ? when : when + ", " + a_.id;
    OLIVINE_TRY(
        const FormulaId mean,
        c_.values.known(fmt::format("intensity:{} {} {}, {}", zone, name_of(signal), s.boundary, whose),
                        kIntensityDimension, exact, s.basis,
                        fmt::format("{}: {}{}", s.method, s.source, s.notes.empty() ? "" : "; " + s.notes.front()),
                        "grid"));
    const RelativeRange range = c_.zone_ranges.at(range_key(s, signal));
    if (range.lower >= 1.0 && range.upper <= 1.0) return mean;
    OLIVINE_TRY(const Distribution relative,
                ranged(1.0, std::max(range.lower, 0.0), range.upper, SignRule::kNonNegative));
    OLIVINE_TRY(
        const FormulaId factor,
        c_.values.known(
            fmt::format("intensity:{} {} {}, range", zone, name_of(signal), s.boundary), kPlainNumber, relative,
            s.basis,
            fmt::format("how far {} lies from the truth, METHODS defaults; common to all spans of {}", s.method, zone),
            "grid"));
    return c_.labelled(c_.graph.product({mean, factor}), fmt::format("intensity of {}, {}", zone, when),
                       "mean over the time of use x range of the zone");
  }

  Result<FormulaId> times_energy(FormulaId energy, FormulaId intensity, const std::string& label,
                                 const std::string& detail) {
    return c_.labelled(c_.graph.product({energy, intensity}), label, detail);
  }

  Status average(const EnergyPart& part) {
    FormulaId intensity = 0;
    std::string boundary = w_.conditions.boundary, losses = "unknown";
    if (part.average) {
      OLIVINE_TRY(intensity, of_zone(*part.average, Signal::kAverage, part));
      boundary = part.average->boundary;
      losses = part.average->losses;
      show(part);
    } else {
      OLIVINE_TRY(const Maybe stated, own(w_.conditions.intensity, kIntensityWanted, "intensity"));
      intensity = stated ? *stated : c_.graph.unknown(kIntensityDimension, "no intensity is known");
      w_.shown.intensity_method = "stated";
      w_.shown.intensity_source = w_.conditions.intensity.source;
      w_.shown.zone = part.zone;
      w_.shown.coverage = 1.0;
      show_span(part);
    }
    w_.shown.boundary = boundary.empty() ? "unknown" : boundary;
    OLIVINE_TRY(const FormulaId use, times_energy(part.facility, intensity, name("operational carbon"),
                                                  "energy x intensity at the hour of use"));
    std::vector<FormulaId> all{use};
    OLIVINE_TRY(const Maybe upstream, upstream_of(part, boundary));
    if (upstream) {
      sum_.add("upstream", *upstream);
      all.push_back(*upstream);
    }
    OLIVINE_CHECK_STATUS(losses_of(use, upstream, losses, all));
    scopes(use, upstream, boundary);
    OLIVINE_TRY(const FormulaId total, all.size() == 1 ? Result<FormulaId>(use)
                                                       : c_.labelled(c_.graph.sum(all), name("operational carbon"),
                                                                     "use + upstream + losses"));
    sum_.add("operational", total);
    return {};
  }
  void show(const EnergyPart& part) {
    const SpanIntensity& s = *part.average;
    AccountActivity& shown = w_.shown;
    const bool first = shown.intensity_method.empty();
    const auto agree = [first](std::string& kept, const std::string& now) {
      if (first)
        kept = now;
      else if (kept != now)
        kept = "several";
    };
    agree(shown.zone, s.zone);
    agree(shown.zone_name, s.name);
    agree(shown.intensity_method, s.method);
    agree(shown.intensity_source, s.source);
    agree(shown.dataset, s.dataset);
    shown.coverage = first ? s.coverage : std::min(shown.coverage, s.coverage);
    show_span(part);
    for (const std::string& note : s.notes)
      if (std::find(shown.notes.begin(), shown.notes.end(), note) == shown.notes.end()) shown.notes.push_back(note);
    if (s.basis == Basis::kAssumed)
      c_.values.note({"zone unknown: the world's mean intensity [25, 845] g/kWh serves",
                      fmt::format("activity {} names no zone and no intensity", a_.id),
                      "say zone = \"FR\" or intensity = \"57 g/kWh\""});
  }
  // From the first use of the activity to its last.
  void show_span(const EnergyPart& part) {
    AccountActivity& shown = w_.shown;
    if (!part.span) return;
    if (!shown.interval) shown.interval = part.span;
    shown.interval =
        WallInterval{std::min(shown.interval->begin, part.span->begin), std::max(shown.interval->end, part.span->end)};
    shown.span = span_text(*shown.interval);
  }
  // Upstream beside a direct factor only: a lifecycle factor holds it (METHODS 9).
  Result<Maybe> upstream_of(const EnergyPart& part, const std::string& boundary) {
    const WrittenValue& written = w_.conditions.upstream_intensity;
    if (written.absent()) return Maybe();
    if (boundary == "lifecycle")
      return c_.refuse(written.line,
                       fmt::format("activity \"{}\": upstream_intensity on top of a lifecycle intensity is refused: "
                                   "the lifecycle figure holds the fuel chain already (METHODS 9)",
                                   a_.id));
    if (boundary != "direct")
      return c_.refuse(
          written.line,
          fmt::format(
              "activity \"{}\": upstream_intensity needs an intensity that is direct; say boundary = \"direct\"",
              a_.id));
    OLIVINE_TRY(const Maybe factor, own(written, kIntensityWanted, "upstream_intensity"));
    if (!factor) return Maybe();
    OLIVINE_TRY(const FormulaId id, times_energy(part.facility, *factor, name("upstream carbon"),
                                                 "energy x upstream intensity (fuel chain)"));
    return Maybe(id);
  }
  Status losses_of(FormulaId use, const Maybe& upstream, const std::string& losses, std::vector<FormulaId>& all) {
    if (w_.conditions.grid_loss.absent()) {
      if (losses != "included")
        c_.leave_out("losses between power station and meter: grid_loss = \"default\" adds them", a_.id);
      return {};
    }
    if (losses == "included")
      return c_.refuse(
          w_.conditions.grid_loss.line,
          fmt::format("activity \"{}\": grid_loss beside an intensity that includes losses is refused", a_.id));
    OLIVINE_TRY(const Maybe loss, own(w_.conditions.grid_loss, kLossWanted, "grid_loss"));
    if (!loss) return {};
    OLIVINE_TRY(const FormulaId arrives, c_.graph.difference(c_.exact(1.0, kPlainNumber, "1"), *loss));
    OLIVINE_TRY(const FormulaId per_unit,
                c_.labelled(c_.graph.quotient(*loss, arrives), "lost per unit that arrives", "loss / (1 - loss)"));
    OLIVINE_TRY(const FormulaId direct,
                times_energy(use, per_unit, name("losses, direct,"), "carbon of use x loss / (1 - loss)"));
    sum_.add("losses", direct);
    all.push_back(direct);
    if (!upstream) return {};
    OLIVINE_TRY(const FormulaId above,
                times_energy(*upstream, per_unit, name("losses, upstream,"), "upstream carbon x loss / (1 - loss)"));
    sum_.add("losses", above);
    all.push_back(above);
    return {};
  }
  // Electricity at one's own meter: direct is scope 2, the rest of it scope 3; at a supplier's all of it is scope 3.
  void scopes(FormulaId use, const Maybe& upstream, const std::string& boundary) {
    const std::string drawer = a_.scope != 0 && a_.scope != 2 ? fmt::format("scope_{}", a_.scope)
                               : boundary == "direct"         ? "scope_2"
                                                              : "scope_2_and_3";
    sum_.add(drawer, use);
    if (upstream) sum_.add("scope_3", *upstream);
    scope_losses_ = true;
  }

  Status marginal(const EnergyPart& part) {
    FormulaId intensity = 0;
    if (!w_.conditions.marginal_intensity.absent()) {
      OLIVINE_TRY(const Maybe stated, own(w_.conditions.marginal_intensity, kMarginalWanted, "marginal_intensity"));
      if (!stated) return {};
      intensity = *stated;
    } else if (part.marginal && part.marginal->g_per_kwh) {
      OLIVINE_TRY(intensity, of_zone(*part.marginal, Signal::kMarginal, part));
    } else {
      std::string why = part.marginal ? part.marginal->reason : "no marginal_intensity and no zone is stated";
      c_.leave_out("marginal carbon: " + why.substr(0, why.find(';')), a_.id);
      return {};
    }
    OLIVINE_TRY(const FormulaId id, times_energy(part.facility, intensity, name("marginal carbon"),
                                                 "energy x marginal intensity; for differences only"));
    sum_.add("marginal", id);
    return {};
  }

  Status declared_carbon() {
    OLIVINE_TRY(const Maybe carbon, own(a_.carbon, {kCarbonDimension, "", "\"1.2 t\"", -1e300}, "carbon"));
    if (!carbon) return {};
    const bool of_things = a_.phase == "manufacture" || a_.phase == "end-of-life";
    sum_.add(of_things ? "embodied" : "operational", *carbon);
    sum_.add(fmt::format("scope_{}", a_.scope == 0 ? 3 : a_.scope), *carbon);
    c_.leave_out("energy: declared as carbon", a_.id);
    return finish();
  }

  // METHODS 15: E_it x (WUE_site + PUE x WUE_grid).
  Status water(const EnergyPart& part) {
    OLIVINE_TRY(const Maybe site, own(w_.conditions.wue_site, kSiteWanted, "wue_site"));
    OLIVINE_TRY(const Maybe grid, own(w_.conditions.wue_grid, kGridWaterWanted, "wue_grid"));
    if (site) {
      const FormulaId it =
          part.it ? *part.it
                  : c_.graph.unknown(
                        kEnergyDimension,
                        fmt::format(
                            "the IT energy of {} is not known, only the facility's; wue_site is per kWh of IT energy",
                            a_.id));
      OLIVINE_TRY(const FormulaId id,
                  c_.labelled(c_.graph.product({it, *site}), name("water on site"), "IT energy x WUE of the site"));
      sum_.add("water_site", id);
      sum_.add("water", id);
    } else {
      c_.leave_out("water on site: no wue_site is stated (consumption; \"default\" is METHODS')", a_.id);
    }
    if (grid) {
      OLIVINE_TRY(const FormulaId id,
                  c_.labelled(c_.graph.product({part.facility, *grid}), name("water at power stations"),
                              "energy at the facility's meter x WUE of the grid"));
      sum_.add("water_grid", id);
      sum_.add("water", id);
    } else {
      c_.leave_out("water at power stations: no wue_grid is stated (consumption; \"default\" is METHODS')", a_.id);
    }
    return {};
  }

  Status energy_cost(const EnergyPart& part) {
    Maybe price;
    if (!w_.conditions.tariff.empty()) {
      OLIVINE_TRY(price, tariff_price(c_, w_, part));
    } else {
      OLIVINE_TRY(price, own(w_.conditions.price, kPriceWanted, "price"));
    }
    if (!price) return {};
    OLIVINE_TRY(const FormulaId id,
                c_.labelled(c_.graph.product({part.facility, *price}), name("cost of energy"), "energy x price"));
    sum_.add("cost", id);
    return {};
  }
  Status other_cost() {
    OLIVINE_TRY(const Maybe stated, own(a_.cost, {kMoneyDimension, "", "\"100 EUR\"", -1e300}, "cost"));
    if (stated) sum_.add("cost", *stated);
    OLIVINE_TRY(const Maybe rent, own(a_.price_per_device_hour, {{.money = 1, .time = -1}, "", "\"2.48 USD/h\""},
                                      "price_per_device_hour"));
    if (!rent) return {};
    if (!w_.device_time)
      return c_.refuse(a_.line, fmt::format("activity \"{}\": price_per_device_hour needs device_hours", a_.id));
    OLIVINE_TRY(const FormulaId id, c_.labelled(c_.graph.product({*w_.device_time, *rent}), name("rent"),
                                                "device time x price of a device hour"));
    sum_.add("cost", id);
    return {};
  }

  Status finish() {
    static const std::map<std::string, std::string> kLabels{{"energy", "energy"},
                                                            {"it_energy", "IT energy"},
                                                            {"operational", "operational carbon"},
                                                            {"marginal", "marginal carbon"},
                                                            {"cost", "cost"},
                                                            {"water", "water"}};
    if (scope_losses_ && sum_.terms.contains("losses"))
      for (const FormulaId id : sum_.terms["losses"]) sum_.add("scope_3", id);
    scope_losses_ = false;
    for (const auto& [key, ids] : sum_.terms) {
      const auto label = kLabels.find(key);
      OLIVINE_TRY(w_.terms[key],
                  ids.size() == 1 ? Result<FormulaId>(ids.front())
                                  : c_.labelled(c_.graph.sum(ids), name(label == kLabels.end() ? key : label->second),
                                                "sum of its parts"));
    }
    sum_.terms.clear();
    return {};
  }

  AccountContext& c_;
  ActivityWork& w_;
  const ManifestActivity& a_;
  TermParts sum_;
  bool scope_losses_ = false;
};

}  // namespace

Status ask_intensities(AccountContext& context, ActivityWork& work) { return CarbonBuilder(context, work).ask(); }
Status build_carbon(AccountContext& context, ActivityWork& work) { return CarbonBuilder(context, work).carbon(); }
Status build_water_and_cost(AccountContext& context, ActivityWork& work) {
  return CarbonBuilder(context, work).water_and_cost();
}

}  // namespace olivine
