"""`olivine simulate`: policies on traces; parts made anywhere put together to the same table."""

import gzip
import json
import signal
import time

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
    assert "66.7%" in text and "a simulation, ours" in text


def test_shipped_zones_and_what_must_hold(cli):
    report = rows_of(cli, "--zones", "DE,US-CAL-CISO", "--signal", "average", "--jobs", "40", "--seeds", "1,2", "--pause-cost", "20g")
    assert len(report["rows"]) == 2 * 5 * 2
    for row in report["rows"]:
        assert row["late"] == 0 and row["policy_g"] >= row["least_g"] * (1 - 1e-12)
        assert row["jobs"] + row["left_out"] == 40
    marginal = [r for r in report["rows"] if r["zone"] == "US-CAL-CISO"]
    assert all(r["other_signal_policy_g"] is not None for r in marginal), "average plans priced at the margin"


def part_files(cli, tmp_path, words, of):
    files = []
    for i in range(of):
        files.append(str(tmp_path / f"part-{i}.json"))
        cli("simulate", *words, "--part", f"{i}/{of}", f"--json={files[-1]}", check=0)
    return files


def test_parts_are_the_whole(cli, tmp_path):
    words = ["--zones", "FR,DE", "--jobs", "20", "--seeds", "1,2,3"]
    whole = cli("simulate", *words, "--json", check=0).stdout
    files = part_files(cli, tmp_path, words, 4)
    for order in (files, files[::-1]):
        assert cli("simulate", "--merge", ",".join(order), "--json", check=0).stdout == whole, "to the byte"
    assert cli("simulate", "--merge", *files, check=0).stdout == cli("simulate", *words, check=0).stdout
    twice = cli("simulate", "--merge", f"{files[0]},{files[0]}", check=2).stderr.decode()
    assert "which another file has too" in twice
    cli("simulate", "--zones", "FR", "--jobs", "5", f"--json={tmp_path / 'other.json'}", check=0)
    said = cli("simulate", "--merge", f"{files[0]},{tmp_path / 'other.json'}", check=2).stderr.decode()
    assert 'their settings differ: zones is ["FR"], not ["FR","DE"]; also seeds, jobs, sources' in said and said.count("\n") == 1
    cli("simulate", *words, "--part", "0/3", f"--json={tmp_path / 'third.json'}", check=0)
    assert "is one of 4" in cli("simulate", "--merge", f"{files[0]},{tmp_path / 'third.json'}", check=2).stderr.decode()


def test_more_parts_than_cases(cli, tmp_path):
    words = ["--zones", "FR", "--jobs", "5", "--policy", "mpc,oracle"]
    files = part_files(cli, tmp_path, words, 4)
    assert cli("simulate", "--merge", *files, "--json", check=0).stdout == cli("simulate", *words, "--json", check=0).stdout


def test_a_part_that_was_ended_is_missed(cli, tmp_path):
    """As on a cluster: one of four is killed in the middle. It leaves no half file, the merge names it, and it is made again."""
    words = ["--zones", "FR,DE", "--jobs", "20000", "--seeds", "1,2,3,4", "--threads", "1"]
    files = [tmp_path / f"part-{i}.json" for i in range(4)]
    running = [cli.popen("simulate", *words, "--part", f"{i}/4", f"--json={files[i]}") for i in (2,)]
    time.sleep(0.3)
    running[0].send_signal(signal.SIGKILL)
    assert running[0].wait() == -signal.SIGKILL
    assert sorted(tmp_path.glob("part-*")) == [], "nothing half-written"
    words[words.index("--jobs") + 1] = "20"
    for i in (0, 1, 3):
        cli("simulate", *words, "--part", f"{i}/4", f"--json={files[i]}", check=0)
    done = cli("simulate", "--merge", *[f for f in files if f.exists()])
    assert done.returncode == 2 and b"parts are missing: 2/4; make them with --part" in done.stderr and done.stdout == b""
    files[2].write_text(files[1].read_text()[:200])
    assert b"part-2.json: not what olivine simulate --json writes, or damaged" in cli("simulate", "--merge", *files, check=2).stderr
    short = json.loads(files[1].read_text())
    files[2].write_text(json.dumps({**short, "part": {"index": 2, "of": 4}, "rows": short["rows"][:-1]}))
    assert b"part-2.json: has 9 rows, fewer than the other parts need" in cli("simulate", "--merge", *files, check=2).stderr
    cli("simulate", *words, "--part", "2/4", f"--json={files[2]}", check=0)
    assert cli("simulate", "--merge", *files, "--json", check=0).stdout == cli("simulate", *words, "--json", check=0).stdout


