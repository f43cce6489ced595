"""olivine slurm, k8s and systemd against commands that answer as the real ones did (Slurm 22.05.8 on one node, tests/slurm/one_node.py; the
Kubernetes API by its reference: no cluster was asked). What is called, and when, is in a log."""

import json
import os
import pathlib
import shlex
import signal
import subprocess
import time

import pytest
from olivine_cli import state_of, wait_for, write_hours

START = "2022-01-01T00:00:00Z"

# A job's state is in the file `state`; each call is a line of `calls`; each line of `trouble` is a failure of the moment to come.
FAKES = {
    "sbatch": """for w in "$@"; do if [ "$w" = --nonsense ]; then echo "sbatch: unrecognized option '--nonsense'" >&2; exit 255; fi; done
echo PENDING > state; [ -f silent ] || echo 'Submitted batch job 7'""",
    "squeue": """[ ! -s trouble ] || { sed -i 1d trouble; echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; exit 1; }
[ ! -f over ] || { echo COMPLETED; exit 0; }
[ -f state ] || { echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1; }
cat state""",
    "scontrol": """case $1 in
suspend) [ ! -f forbidden ] || { echo "Access/permission denied for job $2" >&2; exit 1; }; echo SUSPENDED > state;;
resume) echo RUNNING > state;;
requeuehold|hold) echo PENDING > state;;
release) echo RUNNING > state;;
esac""",
    "kubectl": """case $1 in
patch) [ ! -f forbidden ] || { echo 'Error from server (Forbidden): jobs.batch is forbidden' >&2; exit 1; }
  [ ! -s trouble ] || [ "${5##*:}" != 'false}}' ] || { sed -i 1d trouble; echo 'Unable to connect to the server: net/http: TLS handshake timeout' >&2; exit 1; }
  [ "$3" != missing ] || { echo "Error from server (NotFound): jobs.batch \\"missing\\" not found" >&2; exit 1; }
  echo "job.batch/$3 patched";;
get) [ ! -f complete ] || { echo '{"status":{"conditions":[{"type":"Complete","status":"True"}]}}'; exit 0; }; echo '{"status":{"active":1}}';;
esac""",
}


@pytest.fixture
def hands(cli, tmp_path):
    folder = tmp_path / "fakes"
    folder.mkdir()
    for name, body in FAKES.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\nprintf '%s\\n' \"{name} $*\" >> calls\n{body}\n")
        path.chmod(0o755)
    cli.env["PATH"] = f"{folder}:{cli.env['PATH']}"
    cli.env["XDG_STATE_HOME"] = str(tmp_path / "ledgers")  # `state` is the fakes' file
    return cli


def calls(tmp_path, without=("squeue", "kubectl get")):
    path = tmp_path / "calls"
    lines = path.read_text().splitlines() if path.exists() else []
    return [line for line in lines if not line.startswith(without)]


def question(intensity, duration="1h", deadline="5h"):
    return ["--duration", duration, "--deadline", deadline, "--intensity", intensity, "--start", START]


def test_a_flexible_start_is_sbatchs_begin(hands, tmp_path):
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    done = hands("slurm", "submit", *question(clean_at_two), "--", "--time=60", "job.sh", "two words", check=0)
    assert done.stdout == b"7\n"
    assert b"start 2022-01-01T02:00:00Z" in done.stderr and b"90.0 % less by average, not known at the margin" in done.stderr
    assert calls(tmp_path) == ["sbatch --begin=now+7200 --comment=olivine by=begin start=2022-01-01T02:00:00Z --time=60 job.sh two words"]
    dry = hands("slurm", "submit", "--dry-run", *question(clean_at_two), "--", "job.sh", "two words", check=0)
    assert shlex.split(dry.stdout.decode())[-2:] == ["job.sh", "two words"] and len(calls(tmp_path)) == 1
    at_once = write_hours(tmp_path / "j.csv", lambda h: 50 if h == 0 else 500)
    hands("slurm", "submit", *question(at_once), "--", "--comment=mine", "job.sh", check=0)
    assert calls(tmp_path)[1] == "sbatch --comment=mine job.sh"


