"""`olivine simulate --replay`: whole policies through the client of the grid services, from a replay server; the same as from the file."""

import datetime
import json
import math

import pytest
from replay_server import Replay, raw_server
from test_schemas import check

BEGIN = datetime.datetime(2022, 1, 3)
SERVICES = {
    "electricity-maps": ("FR", "average", "lifecycle"),
    "uk": ("GB", "average", "direct"),
    "watttime": ("CAISO_NORTH", "marginal", "direct"),
}
JOBS = ["--days", "7", "--jobs", "40", "--median-length", "3h", "--slack", "1", "--least-slack", "12h", "--seeds", "1,2", "--pause-cost", "20g"]
POLICIES = "at_once,start_within,mpc,last_week_quantile,double_threshold,learning_augmented,oracle"


def stored(path, service, hours=9 * 24, gap=()):
    zone, signal, boundary = SERVICES[service]
    rows = ["time_utc,gco2e_per_kwh,zone,signal,boundary,estimated"]
    for h in range(hours):
        if h not in gap:
            value = 200 + 120 * math.sin(h * 0.26) + (h * 7919 % 101)
            rows.append(f"{BEGIN + datetime.timedelta(hours=h):%Y-%m-%dT%H:%M:%SZ},{value:.2f},{zone},{signal},{boundary},false")
    path.write_text("\n".join(rows) + "\n")
    return path


def short_jobs(path):
    """Deadlines within 40 h: the shortest forecast reaches 48 h. Every third may not pause."""
    rows = ["job,arrival,duration,power,deadline,pause"]
    for i in range(60):
        rows.append(f"j{i},{i * 37 % 120}h,{1 + i * 13 % 9}h,1kW,{12 + i * 29 % 28}h,{'no' if i % 3 == 0 else 'yes'}")
    path.write_text("\n".join(rows) + "\n")
    return path


def simulated(cli, *words):
    return json.loads(cli("simulate", *JOBS, "--policy", POLICIES, *words, "--json", check=0).stdout)


def of(service):
    return ["--zones", SERVICES[service][0], "--signal", SERVICES[service][1]]


def same_rows(got, expected, forecast=None, exact=True):
    assert len(got) == len(expected)
    for row, other in zip(got, expected, strict=True):
        if forecast:
            assert row["worst_case"] is None, "what a service says of now is not proven to be what is paid"
            row = {**row, "forecast": forecast, "worst_case": other["worst_case"]}
        for key, value in other.items():
            close = isinstance(value, float) and not exact
            assert row[key] == (pytest.approx(value, rel=1e-9, abs=1e-12) if close else value), (key, row, other)


@pytest.mark.parametrize("service", SERVICES)
def test_the_same_as_from_the_stored_series(cli, tmp_path, service):
    """Actuals through the API equal those of the file, and a service whose forecast is the truth equals the perfect forecast."""
    data = stored(tmp_path / "data.csv", service)
    jobs = ["--trace", short_jobs(tmp_path / "jobs.csv"), *of(service)]
    file = simulated(cli, *jobs, "--intensity", data, "--forecast", "none,yesterday,noise:0.1")
    perfect = simulated(cli, *jobs, "--intensity", data, "--forecast", "perfect")
    with Replay(cli, "--data", data, "--speed", "100000") as server:  # its own clock runs away: it does not count
        words = [*jobs, "--replay", server.url(service)]
        replayed = simulated(cli, *words, "--forecast", "none,yesterday,noise:0.1")
        said = simulated(cli, *words, "--forecast", "service")
        again = simulated(cli, *words, "--forecast", "service")
        log = server.log()
    exact = service == "electricity-maps"  # half-hours and pounds round in the last digit
    same_rows(replayed["rows"], file["rows"], exact=exact)
    same_rows(said["rows"], perfect["rows"], "perfect", exact=exact)
    assert again == said
    assert said["settings"]["replay"] == service and file["settings"]["replay"] is None
    assert all(row["jobs"] == 60 for row in said["rows"])
    assert len({row["policy_g"] for row in said["rows"]}) > 4, "policies differ"
    assert len([line for line in log if "olivine-replay-now" in line]) == len(log) > 2 * 168


