"""data/zones_electricity_maps.csv and data/profiles_*.csv: yearly means, spreads and month x hour profiles of hourly series.

A profile is the mean of a zone's series per month and hour of the day, both in UTC. Its spread is the 2.5 and 97.5 %
quantile of hour / (mean of its month and hour), over the month's hours. Means are whole tenths of g/kWh (decigrams).
"""

import csv
import gzip
import math
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

from table_io import RETRIEVED, clean, read_csv, write_table

YEAR = 2022
HOURS = [f"h{hour:02}_dg_per_kwh" for hour in range(24)]
GRAMS_PER_POUND = 453.59237
CONSTANT = {"HK", "ID", "US-NW-SCL"}  # one value all year: a default of the source, not a series

EMAPS = "Electricity Maps data portal: hourly 2022 series of 123 zones; changed: aggregated"
ODBL = "ODbL 1.0"
ODBL_NOTICE = [
    "Licence: Open Database License (ODbL) 1.0. Contains information from Electricity Maps (www.electricitymaps.com), made",
    "available under the ODbL. This file is a derivative database: you may use, share and adapt it under the same licence.",
    f"Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
]
AVERT = "EPA AVERT hourly marginal rates 2022 and 2023; changed: month x hour means"
EIA = "EIA-930 generation by fuel with direct factors; changed: month x hour means"
PUBLIC = "public domain (US government)"

# AVERT region: name, hours from UTC of its standard time. The hours of the files are local standard time all year; a region
# that spans two zones has the one that most of its load lives in.
AVERT_REGIONS = {
    "CA": ("California", -8),
    "CENT": ("Central", -6),
    "FL": ("Florida", -5),
    "MIDA": ("Mid-Atlantic", -5),
    "MIDW": ("Midwest", -6),
    "NCSC": ("Carolinas", -5),
    "NE": ("New England", -5),
    "NW": ("Northwest", -8),
    "NY": ("New York", -5),
    "RM": ("Rocky Mountains", -7),
    "SE": ("Southeast", -6),
    "SW": ("Southwest", -7),
    "TE": ("Texas", -6),
    "TN": ("Tennessee", -6),
}
EIA_ZONES = {
    "CISO": "US-CAL-CISO",
    "EPE": "US-SW-EPE",
    "ERCO": "US-TEX-ERCO",
    "ISNE": "US-NE-ISNE",
    "MISO": "US-MIDW-MISO",
    "PJM": "US-MIDA-PJM",
}


def read_gz(path):
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as handle:
        return list(csv.reader(handle))


