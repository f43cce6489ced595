"""`olivine plan` beyond one job at one price: units, objectives, pictures, calendars, runs, data that move, scales, and what never wins."""

import json
import re
import xml.etree.ElementTree

import pytest
from olivine_cli import BIN
from passthrough import Terminal

JOB = ["plan", "--duration", "2h", "--power", "1kW", "--start", "2022-01-01T00:00:00Z"]


def csv(path, rows, head="time_utc,gco2e_per_kwh"):
    path.write_text("\n".join([head, *(f"2022-01-01T{hour:02d}:00:00Z,{value}" for hour, value in rows)]) + "\n")
    return path


def planned(cli, *words, code=0):
    return json.loads(cli(*words, "--json", check=code).stdout)


def d7(tmp_path):
    return csv(tmp_path / "d7.csv", enumerate([5, 1, 4, 2, 3, 1, 6, 2]))


def test_m_is_a_minute(cli, tmp_path):
    file = d7(tmp_path)
    words = ["plan", "--power", "1kW", "--start", "2022-01-01T00:00:00Z", "--intensity", file]
    long = planned(cli, *words, "--duration", "120min", "--deadline", "360min", "--pause-time", "2min", "--min-run", "15min", "--slot", "5min")
    short = planned(cli, *words, "--duration", "120m", "--within", "360m", "--pause-time", "2m", "--min-run", "15m", "--slot", "5m")
    assert long == short


@pytest.mark.parametrize("asked, code", [("5%", 0), ("50%", 0), ("50", 0), ("67%", 1)])
def test_min_saving(cli, tmp_path, asked, code):
    cli(*JOB, "--intensity", d7(tmp_path), "--deadline", "6h", "--min-saving", asked, check=code)  # saves 66.7 %


@pytest.mark.parametrize("words, says", [
    (["--min-saving", "lots"], "--min-saving"), (["--min-saving", "101%"], "--min-saving"), (["--objective", "both"], "both:5%"), (["--objective", "average:5%"], "--objective"),
    (["--objective", "cheap"], "--objective"), (["--scale", "1"], "--scale"), (["--scale", "1:0"], "--scale"), (["--scale", "2:2,1:1"], "scale"), (["--data", "5 apples", "--from", "FR"], "--data"),
    (["--data", "5GB"], "--from"), (["--egress", "1"], "--data"), (["--price", "cheap"], "--price"), (["--price", "XX=3"], "none of the zones"), (["--run", "last"], "--run"),
    (["--jobs", "x.csv"], "of one job"), (["--capacity", "3gpu"], "--jobs"), (["--objective", "cost"], "no price"),
])
def test_wrong_input_is_one_line(cli, tmp_path, words, says):
    done = cli(*JOB, "--intensity", d7(tmp_path), "--deadline", "6h", *words, check=2)
    assert says in done.stderr.decode() and done.stderr.count(b"\n") == 1, done.stderr


def test_money(cli, tmp_path):
    prices = tmp_path / "prices.csv"
    prices.write_text("time_utc,price_per_kwh\n" + "".join(f"2022-01-01T{h:02d}:00:00Z,{p}\n" for h, p in enumerate([0.3, 0.3, 0.1, 0.2, "", 0.0, 0.1, 0.1])))
    plan = planned(cli, *JOB, "--intensity", d7(tmp_path), "--deadline", "6h", "--objective", "cost", "--prices", prices)
    assert [s["start"][11:13] for s in plan["plan"]["segments"]] == ["02", "05"]  # hour 4 has no price, hour 5 is free
    assert plan["plan"]["cost"] == pytest.approx(0.1) and plan["baseline"]["cost"] == pytest.approx(0.6)
    assert plan["cost_saving"] == pytest.approx(5 / 6) and plan["saving"]["average"] == pytest.approx(1 / 6)
    text = cli(*JOB, "--intensity", d7(tmp_path), "--deadline", "6h", "--price", "0.25eur", check=0).stdout.decode()
    assert "0.5 EUR" in text


