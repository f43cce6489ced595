"""Short-lived processes: thousands a second, each over before any poller could see it."""

import re
import subprocess

import pytest

CHURN = r"""
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static double s(struct timeval t) { return t.tv_sec + 1e-6 * t.tv_usec; }
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + 1e-9 * t.tv_nsec; }
int main(int argc, char** argv) {
  double end = now() + atof(argv[1]);
  long count = 0;
  while (now() < end) {
    pid_t pid = fork();
    if (pid == 0) { volatile unsigned x = 0; for (int i = 0; i < 60000; ++i) x += i; _exit(0); }
    waitpid(pid, NULL, 0);
    ++count;
  }
  struct rusage own, children;
  getrusage(RUSAGE_SELF, &own);
  getrusage(RUSAGE_CHILDREN, &children);
  printf("%ld %.6f\n", count, s(own.ru_utime) + s(own.ru_stime) + s(children.ru_utime) + s(children.ru_stime));
}
"""


@pytest.fixture(scope="module")
def churn(tmp_path_factory):
    directory = tmp_path_factory.mktemp("churn")
    (directory / "churn.c").write_text(CHURN)
    subprocess.run(["gcc", "-O1", directory / "churn.c", "-o", directory / "churn"], check=True)
    return directory / "churn"


@pytest.mark.parametrize("cgroup", ["never", "always"])
def test_cpu_time_of_churn_is_the_runs(cli, churn, cgroup):
    cli.env["OLIVINE_CGROUP"] = cgroup
    done = cli("run", "-q", "--", churn, "2", check=0)
    count, true_s = done.stdout.split()
    explained = cli("explain", "last", "energy", "--ascii").stdout.decode()
    run_s = float(re.search(r"CPU time of run, others, olivine = ([0-9.]+) s", explained).group(1))
    assert int(count) > 500, count
    assert abs(run_s - float(true_s)) <= 0.01 * float(true_s) + 0.005, (run_s, true_s)
    record = cli.record()["energy_j"]
    parts = ("attributed", "others", "self", "idle", "unattributed")
    assert sum(record[p]["value_uj"] for p in parts) == record["measured_node"]["value_uj"]
    cli("verify", check=0)
