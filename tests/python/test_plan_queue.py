"""`olivine plan --jobs`: queues under a shared capacity, files that are wrong, and HiGHS where OLIVINE_HIGHS names it."""

import json
import math
import os
import random
import time

import pytest

START = ["--start", "2022-01-01T00:00:00Z"]


def series(path, values):
    path.write_text("time_utc,gco2e_per_kwh\n" + "".join(f"2022-01-{1 + h // 24:02d}T{h % 24:02d}:00:00Z,{v}\n" for h, v in enumerate(values)))
    return path


def write(path, rows, head="job,duration,power,deadline,gpus"):
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def queue(cli, *words, code=0):
    done = cli("plan", *START, "--json", *words, **({} if code is None else {"check": code}))
    return json.loads(done.stdout)


def test_two_jobs_share(cli, tmp_path):
    file, jobs = series(tmp_path / "i.csv", [90, 10, 20, 80]), write(tmp_path / "jobs.csv", ["a,1h,1kW,4h,1", "b,2h,1kW,4h,1"])
    plan = queue(cli, "--jobs", jobs, "--capacity", "1gpu", "--intensity", file)
    assert plan["feasible"] and plan["plan"]["emissions_g"]["average"] == 110
    assert plan["baseline"]["emissions_g"]["average"] == 120 and plan["saving"]["average"] == pytest.approx(1 / 12)
    assert plan["bound"] <= 110 and plan["saving"]["marginal"] is None
    text = cli("plan", *START, "--jobs", jobs, "--capacity", "2", "--intensity", file, "--ical", "q.ics", check=0).stdout.decode()
    assert "gap" in text and "first come, first served" in text
    assert (tmp_path / "q.ics").read_bytes().count(b"BEGIN:VEVENT") >= 2
    assert cli("plan", *START, "--jobs", jobs, "--capacity", "2", "--intensity", file, "--min-saving", "90%", check=1).stdout.decode().splitlines()[-1].startswith("not worth it: saves ")
    assert queue(cli, "--jobs", jobs, "--capacity", "1gpu", "--intensity", file, "--min-saving", "90%", code=1)["reason"] == "not worth it: saves 8.33 %, --min-saving 90 %"


def test_who_is_left_out_is_exit_1(cli, tmp_path):
    file = series(tmp_path / "i.csv", [50, 50])
    jobs = write(tmp_path / "jobs.csv", ["a,2h,1kW,2h,1,1", "b,2h,1kW,2h,1,9"], "job,duration,power,deadline,gpus,priority")
    plan = queue(cli, "--jobs", jobs, "--capacity", "1", "--intensity", file, code=1)
    assert plan["feasible"] is False and plan["plan"]["left_out"] == 1
    assert [len(job["segments"]) for job in plan["plan"]["jobs"]] == [0, 1] and "a" in plan["notes"][0]


def test_who_needs_more_than_the_capacity_is_told_so(cli, tmp_path):
    file = series(tmp_path / "i.csv", [50, 50])
    rows = ["a,1h,1kW,2h,8", "b,1h,1kW,2h,1", "c,3h,1kW,2h,1"]
    jobs = write(tmp_path / "jobs.csv", rows)
    notes = queue(cli, "--jobs", jobs, "--capacity", "4gpu", "--intensity", file, code=1)["notes"]
    assert notes[:2] == ["1 job needs more than the capacity of 4 and can never run: a", "1 job does not fit before the deadline: c"]
    write(tmp_path / "jobs.csv", [*rows[1:], *(f"w{i},1h,1kW,2h,{5 + i}" for i in range(7))])
    notes = queue(cli, "--jobs", jobs, "--capacity", "4gpu", "--intensity", file, code=1)["notes"]
    assert notes[0] == "7 jobs need more than the capacity of 4 and can never run: w0, w1, w2, w3, w4, ..."


def test_a_deadline_counts_from_the_arrival(cli, tmp_path):
    file = series(tmp_path / "i.csv", [50, 40, 30, 20, 10])
    rows = ["a,,1h,1kW,5h", "b,2021-12-31T20:00:00Z,1h,1kW,5h", "gone,2021-12-31T20:00:00Z,1h,1kW,3h"]
    jobs = write(tmp_path / "jobs.csv", rows, "job,arrival,duration,power,deadline")
    plan = queue(cli, "--jobs", jobs, "--capacity", "1", "--intensity", file, code=1)
    assert [[s["end"][11:13] for s in job["segments"]] for job in plan["plan"]["jobs"]] == [["05"], ["01"], []]
    assert plan["notes"][0] == "1 job is late: its deadline had passed at the start: gone"