def test_null_negative_and_stale_answers_never_win_and_never_miss(cli, tmp_path):
    data = stored(tmp_path / "data.csv", "electricity-maps", gap=(50, 51))
    clean = simulated(cli, *of("electricity-maps"), "--intensity", data, "--forecast", "perfect")
    with Replay(cli, "--data", data, "--fault", "429:0.05,503:0.6,null:0.3,negative:0.3,html:0.3", "--seed", "5") as server:
        first = simulated(cli, *of("electricity-maps"), "--replay", server.url("electricity-maps"), "--forecast", "service")
    with Replay(cli, "--data", data, "--fault", "429:0.05,503:0.6,null:0.3,negative:0.3,html:0.3", "--seed", "5") as server:
        again = simulated(cli, *of("electricity-maps"), "--replay", server.url("electricity-maps"), "--forecast", "service")
    assert first == again, "the server's seed decides the faults"
    (asked,) = first["requests"]
    assert asked["moments"] == 7 * 24 and asked["late"] > 0 and asked["requests"] > 0, asked
    assert (asked["first_failure"] is None) == (asked["unanswered"] == 0), asked
    by_policy = lambda rows: {(r["policy"], r["seed"]): r for r in rows}  # noqa: E731
    for key, row in by_policy(first["rows"]).items():
        assert row["late"] == 0 and row["policy_g"] >= row["least_g"] * (1 - 1e-12), row
        assert row["left_out"] >= by_policy(clean["rows"])[key]["left_out"] > 0, "gaps are gaps"
    mpc = [r for r in first["rows"] if r["policy"] == "mpc"]
    assert all(0 < r["captured"] < 1 for r in mpc), "it knew less than all"


def test_a_question_a_slot(cli, tmp_path):
    data = stored(tmp_path / "data.csv", "uk")
    with Replay(cli, "--data", data) as server:
        words = [*of("uk"), "--replay", server.url("uk"), "--forecast", "service"]
        simulated(cli, *words)
        asked = len([line for line in server.log() if " /uk/" in line])
    assert asked == 1 + 7 * 24, "what happened is asked once, what comes in every slot"
    with Replay(cli, "--fault", "404:first100000") as server:
        done = cli("simulate", *JOBS, *of("uk"), "--replay", server.url("uk"))
        assert done.returncode in (2, 3) and b"404" in done.stderr and done.stderr.count(b"\n") == 1


def test_parts_through_the_api_merge(cli, tmp_path):
    data = stored(tmp_path / "data.csv", "electricity-maps")
    files = []
    for i in range(2):
        with Replay(cli, "--data", data) as server:  # another port each time
            files.append(tmp_path / f"part-{i}.json")
            cli("simulate", *JOBS, *of("electricity-maps"), "--replay", server.url("electricity-maps"), "--forecast", "service,none",
                "--part", f"{i}/2", f"--json={files[-1]}", check=0)
    merged = json.loads(cli("simulate", "--merge", *files, "--json", check=0).stdout)
    assert len(merged["rows"]) == 5 * 2 * 2


def test_parts_of_other_days_of_a_service_do_not_merge(cli, tmp_path):
    files = []
    for i in range(2):
        data = stored(tmp_path / "data.csv", "electricity-maps", hours=9 * 24 + i)
        data.write_text(data.read_text().replace("2022-01-05T06:00:00Z,", f"2022-01-05T06:00:00Z,{i + 1}"))
        with Replay(cli, "--data", data) as server:
            files.append(tmp_path / f"part-{i}.json")
            cli("simulate", *JOBS, *of("electricity-maps"), "--replay", server.url("electricity-maps"), "--part", f"{i}/2", f"--json={files[-1]}", check=0)
    said = cli("simulate", "--merge", *files, check=2).stderr.decode()
    assert "part-1.json: of another simulation than" in said and "their settings differ: intensity_hash is " in said, said


