#!/usr/bin/env python3
"""A year of a cluster: jobs of a made-up cluster as sacct writes them, and hourly intensities of eight zones.

    bench/activities_make.py DIR [--jobs 1000000] [--seed 1]

Writes DIR/sacct.txt (for olivine import sacct), DIR/jobs.csv (the same as an activity table, with a zone for each job) and
DIR/zones.csv (a column a zone, 8,760 hours). Lengths are log-normal with a median of 40 minutes, as in public job logs; nothing
in these numbers is a measurement.
"""

import argparse
import datetime
import math
import pathlib
import random

ZONES = ["FR", "DE", "PL", "SE", "GB", "IT-NO", "ES", "US-CAL-CISO"]
STATES = ["COMPLETED"] * 14 + ["FAILED"] * 3 + ["TIMEOUT"] + ["CANCELLED by 1003"] * 2
STATUS = {"COMPLETED": "done", "FAILED": "failed", "TIMEOUT": "timeout", "CANCELLED by 1003": "cancelled"}
GPUS = ["a100", "v100", "h100", ""]
EPOCH = datetime.datetime(2023, 1, 1)
YEAR_S = 8760 * 3600


def stamp(second):
    return (EPOCH + datetime.timedelta(seconds=second)).isoformat()


def write_jobs(folder, jobs, rng):
    with open(folder / "sacct.txt", "w") as sacct, open(folder / "jobs.csv", "w") as table:
        sacct.write("JobID|User|Account|State|Start|End|ElapsedRaw|AllocTRES|TotalCPU|ConsumedEnergyRaw\n")
        table.write("begin,end,hours,status,phase,zone,project,user,model,device,devices,cpus,memory_gb,cpu_used,energy_kwh,plane,reported_by,reported_gco2e,row\n")
        for i in range(jobs):
            length = min(int(rng.lognormvariate(math.log(2400), 1.4)) + 1, 7 * 86400)
            begin = rng.randrange(YEAR_S - length)
            gpu, state = GPUS[rng.randrange(4)], STATES[rng.randrange(20)]
            count, cpus, memory = rng.choice([1, 1, 2, 4, 8]), rng.choice([1, 4, 8, 16, 32, 64]), rng.choice([4, 16, 64, 256])
            used = int(length * cpus * rng.random())
            project, first, last = f"p{rng.randrange(200)}", stamp(begin), stamp(begin + length)
            tres = f"billing={cpus},cpu={cpus}," + (f"gres/gpu:{gpu}={count},gres/gpu={count}," if gpu else "") + f"mem={memory}G,node=1"
            clock = f"{used // 86400}-{used // 3600 % 24:02}:{used // 60 % 60:02}:{used % 60:02}"
            sacct.write(f"{1000 + i}|u{rng.randrange(500)}|{project}|{state}|{first}|{last}|{length}|{tres}|{clock}|0\n")
            table.write(f"{first}Z,{last}Z,{length / 3600:.10g},{STATUS[state]},,{ZONES[i % 8]},{project},,,{gpu},{count if gpu else ''},{cpus},"
                        f"{memory * 1.073741824:.10g},{used / (length * cpus):.6g},,,,,{i + 2}\n")


def write_zones(folder, rng):
    base = [60, 400, 700, 25, 220, 380, 180, 260]
    with open(folder / "zones.csv", "w") as out:
        out.write("datetime_utc," + ",".join(ZONES) + "\n")
        for hour in range(8760):
            day = math.sin(hour * 2 * math.pi / 24)
            out.write(f"{stamp(hour * 3600)}Z," + ",".join(f"{b * (1 + 0.2 * day + 0.1 * rng.random()):.2f}" for b in base) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    said.folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(said.seed)
    write_jobs(said.folder, said.jobs, rng)
    write_zones(said.folder, rng)


if __name__ == "__main__":
    main()
