"""data/product_footprints.csv: what makers publish about the footprint of servers, computers and drives.

From Boavizta's collection (ODbL 1.0), changed: servers, desktops, laptops, workstations and drives only, keyed, and without the
use phase: embodied = total x (1 - share of use), which leaves making, transport and end of life.
"""

import re

from table_io import RETRIEVED, clean, number, read_csv, write_table

HEADER = [
    "key", "name", "kind", "manufacturer", "embodied_kg", "lower_kg", "upper_kg", "total_kg", "use_share", "life_years",
    "memory_gb", "cpus", "year", "source", "licence",
]  # fmt: skip
COMMENTS = [
    "Product carbon footprints of servers, computers and drives, without their use; sorted by key in byte order.",
    "Source: Boavizta: environmental footprint data (the makers' reports it collects: per row), changed: chosen, keyed, use taken off.",
    "Licence: Open Database License (ODbL) 1.0, https://opendatacommons.org/licenses/odbl/1-0/; this table is a derivative database,",
    "share-alike: whoever publishes it or a table made from it does so under the ODbL and names Boavizta.",
    f"Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "embodied_kg: total x (1 - share of use): making, transport, end of life. lower and upper: a factor of two either way, assumed;",
    "the makers' own error bars are of the total with its use. kind: server, desktop, laptop, workstation, drive.",
]
KINDS = {
    "Server": "server", "Converged": "server", "Converged Edge": "server", "SAN/NAS": "server", "Laptop": "laptop",
    "Desktop": "desktop", "Workstation": "workstation", "Thin Client": "desktop", "Thin client": "desktop", "Hard drive": "drive",
}  # fmt: skip
FACTOR_EITHER_WAY = 2.0


def normalise(name):
    text = "".join(c.lower() if c.isascii() and (c.isalnum() or c in "+.") else " " for c in name)
    return " ".join(text.split())


def year_of(text):
    found = re.search(r"(19|20)\d\d", text)
    return found[0] if found else ""


def rounded(value):
    """Four digits, without an exponent."""
    return number(float(f"{value:.4g}"))


def plain_name(row):
    row = {**row, "name": re.sub(r"(\\x[0-9a-f]{2})+", "", row["name"]).encode("ascii", "ignore").decode()}
    name = re.sub(r"\bserver\d+$|(?<=[A-Za-z])\d$", "", row["name"].strip()) if row["manufacturer"] == "HP" else row["name"]
    maker = row["manufacturer"].strip()
    return clean(name if name.lower().startswith(maker.lower()) else f"{maker} {name}")


def build(shared, data):
    found = {}
    for row in read_csv(shared / "factors/product_footprints_boavizta.csv"):
        kind = KINDS.get(row["subcategory"])
        if not kind or not row["gwp_total"] or not row["gwp_use_ratio"]:
            continue
        total, use = float(row["gwp_total"]), float(row["gwp_use_ratio"])
        if not 0.0 <= use < 1.0 or total <= 0.0:
            continue
        name = plain_name(row)
        year = year_of(row["report_date"])
        made = total * (1.0 - use)
        source = clean(row["sources"].split(" ")[0]) or f"{row['manufacturer']} product carbon footprint"
        found.setdefault(normalise(name), []).append(
            (year, [
                normalise(name), name, kind, clean(row["manufacturer"]), rounded(made), rounded(made / FACTOR_EITHER_WAY),
                rounded(made * FACTOR_EITHER_WAY), number(total), number(use), number(row["lifetime"]),
                number(row["memory"]) if re.fullmatch(r"[\d.]+", row["memory"]) else "",
                number(row["number_cpu"]) if re.fullmatch(r"[\d.]+", row["number_cpu"]) else "", year, source, "ODbL-1.0",
            ])  # fmt: skip
        )
    rows = [max(found[key], key=lambda entry: entry[0])[1] for key in sorted(found, key=str.encode)]  # the latest report
    write_table(data / "product_footprints.csv", COMMENTS, HEADER, rows)
    return {"products": len(rows)}
