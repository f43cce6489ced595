#!/usr/bin/env python3
"""Fits the CPU power model on measured load curves and checks it by leaving one machine out.

    tools/fit_cpu_model.py --shared DIR           print the curves, the ranges and the comparison with published models
    tools/fit_cpu_model.py --shared DIR --write   as well: write data/cpu_model.csv
    tools/fit_cpu_model.py --check [--shared DIR] compare data/cpu_model.csv with a fresh fit; exit 1 where they differ.
                                                  Without shared data only the committed table's own rules are checked.

The mathematics is in docs/methods/cpu-model.md. Needs only Python's standard library.
"""

import argparse
import math
import os
import re
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from table_io import RETRIEVED, number, read_csv, write_table  # noqa: E402

DATA = Path(__file__).resolve().parent.parent / "data"
KNOTS = [k / 10 for k in range(11)]
STUDENT_975 = {5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228}

# The machines measured: name in the file, class, design power of one package, packages. The Xeon E5-2620 v3 has 12 threads
# and the file shows 24; its recorded constant-model power at full load is 2 x 85 W as well: two packages.
# The Xeon E3-1240 V2 is desktop silicon (one package, client uncore) and stands for the desktop class.
MACHINES = [
    ("E3-1240_V2", "desktop", 69.0, 1),
    ("E5-2620_v3", "server_intel", 85.0, 2),
    ("EPYC_8024P", "server_amd", 90.0, 1),
]

# Prior, fixed before the fit. It counts as one machine whose full load is its design power and whose power rises in a straight
# line from SPECpower's idle share. The spread between machines starts at SPECpower's own, worth PRIOR_DOF machines.
PRIOR_DOF = 4
PRIOR_FULL_OVER_TDP = 1.0
ERA = 2012  # SPECpower results since this year

HEADER = ["class", "quantity", "load", "value", "lower", "upper"]
COMMENTS = [
    "CPU package power over load, by processor class: a monotone curve and the full-load power, with 95 % ranges.",
    "Source: fitted by tools/fit_cpu_model.py on CodeCarbon's load curves (MIT) and the idle to full ratios of SPECpower results.",
    f"Licence: Apache-2.0 (Olivine); derived numbers. Retrieved: {RETRIEVED}.",
    "quantity fraction_of_tdp: package power at that load over design power (tdp_w of cpus.csv); the validated one.",
    "quantity fraction_of_full: package power at that load over package power at full load; load from 0 to 1, straight lines between.",
    "quantity full_over_tdp: package power at full load over design power (tdp_w of cpus.csv); load is 1.",
    "watts = tdp x fraction_of_tdp. Where full-load watts are known: full x fraction_of_full. See docs/methods/cpu-model.md.",
    "class: server_intel, server_amd, desktop; every other processor takes default.",
]


def isotonic(values):
    """The rising sequence nearest to `values` in least squares (pool adjacent violators)."""
    blocks = []
    for value in values:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            last, count = blocks.pop()
            blocks[-1] = [(blocks[-1][0] * blocks[-1][1] + last * count) / (blocks[-1][1] + count), blocks[-1][1] + count]
    return [value for value, count in blocks for _ in range(count)]


def interpolate(loads, powers, load):
    """Straight lines between points; flat beyond the first and the last."""
    if load <= loads[0]:
        return powers[0]
    for (a, b), (p, q) in zip(zip(loads, loads[1:]), zip(powers, powers[1:])):
        if load <= b:
            return p + (q - p) * (load - a) / (b - a) if b > a else q
    return powers[-1]


