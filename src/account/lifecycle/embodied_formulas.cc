// Embodied carbon: M / (life x utilisation) for each hour that a device works, so that what is allocated over the life is M in all and
// idle time is in it (METHODS 13); or, with booking = "purchase", M once in the year of purchase, as corporate inventories do.
#include <fmt/format.h>

#include "account/lifecycle/activity_work.h"

namespace olivine {
namespace {

constexpr WantedValue kMassWanted{kCarbonDimension, "", "\"150 kg\""};
constexpr WantedValue kLifeWanted{kTimeDimension, "server_life_years", "\"5 y\"", 0.0, 1e300, false};
constexpr WantedValue kUseWanted{kPlainNumber, "server_utilisation", "0.5", 0.0, 1.0, false};
constexpr WantedValue kCountWanted{kPlainNumber, "", "384"};
constexpr WantedValue kSharersWanted{kPlainNumber, "", "8", 0.0, 1e9, false};

using Maybe = std::optional<FormulaId>;

class EmbodiedBuilder {
 public:
  explicit EmbodiedBuilder(AccountContext& context) : c_(context) {}

  // Of making one; nothing when nobody says.
  Result<Maybe> mass(const ManifestHardware& h) {
    if (!h.embodied.absent()) return c_.values.value(h.embodied, kMassWanted, path(h, "embodied"));
    if (h.name.empty() || c_.sources.hardware == nullptr) return Maybe();
    auto found = c_.sources.hardware->hardware(h.name);
    if (!found) return c_.refuse(h.line, fmt::format("hardware \"{}\": {}", h.id, found.error().message));
    if (!found->embodied_kg) return Maybe();
    const CatalogueNumber& m = *found->embodied_kg;
    OLIVINE_TRY(const Distribution d,
                m.lower < m.upper ? ranged(m.value, m.lower, m.upper, SignRule::kNonNegative) : exactly(m.value));
    OLIVINE_TRY(const FormulaId id, c_.values.known(fmt::format("catalogue:{} embodied", found->name), kCarbonDimension,
                                                    scaled(d, 1000.0), m.basis, m.source, "embodied"));
    return Maybe(id);
  }
  // Per time that one works.
  Result<Maybe> rate(const ManifestHardware& h) {
    OLIVINE_TRY(const Maybe m, mass(h));
    if (!m) return Maybe();
    OLIVINE_TRY(const FormulaId life, stated_or_default(h.life, kLifeWanted, h, "life"));
    OLIVINE_TRY(const FormulaId use, stated_or_default(h.utilisation, kUseWanted, h, "utilisation"));
    OLIVINE_TRY(const FormulaId works,
                c_.labelled(c_.graph.product({life, use}), fmt::format("time that one {} works in its life", h.id),
                            "life x utilisation"));
    OLIVINE_TRY(const FormulaId id, c_.labelled(c_.graph.quotient(*m, works),
                                                fmt::format("embodied carbon of one {} per hour of work", h.id),
                                                "embodied / (life x utilisation)"));
    return Maybe(id);
  }

  Status activity(ActivityWork& w) {
    const ManifestActivity& a = *w.activity;
    if (a.embodied.form == WrittenValue::Form::kNone) {
      c_.leave_out("embodied carbon: left out on purpose (embodied = \"none\")", a.id);
      w.terms.erase("embodied");  // of its runs
      return {};
    }
    if (!a.embodied.absent()) {
      OLIVINE_TRY(const Maybe stated, c_.values.value(a.embodied, kMassWanted, w.path("embodied")));
      if (stated) w.terms["embodied"] = *stated;
      return {};
    }
    if (a.hardware.empty()) {
      if (!w.terms.contains("embodied") && a.carbon.absent() && c_.manifest.booking != "purchase")
        c_.leave_out("embodied carbon: no hardware is named", a.id);
      return {};
    }
    if (c_.manifest.booking == "purchase") return {};
    return allocated(w, *c_.manifest.find_hardware(a.hardware));
  }

  std::string path(const ManifestHardware& h, std::string_view key) const {
    return fmt::format("hardware.{}.{}", h.id, key);
  }

 private:
  Result<FormulaId> stated_or_default(const WrittenValue& written, const WantedValue& wanted, const ManifestHardware& h,
                                      std::string_view key) {
    if (written.absent()) return c_.values.default_of(wanted, fmt::format("hardware {} states no {}", h.id, key));
    OLIVINE_TRY(const Maybe stated, c_.values.value(written, wanted, path(h, key)));
    if (!stated) return c_.refuse(written.line, fmt::format("hardware \"{}\": {} cannot be \"none\"", h.id, key));
    return *stated;
  }

