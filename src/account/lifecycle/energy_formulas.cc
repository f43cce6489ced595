// From what an activity says to energy at the facility's meter: METHODS 1. The chain chip -> + rest of node -> / power supply -> x PUE
// is walked from the plane that the energy was measured at, each step once.
#include <fmt/format.h>

#include "account/lifecycle/activity_work.h"

namespace olivine {
namespace {

constexpr WantedValue kEnergyWanted{kEnergyDimension, "", "\"433 MWh\""};
constexpr WantedValue kTimeWanted{kTimeDimension, "", "\"96 h\""};
constexpr WantedValue kPowerWanted{kPowerDimension, "", "\"400 W\""};
constexpr WantedValue kCountWanted{kPlainNumber, "", "384"};
constexpr WantedValue kShareWanted{kPlainNumber, "", "0.85", 0.0, 1.0};
constexpr WantedValue kPueWanted{kPlainNumber, "pue_datacentre", "1.2", 1.0, 100.0};
constexpr WantedValue kPsuWanted{kPlainNumber, "psu_efficiency", "0.93", 0.0, 1.0, false};
constexpr WantedValue kRestWanted{kPowerDimension, "rest_of_node_server_w", "\"60 W\""};

class EnergyBuilder {
 public:
  EnergyBuilder(AccountContext& context, ActivityWork& work) : c_(context), w_(work), a_(*work.activity) {}

  Status build() {
    OLIVINE_CHECK_STATUS(device_time());
    if (!a_.carbon.absent()) return {};  // declared as carbon: no energy
    if (!a_.runs.empty()) return runs();
    OLIVINE_TRY(const auto energy, declared());
    if (!energy) return {};
    EnergyPart part;
    if (w_.preset_span && c_.options.at.empty()) {
      part.span = w_.preset_span;
      part.slices = w_.preset_slices;
    } else {
      OLIVINE_TRY(part.span, when());
    }
    part.zone = w_.conditions.zone;
    OLIVINE_CHECK_STATUS(to_facility(*energy, part));
    w_.parts.push_back(std::move(part));
    return {};
  }

 private:
  using Maybe = std::optional<FormulaId>;
  std::string name(std::string_view what) const { return fmt::format("{} of {}", what, a_.id); }
  Result<Maybe> own(const WrittenValue& value, const WantedValue& wanted, std::string_view key) {
    return c_.values.value(value, wanted, w_.path(key));
  }
  const ManifestHardware* hardware() const {
    return a_.hardware.empty() ? nullptr : c_.manifest.find_hardware(a_.hardware);
  }