def test_first_come_first_served_goes_on_behind_the_deadlines(cli, tmp_path):
    """a in hour 0, b in 1 and 2, c in 3 and 4: a fifth hour, which no deadline reaches but the data do."""
    jobs = write(tmp_path / "jobs.csv", ["a,1h,1kW,4h,1", "b,2h,1kW,4h,2", "c,2h,1kW,4h,1", "w,1h,1kW,4h,9"])
    words = ["--jobs", jobs, "--capacity", "2", "--intensity"]
    plan = queue(cli, *words, series(tmp_path / "i.csv", [90, 10, 20, 80, 50]), code=1)
    assert plan["baseline"] == {"emissions_g": {"average": 250, "marginal": None}, "late": 1}
    plan = queue(cli, *words, series(tmp_path / "i.csv", [90, 10, 20, 80]), code=1)
    assert plan["saving"]["average"] is None and "what is saved is not known" in " ".join(plan["notes"])


def test_the_baseline_has_the_whole_of_a_slot_that_the_deadline_cuts(cli, tmp_path):
    """The last deadline, 02:30, cuts the third hour: a ends in it, at 02:30; first come, first served gives b all of it, 500 g."""
    rows = "".join(f"2022-01-01T{i // 2:02}:{30 * (i % 2):02}:00Z,{g}\n" for i, g in enumerate([300, 300, 200, 200, 100, 900, 900, 900]))
    (tmp_path / "halves.csv").write_text("time_utc,gco2e_per_kwh\n" + rows)
    jobs = write(tmp_path / "jobs.csv", ["a,90min,1kW,150min,1", "b,1h,1kW,1h,1"])
    plan = queue(cli, "--jobs", jobs, "--capacity", "1", "--slot", "1h", "--intensity", tmp_path / "halves.csv",
                 "--pause-time", "2min")
    assert plan["baseline"]["emissions_g"]["average"] == pytest.approx(375 + 500)
    assert plan["plan"]["emissions_g"]["average"] == pytest.approx(300 + 225)
    assert [job["energy_j"] for job in plan["plan"]["jobs"]] == pytest.approx([1.5 * 3.6e6, 3.6e6])
    assert any("the pause time of 2 min 00 s counts as 1 h 00 min" in note for note in plan["notes"])


def test_where_nothing_is_planned_nothing_is_compared(cli, tmp_path):
    jobs = write(tmp_path / "jobs.csv", ["wide,1h,1kW,2h,3"])
    plan = queue(cli, "--jobs", jobs, "--capacity", "1", "--intensity", series(tmp_path / "hours.csv", [300, 200, 100]), code=1)
    assert plan["plan"]["emissions_g"] == plan["baseline"]["emissions_g"] == {"average": None, "marginal": None}


def test_jobs_that_fit_are_placed(cli, tmp_path):
    """Cut out of a full schedule of 8 units in 48 hours, with some hours of room around each; no pauses, no HiGHS."""
    cli.env["OLIVINE_HIGHS"] = "/nowhere/libhighs.so"
    prng, left, rows = random.Random(4), [8] * 48, []
    for _ in range(400):
        hours, units = prng.randrange(1, 9), prng.randrange(1, 5)
        at = prng.randrange(49 - hours)
        if min(left[at:at + hours]) < units:
            continue
        left[at:at + hours] = [n - units for n in left[at:at + hours]]
        begin, end = max(0, at - prng.randrange(6)), min(48, at + hours + prng.randrange(6))
        rows.append(f"j{len(rows)},{begin}h,{hours}h,1kW,{end - begin}h,{units}")
    jobs = write(tmp_path / "jobs.csv", rows, "job,arrival,duration,power,deadline,gpus")
    words = ["--jobs", jobs, "--capacity", "8", "--no-pause", "--seconds", "10", "--intensity", series(tmp_path / "i.csv", [300 + 10 * (h % 7) for h in range(48)])]
    plan = queue(cli, *words)
    assert plan["feasible"] and plan["plan"]["left_out_is_least"]
    assert plan["plan"] == queue(cli, *words)["plan"]


def test_a_queue_needs_a_capacity(cli, tmp_path):
    jobs = write(tmp_path / "jobs.csv", ["a,1h,1kW,4h,1"])
    for words, says in ((["--zones", "DE"], "--capacity"), (["--zones", "DE,FR", "--capacity", "4"], "one zone"), (["--zones", "DE", "--capacity", "none"], "--capacity")):
        assert says in cli("plan", "--jobs", jobs, *words, check=2).stderr.decode()


@pytest.mark.parametrize("rows, says", [
    (["a,soon,1kW,4h,1"], "line 2: duration"), (["a,1h,1kW,4h,1", "a,1h,1kW,4h,1"], "line 3: job"), (["a,1h,=HYPERLINK(1),4h,1"], "power"), (["a,1h,1kW,4h,0.5"], "gpus"),
    (['"a,1h,1kW,4h,1'], "quote"), (["a,1h,1kW,2021-12-31T00:00Z,1"], "no job's deadline is after the start"), ([], "no jobs"), (["\x1b[2J,1h,x,4h,1"], "power"),
])
def test_a_wrong_file_is_one_line(cli, tmp_path, rows, says):
    file, jobs = series(tmp_path / "i.csv", [90, 10, 20, 80]), write(tmp_path / "jobs.csv", rows)
    done = cli("plan", *START, "--jobs", jobs, "--capacity", "1gpu", "--intensity", file, check=2)
    assert says in done.stderr.decode() and done.stderr.count(b"\n") == 1 and b"\x1b" not in done.stderr, done.stderr


