"""What olivine slurm and k8s did is in the ledger: planned against actual, with times and intensities. Fakes as in test_jobs.py."""

import json
import os
import shlex
import signal
import subprocess
import time

import pytest
from olivine_cli import BIN, other_machine, wait_for, write_hours
from test_jobs import START, calls, hands, question  # noqa: F401 (hands is a fixture)


def schedule_of(cli, run="last"):
    record = cli.record(run)
    return record, record["schedule"]


def runs(cli):
    return json.loads(cli("ls", "--json", check=0).stdout or "[]")


def test_a_job_begun_by_sbatch_is_kept_as_planned_and_nothing_more(hands, tmp_path):  # noqa: F811
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    hands("slurm", "submit", *question(clean_at_two), "--", "--time=60", "job.sh", "--api-key", "abc", check=0)
    record, schedule = schedule_of(hands)
    assert record["status"] == "submitted" and record["name"] == "slurm job 7" and record["host"] == {"slurm_job": "7"}
    assert record["exit"] is None and "abc" not in json.dumps(record)
    assert record["energy_j"]["total"]["value"] is None and "no meter of its node" in record["energy_j"]["total"]["reason"]
    assert record["emissions_g"]["total"]["value"] is None
    assert schedule["job"] == "Slurm job 7" and schedule["watched"] is False and schedule["executor"] == "Slurm begin"
    # What nobody saw is null, not 0.
    assert {key: schedule[key] for key in ("waited_s", "pauses", "paused_s", "paused_attributed_uj", "power_w")} == dict.fromkeys(
        ("waited_s", "pauses", "paused_s", "paused_attributed_uj", "power_w"))
    assert schedule["saving"] == {"average": None, "marginal": None} and schedule["segments"] == [] and schedule["at_once"] is None
    assert schedule["planned_saving"]["average"] == pytest.approx(0.9)
    assert schedule["plan"] == [{"start": "2022-01-01T02:00:00.000Z", "end": "2022-01-01T03:00:00.000Z", "average_g_per_kwh": 50.0, "marginal_g_per_kwh": None}]
    shown = hands("show", "last", check=0).stdout.decode()
    flat = " ".join(shown.split())
    assert "Slurm job 7, finish within 5h; planned 90 % less by average, not known at the margin" in flat and "what it did is not known" in flat
    why = hands("explain", "last", "planned_saving", check=0).stdout.decode()
    assert "planned 2022-01-01T02:00:00Z .. 2022-01-01T03:00:00Z" in why and "50 g/kWh" in why and "i.csv" in why
    assert "the job was not watched to its end" in hands("explain", "last", "saving", check=0).stdout.decode()
    assert b"record identical" in hands("verify", "last", check=0).stdout
    assert runs(hands)[0]["status"] == "submitted" and runs(hands)[0]["energy_j"] is None


def test_a_plan_whose_saving_is_not_known_is_no_threshold(hands, tmp_path):  # noqa: F811
    nothing = write_hours(tmp_path / "i.csv", lambda h: 0)
    hands("slurm", "submit", *question(nothing), "--", "job.sh", check=0)
    assert "finish within 5h; planned, what that saves is not known, start 2022-01-01T00:00:00Z" in " ".join(hands("show", "last").stdout.decode().split())
    hands("slurm", "follow", "7", "--by", "hold", "--pause-above", "300g", *question(nothing), check=0)
    assert "finish within 5h; nothing was planned but a threshold;" in " ".join(hands("show", "last").stdout.decode().split())


def test_a_dry_run_and_a_refused_job_leave_no_record(hands, tmp_path):  # noqa: F811
    flat = write_hours(tmp_path / "i.csv", lambda h: 50)
    hands("slurm", "submit", "--dry-run", *question(flat), "--", "job.sh", check=0)
    hands("slurm", "submit", *question(flat), "--", "--nonsense", check=255)
    hands("slurm", "follow", "9", "--by", "hold", *question(flat))
    assert hands("ls", "--json").stdout.strip() in (b"[]", b"")