  // Devices x hours, by whatever was said.
  Status device_time() {
    if (!a_.device_hours.absent()) {
      OLIVINE_TRY(w_.device_time, own(a_.device_hours, kTimeWanted, "device_hours"));
    }
    OLIVINE_CHECK_STATUS(count());
    if (w_.device_time) return {};
    if (!a_.hours.absent()) {
      OLIVINE_TRY(const Maybe hours, own(a_.hours, kTimeWanted, "hours"));
      if (hours) return times_count(*hours);
      return {};
    }
    const bool by_work = !a_.flop.absent() || !a_.params.absent();
    if (by_work) return work_time();
    const bool needs_time = !w_.preset_energy && a_.energy.absent() && a_.runs.empty() && a_.data.absent() &&
                            a_.requests.absent() && a_.carbon.absent();
    if (!needs_time && (a_.hardware.empty() || w_.conditions.at.empty() || !w_.own["at"])) return {};
    if (w_.conditions.at.empty())
      return needs_time ? c_.refuse(a_.line, fmt::format("activity \"{}\" names hardware but no device_hours; write "
                                                         "device_hours = \"1000 h\", or count and hours",
                                                         a_.id))
                        : Status{};
    OLIVINE_TRY(const AccountSpan span, parse_at());
    if (span.instant)
      return needs_time
                 ? c_.refuse(
                       a_.line,
                       fmt::format("activity \"{}\": at is an instant; write hours or device_hours beside it", a_.id))
                 : Status{};
    return times_count(
        c_.exact(in_seconds(span.length()), kTimeDimension, fmt::format("length of {}", w_.conditions.at)));
  }
  Status count() {
    const ManifestHardware* h = hardware();
    if (!a_.count.absent()) {
      OLIVINE_TRY(w_.count, own(a_.count, kCountWanted, "count"));
    } else if (h != nullptr && !h->count.absent()) {
      OLIVINE_TRY(w_.count, c_.values.value(h->count, kCountWanted, fmt::format("hardware.{}.count", h->id)));
    }
    return {};
  }
  Status times_count(FormulaId hours) {
    w_.device_time = hours;
    if (!w_.count) return {};
    OLIVINE_TRY(w_.device_time,
                c_.labelled(c_.graph.product({*w_.count, hours}), name("device time"), "count x hours"));
    return {};
  }
  Status work_time() {
    FormulaId flop = 0;
    if (!a_.flop.absent()) {
      OLIVINE_TRY(const Maybe stated, own(a_.flop, kCountWanted, "flop"));
      if (!stated) return {};
      flop = *stated;
    } else {
      OLIVINE_TRY(const Maybe params, own(a_.params, kCountWanted, "params"));
      OLIVINE_TRY(const Maybe tokens, own(a_.tokens, kCountWanted, "tokens"));
      if (!params || !tokens) return {};
      OLIVINE_TRY(
          flop, c_.labelled(c_.graph.product(
                                {c_.exact(6.0, kPlainNumber, "operations per parameter and token (Kaplan et al. 2020)"),
                                 *params, *tokens}),
                            name("operations"), "6 x params x tokens"));
    }
    const WantedValue speed{{.time = -1}, "", "\"24.6e12 /s\"", 0.0, 1e300, false};
    OLIVINE_TRY(const Maybe rate, own(a_.flop_per_second, speed, "flop_per_second"));
    if (!rate) return {};
    OLIVINE_TRY(w_.device_time, c_.labelled(c_.graph.quotient(flop, *rate), name("device time"),
                                            "operations / operations per second of one device"));
    return {};
  }

  // Energy at the plane that the activity states.
  Result<Maybe> declared() {
    if (w_.preset_energy) {
      w_.plane = w_.conditions.plane;
      if (w_.plane.empty())
        return c_.refuse(a_.line, fmt::format("rows of the table have an energy, but nobody says where it was metered; "
                                              "write plane = \"node_ac\" (or chip, node_dc, facility)"));
      return w_.preset_energy;
    }
    w_.plane = w_.own["plane"] ? w_.conditions.plane : std::string();
    if (!a_.energy.absent()) {
      w_.plane = w_.conditions.plane;
      return own(a_.energy, kEnergyWanted, "energy");
    }
    if (!a_.data.absent())
      return per_item(a_.data, {kDataDimension, "", "\"10 TB\""}, "data", a_.energy_per_data,
                      {.dimension = {.energy = 1, .data = -1}, .default_key = "", .example = "\"0.06 kWh/GB\""},
                      "energy_per_data", "facility");
    if (!a_.requests.absent())
      return per_item(a_.requests, kCountWanted, "requests", a_.energy_per_request, {kEnergyDimension, "", "\"4 Wh\""},
                      "energy_per_request", w_.conditions.plane);
    if (w_.plane.empty()) w_.plane = "chip";
    if (!w_.device_time)
      return Maybe(c_.graph.unknown(kEnergyDimension, fmt::format("how long {} worked is not known", a_.id)));
    OLIVINE_TRY(const FormulaId power, device_power());
    OLIVINE_TRY(const FormulaId energy, c_.labelled(c_.graph.product({power, *w_.device_time}), name("energy"),
                                                    "power of one device x device time"));
    return Maybe(energy);
  }
  Result<Maybe> per_item(const WrittenValue& amount, const WantedValue& amount_wanted, std::string_view amount_key,
                         const WrittenValue& each, const WantedValue& each_wanted, std::string_view each_key,
                         const std::string& plane) {
    if (w_.plane.empty()) w_.plane = plane;
    OLIVINE_TRY(const Maybe n, own(amount, amount_wanted, amount_key));
    OLIVINE_TRY(const Maybe e, own(each, each_wanted, each_key));
    if (!n || !e) return Maybe();
    OLIVINE_TRY(const FormulaId energy,
                c_.labelled(c_.graph.product({*n, *e}), name("energy"), fmt::format("{} x {}", amount_key, each_key)));
    return Maybe(energy);
  }

