"""What the end-to-end tests share: the binary, a private ledger, a recorded powercap tree that moves."""

import datetime
import json
import os
import pathlib
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("OLIVINE_BIN", str(ROOT / "build" / "release" / "bin" / "olivine"))


class Cli:
    """Runs olivine with its own ledger and no settings of this machine's user."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("OLIVINE_")}
        self.env.update(
            HOME=str(self.directory),
            XDG_STATE_HOME=str(self.directory / "state"),
            XDG_CONFIG_HOME=str(self.directory / "config"),
            XDG_DATA_HOME=str(self.directory / "data"),
            LC_ALL="C.UTF-8",
        )
        self.extra = []

    def __call__(self, *arguments, check=None, timeout=120, **options):
        command = [BIN, *self.extra, *[str(a) for a in arguments]]
        options.setdefault("env", self.env)
        done = subprocess.run(command, capture_output=True, timeout=timeout, cwd=self.directory, **options)
        if check is not None:
            assert done.returncode == check, (command, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
        return done

    def record(self, run="last"):
        return json.loads(self("show", run, "--json").stdout)

    def run(self, *child, options=(), check=0, **kwargs):
        """Runs a child under olivine and returns its record."""
        self("run", "-q", *options, "--", *child, check=check, **kwargs)
        return self.record()

    def popen(self, *arguments, **options):
        options.setdefault("env", self.env)
        return subprocess.Popen([BIN, *self.extra, *[str(a) for a in arguments]], cwd=self.directory, **options)


def write_hours(path, intensity):
    """A table of intensities: forty days from 2022-01-01."""
    first = datetime.datetime(2022, 1, 1)
    rows = [f"{first + datetime.timedelta(hours=h):%Y-%m-%dT%H:%M:%SZ},{intensity(h)}" for h in range(40 * 24)]
    path.write_text("time_utc,gco2e_per_kwh\n" + "\n".join(rows) + "\n")
    return str(path)


def other_machine(directory, hostname):
    """The /proc of another boot, on a host of that name: no process of ours is in it."""
    kernel = pathlib.Path(directory) / hostname / "sys" / "kernel"
    (kernel / "random").mkdir(parents=True)
    (kernel / "random" / "boot_id").write_text("another boot\n")
    (kernel / "hostname").write_text(hostname + "\n")
    return kernel.parent.parent


def wait_for(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.01)


def state_of(pid):
    """'R', 'S', 'T', 'Z', ... of proc(5); "gone" where there is no such process."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "gone"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(text)
    temporary.rename(path)


class PowercapTree:
    """A sysfs tree with powercap zones whose counters are set by the test. energies are microjoules."""

    def __init__(self, directory, zones, range_uj=262143328850):
        self.root = pathlib.Path(directory) / "sys"
        self.base = self.root / "class" / "powercap"
        self.energy = {}
        self.range_uj = range_uj
        for zone, name in zones.items():
            path = self.base / zone
            path.mkdir(parents=True, exist_ok=True)
            (path / "name").write_text(name + "\n")
            (path / "max_energy_range_uj").write_text(f"{range_uj}\n")
            self.set(zone, 1000)

    def set(self, zone, value_uj):
        self.energy[zone] = value_uj
        path = self.base / zone / "energy_uj"
        # In place, as sysfs does: the reader keeps the file open. One pwrite, fixed width, so no torn value is seen.
        text = f"{value_uj % (self.range_uj + 1):<20d}\n".encode()
        fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.pwrite(fd, text, 0)
        finally:
            os.close(fd)

    def add(self, zone, joules):
        self.set(zone, self.energy[zone] + round(joules * 1e6))

    def vanish(self, zone):
        (self.base / zone / "energy_uj").rename(self.base / zone / ".gone")

    def come_back(self, zone):
        (self.base / zone / ".gone").rename(self.base / zone / "energy_uj")


class Moving(threading.Thread):
    """Advances zones at known watts until stopped; `added` holds the true joules."""

    def __init__(self, tree, watts, step_s=0.005):
        super().__init__(daemon=True)
        self.tree, self.watts, self.step_s = tree, watts, step_s
        self.stopping = threading.Event()

    def run(self):
        last = time.monotonic()
        while not self.stopping.wait(self.step_s):
            now = time.monotonic()
            for zone, watts in self.watts.items():
                self.tree.add(zone, watts * (now - last))
            last = now

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.join()
