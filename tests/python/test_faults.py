"""A monitor never changes the fate of the work: whatever fails in us, the child's output and exit code stay."""

import os
import pathlib
import resource
import signal
import sqlite3
import subprocess
import time

import pytest
from olivine_cli import BIN, Cli, PowercapTree

CHILD = ["sh", "-c", "echo out; echo err >&2; cat; exit 9"]
ZONES = {"intel-rapl:0": "package-0", "intel-rapl:0:0": "dram"}


class Scene:
    def __init__(self, directory):
        self.cli = Cli(directory)
        self.dir = pathlib.Path(directory)
        self.ledger = self.dir / "state" / "olivine" / "ledger.sqlite"
        self.options, self.run_options, self.limits, self.stderr = [], [], [], None
        self.cleanup = lambda: None

    def tree(self):
        tree = PowercapTree(self.dir, ZONES)
        self.options += ["--sysfs-root", str(tree.root)]
        return tree

    def with_ledger(self, content=None):
        self.ledger.parent.mkdir(parents=True)
        if content is not None:
            self.ledger.write_bytes(content)


FAULTS = {}


def fault(function):
    FAULTS[function.__name__] = function
    return function


def value_faults():
    values = {"empty": "", "words": "many joules\n", "negative": "-5\n", "huge": "9" * 400, "float": "1.5\n", "nul": "\0\0\0",
              "two_lines": "1\n2\n", "escape": "\x1b[31m1\n", "hex": "0x10\n", "beyond_range": "999999999999999999\n"}
    for name, text in values.items():
        def energy(scene, text=text):
            (scene.tree().base / "intel-rapl:0" / "energy_uj").write_text(text)
        def zone_range(scene, text=text):
            (scene.tree().base / "intel-rapl:0" / "max_energy_range_uj").write_text(text)
        def zone_name(scene, text=text):
            (scene.tree().base / "intel-rapl:0" / "name").write_text(text)
        FAULTS[f"energy_{name}"] = energy
        if name in ("empty", "words", "negative", "huge"):
            FAULTS[f"range_{name}"] = zone_range
            FAULTS[f"name_{name}"] = zone_name


value_faults()


@fault
def ledger_is_a_directory(s): s.ledger.mkdir(parents=True)
@fault
def ledger_below_a_file(s): (s.dir / "state").write_text("")
@fault
def ledger_is_not_a_database(s): s.with_ledger(b"hello\n" * 5000)
@fault
def ledger_is_cut_short(s): s.with_ledger(b"SQLite format 3\0" + b"\0" * 200)
@fault
def ledger_is_a_fifo(s): (s.ledger.parent.mkdir(parents=True), os.mkfifo(s.ledger))
@fault
def ledger_is_dev_full(s): s.options += ["--ledger", "/dev/full"]
@fault
def ledger_is_a_dangling_link(s): (s.ledger.parent.mkdir(parents=True), s.ledger.symlink_to("/nowhere/at/all"))


@fault
def ledger_of_a_newer_version(s):
    s.cli.run("true")
    database = sqlite3.connect(s.ledger)
    database.execute("PRAGMA user_version = 999")
    database.execute("UPDATE meta SET value = '999' WHERE key LIKE '%version%'") if database.execute(
        "SELECT 1 FROM sqlite_schema WHERE name = 'meta'").fetchone() else None
    database.commit()
    database.close()


@fault
def ledger_locked_by_another(s):
    s.cli.run("true")
    other = sqlite3.connect(s.ledger, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    s.cleanup = other.close


@fault
def files_may_not_grow(s): s.limits.append((resource.RLIMIT_FSIZE, 20_000))
@fault
def no_file_may_be_written(s): s.limits.append((resource.RLIMIT_FSIZE, 0))
@fault
def few_descriptors(s): s.limits.append((resource.RLIMIT_NOFILE, 24))
@fault
def stderr_is_full(s): s.stderr = "/dev/full"
@fault
def no_home(s): [s.cli.env.pop(k) for k in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")]
@fault
def summary_to_a_missing_folder(s): s.run_options += ["-o", "/nowhere/summary"]
@fault
def summary_to_a_full_disk(s): s.run_options += ["-o", "/dev/full"]
@fault
def json_to_a_missing_folder(s): s.run_options += ["--json=/nowhere/run.json"]
@fault
def no_sysfs(s): s.options += ["--sysfs-root", "/nowhere"]
@fault
def no_procfs(s): s.options += ["--procfs-root", "/nowhere"]
@fault
def no_cgroups(s): s.options += ["--cgroup-root", "/nowhere"]


@fault
def procfs_of_nonsense(s):
    root = s.dir / "proc"
    root.mkdir()
    for name in ("stat", "meminfo", "cpuinfo", "mounts"):
        (root / name).write_bytes(os.urandom(3000))
    s.options += ["--procfs-root", str(root)]


@fault
def cloud_metadata_is_nonsense(s):
    path = s.dir / "metadata.json"
    path.write_text("[" * 5000)
    s.cli.env["OLIVINE_CLOUD_METADATA_FILE"] = str(path)


@fault
def zone_disappears(s):
    tree = s.tree()
    s.run_options += ["--interval", "1ms"]
    (tree.base / "intel-rapl:0" / "energy_uj").unlink()


@fault
def energy_is_a_directory(s):
    path = s.tree().base / "intel-rapl:0" / "energy_uj"
    path.unlink()
    path.mkdir()


@fault
def powercap_is_a_loop(s):
    tree = s.tree()
    (tree.base / "intel-rapl:7").symlink_to(tree.base / "intel-rapl:7")


def observe(scene, command):
    def limit():
        for which, value in scene.limits:
            resource.setrlimit(which, (value, resource.getrlimit(which)[1]))

    stderr = open(scene.stderr, "wb") if scene.stderr else subprocess.PIPE
    done = subprocess.run(command, input=b"in\n", stdout=subprocess.PIPE, stderr=stderr, env=scene.cli.env, cwd=scene.dir,
                          preexec_fn=limit, timeout=60)
    first = (done.stderr or b"").split(b"\n")[0]
    return done.returncode, done.stdout, first if scene.stderr is None else b""


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_the_work_does_not_notice(name, tmp_path):
    scene = Scene(tmp_path)
    FAULTS[name](scene)
    bare = observe(scene, CHILD)
    ours = observe(scene, [BIN, *scene.options, "run", *scene.run_options, "--", *CHILD])
    scene.cleanup()
    if ours[2].startswith(b"olivine:"):  # a warning before the child's first word
        ours = (*ours[:2], bare[2])
    assert ours == bare


def test_there_are_forty_of_them():
    assert len(FAULTS) >= 40


def test_killed_at_random_points_the_ledger_stays_sound(tmp_path):
    """kill -9 of `olivine run` itself; the ledger writer alone is killed 200 times in tests/kill."""
    cli = Cli(tmp_path)
    tree = PowercapTree(tmp_path, ZONES)
    cli.extra = ["--sysfs-root", str(tree.root)]
    kills = int(os.environ.get("OLIVINE_RUN_KILLS", "25"))
    for number in range(kills):
        process = cli.popen("run", "-q", "--interval", "1ms", "--", "sleep", "0.25")
        time.sleep(0.003 + 0.25 * number / kills)
        tree.add("intel-rapl:0", 1.0)
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = cli("ls", "--json", check=0)
    assert done.stdout.count(b'"running"') == 0
    for run in __import__("json").loads(done.stdout)[:8]:
        assert cli("verify", run["run_id"]).returncode == 0