def test_what_sbatch_refuses_is_passed_on(hands, tmp_path):
    flat = write_hours(tmp_path / "i.csv", lambda h: 50)
    done = hands("slurm", "submit", *question(flat), "--", "--nonsense", check=255)
    assert b"unrecognized option" in done.stderr and done.stdout == b""
    done = hands("slurm", "submit", *question(flat), "--", "--begin=now", "x", check=2)
    assert b"sbatch --begin=now: when the job starts is what the plan says" in done.stderr


def test_a_held_job_is_released_when_its_start_is_due(hands, tmp_path):
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    done = hands("slurm", "submit", "--by", "hold", "--speed", "7200", *question(clean_at_two), "--", "job.sh", check=0)
    assert [line.split()[:2] for line in calls(tmp_path)] == [["sbatch", "--hold"], ["scontrol", "hold"], ["scontrol", "release"]]
    assert b"wait: 500 g/kWh if it ran now" in done.stderr and b"planned 90.0 % less by average" in done.stderr


def test_a_file_is_followed_whole_whatever_zone_the_settings_name(hands, tmp_path):
    hands.env["OLIVINE_ZONE"] = "FR"
    file = tmp_path / "de.csv"
    file.write_text("time_utc,zone,gco2e_per_kwh\n" + "".join(f"2022-01-01T{h:02}:00:00Z,DE,{50 if h == 2 else 500}\n" for h in range(24)))
    done = hands("slurm", "submit", "--by", "hold", "--speed", "7200", *question(str(file)), "--", "job.sh", check=0)
    assert b"start 2022-01-01T02:00:00Z in DE" in done.stderr and b"wait: 500 g/kWh if it ran now" in done.stderr


@pytest.mark.parametrize("by", ["hold", "suspend", "requeue"])
def test_a_submitted_job_is_let_go_when_its_number_cannot_be_told(hands, tmp_path, by):
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    with open("/dev/full", "w") as full:
        process = hands.popen("slurm", "submit", "--by", by, *question(clean_at_two), "--", "job.sh", stdout=full, stderr=subprocess.PIPE, text=True)
        _, words = process.communicate(timeout=30)
    assert process.returncode != 0 and "job 7: the job is let go" in words
    assert [line.split()[:2] for line in calls(tmp_path)] == [["sbatch", "--hold"], ["scontrol", "release"]]
    (tmp_path / "silent").touch()
    done = hands("slurm", "submit", "--by", by, *question(clean_at_two), "--", "job.sh", check=2)
    assert b"sbatch did not say the job's number" in done.stderr and b"scontrol release JOB lets it go" in done.stderr


def test_an_operator_suspends_and_resumes(hands, tmp_path):
    alternating = write_hours(tmp_path / "i.csv", lambda h: 50 if h % 2 == 0 else 500)
    (tmp_path / "state").write_text("RUNNING\n")
    process = hands.popen("slurm", "follow", "7", "--by", "suspend", "--speed", "7200", "--min-run", "10min", "--pause-above", "100g", *question(alternating, "4h", "40h"),
                          stderr=subprocess.PIPE, text=True)
    wait_for(lambda: len(calls(tmp_path)) >= 4)
    assert calls(tmp_path)[:4] == ["scontrol suspend 7", "scontrol resume 7"] * 2
    (tmp_path / "over").touch()
    _, words = process.communicate(timeout=30)
    assert process.returncode == 0 and "less by average" in words.splitlines()[-1] and "it came to" in words


