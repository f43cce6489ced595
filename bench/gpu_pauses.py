#!/usr/bin/env python3
"""A real training on a GPU, paused again and again by `olivine run`: does it end with the same weights, and what does it draw while frozen?

    bench/gpu_pauses.py --olivine build/release/bin/olivine [--seconds 10] [--output pauses.json]

Needs PyTorch with CUDA and nvidia-ml-py. The training (an MLP with Adam, deterministic algorithms) prints a digest of its weights. Intensities
alternate by the hour and an hour lasts 100 ms (4 s in `long`), so it is paused every other hour. Cases:

    plain       without olivine
    signals     SIGSTOP and SIGCONT, at least 100 pauses
    freezer     a cgroup's freezer, at least 100 pauses; left out where no cgroup can be made
    long        pauses of 4 s: NVML's energy counter, read from outside every 20 ms, between `pause` and `run`, beside what the record says

Ends 1 when a digest differs, pauses are fewer, GPU memory of frozen work is not kept, or the record's energy of the machine while paused is less
than 90 % of the GPU's counter in that time (it holds the processor and the memory as well).
"""
import argparse
import datetime
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

WORK = r"""
import hashlib, sys, time, torch
torch.use_deterministic_algorithms(True)
torch.manual_seed(1)
layers = [torch.nn.Linear(4096, 4096) for _ in range(4)]
model = torch.nn.Sequential(*[m for layer in layers for m in (layer, torch.nn.ReLU())]).cuda()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
x, y = torch.randn(4096, 4096, device="cuda"), torch.randn(4096, 4096, device="cuda")
began = time.monotonic()
for step in range(int(sys.argv[1])):
    optimizer.zero_grad()
    loss = ((model(x) - y) ** 2).mean()
    loss.backward()
    optimizer.step()
    loss.item()
seconds = time.monotonic() - began
digest = hashlib.sha256(b"".join(p.detach().cpu().numpy().tobytes() for p in model.parameters())).hexdigest()
print(digest, seconds)
"""
START = datetime.datetime(2022, 1, 1, tzinfo=datetime.timezone.utc)
ENVIRONMENT = dict(os.environ, CUBLAS_WORKSPACE_CONFIG=":4096:8")


class Counter:
    """The energy counter and the memory of GPU 0, every 20 ms between enter and exit, on the wall clock."""

    def __enter__(self):
        import pynvml

        pynvml.nvmlInit()
        self.nvml, self.gpu = pynvml, pynvml.nvmlDeviceGetHandleByIndex(0)
        self.readings, self.stop = [], threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def watch(self):
        while True:
            self.readings.append((time.time(), self.nvml.nvmlDeviceGetTotalEnergyConsumption(self.gpu) / 1e3,
                                  self.nvml.nvmlDeviceGetMemoryInfo(self.gpu).used))
            if self.stop.wait(0.02):
                return

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()

    def joules(self, begin, end):
        inside = [j for at, j, _ in self.readings if begin <= at <= end]
        return inside[-1] - inside[0] if len(inside) > 1 else None

    def least_memory(self, begin, end):
        return min((used for at, _, used in self.readings if begin <= at <= end), default=None)


def trained(words, output):
    digest, seconds = output.split()[-2:]
    return {"command": words, "digest": digest, "training_s": float(seconds)}


def plain(steps):
    words = [sys.executable, "-c", WORK, str(steps)]
    with Counter() as counter:
        done = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return trained("plain", done.stdout) | {"gpu_counter_j": counter.readings[-1][1] - counter.readings[0][1]}


