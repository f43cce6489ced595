"""olivine run --budget on a recorded tree whose meters run at 400 W: what is said, paused, stopped and kept."""

import datetime
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from olivine_cli import Moving, state_of, wait_for
from test_schemas import check

BUSY = "import sys, time\nend = time.monotonic() + float(sys.argv[1])\nwhile time.monotonic() < end: pass\n"
WATTS = {"intel-rapl:0": 200.0, "intel-rapl:1": 200.0, "intel-rapl:0:1": 10.0, "intel-rapl:1:0": 10.0}


@pytest.fixture
def metered(server_cli, server):
    with Moving(server, WATTS):
        yield server_cli


def work(seconds=4.0):
    return [sys.executable, "-c", BUSY, str(seconds)]


def said(done):
    """The lines about the budget."""
    return [line for line in done.stderr.decode().splitlines() if "budget" in line]


def actions(record):
    return [event["action"] for event in record["budget"]["events"]]


def test_without_one_nothing_is_kept(metered):
    assert "budget" not in metered.run("true")


def test_a_warning_lets_the_work_go_on(metered):
    done = metered("run", "--idle", "all", "--budget", "60J", "--interval", "20ms", "--", *work(), check=0)
    record = metered.record()
    check(record, "run")
    budget = record["budget"]
    assert budget["kind"] == "energy" and budget["unit"] == "J" and budget["amount"] == 60 and budget["on_budget"] == "warn"
    assert actions(record)[-1] == "spent" and set(actions(record)) <= {"near", "spent"}
    assert any("spent: the work goes on" in line for line in said(done))
    # What was counted while it ran is the record's own figure.
    assert budget["used"] == pytest.approx(record["energy_j"]["total"]["value"], abs=1e-5)
    assert budget["lower_bound"] is False and budget["granted"] == 60
    assert metered("verify").returncode == 0
    assert "counted while it ran" in " ".join(metered("show").stdout.decode().split())


def test_carbon_and_money_are_those_of_the_record(metered):
    hour = datetime.datetime.now(datetime.timezone.utc).hour
    record = metered.run(*work(2), options=["--budget", "1 t CO2e", "--zone", "FR", "--pue", "1.5"])
    if datetime.datetime.now(datetime.timezone.utc).hour == hour:  # an hour's turn is another price
        assert record["budget"]["used"] == pytest.approx(record["emissions_g"]["operational"]["location_average"]["value"], rel=1e-6)
    assert record["budget"]["events"] == []
    record = metered.run(*work(2), options=["--budget", "9 eur", "--price", "0.30", "--pue", "1.5"])
    assert record["budget"]["unit"] == "EUR"
    assert record["budget"]["used"] == pytest.approx(record["cost"]["value"], rel=1e-6)


def test_stop_asks_first(metered):
    script = "trap 'exit 0' TERM; while :; do :; done"
    done = metered("run", "--idle", "all", "--budget", "60J", "--on-budget", "stop", "--", "sh", "-c", script)
    assert done.returncode == 124
    record = metered.record()
    assert actions(record)[-2:] == ["spent", "terminate"] and record["exit"]["code"] == 0
    assert any("asked to end (SIGTERM), and killed in 30" in line for line in said(done)), said(done)


def test_stop_kills_what_does_not_listen(metered, tmp_path):
    script = "trap '' TERM; sleep 1000 & echo $! > inner; while :; do :; done"
    done = metered("run", "--idle", "all", "--budget", "60J", "--on-budget", "stop", "--budget-grace", "500ms", "--", "sh", "-c", script)
    assert done.returncode == 124
    record = metered.record()
    assert actions(record)[-3:] == ["spent", "terminate", "kill"] and record["exit"]["signal"] == signal.SIGKILL
    wait_for(lambda: state_of(int((tmp_path / "inner").read_text())) in ("gone", "Z"))


