#include "account/lifecycle/account.h"

#include <fmt/format.h>

#include "account/lifecycle/account_fixture.h"
#include "account/lifecycle/account_span.h"
#include "account/lifecycle/explain_formula.h"
#include "base/prng.h"

namespace olivine {
namespace {

using testing::AccountWorld;
using testing::hourly;
using testing::lists;
using testing::value_of;

TEST(AccountSpan, WholeOfWhatItNames) {
  const std::pair<const char*, const char*> cases[] = {
      {"2022", "2022-01-01 .. 2023-01-01"},
      {"2022-02", "2022-02-01 .. 2022-03-01"},
      {"2022-03-11", "2022-03-11 .. 2022-03-12"},
      {"2022-03-11/2022-07-06", "2022-03-11 .. 2022-07-07"},
      {"2021-12/2022", "2021-12-01 .. 2023-01-01"},
      {"2022-03-11T10:00Z/2022-03-11T12:30Z", "2022-03-11 10:00 .. 2022-03-11 12:30 UTC"}};
  for (const auto& [text, shown] : cases) {
    const auto span = parse_account_span(text);
    ASSERT_TRUE(span) << span.error().message;
    EXPECT_EQ(span_text(span->interval), shown);
  }
  EXPECT_TRUE(parse_account_span("2022-03-11T10:00Z")->instant);
  for (const char* bad :
       {"", "22", "2022-13", "2022-02-30", "yesterday", "2022/2021", "1800/2200", "2022-03-11T10:00", "9999", "2022-3"})
    EXPECT_FALSE(parse_account_span(bad)) << bad;
}

constexpr const char* kWorld =
    "[defaults]\nzone = \"FR\"\npue = { value = 1.2, lower = 1.1, upper = 1.3 }\nwue_grid = 3\nprice = 0.2\n";

// Splitting an activity in time, or among workloads, changes no total: neither value nor range.
TEST(Account, SplittingChangesNoTotals) {
  Prng prng(20261126);
  for (int round = 0; round < 20; ++round) {
    AccountWorld w;
    w.options.samples = 4'000;
    std::vector<double> day;
    for (int h = 0; h < 48; ++h) day.push_back(20.0 + 400.0 * prng.uniform());
    w.intensity.average["FR"] = {hourly(day), "lifecycle", "excluded", {0.7, 1.4}};
    const int begin = static_cast<int>(prng.uniform() * 600.0),
              cut = begin + 60 + static_cast<int>(prng.uniform() * 600.0),
              end = cut + 60 + static_cast<int>(prng.uniform() * 600.0);
    const auto time = [](int minutes) {
      return fmt::format("2022-01-{:02d}T{:02d}:{:02d}Z", 1 + minutes / 1440, minutes / 60 % 24, minutes % 60);
    };
    const auto activity = [&](const char* id, int from, int to, double devices) {
      return fmt::format(
          "[[activity]]\nid = \"{}\"\nphase = \"training\"\nhardware = \"g\"\ncount = {}\nat = \"{}/{}\"\n", id,
          devices, time(from), time(to));
    };
    const std::string head = "currency = \"EUR\"\n" + std::string(kWorld) +
                             "[[hardware]]\nid = \"g\"\npower = { value = 400, lower = 350, upper = 450 }\nembodied = "
                             "{ min = 100, mode = 150, max = 250 }\n";
    const auto whole = w.account(head + activity("a", begin, end, 8));
    const auto in_time = w.account(head + activity("a", begin, cut, 8) + activity("b", cut, end, 8));
    const auto shared = w.account(head + activity("a", begin, end, 3) + activity("b", begin, end, 5));
    for (const char* term : {"energy", "operational", "embodied", "carbon", "water", "cost"}) {
      const std::string id = fmt::format("total.{}", term);
      const double expected = value_of(whole, id);
      for (const auto* other : {&in_time, &shared}) {
        EXPECT_NEAR(value_of(*other, id), expected, 1e-9 * expected) << id;
        const AccountFigure &a = *whole->find(id), &b = *(*other)->find(id);
        EXPECT_NEAR(*b.lower, *a.lower, 1e-7 * expected) << id;
        EXPECT_NEAR(*b.upper, *a.upper, 1e-7 * expected) << id;
      }
    }
  }
}

TEST(Account, AlternativesOfEnergyAgree) {
  AccountWorld w;
  const std::string head =
      "[defaults]\nintensity = 100\npue = \"none\"\n[parameters]\nwork = \"96 h\"\n[[hardware]]\nid = \"g\"\npower = "
      "\"400 W\"\ncount = 8\n[[activity]]\nid = \"a\"\nphase = \"training\"\n";
  const double expected = 8 * 96 * 0.4;
  for (const char* text :
       {"hardware = \"g\"\nhours = 96\n", "hardware = \"g\"\nhours = \"= work\"\n",
        "hardware = \"g\"\ndevice_hours = \"768 h\"\n", "hardware = \"g\"\nat = \"2022-01-01/2022-01-04\"\n",
        "energy = \"= 400 W * work * 8\"\nplane = \"chip\"\n",
        "requests = 1000\nenergy_per_request = \"307.2 Wh\"\nplane = \"node_ac\"\n",
        "data = \"10 TB\"\nenergy_per_data = \"0.03072 kWh/GB\"\n",
        "hardware = \"g\"\nflop = 2.7648e18\nflop_per_second = 1e12\n",
        "hardware = \"g\"\nparams = 4.608e8\ntokens = 1e9\nflop_per_second = 1e12\n"})
    EXPECT_NEAR(value_of(w.account(head + text), "total.energy"), expected, 1e-9 * expected) << text;
}

TEST(Account, UtilisationIsBetweenIdleAndFull) {
  AccountWorld w;
  const std::string text =
      "[defaults]\nintensity = 100\npue = \"none\"\n[[hardware]]\nid = \"g\"\npower = 400\nidle_power = "
      "100\n[[activity]]\nid = \"a\"\nphase = \"training\"\nhardware = \"g\"\ndevice_hours = 10\nutilisation = 0.5\n";
  EXPECT_NEAR(value_of(w.account(text), "total.energy"), 2.5, 1e-12);
}

TEST(Account, RunsComeFromTheLedger) {
  AccountWorld w;
  std::vector<double> day(24, 0.0);
  day[10] = 100.0;
  day[11] = 300.0;
  const auto points = hourly(day);
  w.intensity.average["FR"].points = points;
  RunFacts run;
  run.id = "0193";
  run.zone = "FR";
  run.interval = {points[10].begin, points[11].end};
  run.slices = {{{points[10].begin, points[10].end}, joules(3.0)}, {{points[11].begin, points[11].end}, joules(1.0)}};
  run.energy_j = 3.6e6;
  run.lower_j = 3.5e6;
  run.upper_j = 3.7e6;
  run.source = "ledger, run 0193";
  w.runs.known["0193"] = run;
  const std::string text =
      "[defaults]\npue = \"none\"\n[[activity]]\nid = \"a\"\nphase = \"training\"\nruns = [\"0193\"]\n";
  const auto a = w.account(text);
  EXPECT_NEAR(value_of(a, "total.energy"), 1.0, 1e-12);
  EXPECT_NEAR(value_of(a, "total.operational"), 0.150, 1e-12);  // three quarters of it at 100 g
  EXPECT_LT(*a->find("total.energy")->lower, 0.98);
  // The same joules at another time: their own curve from an instant on, or evenly over a span.
  EXPECT_NEAR(value_of(w.account(text + "at = \"2022-01-01T09:00Z\"\n"), "total.operational"), 0.025, 1e-12);
  EXPECT_NEAR(value_of(w.account(text + "at = \"2022-01-01T10:00Z/2022-01-01T12:00Z\"\n"), "total.operational"), 0.2,
              1e-12);
  run.energy_known = false;
  run.reason = "GPU unreadable";
  w.runs.known["0193"] = run;
  const auto partly = w.account(text);
  ASSERT_TRUE(partly) << partly.error().message;
  EXPECT_FALSE(partly->find("total.energy")->value);
  EXPECT_NEAR(*partly->find("total.energy")->at_least, 1.0, 1e-12);
  EXPECT_FALSE(w.account("[[activity]]\nid = \"a\"\nphase = \"training\"\nruns = [\"none\"]\n"));
}

// Runs of several places: what is shown of the intensity is "several", not the first run's; the span is all of theirs.
TEST(Account, RunsOfSeveralPlacesSaySeveral) {
  AccountWorld w;
  const auto points = hourly(std::vector<double>(24, 100.0));
  w.intensity.average["FR"].points = w.intensity.average["PL"].points = points;
  const auto run = [&](const char* id, const char* zone, std::size_t hour) {
    RunFacts facts;
    facts.id = id;
    facts.zone = zone;
    facts.interval = {points[hour].begin, points[hour].end};
    facts.energy_j = facts.lower_j = facts.upper_j = 3.6e6;
    facts.source = "ledger";
    w.runs.known[id] = facts;
  };
  run("a", "FR", 3);
  run("b", "PL", 9);
  run("c", "FR", 5);
  const std::string head = "[defaults]\npue = \"none\"\n[[activity]]\nid = \"x\"\nphase = \"training\"\n";
  const auto several = w.account(head + "runs = [\"a\", \"b\"]\n");
  ASSERT_TRUE(several) << several.error().message;
  EXPECT_EQ(several->activities[0].zone, "several");
  EXPECT_EQ(several->activities[0].intensity_method, "hourly series");
  EXPECT_EQ(several->activities[0].span, "2022-01-01 03:00 .. 2022-01-01 10:00 UTC");
  const auto one = w.account(head + "runs = [\"a\", \"c\"]\n");
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(one->activities[0].zone, "FR");
}

TEST(Account, TariffByTimeOfUse) {  // 22-06 at 0.10, otherwise 0.30; 1 kW 21:00 to 23:00 local: 0.40 EUR
  AccountWorld w;
  const std::string text =
      "currency = \"EUR\"\n[[tariff]]\nid = \"t\"\nutc_offset = \"+01:00\"\nprice = 0.30\n[[tariff.band]]\nhours = "
      "\"22-06\"\nprice = 0.10\n"
      "[[activity]]\nid = \"a\"\nphase = \"training\"\nenergy = 2\nplane = \"facility\"\nintensity = 1\ntariff = "
      "\"t\"\nat = \"2022-01-01T20:00Z/2022-01-01T22:00Z\"\n";
  EXPECT_NEAR(value_of(w.account(text), "total.cost"), 0.40, 1e-12);
}

TEST(Account, ZoneAndTimeOfTheCommandLineReplaceAll) {
  AccountWorld w;
  w.intensity.average["PL"].points = hourly(std::vector<double>(24, 700.0));
  w.options.zone = "PL";
  const auto a = w.account(
      "[[activity]]\nid = \"a\"\nphase = \"training\"\nenergy = 1\nplane = \"facility\"\nintensity = 57\nzone = "
      "\"FR\"\nat = \"2022-01-01\"\n");
  EXPECT_NEAR(value_of(a, "total.carbon"), 0.7, 1e-12);
  EXPECT_EQ(a->activities[0].zone, "PL");
}

TEST(Account, HostShareIsOfTheDevicesInIt) {
  AccountWorld w;
  const auto a = w.account(
      "[defaults]\nintensity = 57\npue = \"none\"\n[[hardware]]\nid = \"gpu\"\npower = 400\nembodied = \"150 "
      "kg\"\nlife = 6\nutilisation = 0.85\nhost = \"server\"\ndevices_per_host = 8\n"
      "[[hardware]]\nid = \"server\"\nembodied = \"2500 kg\"\nlife = 6\nutilisation = 0.85\n[[activity]]\nid = "
      "\"a\"\nphase = \"training\"\nhardware = \"gpu\"\ndevice_hours = 800\n");
  EXPECT_NEAR(value_of(a, "hardware.gpu.embodied"), 800 * 150.0 / (6 * 8760 * 0.85), 1e-9);
  EXPECT_NEAR(value_of(a, "hardware.server.embodied"), 100 * 2500.0 / (6 * 8760 * 0.85), 1e-9);
  EXPECT_NEAR(value_of(a, "total.embodied"),
              value_of(a, "hardware.gpu.embodied") + value_of(a, "hardware.server.embodied"), 1e-9);
}

TEST(Account, FailedWorkAndUnitsAreSums) {
  AccountWorld w;
  const auto a = w.account(
      "[defaults]\nintensity = 100\nplane = \"facility\"\n[[activity]]\nid = \"a\"\nphase = \"training\"\nenergy = "
      "3\nmodel = \"m\"\n[[activity]]\nid = \"b\"\nphase = \"training\"\nenergy = 1\nstatus = \"failed\"\nmodel = "
      "\"m\"\n"
      "[[functional_unit]]\nname = \"request\"\ncount = 200\n");
  EXPECT_NEAR(value_of(a, "waste.failed.energy"), 1.0, 1e-12);
  EXPECT_NEAR(value_of(a, "model.m.energy"), 4.0, 1e-12);
  EXPECT_NEAR(value_of(a, "unit.request.carbon"), 2.0, 1e-12);  // g
}

// Every leaf of the tree names its source.
TEST(Account, ExplainReachesSources) {
  AccountWorld w;
  w.intensity.average["FR"] = {hourly(std::vector<double>(24, 60.0)), "lifecycle", "excluded", {0.5, 1.5}};
  const auto a = w.account(std::string("currency = \"EUR\"\n") + kWorld +
                           "[[hardware]]\nid = \"g\"\npower = 400\nembodied = 150\n[[activity]]\nid = \"a\"\nphase = "
                           "\"training\"\nhardware = \"g\"\nhours = 5\nat = \"2022-01-01T03:00Z\"\n");
  ASSERT_TRUE(a) << a.error().message;
  ProvenanceGraph graph;
  const auto root = provenance_of(*a->graph, a->find("total.carbon")->formula, graph);
  ASSERT_TRUE(root);
  std::size_t leaves = 0;
  std::vector<ProvenanceId> todo{*root};
  while (!todo.empty()) {
    const ProvenanceNode node = graph.node(todo.back());
    todo.pop_back();
    todo.insert(todo.end(), node.inputs.begin(), node.inputs.end());
    if (!node.inputs.empty()) continue;
    ++leaves;
    EXPECT_FALSE(node.detail.empty() && node.kind != "constant") << node.name;
  }
  EXPECT_GE(leaves, 7u);
  const std::string tree = graph.explain(*root, true);
  for (const char* part : {"m.toml, line", "data/defaults.csv, server_life_years", "data set 0123456789abcdef",
                           "energy x PUE, once", "device time x embodied carbon per hour"})
    EXPECT_NE(tree.find(part), std::string::npos) << part;
}

struct Wrong {
  const char* text;
  const char* says;
};
constexpr Wrong kWrong[] = {
    {"[parameters]\na = \"= b\"\nb = \"= c + 1\"\nc = \"= a\"\n[[activity]]\nid = \"x\"\nphase = \"data\"\nenergy = "
     "\"= a * 1 kWh\"\nplane = \"chip\"\n",
     "needs itself: a -> b -> c -> a"},
    {"[[activity]]\nid = \"x\"\nphase = \"data\"\nenergy = \"96 h\"\nplane = \"chip\"\n",
     "m.toml:5: activity \"x\": energy is in h, but kWh is needed; write e.g. \"433 MWh\""},
    {"[[activity]]\nid = \"x\"\nphase = \"data\"\nenergy = -1\nplane = \"chip\"\n", "must be at least"},
    {"[[activity]]\nid = \"x\"\nphase = \"data\"\nenergy = 1\nplane = \"node_ac\"\npue = 0.9\n",
     "pue is 0.9; it must be at least 1"},
    {"[[activity]]\nid = \"x\"\nphase = \"data\"\nenergy = \"= gpu_huors * 1 kW\"\nplane = "
     "\"chip\"\n[parameters]\ngpu_hours = 1\n",
     "did you mean \"gpu_hours\"?"},
    {"[[activity]]\nid = \"x\"\nphase = \"data\"\nenergy = \"12 kWhh\"\nplane = \"chip\"\n",
     "m.toml:5: activity \"x\": energy"},
    {"[[activity]]\nid = \"x\"\nphase = \"data\"\nenergy = 1\nplane = \"chip\"\nprice = 0.3\n",
     "write currency = \"EUR\""},
    {"[[activity]]\nid = \"x\"\nphase = \"data\"\nenergy = 1\nplane = \"chip\"\nat = \"2022-99\"\n",
     "activity.x.at: \"2022-99\" is no time"},
    {"[[activity]]\nid = \"x\"\nphase = \"data\"\nenergy = { value = 1, lower = 2, upper = 3 }\nplane = \"chip\"\n",
     "m.toml:5: activity \"x\": energy"},
    {"[[activity]]\nid = \"x\"\nphase = \"data\"\nenergy = 1e308\nplane = \"chip\"\n[[activity]]\nid = \"y\"\nphase = "
     "\"data\"\nenergy = 1e308\nplane = \"chip\"\n",
     "finite"},
    {"[[activity]]\nid = \"x\"\nphase = \"data\"\nenergy = { value = 1, lower = 0.5, upper = 2, shared = \"s\" "
     "}\nplane = \"chip\"\n[[activity]]\nid = \"y\"\nphase = \"data\"\nenergy = { value = 1, lower = 0.5, upper = 3, "
     "shared = \"s\" }\nplane = \"chip\"\n",
     "m.toml:10"},
    {"[[activity]]\nid = \"x\"\nphase = \"data\"\nenergy = 1\nplane = \"chip\"\n[[figure]]\nid = \"f\"\nvalue = \"= "
     "g\"\n[[figure]]\nid = \"g\"\nvalue = \"= f + 1\"\n",
     "figure \"f\" needs itself"},
    {"[[activity]]\nid = \"x\"\nphase = \"data\"\nenergy = 1\nplane = \"chip\"\n[[figure]]\nid = \"f\"\nvalue = \"= "
     "total.carbn\"\n",
     "did you mean \"total.carbon\"?"},
    {"[[activity]]\nid = \"x\"\nphase = \"data\"\nhardware = \"g\"\n[[hardware]]\nid = \"g\"\n",
     "names hardware but no device_hours"},
};

TEST(Account, RefusesInOneLine) {
  AccountWorld w;
  for (const Wrong& each : kWrong) {
    const auto a = w.account(each.text);
    ASSERT_FALSE(a) << each.text;
    EXPECT_NE(a.error().message.find(each.says), std::string::npos) << a.error().message << "\nwanted: " << each.says;
    EXPECT_EQ(a.error().message.find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace olivine
