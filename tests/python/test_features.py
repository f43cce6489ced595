"""The feature store from outside: what a user types, what comes out, what is refused."""

import csv
import io
import json
import os
import signal
import time

import pytest
from feature_views import LOAD
from olivine_cli import ROOT
from test_schemas import check

VIEWS = LOAD + """
[[view]]
name = "calendar"
class = "behavioural"
entity = "zone"
source = "load"
event_time = "event_time"
ingest_time = "ingest_time"
ttl = "3h"
lineage = ["rules"]

[[view.feature]]
name = "hour"
transform = "hour"
zone = "Europe/Berlin"
unit = "h"
"""


def stamp(hour):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_640_995_200 + hour * 3600))  # from 2022-01-01


@pytest.fixture
def store(cli, tmp_path):
    cli.env["XDG_DATA_HOME"] = str(tmp_path / "data")
    (tmp_path / "v.toml").write_text(VIEWS.replace("TTL", "3h"))
    cli("features", "apply", "v.toml", check=0)
    write_load(tmp_path, 48)
    return cli


def write_load(folder, hours, late=()):
    lines = [f"DE,{stamp(h)},{stamp(h)},{100 + h}\n" for h in range(hours)] + list(late)
    (folder / "load.csv").write_text("zone,event_time,ingest_time,mw\n" + "".join(lines))


def document(done):
    result = json.loads(done.stdout)
    check(result, "features")
    return result


def table(done):
    return list(csv.DictReader(io.StringIO(done.stdout.decode())))


def test_a_version_never_changes(store, tmp_path):
    again = document(store("features", "apply", "v.toml", "--json", check=0))
    assert [v["added"] for v in again["views"]] == [False, False]
    (tmp_path / "w.toml").write_text(VIEWS.replace("TTL", "6h"))
    refused = store("features", "apply", "w.toml", check=2)
    assert b"view load@1 is in use and cannot change (ttl: 3h -> 6h)" in refused.stderr and refused.stdout == b""
    (tmp_path / "w.toml").write_text(VIEWS.replace("TTL", "6h").replace("version = 1", "version = 2"))
    assert document(store("features", "apply", "w.toml", "--dry-run", "--json", check=0))["views"][0]["added"] is True
    assert len(document(store("features", "ls", "--json", check=0))["views"]) == 2


def test_materialize_once_and_again(store, tmp_path):
    first = document(store("features", "materialize", "load", "--source", "load.csv", "--json", check=0))
    assert first["added"] == 48 and first["cost"]["energy_j"] is None and "package-power" in first["cost"]["reason"]
    assert document(store("features", "materialize", "load", "--source", "load.csv", "--json", check=0))["added"] == 0
    # A correction that came late changes nothing that was computed for a time before it came.
    write_load(tmp_path, 50, late=[f"DE,{stamp(10)},{stamp(49)},9999\n"])
    more = document(store("features", "materialize", "load", "--source", "load.csv", "--from", stamp(0), "--package-power", "40", "--json", check=0))
    assert (more["added"], more["unchanged"], more["changed"]) == (2, 48, 0)
    assert more["cost"]["energy_j"] == pytest.approx(40 * more["cost"]["cpu_s"])
    rows = table(store("features", "get", "load", check=0))
    assert len(rows) == 50 and rows[12] == {"zone": "DE", "time": stamp(12), "now": "112", "mean_3h": "111"}
    refused = store("features", "materialize", "load", "--source", "load.csv", "--to", stamp(80), check=2)
    assert b"is not final" in refused.stderr


def test_online_equals_batch(store, tmp_path):
    store("features", "materialize", "load", "--source", "load.csv", check=0)
    (tmp_path / "q.csv").write_text(f"zone,time\nDE,{stamp(49)}\n")
    batch = table(store("features", "get", "load", "--spine", "q.csv", "--source", "load.csv", check=0))[0]
    online = document(store("features", "get", "load", "--entity", "DE", "--at", stamp(49), "--json", check=0))
    assert {f["name"]: f["value"] for f in online["features"]} == {"now": float(batch["now"]), "mean_3h": float(batch["mean_3h"])}
    later = document(store("features", "get", "load", "--entity", "DE", "--at", stamp(60), "--json", check=0))
    assert later["features"][0]["value"] is None  # older than its ttl
    assert b"unknown" in store("features", "get", "load", "--entity", "DE", "--at", stamp(60), check=0).stdout
    assert b'no rows of "FR"' in store("features", "get", "load", "--entity", "FR", check=2).stderr