class Machine:
    """One measured machine: its points (load, watts) by load type, and its two curves on the knots, in log(watts / TDP)."""

    def __init__(self, folder, label, group, tdp_w, packages):
        self.label, self.group, self.tdp_w = label, group, tdp_w * packages
        self.points = []
        self.curves = []
        for kind in ("all_cores", "some_cores"):
            path = next((folder / "power").glob(f"cpu_load_vs_rapl_{kind}-*{label}*.csv"))
            # rapl_power lags one row behind: power is rapl_energy [kWh] over the duration.
            series = sorted((float(row["cpu_load"]) / 100, float(row["rapl_energy"]) * 3.6e6 / float(row["duration"]))
                            for row in read_csv(path))
            loads = [load for load, _ in series]
            powers = isotonic([power for _, power in series])
            self.points += series
            self.curves.append([math.log(interpolate(loads, powers, load) / self.tdp_w) for load in KNOTS])

    def log_curve(self):
        """Mean of the load types: all cores half busy, and half of the cores busy."""
        return [statistics.fmean(values) for values in zip(*self.curves)]

    def half_gaps(self, relative_to_full):
        """Half the distance between the load types at each knot."""
        gaps = []
        for a, b in zip(*self.curves):
            a_end, b_end = (self.curves[0][-1], self.curves[1][-1]) if relative_to_full else (0.0, 0.0)
            gaps.append(((a - a_end) - (b - b_end)) / 2)
        return gaps


def spec_power(shared):
    """(median idle share, spread of its logarithm about the year's median, results used) of SPECpower since ERA."""
    by_year = {}
    for row in read_csv(shared / "factors/specpower_results_ccf.csv"):
        year = re.search(r"(20\d\d)$", row["Date Submitted"])
        try:
            share = float(row["avg. watts @ active idle"].replace(",", "")) / float(row["avg. watts @ 100%"].replace(",", ""))
        except ValueError:
            continue  # results that are not compliant carry no numbers
        if year and int(year[1]) >= ERA and 0.0 < share < 1.0:
            by_year.setdefault(int(year[1]), []).append(share)
    shares = [share for group in by_year.values() for share in group]
    residuals = [math.log(share / statistics.median(group)) for group in by_year.values() for share in group]
    return statistics.median(shares), statistics.pstdev(residuals), len(shares), by_year


class Fit:
    """Curves from some machines and the prior, in logarithms: power over TDP, power over full power, full power over TDP.

    centre: mean of the machines' logarithms and the prior's, each with weight one.
    half width: t(0.975) x sqrt(between x (1 + 1/(n+1)) + within); `between` starts from the prior spread.
    """

    def __init__(self, machines, idle_share, spread):
        self.n = len(machines)
        curves = [machine.log_curve() for machine in machines]
        prior = [math.log(PRIOR_FULL_OVER_TDP * (idle_share + (1 - idle_share) * load)) for load in KNOTS]
        self.of_tdp, variances = [], []
        self.of_full, self.of_full_width = [], []
        for k, load in enumerate(KNOTS):
            absolute = [curve[k] for curve in curves] + [prior[k]]
            self.of_tdp.append(statistics.fmean(absolute))
            variances.append(self.between(absolute, spread))
            relative = [curve[k] - curve[-1] for curve in curves] + [prior[k] - prior[-1]]
            self.of_full.append(statistics.fmean(relative))
            within = statistics.fmean(machine.half_gaps(True)[k] ** 2 for machine in machines)
            self.of_full_width.append(self.half_width(self.between(relative, spread * (1 - load)), within))
        # Power over TDP: the spread between machines is pooled over the knots; four values a knot are too few on their own.
        pooled = statistics.fmean(variances)
        self.of_tdp_width = [self.half_width(pooled, statistics.fmean(machine.half_gaps(False)[k] ** 2 for machine in machines))
                             for k in range(len(KNOTS))]
        ends = [curve[-1] for curve in curves] + [prior[-1]]
        self.full, self.full_width = statistics.fmean(ends), self.half_width(self.between(ends, spread), 0.0)

    def between(self, logs, prior_spread):
        centre = statistics.fmean(logs)
        return (PRIOR_DOF * prior_spread ** 2 + sum((value - centre) ** 2 for value in logs)) / (PRIOR_DOF + self.n)

    def half_width(self, between, within):
        return STUDENT_975[PRIOR_DOF + self.n] * math.sqrt(between * (1 + 1 / (self.n + 1)) + within)

    @staticmethod
    def rising(centres, widths, ceiling):
        """(load, value, lower, upper), each of the three rising with load."""
        columns = [[math.exp(c) for c in isotonic(centres)], [math.exp(c - w) for c, w in zip(centres, widths)],
                   [min(ceiling, math.exp(c + w)) for c, w in zip(centres, widths)]]
        return list(zip(KNOTS, columns[0], isotonic(columns[1]), isotonic(columns[2])))

    def tdp_rows(self):
        return self.rising(self.of_tdp, self.of_tdp_width, math.inf)

    def fraction_rows(self):
        return self.rising(self.of_full, self.of_full_width, 1.0)

    def full_row(self):
        return math.exp(self.full), math.exp(self.full - self.full_width), math.exp(self.full + self.full_width)


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
    "CodeCarbon TDP (0.1 + 0.9 u^3)": lambda load: 0.1 + 0.9 * load ** 3,
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