def test_parts_of_a_server_with_faults_merge(cli, tmp_path):
    """One server for all: each part meets other faults. Counts of requests are no settings; the merge adds them up."""
    data = stored(tmp_path / "data.csv", "electricity-maps")
    files = [tmp_path / f"part-{i}.json" for i in range(3)]
    with Replay(cli, "--data", data, "--fault", "429:0.05,503:0.6", "--seed", "5") as server:
        words = [*JOBS, *of("electricity-maps"), "--replay", server.url("electricity-maps"), "--forecast", "service,none"]
        for i, file in enumerate(files):
            cli("simulate", *words, "--part", f"{i}/3", f"--json={file}", check=0)
    parts = [json.loads(file.read_text()) for file in files]
    assert len({json.dumps(part["requests"]) for part in parts}) > 1, "the parts met other faults"
    merged = json.loads(cli("simulate", "--merge", *files, "--json", check=0).stdout)
    check(merged, "simulate")
    assert len(merged["rows"]) == 5 * 2 * 2
    for key in ("moments", "requests", "late", "unanswered"):
        assert merged["requests"][0][key] == sum(part["requests"][0][key] for part in parts), key
    text = cli("simulate", "--merge", *files, check=0).stdout.decode()
    assert "FR average: asked at the begin of 504 slots" in text and max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("words, said", [
    (["--forecast", "service"], "name one with --replay"),
    (["--replay", "http://127.0.0.1:1/uk"], "--replay: "),
    (["--replay", "http://127.0.0.1:1"], "is not an address that olivine grid serve-replay prints"),
    (["--replay", "https://api.carbonintensity.org.uk/uk"], "is not an address that olivine grid serve-replay prints"),
    (["--replay", "http://127.0.0.1:1/eia", "--forecast", "service"], "has no forecast"),
    (["--replay", "http://127.0.0.1:1/uk", "--intensity", "x.csv"], "not both"),
    (["--replay", "http://127.0.0.1:1/uk", "--slot", "500ms", "--days", "1"], "whole seconds"),
    (["--replay", "http://127.0.0.1:1/uk", "--slot", "3d", "--forecast", "service"], "--slot: longer than the forecasts"),
    (["--replay", "http://127.0.0.1:1/uk", "--slot", "1min", "--days", "60", "--forecast", "service"], "does not fit into memory"),
    (["--replay", "http://127.0.0.1:1/uk", "--signal", "marginal"], "has no marginal signal"),
    (["--replay", "http://127.0.0.1:1/uk", "--zones", "FR"], "the UK service knows GB"),
])
def test_one_line_that_says_what_to_do(cli, words, said):
    done = cli("simulate", *([] if "--zones" in words else ["--zones", "GB"]), *words)
    assert done.returncode in (1, 2, 3) and said in done.stderr.decode() and done.stderr.count(b"\n") == 1, done.stderr
    assert done.stdout == b""


def test_another_server_is_no_replay(cli):
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"data\":[]}") as (url, asked):
        done = cli("simulate", "--zones", "GB", "--replay", url + "/uk")
    assert done.returncode == 2 and b"no server of olivine grid serve-replay" in done.stderr and len(asked) == 1


def test_days_that_the_server_has_not(cli, tmp_path):
    data = stored(tmp_path / "data.csv", "uk")
    with Replay(cli, "--data", data) as server:
        done = cli("simulate", "--zones", "GB", "--replay", server.url("uk"), "--start", "2023-05-01T00:00:00Z")
    assert done.returncode == 2 and b"no slot of GB is known in these days" in done.stderr and done.stderr.count(b"\n") == 1
