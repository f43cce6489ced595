#include "acting/slurm.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

using Words = std::vector<std::string>;

// Answers as Slurm 22.05.8 gave them on one node (tests/slurm/one_node.py).
class Recorded {
 public:
  Result<ProgramOutput> operator()(const Words& words) {
    if (words[0] == "squeue") {
      if (state == "?") return ProgramOutput{"", "slurm_load_jobs error: Invalid job id specified\n", 1};
      return ProgramOutput{state + "\n", "", 0};
    }
    said.push_back(words[0] + " " + words[1] + " " + words.at(2));
    if (!refusal.empty()) return ProgramOutput{"", refusal, 1};
    if (words[1] == "suspend") state = "SUSPENDED";
    if (words[1] == "resume") state = state == "SUSPENDED" ? "RUNNING" : state;
    if (words[1] == "requeuehold") state = "PENDING";
    return ProgramOutput{};
  }
  std::string state = "PENDING", refusal;
  Words said;
};

struct Hand {
  explicit Hand(SlurmBy by) : hand([this](const Words& words) { return slurm(words); }, "7", by) {
    hand.before = [this](const std::string& undo) { told.push_back(undo); };
  }
  Recorded slurm;
  SlurmHand hand;
  Words told;
};

TEST(Slurm, SbatchIsToldTheStart) {
  const Words user{"--time=60", "job.sh", "--begin=of the script"};
  EXPECT_EQ(*sbatch_words(SlurmBy::kBegin, seconds(3600), "c", user),
            (Words{"sbatch", "--begin=now+3600", "--comment=c", "--time=60", "job.sh", "--begin=of the script"}));
  EXPECT_EQ(*sbatch_words(SlurmBy::kBegin, {}, "", user),
            (Words{"sbatch", "--time=60", "job.sh", "--begin=of the script"}));
  EXPECT_EQ(*sbatch_words(SlurmBy::kBegin, milliseconds(1), "c", {"--comment=mine", "j"}),
            (Words{"sbatch", "--begin=now+1", "--comment=mine", "j"}));
  EXPECT_EQ(*sbatch_words(SlurmBy::kHold, seconds(9), "", {"j"}), (Words{"sbatch", "--hold", "j"}));
  EXPECT_EQ(*sbatch_words(SlurmBy::kRequeue, seconds(9), "", {"j"}), (Words{"sbatch", "--hold", "--requeue", "j"}));
  for (const char* own : {"--begin=now", "-b", "-H", "--hold"}) {
    const auto refused = sbatch_words(SlurmBy::kBegin, {}, "", {own, "job.sh"});
    ASSERT_FALSE(refused) << own;
    EXPECT_NE(refused.error().message.find(own), std::string::npos);
  }
}

// As getopt_long reads them: after another option's value, cut short, joined.
TEST(Slurm, SbatchsOwnStartIsFoundWhereverItIs) {
  for (const Words& own : {Words{"-p", "gpu", "--begin=now+9hours", "j"},
                           {"--partition", "gpu", "-b", "now", "j"},
                           {"-bnow+9hours", "j"},
                           {"--beg=now", "j"},
                           {"--beg", "now", "j"},
                           {"--ho", "j"},
                           {"-OH", "j"},
                           {"-t60", "-H", "j"},
                           {"--exclusive", "-H", "j"},
                           {"--wait", "--hold", "j"},
                           {"-Q", "j"},
                           {"--qui", "j"}}) {
    const auto refused = sbatch_words(SlurmBy::kHold, {}, "c", own);
    ASSERT_FALSE(refused) << own[0];
    EXPECT_NE(refused.error().message.find("leave it away"), std::string::npos) << refused.error().message;
  }
  for (const Words& fine : {Words{"-J", "-b", "j"},
                            {"-J-b", "j"},
                            {"--job-name", "--hold", "j"},
                            {"-p", "gpu", "--bb=x", "j", "-H"},
                            {"--exclusive", "j", "--begin=x"},
                            {"-N2", "--hint=compute_bound", "j", "-b"},
                            {"--", "j", "-H"},
                            {"--wrap", "-H"},
                            {"-qlong", "j"},
                            {"-oH", "j"}})
    EXPECT_TRUE(sbatch_words(SlurmBy::kHold, {}, "c", fine)) << fine[0];
  EXPECT_EQ(*sbatch_words(SlurmBy::kHold, {}, "c", {"-p", "gpu", "--comment=mine", "j"}),
            (Words{"sbatch", "--hold", "-p", "gpu", "--comment=mine", "j"}));
  EXPECT_EQ(*sbatch_words(SlurmBy::kHold, {}, "c", {"-p", "gpu", "--comm", "mine", "j"}),
            (Words{"sbatch", "--hold", "-p", "gpu", "--comm", "mine", "j"}));
}

