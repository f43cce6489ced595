#!/usr/bin/env python3
"""What `olivine run` costs, beside its floors.

  start   added wall time of `olivine run -q -- true` over bare `true` (p50, p99), added CPU time, peak RSS
  10 Hz   CPU time per second of wall time on a recorded powercap tree with 4 counted domains, ledger on
  1 kHz   the same at 1 ms
Floors, measured in the same run: an empty program started with posix_spawn, and a bare loop of the same preads with
absolute deadlines (Python is not used for the floor: bench/floor_sampler, built with the benchmarks, is).

  bench/overhead.py [--json FILE] [--bin BIN] [--seconds 10] [--runs 200]
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "python"))
from olivine_cli import Cli, Moving, PowercapTree  # noqa: E402

ZONES = {"intel-rapl:0": "package-0", "intel-rapl:0:0": "dram", "intel-rapl:1": "package-1", "intel-rapl:1:0": "dram"}


def spawn(command, env):
    """Wall and CPU time of one command with its children."""
    began = time.perf_counter()
    pid = os.posix_spawn(command[0], command, env, file_actions=[(os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - began
    assert status == 0, (command, status)
    return wall, usage.ru_utime + usage.ru_stime


def start_cost(cli, binary, runs):
    true = "/bin/true"
    bare, ours = [], []
    command = [binary, "run", "-q", "--", true]
    spawn(command, cli.env)
    for _ in range(runs):  # interleaved, so that the machine's mood hits both alike
        bare.append(spawn([true], cli.env))
        ours.append(spawn(command, cli.env))
    walls = sorted(o[0] - b[0] for o, b in zip(ours, bare))
    return {
        "runs": runs,
        "bare_wall_ms_p50": 1e3 * statistics.median(b[0] for b in bare),
        "added_wall_ms_p50": 1e3 * statistics.median(walls),
        "added_wall_ms_p99": 1e3 * walls[int(0.99 * len(walls))],
        "added_cpu_ms_p50": 1e3 * statistics.median(o[1] - b[1] for o, b in zip(ours, bare)),
        "peak_rss_mb": peak_rss_mb(cli, binary),
    }


def peak_rss_mb(cli, binary):
    """VmHWM near the end of a short run. ru_maxrss would count this Python as well, from before the exec."""
    process = subprocess.Popen([binary, "run", "-q", "--", "/bin/sleep", "0.6"], env=cli.env, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    process.wait()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def sampling_cost(cli, interval, seconds):
    """olivine's own CPU time per second: its process time less that of the sleeping child."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    cli("run", "-q", "--interval", interval, "--", "/bin/sleep", str(seconds), check=0, timeout=seconds + 60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    record = cli.record()
    return {"interval": interval, "cpu_percent_of_a_core": 100 * cpu / seconds,
            "ticks": record["coverage"]["ticks"], "missed": record["coverage"]["missed"]}


def floor_cost(tree, interval_us, seconds, program=ROOT / "build" / "bench" / "bin" / "floor_sampler"):
    if not program.exists():
        return None
    paths = [str(tree.base / z / "energy_uj") for z in ZONES]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([program, str(interval_us), str(seconds), "/proc/stat", *paths], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 100 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / seconds


def measure(binary, runs, seconds):
    with tempfile.TemporaryDirectory() as directory:
        cli = Cli(directory)
        tree = PowercapTree(directory, ZONES)
        result = {"start": start_cost(cli, binary, runs)}
        cli.extra = ["--sysfs-root", str(tree.root)]
        with Moving(tree, {z: 30.0 for z in ZONES}, step_s=0.05):
            for name, interval, us in (("10hz", "100ms", 100_000), ("1khz", "1ms", 1_000)):
                result[name] = sampling_cost(cli, interval, seconds)
                result[name]["floor_percent_of_a_core"] = floor_cost(tree, us, seconds)
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default=str(ROOT / "build" / "release" / "bin" / "olivine"))
    parser.add_argument("--json")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=10)
    options = parser.parse_args()
    os.environ["OLIVINE_BIN"] = options.bin
    result = measure(options.bin, options.runs, options.seconds)
    text = json.dumps(result, indent=2)
    print(text)
    if options.json:
        pathlib.Path(options.json).write_text(text + "\n")


if __name__ == "__main__":
    main()