  Result<FormulaId> device_power() {
    OLIVINE_TRY(const Maybe full, full_power());
    if (!full)
      return c_.graph.unknown(kPowerDimension,
                              fmt::format("activity {}: neither power nor a hardware with a power is stated", a_.id));
    if (a_.utilisation.absent()) return *full;
    OLIVINE_TRY(const Maybe load, own(a_.utilisation, kShareWanted, "utilisation"));
    if (!load) return *full;
    const ManifestHardware* h = hardware();
    Maybe idle;
    if (h != nullptr) {
      OLIVINE_TRY(idle, c_.values.value(h->idle_power, kPowerWanted, fmt::format("hardware.{}.idle_power", h->id)));
    }
    if (!idle) return c_.labelled(c_.graph.product({*full, *load}), name("power"), "power x utilisation");
    OLIVINE_TRY(const FormulaId span, c_.graph.difference(*full, *idle));
    OLIVINE_TRY(const FormulaId dynamic, c_.graph.product({span, *load}));
    return c_.labelled(c_.graph.sum({*idle, dynamic}), name("power"), "idle + (power - idle) x utilisation");
  }
  Result<Maybe> full_power() {
    if (!a_.power.absent()) return own(a_.power, kPowerWanted, "power");
    const ManifestHardware* h = hardware();
    if (h == nullptr) return Maybe();
    if (!h->power.absent()) return c_.values.value(h->power, kPowerWanted, fmt::format("hardware.{}.power", h->id));
    if (h->name.empty() || c_.sources.hardware == nullptr) return Maybe();
    auto found = c_.sources.hardware->hardware(h->name);
    if (!found) return c_.refuse(h->line, fmt::format("hardware \"{}\": {}", h->id, found.error().message));
    if (!found->power_w) return Maybe();
    const CatalogueNumber& p = *found->power_w;
    OLIVINE_TRY(const Distribution d,
                p.lower < p.upper ? ranged(p.value, p.lower, p.upper, SignRule::kNonNegative) : exactly(p.value));
    OLIVINE_TRY(const FormulaId id, c_.values.known(fmt::format("catalogue:{} power", found->name), kPowerDimension, d,
                                                    p.basis, p.source, "hardware"));
    return Maybe(id);
  }

