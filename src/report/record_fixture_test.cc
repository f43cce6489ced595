#include "report/record_fixture.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace olivine::report_test {
namespace {

constexpr WallTime kStarted{1'732'459'303'123'000'000};

Figure<Energy> energy(ProvenanceGraph& graph, const std::string& name, double j, double lower, double upper,
                      BasisShare basis) {
  Figure<Energy> f;
  f.value = Estimate<Energy>::of(joules(j), joules(lower), joules(upper), "model:cpu");
  f.exact = microjoule_amount(static_cast<std::int64_t>(j * 1e6));
  f.coverage = 1.0;
  f.basis = basis;
  f.provenance = graph.add(
      {"sum", name, std::to_string(static_cast<int>(j)) + " J", "sum over components", {}, basis.weakest_used()});
  return f;
}

Figure<Carbon> carbon(double g, double lower, double upper, Basis basis) {
  Figure<Carbon> f;
  f.value = Estimate<Carbon>::of(grams(g), grams(lower), grams(upper), "intensity:FR");
  f.coverage = 1.0;
  f.basis = BasisShare(basis);
  return f;
}

RecordComponent component(ProvenanceGraph& graph, const std::string& kind, const std::string& label, double j,
                          double run_j) {
  RecordComponent c;
  c.kind = kind;
  c.device = kind + "-0";
  c.source = "model:" + kind;
  c.plane = "chip";
  c.label = label;
  c.measured = energy(graph, "energy of " + kind, j, j * 0.7, j * 1.4, BasisShare(Basis::kModelled));
  c.attributed = energy(graph, kind + " of the run", run_j, run_j * 0.7, run_j * 1.4, BasisShare(Basis::kModelled));
  return c;
}

void set_carbon(RunRecord& r) {
  r.emissions.location_average = carbon(0.02296, 0.012, 0.04, Basis::kModelled);
  const auto row =
      r.graph.add({"factor row", "intensity FR", "56 g/kWh", "data/zones.csv, FR, 2023, Ember", {}, Basis::kReference});
  r.emissions.location_average.provenance = r.graph.add({"product",
                                                         "operational carbon",
                                                         "0.023 g",
                                                         "energy x intensity",
                                                         {r.energy.total.provenance, row},
                                                         Basis::kModelled});
  r.emissions.location_marginal = Figure<Carbon>::unknown("no marginal intensity is known for this zone and time");
  r.emissions.market = Figure<Carbon>::unknown("no contract or certificate was stated");
  r.emissions.embodied = carbon(0.03, 0.01, 0.09, Basis::kAssumed);
  r.emissions.embodied.provenance =
      r.graph.add({"product", "embodied carbon", "0.03 g", "M x time / life", {}, Basis::kAssumed});
  r.emissions.total = carbon(0.05296, 0.03, 0.11, Basis::kAssumed);
  r.emissions.total.provenance =
      r.graph.add({"sum",
                   "carbon of the run",
                   "0.053 g",
                   "operational + embodied",
                   {r.emissions.location_average.provenance, r.emissions.embodied.provenance},
                   Basis::kAssumed});
  RecordIntensity& i = r.intensity;
  i.zone = "FR";
  i.name = "France";
  i.signal = "average";
  i.boundary = "lifecycle";
  i.source = "data/zones.csv, FR, 2023, Ember and Our World in Data, CC BY 4.0";
  i.period = "yearly 2023";
  i.value.value = Estimate<CarbonIntensity>::of(grams_per_kilowatt_hour(56), grams_per_kilowatt_hour(20.4),
                                                grams_per_kilowatt_hour(96.1), "intensity:FR");
  i.value.coverage = 1.0;
  i.value.basis = BasisShare(Basis::kReference);
  i.value.provenance = row;
}

}  // namespace

