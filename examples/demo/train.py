#!/usr/bin/env python3
"""Trains a real classifier on real data: handwritten digits, which scikit-learn brings along (nothing is downloaded).

    python examples/demo/train.py [--workers N] [--seed 7]

Three stages, with N worker processes (default: one for each CPU): features of 1,797 scanned digits with shifted copies, a
search over support vector machines by cross-validation, and a final model tried on scans that it never saw. Less than a
minute on two cores.
"""

import argparse
import multiprocessing
import os
import time

# One thread for each worker process: N processes on N cores, and none that fights for them.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402
from sklearn.datasets import load_digits  # noqa: E402
from sklearn.ensemble import ExtraTreesClassifier  # noqa: E402
from sklearn.metrics import accuracy_score  # noqa: E402
from sklearn.model_selection import StratifiedKFold, train_test_split  # noqa: E402
from sklearn.svm import SVC  # noqa: E402

SHIFTS = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)]


def shifted(images, down, right):
    """The images moved by a pixel, with nothing coming in from the other edge."""
    moved = np.roll(images, (down, right), axis=(1, 2))
    if down:
        moved[:, 0 if down > 0 else -1, :] = 0
    if right:
        moved[:, :, 0 if right > 0 else -1] = 0
    return moved


def with_shifts(images, labels):
    copies = [shifted(images, down, right) for down, right in SHIFTS]
    return np.concatenate(copies).reshape(-1, 64) / 16.0, np.tile(labels, len(SHIFTS))


def try_parameters(task):
    """Accuracy of one parameter pair on one fold. Runs in a worker process of its own."""
    cost, gamma, (train_x, train_y), (test_x, test_y) = task
    model = SVC(C=cost, gamma=gamma).fit(train_x, train_y)
    return cost, gamma, accuracy_score(test_y, model.predict(test_x))


def tasks(images, labels, seed):
    folds = list(StratifiedKFold(n_splits=3, shuffle=True, random_state=seed).split(images, labels))
    for cost in (1.0, 3.0, 10.0, 30.0):
        for gamma in (0.01, 0.03, 0.1):
            for train, test in folds:
                plain = images[test].reshape(-1, 64) / 16.0, labels[test]
                yield cost, gamma, with_shifts(images[train], labels[train]), plain


def search(images, labels, seed, workers):
    """The parameters that do best over the folds."""
    scores = {}
    # spawn: workers start as processes of their own, as a training job's do.
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for cost, gamma, accuracy in pool.imap_unordered(try_parameters, tasks(images, labels, seed)):
            scores.setdefault((cost, gamma), []).append(accuracy)
    best = max(scores, key=lambda key: (np.mean(scores[key]), key))
    return best, float(np.mean(scores[best])), len(scores)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    began = time.monotonic()

    def say(stage, accuracy, text):
        print(f"{stage:<9} accuracy {accuracy:.4f}  {text} ({time.monotonic() - began:.1f} s)", flush=True)

    digits = load_digits()
    images, held, labels, held_labels = train_test_split(
        digits.images, digits.target, test_size=0.25, stratify=digits.target, random_state=options.seed)
    held_x = held.reshape(-1, 64) / 16.0
    train_x, train_y = with_shifts(images, labels)

    trees = ExtraTreesClassifier(n_estimators=400, n_jobs=options.workers, random_state=options.seed).fit(train_x, train_y)
    say("baseline", accuracy_score(held_labels, trees.predict(held_x)), "400 random trees")

    (cost, gamma), accuracy, count = search(images, labels, options.seed, options.workers)
    say("search", accuracy, f"best of {count} machines, 3 folds, {options.workers} processes: C {cost:g}, gamma {gamma:g}")

    model = SVC(C=cost, gamma=gamma).fit(train_x, train_y)
    accuracy = accuracy_score(held_labels, model.predict(held_x))
    say("final", accuracy, f"on {len(held_labels)} scans never seen before")
    return 0 if accuracy > 0.97 else 1


if __name__ == "__main__":
    raise SystemExit(main())
