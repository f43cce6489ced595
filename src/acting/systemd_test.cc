#include "acting/systemd.h"

#include <gtest/gtest.h>

namespace olivine {
namespace {

TimerJob job() {
  return {"train",
          {1'640'995'200'000'000'000 + 7'200'000'000'000},
          {"python", "train.py", "--lr=1e-3"},
          "/srv/ml",
          "41 % less"};
}

TEST(Systemd, TransientTimer) {
  EXPECT_EQ(*systemd_run_words(job()),
            (std::vector<std::string>{"systemd-run", "--unit=train", "--on-calendar=2022-01-01 02:00:00 UTC",
                                      "--timer-property=AccuracySec=1s", "--working-directory=/srv/ml", "--", "python",
                                      "train.py", "--lr=1e-3"}));
  EXPECT_EQ(calendar_text({1'640'995'200'000'000'001}), "2022-01-01 00:00:01 UTC");
}

// As the manager reads the arguments of a transient unit: $$ is $; the program is not expanded.
TEST(Systemd, ATransientUnitsArgumentsArriveAsTheyWereTyped) {
  TimerJob odd = job();
  odd.command = {"/opt/a$b/sh", "-c", "echo ${x} $HOME $$ 50% \\n"};
  for (const bool at_once : {false, true}) {
    odd.at_once = at_once;
    const auto words = systemd_run_words(odd);
    ASSERT_TRUE(words);
    EXPECT_EQ(std::vector<std::string>(words->end() - 3, words->end()),
              (std::vector<std::string>{"/opt/a$b/sh", "-c", "echo $${x} $$HOME $$$$ 50% \\n"}));
  }
}

// systemd-analyze verify of 252: "/opt/a$$b/sh" is looked for with both, and is not there.
TEST(Systemd, AProgramsPathHasNoVariables) {
  TimerJob odd = job();
  odd.command = {"/opt/a$b/5%/sh", "$x"};
  EXPECT_NE(systemd_units(odd)->find("\nExecStart=\"/opt/a$b/5%%/sh\" \"$$x\"\n"), std::string::npos);
}

TEST(Systemd, AStartThatIsDueNeedsNoTimer) {
  EXPECT_TRUE(start_is_now({seconds(100).ns}, {seconds(100).ns}));
  EXPECT_TRUE(start_is_now({seconds(160).ns}, {seconds(100).ns}));
  EXPECT_FALSE(start_is_now({seconds(161).ns}, {seconds(100).ns}));
  TimerJob due = job();
  due.at_once = true;
  EXPECT_EQ(*systemd_run_words(due),
            (std::vector<std::string>{"systemd-run", "--unit=train", "--working-directory=/srv/ml", "--", "python",
                                      "train.py", "--lr=1e-3"}));
}

TEST(Systemd, Units) {
  TimerJob odd = job();
  odd.command = {"sh", "-c", "echo \"$HOME\" 50% \\n"};
  EXPECT_EQ(*systemd_units(odd),
            "# train.service\n[Unit]\nDescription=41 %% less\n\n[Service]\nType=exec\nWorkingDirectory=/srv/ml\n"
            "ExecStart=\"sh\" \"-c\" \"echo \\\"$$HOME\\\" 50%% \\\\n\"\n\n"
            "# train.timer\n[Unit]\nDescription=41 %% less\n\n[Timer]\nOnCalendar=2022-01-01 02:00:00 "
            "UTC\nAccuracySec=1s\nPersistent=true\n\n"
            "[Install]\nWantedBy=timers.target\n");
}

TEST(Systemd, Mistakes) {
  for (const char* bad : {"", "-x", "a b", "a/b", "a\nb"}) {
    TimerJob wrong = job();
    wrong.name = bad;
    EXPECT_FALSE(systemd_units(wrong)) << bad;
  }
  TimerJob empty = job();
  empty.command.clear();
  EXPECT_FALSE(systemd_run_words(empty));
  for (const std::string& bad :
       {std::string("a\nb"), std::string("a\rb"), std::string("a\x1b"), std::string("a\0b", 3), std::string("\x7f")}) {
    TimerJob lines = job();
    lines.command = {"echo", bad};
    const auto refused = systemd_units(lines);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message.find('\n'), std::string::npos);
    EXPECT_FALSE(systemd_run_words(lines));
    lines = job();
    lines.directory = "/srv/" + bad;
    EXPECT_FALSE(systemd_units(lines));
  }
  for (const char* bad : {"/srv/x\nExecStartPre=/bin/evil", "/srv/x\\", "/srv/x "}) {
    TimerJob wrong = job();
    wrong.directory = bad;
    EXPECT_FALSE(systemd_units(wrong)) << bad;
  }
  TimerJob fine = job();
  fine.command = {"echo", "a\tb", "gr\xc3\xbc\xc3\x9f"};
  fine.directory = "/srv/my \\ files/gr\xc3\xbc\xc3\x9f";
  EXPECT_TRUE(systemd_units(fine));
}

}  // namespace
}  // namespace olivine