# Let go it waits in the queue, for six hours of the plan. 8 h of work with a margin of 0.4 h must run from 27.6 h on.
@pytest.mark.parametrize("by", ["suspend", "requeue"])
def test_time_in_the_queue_is_no_work(hands, tmp_path, by):
    clean_at_first = write_hours(tmp_path / "i.csv", lambda h: 50 if h < 4 or h >= 30 else 500)
    fake = tmp_path / "fakes" / "scontrol"
    fake.write_text(f"""#!/bin/sh
printf '%s %s\\n' "$(date +%s.%N)" "scontrol $*" >> calls
[ "$1" != release ] || (sleep 6; grep -q PENDING state && echo RUNNING > state) > /dev/null 2>&1 &
[ "$1" = release ] || echo PENDING > state
""")
    process = hands.popen("slurm", "submit", "--by", by, "--pause-above", "100g", "--speed", "3600", *question(clean_at_first, "8h", "36h"), "--", "job.sh",
                          stderr=subprocess.PIPE, text=True)
    releases = lambda: [float(line.split()[0]) for line in calls(tmp_path, ("sbatch",)) if "scontrol release" in line]  # noqa: E731
    wait_for(lambda: len(releases()) >= 2, 45)
    (tmp_path / "over").touch()
    _, words = process.communicate(timeout=30)
    first, again = releases()[:2]
    assert 26.5 < again - first < 29 and "run: the deadline leaves no more time to wait" in words


def test_what_is_announced_is_what_is_followed(hands, tmp_path):
    alternating = write_hours(tmp_path / "i.csv", lambda h: 50 if h in (2, 5) else 500)
    words = ["slurm", "submit", "--dry-run", *question(alternating, "2h", "8h")]

    def said(*more, code=0):
        return hands(*words, *more, "--", "job.sh", check=code).stderr.decode()
    assert "start 2022-01-01T01:00:00Z in file: 45.0 % less by average" in said() and "pause" not in said()
    assert "start 2022-01-01T01:00:00Z in file: 45.0 % less by average" in said("--by", "hold")
    for by in ("suspend", "requeue"):
        assert "start 2022-01-01T02:00:00Z in file with 1 pause, done 2022-01-01T06:00:00Z: 90.0 % less by average" in said("--by", by)
    assert "runs while the intensity is at most 300 g/kWh in file" in said("--by", "suspend", "--pause-above", "300g")
    assert "--pause-above: \"lots\" is not grams" in said("--by", "suspend", "--pause-above", "lots", code=2)
    refused = said("--by", "begin", "--pause-above", "300g", code=2)
    assert "by begin a job is planned once and not paused" in refused and refused.count("\n") == 1 and said("--pause-above", "300g", code=2) == refused
    assert "--margin: by begin" in said("--by", "begin", "--margin", "5min", code=2)
    # At the margin the plan ends: an hour that is clean but too late is not announced.
    late = write_hours(tmp_path / "late.csv", lambda h: 50 if h in (2, 7) else 500)
    assert "with 1 pause" in hands("slurm", "submit", "--dry-run", "--by", "suspend", "--margin", "0s", *question(late, "2h", "8h"), "--", "x", check=0).stderr.decode()
    assert "done 2022-01-01T08" not in hands("slurm", "submit", "--dry-run", "--by", "suspend", "--margin", "1h", *question(late, "2h", "8h"), "--", "x", check=0).stderr.decode()


def test_who_is_no_operator_is_told_in_slurms_words(hands, tmp_path):
    dirty = write_hours(tmp_path / "i.csv", lambda h: 500)
    (tmp_path / "state").write_text("RUNNING\n")
    (tmp_path / "forbidden").touch()
    done = hands("slurm", "follow", "7", "--by", "suspend", "--pause-above", "100g", *question(dirty, "1h", "40h"), check=3)
    assert b"scontrol: Access/permission denied for job 7; the job is let go" in done.stderr


@pytest.mark.parametrize("state, by, undo", [("RUNNING", "suspend", "resume"), ("RUNNING", "requeue", "release"), ("PENDING", "hold", "release")])
def test_kill_9_lets_the_job_go(hands, tmp_path, state, by, undo):
    dirty = write_hours(tmp_path / "i.csv", lambda h: 500 if h < 100 else 50)
    (tmp_path / "state").write_text(state + "\n")
    process = hands.popen("slurm", "follow", "7", "--by", by, "--pause-above", "100g", *question(dirty, "1h", "200h"), stderr=subprocess.DEVNULL)
    wait_for(lambda: calls(tmp_path))
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: calls(tmp_path)[-1] == f"scontrol {undo} 7")
    assert len(calls(tmp_path)) == 2


