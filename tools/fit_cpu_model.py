#!/usr/bin/env python3
"""Fits the CPU power model on measured load curves and checks it by leaving one machine out.

    tools/fit_cpu_model.py --shared DIR           print the curves, the ranges and the comparison with published models
    tools/fit_cpu_model.py --shared DIR --write   as well: write data/cpu_model.csv
    tools/fit_cpu_model.py --check [--shared DIR] compare data/cpu_model.csv with a fresh fit; exit 1 where they differ.
                                                  Without shared data only the committed table's own rules are checked.

The mathematics is in docs/methods/cpu-model.md. Needs only Python's standard library.
"""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import cpu_model_report  # noqa: E402
from cpu_model_fit import KNOTS, Fit, load_machines, spec_power  # noqa: E402
from table_io import RETRIEVED, number, read_csv, write_table  # noqa: E402

DATA = Path(__file__).resolve().parent.parent / "data"
DOC = DATA.parent / "docs" / "methods" / "cpu-model.md"

HEADER = ["class", "quantity", "load", "value", "lower", "upper"]
COMMENTS = [
    "CPU package power over load, by processor class: a monotone curve and the full-load power, with 95 % ranges.",
    "Source: fitted by tools/fit_cpu_model.py on CodeCarbon's load curves (MIT) and SPECpower's idle to full ratios.",
    f"Licence: Apache-2.0 (Olivine); derived numbers. Retrieved: {RETRIEVED}.",
    "quantity fraction_of_tdp: package power at that load over design power (tdp_w of cpus.csv); the validated one.",
    "quantity fraction_of_full: package power at that load over package power at full load.",
    "quantity full_over_tdp: package power at full load over design power (tdp_w of cpus.csv); load is 1.",
    "load from 0 to 1, straight lines between. watts = tdp x fraction_of_tdp; see docs/methods/cpu-model.md.",
    "class: server_intel, server_amd, desktop; every other processor takes default.",
]


def table_rows(machines, idle_share, spread):
    """Rows of cpu_model.csv. A class takes its one machine with double weight for the value and the default's ends
    for the range: one machine says nothing about the spread of its class."""
    base = Fit(machines, idle_share, spread)
    rows = []

    def add(group, quantity, load, value, low, high):
        rows.append(
            [group, quantity, number(load), number(value, 3), number(min(low, value), 3), number(max(high, value), 3)]
        )

    for group in ["default"] + [machine.group for machine in machines]:
        own = [machine for machine in machines if machine.group == group]
        fit = Fit(machines + own, idle_share, spread) if own else base
        for quantity, ends, values in (
            ("fraction_of_tdp", base.tdp_rows(), fit.tdp_rows()),
            ("fraction_of_full", base.fraction_rows(), fit.fraction_rows()),
        ):
            for (load, _, low, high), (_, value, _, _) in zip(ends, values):
                add(group, quantity, load, value, low, high)
        add(group, "full_over_tdp", 1, fit.full_row()[0], *base.full_row()[1:])
    return rows


def build(shared, data):
    idle_share, spread, _, _ = spec_power(shared)
    rows = table_rows(load_machines(shared), idle_share, spread)
    write_table(data / "cpu_model.csv", COMMENTS, HEADER, rows)
    return {"cpu model rows": len(rows)}


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
            faults.append(
                f"{group}: not a rising curve over the eleven loads, or a fraction of full power that does not end at 1"
            )
    return faults


def check(shared):
    faults = rule_faults(DATA / "cpu_model.csv")
    if shared.is_dir():
        idle_share, spread, _, _ = spec_power(shared)
        fresh = [dict(zip(HEADER, row)) for row in table_rows(load_machines(shared), idle_share, spread)]
        if fresh != read_csv(DATA / "cpu_model.csv"):
            faults.append("cpu_model.csv differs from a fresh fit")
        rows, holds = cpu_model_report.report(shared)
        if not holds:
            faults.append("less than 90 % of the points of a left-out machine are in range")
        page = DOC.read_text(encoding="utf-8")
        faults += [f"{DOC.name} lacks the row: {row}" for row in rows if row.startswith("|") and row not in page]
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
    rows, holds = cpu_model_report.report(arguments.shared)
    print("\n".join(rows))
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
