"""What `olivine plan` says of a plan, and what it refuses: limits of both signals, seconds, long names, options that a queue has not, files that are pipes."""

import json
import os
import threading

import pytest

START = ["--start", "2022-01-01T00:00:00Z"]
JOB = ["--duration", "1h", "--power", "1kW", "--deadline", "4h"]
AVERAGE, MARGINAL = [300, 200, 100, 400, 50, 350], [500, 600, 700, 400, 650, 350]


def both_signals(tmp_path):
    path = tmp_path / "a.csv"
    rows = [f"2022-01-01T{h:02d}:00:00Z,{v},{signal}" for signal, values in (("average", AVERAGE), ("marginal", MARGINAL)) for h, v in enumerate(values)]
    path.write_text("\n".join(["time_utc,gco2e_per_kwh,signal", *rows]) + "\n")
    return path


def queue_of(tmp_path, rows):
    path = tmp_path / "jobs.csv"
    path.write_text("\n".join(["job,duration,power,deadline", *rows]) + "\n")
    return path


def plan(cli, *words, check=0):
    done = cli("plan", *START, *words, check=check)
    return (done.stdout if check == 0 else done.stderr).decode()


def test_what_both_forbids_is_said(cli, tmp_path):
    file = both_signals(tmp_path)
    assert plan(cli, *JOB, "--no-pause", "--intensity", file, "--objective", "both:0%").splitlines()[0] == (
        "plan      start at once in file: within 4 h 00 min both:0% allows nothing that emits less (without its limit 66.7 % less by average, 40 % more at the margin)")
    assert "nothing within 1 h 00 min emits less" in plan(cli, *JOB[:4], "--deadline", "1h", "--intensity", file, "--objective", "both:0%")
    assert "start at 2022-01-01 02:00 UTC" in plan(cli, *JOB, "--intensity", file, "--objective", "both:50%")


def test_a_small_tolerance_has_no_exponent(cli, tmp_path):
    words = [*JOB, "--intensity", both_signals(tmp_path), "--json", "--objective"]
    assert json.loads(plan(cli, *words, "both:0.00001%"))["objective"] == "both:0.00001%"
    assert json.loads(plan(cli, *words, "both:7"))["objective"] == "both:7%"


def test_more_time_says_its_money(cli, tmp_path):
    prices = tmp_path / "p.csv"
    prices.write_text("time_utc,price_per_kwh\n" + "".join(f"2022-01-01T{h:02d}:00:00Z,{v}\n" for h, v in enumerate([0.4, 0.3, 0.3, 0.1, 0.3, 0.3])))
    found = json.loads(plan(cli, *JOB[:4], "--deadline", "3h", "--intensity", both_signals(tmp_path), "--objective", "cost", "--prices", prices, "--json"))
    assert found["cost_saving"] == pytest.approx(0.25) and found["more_time"]["cost_saving"] == pytest.approx(0.75)


def test_short_spans_have_seconds(cli, tmp_path):
    file = both_signals(tmp_path)
    text = plan(cli, "--duration", "13s", "--power", "1kW", "--deadline", "4h", "--slot", "1s", "--intensity", file)
    assert "start at 2022-01-01 02:00:00 UTC" in text and "02:00:00 UTC .. 2022-01-01 02:00:13 UTC" in text
    assert "02:00 UTC .. 2022-01-01 03:00 UTC" in plan(cli, *JOB, "--intensity", file)


def test_names_do_not_run_into_the_times(cli, tmp_path):
    names = ["short", "a-name-of-20-letters", "a-name-that-is-longer-than-any-column-should-be"]
    text = plan(cli, "--jobs", queue_of(tmp_path, [f"{n},1h,1kW,4h" for n in names]), "--capacity", "4", "--intensity", both_signals(tmp_path))
    lines = text.splitlines()
    at = [line.index("2022-") for line in lines if " .. " in line]
    assert len(at) == 3 and len(set(at)) == 1 and f"  {names[2]}" in lines
    assert all(f"  {n}  " in text for n in names[:2])