# slurmctld restarts at that very moment: scontrol fails, and the guard has the job in its hands alone.
def test_the_guard_tries_again_until_the_controller_is_back(hands, tmp_path):
    dirty = write_hours(tmp_path / "i.csv", lambda h: 500 if h < 100 else 50)
    (tmp_path / "state").write_text("RUNNING\n")
    fake = tmp_path / "fakes" / "scontrol"
    fake.write_text(fake.read_text().replace("case $1 in", "[ ! -f down ] || { cat down >&2; exit 1; }\ncase $1 in", 1))
    for undone in (True, False):
        process = hands.popen("slurm", "follow", "7", "--by", "suspend", "--pause-above", "100g", *question(dirty, "1h", "200h"), stderr=subprocess.PIPE, text=True)
        wait_for(lambda: (tmp_path / "state").read_text() == "SUSPENDED\n")
        time.sleep(0.3)
        refused = "" if undone else "slurm_suspend error: Invalid job id specified\n"
        (tmp_path / "down").write_text(refused or "slurm_suspend error: Unable to contact slurm controller (connect failure)\n")
        before = len(calls(tmp_path))
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_for(lambda: len(calls(tmp_path)) >= before + (2 if undone else 1))
        if undone:
            (tmp_path / "down").unlink()
            wait_for(lambda: (tmp_path / "state").read_text() == "RUNNING\n")
        else:  # and that it is refused ends it, which the end of its standard error shows
            assert process.stderr.read().endswith(refused) and len(calls(tmp_path)) == before + 1


def hang(process):
    """Stops its planner."""
    def planners():
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return [int(c) for c in children if b"--follow" in pathlib.Path(f"/proc/{c}/cmdline").read_bytes()]
    wait_for(planners)
    os.kill(planners()[0], signal.SIGSTOP)
    return planners()[0]


# 1 h of work within 4 h, at 3600: it must go on after 3 h less the margin of 3 min, which are 2.95 s.
@pytest.mark.parametrize("words, undone", [(["slurm", "follow", "7", "--by", "suspend"], "scontrol resume 7"),
                                           (["k8s", "follow", "train"], '{"spec":{"suspend":false}}')])
def test_a_planner_that_hangs_keeps_no_job_from_its_deadline(hands, tmp_path, words, undone):
    dirty = write_hours(tmp_path / "i.csv", lambda h: 500)
    (tmp_path / "state").write_text("RUNNING\n")
    process = hands.popen(*words, "--pause-above", "100g", "--speed", "3600", *question(dirty, "1h", "4h"), stderr=subprocess.PIPE, text=True)
    wait_for(lambda: calls(tmp_path))
    planner = hang(process)
    begun = time.monotonic()
    wait_for(lambda: len(calls(tmp_path)) >= 2, 20)
    assert time.monotonic() - begun < 4.5 and calls(tmp_path)[1].endswith(undone)
    (tmp_path / "over").touch()
    (tmp_path / "complete").touch()
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0 and said.count("olivine: run: the plan is silent past the latest moment to go on\n") == 1
    assert state_of(planner) in ("gone", "Z") and len(calls(tmp_path)) == 2
    events = hands.record()["schedule"]["events"]
    assert [event["reason"] for event in events if event["action"] == "let go"] == ["the plan is silent past the latest moment to go on"]


def fifo_for_one(tmp_path):
    """What is written to it is read by the plan that is announced; the one that follows waits for ever."""
    fifo = tmp_path / "fifo.csv"
    os.mkfifo(fifo)
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    return fifo, lambda: fifo.write_text(open(clean_at_two).read())


def test_without_a_first_line_a_held_job_is_released_in_time(hands, tmp_path):
    fifo, write = fifo_for_one(tmp_path)
    process = hands.popen("slurm", "submit", "--by", "hold", "--speed", "3600", *question(str(fifo), "1h", "8h"), "--", "job.sh", stderr=subprocess.PIPE, text=True)
    write()
    wait_for(lambda: any("scontrol release" in line for line in calls(tmp_path)), 15)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0 and "run: the plan is silent past the latest moment to go on" in said


