#include "engine/run_embodied.h"

#include <gtest/gtest.h>

#include "engine/embodied_estimate.h"

namespace olivine {
namespace {

constexpr double kHourNs = 3.6e12;

StatedValue exactly(double value) { return {value, value, value, Basis::kReference, "test"}; }

// An hour of two CPUs, a tenth of which is the run's.
AssessmentInput hour() {
  AssessmentInput in;
  in.machine.logical_cpus = 2;
  in.summary.duration_ns = static_cast<std::int64_t>(kHourNs);
  in.summary.run_cpu_ns = 0.2 * kHourNs;
  in.context.embodied_kg = exactly(1000.0);
  in.context.life_years = exactly(5.0);
  in.context.utilisation = exactly(0.5);
  return in;
}
double grams_of(const AssessmentInput& in) { return in_grams(run_embodied(in)->carbon.mean()); }
constexpr double kPerKg = 1000.0 / (5 * 8760 * 0.5);  // g for a kg held for the hour

TEST(RunEmbodied, GpusHaveTheirOwnTime) {
  AssessmentInput in = hour();
  EXPECT_NEAR(grams_of(in), 100.0 * kPerKg, 1e-9) << "not told apart: by CPU time";
  in.context.embodied_gpus_kg = exactly(400.0);
  EXPECT_NEAR(grams_of(in), 100.0 * kPerKg, 1e-9) << "nobody knows who holds them: by CPU time";
  in.summary.gpu_known_ns = 8 * kHourNs;
  EXPECT_NEAR(grams_of(in), 60.0 * kPerKg, 1e-9) << "held by none of ours";
  in.summary.gpu_held_ns = 4 * kHourNs;
  EXPECT_NEAR(grams_of(in), (60.0 + 200.0) * kPerKg, 1e-9);
  EXPECT_NEAR(grams_of(in), 11.872, 1e-3);
  in.context.machine_share = 0.25;  // a guest: a quarter of the rest is ours, the GPUs whole
  EXPECT_NEAR(grams_of(in), (15.0 + 200.0) * kPerKg, 1e-9);
}

TEST(RunEmbodied, WhoReservesAllCarriesAll) {
  AssessmentInput in = hour();
  in.context.embodied_gpus_kg = exactly(400.0);
  in.context.idle_policy = IdlePolicy::kReserved;
  in.context.reserved_part = 0.75;
  in.summary.gpu_known_ns = kHourNs;
  EXPECT_NEAR(grams_of(in), (60.0 + 300.0) * kPerKg, 1e-9);
  in.summary.gpu_held_ns = kHourNs;
  EXPECT_NEAR(grams_of(in), (60.0 + 400.0) * kPerKg, 1e-9);
  in.summary.run_cpu_ns.reset();
  EXPECT_FALSE(run_embodied(in));
}

// Alone on every device and all of the CPUs, for all of its working life: M, no more and no less (METHODS 13).
TEST(RunEmbodied, AllOfItIsM) {
  AssessmentInput in = hour();
  in.context.embodied_gpus_kg = exactly(400.0);
  in.context.utilisation = exactly(1.0);
  in.context.life_years = exactly(1.0 / 8760.0);
  in.summary.run_cpu_ns = 2 * kHourNs;
  in.summary.gpu_known_ns = in.summary.gpu_held_ns = kHourNs;
  EXPECT_NEAR(grams_of(in), 1e6, 1e-6);
}

TEST(RunEmbodied, TheRangeOfTheWholeIsThatOfItsParts) {
  AssessmentInput in = hour();
  in.context.embodied_kg = {1000.0, 950.0, 1050.0, Basis::kModelled, "test"};
  in.context.embodied_gpus_kg = StatedValue{400.0, 370.0, 430.0, Basis::kModelled, "test"};
  in.summary.run_cpu_ns = 2 * kHourNs;
  in.summary.gpu_known_ns = in.summary.gpu_held_ns = kHourNs;
  const auto run = run_embodied(in);
  EXPECT_NEAR(in_grams(run->carbon.upper()), 1050.0 * kPerKg, 1e-9);
  EXPECT_NEAR(in_grams(run->carbon.lower()), 950.0 * kPerKg, 1e-9);
}

// Two GPUs; the run is alone on one for the second hour, and shares the other with one more for both.
TEST(RunEmbodied, ThePipelineCountsWhoHoldsThem) {
  MachineDescription machine;
  machine.logical_cpus = 2;
  Pipeline pipeline(machine);
  const std::int32_t contexts[3][2] = {{0, 1}, {0, 1}, {1, 1}};
  for (int tick = 0; tick < 3; ++tick) {
    TickSample sample;
    sample.now.mono.ns = sample.now.boot_ns = sample.now.wall.ns = static_cast<std::int64_t>(tick * kHourNs);
    sample.usage = UsageReading{0, 0, 0, 0, 0, {}};
    sample.usage->gpus = {{"gpu-a", contexts[tick][0], 0, 0.0, 0.0}, {"gpu-b", contexts[tick][1], 1, 0.0, 0.0}};
    sample.settle = true;
    pipeline.feed(sample);
  }
  pipeline.finish();
  EXPECT_DOUBLE_EQ(pipeline.summary().gpu_known_ns, 4 * kHourNs);
  EXPECT_DOUBLE_EQ(pipeline.summary().gpu_held_ns, (1.0 + 0.5 + 0.5) * kHourNs);
}

TEST(RunEmbodied, TheContextKeepsThem) {
  RunContext c = hour().context;
  c.embodied_gpus_kg = StatedValue{400.0, 370.0, 430.0, Basis::kModelled, "test"};
  const auto again = context_from_json(to_json(c));
  ASSERT_TRUE(again) << again.error().message;
  ASSERT_TRUE(again->embodied_gpus_kg);
  EXPECT_EQ(again->embodied_gpus_kg->upper, 430.0);
}

TEST(EmbodiedEstimate, TellsTheGpusApartAndSaysWhatIsNotInIt) {
  SetupInput input;
  input.facts.chassis = "server";
  input.facts.sockets = 2;
  input.gpu_names = {"NVIDIA H100 80GB HBM3", "NVIDIA H100 80GB HBM3"};
  const CpuEntry cpu = default_cpu("", 64, true);
  const EmbodiedEstimate server = machine_embodied_kg(input, cpu);
  ASSERT_TRUE(server.gpus);
  EXPECT_NEAR(server.gpus->value, 2 * 164.0, 1e-9);
  EXPECT_GT(server.machine.value, server.gpus->value + 500.0);
  for (const char* part : {"without memory: capacity not known", "without drives: capacity not known"})
    EXPECT_NE(server.machine.origin.find(part), std::string::npos) << server.machine.origin;
  input.facts.hypervisor = true;
  const EmbodiedEstimate guest = machine_embodied_kg(input, cpu);
  input.gpu_names.clear();
  const EmbodiedEstimate bare = machine_embodied_kg(input, cpu);
  EXPECT_FALSE(bare.gpus);
  EXPECT_NEAR(guest.machine.value, bare.machine.value + 2 * 164.0, 1e-9);
}

}  // namespace
}  // namespace olivine
