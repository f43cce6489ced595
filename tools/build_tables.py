#!/usr/bin/env python3
"""Builds Olivine's own tables of facts in data/ from the shared public sources, and checks them.

    tools/build_tables.py --shared DIR     rebuild every table, then data/SHA256SUMS
    tools/build_tables.py --check          the sums match, every table has the agreed shape (needs no shared data)
    tools/build_tables.py --check --shared DIR   as well: a fresh build gives the committed bytes

cpu_model.csv is made by tools/fit_cpu_model.py, which this tool calls. Needs only Python's standard library.
"""

import argparse
import csv
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import fit_cpu_model  # noqa: E402
import table_aliases  # noqa: E402
import table_cloud_regions  # noqa: E402
import table_cpu_cases  # noqa: E402
import table_cpus  # noqa: E402
import table_defaults  # noqa: E402
import table_fuels  # noqa: E402
import table_gpus  # noqa: E402
import table_instances  # noqa: E402
import table_products  # noqa: E402
import table_profiles  # noqa: E402
import table_zones  # noqa: E402
from table_io import sha256_of  # noqa: E402

DATA = Path(__file__).resolve().parent.parent / "data"
BUILDERS = [
    table_zones, table_profiles, table_aliases, table_fuels, table_cloud_regions,
    table_cpus, table_cpu_cases, table_gpus, table_products, table_instances, table_defaults, fit_cpu_model,
]  # fmt: skip


SORTED = (
    "zones.csv", "zones_electricity_maps.csv", "zone_years.csv", "cpus.csv", "gpus.csv", "product_footprints.csv", "cloud_instances.csv",
    "fab_energy.csv", "memory.csv", "server_parts.csv", "storage.csv",
)  # fmt: skip
GROUPED = ("profiles_average.csv", "profiles_direct.csv", "profiles_marginal.csv")  # several rows a key


def build(shared, data):
    for builder in BUILDERS:
        counts = builder.build(shared, data)
        print(", ".join(f"{name} {count}" for name, count in counts.items()))


def write_sums(data):
    lines = [f"{sha256_of(path)}  {path.name}\n" for path in sorted(data.glob("*.csv"))]
    (data / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def sum_faults(data):
    """Sentences about tables that differ from their recorded sum, are missing, or are not recorded."""
    recorded = {}
    for line in (data / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        recorded[name] = digest
    present = {path.name for path in data.glob("*.csv")}
    faults = [f"{name}: recorded but missing" for name in sorted(set(recorded) - present)]
    faults += [f"{name}: not recorded in SHA256SUMS" for name in sorted(present - set(recorded))]
    faults += [
        f"{name}: differs from its recorded sum"
        for name in sorted(present & set(recorded))
        if sha256_of(data / name) != recorded[name]
    ]
    return faults


def shape_faults(data):
    """Sentences about tables that break the agreed shape: comments, one header, equal field counts, sorted keys."""
    faults = []
    for path in sorted(data.glob("*.csv")):
        lines = path.read_text(encoding="utf-8").splitlines()
        comments = [line for line in lines if line.startswith("#")]
        body = lines[len(comments) :]
        said = "\n".join(comments).lower()
        faults += [
            f"{path.name}: no '{word}' in its comments"
            for word in ("source", "licence", "retrieved")
            if word not in said
        ]
        quoted = path.name != "cpu_name_cases.csv" and any('"' in line for line in body)
        if quoted or any(line.startswith("#") for line in body):
            faults.append(f"{path.name}: a comment below the header, or a quote")
        if len({len(fields) for fields in csv.reader(body)}) != 1:
            faults.append(f"{path.name}: rows have different numbers of fields")
        keys = [line.split(",", 1)[0].encode() for line in body[1:]]
        if path.name in SORTED and any(a >= b for a, b in zip(keys, keys[1:])):
            faults.append(f"{path.name}: keys are not strictly rising in byte order")
        if path.name in GROUPED and keys != sorted(keys):
            faults.append(f"{path.name}: keys are not in byte order")
    return faults


def rebuild_faults(shared, data):
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        build(shared, fresh)
        return [
            f"{path.name}: a fresh build gives other bytes"
            for path in sorted(fresh.glob("*.csv"))
            if path.read_bytes() != (data / path.name).read_bytes()
        ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, help="folder of the shared source data")
    parser.add_argument("--check", action="store_true", help="check the committed tables instead of writing them")
    arguments = parser.parse_args()
    if not arguments.check:
        if not arguments.shared:
            parser.error("--shared DIR is needed to build")
        build(arguments.shared, DATA)
        write_sums(DATA)
        return 0
    faults = sum_faults(DATA) + shape_faults(DATA)
    if arguments.shared and arguments.shared.is_dir():
        faults += rebuild_faults(arguments.shared, DATA)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
