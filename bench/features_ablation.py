#!/usr/bin/env python3
"""Do richer data models help? Day-ahead load of one zone from D, D + C and D + C + B features with a ridge model.

    PYTHON_WITH_NUMPY bench/features_ablation.py --data ../shared/data --olivine build/release/bin/olivine [--zone PJM]

Features come from the store's own point-in-time join (examples/features/load.toml); the load is known an hour after its hour.
The target is the load 24 h after the question. Train on 2019 and 2020, the ridge penalty chosen on the last quarter of 2020,
test on 2021. Encodings (the same rule for every set): temperatures enter also as heating and cooling degrees around 18 C and
times hour features where both are there; hour and weekday enter as one column an hour of the week. The weather is the
forecast of the hour as published in the data set, whose lead is shorter than 24 h for some hours: a little optimistic.
"""

import argparse
import csv
import datetime
import gzip
import io
import os
import pathlib
import subprocess
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
UTC = datetime.timezone.utc
HOUR = datetime.timedelta(hours=1)
VIEWS = ["load_domain", "load_context", "load_behaviour"]
SETS = [("D", 1), ("D + C", 2), ("D + C + B", 3)]


def moment(text):
    date, clock = text.split(" ")
    year, month, day = (int(x) for x in date.split("-"))
    return datetime.datetime(year, month, day, int(clock.split(":")[0]), tzinfo=UTC)


def stamp(t):
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


def table(path):
    with gzip.open(path, "rt") as file:
        yield from csv.DictReader(file)


def write_sources(data, zone, folder):
    """load.csv, weather.csv and the questions; returns the load by hour."""
    load = {}
    with open(folder / "load.csv", "w") as out:
        out.write("zone,event_time,ingest_time,load_mw\n")
        for row in table(data / f"grid/forecasting/{zone}_direct_emissions.csv.gz"):
            t = moment(row["UTC time"])
            fuels = [v for k, v in row.items() if k not in ("", "UTC time", "carbon_intensity")]
            value = sum(float(v) for v in fuels) if all(fuels) else 0.0
            if value > 0.0:
                load[t] = value
            out.write(f"{zone},{stamp(t)},{stamp(t + HOUR)},{value if value > 0.0 else ''}\n")
    with open(folder / "weather.csv", "w") as out:
        out.write("zone,event_time,ingest_time,temp_k,dewpoint_k,wind_m_per_s\n")
        for row in table(data / f"grid/forecasting/{zone}_weather_forecast.csv.gz"):
            issued = stamp(moment(row["datetime"]) - 24 * HOUR)
            cells = [row[f"forecast_avg_{name}_wMean"] for name in ("temperature", "dewpoint", "wind_speed")]
            out.write(f"{zone},{issued},{issued}," + ",".join(cells if float(cells[0]) > 100.0 else ["", "", ""]) + "\n")
    times = [t for t in sorted(load) if datetime.datetime(2019, 1, 10, tzinfo=UTC) <= t < datetime.datetime(2021, 12, 31, tzinfo=UTC)]
    (folder / "questions.csv").write_text("zone,time\n" + "".join(f"{zone},{stamp(t)}\n" for t in times))
    return load, times


def features(olivine, folder, count):
    """Column name -> values, for the first `count` views."""
    env = {**os.environ, "XDG_DATA_HOME": str(folder), "HOME": str(folder)}
    subprocess.run([olivine, "features", "apply", ROOT / "examples/features/load.toml"], check=True, env=env, capture_output=True)
    text = subprocess.run([olivine, "features", "get", *VIEWS[:count], "--spine", folder / "questions.csv", "--source", f"load={folder}/load.csv",
                           "--source", f"weather={folder}/weather.csv"], check=True, env=env, capture_output=True, text=True).stdout
    rows = list(csv.reader(io.StringIO(text)))
    return {name: np.array([float(r[i]) if r[i] else np.nan for r in rows[1:]]) for i, name in enumerate(rows[0]) if i >= 2}


def design(columns):
    """The encodings of the manual above; one rule for every set."""
    x = [v for k, v in columns.items() if k not in ("hour_ahead", "weekday_ahead", "load_rows_24h")]
    if "temperature_ahead" in columns:
        for name in ("temperature_ahead", "temperature_mean_24h_ahead"):
            degrees = columns[name] - 291.15
            x += [np.maximum(degrees, 0), np.maximum(-degrees, 0), np.maximum(degrees, 0) ** 2, np.maximum(-degrees, 0) ** 2]
    if "hour_ahead" in columns:
        hour = np.floor(columns["hour_ahead"]).astype(int)
        week = hour + 24 * (columns["weekday_ahead"].astype(int) - 1)
        x += [(week == k).astype(float) for k in range(168)]
        x += [(hour == k) * columns["holiday_ahead"] for k in range(24)]
        if "temperature_ahead" in columns:
            degrees = columns["temperature_ahead"] - 291.15
            x += [(hour == k) * np.maximum(s * degrees, 0) for k in range(24) for s in (1, -1)]
    return np.column_stack(x)


def ridge(x, y, penalty):
    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale[scale == 0.0] = 1.0
    z = (x - mean) / scale
    weights = np.linalg.solve(z.T @ z + penalty * len(z) * np.eye(z.shape[1]), z.T @ (y - y.mean()))
    return lambda new: (new - mean) / scale @ weights + y.mean()


def mape(truth, guess):
    return 100.0 * np.mean(np.abs(guess - truth) / truth)


def score(columns, target, times):
    x = design(columns)
    good = np.isfinite(x).all(axis=1) & np.isfinite(target)
    year = np.array([t.year for t in times])
    late = np.array([t >= datetime.datetime(2020, 10, 1, tzinfo=UTC) for t in times])
    # No target of the training part lies in the test year.
    before = np.array([t + 24 * HOUR < datetime.datetime(2021, 1, 1, tzinfo=UTC) for t in times])
    fit, tune, test = good & ~late, good & late & before, good & (year == 2021)
    penalties = [10.0**k for k in range(-8, 0)]
    best = min(penalties, key=lambda p: mape(target[tune], ridge(x[fit], target[fit], p)(x[tune])))
    model = ridge(x[good & before], target[good & before], best)
    return mape(target[test], model(x[test])), test, best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--olivine", default=ROOT / "build/release/bin/olivine")
    parser.add_argument("--zone", default="PJM")
    o = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        load, times = write_sources(o.data, o.zone, folder)
        target = np.array([load.get(t + 24 * HOUR, np.nan) for t in times])
        print(f"{o.zone}, load 24 h ahead, test 2021")
        for label, count in SETS:
            columns = features(o.olivine, folder, count)
            result, test, penalty = score(columns, target, times)
            print(f"  {label:<12} MAPE {result:5.2f} %   {len(columns):3d} features, {test.sum()} hours, penalty {penalty:g}")
        day = columns["load_day_before"]
        both = test & np.isfinite(day)
        print(f"  {'persistence':<12} MAPE {mape(target[both], day[both]):5.2f} %   the newest same hour that is known ({both.sum()} hours)")


if __name__ == "__main__":
    main()