def test_suspended_and_resumed_is_planned_against_actual(hands, tmp_path):  # noqa: F811
    alternating = write_hours(tmp_path / "i.csv", lambda h: 50 if h % 2 == 0 else 500)
    (tmp_path / "state").write_text("RUNNING\n")
    process = hands.popen("slurm", "follow", "7", "--by", "suspend", "--speed", "1800", "--min-run", "10min", "--power", "2kW", *question(alternating, "4h", "40h"),
                          stderr=subprocess.PIPE, text=True)
    wait_for(lambda: len(calls(tmp_path)) >= 4)
    assert runs(hands)[0]["status"] == "running"  # while it is followed; its plan is there already
    assert schedule_of(hands)[1]["planned_saving"]["average"] > 0.5
    (tmp_path / "over").touch()
    process.communicate(timeout=30)
    record, schedule = schedule_of(hands)
    assert record["status"] == "done" and record["exit"]["code"] == 0 and schedule["watched"]
    assert schedule["executor"] == "Slurm suspend" and schedule["pauses"] >= 1 and schedule["paused_s"] > 1
    assert [e["action"] for e in schedule["events"]][:2] == ["let go", "run"] and schedule["events"][-1]["action"] == "end"
    assert {"held back", "pause"} <= {e["action"] for e in schedule["events"]}
    assert [m["name"] for m in record["marks"]] == [e["action"] for e in schedule["events"]]

    # The saving is that of the spans it was seen to run in, and of the same length at once.
    def seconds(span):
        parse = lambda text: time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) + float(text[19:23])  # noqa: E731
        return parse(span["end"]) - parse(span["start"])
    ran, once = schedule["segments"], schedule["at_once"]
    # A pause in which the job ended has no run after it.
    assert schedule["pauses"] - (len(ran) - 1) in (0, 1) and sum(map(seconds, ran)) == pytest.approx(seconds(once), abs=0.01)
    saving = 1 - sum(seconds(s) * s["average_g_per_kwh"] for s in ran) / (seconds(once) * once["average_g_per_kwh"])
    assert schedule["saving"]["average"] == pytest.approx(saving, abs=1e-4) and schedule["saving"]["marginal"] is None
    figures = schedule["figures"]
    assert figures["saving_average"]["value"] == schedule["saving"]["average"] and list(figures["saving_average"]["basis_share"]) == ["modelled"]
    grams = 2.0 * (seconds(once) * once["average_g_per_kwh"] - sum(seconds(s) * s["average_g_per_kwh"] for s in ran)) / 3600
    assert figures["saved_average_g"]["value"] == pytest.approx(grams, abs=0.01 + 1e-4 * abs(grams))
    why = hands("explain", "last", "saved", check=0).stdout.decode()
    assert "power of the job" in why and "2000 W" in why and "at once 2022-01-01T00:00:0" in why and why.count("ran 2022-01-01T") == len(ran)
    assert b"record identical" in hands("verify", "last", check=0).stdout
    assert "less by average" in hands("show", "last", check=0).stdout.decode()


def test_who_holds_stays_only_if_asked_to_watch(hands, tmp_path):  # noqa: F811
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    hands("slurm", "submit", "--by", "hold", "--speed", "7200", *question(clean_at_two), "--", "job.sh", check=0)
    record, schedule = schedule_of(hands)
    assert record["status"] == "submitted" and schedule["saving"]["average"] is None
    assert [e["action"] for e in schedule["events"]][:2] == ["held back", "let go"]
    process = hands.popen("slurm", "submit", "--by", "hold", "--watch", "--speed", "3600", *question(clean_at_two), "--", "job.sh", stderr=subprocess.PIPE, text=True)
    wait_for(lambda: "scontrol release 7" in calls(tmp_path)[4:])
    time.sleep(0.7)
    (tmp_path / "over").touch()
    _, words = process.communicate(timeout=30)
    record, schedule = schedule_of(hands)
    assert record["status"] == "done" and "it came to" in words and schedule["watched"] and schedule["pauses"] == 0
    assert schedule["waited_s"] == pytest.approx(2, abs=1.5) and schedule["saving"]["average"] > 0.3


def test_a_job_that_fails_or_is_forgotten(hands, tmp_path):  # noqa: F811
    flat = write_hours(tmp_path / "i.csv", lambda h: 50)
    fake = tmp_path / "fakes" / "squeue"
    for answer, status in [("echo FAILED", "failed"), ("echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1", "interrupted")]:
        fake.write_text(f"#!/bin/sh\nif [ -f seen ]; then {answer}; else touch seen; echo RUNNING; fi\n")
        (tmp_path / "seen").unlink(missing_ok=True)
        hands("slurm", "follow", "7", "--by", "suspend", "--speed", "100", *question(flat), check=0)
        record = hands.record()
        assert record["status"] == status and record["exit"] is None
        assert (status == "interrupted") == ("how it ended is not known" in hands("show", "last").stdout.decode())


