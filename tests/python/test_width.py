"""What people read on a terminal of 80 columns: no line is wider, no word is cut, nothing is missing that a pipe gets."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections import Counter

import pytest
from olivine_cli import BIN, Moving, write_hours
from test_scopes import script
from test_scope_terms import WATTS

BARS = set("│├└─|`-")


@pytest.fixture
def on_terminal(cli):
    """Called with words: the lines that a terminal of so many columns shows, stdout and stderr of olivine."""
    def run(*words, columns=80, env=None, cli=cli):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        environment = {k: v for k, v in {**cli.env, "TERM": "xterm", **(env or {})}.items() if k != "COLUMNS"}
        child = subprocess.Popen([BIN, *map(str, words)], stdin=slave, stdout=slave, stderr=slave, env=environment)
        os.close(slave)
        shown = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        os.close(master)
        child.wait(60)
        return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode()).replace("\r\n", "\n").splitlines()
    return run


def words_of(lines):
    return Counter(word for line in lines for word in line.split() if not set(word) <= BARS)


def check_fits(lines, piped, columns=80):
    """Each word of the pipe is shown, but those that the pipe cuts; a table that became a list names its headings again."""
    assert len(lines) > 1
    for line in lines:
        assert len(line) <= columns, line
        assert line == line.rstrip(), line
        assert not [word for word in line.split() if word.endswith("..") and word.strip(".")], line
    shown, wanted = words_of(lines), words_of(piped)
    missing = {word: n for word, n in (wanted - shown).items() if not word.endswith("..")}
    assert not missing, (missing, "\n".join(lines))


RUNS = {
    "plain": ([], [sys.executable, "-c", "x = sum(range(3_000_000))"]),
    "zone": (["--zone", "FR", "--idle", "all"], [sys.executable, "-c", "x = sum(range(3_000_000))"]),
    "quota": (["--zone", "FR", "--budget", "3kJ"], script("""
with olivine.scope("train.the.model", quota="10J") as s:
    work(0.4)
    with olivine.scope("decode"): work(0.1)
""")),
}


@pytest.mark.parametrize("sensors", ["machine", "server"])
@pytest.mark.parametrize("name", RUNS)
def test_a_run_and_what_is_shown_of_it(cli, server, on_terminal, name, sensors):
    options, child = RUNS[name]
    extra = ["--sysfs-root", server.root] if sensors == "server" else []
    with Moving(server, WATTS):
        report = on_terminal(*extra, "run", *options, "--", *child)
    shown = cli("show", "last", check=0).stdout.decode().splitlines()
    check_fits(report, shown[:3])
    assert [line.split()[0] for line in report if line.split()[0] in ("energy", "carbon", "who")] == ["energy", "carbon", "who"]
    for words in (["show", "last"], ["explain", "last", "energy"], ["explain", "last", "carbon"]):
        piped = cli(*words, check=0).stdout.decode().splitlines()
        assert max(map(len, piped)) > 80, "nothing to wrap"
        check_fits(on_terminal(*words), piped)
        narrow = on_terminal(*words, columns=60)
        check_fits(narrow, piped, 60)


def test_an_ascii_terminal(cli, on_terminal):
    on_terminal("run", "--", "true")
    plain = {**cli.env, "LC_ALL": "C"}
    piped = cli("explain", "last", "energy", env=plain, check=0).stdout.decode().splitlines()
    lines = on_terminal("explain", "last", "energy", env=plain)
    check_fits(lines, piped)
    assert len(lines) > len(piped) and "".join(lines).isascii()


@pytest.mark.parametrize("columns", [50, 60, 80, 100, 132])
def test_doctor(cli, on_terminal, columns):
    ledger = ["--ledger", "/tmp/none.sqlite"]  # a path is a word: a long one would be wider than the terminal
    check_fits(on_terminal("doctor", *ledger, columns=columns), cli("doctor", *ledger).stdout.decode().splitlines(), columns)


def test_a_pipe_and_a_file_keep_a_fact_on_its_line(cli, tmp_path, on_terminal):
    done = cli("run", "--zone", "FR", "--", "true", check=0)
    energy, carbon, who = done.stderr.decode().splitlines()[:3]
    assert len(carbon) > 80 and "record" in who and "not counted" in energy
    on_terminal("run", "-o", tmp_path / "report.txt", "--zone", "FR", "--", "true")
    assert [line.split()[0] for line in (tmp_path / "report.txt").read_text().splitlines()[:3]] == ["energy", "carbon", "who"]
    # COLUMNS says how wide the reader is, also behind a pipe.
    narrow = cli("run", "--zone", "FR", "--", "true", env={**cli.env, "COLUMNS": "70"}, check=0).stderr.decode().splitlines()
    assert len(narrow) > 3 and max(map(len, narrow)) <= 70


def test_a_plan(cli, on_terminal):
    words = ["plan", "--duration", "2h", "--power", "1kW", "--deadline", "24h", "--zones", "FR", "--start", "2026-07-01T00:00:00Z"]
    piped = cli(*words, check=0).stdout.decode().splitlines()
    assert max(map(len, piped)) > 80
    check_fits(on_terminal(*words), piped)
    narrow = cli(*words, env={**cli.env, "COLUMNS": "70"}, check=0).stdout.decode().splitlines()
    check_fits([line.rstrip() for line in narrow], piped, 70)


def test_a_queue(cli, tmp_path, on_terminal):
    hours = tmp_path / "the intensities of a place with a long name.csv"
    write_hours(hours, lambda hour: 50 if hour % 2 else 500)
    jobs = tmp_path / "jobs.csv"
    jobs.write_text("job,duration,power,deadline,gpus\na,1h,1kW,4h,1\nb,2h,1kW,4h,1\nc,3h,1kW,2h,1\n")
    words = ["plan", "--start", "2022-01-01T00:00:00Z", "--jobs", jobs, "--capacity", "1gpu", "--intensity", hours]
    piped = [line for line in cli(*words).stdout.decode().splitlines() if not line.startswith("intensity")]
    lines = on_terminal(*words)
    assert max(map(len, piped)) > 80
    check_fits([line.rstrip() for line in lines if str(tmp_path) not in line and " s: " not in line], [line.rstrip() for line in piped])


def test_waiting(cli, tmp_path, on_terminal):
    hours = write_hours(tmp_path / "h.csv", lambda hour: 50 if hour % 2 else 500)
    words = ["run", "--start-within", "4h", "--expect", "1h", "--intensity", hours, "--plan-start", "2022-01-01T00:00:00Z", "--speed", "7200", "--", "true"]
    lines = on_terminal(*words, columns=60)
    said = [line for line in cli(*words).stderr.decode().splitlines() if line.startswith("olivine: waiting")]
    at = next(i for i, line in enumerate(lines) if line.startswith("olivine: waiting: "))
    assert said and len(said[0]) > 60 and max(map(len, lines[at : at + 2])) <= 60 and lines[at + 1].startswith(" " * 9)
    assert " ".join(" ".join(lines[at : at + 2]).split()).startswith(said[0].split(",")[0]), (said[0], lines[at:])