def test_a_planner_that_hangs_keeps_nobody_from_looking(hands, tmp_path):
    fifo, write = fifo_for_one(tmp_path)
    process = hands.popen("slurm", "submit", "--by", "begin", "--watch", *question(str(fifo)), "--", "job.sh", stderr=subprocess.PIPE, text=True)
    write()
    wait_for(lambda: calls(tmp_path, ()))
    time.sleep(0.5)
    assert not any("squeue" in line for line in calls(tmp_path, ())), "the plan is given time to read its data"
    wait_for(lambda: any("squeue" in line for line in calls(tmp_path, ())), 20)
    process.send_signal(signal.SIGTERM)
    begun = time.monotonic()
    process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM and time.monotonic() - begun < 2


def test_a_job_that_was_cancelled_while_held_has_saved_nothing(hands, tmp_path):
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    for words in (["slurm", "submit", "--by", "suspend"], ["slurm", "submit", "--by", "hold", "--watch"]):
        process = hands.popen(*words, "--speed", "100", *question(clean_at_two), "--", "job.sh", stderr=subprocess.PIPE, text=True)
        wait_for(lambda: any("scontrol hold" in line for line in calls(tmp_path)))
        fake = tmp_path / "fakes" / "squeue"
        before = fake.read_text()
        fake.write_text("#!/bin/sh\necho CANCELLED\n")
        _, said = process.communicate(timeout=30)
        fake.write_text(before)
        (tmp_path / "calls").unlink()
        assert process.returncode == 0 and said.endswith("olivine: planned 90.0 % less by average, not known at the margin; it was not seen to run\n")
        assert hands.record()["schedule"]["saving"]["average"] is None


def test_mistakes(hands, tmp_path):
    flat = write_hours(tmp_path / "i.csv", lambda h: 50)
    for words, message in [
        (["slurm", "follow", "x;y", "--by", "hold", *question(flat)], "is not a job's number"),
        (["slurm", "follow", "9", "--by", "hold", *question(flat)], "Slurm knows no job 9"),
        (["slurm", "follow", "9", "--by", "begin", *question(flat)], "--by"),
        (["slurm", "submit", *question(flat)], "needs a command after --"),
        (["slurm", "submit", *question(flat, "9h", "5h"), "--", "x"], "the job takes 9 h 00 min and must end within 5 h 00 min"),
        (["k8s", "suspend", "Not_A_Name"], "is no name of a job"),
        (["systemd", "a b", *question(flat), "--", "x"], "is no unit's name"),
        (["systemd", "x", *question(flat), "--", "no-such-program"], '"no-such-program" is not on PATH'),
        (["systemd", "x", *question(flat), "--", "./i.csv"], f"{tmp_path}/i.csv: no program that may be executed is there"),
        (["k8s", "resume", "x", "--", "y"], "take a command after --"),
    ]:
        done = hands(*words)
        assert words[0] != "systemd" or (done.stderr.count(b"\n") == 1 and done.stdout == b""), (words, done)
        assert done.returncode in (2, 3) and message in done.stderr.decode(), (words, done)


