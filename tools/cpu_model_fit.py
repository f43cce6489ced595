"""The CPU power model's mathematics: measured curves, the prior, the fit. See docs/methods/cpu-model.md."""

import math
import re
import statistics

from table_io import read_csv

KNOTS = [k / 10 for k in range(11)]
STUDENT_975 = {5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228}

# The machines measured: name in the file, class, design power of one package, packages. The Xeon E5-2620 v3 has 12
# threads and the file shows 24; its recorded constant-model power at full load is 2 x 85 W as well: two packages. The
# Xeon E3-1240 V2 is desktop silicon (one package, client uncore) and stands for the desktop class.
MACHINES = [
    ("E3-1240_V2", "desktop", 69.0, 1),
    ("E5-2620_v3", "server_intel", 85.0, 2),
    ("EPYC_8024P", "server_amd", 90.0, 1),
]

# Prior. It counts as one machine whose full load is its design power and whose power rises in a straight line from
# SPECpower's idle share. The spread between machines starts at SPECpower's own, worth PRIOR_DOF machines. It was chosen
# with the three curves already seen; docs/methods/cpu-model.md shows what other weights give.
PRIOR_DOF = 4
PRIOR_FULL_OVER_TDP = 1.0
ERA = 2012  # SPECpower results since this year


def isotonic(values):
    """The rising sequence nearest to `values` in least squares (pool adjacent violators)."""
    blocks = []
    for value in values:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            last, count = blocks.pop()
            blocks[-1] = [
                (blocks[-1][0] * blocks[-1][1] + last * count) / (blocks[-1][1] + count),
                blocks[-1][1] + count,
            ]
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
    """One measured machine: its points (load, watts) by load type, and its two curves on the knots, in log(watts /
    TDP)."""

    def __init__(self, folder, label, group, tdp_w, packages):
        self.label, self.group, self.tdp_w = label, group, tdp_w * packages
        self.points = []
        self.curves = []
        for kind in ("all_cores", "some_cores"):
            path = next((folder / "power").glob(f"cpu_load_vs_rapl_{kind}-*{label}*.csv"))
            # rapl_power lags one row behind: power is rapl_energy [kWh] over the duration.
            series = sorted(
                (float(row["cpu_load"]) / 100, float(row["rapl_energy"]) * 3.6e6 / float(row["duration"]))
                for row in read_csv(path)
            )
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
            share = float(row["avg. watts @ active idle"].replace(",", "")) / float(
                row["avg. watts @ 100%"].replace(",", "")
            )
        except ValueError:
            continue  # results that are not compliant carry no numbers
        if year and int(year[1]) >= ERA and 0.0 < share < 1.0:
            by_year.setdefault(int(year[1]), []).append(share)
    shares = [share for group in by_year.values() for share in group]
    residuals = [math.log(share / statistics.median(group)) for group in by_year.values() for share in group]
    return statistics.median(shares), statistics.pstdev(residuals), len(shares), by_year


class Fit:
    """Curves from some machines and the prior, in logarithms: power over TDP, power over full power, full power over
    TDP.

    centre: mean of the machines' logarithms and the prior's, each with weight one.
    half width: t(0.975) x sqrt(between x (1 + 1/(n+1)) + within); `between` starts from the prior spread.
    """

    def __init__(self, machines, idle_share, spread, prior_dof=PRIOR_DOF):
        self.n = len(machines)
        self.prior_dof = prior_dof
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
        # Power over TDP: the spread between machines is pooled over the knots; four values a knot are too few on
        # their own.
        pooled = statistics.fmean(variances)
        self.of_tdp_width = [
            self.half_width(pooled, statistics.fmean(machine.half_gaps(False)[k] ** 2 for machine in machines))
            for k in range(len(KNOTS))
        ]
        ends = [curve[-1] for curve in curves] + [prior[-1]]
        self.full, self.full_width = statistics.fmean(ends), self.half_width(self.between(ends, spread), 0.0)

    def between(self, logs, prior_spread):
        centre = statistics.fmean(logs)
        return (self.prior_dof * prior_spread**2 + sum((value - centre) ** 2 for value in logs)) / (
            self.prior_dof + self.n
        )

    def half_width(self, between, within):
        return STUDENT_975[self.prior_dof + self.n] * math.sqrt(between * (1 + 1 / (self.n + 1)) + within)

    @staticmethod
    def rising(centres, widths, ceiling):
        """(load, value, lower, upper), each of the three rising with load."""
        columns = [
            [math.exp(c) for c in isotonic(centres)],
            [math.exp(c - w) for c, w in zip(centres, widths)],
            [min(ceiling, math.exp(c + w)) for c, w in zip(centres, widths)],
        ]
        return list(zip(KNOTS, columns[0], isotonic(columns[1]), isotonic(columns[2])))

    def tdp_rows(self):
        return self.rising(self.of_tdp, self.of_tdp_width, math.inf)

    def fraction_rows(self):
        return self.rising(self.of_full, self.of_full_width, 1.0)

    def full_row(self):
        return math.exp(self.full), math.exp(self.full - self.full_width), math.exp(self.full + self.full_width)


def load_machines(shared):
    return [Machine(shared, *machine) for machine in MACHINES]
