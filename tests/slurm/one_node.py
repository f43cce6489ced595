"""A real Slurm of one node, in a directory of its own: munged, slurmctld and slurmd with free ports, as root, no cgroups."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue")


def missing():
    """Why it cannot be run here; "" when it can."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    if absent:
        return "not installed: " + ", ".join(absent) + " (apt-get install slurm-wlm munge)"
    return "" if os.geteuid() == 0 else "slurmd wants to be root"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class OneNode:
    def __init__(self, directory, **more):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.host = socket.gethostname().split(".")[0]
        self.conf = self.directory / "slurm.conf"
        self.env = {**os.environ, "SLURM_CONF": str(self.conf)}
        self.daemons = []
        d = self.directory
        for name in ("state", "spool", "run"):
            (d / name).mkdir(exist_ok=True)
        settings = {
            "ClusterName": "one",
            "SlurmctldHost": f"{self.host}(127.0.0.1)",
            "SlurmctldPort": free_port(),
            "SlurmdPort": free_port(),
            "SlurmUser": "root",
            "SlurmdUser": "root",
            "AuthType": "auth/munge",
            "AuthInfo": f"socket={d}/run/munge.socket",
            "StateSaveLocation": d / "state",
            "SlurmdSpoolDir": d / "spool",
            "SlurmctldPidFile": d / "run/slurmctld.pid",
            "SlurmdPidFile": d / "run/slurmd.pid",
            "SlurmctldLogFile": d / "slurmctld.log",
            "SlurmdLogFile": d / "slurmd.log",
            "ProctrackType": "proctrack/linuxproc",
            "TaskPlugin": "task/none",
            "SelectType": "select/cons_tres",
            "SelectTypeParameters": "CR_Core",
            "JobAcctGatherType": "jobacct_gather/none",
            "AccountingStorageType": "accounting_storage/none",
            "SchedulerParameters": "sched_interval=1,sched_min_interval=100000,bf_interval=1,requeue_delay=1",
            "MpiDefault": "none",
            "SwitchType": "switch/none",
            "ReturnToService": 2,
            "KillWait": 5,
            **more,
        }
        text = "".join(f"{key}={value}\n" for key, value in settings.items())
        text += f"NodeName={self.host} NodeAddr=127.0.0.1 CPUs={os.cpu_count()} State=UNKNOWN\n"
        text += f"PartitionName=main Nodes={self.host} Default=YES MaxTime=INFINITE State=UP\n"
        self.conf.write_text(text)

    def start(self, *command):
        log = open(self.directory / (pathlib.Path(command[0]).name + ".out"), "ab")
        self.daemons.append(subprocess.Popen(command, env=self.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL))

    def __enter__(self):
        try:
            run, key = self.directory / "run", self.directory / "munge.key"
            key.write_bytes(os.urandom(128))
            key.chmod(0o600)
            self.start("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={run}/munge.socket", f"--pid-file={run}/munged.pid",
                       f"--log-file={self.directory}/munged.log", f"--seed-file={run}/munged.seed")
            self.wait_for(lambda: (run / "munge.socket").exists(), "munged")
            self.start("slurmctld", "-D", "-f", str(self.conf))
            self.start("slurmd", "-D", "-f", str(self.conf), "-N", self.host)
            self.wait_for(lambda: self.say("sinfo", "-h", "-o", "%T").strip() == "idle", "an idle node", 60)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.send_signal(signal.SIGKILL)
                daemon.wait()

    def say(self, *command, check=False):
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60)
        assert not check or done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def state(self, job):
        return self.say("squeue", "-h", "-t", "all", "-j", str(job), "-o", "%T").strip()

    @staticmethod
    def wait_for(condition, what, seconds=30):
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, f"{what} did not come about in {seconds} s"
            time.sleep(0.1)
