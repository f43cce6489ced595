"""`olivine simulate`: policies on traces; parts made anywhere put together to the same table."""

import json

import pytest

COLUMNS = "job,arrival,duration,power,deadline\n"


def rows_of(cli, *words):
    return json.loads(cli("simulate", *words, "--json", check=0).stdout)


def test_case_d7_from_files(cli, tmp_path):
    values = [5, 1, 4, 2, 3, 1, 6, 2] + [9] * 16
    (tmp_path / "d7.csv").write_text("time_utc,gco2e_per_kwh\n" + "".join(f"2022-01-01T{h:02d}:00:00Z,{v}\n" for h, v in enumerate(values)))
    (tmp_path / "jobs.csv").write_text(COLUMNS + "a,,2h,1kW,6h\n")
    words = ["--intensity", tmp_path / "d7.csv", "--trace", tmp_path / "jobs.csv", "--start", "2022-01-01T00:00:00Z", "--days", "1",
             "--policy", "at_once,start_within,oracle", "--forecast", "perfect"]
    rows = {r["policy"]: r for r in rows_of(cli, *words)["rows"]}
    assert {p: r["policy_g"] for p, r in rows.items()} == pytest.approx({"at_once": 6, "start_within": 4, "oracle": 2})
    assert rows["oracle"]["captured"] == pytest.approx(1) and rows["oracle"]["mean_pauses"] == 1
    text = cli("simulate", *words, check=0).stdout.decode()
    assert "66.7 %" in text and "a simulation, ours" in text


def test_shipped_zones_and_what_must_hold(cli):
    report = rows_of(cli, "--zones", "DE,US-CAL-CISO", "--signal", "average", "--jobs", "40", "--seeds", "1,2", "--pause-cost", "20g")
    assert len(report["rows"]) == 2 * 5 * 2
    for row in report["rows"]:
        assert row["late"] == 0 and row["policy_g"] >= row["least_g"] * (1 - 1e-12)
        assert row["jobs"] + row["left_out"] == 40
    marginal = [r for r in report["rows"] if r["zone"] == "US-CAL-CISO"]
    assert all(r["other_signal_policy_g"] is not None for r in marginal), "average plans priced at the margin"


def test_parts_are_the_whole(cli, tmp_path):
    words = ["--zones", "FR,DE", "--jobs", "20", "--seeds", "1,2,3"]
    whole = rows_of(cli, *words)
    files = []
    for i in range(3):
        files.append(str(tmp_path / f"part-{i}.json"))
        cli("simulate", *words, "--part", f"{i}/3", f"--json={files[-1]}", check=0)
    merged = rows_of(cli, "--merge", ",".join(files))
    key = lambda r: (r["policy"], r["zone"], r["seed"])  # noqa: E731
    assert sorted(merged["rows"], key=key) == sorted(whole["rows"], key=key)
    assert merged["settings"] == whole["settings"]
    twice = cli("simulate", "--merge", f"{files[0]},{files[0]}", check=2).stderr.decode()
    assert "which another file has too" in twice
    cli("simulate", "--zones", "FR", "--jobs", "5", f"--json={tmp_path / 'other.json'}", check=0)
    assert "their settings differ" in cli("simulate", "--merge", f"{files[0]},{tmp_path / 'other.json'}", check=2).stderr.decode()


@pytest.mark.parametrize("words, said", [
    (["--zones", "FR", "--policy", "magic"], "--policy: 'magic' is not one of at_once"),
    (["--zones", "FR", "--forecast", "tomorrow"], "--forecast: forecast 'tomorrow' is not one of"),
    (["--zones", "FR", "--part", "3/3"], "--part: '3/3' is not I/N"),
    (["--zones", "FR", "--signal", "marginal"], "FR has no marginal intensity"),
    (["--zones", "FR", "--pause-cost", "2h"], "--pause-cost: '2h' is not a mass"),
    (["--zones", "FR", "--slot", "1ns"], "--slot: 28 days have at most"),
    (["--zones", "Nowhereland"], "Nowhereland"),
    (["--merge", "/dev/null"], "/dev/null: not what olivine simulate --json writes"),
])
def test_one_line_that_says_what_to_do(cli, words, said):
    done = cli("simulate", *words)
    assert done.returncode in (1, 2, 3) and said in done.stderr.decode() and done.stderr.count(b"\n") == 1, done.stderr


def test_a_bad_trace_names_its_line(cli, tmp_path):
    (tmp_path / "jobs.csv").write_text(COLUMNS + "a,,2h,1kW,6h\nb,,two,1kW,6h\n")
    said = cli("simulate", "--zones", "FR", "--trace", tmp_path / "jobs.csv", check=2).stderr.decode()
    assert "line 3" in said and "two" in said


def test_jobs_that_may_not_pause_are_refused(cli, tmp_path):
    (tmp_path / "jobs.csv").write_text("job,duration,power,deadline,pause\na,2h,1kW,6h,no\n")
    said = cli("simulate", "--zones", "FR", "--trace", tmp_path / "jobs.csv", check=2).stderr.decode()
    assert "job a may not pause" in said and said.count("\n") == 1
