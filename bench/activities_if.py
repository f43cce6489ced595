#!/usr/bin/env python3
"""The first 10,000 jobs of activities_make.py as a manifest of the Impact Framework: energy = watts x hours / 1000, carbon = energy x
the mean intensity of the job's hours, which the framework has no plugin to integrate and gets here ready-made.

    npm install @grnsft/if && python3 bench/activities_if.py /tmp/cluster /tmp/if.yml && time npx if-run -m /tmp/if.yml -o /tmp/if-out
"""

import csv
import datetime
import pathlib
import sys

POWER = {"a100": 400.0, "v100": 300.0, "h100": 700.0, "": 0.0}


def main(folder, out, rows=10_000):
    zones = list(csv.DictReader(open(pathlib.Path(folder) / "zones.csv")))
    lines = [
        "name: cluster", "initialize:", "  plugins:",
        "    energy:", "      method: Multiply", "      path: builtin", "      config:",
        "        input-parameters: ['kilowatts', 'hours']", "        output-parameter: 'energy'",
        "    carbon:", "      method: Multiply", "      path: builtin", "      config:",
        "        input-parameters: ['energy', 'grid/carbon-intensity']", "        output-parameter: 'carbon'",
        "tree:", "  children:", "    cluster:", "      pipeline:", "        compute:", "          - energy", "          - carbon", "      inputs:",
    ]
    for i, job in enumerate(csv.DictReader(open(pathlib.Path(folder) / "jobs.csv"))):
        if i == rows:
            break
        begin = datetime.datetime.fromisoformat(job["begin"].rstrip("Z"))
        hour = int((begin - datetime.datetime(2023, 1, 1)).total_seconds() // 3600)
        watts = POWER[job["device"]] * float(job["devices"] or 0) + 5 * float(job["cpus"]) + 0.37 * float(job["memory_gb"])
        lines += [
            f"        - timestamp: '{job['begin']}'", f"          duration: {float(job['hours']) * 3600:.0f}", f"          kilowatts: {watts / 1000:.6g}",
            f"          hours: {float(job['hours']):.8g}", f"          grid/carbon-intensity: {zones[hour][job['zone']]}",
        ]
    pathlib.Path(out).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
