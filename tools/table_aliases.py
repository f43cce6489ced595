"""data/zone_aliases.csv: other names of zones, and which zone lies in which.

zone_alias_list.csv is tabulated by hand; ISO alpha-3 codes of the countries and EIA codes of US balancing authorities follow by
rule. Names that resolve (relation `same`) are unique and never the key of another zone.
"""

from pathlib import Path

from table_io import RETRIEVED, clean, read_csv, write_table
from table_profiles import AVERT_REGIONS
from table_zones import country_codes

HEADER = ["alias", "zone", "scheme", "relation", "note", "year", "source", "licence"]
COMMENTS = [
    "Other names of zones, and which zone lies in which.",
    "Source: ISO 3166-1; EIA-930 codes of balancing authorities; ENTSO-E EIC area codes; EPA AVERT regions; AEMO regions.",
    f"Licence: facts, tabulated for Olivine, Apache-2.0. Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "relation: same = another name; area = another key of the same ground, with figures of its own; within = lies in it.",
]
SOURCES = {
    "aemo": "AEMO: market regions",
    "avert": "EPA: AVERT regions",
    "common": "common name",
    "eia": "EIA-930: balancing authorities",
    "electricity_maps": "grids and the regions that they lie in",
    "entsoe": "ENTSO-E: area codes",
    "eurostat": "Eurostat: country codes",
    "iso3166-1": "ISO 3166-1",
    "iso3166-2": "ISO 3166-2 and the grids that serve the place",
}
EIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"


def eic_is_sound(code):
    """The check character of an Energy Identification Code (ENTSO-E EIC reference manual)."""
    if len(code) != 16 or any(mark not in EIC for mark in code):
        return False
    weighted = sum((16 - place) * EIC.index(mark) for place, mark in enumerate(code[:15]))
    return EIC[36 - (weighted - 1) % 37] == code[15]


def alpha3_rows(shared, zones):
    return [[alpha3, alpha2, "iso3166-1", "same", ""] for alpha3, alpha2 in country_codes(shared).items() if alpha2 in zones]


def eia_rows(grids, zones):
    """US-CAL-CISO is CISO in EIA's tables. A code that is a country's key stays out (SC is the Seychelles)."""
    for zone in sorted(grids):
        code = zone.split("-")[-1]
        if zone.startswith("US-") and zone != "US-HI-OA" and code not in zones:
            yield [code, zone, "eia", "same", ""]


def build(shared, data):
    zones = {row["zone"] for row in read_csv(data / "zones.csv")}
    grids = {row["zone"] for row in read_csv(data / "zones_electricity_maps.csv")}
    keys = zones | grids | {"AVERT-" + region for region in AVERT_REGIONS}
    by_hand = [
        [clean(row["alias"]), row["zone"], row["scheme"], row["relation"], clean(row["note"])]
        for row in read_csv(Path(__file__).parent / "zone_alias_list.csv")
    ]
    rows = by_hand + alpha3_rows(shared, zones) + list(eia_rows(grids, zones))
    names = [row[0].lower() for row in rows if row[3] == "same"]
    for alias, zone, scheme, relation, _ in rows:
        if zone not in keys or relation not in ("same", "area", "within"):
            raise ValueError(f"{alias}: no zone {zone}, or no relation {relation}")
        if relation == "same" and (alias in keys or names.count(alias.lower()) > 1):
            raise ValueError(f"{alias}: means two zones")
        if relation != "same" and alias not in keys:
            raise ValueError(f"{alias}: is no zone")
        if alias.startswith("10Y") and not eic_is_sound(alias):
            raise ValueError(f"{alias}: wrong check character")
        if scheme not in SOURCES:
            raise ValueError(f"{alias}: unknown scheme {scheme}")
    rows.sort(key=lambda row: (row[0].encode(), row[1].encode()))
    table = [[*row, RETRIEVED, SOURCES[row[2]], "fact"] for row in rows]
    write_table(data / "zone_aliases.csv", COMMENTS, HEADER, table)
    return {"aliases": sum(row[3] == "same" for row in rows), "relations": sum(row[3] != "same" for row in rows)}
