#!/usr/bin/env python3
"""What `olivine run` says of a real NVIDIA GPU, beside NVML's own energy counter read from outside.

    bench/gpu_check.py --olivine build/release/bin/olivine [--seconds 10] [--output gpu.json]

Needs PyTorch with CUDA and nvidia-ml-py. Each case runs a small program under `olivine run` and reads
nvmlDeviceGetTotalEnergyConsumption itself just before and after; a thread integrates the power reading. Cases:

    idle        sleeps: all of the GPU's energy is its own idle draw
    steady      bf16 matrix products all the time
    pulses      half a second of work, half of rest
    shared      two equal programs, one of them under olivine, the other one not: who gets what
    brief       three programs one after another, each uses the GPU for a moment

Ends 1 when the energy that olivine measured of the GPU differs from the counter by more than 5 %, or when the run's part of
it is more than 5 % of idle, less than 95 % of steady, or outside of one quarter to three quarters of shared.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

WORK = r"""
import sys, time, torch
seconds, pulses = float(sys.argv[1]), sys.argv[2] == "pulses"
a = torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16)
b = torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16)
end = time.monotonic() + seconds
while time.monotonic() < end:
    stop = time.monotonic() + (0.5 if pulses else 0.05)
    while time.monotonic() < stop:
        for _ in range(5):
            c = a @ b
        torch.cuda.synchronize()
    if pulses:
        time.sleep(0.5)
"""
BRIEF = "import torch; a = torch.randn(4096, 4096, device='cuda'); [a @ a for _ in range(50)]; torch.cuda.synchronize()"


class Reference:
    """The counter and the integrated power of GPU 0 between enter and exit."""

    def __enter__(self):
        import pynvml

        pynvml.nvmlInit()
        self.nvml, self.gpu = pynvml, pynvml.nvmlDeviceGetHandleByIndex(0)
        self.integrated_j, self.stop = 0.0, threading.Event()
        self.begin_s, self.begin_mj = time.monotonic(), self.nvml.nvmlDeviceGetTotalEnergyConsumption(self.gpu)
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def watch(self):
        at = time.monotonic()
        while not self.stop.wait(0.02):
            now = time.monotonic()
            self.integrated_j += self.nvml.nvmlDeviceGetPowerUsage(self.gpu) / 1e3 * (now - at)
            at = now

    def __exit__(self, *_):
        self.counter_j = (self.nvml.nvmlDeviceGetTotalEnergyConsumption(self.gpu) - self.begin_mj) / 1e3
        self.seconds = time.monotonic() - self.begin_s
        self.stop.set()
        self.thread.join()


def measured(olivine, folder, name, command, beside=None):
    path = os.path.join(folder, name + ".json")
    environment = dict(os.environ, XDG_STATE_HOME=folder)
    other = subprocess.Popen(beside) if beside else None
    with Reference() as reference:
        done = subprocess.run([olivine, "run", f"--json={path}", "--name", name, "--", *command], env=environment,
                              capture_output=True, text=True)
    if other:
        other.wait()
    with open(path, encoding="utf-8") as file:
        record = json.load(file)
    explained = subprocess.run([olivine, "explain", name, "energy", "--ascii"], env=environment, capture_output=True,
                               text=True, check=True).stdout
    whole_j = sum(float(j) for j in re.findall(r"energy of gpu \S+ = ([0-9.]+) J", explained))
    run_j = sum(c["figure"]["value"] or 0.0 for c in record["energy_j"]["components"] if c["kind"] == "gpu")
    return {"case": name, "rc": done.returncode, "seconds": record["duration_s"], "outside_seconds": reference.seconds,
            "counter_j": reference.counter_j, "integrated_j": reference.integrated_j, "gpu_j": whole_j,
            "gpu_of_run_j": run_j, "not_counted": record["not_counted"], "record": record["energy_j"],
            "summary": done.stderr[-3000:], "explained": explained}


def complaints(result):
    name, counter_j, gpu_j = result["case"], result["counter_j"], result["gpu_j"]
    if result["rc"] != 0:
        yield f"{name}: ended {result['rc']}"
    if not abs(gpu_j - counter_j) <= 0.05 * counter_j:
        yield f"{name}: olivine counted {gpu_j:.1f} J of the GPU, its counter {counter_j:.1f} J"
    part = result["gpu_of_run_j"] / gpu_j
    least, most = {"idle": (0.0, 0.05), "steady": (0.95, 1.0), "shared": (0.25, 0.75)}.get(name, (0.0, 1.0))
    if not least <= part <= most:
        yield f"{name}: the run has {part:.1%} of the GPU's energy, expected {least:.0%} to {most:.0%}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--olivine", default="build/release/bin/olivine")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--output")
    said = parser.parse_args()
    python = sys.executable
    work = lambda kind: [python, "-c", WORK, str(said.seconds), kind]  # noqa: E731
    with tempfile.TemporaryDirectory() as folder:
        results = [
            measured(said.olivine, folder, "idle", ["sleep", str(said.seconds)]),
            measured(said.olivine, folder, "steady", work("steady")),
            measured(said.olivine, folder, "pulses", work("pulses")),
            measured(said.olivine, folder, "shared", work("steady"), beside=work("steady")),
            measured(said.olivine, folder, "brief", ["sh", "-c", f'for i in 1 2 3; do {python} -c "$0"; done', BRIEF]),
        ]
    text = json.dumps(results, indent=1)
    if said.output:
        with open(said.output, "w", encoding="utf-8") as file:
            file.write(text)
    for r in results:
        print(f"{r['case']:8} {r['seconds']:7.2f} s  counter {r['counter_j']:8.1f} J  power integrated {r['integrated_j']:8.1f} J"
              f"  olivine {r['gpu_j']:8.1f} J, of that the run {r['gpu_of_run_j']:8.1f} J")
    wrong = [line for r in results for line in complaints(r)]
    print("\n".join(wrong) or "all within limits")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