def leave_one_out(machines, idle_share, spread, predictor):
    return [LeftOut(out, Fit([machine for machine in machines if machine is not out], idle_share, spread), predictor)
            for out in machines]


def enough(lines):
    """Whether 90 % of the points are in range: in all, and of every machine."""
    return (sum(line.hits for line in lines) >= 0.9 * sum(line.points for line in lines)
            and all(line.hits >= 0.9 * line.points for line in lines))


def load_machines(shared):
    return [Machine(shared, *machine) for machine in MACHINES]


def table_rows(machines, idle_share, spread):
    """Rows of cpu_model.csv. A class takes its one machine with double weight for the value and the default's ends for the
    range: one machine says nothing about the spread of its class."""
    base = Fit(machines, idle_share, spread)
    rows = []

    def add(group, quantity, load, value, low, high):
        rows.append([group, quantity, number(load), number(value, 3), number(min(low, value), 3), number(max(high, value), 3)])

    for group in ["default"] + [machine.group for machine in machines]:
        own = [machine for machine in machines if machine.group == group]
        fit = Fit(machines + own, idle_share, spread) if own else base
        for quantity, ends, values in (("fraction_of_tdp", base.tdp_rows(), fit.tdp_rows()),
                                       ("fraction_of_full", base.fraction_rows(), fit.fraction_rows())):
            for (load, _, low, high), (_, value, _, _) in zip(ends, values):
                add(group, quantity, load, value, low, high)
        add(group, "full_over_tdp", 1, fit.full_row()[0], *base.full_row()[1:])
    return rows


def build(shared, data):
    idle_share, spread, _, _ = spec_power(shared)
    rows = table_rows(load_machines(shared), idle_share, spread)
    write_table(data / "cpu_model.csv", COMMENTS, HEADER, rows)
    return {"cpu model rows": len(rows)}


def report_sources(shared):
    idle_share, spread, count, by_year = spec_power(shared)
    print(f"SPECpower since {ERA}: {count} results, idle share median {idle_share:.3f}, spread of its logarithm {spread:.3f}")
    for first in range(ERA, 2022, 2):
        group = by_year.get(first, []) + by_year.get(first + 1, [])
        if len(group) > 2:
            cuts = statistics.quantiles(group, n=40)
            print(f"  {first}-{first + 1}: {len(group):3d} results, median {statistics.median(group):.3f} "
                  f"[{cuts[0]:.3f}, {cuts[-1]:.3f}]")
    return idle_share, spread


