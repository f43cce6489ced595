"""Carbon-aware start, pauses and their guardians: real processes, an intensity that alternates by the hour, an hour in 30 ms."""

import datetime
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from olivine_cli import state_of, wait_for, write_hours

START = "2022-01-01T00:00:00Z"
WORK = "import hashlib, sys\nstate = b'x'\nfor i in range(int(sys.argv[1])):\n    state = hashlib.sha256(state).digest()\nprint(state.hex())\n"


@pytest.fixture
def hours(tmp_path):
    """500, 50, 500, 50 ... g/kWh."""
    return write_hours(tmp_path / "hours.csv", lambda hour: 50 if hour % 2 else 500)


def expected_output(rounds):
    state = b"x"
    for _ in range(rounds):
        state = hashlib.sha256(state).digest()
    return state.hex()


@pytest.fixture
def olivine(cli):
    def run(*words):
        done = cli(*words)
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def dirty_for_long(tmp_path):
    path = tmp_path / "long.csv"
    write_hours(path, lambda hour: 50 if hour < 2 else 500)
    return str(path)


def said(words):
    """Wrapped lines as one."""
    return " ".join(words.split())


def arguments(hours, *more, speed=120000, start=START):
    return ["--intensity", hours, "--plan-start", start, "--speed", str(speed), "--min-run", "10min", "--interval", "5ms", *more]


@pytest.mark.parametrize("executor", ["signals", "freezer"])
def test_a_hundred_pauses_change_nothing(olivine, hours, executor):
    rounds = 24_000_000
    run = olivine("run", *arguments(hours, "--finish-within", "950h", "--expect", "420h", "--pause-with", executor), "--json", "--",
                  sys.executable, "-c", WORK, str(rounds))
    if executor == "freezer" and "no cgroup can be made" in run.stderr:
        pytest.skip("no cgroup can be made that freezes")
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == expected_output(rounds)
    record = json.loads(run.stderr[run.stderr.index("{"):])
    schedule = record["schedule"]
    assert schedule["executor"].startswith(executor)
    assert schedule["pauses"] >= 100
    pauses = [e for e in schedule["events"] if e["action"] == "pause"]
    assert len(pauses) == schedule["pauses"] and schedule["paused_s"] > 0
    # Frozen work draws nothing of its own: next to what it drew while it ran.
    assert schedule["paused_attributed_uj"] < 0.1 * record["energy_j"]["attributed"]["value_uj"]
    assert schedule["saving"]["marginal"] is None
    if record["duration_s"] < 25:  # on a busy machine it outlasts the forty days of the file
        assert schedule["saving"]["average"] > 0.1


def test_the_best_start_is_waited_for(olivine, hours):
    run = olivine("run", *arguments(hours, "--start-within", "5h", "--expect", "1h", speed=7200), "--json", "--", "echo", "hello")
    assert run.returncode == 0 and run.stdout == "hello\n"
    schedule = json.loads(run.stderr[run.stderr.index("{"):])["schedule"]
    assert schedule["waited_s"] == pytest.approx(0.5, abs=0.3)
    assert schedule["planned_saving"]["average"] == pytest.approx(0.9)
    assert schedule["executor"] is None and schedule["pauses"] == 0
    means = re.search(r"waiting: (\d+) g/kWh if it ran now, 50 g/kWh from 01:00 UTC on", run.stderr)
    assert means and 400 <= int(means[1]) <= 500, run.stderr
    assert olivine("verify").returncode == 0


@pytest.mark.parametrize("words", [["--start-within", "24h"], ["--finish-within", "24h", "--margin", "0s"], ["--finish-within", "30h"]])
def test_the_saving_is_planned_as_far_as_the_data_go(olivine, tmp_path, words):
    """A day of data: a start within 24 h may end in the 25th, of which nothing is known."""
    day = tmp_path / "day.csv"
    write_hours(day, lambda hour: 50 if hour == 1 else 500)
    day.write_text("".join(day.read_text().splitlines(keepends=True)[:25]))
    run = olivine("run", *arguments(str(day), *words, "--expect", "1h", speed=36000), "--json", "--", "true")
    assert run.returncode == 0, run.stderr
    schedule = json.loads(run.stderr[run.stderr.index("{"):])["schedule"]
    assert schedule["planned_saving"]["average"] == pytest.approx(0.9)