  // Each step outward once, from the plane that is there (METHODS 1).
  Status to_facility(FormulaId energy, EnergyPart& part) {
    w_.shown.plane = w_.plane;
    const ManifestConditions& c = w_.conditions;
    if (w_.plane == "facility") {
      if (w_.own["pue"] && c.pue.form != WrittenValue::Form::kNone)
        return c_.refuse(c.pue.line, fmt::format("activity \"{}\": pue on a facility figure is refused: a facility's "
                                                 "meter has seen cooling and losses already (METHODS 1)",
                                                 a_.id));
      part.facility = energy;
      return {};
    }
    FormulaId at = energy;
    if (w_.plane == "chip") OLIVINE_CHECK_STATUS(add_rest(at));
    if (w_.plane == "chip" || w_.plane == "node_dc") OLIVINE_CHECK_STATUS(through_supply(at));
    part.it = at;
    return add_pue(at, part);
  }
  Status add_rest(FormulaId& at) {
    if (w_.conditions.rest_of_node.absent()) {
      c_.leave_out(
          "energy of the rest of the nodes (fans, boards, disks): metered at the chips; rest_of_node = \"default\" "
          "adds it",
          a_.id);
      return {};
    }
    OLIVINE_TRY(const Maybe rest, own(w_.conditions.rest_of_node, kRestWanted, "rest_of_node"));
    if (!rest) return {};
    if (!w_.device_time)
      return c_.refuse(
          a_.line,
          fmt::format("activity \"{}\": rest_of_node is a power; it needs device_hours to become an energy", a_.id));
    OLIVINE_TRY(const FormulaId more, c_.labelled(c_.graph.product({*rest, *w_.device_time}), name("rest of node"),
                                                  "rest_of_node x device time"));
    OLIVINE_TRY(at, c_.labelled(c_.graph.sum({at, more}), name("energy of the node, DC,"), "chips + rest of node"));
    return {};
  }
  Status through_supply(FormulaId& at) {
    if (w_.conditions.psu_efficiency.absent()) {
      c_.leave_out("losses of power supplies: psu_efficiency = \"default\" adds them", a_.id);
      return {};
    }
    OLIVINE_TRY(const Maybe efficiency, own(w_.conditions.psu_efficiency, kPsuWanted, "psu_efficiency"));
    if (!efficiency) return {};
    OLIVINE_TRY(at, c_.labelled(c_.graph.quotient(at, *efficiency), name("energy at the plug"),
                                "energy of the node / psu_efficiency"));
    return {};
  }
  Status add_pue(FormulaId at, EnergyPart& part) {
    const WrittenValue& pue = w_.conditions.pue;
    part.facility = at;
    if (pue.form == WrittenValue::Form::kNone) return {};
    Maybe factor;
    if (pue.absent()) {
      OLIVINE_TRY(factor,
                  c_.values.default_of(kPueWanted, "no pue is stated; pue = \"none\" where there is no data centre"));
    } else {
      OLIVINE_TRY(factor, own(pue, kPueWanted, "pue"));
    }
    OLIVINE_TRY(part.facility, c_.labelled(c_.graph.product({at, *factor}), name("energy at the facility's meter"),
                                           "energy x PUE, once"));
    return {};
  }

  Result<AccountSpan> parse_at() {
    auto span = parse_account_span(w_.conditions.at);
    if (span) return span;
    if (!c_.options.at.empty()) return fail(ErrorKind::kInvalid, "--at: " + span.error().message);
    return c_.refuse(w_.own["at"] ? a_.line : c_.manifest.defaults.line,
                     fmt::format("{}: {}", w_.path("at"), span.error().message));
  }
  // When the energy was used; an instant lasts as long as the work did.
  Result<std::optional<WallInterval>> when() {
    if (w_.conditions.at.empty()) return std::optional<WallInterval>();
    OLIVINE_TRY(AccountSpan span, parse_at());
    if (!span.instant) return std::optional(span.interval);
    double seconds_long = 3600.0;
    if (w_.device_time) {
      OLIVINE_TRY(const FormulaValue time, evaluate_mean(c_.graph, *w_.device_time));
      double devices = 1.0;
      if (w_.count) {
        OLIVINE_TRY(const FormulaValue n, evaluate_mean(c_.graph, *w_.count));
        devices = n.value.value_or(1.0);
      }
      if (time.value && devices > 0.0) seconds_long = *time.value / devices;
      if (!w_.count && a_.hours.absent())
        c_.note(fmt::format(
            "{}: at is an instant and the number of devices is not stated: the work is taken to last device_hours",
            a_.id));
    } else {
      c_.note(fmt::format("{}: at is an instant and no length is stated: one hour is taken", a_.id));
    }
    const auto end = later(span.interval.begin, seconds_long);
    if (seconds_long > 20.0 * 366 * 86400 || !end)
      return c_.refuse(
          a_.line,
          fmt::format(
              "activity \"{}\" would last more than 20 years from its instant; write at as FIRST/LAST, or count",
              a_.id));
    span.interval.end = *end;
    return std::optional(span.interval);
  }

