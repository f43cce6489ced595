"""`olivine plan`: the reference's case D7 from a file, both signals, refusals, and plans on what is shipped."""

import json
import subprocess

import pytest

# Intensity of each slot 5 1 4 2 3 1 6 2; power and slot are such that a slot's energy is 1 kWh.
D7 = [5, 1, 4, 2, 3, 1, 6, 2]
JOB = ["plan", "--duration", "2h", "--power", "1kW", "--start", "2022-01-01T00:00:00Z"]


def csv(path, values, extra=()):
    rows = [f"2022-01-01T{hour:02d}:00:00Z,{value}" for hour, value in enumerate(values)]
    path.write_text("\n".join(["time_utc,gco2e_per_kwh", *rows, *extra]) + "\n")
    return path


def planned(cli, *words, code=0):
    return json.loads(cli(*words, "--json", check=code).stdout)


def test_case_d7(cli, tmp_path):
    file = csv(tmp_path / "d7.csv", D7)
    start = planned(cli, *JOB, "--intensity", file, "--deadline", "6h", "--no-pause")
    assert start["baseline"]["emissions_g"]["average"] == 6
    assert start["plan"]["emissions_g"]["average"] == 4
    assert start["plan"]["segments"][0]["start"] == "2022-01-01T04:00:00.000Z"
    assert start["saving"]["average"] == pytest.approx(1 / 3)
    paused = planned(cli, *JOB, "--intensity", file, "--deadline", "6h")
    assert paused["plan"]["emissions_g"]["average"] == 2
    assert paused["plan"]["pauses"] == 1
    assert [s["start"][11:13] for s in paused["plan"]["segments"]] == ["01", "05"]
    assert paused["saving"]["average"] == pytest.approx(2 / 3)
    assert paused["saving"]["marginal"] is None
    assert paused["bound"] == 2 and paused["gap"] == 0


def test_text_says_where_when_and_both_signals(cli, tmp_path):
    file = csv(tmp_path / "d7.csv", D7)
    text = cli(*JOB, "--intensity", file, "--deadline", "6h", "--pause-cost", "1g", check=0).stdout.decode()
    assert "start at 2022-01-01 01:00 UTC in file: 50 % less by average, unknown at the margin" in text
    assert "pauses  1" in text and "baseline" in text


def test_not_worth_it_is_exit_1(cli, tmp_path):
    file = csv(tmp_path / "flat.csv", [100] * 8)
    done = cli(*JOB, "--intensity", file, "--deadline", "6h", "--min-saving", "5", check=1)
    assert b"start at once" in done.stdout and done.stdout.decode().splitlines()[-1] == "not worth it: saves 0 %, --min-saving 5 %"
    assert b"not worth it:" not in cli(*JOB, "--intensity", file, "--deadline", "6h", check=0).stdout
    answer = json.loads(cli(*JOB, "--intensity", file, "--deadline", "6h", "--min-saving", "5", "--json", check=1).stdout)
    assert answer["feasible"] and answer["reason"] == "not worth it: saves 0 %, --min-saving 5 %"


def test_beyond_the_data_says_how_far_they_reach(cli, tmp_path):
    file = csv(tmp_path / "d7.csv", D7)
    done = cli(*JOB, "--intensity", file, "--deadline", "20h", check=2)
    assert b"2022-01-01T08:00" in done.stderr
    refused = planned(cli, *JOB, "--intensity", file, "--deadline", "20h", code=2)
    assert refused["feasible"] is False and "reaches" in refused["reason"]


@pytest.mark.parametrize("words, says", [
    (["--power", "lots"], "--power"), (["--duration", "8"], "--duration"), (["--deadline", "1h"], "more time"),
    (["--start", "yesterday"], "--start"), (["--pause-cost", "5 apples"], "--pause-cost"), (["--slot", "0s"], "slot"),
])
def test_wrong_input_is_one_line(cli, tmp_path, words, says):
    file = csv(tmp_path / "d7.csv", D7)
    given = dict(zip(["--duration", "--power", "--start", "--deadline"], ["2h", "1kW", "2022-01-01T00:00:00Z", "6h"]))
    given[words[0]] = words[1]
    done = cli("plan", "--intensity", file, *[w for pair in given.items() for w in pair], check=2)
    assert says in done.stderr.decode() and done.stderr.count(b"\n") == 1


