"""data/zones.csv: yearly average intensity of countries and of sub-national grids; data/zone_years.csv: year by year."""

from pathlib import Path

from table_io import RETRIEVED, clean, read_csv, write_table

HEADER = [
    "zone",
    "name",
    "parent",
    "factor_g_per_kwh",
    "type",
    "accounting",
    "losses",
    "year",
    "prev_year",
    "prev_factor_g_per_kwh",
    "source",
    "licence",
]

# Codes that the Eco2AI list of countries does not hold. Kosovo has no ISO code of its own; XK is the user-assigned one.
ALPHA2 = {"BMU": "BM", "TLS": "TL", "GIB": "GI", "OWID_KOS": "XK", "SHN": "SH", "ESH": "EH", "NAM": "NA"}
NOT_A_COUNTRY = {"OWID_WRL"}

EMBER = "Ember and Our World in Data: carbon intensity of electricity"
ECO2AI = "Eco2AI carbon index (reference year and boundary not stated; year = publication)"

COMMENTS = [
    "Yearly average carbon intensity of electricity: countries (ISO 3166-1 alpha-2), regions (ISO 3166-2).",
    "Source: Ember and Our World in Data (CC BY 4.0), changed: latest year with data picked, codes mapped.",
    "Source: Eco2AI carbon index (Apache-2.0), changed: kg/MWh read as g/kWh, regions mapped to ISO 3166-2 codes.",
    f"Licence: per row. Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "type: lifecycle = CO2e with upstream; direct = at the stack only; unknown = the source does not say.",
    "accounting: production or consumption. losses: whether grid losses are inside the factor.",
    "parent: the zone that serves when this one is not wanted; empty for a country.",
    "factor_g_per_kwh: the digits of the source.",
    "There is no row for the world: an unknown zone takes zone_unknown_g_per_kwh of defaults.csv.",
]


def country_codes(shared):
    """alpha-3 (or the source's own code) -> alpha-2."""
    codes = {
        row["alpha_3_code"]: row["alpha_2_code"]
        for row in read_csv(shared / "factors/eco2ai_carbon_index_kg_per_mwh.csv")
        if len(row["alpha_2_code"]) == 2 and len(row["alpha_3_code"]) == 3
    }
    codes.update(ALPHA2)
    return codes


def country_years(shared):
    """Country code of the source -> year -> factor as text; and names. A lifecycle factor of 0 is not possible: such
    years are a rounding artefact of tiny grids and are passed over."""
    codes = country_codes(shared)
    years = {}
    names = {}
    table = read_csv(shared / "factors/country_average_owid_ember.csv")
    column = next(key for key in table[0] if key.startswith("Carbon intensity"))
    for row in table:
        code = row["Code"]
        if not code or code in NOT_A_COUNTRY or row[column] == "" or float(row[column]) <= 0.0:
            continue
        years.setdefault(code, {})[int(row["Year"])] = row[column]
        names[code] = row["Entity"]
    for code in years:
        if code not in codes:
            raise ValueError(f"no alpha-2 code for {code} ({names[code]})")
    return codes, years, names


def country_rows(shared):
    """The latest year of every country, with the newest older year beside it."""
    codes, years, names = country_years(shared)
    rows = []
    for code, series in years.items():
        order = sorted(series)
        previous = order[-2] if len(order) > 1 else None
        rows.append(
            [
                codes[code],
                clean(names[code]),
                "",
                clean(series[order[-1]]),
                "lifecycle",
                "production",
                "excluded",
                str(order[-1]),
                str(previous or ""),
                clean(series[previous]) if previous else "",
                EMBER,
                "CC BY 4.0",
            ]
        )
    return rows


def year_rows(shared):
    """One row a country: its factor in each of YEARS, empty where the source has none."""
    codes, years, _ = country_years(shared)
    rows = [
        [codes[code], *[clean(series[year]) if year in series else "" for year in YEARS], EMBER, "CC BY 4.0"]
        for code, series in years.items()
    ]
    return sorted((row for row in rows if any(row[1:-2])), key=lambda row: row[0].encode())


def region_rows(shared):
    """Sub-national rows; tools/zone_codes.csv says which code a name means and which rows are not taken."""
    names = {(row["country"], row["source_region"]): row for row in read_csv(Path(__file__).parent / "zone_codes.csv")}
    rows = []
    for row in read_csv(shared / "factors/eco2ai_carbon_index_kg_per_mwh.csv"):
        if row["region"] == "Whole country":
            continue
        place = names[(row["country"], row["region"].strip())]
        if not place["zone"]:
            continue
        rows.append(
            [
                place["zone"],
                clean(place["name"]),
                place["zone"][:2],
                clean(row["Emission intensity, kg/MWh"]),
                "unknown",
                "unknown",
                "unknown",
                "2022",
                "",
                "",
                ECO2AI,
                "Apache-2.0",
            ]
        )
    return rows


YEARS = range(2015, 2025)
YEARS_COMMENTS = [
    "Yearly average carbon intensity of electricity of countries, year by year: how far the level of a grid has moved.",
    "Source: Ember and Our World in Data (CC BY 4.0), changed: years picked, one row a country, codes mapped.",
    f"Licence: CC BY 4.0. Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "Lifecycle CO2e, production, without grid losses, g/kWh, the digits of the source; empty: the source has no figure.",
]


def build(shared, data):
    years = year_rows(shared)
    write_table(
        data / "zone_years.csv", YEARS_COMMENTS, ["zone", *[f"y{year}" for year in YEARS], "source", "licence"], years
    )
    rows = country_rows(shared) + region_rows(shared)
    rows.sort(key=lambda row: row[0].encode())
    keys = [row[0] for row in rows]
    if len(keys) != len(set(keys)):
        raise ValueError("a zone has two rows: " + str({key for key in keys if keys.count(key) > 1}))
    write_table(data / "zones.csv", COMMENTS, HEADER, rows)
    return {
        "zones": len(rows),
        "countries": sum(row[2] == "" for row in rows),
        "regions": sum(row[2] != "" for row in rows),
        "years": len(years),
    }
