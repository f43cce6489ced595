"""Scopes: parts of a program have a bill of their own, across threads, tasks and processes, and the bills add up."""

import os
import signal
import subprocess
import sys

import pytest
from olivine_cli import BIN, ROOT

PYTHON = ROOT / "python"
PREAMBLE = f"""
import asyncio, os, subprocess, sys, threading, time
sys.path.insert(0, {str(PYTHON)!r})
import olivine
def work(s):
    end = time.monotonic() + s
    while time.monotonic() < end: pass
"""


def script(text):
    return [sys.executable, "-c", PREAMBLE + text]


def rows_of(record):
    scopes = record["scopes"]
    own = sum(r["own_j"]["value"] for r in scopes["rows"]) + scopes["outside_j"]["value"]
    assert own == pytest.approx(record["energy_j"]["total"]["value"], rel=1e-9)
    return {r["path"]: r for r in scopes["rows"]}


def test_nested_threads_tasks_and_what_failed(cli):
    record = cli.run(*script("""
work(0.2)
with olivine.scope("serve"):
    for _ in range(3):
        with olivine.scope("decode"): work(0.15)
    try:
        with olivine.scope("decode"): raise ValueError
    except ValueError: pass
    here = olivine.traceparent()
def beside():
    with olivine.scope("thread", parent=here): work(0.2)
t = threading.Thread(target=beside); t.start(); t.join()
@olivine.scope("task")
async def task():
    await asyncio.sleep(0.05); work(0.05); return 7
async def both(): return await asyncio.gather(task(), task())
assert asyncio.run(both()) == [7, 7]
@olivine.scope("call")
def call(x): return x + 1
assert call(1) == 2
"""))
    rows = rows_of(record)
    assert {path: (r["count"], r["failed"]) for path, r in rows.items()} == {
        "serve": (1, 0), "serve/decode": (4, 1), "serve/thread": (1, 0), "task": (2, 0), "call": (1, 0)}
    assert all(r["never_ended"] == 0 for r in rows.values())
    within = sum(rows[p]["own_j"]["value"] for p in ("serve", "serve/decode", "serve/thread"))
    assert rows["serve"]["whole_j"]["value"] == pytest.approx(within, rel=1e-9)
    assert rows["serve/decode"]["own_j"]["value"] > rows["call"]["own_j"]["value"]
    assert record["scopes"]["outside_j"]["value"] > 0
    shown = cli("show", check=0).stdout.decode()
    assert "serve/decode" in shown and "outside of scopes" in shown
    cli("verify", check=0)


def test_a_command_and_its_children_are_one_trace(cli):
    inner = PREAMBLE + "\nwith olivine.scope('inner'): work(0.15)\n"
    record = cli.run("sh", "-c", f'{BIN} scope outer -- {sys.executable} -c "$0"', inner)
    rows = rows_of(record)
    assert set(rows) == {"outer", "outer/inner"}
    assert [t["scopes"] for t in record["scopes"]["traces"]] == [2]


def test_two_scopes_side_by_side_share_by_cpu_time(cli):
    """One computes, the other sleeps: the CPU time that they say decides, not the time that they are open."""
    record = cli.run(*script("""
def busy():
    with olivine.scope("busy"): work(0.8)
def lazy():
    with olivine.scope("lazy"): time.sleep(0.8)
threads = [threading.Thread(target=f) for f in (busy, lazy)]
for t in threads: t.start()
for t in threads: t.join()
"""))
    rows = rows_of(record)
    assert rows["busy"]["own_j"]["value"] > 5 * rows["lazy"]["own_j"]["value"]


def test_a_killed_part_is_said_to_have_no_end(cli):
    record = cli.run(*script("""
p = subprocess.Popen([sys.executable, "-c", "import sys, os; sys.path.insert(0, %r); import olivine; olivine.scope('lost').__enter__(); os.kill(os.getpid(), 9)"])
p.wait()
with olivine.scope("kept"): work(0.1)
""" % str(PYTHON)))
    assert rows_of(record)["lost"]["never_ended"] == 1