def test_killed_it_leaves_its_plan_and_what_it_saw(hands, tmp_path):  # noqa: F811
    dirty = write_hours(tmp_path / "i.csv", lambda h: 500 if h < 100 else 50)
    (tmp_path / "state").write_text("RUNNING\n")
    process = hands.popen("slurm", "follow", "7", "--by", "suspend", *question(dirty, "1h", "200h"), stderr=subprocess.DEVNULL)
    wait_for(lambda: calls(tmp_path))
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    elsewhere = hands("--procfs-root", other_machine(tmp_path, "login2.example"), "ls", "--json", check=0)
    assert [run["status"] for run in json.loads(elsewhere.stdout)] == ["running"], "whether it lives is for the host to say that followed it"
    assert runs(hands)[0]["status"] == "interrupted"
    record, schedule = schedule_of(hands)
    assert schedule["planned_saving"]["average"] == pytest.approx(0.9) and schedule["saving"]["average"] is None and schedule["watched"] is False
    assert [m["name"] for m in record["marks"]][:1] == ["held back"] and record["marks"][0]["energy_j"] is None
    assert b"record identical" in hands("verify", "last", check=0).stdout


# A pause that no run comes after is a pause all the same; the moments in which a job ends are none.
@pytest.mark.parametrize("last, pauses", [("SUSPENDED", 1), ("COMPLETING", 0)])
def test_a_last_pause_is_counted(hands, tmp_path, last, pauses):  # noqa: F811
    flat = write_hours(tmp_path / "i.csv", lambda h: 50)
    (tmp_path / "state").write_text("RUNNING\n")
    process = hands.popen("slurm", "follow", "7", "--by", "suspend", "--speed", "100", *question(flat), stderr=subprocess.PIPE)
    wait_for(lambda: runs(hands) and hands.record().get("marks", [{}])[-1].get("name") == "run")
    (tmp_path / "state").write_text(last + "\n")
    time.sleep(2.5)
    (tmp_path / "state").write_text("CANCELLED\n")
    process.communicate(timeout=30)
    schedule = hands.record()["schedule"]
    assert schedule["watched"] and schedule["pauses"] == pauses and [e["action"] for e in schedule["events"]].count("pause") == pauses
    assert (1.5 < schedule["paused_s"] < 6) if pauses else schedule["paused_s"] == 0
    assert (b"paused 1 time" in hands("show", "last", check=0).stdout) == bool(pauses)


def test_a_last_pause_of_k8s_is_counted(hands, tmp_path):  # noqa: F811
    flat = write_hours(tmp_path / "i.csv", lambda h: 50)
    process = hands.popen("k8s", "follow", "train", "--speed", "100", *question(flat), stderr=subprocess.PIPE)
    wait_for(lambda: runs(hands) and hands.record().get("marks", [{}])[-1].get("name") == "run")
    fake = tmp_path / "fakes" / "kubectl"
    fake.write_text("#!/bin/sh\n[ $1 = patch ] || echo '{\"status\":{}}'\n")
    time.sleep(2.5)
    fake.write_text("#!/bin/sh\n[ $1 = patch ] || echo '{\"status\":{\"conditions\":[{\"type\":\"Failed\",\"status\":\"True\"}]}}'\n")
    process.communicate(timeout=30)
    record, schedule = schedule_of(hands)
    assert record["status"] == "failed" and schedule["pauses"] == 1 and 1.5 < schedule["paused_s"] < 6


