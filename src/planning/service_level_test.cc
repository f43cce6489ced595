#include "planning/service_level.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

const std::string kTable =
    "name,power,throughput,latency,accuracy\n"
    "full,400W,100,20ms,0.90\n"
    "cap-250,250W,80,30ms,0.90\n"
    "cap-200,260W,70,40ms,0.90\n"
    "batch-64,0.25kW,120,90ms,0.90\n"
    "unmeasured,100W,50,,\n"
    "int8,150W,90,10ms,0.84\n";

std::string chosen(const ServiceLevel& level) {
  const auto choice = points_within(*points_from_csv("points.csv", kTable), level);
  if (!choice) return choice.error().message;
  std::string text;
  for (const OperatingPoint& p : choice->within) text += p.name + " ";
  for (const auto& [name, why] : choice->left_out) text += "| " + name + ": " + why + " ";
  return text;
}

TEST(ServiceLevel, TheExampleOfTheHeader) {
  ServiceLevel level;
  level.most_latency_s = 0.05;
  level.least_accuracy = 0.85;
  EXPECT_EQ(chosen(level),
            "cap-250 full | batch-64: 90 ms is above 50 ms | unmeasured: its latency is not known | int8: accuracy "
            "0.84 is below 0.85 "
            "| cap-200: cap-250 does more for less ");
}

TEST(ServiceLevel, EachTradeAlone) {
  EXPECT_EQ(chosen({}),
            "unmeasured int8 batch-64 | full: batch-64 does more for less | cap-250: int8 does more for less | "
            "cap-200: int8 does more for less ");
  EXPECT_EQ(chosen({std::nullopt, 85.0, std::nullopt}).substr(0, 14), "int8 batch-64 ");
  EXPECT_EQ(chosen({0.001, std::nullopt, std::nullopt}),
            "no point keeps the service level: full: 20 ms is above 1 ms; cap-250: 30 ms is above 1 ms; cap-200: 40 ms "
            "is above 1 ms; "
            "batch-64: 90 ms is above 1 ms; unmeasured: its latency is not known; int8: 10 ms is above 1 ms");
}

TEST(ServiceLevel, TablesThatMakeNoSense) {
  const auto said = [](const std::string& text) {
    const auto points = points_from_csv("p.csv", text);
    return points ? std::string("none") : points.error().message;
  };
  EXPECT_EQ(said("name,power\na,1W\n"),
            "p.csv, line 1: no column throughput; e.g. name,power,throughput,latency,accuracy");
  EXPECT_EQ(said("name,power,throughput,watts\na,1W,1,1\n"),
            "p.csv, line 1: column \"watts\" is not one of name, power, throughput, latency, accuracy");
  EXPECT_EQ(said("name,power,throughput\na,1W,1\nb,7,1\n"),
            "p.csv, line 3, power: \"7\" is not a power above 0 and up to 10 GW, e.g. 250W");
  EXPECT_EQ(said("name,power,throughput\na,1W,nan\n"),
            "p.csv, line 2, throughput: \"nan\" is not a number of units a second above 0");
  EXPECT_EQ(said("name,power,throughput\na,1W,1\na,2W,2\n"), "p.csv, line 3, name: \"a\" stands there twice");
  EXPECT_EQ(said("name,power,throughput,latency\na,1W,1,soon\n"),
            "p.csv, line 2, latency: \"soon\" is not a time, e.g. 30ms");
  EXPECT_EQ(said("name,power,throughput\n"), "p.csv: 0 points; 1 to 1000");
}

}  // namespace
}  // namespace olivine
