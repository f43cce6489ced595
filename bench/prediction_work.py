"""One small training, as bench/prediction.py starts it: a model, an epoch shape, a seed. Real work on made-up data.

Shapes: constant, warmup (the first epochs prepare and cache), growing (a larger part of the data each epoch), ramp (grows,
then constant), shrinking (pruning: a smaller model each epoch), mining (only hard examples are left, down to a floor),
frozen (half of the work ends in the middle), stopping (early stopping by validation loss).
"""

import argparse
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))
from olivine import epoch  # noqa: E402

MODELS = ["mlp", "logistic", "conv", "boosting", "factors", "markov", "sgd", "bayes", "kmeans"]
# So that an epoch of size 1 takes some 60 ms of one core of the machine that this was written on.
SCALE = {"mlp": 250, "logistic": 50, "conv": 5, "boosting": 25, "factors": 30, "markov": 40, "sgd": 4, "bayes": 4, "kmeans": 12}
SHAPES = ["constant", "warmup", "growing", "ramp", "shrinking", "mining", "frozen", "stopping"]


class Work:
    """step(part, scale): one pass over `part` of the data with a model of relative size `scale`; returns a loss."""

    def __init__(self, model, size, seed):
        self.rng = random.Random(seed)
        self.size = size * SCALE[model]
        getattr(self, "make_" + model)(seed)
        self.step = getattr(self, "step_" + model)

    # numpy
    def data(self, seed, features):
        import numpy as np

        self.np = np
        g = np.random.default_rng(seed)
        rows = int(self.size * 40_000 / features)
        self.x = g.standard_normal((rows, features), dtype=np.float32)
        self.y = (self.x[:, :3].sum(1) + g.standard_normal(rows) > 0).astype(np.float32)
        return g

    def make_mlp(self, seed):
        g = self.data(seed, 32)
        self.w = [g.standard_normal((32, 96), dtype="float32") * 0.1, g.standard_normal((96, 1), dtype="float32") * 0.1]

    def step_mlp(self, part, scale):
        np, rows, width, loss = self.np, int(len(self.x) * part), max(4, int(96 * scale)), 0.0
        for at in range(0, rows, 64):
            x, y = self.x[at : at + 64], self.y[at : at + 64]
            hidden = np.maximum(x @ self.w[0][:, :width], 0)
            p = 1 / (1 + np.exp(-(hidden @ self.w[1][:width])[:, 0]))
            d = ((p - y) / len(y))[:, None]
            loss += float(abs(p - y).mean())
            back = (d @ self.w[1][:width].T) * (hidden > 0)
            self.w[1][:width] -= 0.3 * hidden.T @ d
            self.w[0][:, :width] -= 0.3 * x.T @ back
        return loss / max(1, rows // 64)

    def make_logistic(self, seed):
        self.data(seed, 64)
        self.w = self.np.zeros(64, "float32")

    def step_logistic(self, part, scale):
        np, rows, use, loss = self.np, int(len(self.x) * part), max(4, int(64 * scale)), 0.0
        for _ in range(12):
            for at in range(0, rows, 32):
                x, y = self.x[at : at + 32, :use], self.y[at : at + 32]
                p = 1 / (1 + np.exp(-(x @ self.w[:use])))
                loss += float(abs(p - y).mean())
                self.w[:use] -= 0.1 * x.T @ (p - y) / len(y)
        return loss / max(1, 12 * (rows // 32))

    def make_conv(self, seed):
        self.data(seed, 256)
        self.w = self.np.random.default_rng(seed).standard_normal((16, 9), dtype="float32") * 0.1

    def step_conv(self, part, scale):
        np, rows, filters, loss = self.np, int(len(self.x) * part), max(1, int(16 * scale)), 0.0
        for at in range(0, rows * 6):
            image = self.x[at % rows].reshape(16, 16)
            patches = np.lib.stride_tricks.sliding_window_view(image, (3, 3)).reshape(-1, 9)
            out = np.maximum(patches @ self.w[:filters].T, 0)
            error = float(out.mean()) - float(self.y[at % rows])
            self.w[:filters] -= 0.001 * error * ((out > 0).T.astype("float32") @ patches) / len(patches)
            loss += abs(error)
        return loss / max(1, rows * 6)

    def make_boosting(self, seed):
        self.data(seed, 16)
        self.f = self.np.zeros(len(self.x), "float32")

    def step_boosting(self, part, scale):
        np, rows, use = self.np, int(len(self.x) * part), max(2, int(16 * scale))
        for _ in range(4):
            residual = self.y[:rows] - 1 / (1 + np.exp(-self.f[:rows]))
            best = (0.0, 0, 0.0)
            for j in range(use):
                order = np.argsort(self.x[:rows, j])
                gain = np.abs(np.cumsum(residual[order])) / np.sqrt(np.arange(1, rows + 1))
                at = int(gain.argmax())
                if gain[at] > best[0]:
                    best = (float(gain[at]), j, float(self.x[order[at], j]))
            left = self.x[:, best[1]] <= best[2]
            self.f[left] += 0.3 * residual[left[:rows]].mean() if left[:rows].any() else 0.0
            self.f[~left] += 0.3 * residual[~left[:rows]].mean() if (~left[:rows]).any() else 0.0
        return float(np.abs(self.y[:rows] - 1 / (1 + np.exp(-self.f[:rows]))).mean())

    # pure Python
    def make_factors(self, seed):
        users, r = 200, self.rng
        self.r = [(r.randrange(users), r.randrange(users), r.random()) for _ in range(int(self.size * 4500))]
        self.u = [[r.random() for _ in range(8)] for _ in range(users)]
        self.v = [[r.random() for _ in range(8)] for _ in range(users)]

    def step_factors(self, part, scale):
        use, loss, rows = max(1, int(8 * scale)), 0.0, int(len(self.r) * part)
        for a, b, value in self.r[:rows]:
            u, v = self.u[a], self.v[b]
            error = sum(u[k] * v[k] for k in range(use)) - value
            loss += error * error
            for k in range(use):
                u[k], v[k] = u[k] - 0.01 * error * v[k], v[k] - 0.01 * error * u[k]
        return loss / max(1, rows)

    def make_markov(self, seed):
        self.text = "".join(self.rng.choice("abcdefgh ") for _ in range(int(self.size * 11_000)))
        self.counts = {}

    def step_markov(self, part, scale):
        length, loss, order = int(len(self.text) * part), 0, max(1, round(3 * scale))
        for n in range(1, order + 1):
            for i in range(length - n):
                key = self.text[i : i + n]
                following = self.counts.setdefault(key, {})
                nxt = self.text[i + n]
                following[nxt] = following.get(nxt, 0) + 1
                loss += following[nxt]
        return 1.0 / max(1, loss)

    # scikit-learn
    def make_sgd(self, seed):
        from sklearn.linear_model import SGDClassifier

        self.data(seed, 32)
        self.model = SGDClassifier(random_state=seed)

    def step_sgd(self, part, scale):
        rows = max(64, int(len(self.x) * part * scale))
        for at in range(0, rows, 16):
            self.model.partial_fit(self.x[at : at + 16], self.y[at : at + 16], classes=[0.0, 1.0])
        return float(1 - self.model.score(self.x[:200], self.y[:200]))

    def make_bayes(self, seed):
        from sklearn.naive_bayes import GaussianNB

        self.data(seed, 32)
        self.model = GaussianNB()

    def step_bayes(self, part, scale):
        rows = max(64, int(len(self.x) * part * scale))
        for at in range(0, rows, 12):
            self.model.partial_fit(self.x[at : at + 12], self.y[at : at + 12], classes=[0.0, 1.0])
        return float(1 - self.model.score(self.x[:200], self.y[:200]))

    def make_kmeans(self, seed):
        from sklearn.cluster import MiniBatchKMeans

        self.data(seed, 16)
        self.model = MiniBatchKMeans(n_clusters=24, random_state=seed, n_init=1)

    def step_kmeans(self, part, scale):
        rows = max(64, int(len(self.x) * part * scale))
        for at in range(0, rows, 48):
            if len(self.x[at : at + 48]) >= 24:
                self.model.partial_fit(self.x[at : at + 48])
        return float(self.rng.random())


def train(work, shape, epochs, strength, seed):
    rng = random.Random(seed + 1)
    turn = rng.uniform(0.25, 0.75) * epochs
    best, bad = 1e9, 0
    for n in range(epochs):
        part, scale = 0.5, 1.0
        if shape == "growing":
            part = 0.1 + 0.9 * strength * n / epochs
        elif shape == "ramp":
            part = 0.1 + 0.6 * strength * min(n, turn) / turn
        elif shape == "shrinking":
            scale = max(0.1, (1 - 0.12 * strength) ** n)
        elif shape == "mining":
            part = 0.15 + 0.5 * (1 - 0.35 * strength) ** n
        elif shape == "frozen" and n > turn:
            scale = 0.5
        with epoch(n, of=epochs):
            if shape == "warmup" and n == 0:
                work.step(min(1.0, 0.3 + strength), scale)
            loss = work.step(part, scale)
        if shape == "stopping":
            loss = loss + 0.05 * rng.random() if n < turn else best + 0.01
            bad = 0 if loss < best - 1e-4 else bad + 1
            best = min(best, loss)
            if bad >= 3 and n > turn:
                break


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=MODELS, required=True)
    parser.add_argument("--shape", choices=SHAPES, required=True)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--size", type=float, required=True)
    parser.add_argument("--strength", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    a = parser.parse_args()
    train(Work(a.model, a.size, a.seed), a.shape, a.epochs, a.strength, a.seed)