# Asked to end it closes its record: what was seen until then is kept, and the guard lets the job go.
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_end_it_keeps_what_it_saw(hands, tmp_path, number):  # noqa: F811
    alternating = write_hours(tmp_path / "i.csv", lambda h: 50 if h % 2 == 0 else 500)
    (tmp_path / "state").write_text("RUNNING\n")
    process = hands.popen("slurm", "follow", "7", "--by", "suspend", "--speed", "1800", "--min-run", "10min", "--pause-above", "100g", *question(alternating, "4h", "40h"),
                          stderr=subprocess.PIPE, start_new_session=True)
    wait_for(lambda: len(calls(tmp_path)) == 3 and (tmp_path / "state").read_text() == "SUSPENDED\n")
    time.sleep(0.5)
    process.send_signal(number)
    process.communicate(timeout=10)
    assert process.returncode == 128 + number and calls(tmp_path)[-1] == "scontrol resume 7" and len(calls(tmp_path)) == 4
    record, schedule = schedule_of(hands)
    assert record["status"] == "interrupted" and record["exit"] is None and schedule["watched"] is False
    assert schedule["pauses"] == 2 and schedule["paused_s"] > 1 and schedule["saving"]["average"] is None
    assert [e["action"] for e in schedule["events"]].count("pause") == 2 and schedule["events"][-1]["action"] == "left"
    shown = " ".join(hands("show", "last").stdout.decode().split())
    assert "until olivine was ended it waited" in shown and ", paused 2 times (" in shown and "what it did then is not known" in shown
    assert b"record identical" in hands("verify", "last", check=0).stdout


def test_without_a_ledger_the_job_is_carried_out_all_the_same(hands, tmp_path):  # noqa: F811
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    (tmp_path / "file").write_text("")
    done = hands("--ledger", str(tmp_path / "file" / "l.sqlite"), "slurm", "submit", *question(clean_at_two), "--", "job.sh", check=0)
    assert done.stdout == b"7\n" and b"Slurm job 7 is not kept in the ledger: " in done.stderr
    done = hands("--ledger", str(tmp_path / "file" / "l.sqlite"), "slurm", "submit", "--by", "hold", "--speed", "7200", *question(clean_at_two), "--", "job.sh", check=0)
    assert calls(tmp_path)[-1] == "scontrol release 7"


def test_k8s_follow_is_kept(hands, tmp_path):  # noqa: F811
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    process = hands.popen("k8s", "follow", "train", "-n", "ml", "--no-pause", "--watch", "--speed", "3600", *question(clean_at_two), stderr=subprocess.PIPE, text=True)
    wait_for(lambda: any("false}}" in line for line in calls(tmp_path)))
    time.sleep(0.5)
    (tmp_path / "complete").touch()
    process.communicate(timeout=30)
    record, schedule = schedule_of(hands)
    assert record["status"] == "done" and record["host"] == {"k8s_job": "train", "k8s_namespace": "ml"} and schedule["job"] == "Kubernetes job ml/train"
    assert schedule["planned_saving"]["average"] == pytest.approx(0.9) and schedule["watched"] and schedule["events"][-1]["reason"] == "Complete"


# A job's times as squeue 22.05.8 says them: submitted at 00:00, eligible at 02:00, ran from 02:00 to 03:00 of 2022-01-01.
SUBMITTED = 1640995200


# One line for each call, the last again and again.
def squeue_says(tmp_path, *lines):
    fake, answers = tmp_path / "fakes" / "squeue", tmp_path / "answers"
    answers.write_text("".join(line + "\n" for line in lines))
    fake.write_text(f"#!/bin/sh\n[ \"$SLURM_TIME_FORMAT\" = %s ] || exit 9\nhead -n 1 {answers}; [ $(wc -l < {answers}) -lt 2 ] || sed -i 1d {answers}\n")


def hook_env(hands, **more):  # noqa: F811
    return {**hands.env, "SLURM_JOB_ID": "7", "SLURM_JOB_COMMENT": "olivine:within=4h", "SLURM_JOB_EXIT_CODE2": "0:0", "SLURM_JOB_PARTITION": "main", **more}


