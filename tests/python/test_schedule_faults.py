"""olivine run with a plan when something is wrong: a planner that hangs, a ledger that is locked, a kill, an option that says nothing."""

import datetime
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from olivine_cli import state_of, wait_for, write_hours
from test_schemas import check

CLEAN_FROM = "2022-01-01T01:00:00Z"
SLEEP_3_S = "import os, sys, time\nopen(sys.argv[1], 'w').write(str(os.getpid()))\nfor i in range(300): time.sleep(0.01)\nsys.exit(3)\n"


@pytest.fixture
def dirty(tmp_path):
    """50 g/kWh from 01:00 to 02:00, then 500."""
    return write_hours(tmp_path / "dirty.csv", lambda hour: 50 if hour == 1 else 500)


@pytest.fixture
def alternating(tmp_path):
    return write_hours(tmp_path / "alternating.csv", lambda hour: 50 if hour % 2 else 500)


def on_plan(file, *more, speed=3600, start=CLEAN_FROM):
    return ["run", "--intensity", file, "--plan-start", start, "--speed", str(speed), "--min-run", "10min", "--interval", "20ms", *more]


def said(words):
    return " ".join(words.split())


def follower_of(process):
    def found():
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return [int(c) for c in children if b"--follow" in Path(f"/proc/{c}/cmdline").read_bytes()]
    wait_for(found)
    return found()[0]


def paused_work(cli, dirty, tmp_path, *more):
    """3 s of work that ran an hour (a second), is paused since and must go on after 4 h."""
    marker = tmp_path / "work.pid"
    process = cli.popen(*on_plan(dirty, "--finish-within", "5h", "--expect", "2h", "--margin", "0s", "--pause-above", "100g", "--pause-with", "signals", *more), "--",
                        sys.executable, "-c", SLEEP_3_S, str(marker), stderr=subprocess.PIPE, text=True)
    wait_for(lambda: marker.exists() and marker.read_text())
    pid = int(marker.read_text())
    wait_for(lambda: state_of(pid) == "T")
    return process, pid


def test_a_planner_that_hangs_keeps_no_work_from_its_deadline(cli, dirty, tmp_path):
    process, pid = paused_work(cli, dirty, tmp_path)
    follower = follower_of(process)
    os.kill(follower, signal.SIGSTOP)
    wait_for(lambda: state_of(pid) != "T", seconds=8)
    assert state_of(follower) == "T"
    _, words = process.communicate(timeout=30)
    assert process.returncode == 3, words
    assert "the plan is silent past the latest moment to go on; the work goes on without it" in said(words)
    assert "the plan was silent at the end" in said(words)
    assert state_of(follower) in ("gone", "Z")


def test_a_planner_that_hangs_keeps_no_work_from_its_start(cli, dirty, tmp_path):
    started = tmp_path / "started"
    process = cli.popen(*on_plan(write_hours(tmp_path / "later.csv", lambda hour: 50 if hour == 4 else 500), "--start-within", "4h", "--expect", "1h"), "--",
                        "touch", str(started), stderr=subprocess.PIPE, text=True)
    follower = follower_of(process)
    assert "waiting" in process.stderr.readline()
    os.kill(follower, signal.SIGSTOP)
    begun = time.monotonic()
    _, words = process.communicate(timeout=30)
    assert process.returncode == 0 and started.exists()
    assert time.monotonic() - begun < 8
    assert "the plan is silent past the latest start; the work was started without it" in said(words)


def test_a_planner_that_hangs_is_not_waited_for_at_the_end(cli, alternating, tmp_path):
    ended = tmp_path / "ended"
    process = cli.popen(*on_plan(alternating, "--finish-within", "90h", "--expect", "3h", "--margin", "0s", speed=600), "--", "sh", "-c", f"touch {ended}.not; sleep 1; touch {ended}; exit 4",
                        stderr=subprocess.PIPE, text=True)
    wait_for((tmp_path / "ended.not").exists)
    os.kill(follower_of(process), signal.SIGSTOP)
    wait_for(ended.exists)
    begun = time.monotonic()
    _, words = process.communicate(timeout=30)
    assert process.returncode == 4 and "the plan was silent at the end: what it saved is not known" in said(words), words
    assert time.monotonic() - begun < 2.5


