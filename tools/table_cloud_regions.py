"""data/cloud_regions.csv: cloud region -> zone of zones.csv, and the PUE and water use that the provider publishes for it.

The places are our own tabulation (cloud_places.csv, from the providers' lists of regions). PUE and WUE are the providers'
published facts; the shared collection is only used to look them up, and neither its text nor its zones are taken.
"""

from pathlib import Path

from table_io import RETRIEVED, clean, number, read_csv, write_table

HEADER = [
    "provider", "region", "zone", "grid", "name", "pue", "pue_of", "wue_l_per_kwh", "wue_of", "cfe_fraction",
    "grid_g_per_kwh", "year", "source", "licence",
]  # fmt: skip
COMMENTS = [
    "Cloud regions: the grid zone each stands in, and the PUE and the site's water use that its provider publishes.",
    "Source: per row; the providers' lists of regions and their sustainability reports.",
    f"Licence: facts, tabulated for Olivine, Apache-2.0. Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "zone: by the place that the provider names; a state or province where zones.csv has one, else the country.",
    "grid: the Electricity Maps zone of the grid that serves the place; empty = not known, or without a 2022 series.",
    "pue, wue_l_per_kwh: empty = not published. year: of what the provider publishes for the region; empty without it.",
    "pue_of, wue_of: region = published for the region; fleet = the mean of all that the provider runs (year in source).",
    "cfe_fraction, grid_g_per_kwh: hourly carbon-free share and grid intensity as Google publishes them (Apache-2.0).",
]

NAMES = {"Amazon Web Services": "aws", "Google Cloud": "gcp", "Microsoft Azure": "azure"}
LISTS = {"aws": "Amazon: list of AWS regions", "gcp": "Google: list of Google Cloud regions",
         "azure": "Microsoft: list of Azure regions", "hetzner": "Hetzner: locations",
         "oracle": "Oracle: list of OCI regions", "ovh": "OVHcloud: locations",
         "scaleway": "Scaleway: list of regions"}
REPORTS = {"aws": "Amazon: sustainability data by region", "gcp": "Google: efficiency of data centers",
           "azure": "Microsoft: data center sustainability fact sheets"}

# The collection attaches a published value to another place than the provider does: Microsoft's West US is California and its
# value here is the one of Quincy (West US 2).
MOVED = {("azure", "westus"): ("azure", "westus2")}
# A water use of 0.18 without a PUE is Amazon's mean over all regions, not a value of that region.
AMAZON_MEAN_WUE = 0.18


def published(shared):
    """(provider, region) -> (PUE, WUE, year) where the provider publishes at least one of them for that region."""
    found = {}
    for row in read_csv(shared / "factors/cloud_regions_facts.csv"):
        provider = NAMES[row["provider"]]
        wue = row["wue_l_per_kwh"]
        if provider == "aws" and wue and float(wue) == AMAZON_MEAN_WUE:
            wue = ""
        if row["pue"] or wue:
            place = (provider, row["region"])
            found[MOVED.get(place, place)] = (number(row["pue"]), number(wue), row["year"])
    return found


def google_grid(shared):
    """region -> (carbon-free share, grid intensity) of 2024, digits of the source."""
    return {
        row["Google Cloud Region"]: (clean(row["Google CFE"]), clean(row["Grid carbon intensity (gCO2eq / kWh)"]))
        for row in read_csv(shared / "factors/gcp_region_carbon_2024.csv")
    }


def grid_of(place, grids):
    grid = place["grid"] or (place["zone"] if place["zone"] in grids else "")
    if grid and grid not in grids:
        raise ValueError(f"no Electricity Maps zone {grid} for {place['provider']} {place['region']}")
    return grid


def build(shared, data):
    facts, google = published(shared), google_grid(shared)
    zones = {row["zone"] for row in read_csv(data / "zones.csv")}
    grids = {row["zone"] for row in read_csv(data / "zones_electricity_maps.csv")}
    fleets = {row["provider"]: row for row in read_csv(Path(__file__).parent / "cloud_fleets.csv")}
    rows = []
    for place in read_csv(Path(__file__).parent / "cloud_places.csv"):
        if place["zone"] not in zones:
            raise ValueError(f"zones.csv has no zone {place['zone']} for {place['provider']} {place['region']}")
        provider, region = place["provider"], place["region"]
        pue, wue, year = facts.pop((provider, region), ("", "", ""))
        source = LISTS[provider] + (f"; {REPORTS[provider]} {year}" if year else "")
        pue_of, wue_of = "region" if pue else "", "region" if wue else ""
        fleet = fleets.get(provider)
        if fleet and not pue and fleet["pue"]:
            pue, pue_of = number(fleet["pue"]), "fleet"
        if fleet and not wue and fleet["wue_l_per_kwh"]:
            wue, wue_of = number(fleet["wue_l_per_kwh"]), "fleet"
        if "fleet" in (pue_of, wue_of):
            source += "; " + clean(fleet["source"])
        cfe, intensity, licence = "", "", "fact"
        if provider == "gcp" and region in google:
            (cfe, intensity), licence = google.pop(region), "fact; Apache-2.0 (Google)"
            source += "; Google: carbon data by region 2024"
            year = year or "2024"
        rows.append([provider, region, place["zone"], grid_of(place, grids), clean(place["name"]), pue, pue_of, wue, wue_of,
                     cfe, intensity, year, source, licence])  # fmt: skip
    if google:
        raise ValueError(f"cloud_places.csv lacks {sorted(google)}")
    rows.sort(key=lambda row: (row[0].encode(), row[1].encode()))
    keys = [(row[0], row[1]) for row in rows]
    if len(keys) != len(set(keys)):
        raise ValueError("a region has two rows")
    write_table(data / "cloud_regions.csv", COMMENTS, HEADER, rows)
    return {
        "cloud regions": len(rows),
        "with a published PUE": sum(row[5] != "" for row in rows),
        "of the region itself": sum(row[6] == "region" for row in rows),
        "with a grid": sum(row[3] != "" for row in rows),
    }