def test_bytes_that_are_no_csv(cli, tmp_path):
    file = series(tmp_path / "i.csv", [90, 10, 20, 80])
    prng = random.Random(1)
    for size in (0, 1, 100, 10_000):
        (tmp_path / "jobs.csv").write_bytes(bytes(prng.randrange(256) for _ in range(size)))
        done = cli("plan", *START, "--jobs", tmp_path / "jobs.csv", "--capacity", "1gpu", "--intensity", file, check=2)
        assert done.stderr.count(b"\n") == 1


def a_week(tmp_path, count, seed=7, capacity=64, load=0.7):
    """`count` jobs of one week: `load` of the capacity is asked for."""
    prng = random.Random(seed)
    values = [300 + 120 * math.sin(h * math.pi / 12) + prng.uniform(-40, 40) for h in range(168)]
    jobs, total = [], 0.0
    for _ in range(count):
        gpus, hours = 2 ** prng.randrange(4), 1 + min(40, int(prng.expovariate(0.3)))
        jobs.append([gpus, hours])
        total += gpus * hours
    scale = load * capacity * 168 / total
    rows = []
    for i, (gpus, hours) in enumerate(jobs):
        hours = min(100, max(1, round(hours * scale)))
        arrival = prng.randrange(168 - hours)
        deadline = min(168, arrival + hours + prng.randrange(2, 48))
        rows.append(f"job-{i},{arrival}h,{hours}h,{400 * gpus}W,2022-01-{1 + deadline // 24:02d}T{deadline % 24:02d}:00Z,{gpus},{prng.randrange(1, 4)}")
    return series(tmp_path / "week.csv", values), write(tmp_path / "jobs.csv", rows, "job,arrival,duration,power,deadline,gpus,priority")


@pytest.mark.parametrize("words", [[], ["--no-pause"], ["--pause-cost", "20g"]], ids=["pauses", "no pauses", "pauses cost"])
def test_a_hundred_jobs(cli, tmp_path, words):
    file, jobs = a_week(tmp_path, 100, capacity=16, load=0.5)
    plan = queue(cli, "--jobs", jobs, "--capacity", "16gpu", "--intensity", file, "--seconds", "10", *words)
    assert plan["plan"]["left_out"] == 0 and 0 <= plan["gap"] < 0.05 and plan["saving"]["average"] > 0
    use = [0] * 168
    for job in plan["plan"]["jobs"]:
        gpus = next(int(row.split(",")[5]) for row in jobs.read_text().splitlines() if row.startswith(job["job"] + ","))
        for s in job["segments"]:
            begin, end = ((int(s[k][8:10]) - 1) * 24 + int(s[k][11:13]) for k in ("start", "end"))
            for hour in range(begin, end):
                use[hour] += gpus
    assert max(use) <= 16


@pytest.mark.skipif(not os.environ.get("OLIVINE_HIGHS"), reason="OLIVINE_HIGHS does not name HiGHS's library (pip install highsbox)")
def test_highs_closes_the_gap(cli, tmp_path):
    cli.env["OLIVINE_HIGHS"] = os.environ["OLIVINE_HIGHS"]
    file, jobs = a_week(tmp_path, 30, capacity=12)
    plan = queue(cli, "--jobs", jobs, "--capacity", "12gpu", "--intensity", file, "--no-pause", "--seconds", "60", code=None)
    assert plan["gap"] <= 1e-6 and ("HiGHS" in plan["method"] or "bound reached" in plan["method"])


def test_without_highs_it_is_said(cli, tmp_path):
    file, jobs = a_week(tmp_path, 30, capacity=12)
    cli.env["OLIVINE_HIGHS"] = "/nowhere/libhighs.so"
    plan = queue(cli, "--jobs", jobs, "--capacity", "12gpu", "--intensity", file, "--no-pause", "--seconds", "5", code=None)
    assert plan["method"].startswith("decomposition") and (plan["gap"] == 0 or "OLIVINE_HIGHS" in " ".join(plan["notes"]))


@pytest.mark.skipif(os.environ.get("OLIVINE_LONG") != "1", reason="part of the long suite (OLIVINE_LONG=1)")
@pytest.mark.parametrize("words", [[], ["--no-pause"], ["--pause-cost", "20g"]], ids=["pauses", "no pauses", "pauses cost"])
def test_a_thousand_jobs_in_a_minute(cli, tmp_path, words):
    file, jobs = a_week(tmp_path, 1000)
    begin = time.monotonic()
    plan = queue(cli, "--jobs", jobs, "--capacity", "64gpu", "--intensity", file, *words, code=None)
    took = time.monotonic() - begin
    saving = plan["saving"]["average"]  # unknown where first come, first served does not get them all done in the week
    print(f"{words}: gap {100 * plan['gap']:.3f} %, saves {100 * (saving or math.nan):.2f} %, {took:.1f} s, {plan['plan']['left_out']} left out, {plan['method']}")
    assert plan["gap"] <= 0.01 and took <= 60