# Each is a divisor, a number of slots or an end of time somewhere. None may crash, hang or be taken for something else.
@pytest.mark.parametrize("flag, value, said", [
    ("--slot", "0s", '--slot: "0s" is not a duration above 0'),
    ("--slot", "0.0000000001s", '--slot: "0.0000000001s" is not a duration above 0'),
    ("--slot", "1ns", "more than 2000000 slots"),
    ("--slot", "106751d", '--slot: "106751d" is '),
    ("--min-run", "106751d", '--min-run: "106751d" is not a duration from'),
    ("--pause-time", "106751d", '--pause-time: "106751d" is not a duration from'),
    ("--pause-time", "100d", "a restart takes 2400 h 00 min, longer than all the time up to the deadline"),
    ("--margin", "106751d", '--margin: "106751d" is not a duration from'),
    ("--duration", "0s", '--duration: "0s" is not a duration above 0'),
    ("--deadline", "106751d", '--deadline: "106751d" is not a duration above 0'),
    ("--deadline", "1ns", "must end within 1 ns: give it more time"),
    ("--speed", "0", "--speed: '0' is not a number from 0.001 to 1"),
    ("--speed", "nan", "--speed: 'nan' is not a number from 0.001 to 1"),
    ("--power", "0W", '--power: "0W" is not a power above 0'),
    ("--pause-above", "nan", '--pause-above: "nan" is not grams per kWh'),
    ("--pause-above", "1e300g", '--pause-above: "1e300g" is not grams per kWh'),
])
def test_values_at_the_edges(hands, tmp_path, flag, value, said):
    hours = write_hours(tmp_path / "i.csv", lambda h: 500 if h % 2 == 0 else 50)
    asked = question(hours)
    asked = [word for word in asked if word != flag] if flag not in asked else asked[:asked.index(flag)] + asked[asked.index(flag) + 2:]
    asked += [flag, value]
    for words in (["plan", "--follow", *asked], ["slurm", "submit", "--by", "hold", "--dry-run", *asked, "--", "x"],
                  ["slurm", "submit", "--by", "suspend", "--dry-run", *([] if flag == "--pause-above" else ["--pause-above", "100g"]), *asked, "--", "x"],
                  ["k8s", "follow", "train", *asked]):
        done = hands(*words, check=2, timeout=20)
        assert said in done.stderr.decode() and done.stderr.count(b"\n") == 1 and done.stdout == b"", (words, done)
    if flag in ("--slot", "--min-run", "--pause-time", "--margin", "--speed", "--pause-above"):
        run = hands("run", "--finish-within", "5h", "--expect", "1h", "--intensity", hours, "--plan-start", START, flag, value, "--", "true", check=2, timeout=20)
        assert said in run.stderr.decode()


def test_short_slots_may_be_followed(hands, tmp_path):
    hours = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 0 else 500)
    followed = hands("plan", "--follow", *question(hours), "--slot", "1min", check=0, stdin=subprocess.DEVNULL)
    assert json.loads(followed.stdout.splitlines()[0])["action"] == "run"
    hands("run", "--finish-within", "5h", "--expect", "1h", "--intensity", hours, "--plan-start", START, "--slot", "1min", "--", "true", check=0)


def test_without_the_schedulers_tools(cli, tmp_path):
    flat = write_hours(tmp_path / "i.csv", lambda h: 50)
    cli.env["PATH"] = str(tmp_path)
    done = cli("slurm", "submit", *question(flat), "--", "job.sh")
    assert done.returncode != 0 and b"sbatch is not on PATH" in done.stderr


def test_k8s_patches_one_switch(hands, tmp_path):
    assert hands("k8s", "suspend", "train", "-n", "ml", check=0).stdout == b"job.batch/train patched\n"
    hands("k8s", "resume", "train", check=0)
    assert calls(tmp_path) == ['kubectl patch job train --namespace=ml --type=merge --patch={"spec":{"suspend":true}}',
                               'kubectl patch job train --type=merge --patch={"spec":{"suspend":false}}']
    assert b"NotFound" in hands("k8s", "suspend", "missing", check=2).stderr


def test_k8s_follows_a_plan(hands, tmp_path):
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    hands("k8s", "follow", "train", "--no-pause", "--speed", "7200", *question(clean_at_two), check=0)
    assert [line.rpartition("--patch=")[2] for line in calls(tmp_path)] == ['{"spec":{"suspend":true}}', '{"spec":{"suspend":false}}']


def test_kubectl_fails_as_the_job_is_to_run(hands, tmp_path):
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    (tmp_path / "trouble").write_text("once\ntwice\n")
    done = hands("k8s", "follow", "train", "--no-pause", "--speed", "3600", *question(clean_at_two), check=0)
    assert [line.rpartition(":")[2] for line in calls(tmp_path)] == ["true}}", "false}}", "false}}", "false}}"]
    assert done.stderr.count(b"kubectl: Unable to connect to the server: net/http: TLS handshake timeout; it is tried again") == 1