def test_a_planner_that_waits_for_a_file_ends_with_us(cli, tmp_path):
    """A FIFO that nobody writes: no plan is ever made."""
    fifo = tmp_path / "fifo.csv"
    os.mkfifo(fifo)
    process = cli.popen(*on_plan(str(fifo), "--start-within", "4h", "--expect", "1h", speed=1), "--", "true", stderr=subprocess.DEVNULL)
    follower = follower_of(process)
    wait_for(lambda: state_of(follower) == "S")
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: state_of(follower) in ("gone", "Z"))


def test_without_any_plan_the_work_starts_in_time(cli, tmp_path):
    fifo = tmp_path / "fifo.csv"
    os.mkfifo(fifo)
    done = cli(*on_plan(str(fifo), "--start-within", "2h", "--expect", "1h"), "--", "sh", "-c", "exit 4")
    assert done.returncode == 4
    assert "the plan is silent past the latest start" in said(done.stderr.decode())


def test_what_is_no_plan_starts_nothing_without_slack(cli, tmp_path):
    """The latest start is now, and the planner needs half a second to refuse the file."""
    fifo, started = tmp_path / "fifo.csv", tmp_path / "started"
    os.mkfifo(fifo)
    process = cli.popen("run", "--intensity", fifo, "--finish-within", "10min", "--expect", "10min", "--margin", "0s", "--", "touch", started, stderr=subprocess.PIPE, text=True)
    time.sleep(0.5)
    fifo.write_text("garbage\n")
    _, words = process.communicate(timeout=30)
    assert process.returncode == 2 and not started.exists(), words
    assert "nothing was started" in said(words)


def test_a_replan_that_waits_longer_is_not_silence(cli, tmp_path):
    """The first step's slots end at 03:05, those of a later one at 03:30, in which the deadline holds."""
    falling = write_hours(tmp_path / "falling.csv", lambda hour: 1000 - hour)
    done = cli(*on_plan(falling, "--start-within", "175min", "--expect", "1h", "--slot", "30min", start="2022-01-01T00:35:00Z"), "--", "true", check=0)
    assert "silent" not in said(done.stderr.decode())
    assert cli.record()["schedule"]["waited_s"] > 2.8  # 175 min; 150 min and a tenth of a second are 2.6 s


def test_a_wait_beyond_all_time_is_a_wait(cli, tmp_path):
    """120 days at a thousandth of the speed are 328 years."""
    started = tmp_path / "started"
    later = write_hours(tmp_path / "later.csv", lambda hour: 50 if hour == 500 else 500)
    process = cli.popen(*on_plan(later, "--start-within", "120d", "--expect", "1h", speed=0.001), "--", "touch", started, stderr=subprocess.PIPE, text=True)
    assert "waiting" in process.stderr.readline()
    time.sleep(1)
    ended = process.poll()
    process.kill()
    _, words = process.communicate(timeout=30)
    assert ended is None and not started.exists(), words


def test_rare_readings_delay_no_pause_and_no_end_of_one(cli, dirty, tmp_path):
    """A pause due after 1 s, which must end after 4 s; the readings are 4 s apart, and the planner hangs."""
    marker = tmp_path / "work.pid"
    words = on_plan(dirty, "--finish-within", "5h", "--expect", "2h", "--margin", "0s", "--pause-above", "100g", "--pause-with", "signals")
    words[words.index("20ms")] = "4s"
    process = cli.popen(*words, "--", sys.executable, "-c", SLEEP_3_S, str(marker), stderr=subprocess.PIPE, text=True)
    wait_for(lambda: marker.exists() and marker.read_text() and state_of(int(marker.read_text())) == "T")
    os.kill(follower_of(process), signal.SIGSTOP)
    process.communicate(timeout=30)
    assert process.returncode == 3
    events = cli.record()["schedule"]["events"]
    assert [event["action"] for event in events] == ["pause", "run"]
    assert events[0]["at_s"] < 2.0 and events[1]["at_s"] < 5.5  # at the readings: 4 s and 8 s


