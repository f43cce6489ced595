#!/usr/bin/env python3
"""A training set by `olivine features get --spine` beside Feast's get_historical_features: the same rows, the same questions, equal answers.

    python3 -m venv /tmp/feast && /tmp/feast/bin/pip install feast
    tools/build.sh release && /tmp/feast/bin/python bench/features_feast.py [--rows N] [--questions N]

Whole calls as a user makes them, files read, CPU seconds of the process and its children. Feast reads Parquet (its local file store)
and answers as a data frame; Olivine reads and writes CSV. Feast's file store joins every question with every row of its entity first, so its time
grows with their product; keep rows x questions / entities^2 small. Rows have one value an event time and are ingested when they happen:
Feast would count what came late, Olivine does not (a last line says how many answers that changes).
"""

import argparse
import datetime
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd

ROOT = pathlib.Path(__file__).resolve().parent.parent
START = datetime.datetime(2022, 1, 1, tzinfo=datetime.timezone.utc)
VIEW = """
[[view]]
name = "load"
version = 1
class = "domain"
entity = "zone"
source = "load"
event_time = "event_time"
ingest_time = "ingest_time"
ttl = "24h"
lineage = ["made by bench/features_feast.py"]

[[view.feature]]
name = "mw"
transform = "latest"
column = "mw"
unit = "MW"
"""


def make(rows, questions, entities, late, seed=1):
    random = np.random.default_rng(seed)
    zone = np.array([f"Z{i}" for i in range(entities)])
    each = rows // entities
    event = pd.to_datetime(np.tile(np.arange(each), entities) * 3600, unit="s", utc=True) + pd.Timedelta(days=18993)
    frame = pd.DataFrame({"zone": np.repeat(zone, each), "event_time": event, "mw": random.integers(1, 90_000, each * entities) / 8})
    delay = random.integers(0, 48, len(frame)) if late else np.zeros(len(frame), int)
    frame["ingest_time"] = frame["event_time"] + pd.to_timedelta(delay, unit="h")
    seconds = random.integers(0, each * 3600, questions)
    spine = pd.DataFrame({"zone": zone[random.integers(0, entities, questions)],
                          "time": pd.to_datetime(seconds, unit="s", utc=True) + pd.Timedelta(days=18993)})
    return frame, spine


def cpu_seconds():
    mine, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + children.ru_utime + children.ru_stime


def olivine(frame, spine, folder, program):
    text = frame.copy()
    for column in ("event_time", "ingest_time"):
        text[column] = text[column].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    text.to_csv(f"{folder}/load.csv", index=False)
    asked = spine.copy()
    asked["time"] = asked["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    asked.to_csv(f"{folder}/spine.csv", index=False)
    pathlib.Path(f"{folder}/views.toml").write_text(VIEW)
    store = ["--store", f"{folder}/store.sqlite"]
    subprocess.run([program, "features", "apply", f"{folder}/views.toml", *store], check=True, stdout=subprocess.DEVNULL)
    begin = cpu_seconds()
    subprocess.run([program, "features", "get", "load", "--spine", f"{folder}/spine.csv", "--source", f"{folder}/load.csv",
                    "-o", f"{folder}/answer.csv", *store], check=True)  # fmt: skip
    return cpu_seconds() - begin, pd.read_csv(f"{folder}/answer.csv").iloc[:, -1].to_numpy()


def feast(frame, spine, folder):
    from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
    from feast.types import Float64

    frame.to_parquet(f"{folder}/load.parquet")
    config = RepoConfig(project="bench", provider="local", registry=f"{folder}/registry.db",
                        online_store={"type": "sqlite", "path": f"{folder}/online.db"}, entity_key_serialization_version=3)
    store = FeatureStore(config=config)
    zone = Entity(name="zone", join_keys=["zone"], value_type=ValueType.STRING)
    source = FileSource(name="load", path=f"{folder}/load.parquet", timestamp_field="event_time", created_timestamp_column="ingest_time")
    view = FeatureView(name="load", entities=[zone], ttl=datetime.timedelta(hours=24), schema=[Field(name="mw", dtype=Float64)],
                       source=source)
    store.apply([zone, view])
    asked = spine.rename(columns={"time": "event_timestamp"})
    asked["question"] = np.arange(len(asked))
    begin = cpu_seconds()
    got = store.get_historical_features(entity_df=asked, features=["load:mw"]).to_df()
    spent = cpu_seconds() - begin
    return spent, got.sort_values("question")["mw"].to_numpy(dtype=float)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=5_000)
    parser.add_argument("--entities", type=int, default=50)
    parser.add_argument("--olivine", default=str(ROOT / "build/release/bin/olivine"))
    options = parser.parse_args()
    os.environ.setdefault("FEAST_USAGE", "False")
    for late in (False, True):
        frame, spine = make(options.rows, options.questions, options.entities, late)
        with tempfile.TemporaryDirectory() as folder:
            ours_s, ours = olivine(frame, spine, folder, options.olivine)
            theirs_s, theirs = feast(frame, spine, folder)
        differ = int(np.sum(~((ours == theirs) | (np.isnan(ours) & np.isnan(theirs)))))
        print(f"{'late rows' if late else 'no late rows'}: {len(frame)} rows, {len(spine)} questions; olivine {ours_s:.2f} s CPU, "
              f"feast {theirs_s:.2f} s CPU ({theirs_s / ours_s:.0f} x); {differ} answers differ")
        if not late and differ:
            sys.exit(1)


if __name__ == "__main__":
    main()