@pytest.mark.parametrize("executor", ["signals", "auto"])
def test_a_pause_ends_when_the_budget_is_granted_again(metered, tmp_path, executor):
    pid_file = tmp_path / "pid"
    script = f"open({str(pid_file)!r}, 'w').write(str(os.getpid()))\nimport time\nend = time.process_time() + 3\nwhile time.process_time() < end: pass\nprint('done')\n"
    process = metered.popen("run", "--idle", "all", "--budget", "200J", "--on-budget", "pause", "--pause-with", executor, "--", sys.executable, "-c", "import os\n" + script,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: pid_file.exists() and pid_file.read_text())
    pid = int(pid_file.read_text())

    def used():
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        except FileNotFoundError:
            return None

    def still():
        before = used()
        time.sleep(0.4)
        return before is not None and before == used()

    wait_for(still)
    if executor == "signals":
        assert state_of(pid) == "T"
    grants = 0
    while process.poll() is None and grants < 200:
        if still():
            process.send_signal(signal.SIGCONT)
            grants += 1
        time.sleep(0.05)
    out, words = process.communicate(timeout=60)
    assert process.returncode == 0 and out == "done\n", words
    record = metered.record()
    check(record, "run")
    budget = record["budget"]
    assert budget["pauses"] >= 1 and budget["paused_s"] > 0 and budget["granted"] >= 400
    assert budget["executor"].startswith("signals" if executor == "signals" else ("freezer", "signals"))
    assert "pause" in actions(record) and "run" in actions(record)
    assert "kill -CONT" in words and "the work goes on, with" in words


def test_a_run_that_is_paused_for_its_budget_can_be_ended(metered, tmp_path):
    pid_file = tmp_path / "pid"
    script = f"import os\nopen({str(pid_file)!r}, 'w').write(str(os.getpid()))\nwhile True: pass\n"
    process = metered.popen("run", "--idle", "all", "--budget", "60J", "--on-budget", "pause", "--pause-with", "signals", "--", sys.executable, "-c", script,
                            stderr=subprocess.PIPE, text=True, preexec_fn=os.setpgrp)
    wait_for(lambda: pid_file.exists() and pid_file.read_text() and state_of(int(pid_file.read_text())) == "T")
    os.killpg(process.pid, signal.SIGTERM)
    _, words = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGTERM, words


@pytest.mark.parametrize("words, message", [
    (["--budget", "2"], "the unit is missing"),
    (["--budget", "2 watts"], "unit \"watts\" is not known"),
    (["--budget", "0g"], "must be above 0"),
    (["--budget", "2mWh"], "write MWh or MJ"),
    (["--budget", "3eur"], "money needs a price of electricity: --price 0.30"),
    (["--budget", "3usd", "--price", "0.3"], "the price is in EUR"),
    (["--budget", "3g", "--on-budget", "explode"], "--on-budget"),
    (["--budget", "3g", "--on-budget", "stop", "--budget-grace", "soon"], "--budget-grace"),
    (["--on-budget", "stop"], "--budget"),
    (["--budget", "3g", "--on-budget", "pause", "--finish-within", "3h", "--expect", "1h", "--zone", "FR"], "does not go with --finish-within"),
])
def test_mistakes_are_named_before_anything_starts(cli, tmp_path, words, message):
    done = cli("run", *words, "--", "touch", str(tmp_path / "started"))
    assert done.returncode == 2
    assert message.lower() in done.stderr.decode().lower() and done.stderr.count(b"\n") == 1
    assert not (tmp_path / "started").exists()


TRAP = """
import pathlib, signal, sys, time
def term(*_):
    pathlib.Path(sys.argv[1]).write_text("asked")
    sys.exit(0)
signal.signal(signal.SIGTERM, term)
end = time.monotonic() + 60
while time.monotonic() < end: pass
"""


@pytest.mark.parametrize("executor", ["auto", "signals"])
def test_work_that_a_plan_has_frozen_is_asked_to_end(metered, tmp_path, executor):
    """The budget is spent while the plan pauses: frozen work acts on nothing, so it goes on first, and that pause has an end in the record."""
    (tmp_path / "i.csv").write_text("time_utc,gco2e_per_kwh\n" + "".join(f"2022-01-01T{h:02d}:00:00Z,{100 if h in (0, 11) else 900}\n" for h in range(12)))
    done = metered("run", "--name", "frozen", "--zone", "FR", "--idle", "all", "--budget", "1200J", "--on-budget", "stop", "--budget-grace", "20s", "--finish-within", "12h",
                   "--expect", "2h", "--intensity", tmp_path / "i.csv", "--plan-start", "2022-01-01T00:00:00Z", "--speed", "1800", "--min-run", "1h", "--margin", "0s",
                   "--pause-with", executor, "--", sys.executable, "-c", TRAP, tmp_path / "word")
    assert done.returncode == 124, done.stderr
    assert (tmp_path / "word").read_text() == "asked"
    record = json.loads(metered("show", "frozen", "--json", check=0).stdout)
    assert actions(record)[-2:] == ["spent", "terminate"] and "kill" not in actions(record)
    assert record["schedule"]["pauses"] >= 1 and record["schedule"]["paused_s"] > 0
    assert record["schedule"]["events"][-1]["action"] == "run"
