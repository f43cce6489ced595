#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "report/figure_view.h"
#include "report/record_fixture.h"
#include "report/render.h"

namespace olivine {
namespace {
using namespace report_test;
using Json = nlohmann::ordered_json;

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

TEST(RunJson, KeysInTheOrderOfTheFormat) {
  const Json j = Json::parse(render_json(usual_record()));
  EXPECT_EQ(keys_of(j),
            (std::vector<std::string>{"schema",      "run_id",      "name",      "project",    "command", "status",
                                      "host",        "started_at",  "ended_at",  "duration_s", "exit",    "energy_j",
                                      "idle_policy", "emissions_g", "intensity", "pue",        "cost",    "water_l",
                                      "coverage",    "not_counted", "quality",   "software",   "hardware"}));
  EXPECT_EQ(keys_of(j["energy_j"]), (std::vector<std::string>{"total", "attributed", "idle_charged", "others", "self",
                                                              "idle", "unattributed", "measured_node", "components"}));
  EXPECT_EQ(keys_of(j["energy_j"]["total"]),
            (std::vector<std::string>{"value", "lower", "upper", "unit", "basis", "basis_share", "coverage",
                                      "provenance", "value_uj"}));
  EXPECT_EQ(keys_of(j["emissions_g"]["operational"]),
            (std::vector<std::string>{"location_average", "location_marginal", "market"}));
  EXPECT_EQ(keys_of(j["intensity"]),
            (std::vector<std::string>{"zone", "signal", "boundary", "value", "source", "period"}));
  EXPECT_EQ(keys_of(j["energy_j"]["components"][0]),
            (std::vector<std::string>{"kind", "device", "source", "plane", "figure"}));
}

// Where intensities of the run's hours were looked for, the record says what was found.
TEST(RunJson, TheIntensityNamesItsDataSet) {
  RunRecord record = usual_record();
  record.intensity.method = "data set";
  record.intensity.dataset = "0123456789abcdef0123456789abcdef";
  const Json j = Json::parse(render_json(record));
  EXPECT_EQ(keys_of(j["intensity"]), (std::vector<std::string>{"zone", "signal", "boundary", "value", "source",
                                                               "period", "method", "dataset", "fallback", "notes"}));
  EXPECT_EQ(j["intensity"]["dataset"], record.intensity.dataset);
  EXPECT_TRUE(j["intensity"]["fallback"].is_null());
  EXPECT_TRUE(j["intensity_marginal"].is_null());
  record.marginal = record.intensity;
  record.marginal.zone = "AVERT-CA";
  EXPECT_EQ(Json::parse(render_json(record))["intensity_marginal"]["zone"], "AVERT-CA");
}

TEST(RunJson, ValuesOfTheUsualRun) {
  const Json j = Json::parse(render_json(usual_record()));
  EXPECT_EQ(j["schema"], "olivine.run/1");
  EXPECT_EQ(j["exit"], Json({{"code", 0}}));
  EXPECT_EQ(j["energy_j"]["total"]["value"], 1476.0);
  EXPECT_EQ(j["energy_j"]["total"]["value_uj"], 1'476'000'000);
  EXPECT_EQ(j["energy_j"]["total"]["basis_share"], Json({{"modelled", 1.0}}));
  EXPECT_TRUE(j["emissions_g"]["operational"]["market"]["value"].is_null());
  EXPECT_EQ(j["emissions_g"]["operational"]["market"]["reason"], "no contract or certificate was stated");
  EXPECT_FALSE(j["emissions_g"]["total"].contains("value_uj"));
  EXPECT_EQ(j["cost"]["unit"], "EUR");
  expect_golden("run_usual.json", render_json(usual_record()) + "\n");
}

TEST(RunJson, UnknownIsNullWithALowerBound) {
  const Json j = Json::parse(render_json(partly_unknown_record()));
  const Json& total = j["energy_j"]["total"];
  EXPECT_TRUE(total["value"].is_null());
  EXPECT_TRUE(total["upper"].is_null());
  EXPECT_TRUE(total["basis"].is_null());
  EXPECT_TRUE(total["value_uj"].is_null());
  EXPECT_EQ(total["lower"], 432.0);
  EXPECT_EQ(total["reason"], "nvml:GPU-1 was never readable");
  EXPECT_EQ(j["exit"], Json({{"signal", 9}}));
  EXPECT_TRUE(j["intensity"]["zone"].is_null());
  EXPECT_EQ(j["coverage"]["gaps"][1]["begin_s"], 3.0);
}

TEST(RunJson, CutOffRunHasNoExit) {
  const Json j = Json::parse(render_json(empty_record()));
  EXPECT_TRUE(j["exit"].is_null());
  EXPECT_TRUE(j["ended_at"].is_null());
  EXPECT_TRUE(j["name"].is_null());
  EXPECT_TRUE(j["energy_j"]["total"]["provenance"].is_null());
  EXPECT_EQ(j["host"], Json::object());
  EXPECT_EQ(j["command"], Json::array());
}

TEST(RunJson, HostileTextStaysValidJson) { EXPECT_TRUE(Json::accept(render_json(hostile_record()))); }

TEST(RunJson, NumbersThatAreNotFiniteBecomeNull) {
  RunRecord r = usual_record();
  r.energy.total.value = Estimate<Energy>::exactly(joules(std::numeric_limits<double>::quiet_NaN()));
  r.coverage = std::numeric_limits<double>::quiet_NaN();
  const std::string text = render_json(r);
  EXPECT_EQ(text.find(": nan"), std::string::npos);
  EXPECT_TRUE(Json::parse(text)["energy_j"]["total"]["value_uj"].is_null());
}

TEST(RunJson, EveryNamedFigureIsAtItsPath) {
  const RunRecord r = partly_unknown_record();
  const Json j = Json::parse(render_json(r));
  for (const std::string& name : figure_names(r)) {
    std::string pointer = "/" + name;
    for (char& c : pointer)
      if (c == '.' || c == '[') c = '/';
    std::erase(pointer, ']');
    ASSERT_TRUE(j.contains(Json::json_pointer(pointer))) << name;
    EXPECT_TRUE(j.at(Json::json_pointer(pointer)).contains("basis_share")) << name;
  }
}

TEST(ListJson, TotalsComeFromTheStoredRecord) {
  RunListEntry stored;
  stored.run_id = "a";
  stored.status = "done";
  stored.duration_s = 37.25;
  stored.record_json = render_json(usual_record());
  RunListEntry running;
  running.run_id = "b";
  running.name = "x";
  running.status = "running";
  RunListEntry damaged = running;
  damaged.record_json = "{\"energy_j\": 3";
  RunListEntry odd = running;
  odd.record_json = "{\"energy_j\": {\"total\": {\"value\": \"many\"}}}";
  const std::vector<RunListEntry> runs{stored, running, damaged, odd};
  const Json j = Json::parse(render_list_json(runs));
  ASSERT_EQ(j.size(), 4u);
  EXPECT_EQ(keys_of(j[0]), (std::vector<std::string>{"run_id", "name", "project", "status", "started_at", "duration_s",
                                                     "energy_j", "emissions_g"}));
  EXPECT_EQ(j[0]["energy_j"], 1476.0);
  EXPECT_EQ(j[0]["emissions_g"], 0.05296);
  EXPECT_TRUE(j[0]["name"].is_null());
  for (std::size_t i = 1; i < 4; ++i) EXPECT_TRUE(j[i]["energy_j"].is_null());
  EXPECT_TRUE(j[1]["duration_s"].is_null());
  expect_golden("list.txt", render_list(runs, plain_style()));
  EXPECT_EQ(render_list_json({}), "[]");
}

}  // namespace
}  // namespace olivine