def parts(record):
    """Each row's own part of the run, and what is outside of scopes."""
    rows, total = rows_of(record), record["energy_j"]["total"]["value"]
    return {p: r["own_j"]["value"] / total for p, r in rows.items()}, record["scopes"]["outside_j"]["value"] / total


def test_who_waits_for_a_process_or_a_librarys_threads_is_billed_for_them(cli):
    own, outside = parts(cli.run(*script("""
import hashlib
with olivine.scope("compile"):
    subprocess.run([sys.executable, "-c", "import time\\nt = time.time()\\nwhile time.time() - t < 0.6: pass"], env=olivine.environment())
with olivine.scope("epoch"):
    with olivine.scope("data"): time.sleep(0.05)
    with olivine.scope("step"):
        data = b"x" * (1 << 22)
        def hash_it():
            end = time.monotonic() + 0.6
            while time.monotonic() < end: hashlib.sha256(data).digest()   # without the interpreter's lock, as a BLAS
        threads = [threading.Thread(target=hash_it) for _ in range(2)]
        for t in threads: t.start()
        for t in threads: t.join()
""")))
    assert own["compile"] > 0.2 and own["epoch/step"] > 0.3, (own, outside)
    assert own["compile"] + own["epoch/step"] > 0.8 and own["epoch"] < 0.02, (own, outside)


def test_an_outer_scope_is_not_billed_for_a_grandchild(cli):
    """A > B > C, tasks; B ends first. And with an inner scope whose parent is elsewhere, on one thread."""
    own, outside = parts(cli.run(*script("""
async def c():
    async with olivine.scope("C"):
        for _ in range(12): work(0.05); await asyncio.sleep(0)
async def main():
    async with olivine.scope("B"):
        t = asyncio.create_task(c()); await asyncio.sleep(0)
    await t
with olivine.scope("A"): asyncio.run(main())
with olivine.scope("server"):
    with olivine.scope("answer", parent="00-" + "a" * 32 + "-" + "1" * 16 + "-01"): work(0.6)
""")))
    assert own["A/B/C"] > 0.3 and own["A"] < 0.15, (own, outside)
    assert own["answer"] > 0.3 and own["server"] < 0.02, (own, outside)


def test_a_thread_that_computes_beside_a_sleeping_scope_within_it(cli):
    own, outside = parts(cli.run(*script("""
def sleep(parent):
    with olivine.scope("prefetch", parent=parent): time.sleep(0.7)
with olivine.scope("train"):
    t = threading.Thread(target=sleep, args=(olivine.traceparent(),)); t.start(); work(0.7); t.join()
""")))
    assert own["train"] > 0.5 and own["train"] > 20 * own["train/prefetch"], (own, outside)


def test_a_killed_try_is_billed_until_it_was_seen_to_be_dead(cli):
    record = cli.run(*script("""
import pathlib
inner = "import sys; sys.path.insert(0, %r); import olivine, time\\nwith olivine.scope('try'):\\n while True: pass"
p = subprocess.Popen([sys.executable, "-c", inner], env=olivine.environment())
time.sleep(0.4); p.kill()
time.sleep(0.7); p.wait()
with olivine.scope("report"): work(1.0)
""" % str(PYTHON)))
    rows = rows_of(record)
    assert rows["try"]["never_ended"] == 1
    assert 0.2 < rows["try"]["open_s"] < 1.1, rows["try"]  # half a second after the kill, though nobody had waited for it
    assert rows["report"]["own_j"]["value"] > rows["try"]["own_j"]["value"]