def test_squeue_fails_as_the_job_is_to_run(hands, tmp_path):
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    # Two a look, a look a second, a start in one second.
    (tmp_path / "trouble").write_text("again\n" * 6)
    done = hands("slurm", "submit", "--by", "hold", "--speed", "7200", *question(clean_at_two), "--", "job.sh", check=0)
    assert calls(tmp_path)[-1] == "scontrol release 7" and not (tmp_path / "trouble").read_text()
    assert b"squeue: slurm_load_jobs error: Unable to contact slurm controller (connect failure); it is tried again" in done.stderr


def test_a_kubectl_that_hangs_does_not_keep_the_job_suspended(hands, tmp_path):
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    fake = tmp_path / "fakes" / "kubectl"
    fake.write_text(fake.read_text().replace("get) ", "get) [ ! -f hang ] || exec sleep 600; "))
    (tmp_path / "hang").touch()
    process = hands.popen("k8s", "follow", "train", "--speed", "3600", *question(clean_at_two), stderr=subprocess.PIPE, text=True)
    wait_for(lambda: calls(tmp_path) and calls(tmp_path)[-1].endswith('{"spec":{"suspend":false}}'))  # within 30 s
    (tmp_path / "hang").unlink()
    (tmp_path / "complete").touch()
    _, words = process.communicate(timeout=60)
    assert process.returncode == 0 and "olivine: kubectl get did not end within 30 s: it was stopped\n" in words


def test_who_may_not_is_told_what_became_of_the_job(hands, tmp_path):
    dirty = write_hours(tmp_path / "i.csv", lambda h: 500 if h < 100 else 50)
    (tmp_path / "forbidden").touch()
    done = hands("k8s", "follow", "train", *question(dirty, "1h", "200h"), check=3)
    assert b"; the job could not be let go (kubectl: Error from server (Forbidden): jobs.batch is forbidden)" in done.stderr
    (tmp_path / "forbidden").unlink()
    (tmp_path / "calls").unlink()
    done = hands("k8s", "follow", "missing", *question(dirty, "1h", "200h"))
    assert done.returncode == 3 and b"could not be let go" in done.stderr


def test_kill_9_resumes_a_suspended_k8s_job(hands, tmp_path):
    dirty = write_hours(tmp_path / "i.csv", lambda h: 500 if h < 100 else 50)
    process = hands.popen("k8s", "follow", "train", *question(dirty, "1h", "200h"), stderr=subprocess.DEVNULL)
    wait_for(lambda: calls(tmp_path))
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: len(calls(tmp_path)) == 2)
    assert calls(tmp_path)[1].endswith('{"spec":{"suspend":false}}')


def test_a_usage_error_leaves_a_job_that_others_hold(hands, tmp_path):
    flat = write_hours(tmp_path / "i.csv", lambda h: 50)
    (tmp_path / "state").write_text("PENDING\n")
    hands("k8s", "follow", "train", *question(flat, "8h", "2h"), check=2)
    for by in ("hold", "suspend", "requeue"):
        hands("slurm", "follow", "7", "--by", by, *question(flat, "8h", "2h"), check=2)
    assert calls(tmp_path) == []


def test_k8s_manifest(hands, tmp_path):
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    manifest = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "train"}, "spec": {"template": {}}}
    (tmp_path / "job.json").write_text(json.dumps(manifest))
    done = hands("k8s", "manifest", "job.json", *question(clean_at_two), check=0)
    job = json.loads(done.stdout)
    assert job["spec"]["suspend"] is True and job["metadata"]["annotations"]["olivine.dev/start"] == "2022-01-01T02:00:00Z"
    (tmp_path / "pod.json").write_text('{"apiVersion": "v1", "kind": "Pod"}')
    assert b"pod.json: the manifest is not of apiVersion batch/v1" in hands("k8s", "manifest", "pod.json", *question(clean_at_two), check=2).stderr


