"""data/cloud_instances.csv: virtual machines of three clouds: size, share of the host, watts and the host's embodied carbon.

From Cloud Carbon Footprint (Apache-2.0, archived 2023): watts of AWS instances at idle, half and full load with memory, GPUs and
the rest of the host; watts per vCPU by processor generation for Azure and Google; embodied carbon of the host. GPU instances that it
lacks come from instance_list.csv (the providers' own lists), without watts: the catalogue's GPUs and defaults serve.
"""

import re
from pathlib import Path

from table_io import RETRIEVED, clean, number, read_csv, write_table

HEADER = [
    "key", "provider", "name", "vcpus", "host_vcpus", "memory_gb", "cpu", "gpu", "gpus", "idle_w", "half_w", "full_w",
    "vcpu_idle_w", "vcpu_full_w", "host_embodied_kg", "host_embodied_lower_kg", "host_embodied_upper_kg", "year", "source",
    "licence", "note",
]  # fmt: skip
COMMENTS = [
    "Cloud instances: size, share of the host, power and the host's embodied carbon; sorted by key in byte order.",
    "Source: Cloud Carbon Footprint (Apache-2.0), changed: keyed, merged over processor generations; providers' lists. Per row.",
    f"Licence: per row. Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "vcpus / host_vcpus: the instance's share of its host; host_vcpus of Azure and Google is the largest size of the family.",
    "idle_w, half_w, full_w: of the whole instance with memory, GPUs and its part of the rest of the host. Empty = not known.",
    "vcpu_idle_w, vcpu_full_w: of one vCPU by processor generation; over several generations the least idle and the greatest full.",
    "host_embodied_kg: of the whole host, GPUs included; range assumed: 0.58 to 2.08 of it, as defaults.csv has embodied_server_kg.",
    "gpu: key of gpus.csv. cpu: as the source names it; empty = several or not known.",
]
CCF = "Cloud Carbon Footprint"
LOWER, UPPER = 700.0 / 1200.0, 2500.0 / 1200.0
GPU_KEYS = {
    "T4": "t4", "Tesla M60": "m60", "Tesla V100": "v100 sxm2 16gb", "Tesla K80": "k80", "Tesla A100": "a100 sxm4 40gb",
}  # fmt: skip
MONTHS_YEAR = re.compile(r"(20\d\d)")


def comma_number(text):
    return number(text.replace(",", ".")) if re.fullmatch(r"[\d.,]+", text) else ""


def embodied_fields(kilograms):
    if kilograms == "":
        return ["", "", ""]
    value = float(kilograms)
    return [number(value, 5), rounded(value * LOWER), rounded(value * UPPER)]


def rounded(value):
    """Three digits, without an exponent."""
    return number(float(f"{value:.3g}"))


def aws_rows(shared):
    made = {row["type"]: row["total"] for row in read_csv(shared / "factors/ccf_aws-embodied.csv")}
    for row in read_csv(shared / "factors/ccf_aws_instances.csv"):
        name = row["Instance type"].strip()
        gpus = row["Instance Number of GPU"]
        gpu = row["Platform GPU Name"] if re.fullmatch(r"\d+", gpus) and int(gpus) > 0 else ""
        year = MONTHS_YEAR.search(row["Release Date"])
        yield [
            "aws", name, comma_number(row["Instance vCPU"]), comma_number(row["Platform Total Number of vCPU"]),
            comma_number(row["Instance Memory (in GB)"]), clean(row["Platform CPU Name"]), GPU_KEYS.get(gpu, clean(gpu).lower()),
            gpus if gpu else "", comma_number(row["Instance @ Idle"]), comma_number(row["Instance @ 50%"]),
            comma_number(row["Instance @ 100%"]), "", "", *embodied_fields(made.get(name, "")), year[1] if year else "",
            f"{CCF}: AWS instances", "Apache-2.0", "",
        ]  # fmt: skip


# Sizes whose number is no count of vCPUs: D and DS version 2, G and GS.
AZURE_VCPUS = {
    ("D", "v2"): {1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 11: 2, 12: 4, 13: 8, 14: 16, 15: 20},
    ("G", ""): {1: 2, 2: 4, 3: 8, 4: 16, 5: 32},
}