@pytest.mark.parametrize(("changed", "field"), [("jobs.csv", "trace_hash"), ("d7.csv", "intensity_hash")])
def test_parts_of_other_files_of_one_name_do_not_merge(cli, tmp_path, changed, field):
    """As on two machines whose files have one name but not one content; packed or not is the same content."""
    (tmp_path / "d7.csv").write_text("time_utc,gco2e_per_kwh\n" + "".join(f"2022-01-01T{h:02d}:00:00Z,{h % 7 + 1}\n" for h in range(24)))
    (tmp_path / "jobs.csv").write_text(COLUMNS + "a,,2h,1kW,6h\n")
    words = ["--intensity", tmp_path / "d7.csv", "--trace", tmp_path / "jobs.csv", "--start", "2022-01-01T00:00:00Z", "--days", "1",
             "--policy", "at_once,oracle", "--forecast", "perfect", "--seeds", "1,2"]
    files = part_files(cli, tmp_path, words, 2)
    cli("simulate", "--merge", *files, check=0)
    text = (tmp_path / changed).read_text()
    (tmp_path / changed).write_bytes(gzip.compress(text.encode()))
    cli("simulate", *words, "--part", "1/2", f"--json={files[1]}", check=0)
    cli("simulate", "--merge", *files, check=0)
    (tmp_path / changed).write_text(text.replace(",2h,", ",3h,").replace(",5\n", ",6\n"))
    cli("simulate", *words, "--part", "1/2", f"--json={files[1]}", check=0)
    said = cli("simulate", "--merge", *files, check=2).stderr.decode()
    first, second = (json.loads(open(file).read())["settings"][field] for file in files)
    assert 'part-1.json: of another simulation than ' in said and f'differ: {field} is "{second}", not "{first}"\n' in said, said


@pytest.mark.parametrize(("index", "of"), [
    (0, 10**11), (0, 100_001), (0, -1), (0, 0), (-1, 4), (4, 4), (2**63, 4), (0, 2**64), (0, 1e11), (0.5, 4), ("0", 4), (0, "4"), (True, 4), (None, 4), (0, [4]),
])
def test_a_part_that_no_simulation_has(cli, tmp_path, index, of):
    """Nobody makes room for as many parts as a file says, or looks for part -1."""
    file = tmp_path / "part.json"
    cli("simulate", "--zones", "FR", "--jobs", "5", "--part", "0/4", f"--json={file}", check=0)
    file.write_text(json.dumps({**json.loads(file.read_text()), "part": {"index": index, "of": of}}))
    done = cli("simulate", "--merge", file, check=2)
    said = done.stderr.decode()
    assert "part.json: part " in said and "is not I/N with I from 0 to N - 1 and N from 1 to 100000; make it again with --part" in said, said
    assert said.count("\n") == 1 and done.stdout == b""


def test_text_fits_eighty_columns(cli):
    policies = "at_once,start_within,mpc,last_week_quantile,one_threshold,double_threshold,published_threshold,learning_augmented,oracle"
    words = ["--zones", "US-CAL-CISO,DE", "--policy", policies, "--forecast", "none,yesterday,noise:0.1", "--seeds", "1,123456789", "--jobs", "30"]
    for more in (["--power", "1kW"], ["--power", "900MW", "--pause-cost", "20kg"], ["--power", "1W", "--pause-cost", "900g", "--least-slack", "20d"]):
        text = cli("simulate", *words, *more, check=0, timeout=300).stdout.decode()
        wide = [line for line in text.splitlines() if len(line) > 80]
        assert not wide, wide
        assert ".. " not in text.replace(" .. ", ""), "no figure is cut"
        assert sum(line.startswith("  published_threshold  ") for line in text.splitlines()) == 2 * 3 * 2


