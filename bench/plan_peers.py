#!/usr/bin/env python3
"""`olivine plan` beside CATS (Climate-Aware Task Scheduler) on the same questions.

    python3 -m venv /tmp/cats && /tmp/cats/bin/pip install climate-aware-task-scheduler
    /tmp/cats/bin/python bench/plan_peers.py --olivine build/release/bin/olivine --data ../shared/data [--queries 200]

Great Britain 2020, half hours. Each question: a job of 1 to 12 h that may start within 24 h, asked at any minute. CATS integrates
straight lines between points (trapezoids) and tries starts half an hour apart from the minute of the question; Olivine takes a
point for its whole half hour and tries the same starts, and those of every fifth minute; a last slot that is used in part has that
slot's mean. Every answer is then priced twice, by steps and by straight lines, so that
neither is judged by its own reading of the data only; `possible` is the best of the starts half an hour apart by that reading. Prints the savings, how often
each start is the best one, and CPU time for a question; Olivine's is a process that reads the whole file.
"""

import argparse
import csv
import datetime as dt
import gzip
import json
import random
import resource
import statistics
import subprocess
import tempfile
import time

from cats.forecast import PointEstimate, WindowedForecast

STEP = dt.timedelta(minutes=30)
WAIT = dt.timedelta(hours=24)


def read(path):
    with gzip.open(path, "rt") as file:
        rows = list(csv.reader(file))
    points = []
    for row in rows[1:]:
        at = dt.datetime.fromisoformat(row[0].replace("Z", "+00:00"))
        points.append((at if at.tzinfo else at.replace(tzinfo=dt.timezone.utc), float(row[1])))
    whole = [k for k in range(1, len(points)) if points[k][0] - points[k - 1][0] != STEP]
    return points[: whole[0]] if whole else points  # from 2020-10-31 on the file has quarters of an hour


def mean(points, begin, end, straight):
    """Mean intensity from begin to end: by steps, or by straight lines between points."""
    total, i = 0.0, int((begin - points[0][0]) / STEP)
    while points[i][0] < end:
        a, b = max(begin, points[i][0]), min(end, points[i][0] + STEP)
        value = points[i][1]
        if straight:
            middle = ((a + (b - a) / 2) - points[i][0]) / STEP
            value += (points[i + 1][1] - value) * middle
        total += value * (b - a).total_seconds()
        i += 1
    return total / (end - begin).total_seconds()


def cats_start(points, at, length):
    i = int((at - points[0][0]) / STEP)
    last = int((at + WAIT + length - points[0][0]) / STEP) + 1
    given = [PointEstimate(value=v, datetime=t) for t, v in points[i:last + 1]]
    windows = WindowedForecast(given, int(length.total_seconds() // 60), at)
    return min((w for w in windows if w.start <= at + WAIT), key=lambda w: w.value).start


def olivine_start(olivine, path, at, length, slot):
    text = subprocess.run([olivine, "plan", "--intensity", path, "--start", at.strftime("%Y-%m-%dT%H:%M:00Z"), "--duration",
                           f"{int(length.total_seconds() // 60)}m", "--deadline", f"{int((WAIT + length).total_seconds() // 60)}m", "--slot", slot, "--power", "1kW",
                           "--no-pause", "--json"], capture_output=True, text=True, check=True).stdout
    return dt.datetime.fromisoformat(json.loads(text)["plan"]["segments"][0]["start"].replace("Z", "+00:00"))


def cpu(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--olivine", default="build/release/bin/olivine")
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    points = read(f"{said.data}/grid/lets-wait-awhile/gb_ci.csv.gz")
    random.seed(said.seed)
    questions = []
    while len(questions) < said.queries:
        at = points[0][0] + dt.timedelta(minutes=random.randrange(0, int((points[-1][0] - points[0][0]).total_seconds() // 60) - 3 * 24 * 60))
        questions.append((at, dt.timedelta(minutes=random.randrange(60, 721))))
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("time_utc,gco2e_per_kwh\n" + "".join(f"{t:%Y-%m-%dT%H:%M:%SZ},{v}\n" for t, v in points))
        file.flush()
        begin, answers = cpu(resource.RUSAGE_SELF), {}
        answers["CATS"] = [cats_start(points, *q) for q in questions]
        spent = {"CATS": cpu(resource.RUSAGE_SELF) - begin}
        for slot in ("30m", "5m"):
            name, begin = f"Olivine {slot}", cpu(resource.RUSAGE_CHILDREN)
            answers[name] = [olivine_start(said.olivine, file.name, *q, slot) for q in questions]
            spent[name] = cpu(resource.RUSAGE_CHILDREN) - begin
    print(f"{said.queries} questions, GB 2020, {time.strftime('%Y-%m-%d')}")
    for reading, straight in (("steps", False), ("straight lines", True)):
        once = [mean(points, at, at + length, straight) for at, length in questions]
        best = [min(mean(points, at + k * STEP, at + k * STEP + length, straight) for k in range(int(WAIT / STEP) + 1)) for at, length in questions]
        print(f"priced by {reading}: possible {100 * (1 - statistics.fmean(b / o for b, o in zip(best, once))):.2f} %")
        for name, starts in answers.items():
            got = [mean(points, s, s + length, straight) for s, (_, length) in zip(starts, questions)]
            saving = 100 * (1 - statistics.fmean(g / o for g, o in zip(got, once)))
            hits = sum(g <= b * (1 + 1e-9) for g, b in zip(got, best))
            print(f"  {name:11} saves {saving:6.2f} %  best start in {100 * hits / len(got):5.1f} %  CPU {1e3 * spent[name] / len(got):6.2f} ms a question")


if __name__ == "__main__":
    main()
