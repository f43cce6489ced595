#!/usr/bin/env python3
"""A year of a cluster against hourly intensities of eight zones: olivine fleet beside pandas, the same files, one core, equal answers.

    bench/activities_make.py /tmp/cluster && python3 -m venv /tmp/peers && /tmp/peers/bin/pip install pandas
    /tmp/peers/bin/python bench/activities_peers.py /tmp/cluster [--olivine build/release/bin/olivine]

CPU seconds and the largest resident memory of whole processes, reading the files included: the least of three. pandas reads the
same CSV, sums the intensities up to prefix sums a zone and looks begin and end up by interpolation, which is the same method;
its carbon must agree with Olivine's to 1e-6. The loop over hours that scripts usually have is timed on 10,000 rows.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

POWER = {"a100": 400.0, "v100": 300.0, "h100": 700.0}
CORE_W, GB_W, PUE, SUPPLY = 5.0, 0.37, 1.2, 0.93


def frames(folder, rows=None):
    import pandas as pd

    jobs = pd.read_csv(folder / "jobs.csv", usecols=["begin", "end", "hours", "status", "zone", "device", "devices", "cpus", "memory_gb"],
                       parse_dates=["begin", "end"], nrows=rows)
    return jobs, pd.read_csv(folder / "zones.csv", parse_dates=["datetime_utc"], index_col=0)


def energy_kwh(jobs):
    watts = jobs.device.map(POWER).fillna(0) * jobs.devices.fillna(0) + jobs.cpus * CORE_W + jobs.memory_gb * GB_W
    return watts * jobs.hours / 1000 / SUPPLY * PUE


def with_pandas(folder):
    import numpy as np

    jobs, zones = frames(folder)
    jobs["kwh"] = energy_kwh(jobs)
    origin = zones.index[0]
    hours = np.arange(len(zones) + 1)
    begin = (jobs.begin - origin).dt.total_seconds() / 3600
    end = (jobs.end - origin).dt.total_seconds() / 3600
    mean = np.zeros(len(jobs))
    for zone in zones.columns:
        total = np.concatenate([[0], zones[zone].cumsum()])
        here = (jobs.zone == zone).to_numpy()
        mean[here] = (np.interp(end[here], hours, total) - np.interp(begin[here], hours, total)) / (end[here] - begin[here])
    jobs["g"] = jobs.kwh * mean
    by_status = jobs.groupby("status")[["kwh", "g"]].sum()
    print(json.dumps({"g": float(by_status.g.sum()), "kwh": float(by_status.kwh.sum())}))


def with_loop(folder):
    jobs, zones = frames(folder, 10_000)
    jobs["kwh"] = energy_kwh(jobs)
    grams = 0.0
    for job in jobs.itertuples():
        series = zones[job.zone]
        hours = series.loc[job.begin.floor("h"):job.end]
        begins = hours.index
        overlap = [(min(job.end, b + (zones.index[1] - zones.index[0])) - max(job.begin, b)).total_seconds() for b in begins]
        grams += job.kwh * sum(g * s for g, s in zip(hours, overlap)) / sum(overlap)
    print(json.dumps({"g": grams}))


def manifest(said):
    """An account of the same file; the zones' hours go to the store of env."""
    env = {**os.environ, "XDG_DATA_HOME": str(said.folder / "data")}
    subprocess.run([said.olivine, "grid", "import", str(said.folder / "zones.csv"), "--signal", "average", "--boundary", "lifecycle", "--unit", "g_per_kwh"],
                   env=env, check=True, stdout=subprocess.DEVNULL)
    path = said.folder / "account.toml"
    hardware = "".join(f'[[hardware]]\nid = "{name}"\npower = {watts}\n' for name, watts in POWER.items())
    path.write_text(f'schema = "olivine-account/1"\nname = "a year of a cluster"\n[defaults]\npue = {PUE}\n{hardware}'
                    '[[activities_file]]\npath = "jobs.csv"\nphase = "training"\n')
    return str(path)


def measure(command, env=None):
    best = None
    for _ in range(3):
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
        out = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        assert status == 0, (command, status)
        seconds = usage.ru_utime + usage.ru_stime
        if best is None or seconds < best[0]:
            best = (seconds, usage.ru_maxrss / 1024, json.loads(out))
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--olivine", default="build/release/bin/olivine")
    parser.add_argument("--part", choices=["pandas", "loop"])
    said = parser.parse_args()
    if said.part:
        return with_pandas(said.folder) if said.part == "pandas" else with_loop(said.folder)
    devices = said.folder / "devices.csv"
    devices.write_text("name,power_w\n" + "".join(f"{n},{w}\n" for n, w in POWER.items()))
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "XDG_DATA_HOME": str(said.folder / "data")}
    fleet = [said.olivine, "fleet", str(said.folder / "jobs.csv"), "--by", "status", "--intensity", str(said.folder / "zones.csv"), "--unit", "g_per_kwh", "--device-map", str(devices),
             "--pue", str(PUE), "--power-per-cpu", str(CORE_W), "--json"]
    ours = measure(fleet, env)
    theirs = measure([sys.executable, __file__, str(said.folder), "--part", "pandas"], env)
    loop = measure([sys.executable, __file__, str(said.folder), "--part", "loop"], env)
    log = measure([said.olivine, "import", "sacct", str(said.folder / "sacct.txt"), "--zone", "FR", "--utc-offset", "Z", "--json"], env)
    account = measure([said.olivine, "account", manifest(said), "--json"], env)
    g = ours[2]["total"]["emissions_g"]["value"]
    assert abs(g / theirs[2]["g"] - 1) < 1e-6, (g, theirs[2]["g"])
    for name, (seconds, mib, _) in {"olivine fleet": ours, "olivine account": account, "pandas, prefix sums": theirs, "pandas, a loop, 10,000 rows": loop, "olivine import sacct": log}.items():
        print(f"{name:30}{seconds:8.2f} s CPU {mib:8.0f} MiB")
    return None


if __name__ == "__main__":
    main()