def test_the_epilog_keeps_what_a_job_did(hands, tmp_path):  # noqa: F811
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    line = f"7|{SUBMITTED}|{SUBMITTED + 7200}|{SUBMITTED + 7200}|{SUBMITTED + 10800}|1:00:00|"
    squeue_says(tmp_path, line + "COMPLETING|0", line + "COMPLETED|0")
    hands("slurm", "hook", "epilog", "--intensity", clean_at_two, check=0, env=hook_env(hands))
    record, schedule = schedule_of(hands)
    assert record["status"] == "done" and record["started_at"] == "2022-01-01T00:00:00.000Z" and record["duration_s"] == 10800
    assert record["host"]["slurm_job"] == "7" and record["host"]["slurm_partition"] == "main"
    assert schedule["planned_saving"]["average"] == pytest.approx(0.9) and schedule["saving"]["average"] == pytest.approx(0.9)
    assert schedule["waited_s"] == 7200 and schedule["pauses"] == 0 and schedule["policy"] == "olivine:within=4h"
    assert schedule["segments"][0]["start"] == "2022-01-01T02:00:00.000Z" and schedule["at_once"]["average_g_per_kwh"] == 500
    assert b"record identical" in hands("verify", "last", check=0).stdout
    # It started two hours later than it could have: the plan was better than what came of it.
    squeue_says(tmp_path, f"7|{SUBMITTED}|{SUBMITTED + 7200}|{SUBMITTED + 14400}|{SUBMITTED + 18000}|1:00:00|FAILED|768")
    hands("slurm", "hook", "epilog", "--intensity", clean_at_two, check=0, env=hook_env(hands))
    record = next(r for r in json.loads(hands("export", "--format", "json", check=0).stdout) if r["status"] == "failed")
    assert record["exit"] == {"code": 3} and record["schedule"]["saving"]["average"] == 0 and record["schedule"]["planned_saving"]["average"] == pytest.approx(0.9)


@pytest.mark.parametrize("more, ran", [({}, "30:00"), ({"SLURM_JOB_RESTART_COUNT": "1"}, "1:00:00")])
def test_of_a_suspended_or_requeued_job_the_saving_is_not_known(hands, tmp_path, more, ran):  # noqa: F811
    flat = write_hours(tmp_path / "i.csv", lambda h: 50)
    squeue_says(tmp_path, f"7|{SUBMITTED}|{SUBMITTED}|{SUBMITTED}|{SUBMITTED + 3600}|{ran}|COMPLETED|0")
    hands("slurm", "hook", "epilog", "--intensity", flat, check=0, env=hook_env(hands, **more))
    schedule = hands.record()["schedule"]
    assert schedule["saving"]["average"] is None and schedule["pauses"] is None and schedule["segments"] == []


def test_a_hook_never_fails_a_job(hands, tmp_path):  # noqa: F811
    flat = write_hours(tmp_path / "i.csv", lambda h: 50)
    (tmp_path / "file").write_text("")
    good = f"7|{SUBMITTED}|{SUBMITTED}|{SUBMITTED}|{SUBMITTED + 60}|1:00|COMPLETED|0"
    for line, env, options, said in [
        (good, {"SLURM_JOB_ID": ""}, [], "is not a job's number"),
        (good, {"SLURM_JOB_ID": "7;x"}, [], "is not a job's number"),
        ("", {}, [], "squeue says nothing of job 7"),
        ("7|0|x|1", {}, [], "squeue says nothing of job 7"),
        (good, {"SLURM_JOB_COMMENT": "mine"}, [], ""),
        (good, {"PATH": "/nonexistent"}, [], "is not on PATH"),
        (good, {}, ["--ledger", str(tmp_path / "file" / "l")], "is not kept in the ledger"),
    ]:
        squeue_says(tmp_path, line)
        done = hands(*options, "slurm", "hook", "epilog", "--intensity", flat, check=0, env=hook_env(hands, **env))
        assert said in done.stderr.decode() and (said or not done.stderr), (line, env, done.stderr)
    assert hands("ls", "--json").stdout.strip() in (b"[]", b"")
    for comment, limit in [("olivine:within=x", "1:00"), ("olivine:within=12h", ""), ("olivine:", "1:00"), ("mine", "1:00"), ("", "")]:
        done = hands("slurm", "hook", "submit", "--intensity", flat, "--comment", comment, "--time-limit", limit, check=0)
        assert done.stdout == b"" and bool(done.stderr) == comment.startswith("olivine:")
    assert hands("slurm", "hook", "submit", "--intensity", str(tmp_path / "none.csv"), "--comment", "olivine:within=1h,duration=1h", check=0).stdout == b""


