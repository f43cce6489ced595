"""Ctrl-Z while the work is paused, on a terminal under a shell with job control: the shell has its prompt back, and fg goes on."""

import os
import sys
import time
from pathlib import Path

import pytest
from olivine_cli import BIN, wait_for, write_hours
from passthrough import Terminal

WORK = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\nfor i in range(150): time.sleep(0.01)\nprint('work' + 'done', flush=True)\n"


def frozen(pid):
    def time_of():
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return fields[11], Path(f"/proc/{pid}/status").read_text().split("voluntary_ctxt_switches:")[1].split()[0]

    before = time_of()
    time.sleep(0.3)
    return before == time_of()


@pytest.mark.parametrize("executor", ["signals", "auto"])
def test_ctrl_z_during_a_pause(cli, tmp_path, executor):
    # One clean hour, four dirty ones, then clean: an hour is a second.
    hours = tmp_path / "hours.csv"
    write_hours(hours, lambda hour: 500 if 1 <= hour < 6 else 50)
    (tmp_path / "work.py").write_text(WORK)
    words = (f"{BIN} run -q --intensity {hours} --plan-start 2022-01-01T00:00:00Z --speed 3600 --min-run 10min --interval 20ms "
             f"--finish-within 30h --expect 2h --pause-above 100g --pause-with {executor} -- {sys.executable} work.py")
    with Terminal(["bash", "--norc", "--noprofile", "--noediting", "-i"], size=(24, 200)) as terminal:
        terminal.expect(b"$ ")
        for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            terminal.send(f"export {name}={cli.env[name]}\n".encode())
        terminal.send(f"cd {tmp_path}; echo in''place\n".encode())
        place = terminal.expect(b"inplace")
        terminal.send(words.encode() + b"\n")
        wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        pid = int((tmp_path / "pid").read_text())
        wait_for(lambda: frozen(pid))
        terminal.send(b"\x1a")
        place = terminal.expect(b"Stopped", place)
        terminal.send(b"echo prompt''is''back\n")
        place = terminal.expect(b"promptisback", place)
        assert frozen(pid)
        terminal.send(b"fg\n")
        place = terminal.expect(b"workdone", place)
        terminal.send(b"echo code:$?\n")
        terminal.expect(b"code:0", place)
        terminal.send(b"exit 0\n")
        terminal.end()
    schedule = cli.record()["schedule"]
    assert schedule["pauses"] >= 1 and os.path.exists(tmp_path / "pid")
