// METHODS 1 and 9 to 16 on accounts made of manifests.
#include "account/lifecycle/account_fixture.h"

namespace olivine {
namespace {

using testing::AccountWorld;
using testing::hourly;
using testing::lists;
using testing::value_of;

constexpr const char* kActivity = "[[activity]]\nid = \"a\"\nphase = \"training\"\n";

TEST(AccountMethods, Plane1) {  // (1,370 W chips + 130 W rest) / 0.94 x 1.2 = 1,914.9 W
  AccountWorld w;
  const auto a = w.account(std::string(kActivity) +
                           "power = \"1370 W\"\ndevice_hours = \"1 h\"\nrest_of_node = \"130 W\"\npsu_efficiency = "
                           "0.94\npue = 1.2\nintensity = 100\n");
  EXPECT_NEAR(value_of(a, "total.energy"), 1.9149, 5e-5);
  EXPECT_NEAR(value_of(a, "total.it_energy"), 1.5 / 0.94, 1e-9);
}

TEST(AccountMethods, PueOnAFacilityFigureIsRefused) {
  AccountWorld w;
  const auto own = w.account(std::string(kActivity) + "energy = 1\nplane = \"facility\"\npue = 1.2\nintensity = 100\n");
  ASSERT_FALSE(own);
  EXPECT_NE(own.error().message.find("cooling and losses already"), std::string::npos);
  const auto data = w.account(std::string(kActivity) + "data = 1\nenergy_per_data = 1\npue = 1.2\nintensity = 100\n");
  ASSERT_FALSE(data);
  // The defaults' PUE does not touch a facility's figure.
  EXPECT_DOUBLE_EQ(value_of(w.account("[defaults]\npue = 1.2\nintensity = 100\n" + std::string(kActivity) +
                                      "energy = 1\nplane = \"facility\"\n"),
                            "total.energy"),
                   1.0);
}

TEST(AccountMethods, Time3IntegratesTheSeries) {  // 1 kW 10:30-11:30, 100 g then 300 g: 200 g
  AccountWorld w;
  std::vector<double> day(24, 0.0);
  day[10] = 100.0;
  day[11] = 300.0;
  w.intensity.average["FR"].points = hourly(day);
  const auto a =
      w.account(std::string(kActivity) +
                "energy = 1\nplane = \"facility\"\nzone = \"FR\"\nat = \"2022-01-01T10:30Z/2022-01-01T11:30Z\"\n");
  EXPECT_NEAR(value_of(a, "total.operational"), 0.2, 1e-12);
  EXPECT_EQ(a->activities[0].dataset, "0123456789abcdef");
}

constexpr const char* kFactors =
    "energy = 100\nplane = \"facility\"\nboundary = \"direct\"\nintensity = 400\nupstream_intensity = 60\ngrid_loss = "
    "0.06\n";

TEST(AccountMethods, FactorType9) {  // scope 2 40.000 kg, upstream 6.000, losses 2.553 + 0.383
  AccountWorld w;
  const auto a = w.account(kActivity + std::string(kFactors));
  EXPECT_NEAR(value_of(a, "total.scope_2"), 40.0, 1e-9);
  EXPECT_NEAR(value_of(a, "total.upstream"), 6.0, 1e-9);
  EXPECT_NEAR(value_of(a, "total.losses"), 2.5532 + 0.3830, 1e-4);
  EXPECT_NEAR(value_of(a, "total.scope_3"), 6.0 + 2.5532 + 0.3830, 1e-4);
  EXPECT_NEAR(value_of(a, "total.operational"), 48.9362, 1e-4);
  for (const char* boundary : {"lifecycle", ""}) {
    std::string text = kFactors;
    text.replace(text.find("boundary = \"direct\"\n"), 20, boundary[0] != 0 ? "boundary = \"lifecycle\"\n" : "");
    const auto refused = w.account(kActivity + text);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find(boundary[0] != 0 ? "on top of a lifecycle intensity is refused"
                                                            : "say boundary = \"direct\""),
              std::string::npos)
        << refused.error().message;
  }
}

TEST(AccountMethods, Market10) {  // 100 MWh, 60 certified at 0, residual 400: 16 t
  AccountWorld w;
  const std::string used =
      std::string(kActivity) +
      "energy = \"100 MWh\"\nplane = \"facility\"\nzone = \"FR\"\nintensity = 57\nat = \"2022-01\"\n";
  const std::string residual = "[market]\nresidual_intensity = 400\n";
  EXPECT_NEAR(
      value_of(w.account(used + residual + "[[contract]]\nenergy = \"60 MWh\"\nintensity = 0\n"), "total.market"),
      16'000.0, 1e-6);
  EXPECT_NEAR(value_of(w.account(used + residual + "[[contract]]\nshare = 0.6\nintensity = 0\n"), "total.market"),
              16'000.0, 1e-6);
  EXPECT_NEAR(value_of(w.account(used + residual + "[[contract]]\nenergy = \"60 MWh\"\nintensity = 0\nzone = \"PL\"\n"),
                       "total.market"),
              40'000.0, 1e-6);
  EXPECT_NEAR(
      value_of(w.account(used + residual + "[[contract]]\nenergy = \"60 MWh\"\nintensity = 0\nat = \"2022-02\"\n"),
               "total.market"),
      40'000.0, 1e-6);
  // Half of the time is in the contract's: at most half of the energy is covered.
  EXPECT_NEAR(
      value_of(
          w.account(used + residual +
                    "[[contract]]\nenergy = \"60 MWh\"\nintensity = 0\nat = \"2022-01-01T00:00Z/2022-01-16T12:00Z\"\n"),
          "total.market"),
      20'000.0, 1e-6);
  const auto much = w.account(
      used + residual + "[[contract]]\nenergy = \"200 MWh\"\nintensity = 10\n[[contract]]\nshare = 1\nintensity = 0\n");
  EXPECT_NEAR(value_of(much, "total.market"), 1'000.0, 1e-6);
  EXPECT_TRUE(lists(much->notes, "the rest lowers nothing"));
  // A residual mix that nobody stated is unknown, not the grid's average and not zero (ADR 0031).
  const auto silent = w.account(used + "[[contract]]\nshare = 0.6\nintensity = 50\n");
  ASSERT_TRUE(silent) << silent.error().message;
  EXPECT_FALSE(silent->find("total.market")->value);
  EXPECT_NEAR(silent->find("total.market")->at_least.value_or(0.0), 3'000.0, 1e-6);
  EXPECT_NE(silent->find("total.market")->reason.find("residual_intensity"), std::string::npos);
  EXPECT_NEAR(value_of(w.account(used + "[[contract]]\nshare = 1\nintensity = 50\n"), "total.market"), 5'000.0, 1e-6);
  // Said to be published by nobody: the location-based factor serves, and a note says so.
  const auto average =
      w.account(used + "[market]\nresidual_intensity = \"none\"\n[[contract]]\nshare = 0.6\nintensity = 0\n");
  EXPECT_NEAR(value_of(average, "total.market"), 0.4 * 5'700.0, 1e-6);
  EXPECT_TRUE(lists(average->notes, "no residual mix exists"));
}

// 100 MWh over two days, half on each: what contracts of one day cannot cover there they do not cover on the next.
TEST(AccountMethods, Market10CutsAtTheContractsTimes) {
  AccountWorld w;
  const std::string used = std::string(kActivity) +
                           "energy = \"100 MWh\"\nplane = \"facility\"\nzone = \"FR\"\nintensity = 57\nat = "
                           "\"2022-01-01/2022-01-02\"\n[market]\nresidual_intensity = 400\n";
  const auto contract = [](const char* at, const char* how_much) {
    return std::string("[[contract]]\n") + how_much + "\nintensity = 0\nat = \"" + at + "\"\n";
  };
  const std::string first = contract("2022-01-01", "energy = \"50 MWh\""),
                    second = contract("2022-01-02", "energy = \"50 MWh\"");
  EXPECT_NEAR(value_of(w.account(used + first), "total.market"), 20'000.0, 1e-6);
  EXPECT_NEAR(value_of(w.account(used + first + first), "total.market"), 20'000.0, 1e-6);
  EXPECT_NEAR(value_of(w.account(used + first + second), "total.market"), 0.0, 1e-6);
  // Two that overlap cover all of day 1, and its hours once.
  EXPECT_NEAR(value_of(w.account(used + contract("2022-01-01T00:00Z/2022-01-01T12:00Z", "share = 1") +
                                 contract("2022-01-01T06:00Z/2022-01-02T00:00Z", "share = 1")),
                       "total.market"),
              20'000.0, 1e-6);
  // A share is of what is used in the contract's time: 0.6 of day 1.
  EXPECT_NEAR(value_of(w.account(used + contract("2022-01-01", "share = 0.6")), "total.market"), 28'000.0, 1e-6);
}

TEST(AccountMethods, Marginal11IsInNoTotal) {
  AccountWorld w;
  const std::string text =
      std::string(kActivity) + "energy = 10\nplane = \"facility\"\nintensity = 57\nmarginal_intensity = 500\n";
  const auto a = w.account(text);
  EXPECT_NEAR(value_of(a, "total.marginal"), 5.0, 1e-12);
  EXPECT_NEAR(value_of(a, "total.carbon"), 0.57, 1e-12);
  w.options.signal = Signal::kMarginal;
  const auto m = w.account(text);
  ASSERT_TRUE(m);
  EXPECT_FALSE(m->find("total.carbon")->value);
  EXPECT_NE(m->find("total.carbon")->reason.find("METHODS 11"), std::string::npos);
}

constexpr const char* kServer =
    "[[hardware]]\nid = \"s\"\npower = \"100 W\"\nembodied = \"1000 kg\"\nlife = \"5 y\"\nutilisation = "
    "0.5\n[defaults]\nintensity = 100\npue = \"none\"\n";

TEST(AccountMethods, Embodied13AddsUpToM) {  // 1,000 kg, 5 y, 50 % use: 200 kg a year in all
  AccountWorld w;
  const auto a = w.account(kServer + std::string(kActivity) + "hardware = \"s\"\ndevice_hours = \"4380 h\"\n");
  EXPECT_NEAR(value_of(a, "total.embodied"), 200.0, 1e-9);
  EXPECT_NEAR(value_of(a, "hardware.s.embodied_rate"), 1000.0 / (5 * 8760 * 0.5), 1e-12);
  const auto idle = w.account(
      kServer +
      std::string("[[activity]]\nid = \"i\"\nphase = \"idle\"\nhardware = \"s\"\ndevice_hours = \"4380 h\"\n"));
  ASSERT_FALSE(idle);
  EXPECT_NE(idle.error().message.find("carry the idle ones already (METHODS 13)"), std::string::npos);
  const auto none = w.account(kServer + std::string("[[activity]]\nid = \"i\"\nphase = \"idle\"\nhardware = "
                                                    "\"s\"\ndevice_hours = \"4380 h\"\nembodied = \"none\"\n"));
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_EQ(none->find("total.embodied"), nullptr);
  EXPECT_TRUE(lists(none->not_counted, "left out on purpose"));
}

// SCI (ISO/IEC 21031): M = TE x TiR/EL x RR/ToR. A server of 1,000 kg kept four years, whole, for an hour: 28.54 g; two of 16 parts
// of the case study's 1,205.52 kg for an hour of four years: 4.3005 g.
TEST(AccountMethods, Embodied13AsSciSharesIt) {
  AccountWorld w;
  const std::string head =
      "[defaults]\nintensity = 100\npue = \"none\"\n[[hardware]]\nid = \"server\"\nlife = \"4 y\"\nutilisation = 1\n";
  const auto whole = w.account(head + "power = \"100 W\"\nembodied = \"1000 kg\"\n" + kActivity +
                               "hardware = \"server\"\ndevice_hours = \"1 h\"\n");
  EXPECT_NEAR(value_of(whole, "total.embodied") * 1000.0, 28.54, 28.54 * 0.001);
  const auto part = w.account(head +
                              "embodied = \"1205.52 kg\"\n[[hardware]]\nid = \"vcpu\"\npower = \"5 W\"\nhost = "
                              "\"server\"\ndevices_per_host = 16\n" +
                              kActivity + "hardware = \"vcpu\"\ncount = 2\nhours = 1\n");
  EXPECT_NEAR(value_of(part, "total.embodied") * 1000.0, 4.3005, 0.00005);
}

TEST(AccountMethods, Embodied13PurchaseBooksOnce) {  // 10 x 1,200 kg = 12 t once
  AccountWorld w;
  const std::string text =
      "booking = \"purchase\"\nyear = 2022\n[[hardware]]\nid = \"s\"\ncount = 10\nembodied = \"1200 kg\"\npower = "
      "100\npurchased = 2022\n"
      "[[hardware]]\nid = \"old\"\ncount = 3\nembodied = \"1200 kg\"\npurchased = 2019\n[defaults]\nintensity = "
      "100\npue = \"none\"\n" +
      std::string(kActivity) + "hardware = \"s\"\ndevice_hours = 100\n";
  const auto a = w.account(text);
  EXPECT_NEAR(value_of(a, "total.embodied"), 12'000.0, 1e-9);
  EXPECT_NEAR(value_of(a, "total.scope_3"), 12'000.0, 1e-9);
  EXPECT_NEAR(value_of(a, "total.carbon"), 12'001.0, 1e-9);
  EXPECT_EQ(a->find("activity.a.embodied"), nullptr);
  EXPECT_TRUE(lists(a->not_counted, "old of 2019"));
}

TEST(AccountMethods, Water15) {  // 100 kWh IT, PUE 1.2, site 1.8, grid 3.1 L/kWh: 180 + 372 L
  AccountWorld w;
  const auto a =
      w.account(std::string(kActivity) +
                "energy = 100\nplane = \"node_ac\"\npue = 1.2\nwue_site = 1.8\nwue_grid = 3.1\nintensity = 100\n");
  EXPECT_NEAR(value_of(a, "total.water_site"), 180.0, 1e-9);
  EXPECT_NEAR(value_of(a, "total.water_grid"), 372.0, 1e-9);
  EXPECT_NEAR(value_of(a, "total.water"), 552.0, 1e-9);
  // From the facility's meter alone nobody knows the IT energy: unknown, at least what the power stations used.
  const auto f = w.account(std::string(kActivity) +
                           "energy = 100\nplane = \"facility\"\nwue_site = 1.8\nwue_grid = 3.1\nintensity = 100\n");
  ASSERT_TRUE(f);
  EXPECT_FALSE(f->find("total.water")->value);
  EXPECT_NEAR(f->find("total.water")->at_least.value_or(0.0), 310.0, 1e-9);
}

TEST(AccountMethods, SharedInputs16) {  // sum 72,000 +- 15,284 g, difference 8,000 +- 5,367 g
  AccountWorld w;
  w.options.samples = 400'000;
  const auto a = w.account(
      "[defaults]\nintensity = { value = 400, lower = 320, upper = 480 }\nplane = \"facility\"\n"
      "[[activity]]\nid = \"a\"\nphase = \"training\"\nenergy = { value = 100, lower = 90, upper = 110 }\n"
      "[[activity]]\nid = \"b\"\nphase = \"training\"\nenergy = { value = 80, lower = 72, upper = 88 }\n"
      "[[figure]]\nid = \"difference\"\nvalue = \"= activity.a.carbon - activity.b.carbon\"\n");
  EXPECT_NEAR(value_of(a, "total.carbon"), 72.0, 1e-9);
  EXPECT_NEAR(value_of(a, "figure.difference"), 8.0, 1e-9);
  const AccountFigure &sum = *a->find("total.carbon"), &difference = *a->find("figure.difference");
  EXPECT_NEAR(*sum.first_upper - 72.0, 15.284, 5e-4);
  EXPECT_NEAR(*difference.first_upper - 8.0, 5.367, 5e-4);
  EXPECT_NEAR((*sum.upper - *sum.lower) / 2.0, 15.284, 0.1);
  EXPECT_NEAR((*difference.upper - *difference.lower) / 2.0, 5.367, 0.05);
  ASSERT_FALSE(a->tornado.empty());
  EXPECT_EQ(a->tornado.front().input, "defaults.intensity");
  EXPECT_NEAR(a->tornado.front().at_upper, 86.4, 1e-9);
}

TEST(AccountMethods, UnknownStaysUnknown) {
  AccountWorld w;
  const auto a = w.account(
      "[defaults]\nplane = \"facility\"\nintensity = 100\n[[activity]]\nid = \"a\"\nphase = \"training\"\nenergy = "
      "100\n[[activity]]\nid = \"b\"\nphase = \"data\"\nenergy = \"unknown\"\n");
  ASSERT_TRUE(a) << a.error().message;
  const AccountFigure& energy = *a->find("total.energy");
  EXPECT_FALSE(energy.value);
  EXPECT_NEAR(energy.at_least.value_or(0.0), 100.0, 1e-9);
  EXPECT_NE(energy.reason.find("unknown"), std::string::npos);
  EXPECT_FALSE(a->find("total.carbon")->value);
  EXPECT_TRUE(a->find("phase.training.carbon")->value);
}

TEST(AccountMethods, DefaultsAreListed) {
  AccountWorld w;
  const auto a = w.account(std::string(kActivity) + "energy = 100\nplane = \"node_ac\"\nintensity = 100\n");
  EXPECT_NEAR(value_of(a, "total.energy"), 156.0, 1e-9);
  ASSERT_EQ(a->quality.size(), 1u);
  EXPECT_NE(a->quality[0].what.find("pue_datacentre"), std::string::npos);
  EXPECT_EQ(a->find("total.energy")->basis, Basis::kAssumed);
  EXPECT_NEAR(*a->find("total.energy")->lower, 110.0, 1.0);
}

}  // namespace
}  // namespace olivine
