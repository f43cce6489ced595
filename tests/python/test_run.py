"""The main job end to end: what a user types and what is kept."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from olivine_cli import Moving, other_machine, wait_for

BURN = [sys.executable, "-c", "import time; e=time.monotonic()+0.4\nwhile time.monotonic()<e: pass"]


def uj(record, *path):
    value = record["energy_j"]
    for key in path:
        value = value[key]
    return value["value_uj"]


def conserved(record):
    parts = ("attributed", "others", "self", "idle", "unattributed")
    return sum(uj(record, p) for p in parts) == uj(record, "measured_node")


def test_true_leaves_a_record_that_verifies(cli):
    record = cli.run("true")
    assert record["schema"] == "olivine.run/1"
    assert record["status"] == "done" and record["exit"]["code"] == 0
    assert conserved(record)
    cli("verify", check=0)


def test_summary_goes_to_stderr_and_stdout_is_the_childs(cli):
    done = cli("run", "--", "echo", "hello", check=0)
    assert done.stdout == b"hello\n"
    lines = done.stderr.decode().splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["energy", "carbon", "who"]


def test_quiet_prints_nothing(cli):
    assert cli("run", "-q", "--", "true", check=0).stderr == b""


def test_json_to_stderr_and_to_a_file(cli, tmp_path):
    done = cli("run", "--json", "--", "true", check=0)
    assert json.loads(done.stderr)["schema"] == "olivine.run/1"
    done = cli("run", f"--json={tmp_path}/run.json", "--name", "bert", "--project", "nlp", "--", "true", check=0)
    record = json.loads((tmp_path / "run.json").read_text())
    assert (record["name"], record["project"]) == ("bert", "nlp")
    assert done.stdout == b""


def test_metered_energy_is_exact_to_the_microjoule(server_cli, server, tmp_path):
    """Counters that move only while the child runs: everything they gained is measured, nothing else."""
    before = dict(server.energy)
    begun, over = tmp_path / "begun", tmp_path / "over"
    script = f"touch {begun}; while [ ! -e {over} ]; do sleep 0.01; done"
    process = server_cli.popen("run", "-q", "--interval", "10ms", "--", "sh", "-c", script)
    while not begun.exists():
        time.sleep(0.005)
    for _ in range(20):
        server.add("intel-rapl:0", 0.123457)
        server.add("intel-rapl:0:0", 0.1)
        server.add("intel-rapl:0:1", 0.010001)
        server.add("intel-rapl:1", 0.2)
        server.add("intel-rapl:1:0", 0.020002)
        time.sleep(0.002)
    over.touch()
    assert process.wait(timeout=30) == 0
    record = server_cli.record()
    # Core lies inside package 0. That DRAM lies outside is proven for some processors only, and the tree does not say
    # which this is: where it is not, DRAM widens the range.
    gained = {z: server.energy[z] - before[z] for z in before}
    packages = gained["intel-rapl:0"] + gained["intel-rapl:1"]
    dram = gained["intel-rapl:0:1"] + gained["intel-rapl:1:0"]
    node = record["energy_j"]["measured_node"]
    assert node["value_uj"] in (packages, packages + dram)
    assert node["upper"] >= (packages + dram) * 1e-6
    assert conserved(record)
    server_cli("verify", check=0)


def test_unreadable_package_is_unknown_not_zero(server_cli, server, tmp_path):
    path = server.base / "intel-rapl:1" / "energy_uj"
    path.unlink()
    path.mkdir()  # reading a directory fails for root too
    record = server_cli.run("true")
    assert all(c["source"] != "powercap:intel-rapl:1" or c["figure"]["value"] is None for c in record["energy_j"]["components"])
    assert any("intel-rapl:1" in q["component"] for q in record["quality"])


def test_zone_that_vanishes_and_returns_loses_no_joule(server_cli, server):
    before = dict(server.energy)
    process = server_cli.popen("run", "-q", "--interval", "10ms", "--", "sleep", "0.5")
    time.sleep(0.1)
    server.vanish("intel-rapl:0")
    time.sleep(0.1)
    server.come_back("intel-rapl:0")
    server.add("intel-rapl:0", 5.0)
    assert process.wait(timeout=30) == 0
    record = server_cli.record()
    assert uj(record, "measured_node") == server.energy["intel-rapl:0"] - before["intel-rapl:0"]


def test_a_run_of_another_host_is_left_to_it(cli, tmp_path):
    """A ledger in a home that hosts share: nobody but its host knows whether the writer lives."""
    def status(procfs):
        return [run["status"] for run in json.loads(cli("--procfs-root", procfs, "ls", "--json", check=0).stdout)]

    process = cli.popen("run", "-q", "--", "sleep", "60")
    try:
        wait_for(lambda: status("/proc") == ["running"])
        assert status(other_machine(tmp_path, "elsewhere.example")) == ["running"]
        assert status(other_machine(tmp_path, socket.gethostname())) == ["interrupted"], "this host booted since"
    finally:
        process.terminate()
        process.wait()


def test_killed_olivine_leaves_the_child_alone_and_the_next_command_closes_the_run(server_cli, server, tmp_path):
    flag = tmp_path / "done"
    child = f"import time; time.sleep(0.8); open({str(flag)!r}, 'w').close()"
    with Moving(server, {"intel-rapl:0": 50.0}):
        process = server_cli.popen("run", "-q", "--interval", "10ms", "--", sys.executable, "-c", child)
        time.sleep(0.5)
        process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(0.6)
    assert flag.exists(), "the child goes on when olivine is killed"
    record = server_cli.record()
    assert record["status"] == "interrupted"
    assert record["exit"] == {"code": None, "signal": None} or record["exit"] is None
    assert uj(record, "unattributed") > 0
    assert conserved(record)
    # No joule is lost: the counter survived, so all that it gained since the first reading is booked.
    assert uj(record, "measured_node") > 40e6 * 0.5
    assert server_cli("verify").returncode == 0


def test_short_children_are_attributed(cli):
    """300 ms children of a shell: >= 99 % of their CPU time."""
    child = "import resource\nwhile resource.getrusage(resource.RUSAGE_SELF).ru_utime < 0.25: pass"
    script = f"for i in 1 2 3 4 5; do {sys.executable} -c '{child}'; done"
    start = os.times()
    record = cli.run("sh", "-c", script)
    end = os.times()
    true_s = (end.children_user - start.children_user) + (end.children_system - start.children_system)
    explained = cli("explain", "last", "energy").stdout.decode()
    run_s = float(explained.split("CPU time of run, others, olivine = ")[1].split(" s")[0])
    own_s = 0.02  # olivine's own time is in `true_s` too
    assert run_s >= 0.99 * (true_s - own_s - 0.1), (run_s, true_s)
    assert record["coverage"]["ratio"] > 0.99


def test_daemon_is_named_and_not_awaited(cli):
    began = time.monotonic()
    record = cli.run("sh", "-c", "(setsid sleep 7.77 >/dev/null 2>&1 &) ; exit 0")
    assert time.monotonic() - began < 5
    text = cli("show").stdout.decode()
    assert "sleep" in text
    assert record["status"] == "done"
    subprocess.run(["pkill", "-f", "sleep 7.77"], check=False)


def test_idle_policies_order(server_cli, server):
    totals = {}
    with Moving(server, {"intel-rapl:0": 60.0, "intel-rapl:0:1": 5.0}):
        for policy in ("exclude", "share", "all"):
            totals[policy] = server_cli.run(*BURN, options=("--idle", policy))
    for policy, record in totals.items():
        assert record["idle_policy"] == policy and conserved(record)
        assert uj(record, "total") == uj(record, "attributed") + uj(record, "idle_charged")
    assert uj(totals["exclude"], "idle_charged") == 0
    assert uj(totals["all"], "idle_charged") == uj(totals["all"], "idle")


@pytest.mark.parametrize(
    "arguments, code, says",
    [
        (["run"], 2, "--"),
        (["run", "--zone", "XX", "--", "true"], 2, "XX"),
        (["run", "--pue", "0.5", "--", "true"], 2, "pue"),
        (["run", "--interval", "100", "--", "true"], 2, "100"),
        (["run", "--nonsense", "--", "true"], 2, "nonsense"),
        (["show", "nope"], 2, "nope"),
        (["explain", "last", "nope"], 2, "nope"),
        (["frobnicate"], 2, "olivine"),
    ],
)
def test_wrong_input_is_one_line_that_says_what_to_do(cli, arguments, code, says):
    cli.run("true")
    done = cli(*arguments)
    assert done.returncode == code
    assert done.stdout == b""
    text = done.stderr.decode()
    assert len(text.strip().splitlines()) == 1 and says in text, text


def test_no_run_yet(cli):
    done = cli("ls")
    assert done.returncode == 2 and b"olivine run" in done.stderr
    assert json.loads(cli("ls", "--json", check=0).stdout) == []


def test_rm_leaves_a_tombstone(cli):
    record = cli.run("true", options=("--name", "gone"))
    cli("rm", record["run_id"], check=0)
    assert json.loads(cli("ls", "--json").stdout) == []
    assert cli("show", record["run_id"]).returncode == 2
    assert record["run_id"][:8] in cli("ls", "--all").stdout.decode()


def test_secrets_are_not_kept(cli, tmp_path):
    secret = "hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ012345"
    env = dict(cli.env, API_TOKEN="sk-verysecretvalue1234567890")
    cli("run", "-q", "--", "echo", "--token", secret, "https://user:hunter2pass@host/x", check=0, env=env)
    for path in (tmp_path / "state").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert secret.encode() not in data and b"hunter2pass" not in data and b"verysecretvalue" not in data


def test_unwritable_ledger_does_not_stop_the_work(cli, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = cli("--ledger", blocked / "ledger.sqlite", "run", "--", "sh", "-c", "echo out; exit 7")
    assert done.returncode == 7 and done.stdout == b"out\n"
    assert b"ledger" in done.stderr
    done = cli("--ledger", blocked / "ledger.sqlite", "run", "--strict", "--", "true")
    assert done.returncode == 125


def test_export_csv_has_constant_columns(cli):
    import csv
    import io

    cli.run("true", options=("--name", "=cmd()"))
    cli.run("true", options=("--name", 'a,"b"'))
    rows = list(csv.reader(io.StringIO(cli("export", "--format", "csv", check=0).stdout.decode())))
    assert len({len(r) for r in rows}) == 1 and len(rows) == 3
    assert all(not cell.startswith("=") for row in rows for cell in row)


def test_concurrent_runs_share_a_ledger(cli):
    processes = [cli.popen("run", "-q", "--", "sleep", "0.3") for _ in range(12)]
    assert [p.wait(timeout=60) for p in processes] == [0] * 12
    runs = json.loads(cli("ls", "--json", check=0).stdout)
    assert len(runs) == 12 and all(r["status"] == "done" for r in runs)
    for run in runs[:3]:
        cli("verify", run["run_id"], check=0)


def test_quiet_is_about_the_summary_not_about_a_lost_record(cli, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = cli("--ledger", blocked / "ledger.sqlite", "run", "-q", "--", "sh", "-c", "exit 7")
    assert done.returncode == 7
    assert done.stderr.count(b"\n") == 1 and done.stderr.startswith(b"olivine: this run is not kept in the ledger: ")
    assert cli("run", "-q", "--", "true", check=0).stderr == b""


def test_a_ledger_that_may_not_be_read_is_no_empty_one(cli, tmp_path):
    cli("run", "-q", "--", "true", check=0)
    ledger = tmp_path / "state" / "olivine" / "ledger.sqlite"
    options, fix = {}, "type: chmod u+{} {}"
    if os.geteuid() == 0:  # root reads everything
        options, fix = {"user": 65534, "group": 65534, "extra_groups": []}, "its owner lets you with chmod o+{} {}, or name a ledger of your own with --ledger"
        for parent in ledger.parents:
            if str(parent).startswith("/tmp/"):
                parent.chmod(parent.stat().st_mode | 0o011)
    for closed, mode, right in ((ledger.parent, 0o600, "x"), (ledger, 0o200, "r")):
        open_mode = closed.stat().st_mode
        closed.chmod(mode)
        for words in (["ls"], ["ls", "--json"], ["show", "last"]):
            asked = cli(*words, **options)
            assert asked.returncode == 3 and asked.stdout == b"", asked
            assert asked.stderr.decode() == f"olivine: the ledger cannot be read: {ledger}: Permission denied; {fix.format(right, closed)}\n"
        closed.chmod(open_mode)
    for path in ledger.parent.iterdir():  # its log too
        path.chmod(0o644)
    assert b"done" in cli("ls", check=0, **options).stdout
    empty = cli("--ledger", tmp_path / "none.sqlite", "ls", **options)
    assert b"no run is recorded yet" in empty.stderr


def test_unreadable_configuration_does_not_stop_the_work(cli, tmp_path):
    folder = tmp_path / "config" / "olivine"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('zone = "SE"\n')
    (tmp_path / "state").mkdir(exist_ok=True)
    options = {}
    if os.geteuid() == 0:  # root reads everything
        options = {"user": 65534, "group": 65534, "extra_groups": []}
        for path in [tmp_path, *tmp_path.rglob("*")]:
            os.chown(path, 65534, 65534)
        for parent in tmp_path.parents:
            if str(parent).startswith("/tmp/"):
                parent.chmod(parent.stat().st_mode | 0o011)
    for closed, mode, fix in ((folder, 0o600, f"chmod u+x {folder}"), (folder / "config.toml", 0o200, f"chmod u+r {folder}/config.toml")):
        open_mode = closed.stat().st_mode
        closed.chmod(mode)
        done = cli("run", "-q", "--", "sh", "-c", "echo out; exit 7", **options)
        assert done.returncode == 7 and done.stdout == b"out\n", done.stderr
        said = done.stderr.decode()
        assert said.count("\n") == 1 and str(folder / "config.toml") in said and f"its owner mends it with {fix}; this run goes on" in said
        assert cli("run", "-q", "--strict", "--", "true", **options).returncode == 125
        asked = cli("config", "show", **options)
        assert asked.returncode == 2 and fix.encode() in asked.stderr
        closed.chmod(open_mode)