TEST(Slurm, TheJobsNumber) {
  EXPECT_EQ(*slurm_job_of("Submitted batch job 123\n"), "123");
  EXPECT_EQ(*slurm_job_of("123\n"), "123");
  EXPECT_EQ(*slurm_job_of("123;cluster\n"), "123");
  EXPECT_EQ(*slurm_job_of("hello from job_submit\nSubmitted batch job 4 on cluster x\n"), "4");
  EXPECT_FALSE(slurm_job_of(""));
  EXPECT_FALSE(slurm_job_of("sbatch: error\n"));
  EXPECT_TRUE(checked_slurm_job("12_3"));
  for (const char* bad : {"", "x", "1;rm", "-1", "12_", "1 2"}) EXPECT_FALSE(checked_slurm_job(bad)) << bad;
}

TEST(Slurm, AJobOfAnotherClusterIsNoticed) {
  for (const Words& other : {Words{"-M", "other", "j"},
                             {"-Mother", "j"},
                             {"-OM", "other", "j"},
                             {"-p", "gpu", "--clusters=other", "j"},
                             {"--clusters", "other", "j"},
                             {"--clu=other", "j"},
                             {"--cluster=other", "j"}}) {
    const Status refused = check_own_cluster(other);
    ASSERT_FALSE(refused) << other[0];
    EXPECT_NE(refused.error().message.find("cluster"), std::string::npos);
  }
  for (const Words& own : {Words{"-J", "-M", "j"},
                           {"--cluster-constraint=big", "j"},
                           {"j", "-M", "x"},
                           {"-JM", "j"},
                           {"--comment=-M", "j"}})
    EXPECT_TRUE(check_own_cluster(own)) << own[0];
  // The value of -M is no option of its own.
  EXPECT_TRUE(sbatch_words(SlurmBy::kBegin, {}, "c", {"-M", "-H", "j"}));
  EXPECT_EQ(slurm_cluster_of("Submitted batch job 7\n"), "");
  EXPECT_EQ(slurm_cluster_of("7\n"), "");
  EXPECT_EQ(slurm_cluster_of("7;other\n"), "other");
  EXPECT_EQ(slurm_cluster_of("hello on cluster z\nSubmitted batch job 7 on cluster other\n"), "other");
}

TEST(Slurm, AHeldJobIsReleasedOnceAndThenLeftAlone) {
  Hand h(SlurmBy::kHold);
  ASSERT_TRUE(h.hand.wait());
  EXPECT_EQ(h.hand.undo(), "release");
  ASSERT_TRUE(h.hand.go());
  EXPECT_EQ(h.hand.undo(), "");
  h.slurm.state = "RUNNING";
  ASSERT_TRUE(h.hand.wait());
  EXPECT_EQ(h.slurm.said, (Words{"scontrol hold 7", "scontrol release 7"}));
  EXPECT_EQ(h.told, (Words{"release", ""}));
}

TEST(Slurm, SuspendAndResume) {
  Hand h(SlurmBy::kSuspend);
  h.slurm.state = "RUNNING";
  ASSERT_TRUE(h.hand.wait());
  EXPECT_EQ(h.hand.undo(), "resume");
  ASSERT_TRUE(h.hand.wait());  // it is suspended already
  ASSERT_TRUE(h.hand.go());
  ASSERT_TRUE(h.hand.go());
  EXPECT_EQ(h.slurm.said, (Words{"scontrol suspend 7", "scontrol resume 7"}));
  EXPECT_EQ(h.told, (Words{"resume", ""}));
}