def azure_vcpus(name):
    """(vCPUs of the instance, vCPUs it would have unconstrained) by Microsoft's naming rule: E16-4as v4 has 4 of 16."""
    found = re.fullmatch(r"([A-Z][A-Za-z]*?)(\d+)(?:-(\d+))?[A-Za-z]*(?: (?:Promo|T4))?(?: (v\d))?", name)
    if not found or name.startswith("S"):  # S...: SAP HANA on bare metal, whose number is another count
        return "", ""
    family = {"DS": "D", "Gs": "G", "GS": "G"}.get(found[1], found[1])
    whole = int(found[2])
    odd = AZURE_VCPUS.get((family, found[4] or ""))
    if odd is not None:
        if whole not in odd:
            return "", ""
        whole = odd[whole]
    return (int(found[3]) if found[3] else whole), whole


A2_VCPUS = {"a2-highgpu-1g": 12, "a2-highgpu-2g": 24, "a2-highgpu-4g": 48, "a2-highgpu-8g": 96, "a2-megagpu-16g": 96}


def gcp_vcpus(name):
    found = re.fullmatch(r"[a-z]\d\w*-(?:standard|highmem|highcpu|megamem|ultramem)-(\d+)", name)
    count = int(found[1]) if found else A2_VCPUS.get(name, "")
    return count, count


def gpu_of_gcp(name):
    found = re.fullmatch(r"a2-(?:high|mega)gpu-(\d+)g", name)
    return ("a100 sxm4 40gb", found[1]) if found else ("", "")


def merged_rows(shared, provider, vcpus_of):
    """One row an instance: its microarchitectures merged."""
    watts = {row["Architecture"]: row for row in read_csv(shared / f"factors/ccf_{provider}-use.csv")}
    families, found = {}, {}
    for row in read_csv(shared / f"factors/ccf_{provider}-embodied.csv"):
        name, family = re.sub(r" 1$", "", clean(row["type"])), row["family"].strip()  # a footnote mark of the list
        entry = found.setdefault(name, {"family": family, "totals": [], "idle": [], "full": []})
        entry["totals"].append(float(row["total"]))
        use = watts.get(row["microarchitecture"])
        if use:
            entry["idle"].append(float(use["Min Watts"]))
            entry["full"].append(float(use["Max Watts"]))
        whole = vcpus_of(name)[1]
        if whole != "" and not family.startswith("Constrained"):
            families[family] = max(families.get(family, 0), whole)
    for name, entry in found.items():
        vcpus, _ = vcpus_of(name)
        gpu, gpus = gpu_of_gcp(name) if provider == "gcp" else ("", "")
        host = str(families.get(entry["family"], "")) if vcpus != "" else ""
        made = embodied_fields(sum(entry["totals"]) / len(entry["totals"]))
        made[1] = rounded(min(entry["totals"]) * LOWER)
        made[2] = rounded(max(entry["totals"]) * UPPER)
        yield [
            provider, name, str(vcpus), host, "", "", gpu, gpus, "", "", "", number(min(entry["idle"], default=""), 4),
            number(max(entry["full"], default=""), 4), *made, "", f"{CCF}: {provider.upper() if provider == 'gcp' else 'Azure'} instances",
            "Apache-2.0", "several processor generations" if len(entry["totals"]) > 1 else "",
        ]  # fmt: skip


def listed_rows():
    for row in read_csv(Path(__file__).parent / "instance_list.csv"):
        yield [
            row["provider"], row["name"], row["vcpus"], row["host_vcpus"], row["memory_gb"], row["cpu"], row["gpu"], row["gpus"],
            "", "", "", "", "", "", "", "", "", row["source"], "fact", "entered by hand",
        ]  # fmt: skip


def key_of(provider, name):
    return f"{provider} {name.lower()}"


def build(shared, data):
    gpus = {row["key"] for row in read_csv(data / "gpus.csv")}
    rows = {}
    sources = [aws_rows(shared), merged_rows(shared, "azure", azure_vcpus), merged_rows(shared, "gcp", gcp_vcpus), listed_rows()]
    for row in (row for source in sources for row in source):
        if row[6] and row[6] not in gpus:
            row[19] = clean(f"{row[19]}; the GPU is in no table" if row[19] else "the GPU is in no table")
        key = key_of(row[0], row[1])
        if key in rows:
            raise ValueError(f"two rows for {key}")
        rows[key] = [key, *row]
    write_table(data / "cloud_instances.csv", COMMENTS, HEADER, [rows[key] for key in sorted(rows, key=str.encode)])
    return {"cloud instances": len(rows)}