def start_and_pause(cli, hours, tmp_path, executor, **how):
    """A run that is paused for good (the next clean hour is far), its work's pid and where its output goes."""
    marker = tmp_path / "work.pid"
    script = f"import os, time\nopen({str(marker)!r}, 'w').write(str(os.getpid()))\nfor i in range(300):\n    time.sleep(0.01)\nopen({str(tmp_path / 'done')!r}, 'w').write('x')\n"
    process = cli.popen(
        "run", *arguments(hours, "--finish-within", "100h", "--expect", "2h", "--pause-with", executor, speed=3600, start="2022-01-01T01:00:00Z"),
         "--pause-above", "100g", "--", sys.executable, "-c", script,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **how)
    return process, marker


def test_kill_9_of_olivine_leaves_the_work_running(cli, dirty_for_long, tmp_path):
    for executor, group in [("signals", True), ("signals", False), ("auto", True)]:
        # As an interactive shell starts it: in a group of its own, whose only link to the session is olivine.
        process, marker = start_and_pause(cli, dirty_for_long, tmp_path, executor, preexec_fn=os.setpgrp if group else None)
        wait_for(lambda: marker.exists() and marker.read_text())
        pid = int(marker.read_text())
        stopped = (lambda: state_of(pid) == "T") if executor == "signals" else (lambda: not (tmp_path / "done").exists() and time.sleep(1.5) is None)
        wait_for(stopped)
        assert not (tmp_path / "done").exists()
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_for(lambda: (tmp_path / "done").exists())
        wait_for(lambda: state_of(pid) in ("gone", "Z"))
        marker.unlink()
        (tmp_path / "done").unlink()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_paused_run_can_be_ended(cli, dirty_for_long, tmp_path, number):
    process, marker = start_and_pause(cli, dirty_for_long, tmp_path, "signals", preexec_fn=os.setpgrp)
    wait_for(lambda: marker.exists() and marker.read_text())
    pid = int(marker.read_text())
    wait_for(lambda: state_of(pid) == "T")
    os.killpg(process.pid, number)
    _, words = process.communicate(timeout=20)
    assert process.returncode == -number, words
    assert "a signal asked the work to end while it was paused" in said(words)
    wait_for(lambda: state_of(pid) == "gone")


def test_without_a_plan_the_work_goes_on(cli, dirty_for_long, tmp_path):
    process, marker = start_and_pause(cli, dirty_for_long, tmp_path, "signals")
    wait_for(lambda: marker.exists() and marker.read_text())
    pid = int(marker.read_text())
    wait_for(lambda: state_of(pid) == "T")
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    follower = [c for c in children if b"--follow" in Path(f"/proc/{c}/cmdline").read_bytes()]
    os.kill(int(follower[0]), signal.SIGKILL)
    _, words = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "the plan ended unexpectedly; the work goes on" in said(words)


@pytest.mark.parametrize("session", [True, False])
def test_a_killed_guardian_lets_the_work_go_on(cli, dirty_for_long, tmp_path, session):
    """Also in a session of its own, where the group is orphaned from the start: nobody gets a SIGHUP."""
    process, marker = start_and_pause(cli, dirty_for_long, tmp_path, "signals", start_new_session=session)
    wait_for(lambda: marker.exists() and marker.read_text())
    pid = int(marker.read_text())
    wait_for(lambda: state_of(pid) == "T")
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    guardian = [c for c in children if Path(f"/proc/{c}/comm").read_text() == "olivine-guard\n"]
    os.kill(int(guardian[0]), signal.SIGKILL)
    wait_for(lambda: (tmp_path / "done").exists())
    _, words = process.communicate(timeout=20)
    assert process.returncode == 0, words
    assert "the guardian of paused work was killed" in said(words)