def lock(cli):
    path = next(Path(cli.env["XDG_STATE_HOME"]).rglob("ledger.sqlite"))
    held = sqlite3.connect(path, timeout=10, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    return held


def test_a_locked_ledger_keeps_no_work_from_its_deadline(cli, dirty, tmp_path):
    process, pid = paused_work(cli, dirty, tmp_path)
    held = lock(cli)
    wait_for(lambda: state_of(pid) != "T", seconds=8)
    held.execute("ROLLBACK")
    _, words = process.communicate(timeout=30)
    assert process.returncode == 3, words
    record = cli.record()
    assert [event["action"] for event in record["schedule"]["events"]] == ["pause", "run"]
    assert record["schedule"]["events"][1]["at_s"] < 6.0


def test_a_locked_ledger_delays_an_end_by_2_s_and_is_said(cli):
    cli("run", "-q", "--", "true", check=0)
    process = cli.popen("run", "-q", "--", "sh", "-c", "sleep 1; exit 3", stderr=subprocess.PIPE, text=True)
    time.sleep(0.6)
    held = lock(cli)
    begun = time.monotonic()
    _, words = process.communicate(timeout=60)
    took = time.monotonic() - begun
    held.execute("ROLLBACK")
    assert process.returncode == 3 and took < 5.5, took
    assert "this run's end is not in the ledger" in said(words) and "another process is writing to it" in said(words)


def test_a_short_lock_is_no_trouble(cli):
    cli("run", "-q", "--", "true", check=0)
    process = cli.popen("run", "-q", "--strict", "--interval", "20ms", "--", "sleep", "2", stderr=subprocess.PIPE, text=True)
    time.sleep(0.7)
    held = lock(cli)
    time.sleep(0.8)
    held.execute("ROLLBACK")
    _, words = process.communicate(timeout=60)
    assert process.returncode == 0 and words == ""
    cli("verify", "last", check=0)


def seconds_of(spans):
    at = [[datetime.datetime.fromisoformat(span[key].replace("Z", "+00:00")).timestamp() for key in ("start", "end")] for span in spans]
    return sum(end - start for start, end in at)


def test_work_during_a_checkpoint_is_work(cli, alternating):
    """Each checkpoint takes a third of an hour, while the work runs: what ran is the run without its pauses."""
    cli(*on_plan(alternating, "--finish-within", "40h", "--expect", "5h", "--pause-with", "signals", "--checkpoint-cmd", "sleep 5", "--checkpoint-wait", "300ms", speed=3600), "--",
        sys.executable, "-c", "import time\nfor i in range(350): time.sleep(0.01)", check=0)
    record = cli.record()
    schedule = record["schedule"]
    assert schedule["pauses"] >= 2
    ran_h = record["duration_s"] - schedule["paused_s"]  # an hour is a second
    assert seconds_of(schedule["segments"]) / 3600 == pytest.approx(ran_h, rel=0.03)
    assert schedule["segments"][0]["start"] >= CLEAN_FROM.replace("Z", ".000Z")


def test_the_grams_saved_are_of_the_runs_own_energy(cli, alternating):
    cli(*on_plan(alternating, "--finish-within", "8h", "--expect", "1h", "--margin", "0s", speed=7200, start="2022-01-01T00:00:00Z"), "--", "sleep", "0.45", check=0)
    record = cli.record()
    schedule, energy = record["schedule"], record["energy_j"]["total"]
    if energy["value"] is None:
        assert schedule["figures"]["saved_average_g"]["reason"] == "the energy of the run is not known"
        return
    once = schedule["at_once"]["average_g_per_kwh"]
    ran_j = energy["value"] - schedule["paused_attributed_uj"] * 1e-6
    expected = schedule["saving"]["average"] * once * ran_j / 3.6e6 * seconds_of([schedule["at_once"]]) / seconds_of(schedule["segments"])
    assert schedule["figures"]["saved_average_g"]["value"] == pytest.approx(expected, rel=0.01)
    assert b"energy of the run while it was not paused" in cli("explain", "last", "saved", check=0).stdout


def test_a_run_that_is_killed_keeps_its_plan(cli, alternating, tmp_path):
    marker = tmp_path / "work.pid"
    process = cli.popen(*on_plan(alternating, "--finish-within", "40h", "--expect", "3h"), "--", sys.executable, "-c", SLEEP_3_S, str(marker), stderr=subprocess.DEVNULL)
    wait_for(lambda: marker.exists() and marker.read_text())
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: state_of(int(marker.read_text())) in ("gone", "Z"))
    record = cli.record()
    schedule = record["schedule"]
    assert record["status"] == "interrupted"
    check(record, "run")
    assert schedule["policy"] == "finish within 40h" and "alternating.csv" in schedule["source"]
    assert schedule["plan"][0]["start"] == "2022-01-01T01:00:00.000Z" and schedule["segments"] == []
    assert schedule["planned_saving"]["average"] > 0.5
    assert schedule["figures"]["saving_average"]["reason"] == "the run was cut off"
    assert schedule["pauses"] is None and schedule["paused_s"] is None and schedule["saving"] == {"average": None, "marginal": None}
    cli("verify", "last", check=0)


