"""`olivine plan --points`: power cap, batch and precision traded within a service level."""

import json

import pytest

POINTS = """name,power,throughput,latency,accuracy
full,400W,100,20ms,0.90
cap-250,250W,80,30ms,0.90
batch-64,250W,120,90ms,0.90
int8,150W,90,10ms,0.84
"""
JOB = ["--work", "3e6", "--deadline", "24h", "--zones", "US-CAL-CISO", "--start", "2026-07-01T00:00:00Z"]


@pytest.fixture
def points(tmp_path):
    (tmp_path / "points.csv").write_text(POINTS)
    return tmp_path / "points.csv"


def planned(cli, points, *words):
    return json.loads(cli("plan", "--points", points, *JOB, *words, "--json", check=0).stdout)


def test_what_the_service_level_leaves_is_planned(cli, points):
    plan = planned(cli, points, "--latency-below", "50ms", "--accuracy-above", "0.85")
    assert {s["point"] for s in plan["baseline"]["segments"]} == {"full"}, "at once: as fast as the level allows"
    assert {s["point"] for s in plan["plan"]["segments"]} == {"cap-250"}
    hours = 3e6 / 80 / 3600
    assert plan["plan"]["energy_j"] == pytest.approx(250 * hours * 3600, rel=1e-6)
    assert plan["saving"]["average"] > 0.2


def test_a_looser_level_never_emits_more(cli, points):
    grams = [planned(cli, points, *level)["plan"]["emissions_g"]["average"]
             for level in (["--latency-below", "25ms", "--accuracy-above", "0.85"], ["--latency-below", "50ms", "--accuracy-above", "0.85"],
                           ["--accuracy-above", "0.85"], [])]
    assert grams == sorted(grams, reverse=True)


def test_the_text_says_why_points_were_left_out(cli, points):
    text = cli("plan", "--points", points, *JOB, "--latency-below", "50ms", check=0).stdout.decode()
    assert "batch-64 left out: 90 ms is above 50 ms" in text and "full" in text


@pytest.mark.parametrize("words, said", [
    (["--latency-below", "1ms"], "no point keeps the service level: full: 20 ms is above 1 ms"),
    (["--latency-below", "fast"], "--latency-below"),
    (["--accuracy-above", "-1"], "--accuracy-above: \"-1\" is not a number above 0"),
    (["--duration", "2h"], "--points brings power and throughput"),
])
def test_refusals(cli, points, words, said):
    done = cli("plan", "--points", points, *JOB, *words)
    assert done.returncode == 2 and said in done.stderr.decode() and done.stderr.count(b"\n") == 1, done.stderr


def test_a_level_without_points(cli):
    done = cli("plan", "--duration", "2h", "--power", "1kW", "--deadline", "4h", "--zones", "FR", "--latency-below", "1ms")
    assert done.returncode == 2 and b"are of --points" in done.stderr