// A job that was held too late, because it was just starting, is suspended at the next look.
TEST(Slurm, AJobThatStartsAllTheSameIsSuspended) {
  Hand h(SlurmBy::kSuspend);
  ASSERT_TRUE(h.hand.wait());
  ASSERT_TRUE(h.hand.wait());  // held already: not again
  h.slurm.state = "RUNNING";
  ASSERT_TRUE(h.hand.wait());
  ASSERT_TRUE(h.hand.go());
  EXPECT_EQ(h.slurm.said, (Words{"scontrol hold 7", "scontrol suspend 7", "scontrol resume 7"}));
  EXPECT_EQ(h.told, (Words{"release", "resume", ""}));
}

// What was done is undone also when squeue hangs, and what hung may have been done.
TEST(Slurm, AHungToolKeepsNothingSuspended) {
  for (const char* hangs : {"", "suspend"}) {
    bool squeue_hangs = false;
    Words said, told;
    SlurmHand hand(
        [&](const Words& words) -> Result<ProgramOutput> {
          if (words[0] == "squeue" && squeue_hangs) return fail(ErrorKind::kTransient, "squeue did not end");
          if (words[0] == "squeue") return ProgramOutput{"RUNNING\n", "", 0};
          said.push_back(words[1]);
          if (words[1] == hangs) return fail(ErrorKind::kTransient, "scontrol did not end");
          return ProgramOutput{};
        },
        "7", SlurmBy::kSuspend);
    hand.before = [&](const std::string& undo) { told.push_back(undo); };
    EXPECT_EQ(static_cast<bool>(hand.wait()), *hangs == 0);
    squeue_hangs = true;
    EXPECT_TRUE(hand.go());
    EXPECT_FALSE(hand.go());  // nothing is left to undo: what it does is not known
    EXPECT_EQ(said, (Words{"suspend", "resume"}));
    EXPECT_EQ(told, (Words{"resume", ""}));
  }
}

TEST(Slurm, RequeueHoldsAndReleases) {
  Hand h(SlurmBy::kRequeue);
  h.slurm.state = "RUNNING";
  ASSERT_TRUE(h.hand.wait());
  ASSERT_TRUE(h.hand.go());
  EXPECT_EQ(h.slurm.said, (Words{"scontrol requeuehold 7", "scontrol release 7"}));
}

TEST(Slurm, ARefusalIsToldInItsWordsAndNothingIsToBeUndone) {
  Hand h(SlurmBy::kSuspend);
  h.slurm.state = "RUNNING";
  h.slurm.refusal = "Access/permission denied for job 7\n";
  const Status refused = h.hand.wait();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "scontrol: Access/permission denied for job 7");
  EXPECT_EQ(h.hand.undo(), "");
  EXPECT_EQ(h.told, (Words{"resume", ""}));
}

// squeue has a line for each task, in whatever order.
TEST(Slurm, AnArrayHasEndedWhenAllItsTasksHave) {
  Hand h(SlurmBy::kSuspend);
  for (const char* lines : {"COMPLETED\nRUNNING", "COMPLETED\nFAILED\nPENDING"}) {
    h.slurm.state = lines;
    EXPECT_FALSE(h.hand.look()->ended) << lines;
  }
  h.slurm.state = "COMPLETED\nRUNNING\nPENDING";
  ASSERT_TRUE(h.hand.wait());
  EXPECT_EQ(h.hand.undo(), "resume");
  h.slurm.state = "COMPLETED\nPENDING\nSUSPENDED";
  ASSERT_TRUE(h.hand.wait());  // what must be undone stays known
  EXPECT_EQ(h.hand.undo(), "resume");
  ASSERT_TRUE(h.hand.go());
  EXPECT_EQ(h.slurm.said, (Words{"scontrol suspend 7", "scontrol resume 7", "scontrol release 7"}));
  h.slurm.state = "COMPLETED\nFAILED";
  EXPECT_TRUE(h.hand.look()->ended);
}

TEST(Slurm, States) {
  Hand h(SlurmBy::kHold);
  for (const char* state :
       {"PENDING", "RUNNING", "SUSPENDED", "COMPLETING", "STOPPED", "RESV_DEL_HOLD", "SPECIAL_EXIT", "STAGE_OUT"}) {
    h.slurm.state = state;
    EXPECT_FALSE(h.hand.look()->ended) << state;
  }
  for (const char* state : {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "?", "NODE_FAIL"}) {
    h.slurm.state = state;
    EXPECT_TRUE(h.hand.look()->ended) << state;
  }
}

}  // namespace
}  // namespace olivine