def test_both_signals(cli, tmp_path):
    file = tmp_path / "both.csv"
    file.write_text("time_utc,gco2e_per_kwh,signal\n" + "".join(
        f"2022-01-01T{h:02d}:00:00Z,{a},average\n2022-01-01T{h:02d}:00:00Z,{m},marginal\n" for h, (a, m) in enumerate([(50, 50), (10, 90), (20, 52), (40, 30)])))
    words = ["plan", "--duration", "1h", "--power", "1kW", "--start", "2022-01-01T00:00:00Z", "--intensity", file, "--deadline", "4h"]
    assert planned(cli, *words)["saving"] == {"average": 0.8, "marginal": pytest.approx(-0.8)}
    for pause in ([], ["--no-pause"]):
        plan = planned(cli, *words, "--objective", "both:5%", *pause)
        assert plan["objective"] == "both:5%" and plan["plan"]["emissions_g"] == {"average": 20, "marginal": 52}
        assert plan["bound"] <= 20 and plan["gap"] >= 0
    assert planned(cli, *words, "--objective", "both:0%", "--no-pause")["plan"]["emissions_g"]["average"] == 40


@pytest.mark.parametrize("row, wins", [("", 2), ("null", 2), ("NaN", 2), ("-40", 2), ("0", 1)])
def test_null_and_negative_never_win(cli, tmp_path, row, wins):
    values = [100, row, 90, 95]
    file = csv(tmp_path / "marginal.csv", ((h, f"{v},marginal") for h, v in enumerate(values)), "time_utc,gco2e_per_kwh,signal")
    words = ["plan", "--duration", "1h", "--power", "1kW", "--start", "2022-01-01T00:00:00Z", "--deadline", "4h", "--objective", "marginal", "--intensity", file]
    for pause in ([], ["--no-pause"]):
        assert planned(cli, *words, *pause)["plan"]["segments"][0]["start"][11:13] == f"{wins:02d}"


def test_missing_stale_and_half_covered_never_win(cli, tmp_path):
    words = ["plan", "--duration", "1h", "--power", "1kW", "--deadline", "4h"]
    # The hour from 1 to 2 is missing; a slot from 0:30 on is half covered.
    missing = csv(tmp_path / "missing.csv", [(0, 100), (2, 90), (3, 80), (4, 80), (5, 80)])
    plan = planned(cli, *words, "--intensity", missing, "--start", "2022-01-01T00:00:00Z", "--no-pause")
    assert plan["plan"]["segments"][0]["start"][11:16] == "03:00"
    half = tmp_path / "half.csv"  # half-hours; that from 1:30 on is missing, so the hour from 1:00 on is half covered
    half.write_text("time_utc,gco2e_per_kwh\n" + "".join(
        f"2022-01-01T{m // 60:02d}:{m % 60:02d}:00Z,{1 if m == 60 else 100 + m}\n" for m in range(0, 300, 30) if m != 90))
    plan = planned(cli, *words, "--intensity", half, "--start", "2022-01-01T00:00:00Z", "--slot", "1h")
    assert plan["plan"]["segments"][0]["start"][11:16] == "00:00"
    # Data of yesterday are not those of today.
    done = cli(*words, "--intensity", missing, "--start", "2022-01-02T00:00:00Z", check=2)
    assert b"reaches" in done.stderr


def test_the_sentence_has_the_clock_of_who_asks(cli, tmp_path):
    words = [*JOB, "--intensity", d7(tmp_path), "--deadline", "3h", "--no-pause"]
    text = cli(*words, check=0, env={**cli.env, "TZ": "CET-1"}).stdout.decode()
    assert "start at 2022-01-01 02:00 CET (01:00 UTC) in file: 16.7 % less by average, unknown at the margin" in text
    assert "if the deadline were 6 h 00 min instead of 3 h 00 min: 33.3 % less by average" in text
    assert planned(cli, *words)["more_time"] == {"within_s": 21600, "saving": {"average": pytest.approx(1 / 3), "marginal": None}, "cost_saving": None}
    profile = cli("plan", "--duration", "8h", "--power", "1kW", "--deadline", "24h", "--zones", "DE", "--start", "2026-07-01T00:00:00Z", check=0).stdout.decode()
    assert re.search(r"% less by average \(range -?[\d.]+ to [\d.]+ %\)", profile)