def test_training_set_and_snapshot(store, tmp_path):
    (tmp_path / "q.csv").write_text(f"zone,time\nDE,{stamp(20)}\nDE,{stamp(5)}\nXX,{stamp(5)}\n")
    arguments = ["features", "get", "load", "calendar", "--spine", "q.csv", "--source", "load.csv", "--snapshot", "train"]
    done = store(*arguments, check=0)
    assert table(done) == [{"zone": "DE", "time": stamp(20), "now": "120", "mean_3h": "119", "hour": "21"},
                           {"zone": "DE", "time": stamp(5), "now": "105", "mean_3h": "104", "hour": "6"},
                           {"zone": "XX", "time": stamp(5), "now": "", "mean_3h": "", "hour": "6"}]
    # Lines in another order and later rows with later times: the same training set, the same bytes.
    lines = (tmp_path / "load.csv").read_text().splitlines(keepends=True)
    (tmp_path / "load.csv").write_text(lines[0] + "".join(reversed(lines[1:])))
    assert store(*arguments, check=0).stdout == done.stdout
    assert store("features", "get", "--snapshot", "train", check=0).stdout == done.stdout
    (tmp_path / "q.csv").write_text(f"zone,time\nDE,{stamp(21)}\n")
    assert b"a snapshot never changes" in store(*arguments, check=2).stderr
    listed = document(store("features", "ls", "--json", check=0))
    assert listed["snapshots"][0]["name"] == "train" and "load@1" in listed["snapshots"][0]["recipe"]


def test_check(store, tmp_path):
    good = document(store("features", "check", "load", "--source", "load.csv", "--now", stamp(48), "--max-psi", "100", "--json", check=0))
    assert good["good"] and {f["check"] for f in good["findings"]} == {"leakage", "early_rows", "freshness", "null_rate", "psi", "ks"}
    bad = document(store("features", "check", "load", "--source", "load.csv", "--now", stamp(90), "--json", check=1))
    assert {f["check"] for f in bad["findings"] if not f["good"]} == {"freshness", "psi"}  # stale; a rising load drifts
    write_load(tmp_path, 48, late=[f"DE,{stamp(60)},{stamp(47)},1\n"])
    assert b"NO   early_rows" in store("features", "check", "load", "--source", "load.csv", "--now", stamp(48), check=1).stdout


@pytest.mark.parametrize("after_s", [0.02, 0.05, 0.1, 0.2, 0.4])
def test_killed_materialize_goes_on(store, tmp_path, after_s):
    lines = [f"Z{e},{stamp(h)},{stamp(h)},{h % 97 + e}\n" for h in range(3000) for e in range(5)]
    (tmp_path / "load.csv").write_text("zone,event_time,ingest_time,mw\n" + "".join(lines))
    child = store.popen("features", "materialize", "load", "--source", "load.csv")
    time.sleep(after_s)
    child.send_signal(signal.SIGKILL)
    child.wait()
    store("features", "materialize", "load", "--source", "load.csv", check=0)
    rows = table(store("features", "get", "load", check=0))
    assert len(rows) == 15_000 and len({(r["zone"], r["time"]) for r in rows}) == 15_000
    assert store("features", "materialize", "load", "--source", "load.csv", "--from", stamp(0), check=0).stdout.startswith(b"load@1: 0 rows added, 15000 unchanged, 0 changed")


def test_parquet_in_and_out(store, tmp_path):
    (tmp_path / "q.csv").write_text(f"zone,time\nDE,{stamp(20)}\nDE,{stamp(5)}\n")
    arguments = ["features", "get", "load", "--spine", "q.csv", "--source", "load.csv"]
    expected = store(*arguments, check=0).stdout
    refused = store(*arguments, "-o", "a.parquet", check=2, env={**store.env, "OLIVINE_DUCKDB": "/nowhere/libduckdb.so"})
    assert b"npm install @duckdb/node-bindings-linux-x64" in refused.stderr
    library = os.environ.get("OLIVINE_DUCKDB")
    if not library:
        pytest.skip("OLIVINE_DUCKDB does not name DuckDB's library")
    store.env["OLIVINE_DUCKDB"] = library
    store(*arguments, "-o", "spine.parquet", check=0)
    assert store("features", "get", "load", "--spine", "spine.parquet", "--source", "load.csv", check=0).stdout == expected


@pytest.mark.parametrize("arguments,said", [
    (["get", "lod", "--entity", "DE"], b"did you mean load"),
    (["get", "load", "--spine", "none.csv", "--source", "load.csv"], b"none.csv"),
    (["get", "load", "calendar", "--spine", "load.csv", "--source", "x=load.csv"], b'no column "time"'),
    (["get", "load"], b"not materialized"),
    (["get", "load", "--json"], b"--json goes with --entity"),
    (["materialize", "load"], b"--source load=FILE"),
    (["materialize", "load", "--source", "load.csv", "--from", "yesterday"], b"--from"),
    (["apply", "none.toml"], b"none.toml"),
])
def test_says_what_is_wrong(store, arguments, said):
    done = store("features", *arguments, check=2)
    assert said in done.stderr, done.stderr
    assert done.stderr.count(b"\n") == 1


def test_the_example_is_valid(store):
    done = store("features", "apply", ROOT / "examples" / "features" / "load.toml", check=0)
    assert done.stdout.count(b"added") == 3