def test_a_checkpoint_is_written_before_a_pause(olivine, hours, tmp_path):
    log = tmp_path / "log"
    run = olivine("run", *arguments(hours, "--finish-within", "40h", "--expect", "4h", speed=7200, start="2022-01-01T01:00:00Z"),
                  "--checkpoint-cmd", f"echo saved $OLIVINE_PID >> {log}", "--json", "--", "sh", "-c", "echo $$; sleep 1.5")
    assert run.returncode == 0, run.stderr
    schedule = json.loads(run.stderr[run.stderr.index("{"):])["schedule"]
    assert schedule["pauses"] >= 1
    assert log.read_text().splitlines()[0] == f"saved {run.stdout.strip()}"


@pytest.mark.parametrize("command, warning", [
    ("exit 3", "the checkpoint command ended with exit code 3"), ("kill -9 $$", "the checkpoint command was ended by signal 9"), ("true", None)])
def test_a_failed_checkpoint_is_told_once(olivine, hours, command, warning):
    run = olivine("run", *arguments(hours, "--finish-within", "40h", "--expect", "4h", speed=14400, start="2022-01-01T01:00:00Z"),
                  "--checkpoint-cmd", command, "--", "sleep", "0.8")
    assert run.returncode == 0, run.stderr
    record = json.loads(olivine("show", "last", "--json").stdout)
    assert record["schedule"]["pauses"] >= 1
    for text in (said(run.stderr), said(olivine("show", "last").stdout)):
        assert text.count("the checkpoint command") == (1 if warning else 0) and (warning or "") in text, text


def test_the_time_of_earlier_runs_is_what_is_expected(olivine, hours):
    assert olivine("run", "-q", "--name", "bert", "--", "sleep", "0.3").returncode == 0
    run = olivine("run", *arguments(hours, "--start-within", "1h"), "--name", "bert", "--", "true")
    assert run.returncode == 0
    assert "expected, as the longest of 1 earlier run named bert" in run.stderr


def test_earlier_runs_say_what_is_kept_free_before_the_deadline(olivine, hours):
    for length in ("0.1", "0.4"):
        assert olivine("run", "-q", "--name", "m", "--", "sleep", length).returncode == 0
    words = arguments(hours, "--finish-within", "1h", "--name", "m", speed=1)
    run = olivine("run", *words, "--", "true")
    assert run.returncode == 0
    told = re.search(r"olivine: (.+) kept free at the end: 1 in 2 takes over (\S+) x \(1 past run\)", run.stderr)
    assert told and 1.5 < float(told[2]) < 5, run.stderr
    assert "kept free" not in olivine("run", *words, "--margin", "1s", "--", "true").stderr
    # They took far less than is expected now: a twentieth it is.
    assert "kept free" not in olivine("run", *words, "--expect", "30min", "--", "true").stderr


@pytest.mark.parametrize("words, of", [(["--zone", "FR"], "FR"), (["--intensity", "HOURS", "--plan-start", START], "HOURS")])
def test_what_is_not_known_is_not_waited_for_but_told(olivine, hours, words, of):
    """No table has a marginal intensity of FR, and the file's is average."""
    words, of = [w.replace("HOURS", hours) for w in words], of.replace("HOURS", hours)
    run = olivine("run", "--start-within", "2h", "--expect", "1h", "--objective", "marginal", *words, "--", "sh", "-c", "echo started >&2")
    assert run.returncode == 0, run.stderr
    warning = f"no marginal intensity of {of} is known for now: started at once"
    assert run.stderr.splitlines()[:2] == [f"olivine: {warning}", "started"]
    assert warning in said(olivine("show", "last").stdout)
    run = olivine("run", "--start-within", "2h", "--expect", "1h", *[w for w in words if w not in ("--plan-start", START)], "--plan-start", START, "--speed", "720000", "--", "true")
    assert "is known for now" not in said(run.stderr)


