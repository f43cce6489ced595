"""Predicts real small trainings from their first two epochs and says how far that was off.

    python bench/prediction.py --runs 200 --seed 2026 --csv bench/prediction_runs.csv

Makes runs of nine models (numpy, scikit-learn, pure Python) and eight epoch shapes with `olivine run`, asks `olivine estimate
RUN --after-epochs 2 --of N` for each, and compares with what the run used from its first epoch's beginning to its last one's end. Beside it
carbontracker's rule: epochs x mean of the measured ones. What is scored is drawn from --seed; the method's parameters
were chosen on runs of other seeds. --collect FILE keeps every run's epochs as JSON lines (to choose parameters).
"""

import argparse
import csv
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
OLIVINE = os.environ.get("OLIVINE_BIN", str(ROOT / "build" / "release" / "bin" / "olivine"))
WORK = str(ROOT / "bench" / "prediction_work.py")
# How often each shape is drawn, in percent. Most trainings do the same in every epoch.
SHAPES = {"constant": 40, "warmup": 16, "growing": 8, "ramp": 6, "shrinking": 7, "mining": 6, "frozen": 7, "stopping": 10}
MODELS = {"mlp": 5, "logistic": 5, "conv": 4, "boosting": 4, "factors": 5, "markov": 5, "sgd": 1, "bayes": 1, "kmeans": 1}


def draw(seed, count):
    rng = random.Random(seed)
    specs = []
    for _ in range(count):
        shape = rng.choices(list(SHAPES), SHAPES.values())[0]
        model = rng.choices(list(MODELS), MODELS.values())[0]
        specs.append({"model": model, "shape": shape, "epochs": rng.randint(10, 40), "size": round(rng.uniform(0.6, 1.6), 3),
                      "strength": round(rng.uniform(0.2, 1.0), 3), "seed": rng.randrange(10**6)})
    return specs


class Bench:
    def __init__(self, directory):
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("OLIVINE_")}
        self.env.update(HOME=directory, XDG_STATE_HOME=directory, XDG_CONFIG_HOME=directory, XDG_DATA_HOME=directory,
                        OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1")

    def olivine(self, *words):
        return subprocess.run([OLIVINE, *words], env=self.env, capture_output=True, check=False)

    def measure(self, spec, zone="FR"):
        words = [w for key, value in spec.items() for w in (f"--{key}", str(value))]
        done = self.olivine("run", "-q", "--zone", zone, "--", sys.executable, WORK, *words)
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        return json.loads(self.olivine("show", "last", "--json").stdout)

    def predict(self, spec, after):
        words = ["--may-stop"] if spec["shape"] == "stopping" else []
        done = self.olivine("estimate", "last", "--after-epochs", str(after), "--of", str(spec["epochs"]), *words, "--json")
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        return json.loads(done.stdout)


def score(record, prediction):
    epochs = record["epochs"]
    outside = record["outside_epochs_j"]
    true_j = sum(e["energy_j"]["value"] for e in epochs) + outside["between"]["value"]
    figure = prediction["prediction"]["energy_j"]
    before = outside["before"]["value"]
    value, lower, upper = (figure[k] - before for k in ("value", "lower", "upper"))
    rule = prediction["carbontracker"]["energy_j"] - before
    return {"epochs_run": len(epochs), "true_j": round(true_j, 4), "predicted_j": round(value, 4), "lower_j": round(lower, 4),
            "upper_j": round(upper, 4), "error": round(value / true_j - 1, 5), "inside": int(lower <= true_j <= upper),
            "carbontracker_error": round(rule / true_j - 1, 5)}


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(q * len(values)))]


def table(rows):
    def line(name, part):
        errors = [abs(r["error"]) for r in part]
        rule = [abs(r["carbontracker_error"]) for r in part]
        width = statistics.median((r["upper_j"] - r["lower_j"]) / r["true_j"] for r in part)
        return (f"| {name} | {len(part)} | {100 * statistics.median(errors):.1f} % | {100 * quantile(errors, 0.9):.0f} % "
                f"| {sum(r['inside'] for r in part)} of {len(part)} | {100 * width:.0f} % "
                f"| {100 * statistics.median(rule):.1f} % | {100 * quantile(rule, 0.9):.0f} % |")

    print("| runs | n | median error | 90 % of errors below | inside the range | median width of the range | carbontracker's rule, median | 90 % |")
    print("|---|---|---|---|---|---|---|---|")
    print(line("all", rows))
    for shape in SHAPES:
        part = [r for r in rows if r["shape"] == shape]
        if part:
            print(line(shape, part))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--after", type=int, default=2)
    parser.add_argument("--csv")
    parser.add_argument("--collect")
    a = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(directory)
        for n, spec in enumerate(draw(a.seed, a.runs)):
            record = bench.measure(spec)
            if a.collect:
                with open(a.collect, "a") as out:
                    out.write(json.dumps({**spec, "record": {k: record[k] for k in ("epochs", "outside_epochs_j")},
                                          "total_j": record["energy_j"]["total"]["value"]}) + "\n")
                continue
            rows.append({**spec, **score(record, bench.predict(spec, a.after))})
            print(f"{n + 1}/{a.runs}", spec["model"], spec["shape"], rows[-1]["error"], rows[-1]["inside"], file=sys.stderr)
    if a.collect:
        return
    if a.csv:
        with open(a.csv, "w", newline="") as out:
            writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    table(rows)
    print(f"seed {a.seed}, after {a.after} epochs", file=sys.stderr)


if __name__ == "__main__":
    main()
