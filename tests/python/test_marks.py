"""Epochs and marks of a measured program: what it says is kept, and whatever it says does not change how it runs."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
from olivine_cli import BIN, ROOT

PYTHON = ROOT / "python"
PIPES = ["/run/user/%d" % os.geteuid(), "/dev/shm", "/tmp"]

LOOP = """
import sys, time
sys.path.insert(0, {module!r})
from olivine import epoch, mark
def work(s):
    end = time.monotonic() + s
    while time.monotonic() < end: pass
work(0.15)
for n in range(4):
    with epoch(n, of=9):
        work(0.2)
    mark("check point %d" % n)
print("done")
""".format(module=str(PYTHON))


def script(text):
    return [sys.executable, "-c", text]


def pipes():
    return {str(p) for d in PIPES if os.path.isdir(d) for p in pathlib.Path(d).glob("olivine-marks-*")}


def test_epochs_are_in_the_record_and_add_up(cli):
    before = pipes()
    record = cli.run(*script(LOOP))
    epochs = record["epochs"]
    assert [e["number"] for e in epochs] == [0, 1, 2, 3]
    assert all(e["of"] == 9 and e["ended_by"] == "end" for e in epochs)
    assert all(0.15 < e["end_s"] - e["begin_s"] < 2 for e in epochs)
    assert all(0 < e["energy_j"]["lower"] < e["energy_j"]["value"] < e["energy_j"]["upper"] for e in epochs)
    outside = record["outside_epochs_j"]
    parts = sum(e["energy_j"]["value"] for e in epochs) + sum(outside[k]["value"] for k in ("before", "between", "after"))
    assert parts == pytest.approx(record["energy_j"]["total"]["value"], rel=1e-9)
    assert outside["before"]["value"] > 0
    assert [m["name"] for m in record["marks"]] == ["check point %d" % n for n in range(4)]
    assert "mark_notes" not in record
    cli("verify", check=0)
    assert "epochs    4 of 9, each" in cli("show", check=0).stdout.decode()
    assert pipes() <= before, "the pipe is left over"


def test_without_olivine_nothing_happens():
    assert subprocess.run(script(LOOP), capture_output=True, check=True).stdout == b"done\n"


def test_a_run_without_marks_has_no_epochs(cli):
    record = cli.run("true")
    assert "epochs" not in record and "marks" not in record


def test_a_shell_script_marks(cli):
    text = f"for i in 1 2; do {BIN} mark epoch $i/2; sleep 0.1; done; {BIN} mark epoch end; {BIN} mark 'all done'"
    record = cli.run("sh", "-c", text)
    assert [(e["number"], e["of"], e["ended_by"]) for e in record["epochs"]] == [(1, 2, "next"), (2, 2, "end")]
    assert [m["name"] for m in record["marks"]] == ["all done"]


def test_mark_alone_does_nothing_and_refuses_nonsense(cli):
    assert cli("mark", "epoch", "3", check=0).stderr == b""
    for words, said in [(["epoch", "three"], b"type 3, 3/90 or end"), (["checkpoint", "3"], b"only an epoch has a number"),
                        (["x" * 101], b"1 to 100 bytes"), (["epoch", "-1"], b""), ([], b"NAME is required")]:
        done = cli("mark", *words)
        assert done.returncode == 2 and said in done.stderr and done.stderr.count(b"\n") == 1, (words, done.stderr)


def test_the_work_does_not_see_it(cli):
    assert cli("run", "-q", "--", "env", check=0).stdout.count(b"OLIVINE") == 0
    fds = script("import os; print(sorted(int(f) for f in os.listdir('/proc/self/fd')))")
    alone = subprocess.run(fds, capture_output=True, env=cli.env, cwd=cli.directory, stdin=subprocess.DEVNULL).stdout
    assert cli("run", "-q", "--", *fds, stdin=subprocess.DEVNULL).stdout == alone


def test_marks_can_be_turned_off(cli):
    cli.env["OLIVINE_MARKS"] = "false"
    assert "epochs" not in cli.run(*script(LOOP))


def test_grandchildren_and_daemons_mark_too(cli):
    inner = "import sys; sys.path.insert(0, %r); from olivine import mark; mark('%s')"
    text = f"""
import os, subprocess, sys, time
subprocess.run([sys.executable, "-c", {inner % (str(PYTHON), "grandchild")!r}], start_new_session=True, env={{}})
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(0.2)
        exec({inner % (str(PYTHON), "daemon")!r})
    os._exit(0)
time.sleep(0.6)
"""
    assert [m["name"] for m in cli.run(*script(text))["marks"]] == ["grandchild", "daemon"]


FLOOD = """
import os, glob, sys
sys.path.insert(0, {module!r})
import olivine
olivine.mark("first")
fd = os.open(olivine._found[1], os.O_RDWR | os.O_NONBLOCK)
lines = [os.urandom(300) + b"\\n", b"\\n" * 4000, b"begin 0 epoch n=1 n=x\\n", b"mark 9223372036854775807 \\x1b[31m\\n", b"x" * 4000]
lost = 0
for i in range(200_000):
    try:
        os.write(fd, lines[i % len(lines)])
    except BlockingIOError:
        lost += 1
    if i % 10 == 0: olivine.mark("step")
print("lived")
"""


def test_floods_and_garbage_are_bounded_and_said(cli):
    begin = time.monotonic()
    done = cli("run", "-q", "--", *script(FLOOD.format(module=str(PYTHON))), check=0)
    assert done.stdout == b"lived\n" and time.monotonic() - begin < 60
    record = cli.record()
    assert len(record["marks"]) <= 10_000 and record["marks"][0]["name"] == "first"
    assert any("were no marks" in note for note in record["mark_notes"])
    assert any("faster than they could be read" in note for note in record["mark_notes"])
    cli("verify", check=0)


def test_a_killed_olivine_leaves_the_work_alone(cli):
    text = LOOP.replace('print("done")', 'print("done", flush=True)')
    run = cli.popen("run", "-q", "--", *script(text), stdout=subprocess.PIPE)
    time.sleep(0.9)
    run.send_signal(signal.SIGKILL)
    out, _ = run.communicate(timeout=30)
    assert out == b"done\n"  # the work went on and marked into nothing
    record = cli.record()
    assert record["status"] == "interrupted" and record["epochs"]
    assert not any(p.endswith(f"-{run.pid}") for p in pipes()), "the dead one's pipe is taken away with its run"


def test_epochs_of_a_run_that_goes_on_are_there(cli):
    run = cli.popen("run", "-q", "--", *script(LOOP.replace("work(0.2)", "work(0.7)")), stdout=subprocess.DEVNULL)
    try:
        time.sleep(2.2)
        record = json.loads(cli("show", "last", "--json").stdout)
        assert record["status"] == "running"
        assert record["epochs"][0]["ended_by"] == "end" and record["epochs"][-1]["ended_by"] in ("open", "end")
    finally:
        assert run.wait(timeout=30) == 0


def test_a_call_takes_microseconds(cli):
    text = f"""
import sys, time
sys.path.insert(0, {str(PYTHON)!r})
from olivine import mark
mark("warm")
best = 1e9
for _ in range(50):
    begin = time.perf_counter()
    for _ in range(20): mark("step")
    best = min(best, (time.perf_counter() - begin) / 20)
print(best * 1e6)
"""
    alone = float(subprocess.run(script(text), capture_output=True, check=True).stdout)
    measured = float(cli("run", "-q", "--", *script(text), check=0).stdout)
    assert alone < 5 and measured < 20, (alone, measured)