def test_systemd(hands, tmp_path):
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    units = hands("systemd", "train", *question(clean_at_two), "--", "kubectl", "train.py", check=0).stdout.decode()
    program = tmp_path / "fakes" / "kubectl"  # systemd takes no other than an absolute path
    assert "OnCalendar=2022-01-01 02:00:00 UTC\n" in units and f'ExecStart="{program}" "train.py"\n' in units
    assert f"WorkingDirectory={tmp_path}\n" in units
    for typed in ("./fakes/kubectl", "fakes/../fakes/kubectl", program):
        assert f'ExecStart="{program}" "1"\n' in hands("systemd", "train", *question(clean_at_two), "--", typed, "1", check=0).stdout.decode()
    words = shlex.split(hands("systemd", "train", "--transient", *question(clean_at_two), "--", "kubectl", "train.py", check=0).stdout.decode())
    assert words[:3] == ["systemd-run", "--unit=train", "--on-calendar=2022-01-01 02:00:00 UTC"] and words[-2:] == [str(program), "train.py"]
    assert f"--working-directory={tmp_path}" in words
    kept = hands("systemd", "train", "--transient", *question(clean_at_two), "--", "kubectl", "echo ${x} $y", check=0).stdout.decode()
    assert shlex.split(kept)[-1] == "echo $${x} $$y"  # which the service manager makes one $ of
    if os.path.exists("/usr/bin/systemd-analyze"):
        checked = subprocess.run(["systemd-analyze", "calendar", "2022-01-01 02:00:00 UTC"], capture_output=True)
        assert checked.returncode == 0


# A timer for a time that is past never fires.
def test_systemd_when_the_best_start_is_now(hands, tmp_path):
    clean_now = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 0 else 500)
    for more in ([], ["--transient"]):
        done = hands("systemd", "train", *more, *question(clean_now), "--", "/bin/sh", "my train.sh", check=0)
        words = shlex.split(done.stdout.decode())
        assert words[:2] == ["systemd-run", "--unit=train"] and words[-3:] == ["--", "/bin/sh", "my train.sh"] and "calendar" not in done.stdout.decode()
        assert done.stdout.count(b"\n") == 1 and b"a timer would never fire: this command starts it at once" in done.stderr


@pytest.mark.parametrize("how", [["--by", "hold"], ["--by", "suspend"], ["--by", "requeue"], ["--by", "begin", "--watch"]])
def test_a_job_of_another_cluster_is_not_taken_for_ours(hands, tmp_path, how):
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    words = ["slurm", "submit", *how, "--speed", "7200", *question(clean_at_two), "--"]
    for own in (["-M", "other"], ["-Mother"], ["--clusters=other"], ["--clu", "other"]):
        done = hands(*words, *own, "job.sh", check=2, timeout=20)
        assert b"a job of another cluster cannot be" in done.stderr and done.stderr.count(b"\n") == 1 and done.stdout == b""
    done = hands(*words, "job.sh", check=2, timeout=20, env={**hands.env, "SBATCH_CLUSTERS": "other"})
    assert b"SBATCH_CLUSTERS=other: " in done.stderr and not calls(tmp_path)
    # The script itself chose it.
    (tmp_path / "fakes" / "sbatch").write_text("#!/bin/sh\necho 'Submitted batch job 7 on cluster other'\n")
    done = hands(*words, "job.sh", check=2, timeout=20)
    assert b"job 7 is on cluster other, and cannot be followed from here" in done.stderr and done.stdout == b"7\n"
    assert calls(tmp_path) == ([] if "begin" in how else ["scontrol --clusters=other release 7"])


def test_a_job_of_another_cluster_is_not_followed(hands, tmp_path):
    flat = write_hours(tmp_path / "i.csv", lambda h: 50)
    (tmp_path / "state").write_text("RUNNING\n")
    words = ["slurm", "follow", "7", "--by", "suspend", *question(flat)]
    done = hands(*words, check=2, timeout=20, env={**hands.env, "SLURM_CLUSTERS": "other"})
    assert b"SLURM_CLUSTERS=other: a job of another cluster cannot be" in done.stderr and done.stderr.count(b"\n") == 1
    assert calls(tmp_path, without=()) == []


def test_a_start_on_another_cluster_is_sbatchs_own(hands, tmp_path):
    clean_at_two = write_hours(tmp_path / "i.csv", lambda h: 50 if h == 2 else 500)
    hands("slurm", "submit", *question(clean_at_two), "--", "-M", "other", "job.sh", check=0)
    assert calls(tmp_path)[0].endswith(" -M other job.sh")