RunRecord usual_record() {
  RunRecord r;
  r.run_id = "01935f0e-52d3-7a1c-9b00-0123456789ab";
  r.name = "bert";
  r.project = "nlp";
  r.command = {"python", "train.py", "--note", "it's fine"};
  r.status = "done";
  r.host = {{"hostname", "node1"}, {"virtualisation", "kvm"}};
  r.software = {{"olivine", "0.1.0"}, {"kernel", "6.1.0"}};
  r.hardware = {{"cpu", "Intel Xeon Gold 6248"}, {"logical_cpus", "2"}};
  r.started_at = kStarted;
  r.ended_at = WallTime{kStarted.ns + 37'250'000'000};
  r.duration_ns = 37'250'000'000;
  r.exit_code = 0;
  RecordEnergy& e = r.energy;
  const BasisShare modelled(Basis::kModelled);
  e.total = energy(r.graph, "energy of the run", 1476, 1044, 2088, modelled);
  e.attributed = energy(r.graph, "attributed", 1126.5, 800, 1600, modelled);
  e.idle_charged = energy(r.graph, "idle charged", 349.5, 200, 500, modelled);
  e.others = energy(r.graph, "others", 110.25, 80, 150, modelled);
  e.self = energy(r.graph, "olivine itself", 0.375, 0.2, 0.6, modelled);
  e.idle = energy(r.graph, "idle", 349.5, 200, 500, modelled);
  e.unattributed = energy(r.graph, "unattributed", 0, 0, 0, modelled);
  e.measured_node = energy(r.graph, "node", 1586.625, 1100, 2200, modelled);
  e.components = {component(r.graph, "package", "CPU", 1400, 1300), component(r.graph, "dram", "DRAM", 186.625, 176)};
  r.idle_policy = "share";
  set_carbon(r);
  r.pue_applies = false;
  r.pue = Figure<Ratio>::unknown("not applicable: own desktop or laptop");
  r.cost = Figure<Money>::unknown("no price was stated; set price_per_kwh");
  r.currency = "EUR";
  r.water.value = Estimate<Water>::of(litres(0.00127), litres(0.0004), litres(0.0033), "water-grid");
  r.water.basis = BasisShare(Basis::kAssumed);
  r.water.coverage = 1.0;
  r.coverage = 1.0;
  r.ticks = 373;
  r.interval_ns = 100'000'000;
  r.not_counted = {"rest of node", "network"};
  r.quality = {{"model:package", "power model over load", "modelled", "no readable energy counter on this machine",
                "sudo chmod a+r /sys/class/powercap/intel-rapl:0/energy_uj"}};
  return r;
}

RunRecord partly_unknown_record() {
  RunRecord r = usual_record();
  RecordComponent gpu = component(r.graph, "gpu", "GPU", 5000, 4800);
  gpu.source = "nvml:GPU-0";
  gpu.measured.basis = BasisShare(Basis::kMeasured, 4950.0);
  gpu.measured.basis.add(Basis::kDerived, 50.0);
  RecordComponent lost = gpu;
  lost.device = "gpu-1";
  lost.source = "nvml:GPU-1";
  lost.measured = Figure<Energy>::unknown("nvml:GPU-1 was never readable");
  lost.attributed = lost.measured;
  RecordComponent check = gpu;
  check.source = "hwmon:0";
  check.counted = false;
  check.measured = Figure<Energy>::unknown("only cross-checks");
  check.attributed = check.measured;
  r.energy.components.push_back(gpu);
  r.energy.components.push_back(lost);
  r.energy.components.push_back(check);
  for (Figure<Energy>* f : {&r.energy.total, &r.energy.measured_node}) {
    *f = Figure<Energy>::unknown("nvml:GPU-1 was never readable");
    f->at_least = joules(432);
  }
  r.emissions.location_average = Figure<Carbon>::unknown("nvml:GPU-1 was never readable");
  r.emissions.location_average.at_least = grams(0.0567);
  r.emissions.embodied = Figure<Carbon>::unknown("CPU time of the run is not known");
  r.emissions.total = r.emissions.location_average;
  r.intensity.zone = r.intensity.name = "";
  r.intensity.period = "yearly 2024";
  r.intensity.value.value = Estimate<CarbonIntensity>::of(grams_per_kilowatt_hour(473), grams_per_kilowatt_hour(25),
                                                          grams_per_kilowatt_hour(845), "intensity:unknown");
  r.pue_applies = true;
  r.pue.value = Estimate<Ratio>::of(ratio(1.56), ratio(1.1), ratio(2.0), "pue");
  r.pue.basis = BasisShare(Basis::kAssumed);
  r.status = "failed";
  r.exit_code.reset();
  r.exit_signal = 9;
  r.coverage = 0.9996;
  r.missed_ticks = 12;
  r.suspended_ns = 2'000'000'000;
  r.gaps = {{"powercap:intel-rapl:0", 1'000'000'000, 1'500'000'000, "unreadable"},
            {"powercap:intel-rapl:0", 3'000'000'000, 3'250'000'000, "unreadable"}};
  r.left_running = {"redis-server (pid 4711)"};
  r.warnings = {"zone unknown: the world's average is assumed; say where with --zone",
                "zone unknown: the world's average is assumed; say where with --zone"};
  return r;
}

RunRecord empty_record() {
  RunRecord r;
  r.run_id = "01935f0e-52d3-7a1c-9b00-0123456789ac";
  r.status = "interrupted";
  r.started_at = kStarted;
  r.energy.total = r.energy.measured_node =
      Figure<Energy>::unknown("nothing could be measured or modelled on this machine");
  return r;
}

RunRecord hostile_record() {
  const std::string bad = "=cmd|'/C calc'!A0\x1b]0;owned\x07\n\"q\",\xff\xe2\x80\xae end";
  RunRecord r = usual_record();
  r.name = r.project = r.status = r.idle_policy = bad;
  r.run_id = bad;
  r.command = {bad, "@x", "-y"};
  r.host = r.software = r.hardware = {{"hostname", bad}, {bad, bad}};
  for (RecordComponent& c : r.energy.components) c.kind = c.device = c.source = c.plane = c.label = bad;
  r.energy.components.push_back(r.energy.components[0]);
  r.energy.components.back().measured = Figure<Energy>::unknown(bad);
  r.energy.components.back().attributed = Figure<Energy>::unknown(bad);
  RecordIntensity& i = r.intensity;
  i.zone = i.name = i.signal = i.boundary = i.source = i.period = bad;
  i.notes = {bad};
  r.energy.total = Figure<Energy>::unknown(bad);
  r.energy.total.provenance = r.graph.add({"sum", bad, bad, bad, {}, Basis::kAssumed});
  r.energy.measured_node = Figure<Energy>::unknown(bad);
  r.emissions.location_average = Figure<Carbon>::unknown(bad);
  r.pue_applies = true;
  r.pue = Figure<Ratio>::unknown(bad);
  r.currency = bad;
  r.cost.value = Estimate<Money>::exactly(money(-1.5));
  r.gaps = {{bad, 0, 1, bad}};
  r.not_counted = r.left_running = r.warnings = {bad};
  r.quality = {{bad, bad, bad, bad, bad}};
  return r;
}

TextStyle plain_style() { return {}; }

void expect_golden(const std::string& name, const std::string& actual) {
  const std::string path = std::string(OLIVINE_SOURCE_DIR) + "/tests/golden/report/" + name;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests run on one thread
  if (const char* update = std::getenv("OLIVINE_UPDATE_GOLDEN"); update != nullptr && std::string_view(update) == "1") {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing; OLIVINE_UPDATE_GOLDEN=1 writes it";
  std::ostringstream wanted;
  wanted << file.rdbuf();
  EXPECT_EQ(wanted.str(), actual) << "differs from " << path << "; OLIVINE_UPDATE_GOLDEN=1 rewrites it";
}

}  // namespace olivine::report_test
