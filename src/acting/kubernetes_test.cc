#include "acting/kubernetes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace olivine {
namespace {

constexpr const char* kJob =
    R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"train"},"spec":{"template":{"spec":{"containers":[]}}}})";

TEST(Kubernetes, TheMergePatchChangesOneSwitch) {
  auto job = nlohmann::json::parse(kJob);
  const auto before = job;
  job.merge_patch(nlohmann::json::parse(suspend_patch(true)));
  EXPECT_EQ(job["spec"]["suspend"], true);
  job.merge_patch(nlohmann::json::parse(suspend_patch(false)));
  EXPECT_EQ(job["spec"]["suspend"], false);
  job["spec"].erase("suspend");
  EXPECT_EQ(job, before);
}

TEST(Kubernetes, Words) {
  EXPECT_EQ(*kubectl_patch_words("train", "ml", true),
            (std::vector<std::string>{"kubectl", "patch", "job", "train", "--namespace=ml", "--type=merge",
                                      "--patch={\"spec\":{\"suspend\":true}}"}));
  EXPECT_EQ(kubectl_patch_words("train", "", false)->size(), 6U);
  for (const char* bad : {"", "Train", "-x", "a b", "--all", "a/b"})
    EXPECT_FALSE(kubectl_patch_words(bad, "", true)) << bad;
  EXPECT_FALSE(kubectl_patch_words("train", "--all-namespaces", true));
}

TEST(Kubernetes, AManifestIsSuspendedAndSaysItsPlan) {
  const auto text = suspended_manifest(kJob, {{"start", "2026-11-27T02:00:00Z"}});
  ASSERT_TRUE(text) << text.error().message;
  const auto job = nlohmann::json::parse(*text);
  EXPECT_EQ(job["spec"]["suspend"], true);
  EXPECT_EQ(job["metadata"]["annotations"]["olivine.dev/start"], "2026-11-27T02:00:00Z");
  EXPECT_EQ(job["metadata"]["name"], "train");
  EXPECT_TRUE(job["spec"].contains("template"));
  for (const char* bad : {"", "kind: Job", "[]", R"({"apiVersion":"v1","kind":"Pod"})",
                          R"({"apiVersion":"batch/v1","kind":"Job","spec":3})",
                          R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"annotations":[1]}})"})
    EXPECT_FALSE(suspended_manifest(bad, {})) << bad;
}

// Answers of the API in the shape of its reference; no cluster was asked.
TEST(Kubernetes, AJobHasEndedWhenItsConditionsSaySo) {
  ProgramOutput answer;
  KubernetesHand hand([&](const std::vector<std::string>&) -> Result<ProgramOutput> { return answer; }, "train", "");
  answer.out = R"({"status":{"active":1}})";
  EXPECT_FALSE(hand.look()->ended);
  answer.out = R"({"status":{"conditions":[{"type":"Suspended","status":"True"}]}})";
  EXPECT_FALSE(hand.look()->ended);
  answer.out = R"({"status":{"conditions":[{"type":"Complete","status":"True"}]}})";
  EXPECT_TRUE(hand.look()->ended);
  answer.out = R"({"status":{"conditions":[{"type":"Failed","status":"True"}]}})";
  EXPECT_TRUE(hand.look()->ended);
  answer = {"", "Error from server (NotFound): jobs.batch \"train\" not found\n", 1};
  EXPECT_TRUE(hand.look()->ended);
  answer = {"", "error: You must be logged in to the server (Unauthorized)\n", 1};
  ASSERT_FALSE(hand.look());
  EXPECT_EQ(hand.wait().error().message, "kubectl: error: You must be logged in to the server (Unauthorized)");
}

// The guard is told before a suspension, and only a resumption that was done, or the job's end, takes it back.
TEST(Kubernetes, WhatIsToBeUndoneIsToldFirst) {
  ProgramOutput answer;
  std::vector<std::string> told;
  KubernetesHand hand([&](const std::vector<std::string>&) -> Result<ProgramOutput> { return answer; }, "train", "");
  hand.before = [&](const std::string& undo) { told.push_back(undo); };
  answer.out = R"({"status":{"active":1}})";
  EXPECT_FALSE(hand.look()->ended);
  EXPECT_TRUE(told.empty());
  ASSERT_TRUE(hand.wait());
  EXPECT_EQ(told, (std::vector<std::string>{"resume"}));
  answer.exit_code = 1;
  EXPECT_FALSE(hand.go());
  EXPECT_EQ(told.size(), 1U);
  answer.exit_code = 0;
  ASSERT_TRUE(hand.go());
  EXPECT_EQ(told, (std::vector<std::string>{"resume", ""}));
  ASSERT_TRUE(hand.wait());
  answer = {"", "Error from server (NotFound): jobs.batch \"train\" not found\n", 1};
  EXPECT_TRUE(hand.look()->ended);
  EXPECT_EQ(told, (std::vector<std::string>{"resume", "", "resume", ""}));
}

}  // namespace
}  // namespace olivine
