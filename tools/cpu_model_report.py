"""What the CPU power model is worth: leaving one machine out, beside published models on the same points.

The rows are Markdown, so that docs/methods/cpu-model.md can carry them as they are; fit_cpu_model.py --check compares.
"""

import math
import statistics

from cpu_model_fit import ERA, KNOTS, PRIOR_DOF, Fit, interpolate, load_machines, spec_power


def predict(fit, tdp_w, load):
    """(value, lower, upper) in watts at a load, from the design power alone."""
    return tuple(tdp_w * interpolate(KNOTS, [row[i] for row in fit.tdp_rows()], load) for i in (1, 2, 3))


def predict_by_product(fit, tdp_w, load):
    """The same as a product of the two other rows; their relative deviations combine in quadrature (GUM 5.1.2)."""
    value, lower, upper = (interpolate(KNOTS, [row[i] for row in fit.fraction_rows()], load) for i in (1, 2, 3))
    full = fit.full_row()
    down = math.hypot(1 - lower / value, 1 - full[1] / full[0])
    up = math.hypot(upper / value - 1, full[2] / full[0] - 1)
    watts = tdp_w * full[0] * value
    return watts, max(0.0, watts * (1 - down)), watts * (1 + up)


def boavizta(load):
    """Boavizta's shape for a Xeon Gold (a ln(b (w + c)) + d), scaled so that full load is the design power."""

    def curve(percent):
        return max(1.0, 35.5688 * math.log(0.2438 * (percent + 9.6694)) - 0.6087)

    return curve(100 * load) / curve(100)


PUBLISHED = {
    "CodeCarbon TDP (0.1 + 0.9 u^3)": lambda load: 0.1 + 0.9 * load**3,
    "linear TDP u": lambda load: load,
    "EAR TDP (0.3 + 0.7 u)": lambda load: 0.3 + 0.7 * load,
    "Boavizta log, full = TDP": boavizta,
}


def errors(points, model):
    """(mean absolute error W, bias W, median factor off) of watts = model(load) over points."""
    gaps = [model(load) - watts for load, watts in points]
    factors = [math.exp(abs(math.log(max(model(load), 1e-3) / watts))) for load, watts in points]
    return statistics.fmean(abs(gap) for gap in gaps), statistics.fmean(gaps), statistics.median(factors)


class LeftOut:
    """What a fit without one machine says about it, from its design power alone."""

    def __init__(self, machine, fit, predictor):
        guesses = [(watts, predictor(fit, machine.tdp_w, load)) for load, watts in machine.points]
        self.label, self.points = machine.label, len(guesses)
        self.hits = sum(low <= watts <= high for watts, (_, low, high) in guesses)
        self.ratio = statistics.median(high / low if low > 0 else math.inf for _, (_, low, high) in guesses)
        self.half_w = statistics.fmean((high - low) / 2 for _, (_, low, high) in guesses)
        self.half_of_tdp = self.half_w / machine.tdp_w
        self.errors = errors(machine.points, lambda load: predictor(fit, machine.tdp_w, load)[0])


def leave_one_out(machines, idle_share, spread, predictor, prior_dof=PRIOR_DOF):
    lines = []
    for out in machines:
        others = [machine for machine in machines if machine is not out]
        lines.append(LeftOut(out, Fit(others, idle_share, spread, prior_dof), predictor))
    return lines


def enough(lines):
    """Whether 90 % of the points are in range: in all, and of every machine."""
    return sum(line.hits for line in lines) >= 0.9 * sum(line.points for line in lines) and all(
        line.hits >= 0.9 * line.points for line in lines
    )


def source_rows(by_year):
    rows = []
    for first in range(ERA, max(by_year) + 1, 2):
        group = by_year.get(first, []) + by_year.get(first + 1, [])
        if len(group) > 2:
            cuts = statistics.quantiles(group, n=40)
            median = statistics.median(group)
            rows.append(f"| {first}-{first + 1} | {len(group)} | {median:.3f} | {cuts[0]:.3f} - {cuts[-1]:.3f} |")
    return rows


def curve_rows(fit):
    return [
        "| {:.1f} | {:.3f} | {:.3f} - {:.3f} | {:.3f} | {:.3f} - {:.3f} |".format(load, *tdp, *full)
        for (load, *tdp), (_, *full) in zip(fit.tdp_rows(), fit.fraction_rows())
    ]


def left_out_rows(lines):
    rows = []
    for line in lines:
        mean_w, bias_w, factor = line.errors
        rows.append(
            f"| {line.label} | {line.hits} of {line.points} | {line.ratio:.1f} | {line.half_w:.0f} W, "
            f"{line.half_of_tdp:.2f} TDP | {mean_w:.0f} W | {bias_w:+.0f} W | {factor:.2f} |"
        )
    inside, total = sum(line.hits for line in lines), sum(line.points for line in lines)
    rows.append(f"| all | {inside} of {total}, {100 * inside / total:.0f} % | | | | | |")
    return rows


def published_rows(machines):
    rows = []
    for name, shape in PUBLISHED.items():
        cells = [errors(machine.points, lambda load, m=machine: m.tdp_w * shape(load)) for machine in machines]
        rows.append(
            f"| {name} | "
            + " | ".join(f"{mean:.0f} / {bias:+.0f} / {factor:.2f}" for mean, bias, factor in cells)
            + " |"
        )
    return rows


def prior_rows(machines, idle_share, spread):
    """How the result depends on the weight of the prior."""
    rows = []
    for dof in (3, 4, 5, 6):
        lines = leave_one_out(machines, idle_share, spread, predict, dof)
        hits = ", ".join(f"{line.hits} of {line.points}" for line in lines)
        ratios = ", ".join(f"{line.ratio:.1f}" for line in lines)
        rows.append(f"| {dof} | {hits} | {ratios} |")
    return rows


def report(shared):
    """(lines of text and Markdown rows, whether 90 % of the points are in range in all and on every machine)."""
    idle_share, spread, count, by_year = spec_power(shared)
    machines = load_machines(shared)
    fit = Fit(machines, idle_share, spread)
    lines = leave_one_out(machines, idle_share, spread, predict)
    products = leave_one_out(machines, idle_share, spread, predict_by_product)
    text = [f"SPECpower since {ERA}: {count} results, idle share median {idle_share:.3f}, spread {spread:.3f}"]
    text += source_rows(by_year)
    text += ["", "default curve: load, of TDP, 95 %, of full power, 95 %"] + curve_rows(fit)
    text += ["full power over TDP: {:.3f} [{:.3f}, {:.3f}]".format(*fit.full_row())]
    text += ["", "left out, from TDP alone, by fraction_of_tdp: in range, upper/lower, half width, error, bias, factor"]
    text += left_out_rows(lines)
    text += ["", "the same by full_over_tdp x fraction_of_full"] + left_out_rows(products)
    text += ["", "weight of the prior: in range, upper/lower by machine"] + prior_rows(machines, idle_share, spread)
    text += ["", "published models, no range: mean |error| W / bias W / median factor"] + published_rows(machines)
    return text, enough(lines) and enough(products)
