#!/usr/bin/env python3
"""The as-of join beside DuckDB's ASOF JOIN and pandas' merge_asof: the same bytes, one core, one run, equal answers.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install duckdb pandas
    tools/build.sh bench features_join && /tmp/peers/bin/python bench/features_peers.py [--rows N] [--questions N]

CPU seconds, the least of several repeats, so that other work on the machine counts little. DuckDB is given its own tables
and one thread, and its time is the lesser of writing the answers to a table and only adding them up; pandas is given frames
sorted by time, as it demands, and that sorting counts where the rows come shuffled, as it does for Olivine.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time

import duckdb
import numpy as np
import pandas as pd

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOUR = 3_600_000_000_000


def make(rows, questions, entities, seed, shuffled):
    """Rows every few minutes an entity; event times differ within an entity, so that there is one right answer."""
    random = np.random.default_rng(seed)
    entity = np.sort(random.integers(0, entities, rows).astype(np.uint32))
    event = np.zeros(rows, np.int64)
    start = np.searchsorted(entity, np.arange(entities))
    for e, begin in enumerate(start):
        end = start[e + 1] if e + 1 < entities else rows
        event[begin:end] = np.cumsum(random.integers(1, HOUR // 6, end - begin))
    value = random.normal(size=rows)
    q_entity = random.integers(0, entities, questions).astype(np.uint32)
    q_time = random.integers(0, int(event.max()), questions)
    if shuffled:
        order = random.permutation(rows)
        entity, event, value = entity[order], event[order], value[order]
    else:
        order = np.lexsort((q_time, q_entity))
        q_entity, q_time = q_entity[order], q_time[order]
    return entity, event, value, q_entity, q_time


def least(work, repeats):
    best, result = 1e9, None
    for _ in range(repeats):
        begin = time.process_time()
        result = work()
        best = min(best, time.process_time() - begin)
    return best, result


def olivine(data, ingest, program, repeats):
    entity, event, value, q_entity, q_time = data
    with tempfile.TemporaryDirectory() as folder:
        for name, array in [("entity.u32", entity), ("event.i64", event), ("ingest.i64", ingest), ("value.f64", value),
                            ("q_entity.u32", q_entity), ("q_time.i64", q_time)]:
            array.tofile(f"{folder}/{name}")
        done = json.loads(subprocess.run([program, folder, str(repeats)], check=True, capture_output=True).stdout)
        return done["sort_s"] + done["join_s"], done["join_s"], np.fromfile(f"{folder}/answer.f64")


def duck(data, repeats):
    entity, event, value, q_entity, q_time = data
    db = duckdb.connect()
    db.execute("SET threads = 1")
    r = pd.DataFrame({"entity": entity, "event": event, "value": value})
    q = pd.DataFrame({"i": np.arange(len(q_entity)), "entity": q_entity, "t": q_time})
    db.execute("CREATE TABLE r AS SELECT * FROM r")
    db.execute("CREATE TABLE q AS SELECT * FROM q")
    join = "FROM q ASOF LEFT JOIN r ON q.entity = r.entity AND q.t >= r.event"
    table, _ = least(lambda: db.execute(f"CREATE OR REPLACE TABLE a AS SELECT q.i, r.value {join}").fetchall(), repeats)
    total, _ = least(lambda: db.execute(f"SELECT sum(r.value) {join}").fetchall(), repeats)
    answer = db.execute("SELECT value FROM a ORDER BY i").fetchnumpy()["value"]
    return min(table, total), table, np.ma.filled(np.ma.asarray(answer), np.nan).astype(float)


def pandas_join(data, repeats):
    entity, event, value, q_entity, q_time = data
    r = pd.DataFrame({"entity": entity, "event": event, "value": value})
    q = pd.DataFrame({"i": np.arange(len(q_entity)), "entity": q_entity, "t": q_time})
    rs, qs = r.sort_values("event", kind="stable"), q.sort_values("t", kind="stable")
    work = lambda a, b: pd.merge_asof(b, a, left_on="t", right_on="event", by="entity")  # noqa: E731
    joined, result = least(lambda: work(rs, qs), repeats)
    whole, _ = least(lambda: work(r.sort_values("event", kind="stable"), q.sort_values("t", kind="stable")), repeats)
    return whole, joined, result.sort_values("i")["value"].to_numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--questions", type=int, default=2_000_000)
    parser.add_argument("--entities", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--program", default=ROOT / "build" / "bench" / "bin" / "features_join")
    o = parser.parse_args()
    print(f"{o.rows} rows, {o.questions} questions, {o.entities} entities; duckdb {duckdb.__version__}, pandas {pd.__version__}; CPU s, million answers a CPU s")
    for shuffled in (False, True):
        data = make(o.rows, o.questions, o.entities, 1, shuffled)
        whole, join, ours = olivine(data, data[1], o.program, o.repeats)
        duck_best, duck_table, theirs = duck(data, o.repeats)
        pandas_whole, pandas_only, third = pandas_join(data, o.repeats)
        assert np.array_equal(ours, theirs, equal_nan=True) and np.array_equal(ours, third, equal_nan=True)
        print("rows and questions shuffled:" if shuffled else "rows and questions sorted by entity and time:")
        mine = whole if shuffled else join
        for name, seconds in [("olivine", mine), ("duckdb ASOF JOIN", duck_best), ("duckdb, answers to a table", duck_table),
                              ("pandas merge_asof, sorting too", pandas_whole), ("pandas merge_asof, join only", pandas_only)]:
            print(f"  {name:<32} {seconds:8.3f} s {o.questions / seconds / 1e6:8.2f} M/s   {seconds / mine:6.1f} x olivine's time")
        late = data[1] + np.where(np.random.default_rng(2).random(o.rows) < 0.1, 24 * HOUR, 0)
        whole, join, _ = olivine(data, late, o.program, o.repeats)
        print(f"  {'olivine, a tenth a day late':<32} {(whole if shuffled else join):8.3f} s   (the others have no ingest time)")
    print("all answers equal")


if __name__ == "__main__":
    main()
