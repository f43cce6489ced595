"""Processes that nobody waits for: the kernel reaps them, and no rusage knows their CPU time."""

import ctypes
import json
import platform
import re
import struct
import subprocess

import pytest

# Prints the CPU time that all its processes saw themselves use. Ends of processes (giving memory back) come on top.
SPAWNER = r"""
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static _Atomic long *sum_ns, *ended;
static long cpu_ns(clockid_t c) { struct timespec t; clock_gettime(c, &t); return t.tv_sec * 1000000000L + t.tv_nsec; }
static void burn(long ms) { while (cpu_ns(CLOCK_THREAD_CPUTIME_ID) < ms * 1000000) {} }
static void* burner(void* ms) { burn((long)ms); return NULL; }
static void leave(void) { *sum_ns += cpu_ns(CLOCK_PROCESS_CPUTIME_ID); ++*ended; _exit(0); }
static void nothing(int s) { (void)s; }
static void collect(void) { while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {} }
int main(int argc, char** argv) {
  const char* mode = argv[1];
  int n = atoi(argv[2]);
  (void)argc;
  sum_ns = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ended = sum_ns + 1;
  if (!strcmp(mode, "waits")) signal(SIGCHLD, SIG_DFL);
  else if (!strcmp(mode, "nocldwait")) {
    struct sigaction a = {0};
    a.sa_handler = nothing;
    a.sa_flags = SA_NOCLDWAIT | SA_RESTART;
    sigaction(SIGCHLD, &a, NULL);
  } else if (strcmp(mode, "daemons")) signal(SIGCHLD, SIG_IGN);
  usleep(atoi(argv[3]) * 1000);
  for (int i = 0; i < n; ++i) {
    if (fork() == 0) {
      if (!strcmp(mode, "daemons")) {
        if (fork() != 0) _exit(0);
        setsid();
        burn(10);
      } else if (!strcmp(mode, "threads")) {
        pthread_t t[3];
        for (int k = 0; k < 3; ++k) pthread_create(&t[k], NULL, burner, (void*)(long)(k + 1));
        for (int k = 0; k < 3; ++k) pthread_join(t[k], NULL);
      } else if (!strcmp(mode, "nested")) {
        signal(SIGCHLD, SIG_DFL);
        for (int k = 0; k < 3; ++k) if (fork() == 0) { burn(2); leave(); }
        collect();
      } else burn(3);
      leave();
    }
    collect();
  }
  while (*ended < (!strcmp(mode, "nested") ? 4 * n : n)) usleep(1000);
  printf("%.6f\n", (*sum_ns + cpu_ns(CLOCK_PROCESS_CPUTIME_ID)) * 1e-9);
}
"""


@pytest.fixture(scope="module")
def spawner(tmp_path_factory):
    directory = tmp_path_factory.mktemp("spawner")
    (directory / "spawner.c").write_text(SPAWNER)
    subprocess.run(["gcc", "-O1", "-pthread", directory / "spawner.c", "-o", directory / "spawner"], check=True)
    return directory / "spawner"


def capability(cli, **options):
    report = json.loads(cli("doctor", "--json", check=0, **options).stdout)
    return next(c for c in report["capabilities"] if c["name"] == "task clocks")


def run_s(cli):
    explained = cli("explain", "last", "energy", "--ascii").stdout.decode()
    return float(re.search(r"CPU time of run, others, olivine = ([0-9.]+) s", explained).group(1)), explained


def conserved(record):
    parts = ("attributed", "others", "self", "idle", "unattributed")
    node = record["energy_j"]["measured_node"]["value_uj"]
    return sum(record["energy_j"][p]["value_uj"] for p in parts) == node


@pytest.mark.parametrize(
    "mode, setting",
    [
        ("waits", "always"),
        ("ignores", "always"),
        ("ignores", "auto"),
        ("nocldwait", "always"),
        ("threads", "always"),
        ("threads", "auto"),
        ("nested", "always"),
        ("daemons", "always"),
        ("daemons", "never"),
    ],
)
def test_cpu_time_of_children_is_the_runs(cli, spawner, mode, setting):
    able = capability(cli)
    if setting != "never" and not able["available"]:
        pytest.skip(able["detail"])
    cli.env.update(OLIVINE_CGROUP="never", OLIVINE_TASK_CLOCK=setting)
    # The clocks start beside the run: 20 ms after it with `always`, with `auto` when its parent is seen.
    done = cli("run", "-q", "--", spawner, mode, "200", "600", check=0)
    true_s = float(done.stdout)
    counted_s, explained = run_s(cli)
    assert 0.99 * true_s <= counted_s <= 1.1 * true_s + 0.02, (counted_s, true_s)  # ends of processes come on top
    assert ("process tree and task clocks" in explained) == (setting != "never")
    assert conserved(cli.record())
    cli("verify", check=0)


def test_without_task_clocks_they_are_lost_and_explain_says_how_the_run_was_followed(cli, spawner):
    cli.env.update(OLIVINE_CGROUP="never", OLIVINE_TASK_CLOCK="never")
    done = cli("run", "-q", "--", spawner, "ignores", "100", "0", check=0)
    counted_s, explained = run_s(cli)
    assert counted_s < 0.2 * float(done.stdout)
    assert "process tree, /proc/stat" in explained
    assert not capability(cli)["available"]


def test_auto_leaves_a_run_alone_that_waits_for_its_children(cli, spawner):
    cli.env.update(OLIVINE_CGROUP="never")
    cli("run", "-q", "--", spawner, "waits", "100", "300", check=0)
    assert "process tree, /proc/stat" in run_s(cli)[1]


def deny_perf():
    """A seccomp filter as containers have it: perf_event_open gives EPERM."""
    number = {"x86_64": 298, "aarch64": 241}[platform.machine()]
    code = [(0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)]
    program = b"".join(struct.pack("HBBI", *line) for line in code)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(code), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, ctypes.create_string_buffer(header, len(header)), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="no system call number known")
def test_where_they_are_not_permitted(cli, spawner):
    able = capability(cli, preexec_fn=deny_perf)
    assert not able["available"] and "not permitted" in able["detail"] and "perf_event_paranoid" in able["fix"]
    cli.env.update(OLIVINE_CGROUP="never")
    arguments = ("--", spawner, "ignores", "50", "300")
    done = cli("run", *arguments, check=0, preexec_fn=deny_perf)
    assert b"task clocks" not in done.stderr, done.stderr  # nobody asked for them
    assert "process tree (perf task clocks: Operation not permitted)" in " ".join(run_s(cli)[1].split())
    cli("verify", check=0)
    cli.env.update(OLIVINE_TASK_CLOCK="always")
    done = cli("run", *arguments, check=0, preexec_fn=deny_perf)
    assert b"task clocks" in done.stderr, done.stderr
    cli("verify", check=0)
    assert cli("run", "--strict", *arguments, preexec_fn=deny_perf).returncode == 125