HANDLER = "import signal, sys, time\nif sys.argv[1] == 'handler': signal.signal(signal.SIGUSR1, lambda *_: print('saved', flush=True))\nif sys.argv[1] == 'ignored': signal.signal(signal.SIGUSR1, signal.SIG_IGN)\nfor i in range(200): time.sleep(0.01)\n"


@pytest.mark.parametrize("how, saved", [("handler", True), ("none", False), ("ignored", False)])
def test_a_checkpoint_signal_is_sent_to_a_handler_only(cli, dirty, how, saved):
    done = cli(*on_plan(dirty, "--finish-within", "5h", "--expect", "2h", "--margin", "0s", "--pause-above", "100g", "--checkpoint-signal", "USR1", "--checkpoint-wait", "100ms"), "--",
               sys.executable, "-c", HANDLER, how, check=0)
    assert (b"saved" in done.stdout) == saved
    assert cli.record()["schedule"]["pauses"] == 1
    warning = "the command had no handler for SIGUSR1 yet: paused without a checkpoint"
    assert said(done.stderr.decode()).count(warning) == (0 if saved else 1), done.stderr


@pytest.mark.parametrize("command, code, message", [("trian.py", 127, "No such file"), ("./trian.py", 127, "No such file"), ("./text", 126, "Permission denied"), ("/tmp", 126, "Permission denied")])
def test_a_command_that_is_not_there_is_not_waited_for(cli, dirty, tmp_path, command, code, message):
    (tmp_path / "text").write_text("no program")
    begun = time.monotonic()
    done = cli(*on_plan(dirty, "--start-within", "10h", "--expect", "1h", speed=60, start="2022-01-01T00:00:00Z"), "--", command)
    assert done.returncode == code and time.monotonic() - begun < 20
    assert done.stderr.decode() == f"olivine: {command}: {message}{' or directory' if code == 127 else ''}\n"
    assert cli("run", "-q", "--", command).returncode == code


@pytest.mark.parametrize("words, option", [
    (["run", "--budget", "", "--", "true"], "--budget"),
    (["run", "--start-within", "", "--expect", "1h", "--", "true"], "--start-within"),
    (["run", "--finish-within", " ", "--expect", "1h", "--", "true"], "--finish-within"),
    (["run", "--zone", "", "--", "true"], "--zone"),
    (["run", "--project", "", "--", "true"], "--project"),
    (["scope", "x", "--quota", "", "--", "true"], "--quota"),
    (["plan", "--duration", "1h", "--deadline", "", "--zones", "FR"], "--deadline"),
    (["plan", "--duration", "1h", "--deadline", "5h", "--zones", ""], "--zones"),
    (["slurm", "submit", "--duration", "1h", "--deadline", "", "--zones", "FR", "job.sh"], "--deadline"),
])
def test_an_option_that_says_nothing_is_refused(cli, words, option):
    done = cli(*words, check=2)
    assert done.stderr.decode().startswith(f"olivine: {option}"), done.stderr


def test_an_empty_name_is_none(cli):
    cli("run", "-q", "--name", "", "--", "true", check=0)  # is no name


def test_the_plans_start_is_named_as_it_was_typed(cli, dirty):
    done = cli("run", "--intensity", dirty, "--plan-start", "yesterday", "--start-within", "2h", "--expect", "1h", "--", "true", check=2)
    assert b"--plan-start" in done.stderr


def test_a_file_to_plan_on_does_not_price_the_run(cli, dirty):
    done = cli(*on_plan(dirty, "--start-within", "1h", "--expect", "1h", speed=7200), "--", "true", check=0)
    assert "olivine grid import FILE --zone ZONE" in said(done.stderr.decode())