def quantile(values, p):
    """Linear between order statistics."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * p
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def mean(values):
    return math.fsum(values) / len(values)


def month_hour_means(cells, values):
    """(month, hour) -> mean; cells[i] is the (month, hour) of values[i]."""
    grouped = defaultdict(list)
    for cell, value in zip(cells, values):
        grouped[cell].append(value)
    return {cell: mean(group) for cell, group in grouped.items()}


def month_spreads(cells, values, means):
    """month -> (low, high): quantiles of value / mean of its cell."""
    grouped = defaultdict(list)
    for cell, value in zip(cells, values):
        grouped[cell[0]].append(value / means[cell])
    return {month: (quantile(group, 0.025), quantile(group, 0.975)) for month, group in grouped.items()}


def profile_rows(lead, tail, means, spreads):
    rows = []
    for month in range(1, 13):
        low, high = spreads[month]
        if not 0.0 <= low <= 1.0 <= high:
            raise ValueError(f"{lead}, month {month}: the spread [{low}, {high}] does not hold 1")
        cells = [str(round(10 * means[(month, hour)])) for hour in range(24)]
        rows.append([*lead, str(month), f"{low:.3f}", f"{high:.3f}", *cells, *tail])
    return rows


def utc_cells(stamps):
    """'2022-01-01T00:00Z' -> (1, 0)."""
    return [(int(stamp[5:7]), int(stamp[11:13])) for stamp in stamps]


def emaps_series(shared):
    """zone -> its 8,760 values of 2022, and their stamps. Zones with one value all year are left out."""
    table = read_gz(shared / "grid/emaps_2022_123zones_gco2_per_kwh.csv.gz")
    stamps = [row[0] for row in table[1:]]
    series = {}
    for column, zone in enumerate(table[0][1:], start=1):
        values = [float(row[column]) for row in table[1:]]
        if (min(values) == max(values)) != (zone in CONSTANT):
            raise ValueError(f"{zone}: the list of constant zones is wrong")
        if zone not in CONSTANT:
            series[zone] = values
    return stamps, series


def relative_quantiles(values, centre):
    return [f"{quantile(values, p) / centre:.3f}" for p in (0.025, 0.975)]


def build_electricity_maps(shared, data):
    stamps, series = emaps_series(shared)
    places = {row["zone"]: row for row in read_csv(Path(__file__).parent / "electricity_maps_zones.csv")}
    if set(places) != set(series):
        raise ValueError(f"names and series differ: {sorted(set(places) ^ set(series))}")
    cells = utc_cells(stamps)
    zones, profiles = [], []
    for zone in sorted(series):
        values = series[zone]
        yearly = mean(values)
        days = [mean(values[begin : begin + 24]) for begin in range(0, len(values), 24)]
        zones.append(
            [zone, clean(places[zone]["name"]), places[zone]["parent"], f"{yearly:.2f}", "lifecycle", "consumption",
             "unknown", str(YEAR), *relative_quantiles(values, yearly), *relative_quantiles(days, yearly), EMAPS, ODBL]
        )  # fmt: skip
        means = month_hour_means(cells, values)
        profiles += profile_rows([zone], [str(YEAR), "Electricity Maps", ODBL], means, month_spreads(cells, values, means))
    write_table(data / "zones_electricity_maps.csv", ZONE_COMMENTS, ZONE_HEADER, zones)
    header = ["zone", "month", "low", "high", *HOURS, "year", "source", "licence"]
    write_table(data / "profiles_average.csv", PROFILE_COMMENTS, header, profiles)
    return {"Electricity Maps zones": len(zones), "average profiles": len(profiles) // 12}


ZONE_HEADER = [
    "zone", "name", "parent", "factor_g_per_kwh", "type", "accounting", "losses", "year",
    "hour_lower", "hour_upper", "day_lower", "day_upper", "source", "licence",
]  # fmt: skip
ZONE_COMMENTS = [
    "Yearly mean carbon intensity 2022 of zones of Electricity Maps: average, lifecycle, consumption (flow-traced).",
    f"Source: {EMAPS}.",
    *ODBL_NOTICE,
    "hour_*, day_*: 2.5 and 97.5 % quantile of the year's hours and UTC days over the yearly mean.",
    "Left out because the series is one value all year: HK, ID, US-NW-SCL.",
]
PROFILE_COMMENTS = [
    "Month x hour profiles of average carbon intensity: lifecycle, consumption; months and hours in UTC, year 2022.",
    f"Source: {EMAPS}.",
    *ODBL_NOTICE,
    "hHH_dg_per_kwh: mean of the hour that begins at HH:00 UTC, in decigrams (tenths of g CO2e) per kWh.",
    "low, high: 2.5 and 97.5 % quantile over the month of hour / (mean of its month and hour).",
]


def running_median(values, half=12):
    """Centred, over 2 x half + 1 hours; the ends wrap around the year."""
    count = len(values)
    window = 2 * half + 1
    return [sorted(values[(i + step) % count] for step in range(-half, half + 1))[window // 2] for i in range(count)]


def avert_series(shared):
    """region -> [values of 2022, values of 2023] in g/kWh, local standard time."""
    pounds = read_gz(shared / "grid/avert_2022_marginal_lb_per_kwh.csv.gz")
    grams = read_gz(shared / "grid/avert_2023_marginal_gco2_per_kwh.csv.gz")
    found = {}
    for region in AVERT_REGIONS:
        first, second = pounds[0].index(region), grams[0].index(region)
        found[region] = [
            [float(row[first]) * GRAMS_PER_POUND for row in pounds[1:]],
            [float(row[second]) for row in grams[1:]],
        ]
        if any(len(values) != 8760 for values in found[region]):
            raise ValueError(f"AVERT {region}: not 8,760 hours")
    return found


# Regions whose rate is one value all year: known by name and hours from UTC, without a rate.
AVERT_CONSTANT = {"AKGD": ("Alaska grid", -9), "HIMS": ("Hawaii; other islands", -10), "HIOA": ("Oahu", -10)}


def build_avert_regions(shared, data):
    rows = []
    for region, years in avert_series(shared).items():
        name, offset_h = AVERT_REGIONS[region]
        rate = format(sum(years[0]) / len(years[0]), ".2f")
        rows.append([region, name, str(offset_h), rate, str(YEAR), "US EPA AVERT 2022", PUBLIC])
    rows += [[region, name, str(offset), "", str(YEAR), "US EPA AVERT 2022", PUBLIC]
             for region, (name, offset) in AVERT_CONSTANT.items()]  # fmt: skip
    header = ["region", "name", "utc_offset_h", "g_per_kwh", "year", "source", "licence"]
    write_table(data / "avert_regions.csv", AVERT_COMMENTS, header, sorted(rows))


AVERT_COMMENTS = [
    "Regions of EPA's AVERT: hours of their standard time from UTC, and the mean of the year's 8,760 marginal rates, direct CO2.",
    "Source: US EPA, AVERT, hourly marginal rates of 2022 (lb/kWh, times 453.59237), hours at or below zero included.",
    f"Licence: {PUBLIC}. Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "g_per_kwh: empty where the source has one value all year (Alaska, Hawaii).",
]


def build_marginal(shared, data):
    build_avert_regions(shared, data)
    rows = []
    for region, years in avert_series(shared).items():
        name, offset_h = AVERT_REGIONS[region]
        begin = datetime(YEAR, 1, 1) - timedelta(hours=offset_h)  # any year of 365 days
        moments = [begin + timedelta(hours=hour) for hour in range(8760)]
        cells = [(moment.month, moment.hour) for moment in moments] * 2
        means = month_hour_means(cells, years[0] + years[1])
        smooth = running_median(years[0]) + running_median(years[1])
        spreads = month_spreads(cells, smooth, means)
        lead = ["AVERT-" + region, f"{name} (AVERT region)", str(offset_h)]
        rows += profile_rows(lead, ["2023", AVERT, PUBLIC], means, spreads)
    header = ["zone", "name", "utc_offset_h", "month", "low", "high", *HOURS, "year", "source", "licence"]
    write_table(data / "profiles_marginal.csv", MARGINAL_COMMENTS, header, rows)
    return {"marginal profiles": len(rows) // 12}


MARGINAL_COMMENTS = [
    "Month x hour profiles of marginal emission rates of the 14 AVERT regions: direct CO2; months and hours in UTC.",
    "Source: US EPA, AVERT, hourly marginal rates of 2022 (lb/kWh, times 453.59237) and 2023 (g/kWh): mean of both years.",
    f"Licence: {PUBLIC}. Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "The source's hours are the region's standard time; utc_offset_h is what was taken off them to get UTC.",
    "hHH_dg_per_kwh: mean of the hour that begins at HH:00 UTC, in decigrams (tenths of g CO2) per kWh.",
    "low, high: quantiles as in profiles_average.csv, of the series after a centred 25 h median: single hours are noise.",
    "Left out because they are one value all year: AKGD, HIMS, HIOA (Alaska, Hawaii).",
]


def build_direct(shared, data):
    table = read_gz(shared / "grid/eia930_6ba_2019_2022.csv.gz")
    year = [row for row in table[1:] if row[0].startswith(f"{YEAR}-")]
    if len(year) != 8760:
        raise ValueError(f"EIA-930 {YEAR}: {len(year)} hours")
    cells = utc_cells([row[0] for row in year])
    rows = []
    for code, zone in sorted(EIA_ZONES.items(), key=lambda each: each[1].encode()):
        column = table[0].index(code + "_direct")
        values = [float(row[column]) for row in year]
        means = month_hour_means(cells, values)
        rows += profile_rows([zone], [str(YEAR), EIA, PUBLIC], means, month_spreads(cells, values, means))
    header = ["zone", "month", "low", "high", *HOURS, "year", "source", "licence"]
    write_table(data / "profiles_direct.csv", DIRECT_COMMENTS, header, rows)
    return {"direct profiles": len(rows) // 12}


DIRECT_COMMENTS = [
    "Month x hour profiles of average carbon intensity at the stack: direct CO2, production; UTC, year 2022.",
    "Source: EIA-930 hourly generation by fuel of six balancing authorities, with direct factors per fuel.",
    f"Licence: {PUBLIC}. Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "Columns as in profiles_average.csv.",
]


def build(shared, data):
    return {**build_electricity_maps(shared, data), **build_marginal(shared, data), **build_direct(shared, data)}
