"""data/fuel_factors.csv and data/fuel_codes.csv: emissions of a kWh by fuel, direct and lifecycle, and the codes that EIA and
ENTSO-E give the fuels. A fuel for which a source states nothing has no row: unknown is not zero."""

from table_io import RETRIEVED, clean, number, write_table

HEADER = ["set", "fuel", "boundary", "g_per_kwh", "lower", "upper", "gases", "year", "source", "licence"]
COMMENTS = [
    "Emissions per kWh of electricity by fuel.",
    "Source: per row. IPCC AR5 WG3 Annex III, table A.III.2: medians with minimum and maximum of the literature.",
    f"Licence: facts, tabulated for Olivine, Apache-2.0. Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "set: default = what the product uses; eia_direct = the factors of METHODS 12; dacf = the published forecasts' factors.",
    "boundary: direct = at the stack only, lifecycle = with upstream and construction. lower, upper: empty = not stated.",
]
AR5 = "IPCC AR5 WG3 Annex III table A.III.2"
POST = "UK Parliamentary Office of Science and Technology: POSTnote 268 (AR5 states no oil)"
EIA = "EIA: CO2 per kWh of US power plants; as METHODS 12 states it"
DACF = "DACF (Maji et al. 2022) table 1"

# fuel: lifecycle (median, minimum, maximum), direct (the same)
AR5_ROWS = {
    "coal": ((820, 740, 910), (760, 670, 870)),
    "gas": ((490, 410, 650), (370, 350, 490)),
    "biomass": ((230, 130, 420), None),
    "geothermal": ((38, 6, 79), (0, 0, 0)),
    "hydro": ((24, 1, 2200), (0, 0, 0)),
    "nuclear": ((12, 3.7, 110), (0, 0, 0)),
    "ocean": ((17, 5.6, 28), (0, 0, 0)),
    "solar_csp": ((27, 8.8, 63), (0, 0, 0)),
    "solar_rooftop": ((41, 26, 60), (0, 0, 0)),
    "solar_utility": ((48, 18, 180), (0, 0, 0)),
    "wind_offshore": ((12, 8, 35), (0, 0, 0)),
    "wind_onshore": ((11, 7, 56), (0, 0, 0)),
}
OTHER_ROWS = [
    ("default", "oil", "lifecycle", 650, "", "", "co2e", 2006, POST),
    ("default", "oil", "direct", 740, "", "", "co2", 2022, EIA),
    ("eia_direct", "coal", "direct", 1003.7, "", "", "co2", 2022, EIA),
    ("eia_direct", "gas", "direct", 430, "", "", "co2", 2022, EIA),
    ("eia_direct", "oil", "direct", 740, "", "", "co2", 2022, EIA),
    ("eia_direct", "hydro", "direct", 0, 0, 0, "co2", 2022, EIA),
    ("dacf", "coal", "direct", 760, "", "", "co2e", 2022, DACF),
    ("dacf", "gas", "direct", 370, "", "", "co2e", 2022, DACF),
    ("dacf", "oil", "direct", 406, "", "", "co2e", 2022, DACF),
    ("dacf", "other", "direct", 575, "", "", "co2e", 2022, DACF),
]

CODE_HEADER = ["scheme", "code", "fuel", "name", "year", "source", "licence"]
CODE_COMMENTS = [
    "Codes of fuels and the fuel of fuel_factors.csv that each means.",
    "Source: EIA-930 energy sources; ENTSO-E production types (psrType).",
    f"Licence: facts, tabulated for Olivine, Apache-2.0. Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "fuel: empty = the code says nothing of which a factor is known (storage gives back what it took; other is a mixture).",
]
CODES = [
    ("eia", "COL", "coal", "coal"),
    ("eia", "NG", "gas", "natural gas"),
    ("eia", "OIL", "oil", "petroleum"),
    ("eia", "NUC", "nuclear", "nuclear"),
    ("eia", "WAT", "hydro", "hydro"),
    ("eia", "SUN", "solar_utility", "solar"),
    ("eia", "WND", "wind_onshore", "wind"),
    ("eia", "GEO", "geothermal", "geothermal"),
    ("eia", "OTH", "", "other"),
    ("eia", "UNK", "", "unknown"),
    ("eia", "PS", "", "pumped storage"),
    ("eia", "BAT", "", "battery storage"),
    ("entsoe", "B01", "biomass", "biomass"),
    ("entsoe", "B02", "coal", "brown coal and lignite"),
    ("entsoe", "B03", "", "coal-derived gas"),
    ("entsoe", "B04", "gas", "fossil gas"),
    ("entsoe", "B05", "coal", "hard coal"),
    ("entsoe", "B06", "oil", "fossil oil"),
    ("entsoe", "B07", "", "oil shale"),
    ("entsoe", "B08", "", "peat"),
    ("entsoe", "B09", "geothermal", "geothermal"),
    ("entsoe", "B10", "", "pumped storage"),
    ("entsoe", "B11", "hydro", "run-of-river and poundage"),
    ("entsoe", "B12", "hydro", "water reservoir"),
    ("entsoe", "B13", "ocean", "marine"),
    ("entsoe", "B14", "nuclear", "nuclear"),
    ("entsoe", "B15", "", "other renewable"),
    ("entsoe", "B16", "solar_utility", "solar"),
    ("entsoe", "B17", "", "waste"),
    ("entsoe", "B18", "wind_offshore", "wind offshore"),
    ("entsoe", "B19", "wind_onshore", "wind onshore"),
    ("entsoe", "B20", "", "other"),
    ("entsoe", "B25", "", "energy storage"),
]
CODE_SOURCES = {"eia": "EIA-930: energy sources", "entsoe": "ENTSO-E: production types"}


def ar5_rows():
    for fuel, (lifecycle, direct) in AR5_ROWS.items():
        for boundary, values in (("lifecycle", lifecycle), ("direct", direct)):
            if values:
                yield ("default", fuel, boundary, *values, "co2e", 2014, AR5)


def build(shared, data):
    rows = [
        [name, fuel, boundary, *[number(v) for v in values], gases, str(year), clean(source), "fact"]
        for name, fuel, boundary, *values, gases, year, source in [*ar5_rows(), *OTHER_ROWS]
    ]
    rows.sort()
    write_table(data / "fuel_factors.csv", COMMENTS, HEADER, rows)
    fuels = {row[1] for row in rows}
    if {fuel for _, _, fuel, _ in CODES} - fuels - {""}:
        raise ValueError("a code names a fuel without a factor")
    codes = [[scheme, code, fuel, name, RETRIEVED, CODE_SOURCES[scheme], "fact"] for scheme, code, fuel, name in CODES]
    write_table(data / "fuel_codes.csv", CODE_COMMENTS, CODE_HEADER, codes)
    return {"fuel factors": len(rows), "fuel codes": len(codes)}