@pytest.mark.parametrize("words", [
    ["--points", "p.csv"], ["--work", "3"], ["--service-level", "foo"], ["--service-level-of", "last/x"], ["--latency-below", "5ms"], ["--throughput-above", "1"], ["--accuracy-above", "1"],
    ["--egress", "1"], ["--energy-per-gb", "1Wh"], ["--price", "1"], ["--prices", "p.csv"], ["--paused-power", "1W"], ["--scale", "1:1"], ["--margin", "1h"], ["--pause-above", "3g"], ["--follow"],
])
def test_a_queue_refuses_what_it_has_not(cli, tmp_path, words):
    said = plan(cli, "--jobs", queue_of(tmp_path, ["a,1h,1kW,4h"]), "--capacity", "1", "--intensity", both_signals(tmp_path), *words, check=2)
    assert f"{words[0]} is of one job" in said and "row says" not in said and said.count("\n") == 1


@pytest.mark.parametrize("objective", ["both:5%", "both", "cost", "average:5%", "foo"])
def test_a_queue_goes_by_one_signal(cli, tmp_path, objective):
    said = plan(cli, "--jobs", queue_of(tmp_path, ["a,1h,1kW,4h"]), "--capacity", "1", "--intensity", both_signals(tmp_path), "--objective", objective, check=2)
    assert said == f'olivine: --objective: "{objective}": a queue (--jobs) is planned by average or marginal; it has no cost and no both\n'


@pytest.mark.parametrize("zones", [[], ["--zones", "DE"]])
def test_a_file_without_zones_is_not_the_place_of_the_data(cli, tmp_path, zones):
    words = [*JOB, "--intensity", both_signals(tmp_path), "--data", "5GB", *zones]
    assert "has no rows of zone FR" in plan(cli, *words, "--from", "FR", check=2)


def test_the_place_of_the_data_is_a_zone_of_the_file(cli, tmp_path):
    file = both_signals(tmp_path)
    assert " data " not in plan(cli, *JOB, "--intensity", file, "--data", "5GB", "--zones", "FR", "--from", "FR")  # is there
    file.write_text("time_utc,gco2e_per_kwh,zone\n" + "".join(f"2022-01-01T{h:02d}:00:00Z,{v},{z}\n" for z, base in (("DE", 100), ("FR", 500)) for h, v in enumerate([base] * 5)))
    words = [*JOB, "--intensity", file, "--zones", "DE", "--data", "10GB", "--from", "FR", "--energy-per-gb", "100Wh", "--json"]
    assert json.loads(plan(cli, *words))["plan"]["emissions_g"]["average"] == pytest.approx(100 + 300)  # 1 kWh, and 1 kWh at the mean of both


def piped(path):
    """A name under which another program's output is read: a FIFO."""
    fifo = path.with_name(path.name + ".fifo")
    os.mkfifo(fifo)
    threading.Thread(target=lambda: fifo.write_bytes(path.read_bytes()), daemon=True).start()
    return fifo


def test_files_may_be_pipes(cli, tmp_path):
    file, jobs = both_signals(tmp_path), queue_of(tmp_path, ["a,1h,1kW,4h"])
    prices, points, supply = tmp_path / "p.csv", tmp_path / "points.csv", tmp_path / "supply.toml"
    prices.write_text("time_utc,price_per_kwh\n2022-01-01T00:00:00Z,1\n2022-01-01T01:00:00Z,2\n")
    points.write_text("name,power,throughput\nlow,200W,50\n")
    supply.write_text('[grid]\nlimit = "2kW"\n')
    for words in ([*JOB, "--intensity", (file,)], [*JOB, "--intensity", (file,), "--from", "file", "--data", "1GB"], ["--jobs", (jobs,), "--capacity", "1", "--intensity", (file,)],
                  [*JOB, "--intensity", file, "--prices", (prices,)], ["--points", (points,), "--work", "1000", "--deadline", "4h", "--intensity", file],
                  [*JOB, "--intensity", file, "--supply", (supply,)]):
        plain = plan(cli, *(w[0] if isinstance(w, tuple) else w for w in words), "--json")
        through = plan(cli, *(piped(w[0]) if isinstance(w, tuple) else w for w in words), "--json")
        assert through == plain
        for fifo in tmp_path.glob("*.fifo"):
            fifo.unlink()
    file.write_text("time_utc,gco2e_per_kwh\n" + "".join(f"2022-01-{1 + h // 24:02d}T{h % 24:02d}:00:00Z,{100 + h}\n" for h in range(48)))
    words = ["simulate", "--policy", "at_once,oracle", "--signal", "average", "--days", "1", "--start", "2022-01-01T00:00:00Z", "--intensity", file, "--json", "--trace"]
    plain, fifo = cli(*words, jobs, check=0).stdout.decode(), piped(jobs)
    assert cli(*words, fifo, check=0).stdout.decode().replace(str(fifo), str(jobs)) == plain
