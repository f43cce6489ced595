"""A checkpoint command that is still at work when the user asks the work to end: it is ended too, and the record says so."""

import os
import signal
import subprocess
import sys
import time

import pytest
from olivine_cli import BIN, state_of, wait_for, write_hours
from passthrough import Terminal

STUBBORN = "import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nopen('checkpoint.pid', 'w').write(str(os.getpid()))\ntime.sleep(100)\n"
MEEK = "import os, sys, time\nopen('checkpoint.pid', 'w').write(str(os.getpid()))\ntime.sleep(100)\n"
# Goes on when it is asked to end, as work does that saves its state first.
GOES_ON = "import signal, time\nfor s in (signal.SIGINT, signal.SIGTERM): signal.signal(s, lambda *_: None)\nfor i in range(150): time.sleep(0.01)\nprint('work' + 'done', flush=True)\n"
ENDS = "import time\ntime.sleep(60)\n"
SHORT = "import time\ntime.sleep(0.6)\n"
ENDED = "the checkpoint command was ended before it was done: "


@pytest.fixture
def words(tmp_path):
    """`olivine run` whose plan pauses after a clean hour: an hour is 0.2 s."""
    write_hours(tmp_path / "hours.csv", lambda hour: 50 if hour == 0 else 500)

    def make(work, checkpoint, *more):
        (tmp_path / "work.py").write_text(work)
        (tmp_path / "checkpoint.py").write_text(checkpoint)
        # With a shell between, so that a group has to be ended and not one process.
        return ["run", "-q", "--intensity", "hours.csv", "--plan-start", "2022-01-01T00:00:00Z", "--speed", "18000", "--min-run", "10min",
                "--interval", "20ms", "--finish-within", "900h", "--expect", "5h", "--pause-above", "100g", "--pause-with", "signals",
                "--checkpoint-wait", "1h", "--checkpoint-cmd", f"{sys.executable} checkpoint.py; true", *more, "--", sys.executable, "work.py"]

    return make


def checkpoint_of(tmp_path):
    marker = tmp_path / "checkpoint.pid"
    wait_for(lambda: marker.exists() and marker.read_text())
    return int(marker.read_text())


def warnings_of(cli):
    return " ".join(cli("show", "last").stdout.decode().split())


@pytest.mark.parametrize("work, after", [(ENDS, "signal 2"), (GOES_ON, "exit 0")])
def test_ctrl_c_on_a_terminal(cli, tmp_path, words, work, after):
    command = ["env", "-C", str(tmp_path), *[f"{k}={v}" for k, v in cli.env.items() if k == "HOME" or k.startswith("XDG_")], BIN, *words(work, MEEK)]
    with Terminal(command, size=(24, 200)) as terminal:
        pid = checkpoint_of(tmp_path)
        assert os.getsid(pid) != terminal.pid
        terminal.send(b"\x03")
        status, seen = terminal.end()
    code = os.waitstatus_to_exitcode(terminal.status)
    assert code == (-signal.SIGINT if after == "signal 2" else 0), (status, seen)
    assert state_of(pid) in ("gone", "Z")
    told = warnings_of(cli)
    assert ENDED in told
    if work is GOES_ON:
        assert b"workdone" in seen
        assert "a signal asked the work to end while its checkpoint was written: it is not paused any more" in told
        assert cli.record()["schedule"]["pauses"] == 0
    assert cli("verify").returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_olivine_alone(cli, tmp_path, words, number):
    process = cli.popen(*words(ENDS, MEEK), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    pid = checkpoint_of(tmp_path)
    process.send_signal(number)
    assert process.wait(timeout=30) == -number
    assert state_of(pid) in ("gone", "Z")
    assert ENDED in warnings_of(cli)


def test_one_that_does_not_heed_is_killed(cli, tmp_path, words):
    process = cli.popen(*words(ENDS, STUBBORN), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    pid = checkpoint_of(tmp_path)
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == -signal.SIGTERM
    assert 4.5 < time.monotonic() - begun < 15
    assert state_of(pid) in ("gone", "Z")
    assert cli.record()["duration_s"] < 4, "the wait for it is none of the work's time"


def test_a_second_signal_kills_it_at_once(cli, tmp_path, words):
    process = cli.popen(*words(GOES_ON, STUBBORN), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    pid = checkpoint_of(tmp_path)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert state_of(pid) not in ("gone", "Z")
    process.send_signal(signal.SIGTERM)
    wait_for(lambda: state_of(pid) in ("gone", "Z"), 3)
    assert process.wait(timeout=30) == 0


def test_the_end_of_the_work_ends_it(cli, tmp_path, words):
    done = cli(*words(SHORT, MEEK))
    assert done.returncode == 0, done.stderr
    assert state_of(checkpoint_of(tmp_path)) in ("gone", "Z")
    assert ENDED + "the work had ended" in warnings_of(cli)


def test_so_it_is_where_a_budget_pauses(cli, tmp_path, words):
    (tmp_path / "work.py").write_text(GOES_ON.replace("time.sleep(0.01)", "sum(range(200000))").replace("150", "400"))
    (tmp_path / "checkpoint.py").write_text(MEEK)
    process = cli.popen("run", "-q", "--interval", "20ms", "--budget", "0.5J", "--on-budget", "pause", "--checkpoint-wait", "1h", "--checkpoint-cmd",
                        f"{sys.executable} checkpoint.py; true", "--", sys.executable, "work.py", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                        start_new_session=True)
    pid = checkpoint_of(tmp_path)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert state_of(pid) in ("gone", "Z")
    assert "while its checkpoint was written: it was not paused for its budget" in warnings_of(cli)
