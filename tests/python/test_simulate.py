"""olivine simulate: a trace under several policies, in parts and as a whole."""

import datetime
import json
import math

import pytest
from olivine_cli import ROOT

jsonschema = pytest.importorskip("jsonschema")
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "simulate.schema.json").read_text())


@pytest.fixture
def zones(tmp_path):
    path = tmp_path / "zones.csv"
    begin = datetime.datetime(2022, 1, 1)
    lines = ["time_utc,A,B"]
    for hour in range(50 * 24):
        a = 300 + 120 * math.sin(2 * math.pi * hour / 24) + 20 * math.sin(hour * 0.7)
        lines.append(f"{begin + datetime.timedelta(hours=hour):%Y-%m-%d %H:%M},{a:.2f},{600 - a:.2f}")
    path.write_text("\n".join(lines) + "\n")
    return path


def rows_of(done):
    document = json.loads(done.stdout)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return {(row["policy"], row["zone"], row["seed"]): row for row in document["rows"]}


def test_policies_zones_and_seeds(cli, zones):
    policies = "at_once,mpc,double_threshold,learning_augmented"
    done = cli("simulate", "--intensity", zones, "--policy", policies, "--jobs", 40, "--seeds", 2, "--json", check=0)
    rows = rows_of(done)
    assert len(rows) == 4 * 2 * 2
    for (policy, _, _), row in rows.items():
        assert row["jobs"] == 40 and row["late"] == 0 and row["least_g"] <= row["emissions_g"] * (1 + 1e-12)
        if policy == "at_once":
            assert row["emissions_g"] == row["at_once_g"] and row["captured"] == 0 and row["worse"] == 0
        if policy == "mpc":
            assert row["captured"] > 0.8  # the zones repeat every day
    again = cli("simulate", "--intensity", zones, "--policy", policies, "--jobs", 40, "--seeds", 2, "--threads", 1, "--json", check=0)
    assert again.stdout == done.stdout
    perfect = rows_of(cli("simulate", "--intensity", zones, "--policy", "mpc", "--jobs", 40, "--forecast", "perfect", "--json", check=0))
    assert all(math.isclose(row["emissions_g"], row["least_g"], rel_tol=1e-9) for row in perfect.values())


def test_parts_merge_to_the_whole(cli, zones, tmp_path):
    common = ["simulate", "--intensity", zones, "--jobs", 31, "--switch-cost", 20]
    whole = rows_of(cli(*common, "--json", check=0))
    for part in (1, 2, 3):
        cli(*common, "--part", f"{part}/3", f"--json={tmp_path / str(part)}.json", check=0)
    merged = rows_of(cli("simulate", "--merge", *[tmp_path / f"{part}.json" for part in (1, 2, 3)], "--json", check=0))
    assert merged.keys() == whole.keys()
    for key, row in merged.items():
        assert row["jobs"] == whole[key]["jobs"] == 31
        assert math.isclose(row["emissions_g"], whole[key]["emissions_g"], rel_tol=1e-12)
    assert sorted(row["parts"]) == ["1/3", "2/3", "3/3"]
    twice = cli("simulate", "--merge", tmp_path / "1.json", tmp_path / "1.json")
    assert twice.returncode != 0 and b"part 1/3" in twice.stderr
    assert "mpc" in cli("simulate", "--merge", tmp_path / "1.json", check=0).stdout.decode()


def test_own_trace(cli, zones, tmp_path):
    trace = tmp_path / "jobs.csv"
    trace.write_text("arrives_utc,hours,within_hours,power_kw\n2022-02-01T06:00Z,2,8,3\n")
    prices = [float(line.split(",")[1]) for line in zones.read_text().splitlines()[1:]]
    begin = 31 * 24 + 6
    done = cli("simulate", "--intensity", zones, "--zones", "A", "--trace", trace, "--policy", "at_once", "--json", check=0)
    row = rows_of(done)["at_once", "A", 1]
    assert math.isclose(row["emissions_g"], 3 * (prices[begin] + prices[begin + 1]))
    assert math.isclose(row["least_g"], 3 * sum(sorted(prices[begin : begin + 8])[:2]))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--intensity"),
        (["--intensity", "ZONES", "--policy", "mpcc"], "there are at_once, mpc"),
        (["--intensity", "ZONES", "--zones", "C"], "C"),
        (["--intensity", "ZONES", "--part", "4/3"], "I/N"),
        (["--intensity", "ZONES", "--trace", "BAD"], "line 2"),
        (["--merge", "BAD"], "olivine.simulate/1"),
    ],
)
def test_mistakes_are_one_line(cli, zones, tmp_path, arguments, words):
    bad = tmp_path / "bad.csv"
    bad.write_text("arrives_utc,hours,within_hours\n2022-02-01T06:00Z,two,8\n")
    done = cli("simulate", *[{"ZONES": zones, "BAD": bad}.get(a, a) for a in arguments])
    assert done.returncode == 2 or done.returncode == 1
    error = done.stderr.decode()
    assert words in error and error.count("\n") == 1, error