# What a real epilog of 22.05.8 heard: the environment and the state are those of a job that ended well, until the epilog has ended.
@pytest.mark.parametrize("said, status, exit, state", [
    (["COMPLETING|0", "COMPLETING|15", "CANCELLED|15"], "failed", {"signal": 15}, "CANCELLED"),
    (["COMPLETING|0", "TIMEOUT|15"], "failed", {"signal": 15}, "TIMEOUT"),
    (["TIMEOUT|0"], "failed", None, "TIMEOUT"),
    (["COMPLETING|9", "FAILED|9"], "failed", {"signal": 9}, "FAILED"),
    (["COMPLETING|0", "CANCELLED|0"], "failed", None, "CANCELLED"),
    (["COMPLETING|0", "COMPLETED|0"], "done", {"code": 0}, "COMPLETED"),
    (["COMPLETING|0"], "interrupted", None, "COMPLETING"),
    (["COMPLETING|768"], "failed", {"code": 3}, "COMPLETING"),
    (["COMPLETING|0", ""], "interrupted", None, "COMPLETING"),
])
def test_the_epilog_keeps_how_a_job_ended(hands, tmp_path, said, status, exit, state):  # noqa: F811
    flat = write_hours(tmp_path / "i.csv", lambda h: 50)
    squeue_says(tmp_path, *[end and f"7|{SUBMITTED}|{SUBMITTED}|{SUBMITTED}|{SUBMITTED + 60}|1:00|{end}" for end in said])
    hands("slurm", "hook", "epilog", "--intensity", flat, "--wait", "3s", check=0, env=hook_env(hands))
    record, schedule = schedule_of(hands)
    assert record["status"] == status and record["exit"] == exit and schedule["events"][-1]["reason"] == state
    assert ("how it ended is not known: COMPLETING is the last" in " ".join(hands("show", "last").stdout.decode().split())) == (status == "interrupted")


# Slurm waits for its epilog before it says how the job ended: the epilog must not wait for that.
def test_the_epilog_does_not_wait_for_what_waits_for_it(hands, tmp_path):  # noqa: F811
    flat = write_hours(tmp_path / "i.csv", lambda h: 50)
    line = f"7|{SUBMITTED}|{SUBMITTED}|{SUBMITTED}|{SUBMITTED + 60}|1:00|"
    squeue_says(tmp_path, line + "COMPLETING|0")
    process = hands.popen("slurm", "hook", "epilog", "--intensity", flat, env=hook_env(hands), stderr=subprocess.PIPE, start_new_session=True)
    assert process.wait(timeout=5) == 0
    try:
        os.killpg(process.pid, signal.SIGKILL)  # as slurmctld does with what an epilog leaves in its group
    except ProcessLookupError:
        pass
    squeue_says(tmp_path, line + "CANCELLED|15")
    assert b"job 7 is kept" in process.stderr.read() and hands.record()["exit"] == {"signal": 15}
    for wrong in ("long", "2h"):
        assert b"--wait" in hands("slurm", "hook", "epilog", "--print", "--wait", wrong, check=2).stderr
        assert b"not kept: --wait" in hands("slurm", "hook", "epilog", "--wait", wrong, check=0, env=hook_env(hands)).stderr


def test_a_hook_ends_in_time(hands, tmp_path):  # noqa: F811
    os.mkfifo(tmp_path / "never.csv")
    begun = time.monotonic()
    done = hands("slurm", "hook", "submit", "--comment", "olivine:within=6h,duration=1h", "--intensity", str(tmp_path / "never.csv"), check=0, timeout=30)
    assert 9 < time.monotonic() - begun < 15 and b"not done within 10 s" in done.stderr


def test_a_squeue_that_hangs_ends_before_the_hook(hands, tmp_path):  # noqa: F811
    (tmp_path / "fakes" / "squeue").write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 60\n")
    begun = time.monotonic()
    done = hands("slurm", "hook", "epilog", check=0, env=hook_env(hands), timeout=30)
    assert time.monotonic() - begun < 10 and b"did not end within 7 s" in done.stderr
    assert not os.path.exists(f"/proc/{(tmp_path / 'pid').read_text().strip()}")