  Status runs() {
    if (c_.sources.runs == nullptr)
      return c_.refuse(a_.line, fmt::format("activity \"{}\" names runs, but there is no ledger here", a_.id));
    for (const std::string& each : a_.runs) {
      auto found = c_.sources.runs->run(each);
      if (!found) return c_.refuse(a_.line, fmt::format("activity \"{}\": {}", a_.id, found.error().message));
      OLIVINE_CHECK_STATUS(run_part(*found));
    }
    return {};
  }
  Status run_part(const RunFacts& run) {
    const std::string label = fmt::format("energy of run {}", run.name.empty() ? run.id.substr(0, 13) : run.name);
    OLIVINE_TRY(const Distribution d, run.lower_j < run.upper_j
                                          ? ranged(run.energy_j, run.lower_j, run.upper_j, SignRule::kNonNegative)
                                          : exactly(run.energy_j));
    OLIVINE_TRY(FormulaId energy, c_.values.known(fmt::format("run.{}.energy", run.id), kEnergyDimension, d, run.basis,
                                                  run.source, "measurement"));
    if (!run.energy_known) {
      const FormulaId rest = c_.graph.unknown(kEnergyDimension, run.reason);
      OLIVINE_TRY(energy, c_.labelled(c_.graph.sum({energy, rest}), label, "what was measured + what was not"));
    }
    if (run.embodied_g && c_.manifest.booking == "use") {
      const double lower = run.embodied_lower_g.value_or(*run.embodied_g),
                   upper = run.embodied_upper_g.value_or(*run.embodied_g);
      OLIVINE_TRY(const Distribution m, lower < upper ? ranged(*run.embodied_g, lower, upper, SignRule::kNonNegative)
                                                      : exactly(*run.embodied_g));
      OLIVINE_TRY(const FormulaId id, c_.values.known(fmt::format("run.{}.embodied", run.id), kCarbonDimension, m,
                                                      Basis::kModelled, run.source, "embodied"));
      run_embodied_.push_back(id);
      OLIVINE_TRY(w_.terms["embodied"], c_.labelled(c_.graph.sum(run_embodied_), name("embodied carbon"),
                                                    "sum over runs, as the ledger assessed it"));
    }
    EnergyPart part;
    part.span = run.interval;
    part.slices = run.slices;
    part.zone = w_.conditions.zone.empty() ? run.zone : w_.conditions.zone;
    const Plane plane = run.plane;
    w_.plane = plane == Plane::kChip     ? "chip"
               : plane == Plane::kNodeDc ? "node_dc"
               : plane == Plane::kNodeAc ? "node_ac"
                                         : "facility";
    if (!c_.options.at.empty() || w_.own["at"]) OLIVINE_CHECK_STATUS(move_to_stated_time(part));
    OLIVINE_CHECK_STATUS(to_facility(energy, part));
    w_.parts.push_back(std::move(part));
    return {};
  }
  // To another time: its own curve from an instant on, or evenly over a span.
  Status move_to_stated_time(EnergyPart& part) {
    OLIVINE_TRY(const AccountSpan span, parse_at());
    if (!span.instant) {
      part.span = span.interval;
      part.slices.clear();
      return {};
    }
    const std::int64_t later_ns = span.interval.begin.ns - part.span->begin.ns;
    const auto moved = [&](const WallInterval& i) {
      return WallInterval{{i.begin.ns + later_ns}, {i.end.ns + later_ns}};
    };
    part.span = moved(*part.span);
    for (EnergySlice& slice : part.slices) slice.interval = moved(slice.interval);
    return {};
  }

  AccountContext& c_;
  ActivityWork& w_;
  const ManifestActivity& a_;
  std::vector<FormulaId> run_embodied_;
};

}  // namespace

Status build_energy(AccountContext& context, ActivityWork& work) { return EnergyBuilder(context, work).build(); }

}  // namespace olivine