  Status allocated(ActivityWork& w, const ManifestHardware& h) {
    const ManifestActivity& a = *w.activity;
    OLIVINE_TRY(const Maybe per_time, rate(h));
    if (!per_time && h.host.empty()) {
      c_.leave_out(fmt::format("embodied carbon of {}: neither stated nor known", h.id), a.id);
      return {};
    }
    if (!w.device_time) {
      c_.leave_out(fmt::format("embodied carbon of {}: no device_hours are stated", h.id), a.id);
      return {};
    }
    if (a.phase == "idle") {
      OLIVINE_TRY(const bool whole, always_works(h));
      if (!whole)
        return c_.refuse(
            a.line,
            fmt::format(
                "activity \"{}\": embodied carbon of idle hardware is refused: utilisation of \"{}\" is below 1, so "
                "that its working hours carry the idle ones already (METHODS 13); write embodied = \"none\"",
                a.id, h.id));
    }
    std::vector<FormulaId> parts;
    if (per_time) {
      OLIVINE_TRY(const FormulaId own, c_.labelled(c_.graph.product({*w.device_time, *per_time}),
                                                   fmt::format("embodied carbon of {} for {}", h.id, a.id),
                                                   "device time x embodied carbon per hour"));
      w.terms["embodied of " + h.id] = own;
      parts.push_back(own);
    }
    if (!h.host.empty()) OLIVINE_CHECK_STATUS(of_host(w, h, parts));
    if (parts.empty()) return {};
    OLIVINE_TRY(w.terms["embodied"],
                c_.labelled(c_.graph.sum(parts), fmt::format("embodied carbon of {}", a.id), "sum over its hardware"));
    return {};
  }
  Status of_host(ActivityWork& w, const ManifestHardware& h, std::vector<FormulaId>& parts) {
    const ManifestHardware& host = *c_.manifest.find_hardware(h.host);
    OLIVINE_TRY(const Maybe per_time, rate(host));
    OLIVINE_TRY(const Maybe sharers, c_.values.value(h.devices_per_host, kSharersWanted, path(h, "devices_per_host")));
    if (!per_time || !sharers) {
      c_.leave_out(fmt::format("embodied carbon of {}: neither stated nor known", host.id), w.activity->id);
      return {};
    }
    OLIVINE_TRY(const FormulaId time, c_.labelled(c_.graph.quotient(*w.device_time, *sharers),
                                                  fmt::format("time of {} for {}", host.id, w.activity->id),
                                                  "device time / devices_per_host"));
    OLIVINE_TRY(const FormulaId share, c_.labelled(c_.graph.product({time, *per_time}),
                                                   fmt::format("embodied carbon of {} for {}", host.id, w.activity->id),
                                                   "host time x embodied carbon per hour"));
    w.terms["embodied of " + host.id] = share;
    parts.push_back(share);
    return {};
  }
  Result<bool> always_works(const ManifestHardware& h) {
    if (h.utilisation.absent()) return false;
    OLIVINE_TRY(const Maybe use, c_.values.value(h.utilisation, kUseWanted, path(h, "utilisation")));
    if (!use) return false;
    OLIVINE_TRY(const FormulaValue mean, evaluate_mean(c_.graph, *use));
    return mean.value.value_or(0.0) >= 1.0;
  }

  AccountContext& c_;
};

// What was bought in the inventory's year, whole.
Status purchased(AccountContext& c, EmbodiedBuilder& builder, const ManifestHardware& h, TermMap& terms) {
  const int year = c.manifest.year.value_or(h.purchased.value_or(0));
  if (h.purchased && *h.purchased != year) {
    c.leave_out(fmt::format("embodied carbon booked in other years (booking = \"purchase\", year {})", year),
                fmt::format("{} of {}", h.id, *h.purchased));
    return {};
  }
  OLIVINE_TRY(const Maybe mass, builder.mass(h));
  if (!mass) {
    c.leave_out("embodied carbon: neither stated nor known", h.id);
    return {};
  }
  if (h.count.absent())
    return c.refuse(h.line,
                    fmt::format("hardware \"{}\" has no count; booking = \"purchase\" books count x embodied", h.id));
  OLIVINE_TRY(const Maybe count, c.values.value(h.count, kCountWanted, builder.path(h, "count")));
  if (!count) return {};
  OLIVINE_TRY(terms["embodied"],
              c.labelled(c.graph.product({*count, *mass}), fmt::format("embodied carbon of {} bought", h.id),
                         "count x embodied, once, in the year of purchase"));
  return {};
}

}  // namespace

Status build_embodied(AccountContext& context, ActivityWork& work) { return EmbodiedBuilder(context).activity(work); }

Result<std::map<std::string, TermMap>> hardware_terms(AccountContext& c, const std::vector<ActivityWork>& works) {
  std::map<std::string, TermMap> all;
  EmbodiedBuilder builder(c);
  for (const ManifestHardware& h : c.manifest.hardware) {
    TermMap& terms = all[h.id];
    if (c.manifest.booking == "purchase") {
      OLIVINE_CHECK_STATUS(purchased(c, builder, h, terms));
      continue;
    }
    OLIVINE_TRY(const Maybe rate, builder.rate(h));
    if (rate) terms["embodied_rate"] = *rate;
    std::vector<FormulaId> shares, times;
    for (const ActivityWork& w : works) {
      if (const auto found = w.terms.find("embodied of " + h.id); found != w.terms.end())
        shares.push_back(found->second);
      if (w.activity->hardware == h.id && w.device_time) times.push_back(*w.device_time);
    }
    if (!shares.empty()) {
      OLIVINE_TRY(terms["embodied"],
                  c.labelled(c.graph.sum(shares), fmt::format("embodied carbon of {}", h.id), "sum over activities"));
    }
    if (!times.empty()) {
      OLIVINE_TRY(terms["device_hours"],
                  c.labelled(c.graph.sum(times), fmt::format("device time of {}", h.id), "sum over activities"));
    }
  }
  return all;
}

}  // namespace olivine