def report_left_out(title, lines):
    print(f"\n{title}\nleft out     in range  upper/lower  half width W  of TDP   mean |error| W   bias W   median factor")
    for line in lines:
        mean_w, bias_w, factor = line.errors
        print(f"{line.label:12s} {line.hits:2d} of {line.points:2d} {line.ratio:12.1f} {line.half_w:13.1f} {line.half_of_tdp:7.2f} "
              f"{mean_w:16.1f} {bias_w:+8.1f} {factor:15.2f}")
    inside, total = sum(line.hits for line in lines), sum(line.points for line in lines)
    print(f"all          {inside:2d} of {total:2d} = {100 * inside / total:.0f} %")


def report(shared):
    """Prints everything docs/methods/cpu-model.md quotes; returns whether 90 % of left-out points are in range."""
    idle_share, spread = report_sources(shared)
    machines = load_machines(shared)
    fit = Fit(machines, idle_share, spread)
    print("\ndefault: load   of TDP                 of full power")
    for (load, *tdp), (_, *full) in zip(fit.tdp_rows(), fit.fraction_rows()):
        print("         {:3.1f}    {:.3f} [{:.3f}, {:.3f}]   {:.3f} [{:.3f}, {:.3f}]".format(load, *tdp, *full))
    print("full power over TDP: {:.3f} [{:.3f}, {:.3f}]".format(*fit.full_row()))
    lines = leave_one_out(machines, idle_share, spread, predict)
    report_left_out("from TDP alone, by fraction_of_tdp", lines)
    products = leave_one_out(machines, idle_share, spread, predict_by_product)
    report_left_out("from TDP alone, by full_over_tdp x fraction_of_full", products)
    print("\npublished models on the same points (no range): mean |error| W, bias W, median factor, by machine")
    print(" " * 34 + "".join(f"{machine.label:24s}" for machine in machines))
    for name, shape in PUBLISHED.items():
        cells = [errors(machine.points, lambda load, s=shape, m=machine: m.tdp_w * s(load)) for machine in machines]
        print(f"{name:32s}" + "".join(f"  {mean:5.1f} {bias:+6.1f} {factor:5.2f}    " for mean, bias, factor in cells))
    return enough(lines) and enough(products)


def rule_faults(path):
    """Sentences about rules a committed table breaks: rising curves that end at 1, values inside their ranges."""
    faults, curves = [], {}
    for row in read_csv(path):
        value, low, high = (float(row[key]) for key in ("value", "lower", "upper"))
        if not 0 < low <= value <= high:
            faults.append(f"{row}: the range does not hold the value")
        if row["quantity"] != "full_over_tdp":
            curves.setdefault((row["class"], row["quantity"]), []).append((float(row["load"]), low, value, high))
    for group, points in curves.items():
        rising = all(all(x <= y for x, y in zip(a, b)) for a, b in zip(points, points[1:]))
        ends_well = group[1] != "fraction_of_full" or points[-1][1:] == (1.0, 1.0, 1.0)
        if [point[0] for point in points] != KNOTS or not rising or not ends_well:
            faults.append(f"{group}: not a rising curve over the eleven loads, or a fraction of full power that does not end at 1")
    return faults


def check(shared):
    faults = rule_faults(DATA / "cpu_model.csv")
    if shared and shared.is_dir():
        idle_share, spread, _, _ = spec_power(shared)
        machines = load_machines(shared)
        if not enough(leave_one_out(machines, idle_share, spread, predict)):
            faults.append("less than 90 % of the points of a left-out machine are in range")
        fresh = [dict(zip(HEADER, row)) for row in table_rows(machines, idle_share, spread)]
        if fresh != read_csv(DATA / "cpu_model.csv"):
            faults.append("cpu_model.csv differs from a fresh fit")
    else:
        print("shared data not found: only the table's own rules were checked")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    near = DATA.parent.parent / "shared" / "data"
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("OLIVINE_SHARED_DATA", near)))
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if arguments.check:
        return check(arguments.shared)
    if arguments.write:
        build(arguments.shared, DATA)
    return 0 if report(arguments.shared) else 1


if __name__ == "__main__":
    sys.exit(main())
