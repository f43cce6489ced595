"""data/defaults.csv: the number that serves when nothing better is known, its 95 % range and where it comes from.

The values are those of docs/methods; two rows (design power per thread) are computed from the sources."""

import table_cpus
from table_io import RETRIEVED, clean, number, write_table

HEADER = ["key", "value", "lower", "upper", "unit", "basis", "source", "year", "experience"]
COMMENTS = [
    "Defaults: the value that serves when nothing better is known, with its 95 % range.",
    "Source: per row. Licence: Apache-2.0 (Olivine); grid rows after Ember and Our World in Data (CC BY 4.0).",
    f"Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "basis: reference = a published or counted statistic; assumed = stands in for what this site does not say.",
    "experience: yes = value or range is from experience, to be replaced when a better source is at hand.",
    "unit: '1' is a plain ratio; gain_* and yearly_factor_* rows are factors around 1 with their range.",
    "PUE of an own desktop or laptop is not applicable and has no row.",
]

SERIES = "123 zones 2022 hour by hour against their yearly mean"
AGE = "country series 2000-2024: later year over earlier year"
SENSOR = "to be replaced by calibration against a wall meter"
# The greatest host_vcpus of each family without GPUs: 384 families.
HOSTS = "384 families of cloud hosts (data/cloud_instances.csv)"
ROWS = [
    (
        "pue_datacentre",
        1.56,
        1.1,
        2.0,
        "1",
        "assumed",
        "Uptime Institute global survey; upper end widened",
        2024,
        "yes",
    ),
    (
        "zone_unknown_g_per_kwh",
        473,
        25,
        845,
        "g/kWh",
        "assumed",
        "Ember world mean 2024; range from the quantiles of countries 2023",
        2024,
        "no",
    ),
    ("yearly_factor_for_hour", 1, 0.42, 1.65, "1", "reference", SERIES, 2022, "no"),
    ("yearly_factor_for_day", 1, 0.47, 1.56, "1", "reference", SERIES, 2022, "no"),
    ("profile_for_hour", 1, 0.57, 1.44, "1", "reference", "the same against a month x hour profile", 2022, "no"),
    ("factor_age_1y", 1, 0.74, 1.30, "1", "reference", AGE, 2024, "no"),
    ("factor_age_2y", 1, 0.67, 1.40, "1", "reference", AGE, 2024, "no"),
    (
        "grid_loss_fraction",
        0.07,
        0.03,
        0.18,
        "1",
        "assumed",
        "World Bank transmission and distribution losses; range judged",
        2018,
        "yes",
    ),
    ("server_life_years", 5, 3, 7, "year", "assumed", "Wu et al. 2021; BLOOM; widened", 2022, "yes"),
    ("server_utilisation", 0.5, 0.2, 0.9, "1", "assumed", "Wu et al. 2021; BLOOM; widened", 2022, "yes"),
    ("memory_w_per_gb", 0.37, 0.10, 1.0, "W/GB", "reference", "Green Algorithms; Cloud Carbon Footprint", 2021, "no"),
    (
        "cpu_idle_fraction",
        0.18,
        0.06,
        0.40,
        "1",
        "reference",
        "RAPL load curves of three CPUs; SPECpower idle and full power",
        2025,
        "no",
    ),
    (
        "gpu_idle_fraction",
        0.12,
        0.05,
        0.20,
        "1",
        "assumed",
        "arXiv 2605.23918 and experience: share of the design power",
        2026,
        "yes",
    ),
    ("gpu_context_w", 40, 26, 66, "W", "reference", "arXiv 2605.23918: data-centre parts", 2026, "no"),
    ("psu_efficiency", 0.93, 0.86, 0.96, "1", "assumed", "80 PLUS classes; load not known", 2024, "yes"),
    (
        "rest_of_node_server_w",
        60,
        20,
        150,
        "W",
        "assumed",
        "experience: board; fans; disks; network at DC",
        2026,
        "yes",
    ),
    ("rest_of_node_desktop_w", 30, 10, 60, "W", "assumed", "experience: board; fans; disks at DC", 2026, "yes"),
    (
        "network_kwh_per_gb",
        0.0065,
        0.001,
        0.06,
        "kWh/GB",
        "assumed",
        "Carbon Trust 2021 after Aslan et al. 2018; from Cloud Carbon Footprint's 0.001 to Aslan's 0.06 of 2015",
        2021,
        "no",
    ),
    ("gain_rapl_intel", 1, 0.95, 1.05, "1", "assumed", "RAPL of Haswell and later; " + SENSOR, 2026, "yes"),
    ("gain_rapl_amd", 1, 0.90, 1.10, "1", "assumed", "modelled by the firmware; " + SENSOR, 2026, "yes"),
    ("gain_dram", 1, 0.80, 1.20, "1", "assumed", SENSOR, 2026, "yes"),
    ("gain_nvml", 1, 0.95, 1.05, "1", "assumed", SENSOR, 2026, "yes"),
    (
        "embodied_server_kg",
        1200,
        700,
        2500,
        "kg",
        "assumed",
        "between Cloud Carbon Footprint's 1000 kg base server and BLOOM's 2500 kg",
        2022,
        "yes",
    ),
    (
        "embodied_desktop_kg",
        250,
        150,
        400,
        "kg",
        "assumed",
        "experience: makers' product footprints; manufacturing share",
        2026,
        "yes",
    ),
    (
        "embodied_laptop_kg",
        200,
        120,
        300,
        "kg",
        "assumed",
        "experience: makers' product footprints; manufacturing share",
        2026,
        "yes",
    ),
    (
        "water_grid_l_per_kwh",
        3.1,
        1.0,
        8.0,
        "L/kWh",
        "assumed",
        "METHODS 15: consumption at the power plants; range judged",
        2026,
        "yes",
    ),
    (
        "water_site_l_per_kwh",
        1.8,
        0,
        2.5,
        "L/kWh",
        "assumed",
        "METHODS 15: consumption at the site; range judged",
        2026,
        "yes",
    ),
    ("fab_g_per_kwh", 583, 380, 820, "g/kWh", "assumed", "Gupta et al. 2022: Taiwan; range from the USA to coal", 2022, "no"),
    ("fab_gas_abatement", 0.97, 0.95, 0.99, "1", "assumed", "Gupta et al. 2022: the middle of 95 and 99 %", 2022, "no"),
    ("fab_yield", 0.875, 0.6, 0.95, "1", "assumed", "Gupta et al. 2022; range judged", 2022, "yes"),
    ("fab_model_factor", 1, 0.7, 1.5, "1", "assumed", "experience: published die footprints against the model", 2026, "yes"),
    ("cloud_watts_factor", 1, 0.6, 1.5, "1", "assumed", "experience: Cloud Carbon Footprint's watts against a host's", 2026, "yes"),
    ("gpu_load_fraction", 0.85, 0.6, 1, "1", "assumed", "experience: mean power over design power in training", 2026, "yes"),
    ("cloud_cpu_load", 0.5, 0.1, 1, "1", "assumed", "Cloud Carbon Footprint: half for want of a measurement; range judged", 2023, "yes"),
    ("gpu_host_fraction", 0.45, 0.15, 0.8, "1", "assumed", "experience: Cloud Carbon Footprint's p4d.24xlarge has 0.43 at half load", 2026, "yes"),
    ("model_flops_utilisation", 0.4, 0.2, 0.55, "1", "assumed", "experience: published training runs of large models", 2026, "yes"),
    ("host_vcpus", 64, 8, 416, "vcpu", "assumed", f"median and 2.5/97.5 % quantiles of {HOSTS}", 2026, "no"),
]


def build(shared, data):
    rows = [
        [key, number(value), number(lower), number(upper), unit, basis, clean(source), str(year), experience]
        for key, value, lower, upper, unit, basis, source, year, experience in ROWS
    ]
    for group, (median, lower, upper, count) in sorted(table_cpus.tdp_per_thread(shared).items()):
        source = f"median and 2.5/97.5 % quantiles of {count} CPUs: power by threads (SPECpower; Eco2AI core counts)"
        rows.append(
            [
                f"cpu_tdp_per_thread_{group}_w",
                number(median, 3),
                number(lower, 3),
                number(upper, 3),
                "W",
                "assumed",
                clean(source),
                "2026",
                "no",
            ]
        )
    for row in rows:
        if not float(row[2]) <= float(row[1]) <= float(row[3]):
            raise ValueError(f"range does not hold the value: {row}")
    write_table(data / "defaults.csv", COMMENTS, HEADER, rows)
    return {"defaults": len(rows)}