def test_a_thousand_short_scopes_have_a_narrow_range_together(cli):
    record = cli.run(*script("""
for i in range(1000):
    with olivine.scope("tiny"):
        end = time.thread_time() + 0.001
        while time.thread_time() < end: pass
"""))
    tiny, total = rows_of(record)["tiny"]["own_j"], record["energy_j"]["total"]
    assert 0 <= tiny["lower"] <= tiny["value"] <= tiny["upper"] <= total["upper"] * (1 + 1e-9)
    common = (total["upper"] - total["value"]) / total["value"]  # what is common to the run: its model
    assert tiny["upper"] - tiny["value"] < (common + 0.2) * tiny["value"], (tiny, total)


def test_a_request_is_found_in_two_runs(cli):
    """A service under an olivine run of its own: the header carries the trace."""
    context = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    record = cli.run(*script(f"""
with olivine.scope("answer", parent={context!r}):
    work(0.1)
    assert olivine.headers()["traceparent"].startswith("00-4bf92f3577b34da6a3ce929d0e0e4736-")
    assert olivine.environment()["TRACEPARENT"] == olivine.traceparent()
"""))
    assert [t["trace_id"] for t in record["scopes"]["traces"]] == ["4bf92f3577b34da6a3ce929d0e0e4736"]
    assert list(rows_of(record)) == ["answer"]


@pytest.mark.parametrize("bad", ["", "00-0-0-0", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                 "00-00000000000000000000000000000000-00f067aa0ba902b7-01", None, 7])
def test_without_olivine_and_with_nonsense_nothing_breaks(bad):
    text = PREAMBLE + f"""
with olivine.scope("a", parent={bad!r}):
    assert len(olivine.traceparent()) == 55
assert olivine.traceparent() is None and olivine.headers() == {{}}
"""
    subprocess.run([sys.executable, "-c", text], check=True, env={k: v for k, v in os.environ.items() if k != "TRACEPARENT"})


MALFORMED = ["", "garbage", "00-" + "A" * 32 + "-" + "1" * 16 + "-01", "00-" + "0" * 32 + "-" + "1" * 16 + "-01", "ff-" + "a" * 32 + "-" + "1" * 16 + "-01",
             "00-" + "a" * 32 + "-" + "1" * 16 + "-01, 00-" + "b" * 32 + "-" + "1" * 16 + "-01"]


def test_a_malformed_header_is_as_if_it_were_absent(cli):
    """W3C trace context: what a client sends as a header does not take its work out of the service's bill."""
    record = cli.run(*script(f"""
with olivine.scope("server"):
    for bad in {MALFORMED!r}:
        with olivine.scope("answer", parent=bad): pass
    context = olivine.traceparent()
os.environ["TRACEPARENT"] = context
with olivine.scope("child", parent="garbage"): pass
"""))
    rows = rows_of(record)
    assert {p: r["count"] for p, r in rows.items()} == {"server": 1, "server/answer": len(MALFORMED), "server/child": 1}
    assert record["scopes"]["traces_in_all"] == 1


def test_a_malformed_traceparent_of_a_command_is_as_if_it_were_absent(cli):
    text = "".join(f'TRACEPARENT="{bad}" {BIN} scope a -- {BIN} scope b -- true; ' for bad in MALFORMED)
    record = cli.run("sh", "-c", text)
    assert {p: (r["count"], r["failed"]) for p, r in rows_of(record).items()} == {"a": (len(MALFORMED), 0), "a/b": (len(MALFORMED), 0)}
    assert record["scopes"]["traces_in_all"] == len(MALFORMED)