def test_plans_on_the_shipped_profiles(cli):
    words = ["plan", "--duration", "8h", "--power", "2.4kW", "--deadline", "48h", "--zones", "FR,DE,US-CAL-CISO", "--start", "2026-07-01T00:00:00Z"]
    plan = planned(cli, *words)
    assert plan["feasible"] and plan["baseline"]["segments"][0]["zone"] == "FR"
    text = cli(*words, check=0).stdout.decode()
    assert "month x hour profile" in text
    marginal = planned(cli, "plan", "--duration", "4h", "--power", "1kW", "--deadline", "24h", "--zones", "US-CAL-CISO", "--start",
                       "2026-07-01T00:00:00Z", "--objective", "marginal")
    assert marginal["saving"]["marginal"] >= 0 and marginal["saving"]["average"] is not None


def test_no_zone_is_said(cli):
    done = cli("plan", "--duration", "1h", "--power", "1kW", "--deadline", "2h", check=2)
    assert b"--zones" in done.stderr


def kept(cli, tmp_path, zone, boundary, values):
    file = csv(tmp_path / f"{zone}.csv", values)
    cli("grid", "import", file, "--zone", zone, "--signal", "average", "--boundary", boundary, check=0)


HOURS = [300, 100, 400, 100, 200, 500]


def test_zones_are_compared_by_one_boundary(cli, tmp_path):
    """A direct data set beside a lifecycle profile would win every hour."""
    kept(cli, tmp_path, "PL", "direct", HOURS)
    job = ["plan", "--duration", "1h", "--power", "1kW", "--deadline", "6h", "--start", "2022-01-01T00:00:00Z"]
    both = cli(*job, "--zones", "DE,PL", check=0).stdout.decode()
    assert "zones are compared by lifecycle intensity alone" in both and "data set" not in both.replace("data sets", "")
    alone = cli(*job, "--zones", "PL", check=0).stdout.decode()
    assert "direct" in alone and "100 g CO2e" in alone


def test_more_time_never_changes_what_is_known_of_an_hour(cli, tmp_path):
    kept(cli, tmp_path, "FR", "lifecycle", HOURS)
    job = ["plan", "--duration", "2h", "--power", "1kW", "--zones", "FR", "--start", "2022-01-01T00:00:00Z"]
    savings = [planned(cli, *job, "--deadline", f"{h}h")["saving"]["average"] for h in (4, 6, 8, 12, 24)]
    assert savings[0] == pytest.approx(0.5) and savings == sorted(savings)
    assert "it covers 6 h 00 min of 8 h 00 min" in cli(*job, "--deadline", "8h", check=0).stdout.decode()


def test_a_start_off_the_hour_has_finer_slots(cli, tmp_path):
    file = csv(tmp_path / "i.csv", HOURS)
    job = ["plan", "--duration", "1h", "--power", "1kW", "--deadline", "5h", "--intensity", file, "--start", "2022-01-01T00:30:00Z"]
    plan = planned(cli, *job)
    assert plan["plan"]["emissions_g"]["average"] == pytest.approx(100) and plan["plan"]["segments"][0]["start"].startswith("2022-01-01T01:00")
    assert "none in slots of 5 min" in cli(*job, check=0).stdout.decode()


def test_the_end_of_one_zones_data_is_a_gap_like_any_other(cli, tmp_path):
    (tmp_path / "ab.csv").write_text("time_utc,gco2e_per_kwh,zone\n2022-01-01T00:00:00Z,100,A\n2022-01-01T01:00:00Z,,A\n"
                                     "2022-01-01T00:00:00Z,300,B\n2022-01-01T01:00:00Z,50,B\n")
    plan = planned(cli, "plan", "--duration", "1h", "--power", "1kW", "--deadline", "2h", "--zones", "A,B", "--intensity", tmp_path / "ab.csv",
                   "--start", "2022-01-01T00:00:00Z")
    assert plan["plan"]["segments"][0]["zone"] == "B" and plan["plan"]["emissions_g"]["average"] == pytest.approx(50)


def test_json_to_a_descriptor_keeps_what_is_there(cli, tmp_path):
    """--json=/dev/stdout with a file behind it: written where the file stands, not in its place."""
    from olivine_cli import BIN

    file = csv(tmp_path / "d7.csv", D7)
    words = " ".join([BIN, *JOB, "--intensity", str(file), "--deadline", "6h", "--json=/dev/stdout"])
    log = tmp_path / "log"
    subprocess.run(["sh", "-c", f"(echo before; {words}; echo after) > {log}"], check=True, env=cli.env)
    lines = log.read_text().splitlines()
    assert lines[0] == "before" and lines[-1] == "after" and json.loads("\n".join(lines[1:-1]))["plan"]