@pytest.mark.parametrize("words, said", [
    (["--zones", "FR", "--policy", "magic"], "--policy: 'magic' is not one of at_once"),
    (["--zones", "FR", "--forecast", "tomorrow"], "--forecast: forecast 'tomorrow' is not one of"),
    (["--zones", "FR", "--part", "3/3"], "--part: '3/3' is not I/N"),
    (["--zones", "FR,FR"], "--zones: FR is named twice"),
    (["--zones", "FR", "--seeds", "7,7"], "--seeds: 7 is named twice"),
    (["--zones", "FR", "--signal", "marginal"], "FR has no marginal intensity"),
    (["--zones", "FR", "--pause-cost", "2h"], "--pause-cost: '2h' is not a mass"),
    (["--zones", "FR", "--slot", "1ns"], '--slot: "1ns" makes more than 2000000 slots in 672 h'),
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


def test_jobs_that_may_not_pause(cli, tmp_path):
    """D7 by hand: 2 h in 6 of 5 1 4 2 3 1. In one piece 4 g at best, with a pause 2 g."""
    values = [5, 1, 4, 2, 3, 1, 6, 2] + [9] * 16
    (tmp_path / "d7.csv").write_text("time_utc,gco2e_per_kwh\n" + "".join(f"2022-01-01T{h:02d}:00:00Z,{v}\n" for h, v in enumerate(values)))
    (tmp_path / "jobs.csv").write_text("job,duration,power,deadline,pause\na,2h,1kW,6h,no\nb,2h,1kW,6h,yes\n")
    words = ["--intensity", tmp_path / "d7.csv", "--trace", tmp_path / "jobs.csv", "--start", "2022-01-01T00:00:00Z", "--days", "1",
             "--policy", "at_once,start_within,mpc,oracle", "--forecast", "perfect"]
    rows = {r["policy"]: r for r in rows_of(cli, *words)["rows"]}
    assert {p: r["policy_g"] for p, r in rows.items()} == pytest.approx({"at_once": 12, "start_within": 8, "mpc": 6, "oracle": 6})
    assert all(r["least_g"] == pytest.approx(6) and r["jobs"] == 2 for r in rows.values())
    assert rows["mpc"]["mean_pauses"] == pytest.approx(0.5)
    none = {r["policy"]: r for r in rows_of(cli, *words[:2], "--trace", tmp_path / "jobs.csv", *words[4:], "--no-pause")["rows"]}
    assert none["mpc"]["mean_pauses"] == 0 and none["mpc"]["policy_g"] == pytest.approx(8), "no job pauses, whatever the file says"


def test_no_pause_is_bounded_by_the_cheapest_start(cli):
    policies = "at_once,start_within,mpc,last_week_quantile,one_threshold,double_threshold,published_threshold,learning_augmented,oracle"
    words = ["--zones", "DE,US-CAL-CISO", "--jobs", "60", "--seeds", "1,2", "--pause-cost", "20g", "--policy", policies, "--forecast", "none,yesterday,perfect"]
    one, paused = rows_of(cli, *words, "--no-pause")["rows"], rows_of(cli, *words)["rows"]
    for row, free in zip(one, paused, strict=True):
        assert row["late"] == 0 and row["mean_pauses"] == 0
        assert row["policy_g"] >= row["least_g"] * (1 - 1e-12)
        assert row["least_g"] >= free["least_g"] * (1 - 1e-12), "pauses never cost more"
        if row["policy"] in ("start_within", "oracle") or (row["policy"], row["forecast"]) == ("mpc", "perfect"):
            assert row["policy_g"] == pytest.approx(row["least_g"])
    assert any(row["policy_g"] < row["at_once_g"] for row in one if row["policy"] == "mpc")
