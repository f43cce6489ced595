#!/usr/bin/env python3
"""Plans carried out on a real Slurm of one node: jobs are begun, held, released, suspended, resumed and requeued by `olivine slurm`, their
results are those of undisturbed work, and a killed olivine lets them go. Of the long suite (ctest -L long).

    tests/slurm/one_node_test.py [CASE...]

Exit code 77, which ctest calls skipped, where Slurm is not installed or we are not root.
"""

import datetime
import hashlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from one_node import OneNode, missing

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("OLIVINE_BIN", str(ROOT / "build" / "release" / "bin" / "olivine"))
START = "2022-01-01T00:00:00Z"
WORK = "import hashlib\nstate = b'x'\nfor i in range(%d):\n    state = hashlib.sha256(state).digest()\nprint(state.hex())\n"


class Bench:
    def __init__(self, node, directory):
        self.node, self.directory = node, directory
        self.env = {**node.env, "HOME": str(directory), "XDG_STATE_HOME": str(directory / "state"), "XDG_CONFIG_HOME": str(directory / "config"),
                    "XDG_DATA_HOME": str(directory / "data")}

    def series(self, name, step_s, intensity, count=2000):
        first = datetime.datetime(2022, 1, 1)
        rows = [f"{(first + datetime.timedelta(seconds=step_s * i)).strftime('%Y-%m-%dT%H:%M:%SZ')},{intensity(i)}" for i in range(count)]
        path = self.directory / name
        path.write_text("time_utc,gco2e_per_kwh\n" + "\n".join(rows) + "\n")
        return str(path)

    def script(self, name, text):
        path = self.directory / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return str(path)

    def submit(self, *words):
        """The running olivine and the job's number."""
        process = subprocess.Popen([BIN, "slurm", "submit", *words], env=self.env, cwd=self.directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = process.stdout.readline().strip()
        assert line.isdigit(), (line, process.communicate())
        return process, line

    def states_until_done(self, job, seconds=180):
        seen = []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            state = self.node.state(job)
            if not seen or seen[-1] != state:
                seen.append(state)
            if state in ("COMPLETED", "FAILED", "CANCELLED", ""):
                return seen
            time.sleep(0.2)
        raise AssertionError((seen, self.node.say("scontrol", "show", "job", job)))

    def times(self, job):
        words = dict(w.split("=", 1) for w in self.node.say("scontrol", "--oneliner", "show", "job", job).split() if "=" in w)
        return {key: datetime.datetime.fromisoformat(words[key]) for key in ("SubmitTime", "StartTime")}, words


def begin(bench):
    """Planned once: a dirty minute first."""
    series = bench.series("minutes.csv", 60, lambda i: 500 if i < 1 else 50)
    job_script = bench.script("quick.sh", "echo ran\n")
    process, job = bench.submit("--duration", "1min", "--deadline", "5min", "--intensity", series, "--start", START, "--", "-o", "begin.out", job_script)
    _, words = process.communicate(timeout=60)
    assert process.returncode == 0 and "90.0 % less by average" in words, words
    times, facts = bench.times(job)
    assert facts["Comment"].startswith("olivine"), facts
    assert 59 <= (times["StartTime"] - times["SubmitTime"]).total_seconds() <= 63, times
    assert bench.states_until_done(job)[-1] == "COMPLETED"


def hold(bench):
    """Held by its owner until the clean hour comes, ten seconds from now."""
    series = bench.series("hours.csv", 3600, lambda i: 500 if i < 1 else 50)
    process, job = bench.submit("--by", "hold", "--duration", "1h", "--deadline", "5h", "--speed", "360", "--intensity", series, "--start", START, "--", "-o", "hold.out",
                                bench.script("quick.sh", "echo ran\n"))
    assert bench.node.say("squeue", "-h", "-j", job, "-o", "%T %r").strip() == "PENDING JobHeldUser"
    begun = time.monotonic()
    _, words = process.communicate(timeout=60)
    assert process.returncode == 0 and 5 < time.monotonic() - begun < 20, words
    assert bench.states_until_done(job)[-1] == "COMPLETED"


def suspend(bench):
    """Suspended in dirty hours of four seconds: the result is that of undisturbed work."""
    rounds = 25_000_000
    series = bench.series("alternating.csv", 3600, lambda i: 50 if i % 2 == 0 else 500)
    (bench.directory / "work.py").write_text(WORK % rounds)
    process, job = bench.submit("--by", "suspend", "--duration", "8h", "--deadline", "80h", "--speed", "900", "--min-run", "30min", "--intensity",
                                series, "--start", START, "--", "-o", "suspend.out", bench.script("work.sh", f"exec {sys.executable} work.py\n"))
    seen = bench.states_until_done(job)
    _, words = process.communicate(timeout=60)
    assert seen.count("SUSPENDED") >= 1 and seen[-1] == "COMPLETED", (seen, words)
    state = b"x"
    for _ in range(rounds):
        state = hashlib.sha256(state).digest()
    assert (bench.directory / "suspend.out").read_text().strip() == state.hex()
    print(f"    suspended {seen.count('SUSPENDED')} times; {words.splitlines()[-1]}")


def requeue(bench):
    """Requeued in dirty hours: it begins anew from its checkpoint."""
    series = bench.series("requeue.csv", 3600, lambda i: 500 if 1 <= i < 3 else 50)
    script = bench.script("count.sh", "i=$(cat count 2>/dev/null || echo 0)\necho start $i >> starts\nwhile [ $i -lt 60 ]; do i=$((i+1)); echo $i > count.new; mv count.new count; sleep 0.2; done\n")
    process, job = bench.submit("--by", "requeue", "--duration", "3h", "--deadline", "40h", "--speed", "600", "--min-run", "10min", "--pause-above", "100g", "--intensity",
                                series, "--start", START, "--", "-o", "requeue.out", script)
    seen = bench.states_until_done(job)
    _, words = process.communicate(timeout=60)
    starts = (bench.directory / "starts").read_text().splitlines()
    assert seen[-1] == "COMPLETED" and len(starts) >= 2 and starts[0] == "start 0", (seen, starts, words)
    assert (bench.directory / "count").read_text().strip() == "60"
    print(f"    {' | '.join(starts)}")


def killed_while_it_holds(bench):
    series = bench.series("long.csv", 3600, lambda i: 500 if i < 100 else 50)
    process, job = bench.submit("--by", "hold", "--duration", "1h", "--deadline", "200h", "--intensity", series, "--start", START, "--", "-o", "k.out",
                                bench.script("quick.sh", "echo ran\n"))
    time.sleep(1)
    assert bench.node.state(job) == "PENDING"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert bench.states_until_done(job, 60)[-1] == "COMPLETED"


def killed_while_it_suspends(bench):
    series = bench.series("then_dirty.csv", 3600, lambda i: 50 if i < 1 or i > 100 else 500)
    process, job = bench.submit("--by", "suspend", "--duration", "3h", "--deadline", "200h", "--speed", "900", "--min-run", "10min", "--pause-above", "100g", "--intensity",
                                series, "--start", START, "--", "-o", "ks.out", bench.script("slow.sh", "for i in $(seq 60); do sleep 0.2; done\n"))
    OneNode.wait_for(lambda: bench.node.state(job) == "SUSPENDED", "a suspended job", 60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert bench.states_until_done(job, 90)[-1] == "COMPLETED"


CASES = [begin, hold, suspend, requeue, killed_while_it_holds, killed_while_it_suspends]


def main(names):
    why = missing()
    if why:
        print("skipped: " + why)
        return 77
    with tempfile.TemporaryDirectory(prefix="olivine-slurm-") as directory, OneNode(pathlib.Path(directory) / "node") as node:
        for case in CASES:
            if names and case.__name__ not in names:
                continue
            place = pathlib.Path(directory) / case.__name__
            place.mkdir()
            begun = time.monotonic()
            print(case.__name__, flush=True)
            case(Bench(node, place))
            print(f"    ok, {time.monotonic() - begun:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