def paused(olivine, folder, name, steps, expect_s, hour_s, executor):
    """One run; `hour_s` seconds are an hour of the intensities, every other of which is not for work."""
    hours = os.path.join(folder, "hours.csv")
    with open(hours, "w", encoding="utf-8") as file:
        file.write("time_utc,gco2e_per_kwh\n")
        for h in range(2000):
            file.write(f"{START + datetime.timedelta(hours=h):%Y-%m-%dT%H:%M:%SZ},{50 if h % 2 else 500}\n")
    expect_h = max(1, round(expect_s / hour_s))
    path = os.path.join(folder, name + ".json")
    words = [olivine, "run", f"--json={path}", "--name", name, "--intensity", hours, "--plan-start", f"{START:%Y-%m-%dT%H:%M:%SZ}",
             "--speed", str(round(3600 / hour_s)), "--min-run", "10min", "--interval", "20ms", "--finish-within", f"{2 * expect_h + 30}h",
             "--expect", f"{expect_h}h", "--pause-with", executor, "--", sys.executable, "-c", WORK, str(steps)]
    with Counter() as counter:
        done = subprocess.run(words, env=dict(ENVIRONMENT, XDG_STATE_HOME=folder), capture_output=True, text=True)
    if "no cgroup can be made" in done.stderr:
        return None
    if done.returncode != 0:
        sys.exit(f"{name}: ended {done.returncode}: {done.stderr}")
    with open(path, encoding="utf-8") as file:
        record = json.load(file)
    begin = datetime.datetime.fromisoformat(record["started_at"].replace("Z", "+00:00")).timestamp()
    schedule, spans, since = record["schedule"], [], None
    for event in schedule["events"]:
        if event["action"] == "pause":
            since = begin + event["at_s"]
        elif since is not None:
            spans.append((since, begin + event["at_s"]))
            since = None
    joules = [counter.joules(*span) for span in spans]
    memory = [counter.least_memory(*span) for span in spans]
    return trained(name, done.stdout) | {
        "executor": schedule["executor"], "pauses": schedule["pauses"], "paused_s": schedule["paused_s"], "duration_s": record["duration_s"],
        "gpu_counter_paused_j": sum(j or 0.0 for j in joules), "least_memory_paused_mib": min((m for m in memory if m), default=0) / 2**20,
        "machine_paused_j": schedule["paused_measured_uj"] / 1e6, "attributed_paused_j": schedule["paused_attributed_uj"] / 1e6,
        "attributed_j": record["energy_j"]["attributed"]["value_uj"] / 1e6, "record": record, "summary": done.stderr[-3000:]}


def complaints(reference, result):
    name = result["command"]
    if result["digest"] != reference["digest"]:
        yield f"{name}: other weights than without pauses"
    least = 1 if name == "long" else 100
    if result["pauses"] < least:
        yield f"{name}: {result['pauses']} pauses, {least} were to be"
    if result["least_memory_paused_mib"] < 300:  # weights, gradients and Adam's two moments of 4 x 4096 x 4096 floats: 1,024 MiB
        yield f"{name}: {result['least_memory_paused_mib']:.0f} MiB on the GPU while paused"
    if name == "long" and result["machine_paused_j"] < 0.9 * result["gpu_counter_paused_j"]:
        yield f"{name}: {result['machine_paused_j']:.0f} J of the machine while paused, the GPU alone {result['gpu_counter_paused_j']:.0f} J"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--olivine", default="build/release/bin/olivine")
    parser.add_argument("--seconds", type=float, default=13.0, help="of the training without pauses")
    parser.add_argument("--output")
    said = parser.parse_args()
    probe = plain(60)
    steps = max(60, round(60 * said.seconds / probe["training_s"]))
    reference = plain(steps)
    if plain(steps)["digest"] != reference["digest"]:
        sys.exit("the training is not deterministic here: nothing can be compared")
    with tempfile.TemporaryDirectory() as folder:
        results = [paused(said.olivine, folder, name, steps, reference["training_s"], hour_s, executor)
                   for name, hour_s, executor in (("signals", 0.1, "signals"), ("freezer", 0.1, "freezer"), ("long", 4.0, "signals"))]
    print(f"plain    {reference['training_s']:6.1f} s of training, {steps} steps, GPU counter {reference['gpu_counter_j']:.0f} J")
    wrong = []
    for name, result in zip(("signals", "freezer", "long"), results):
        if result is None:
            print(f"{name:8} left out: no cgroup can be made that freezes")
            continue
        same = "same weights" if result["digest"] == reference["digest"] else "OTHER WEIGHTS"
        print(f"{name:8} {result['duration_s']:6.1f} s, {result['pauses']} pauses, {result['paused_s']:.1f} s paused, {same}; while paused: GPU counter "
              f"{result['gpu_counter_paused_j']:.0f} J, olivine machine {result['machine_paused_j']:.0f} J, of the run's own "
              f"{result['attributed_paused_j']:.1f} J of {result['attributed_j']:.0f} J; {result['least_memory_paused_mib']:.0f} MiB stay on the GPU")
        wrong += complaints(reference, result)
    if said.output:
        with open(said.output, "w", encoding="utf-8") as file:
            json.dump([reference, *results], file, indent=1)
    print("\n".join(wrong) or "all within limits")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