@pytest.mark.parametrize("words, message", [
    (["--start-within", "5h", "--zone", "FR"], "how long will it take? --expect 3h says it"),
    (["--start-within", "5h", "--expect", "1h"], "needs to know where: --zone"),
    (["--finish-within", "1h", "--expect", "2h", "--zone", "FR"], "the work is expected to take 2 h 00 min"),
    (["--start-within", "soon", "--expect", "2h", "--zone", "FR"], "--start-within"),
    (["--finish-within", "5h", "--expect", "2h", "--zone", "FR", "--pause-above", "dirty"], "--pause-above"),
    (["--start-within", "1h", "--finish-within", "2h"], "excludes"),
])
def test_mistakes_are_named_before_anything_starts(olivine, tmp_path, words, message):
    started = tmp_path / "started"
    run = olivine("run", *words, "--", "touch", str(started))
    assert run.returncode == 2
    assert message in run.stderr
    assert not started.exists()


def test_follow_says_what_to_do_when_it_is_due(cli, hours):
    process = cli.popen("plan", "--follow", "--duration", "2h", "--deadline", "6h", "--margin", "0s", "--intensity", hours,
                                "--start", START, "--speed", "14400", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    lines = [json.loads(process.stdout.readline()) for _ in range(4)]
    out, _ = process.communicate("end\n", timeout=20)
    assert [line["action"] for line in lines] == ["wait", "run", "wait", "run"]
    # Two hours at once: 500 and 50; in two pieces: 50 and 50.
    assert re.fullmatch(r"2[67]\d g/kWh if it ran now, 50 g/kWh from 01:00 UTC on, with 1 pause", lines[0]["reason"])
    last = json.loads(out.splitlines()[-1])
    assert last["action"] == "end" and last["planned_saving"]["average"] == pytest.approx(0.818, abs=0.001)


def test_what_ran_as_planned_saved_what_was_planned(cli, tmp_path):
    """Restarts take a quarter of an hour each: they are running in the plan, and none would be at once."""
    alternating = write_hours(tmp_path / "i.csv", lambda h: 500 if h % 2 == 0 else 100)
    words = ["--duration", "3h", "--deadline", "8h", "--pause-time", "15min", "--slot", "15min", "--intensity", alternating, "--start", START]
    plan = json.loads(cli("plan", *words, "--power", "1kW", "--min-run", "15min", "--json", check=0).stdout)["plan"]
    assert plan["pauses"] == len(plan["segments"]) - 1 >= 2
    process = cli.popen("plan", "--follow", *words, "--margin", "0s", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    begun_ns = time.time_ns()  # is START, to a few milliseconds

    def ran_ns(text):
        since = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) - datetime.datetime.fromisoformat(START.replace("Z", "+00:00"))
        return begun_ns + int(since.total_seconds()) * 10**9
    ran = "".join(f"ran {ran_ns(s['start'])} {ran_ns(s['end'])}\n" for s in plan["segments"])
    out, _ = process.communicate(ran + "end\n", timeout=20)
    last = json.loads(out.splitlines()[-1])
    assert last["saving"]["average"] == pytest.approx(last["planned_saving"]["average"], abs=0.001)
    once = [datetime.datetime.fromisoformat(last["at_once"][key][:19]) for key in ("start", "end")]
    assert (once[1] - once[0]).total_seconds() == pytest.approx(3 * 3600, abs=2)
    assert last["ran_s"] == pytest.approx((3 + 0.25 * plan["pauses"]) * 3600, abs=2)


BURN = "import time\nwhile time.process_time() < {}: pass"


def cpu_s(olivine):
    """What the last run used: 'CPU time of run, others, olivine = 0.061 s, ...'."""
    line = next(line for line in olivine("explain", "last", "energy").stdout.splitlines() if "CPU time of run" in line)
    return float(line.split(" = ")[1].split()[0])


def test_a_short_command_keeps_its_cpu_time(olivine, hours):
    """The follower's own start must not stand in the first reading: it is longer than the work."""
    run = olivine("run", "-q", *arguments(hours, "--start-within", "2h", "--expect", "1h"), "--", sys.executable, "-c", BURN.format(0.05))
    assert run.returncode == 0, run.stderr
    assert 0.05 <= cpu_s(olivine) < 0.5


def test_a_checkpoint_is_not_the_works(olivine, hours, tmp_path):
    """The checkpoint burns half a second, the work a tenth and waits until that is done."""
    done = tmp_path / "done"
    burn, work = tmp_path / "burn.py", tmp_path / "work.py"
    burn.write_text(BURN.format(0.5) + f"\nopen({str(done)!r}, 'w')")
    work.write_text(BURN.format(0.1) + f"\nimport os\nfor i in range(1200):\n    if os.path.exists({str(done)!r}): break\n    time.sleep(0.05)\n")
    run = olivine("run", "-q", *arguments(hours, "--finish-within", "900h", "--expect", "300h", "--pause-with", "signals", speed=36000),
                  "--checkpoint-cmd", f"{sys.executable} {burn}", "--checkpoint-wait", "20s", "--", sys.executable, work)
    assert run.returncode == 0 and done.exists(), run.stderr
    assert 0.1 <= cpu_s(olivine) < 0.45


def test_a_saving_above_one_is_kept_and_read_again(cli, tmp_path):
    """Below zero at the margin, an hour then avoids more than an hour now emits."""
    rows = [f"2026-01-05T{h:02}:00:00Z,{500 if h == 0 else 100},{500 if h == 0 else -100}" for h in range(24)]
    (tmp_path / "neg.csv").write_text("time,average_g_per_kwh,marginal_g_per_kwh\n" + "\n".join(rows) + "\n")
    cli("run", "--expect", "1h", "--finish-within", "6h", "--intensity", str(tmp_path / "neg.csv"), "--plan-start", "2026-01-05T00:00Z",
        "--speed", "3600", "--", "sleep", "0.8", check=0)
    schedule = cli.record()["schedule"]
    assert schedule["planned_saving"]["marginal"] > 1.0 and schedule["saving"]["marginal"] > 1.0
    assert b"record identical" in cli("verify", "last", check=0).stdout
    assert b"less" in cli("show", "last", check=0).stdout


def test_a_run_keeps_its_first_plan(cli, hours, tmp_path):
    done = cli("run", *arguments(hours, "--finish-within", "8h", "--expect", "1h", "--margin", "0s", speed=7200), "--", "sleep", "0.5", check=0)
    schedule = cli.record()["schedule"]
    assert [(s["start"], s["end"], s["average_g_per_kwh"]) for s in schedule["plan"]] == [
        ("2022-01-01T01:00:00.000Z", "2022-01-01T02:00:00.000Z", 50)], done.stderr
    why = cli("explain", "last", "planned_saving", check=0).stdout.decode()
    assert "planned 2022-01-01T01:00:00Z .. 2022-01-01T02:00:00Z" in why
    figures = schedule["figures"]
    assert figures["planned_average"]["value"] == schedule["planned_saving"]["average"] == pytest.approx(0.9)
    assert figures["planned_marginal"]["reason"] == "the marginal intensity is not known for all of the plan"
    cli("run", *arguments(hours, "--finish-within", "8h", "--expect", "1h", "--pause-above", "100g", speed=7200), "--", "sleep", "0.1", check=0)
    schedule = cli.record()["schedule"]
    assert schedule["plan"] == [] and "a threshold was followed" in schedule["figures"]["planned_average"]["reason"]