def test_the_submit_hook_says_when(hands, tmp_path):  # noqa: F811
    now = int(time.time()) // 3600 * 3600
    rows = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + 3600 * h)) + f",{50 if h == 2 else 500}" for h in range(48)]
    (tmp_path / "i.csv").write_text("time_utc,gco2e_per_kwh\n" + "\n".join(rows) + "\n")
    for words in (["--comment", "olivine:within=6h,duration=1h"], ["--comment", "olivine:within=6h", "--time-limit", "1:00:00"]):
        before = time.time()
        done = hands("slurm", "hook", "submit", "--intensity", str(tmp_path / "i.csv"), *words, check=0)
        begin = done.stdout.decode()
        assert begin.startswith("now+") and before + int(begin[4:]) == pytest.approx(now + 7200, abs=1800) and b"less by average" in done.stderr


def test_the_scripts_say_what_they_were_asked(hands, tmp_path):  # noqa: F811
    script = hands("--ledger", "/var/lib/o b.sqlite", "slurm", "hook", "epilog", "--print", "--zones", "FR", check=0).stdout.decode()
    assert script.startswith("#!/bin/sh\n") and script.endswith("exit 0\n") and "EpilogSlurmctld=" in script and "slurm hook epilog --zones FR </dev/null" in script
    assert shlex.split(next(line for line in script.splitlines() if line.startswith("timeout")))[4:7] == [BIN, "--ledger", "/var/lib/o b.sqlite"]
    assert subprocess.run(["sh", "-n"], input=script.encode()).returncode == 0
    lua = hands("slurm", "hook", "submit", "--print", "--zones", "FR", check=0).stdout.decode()
    assert "CliFilterPlugins=cli_filter/lua" in lua and "slurm hook submit --zones FR --comment" in lua


def test_grams_and_share_count_the_pauses_alike(hands, tmp_path):  # noqa: F811
    alternating = write_hours(tmp_path / "i.csv", lambda h: 50 if h % 2 == 0 else 500)
    (tmp_path / "state").write_text("RUNNING\n")
    process = hands.popen("slurm", "follow", "7", "--by", "suspend", "--speed", "3600", "--min-run", "10min", "--pause-above", "100g", "--power", "2kW",
                          "--pause-cost", "900g", *question(alternating, "4h", "40h"), stderr=subprocess.PIPE, text=True)
    wait_for(lambda: len(calls(tmp_path)) >= 4)
    (tmp_path / "over").touch()
    process.communicate(timeout=30)
    schedule = schedule_of(hands)[1]
    once, saving = schedule["at_once"], schedule["saving"]["average"]

    def hours_of(span):
        parse = lambda text: time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) + float(text[19:23])  # noqa: E731
        return (parse(span["end"]) - parse(span["start"])) / 3600
    baseline = 2.0 * hours_of(once) * once["average_g_per_kwh"]
    saved = schedule["figures"]["saved_average_g"]["value"]
    assert saved == pytest.approx(saving * baseline, rel=1e-4, abs=0.01)
    spans = 2.0 * sum(hours_of(s) * s["average_g_per_kwh"] for s in schedule["segments"])
    restarts = len(schedule["segments"]) - 1  # the cost is "of a stop and its restart": a pause in which the job ended has none
    assert restarts >= 1 and schedule["pauses"] - restarts in (0, 1)
    assert saved == pytest.approx(baseline - spans - 900 * restarts, rel=1e-3, abs=0.1) and saved < 0
    assert "emitted more: " in hands("show", "last", check=0).stdout.decode() or "emitted more: " in hands("show", "last", "--details", check=0).stdout.decode()
    assert "the stated cost of pauses included" in hands("explain", "last", "saved", check=0).stdout.decode()


def test_the_scripts_have_whole_paths_and_no_line_break(hands, tmp_path):  # noqa: F811
    write_hours(tmp_path / "i.csv", lambda h: 50)
    for event in ("epilog", "submit"):
        script = hands("--ledger", "./l.sqlite", "slurm", "hook", event, "--print", "--intensity=i.csv", check=0).stdout.decode()
        assert f"--ledger {tmp_path}/l.sqlite " in script and f"--intensity={tmp_path}/i.csv " in script
        script = hands("slurm", "hook", event, "--print", "--intensity", "/x/i.csv", "--zones", "FR", check=0).stdout.decode()
        assert "--intensity /x/i.csv --zones FR " in script
        for words in (["--zones", "F\nR"], ["--zones", "FR\x1b"], ["--intensity", "a\nb"]):
            done = hands("slurm", "hook", event, "--print", *words, check=2)
            assert done.stdout == b"" and done.stderr.count(b"\n") == 1 and b"control character" in done.stderr