@pytest.mark.parametrize("child", ["sys.exit(0)", "raise ValueError", "os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_a_forked_child_does_not_end_its_parents_scope(cli, child):
    record = cli.run(*script(f"""
sys.stderr = open(os.devnull, "w")
with olivine.epoch(1), olivine.scope("x"):
    pid = os.fork()
    if pid == 0:
        with olivine.scope("in"): pass
        {child}
    os.waitpid(pid, 0)
    work(0.5)
"""))
    rows = rows_of(record)
    assert {p: (r["count"], r["failed"], r["never_ended"]) for p, r in rows.items()} == {"x": (1, 0, 0), "x/in": (1, 0, 0)}
    assert rows["x"]["open_s"] > 0.5
    assert "mark_notes" not in record, record["mark_notes"]
    assert [e["ended_by"] for e in record["epochs"]] == ["end"] and record["epochs"][0]["end_s"] - record["epochs"][0]["begin_s"] > 0.5


def test_a_pipe_that_a_killed_olivine_left_is_passed_over(cli):
    """Its number is now that of an ancestor which is no olivine: the marks go to the olivine above."""
    record = cli.run(*script(f"""
left = f"/dev/shm/olivine-marks-{{os.stat('/proc/self/ns/pid').st_ino}}-{{os.getpid()}}"
os.mkfifo(left, 0o600)
try:
    pid = os.fork()
    if pid == 0:
        with olivine.scope("child"): work(0.1)
        os._exit(0)
    os.waitpid(pid, 0)
    subprocess.run([{str(BIN)!r}, "scope", "command", "--", "true"], check=True)
finally:
    os.unlink(left)
"""))
    assert {"child", "command"} <= rows_of(record).keys()


def test_a_pool_of_forked_workers_is_within(cli):
    record = cli.run(*script("""
import multiprocessing
@olivine.scope("step")
def step(n): return n + 1
with olivine.scope("job"):
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(step, range(6)) == list(range(1, 7))
    worker = multiprocessing.get_context("fork").Process(target=step, args=(1,)); worker.start(); worker.join()
    work(0.2)
"""))
    rows = rows_of(record)
    assert {p: (r["count"], r["failed"], r["never_ended"]) for p, r in rows.items()} == {"job": (1, 0, 0), "job/step": (7, 0, 0)}


@pytest.mark.parametrize("command, code", [(["sh", "-c", "exit 7"], 7), (["/no/such"], 127), (["/etc/passwd"], 126)])
def test_scope_passes_exit_codes(command, code):
    done = subprocess.run([BIN, "scope", "x", "--", *command], capture_output=True, check=False)
    assert done.returncode == code
    assert b"" == done.stdout


def test_scope_passes_signals_and_streams(tmp_path):
    done = subprocess.run([BIN, "scope", "x", "--", "cat"], input=b"through\n", capture_output=True, check=False)
    assert done.stdout == b"through\n" and done.returncode == 0
    running = subprocess.Popen([BIN, "scope", "x", "--", sys.executable, "-c",
                                "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(9)); print('up', flush=True); time.sleep(30)"],
                               stdout=subprocess.PIPE)
    assert running.stdout.readline() == b"up\n"
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=10) == 9
    died = subprocess.run([BIN, "scope", "x", "--", "sh", "-c", "kill -9 $$"], check=False)
    assert died.returncode == -signal.SIGKILL


@pytest.mark.parametrize("arguments, words", [(["scope"], b"NAME is required"), (["scope", "x"], b"scope needs a command after --"),
                                              (["scope", "n" * 101, "--", "true"], b"a name has 1 to 100 bytes")])
def test_scope_says_what_is_missing(arguments, words):
    done = subprocess.run([BIN, *arguments], capture_output=True, check=False)
    assert done.returncode == 2 and words in done.stderr and done.stderr.count(b"\n") == 1, done.stderr


def test_one_object_for_many_tasks_and_threads(cli):
    record = cli.run(*script("""
shared = olivine.scope("shared")
async def task(s):
    async with shared:
        await asyncio.sleep(s)
        with olivine.scope("in"): pass
async def all_of_them(): await asyncio.gather(task(0.05), task(0.02), task(0.08))
asyncio.run(all_of_them())
def thread():
    with shared: work(0.05)
threads = [threading.Thread(target=thread) for _ in range(3)]
for t in threads: t.start()
for t in threads: t.join()
assert olivine.traceparent() is None
"""))
    rows = rows_of(record)
    assert {p: (r["count"], r["never_ended"]) for p, r in rows.items()} == {"shared": (6, 0), "shared/in": (3, 0)}