def test_pictures(cli, tmp_path):
    words = [*JOB, "--intensity", d7(tmp_path), "--deadline", "6h"]
    text = cli(*words, "--plot", check=0).stdout.decode()
    assert "·█···█  the work runs" in text
    assert "2022-01-01 00:00 to 06:00 UTC" in text
    cli(*words, f"--plot={tmp_path}/plan.svg", check=0)
    tree = xml.etree.ElementTree.parse(tmp_path / "plan.svg")
    assert tree.getroot().tag.endswith("svg") and "the work runs" in (tmp_path / "plan.svg").read_text()


@pytest.mark.parametrize("columns", ["60", "80", "100", "120", None])
def test_both_rows_of_the_picture_have_the_same_columns(cli, tmp_path, columns):
    (tmp_path / "two.csv").write_text("time_utc,gco2e_per_kwh\n" + "".join(
        f"2022-01-0{1 + h // 24}T{h % 24:02d}:00:00Z,{500 if h < 24 or h % 2 else 10}\n" for h in range(48)))
    env = dict(cli.env, **({} if columns is None else {"COLUMNS": columns}))
    words = ["plan", "--duration", "12h", "--power", "1kW", "--deadline", "48h", "--slot", "1h", "--start", "2022-01-01T00:00:00Z", "--intensity", "two.csv", "--plot"]
    lines = cli(*words, check=0, env=env).stdout.decode().splitlines()
    row = next(line for line in lines if line.endswith("  the work runs"))
    bars = next(line for line in lines if line.startswith("file  ") and "▁" in line)
    shown = bars[6:].split("  ")[0]
    marks = row[6:].removesuffix("  the work runs")
    assert len(marks) == len(shown) <= 48 and set(marks) == {"·", "█"}
    assert set(marks[:len(marks) // 2]) == {"·"}  # nothing runs on the first day, which is dirty
    assert any("2022-01-01 00:00 to 2022-01-03 00:00 UTC" in line for line in lines)


def test_calendar(cli, tmp_path):
    cli(*JOB, "--intensity", d7(tmp_path), "--deadline", "6h", "--ical", "plan.ics", check=0)
    raw = (tmp_path / "plan.ics").read_bytes()
    lines = raw.split(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"") and all(len(line) <= 75 for line in lines)
    assert lines.count(b"BEGIN:VEVENT") == 2 and b"DTSTART:20220101T050000Z" in lines and b"DTEND:20220101T060000Z" in lines
    unfolded = raw.replace(b"\r\n ", b"").decode()
    assert "SUMMARY:Run the job in file (2 of 2)" in unfolded and "66.7 % less by average\\, unknown" in unfolded


def test_a_run_elsewhere_and_elsewhen(cli, tmp_path):
    cli("run", "--name", "curve", "--zone", "DE", "-q", "--", "python3", "-c", "import time; end = time.time() + 0.5\nwhile time.time() < end: sum(range(1000))", check=0)
    plan = planned(cli, "plan", "--run", "curve", "--within", "24h", "--zones", "DE,FR", "--start", "2026-07-01T00:00:00Z")
    assert plan["feasible"] and plan["plan"]["segments"][0]["zone"] == "FR"
    assert plan["plan"]["energy_j"] == pytest.approx(plan["baseline"]["energy_j"], rel=1e-6) and plan["plan"]["energy_j"] > 0
    text = cli("plan", "--run", "curve", "--within", "24h", "--zones", "DE", "--start", "2026-07-01T00:00:00Z", check=0).stdout.decode()
    assert "its own power curve" in text
    for name, values, begin in (("flat", [100] * 24, 0), ("two", [500, 500, 50, 500] + [500] * 12 + [50] * 8, 2)):  # the earliest of equals
        (tmp_path / f"{name}.csv").write_text("time_utc,gco2e_per_kwh\n" + "".join(f"2022-01-01T{h:02d}:00:00Z,{v}\n" for h, v in enumerate(values)))
        for more in ([], ["--no-pause"]):
            plan = planned(cli, "plan", "--run", "curve", "--within", "24h", "--intensity", f"{name}.csv", "--start", "2022-01-01T00:00:00Z", *more)
            assert [s["start"] for s in plan["plan"]["segments"]] == [f"2022-01-01T{begin:02d}:00:00.000Z"], (name, more)
    assert b"no run" in cli("plan", "--run", "nobody", "--within", "24h", "--zones", "DE", check=2).stderr


def test_data_that_move(cli):
    words = ["plan", "--duration", "4h", "--power", "1kW", "--deadline", "4h", "--zones", "DE,FR", "--start", "2026-07-01T00:00:00Z", "--from", "DE"]
    near = planned(cli, *words, "--data", "1GB")
    assert near["plan"]["segments"][0]["zone"] == "FR" and near["plan"]["transfer_j"] == pytest.approx(0.0065 * 3.6e6)
    far = planned(cli, *words, "--data", "10TB")
    assert far["plan"]["segments"][0]["zone"] == "DE" and far["plan"]["transfer_j"] == 0
    money = ["--objective", "cost", "--price", "DE=0.3,FR=0.1"]
    assert planned(cli, *words, "--data", "1GB", *money)["plan"]["cost"] == pytest.approx(0.4)
    assert planned(cli, *words, "--data", "100GB", "--egress", "0.02", *money)["plan"]["segments"][0]["zone"] == "DE"
    assert "network_kwh_per_gb" in cli(*words, "--data", "1GB", check=0).stdout.decode()
    assert planned(cli, *words, "--data", "1GB", "--energy-per-gb", "1kWh")["plan"]["transfer_j"] in (0, 3.6e6)


def test_scales(cli, tmp_path):
    file = csv(tmp_path / "two.csv", enumerate([1, 3, 9, 9]))
    plan = planned(cli, *JOB, "--intensity", file, "--deadline", "2h", "--scale", "1:1,2:1.8")
    assert plan["plan"]["emissions_g"]["average"] == pytest.approx(2.6)
    assert [s["scale"] for s in plan["plan"]["segments"]] == [2, 1]
    faster = planned(cli, *JOB, "--intensity", file, "--deadline", "2h", "--scale", "1:1:1,2:1.8:3")
    assert faster["plan"]["emissions_g"]["average"] == pytest.approx(1 + 2 + 0.2 * 3)
    assert b"greedy" in cli(*JOB, "--intensity", file, "--deadline", "2h", "--scale", "1:1,2:1.8", "--pause-cost", "1g", check=2).stderr


def test_a_plan_fits_a_terminal_of_80_columns(cli):
    words = ["plan", "--duration", "8h", "--power", "2.4kW", "--deadline", "48h", "--zones", "FR,DE", "--from", "FR", "--data", "500GB", "--start", "2026-11-26T09:00:00Z"]
    command = ["env", *[f"{k}={v}" for k, v in cli.env.items() if k == "HOME" or k.startswith("XDG_")], BIN, *words]
    with Terminal(command, size=(24, 80)) as terminal:
        status, seen = terminal.end()
    lines = seen.decode().replace("\r", "").splitlines()
    assert max(len(line) for line in lines) <= 80, lines
    # Nothing is lost by it.
    assert " ".join(" ".join(lines).split()) == " ".join(cli(*words, check=0).stdout.decode().split())
