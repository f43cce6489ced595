"""data/gpus.csv: design power and memory of accelerators by normalised name.

The key is the name that NVML or a data sheet gives, made plain:
 1. ASCII letters become lower case; every '-', '/', '(' and ')' becomes a space; words split at white space.
 2. The words nvidia, geforce, tesla, quadro, amd, gigabyte, gpu, graphics and generation go.
 3. What is left is joined by single spaces.
"NVIDIA A100-SXM4-80GB" -> "a100 sxm4 80gb"; "Tesla V100-PCIE-16GB" -> "v100 pcie 16gb".
"""

from pathlib import Path

from table_io import RETRIEVED, clean, number, read_csv, write_table

HEADER = [
    "key", "name", "kind", "tdp_w", "memory_gb", "memory", "tflops16", "dies", "year", "aliases", "embodied_kg", "embodied_lower_kg",
    "embodied_upper_kg", "embodied_source", "die_source", "source", "licence", "note",
]  # fmt: skip
COMMENTS = [
    "Design power and memory of accelerators by normalised name; sorted by key in byte order.",
    "Source: mlco2/impact gpus (MIT), changed: GPUs only, known errors corrected, NVML's names; data sheets.",
    f"Licence: per row. Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "key: the steps are in tools/table_gpus.py and data/README.md. note: what was corrected or assumed.",
    "kind: gpu, accelerator or module (a whole board computer). memory_gb and dies are those of the whole product.",
    "tflops16: dense peak of 16-bit matrix products in TFLOP/s, entered by hand from the maker's data sheet. Empty = not known.",
    "dies: mm2 @ process node in nm (8x115@5+4x370@6). aliases: other names, by '|', in the form of a key.",
    "embodied_kg: published cradle-to-gate figure; empty = none is known to us, the bottom-up model serves.",
    "note: also with what the row was compared on 2026-11-26 (tools/gpu_compared.csv names the sources and their licences).",
]
LISTS = {"E": "Epoch AI 2025", "T": "TechPowerUp 2025", "W": "Wikipedia 2026"}

DROPPED = {"nvidia", "geforce", "tesla", "quadro", "amd", "gigabyte", "gpu", "graphics", "generation"}

# Source name -> list of (name as NVML or the maker gives it, design power, memory, note). None keeps the source's
# number.
RENAMED = {
    "H100 SXM": [("NVIDIA H100 80GB HBM3", None, None, "SXM5")],
    "A100 PCIe 40/80GB": [
        ("NVIDIA A100-PCIE-40GB", 250, 40, ""),
        ("NVIDIA A100 80GB PCIe", 300, 80, "corrected: the source gives 250 W for both sizes"),
    ],
    "A100 SXM4 80 GB": [
        ("NVIDIA A100-SXM4-80GB", None, None, ""),
        ("NVIDIA A100-SXM4-40GB", 400, 40, "power as of the 80 GB module; same data sheet"),
    ],
    "Tesla V100-PCIE-16GB": [
        ("Tesla V100-PCIE-16GB", 250, 16, "corrected: the source swaps PCIE and SXM2"),
        ("Tesla V100-PCIE-32GB", 250, 32, "power as of the 16 GB card"),
    ],
    "Tesla V100-SXM2-16GB": [("Tesla V100-SXM2-16GB", 300, 16, "corrected: the source swaps PCIE and SXM2")],
    "AMD RX480": [("AMD RX 480", None, None, "")],
    "AGX Xavier": [("NVIDIA Jetson AGX Xavier", None, None, "whole module")],
    "GIGABYTE GTX 1660 OC": [("GeForce GTX 1660", None, None, "a card with a raised clock")],
    "Tesla P100": [("Tesla P100-PCIE-16GB", None, None, "")],
    "Tesla M40 24GB": [("Tesla M40 24GB", None, 24, "memory corrected: the source says 12")],
    "Tesla K80": [("Tesla K80", None, None, "whole board of two GPUs; memory of each")],
    "RTX 8000": [("Quadro RTX 8000", None, None, "board power 260 W")],
    "Titan RTX": [("NVIDIA TITAN RTX", None, None, "")],
    "Titan V": [("NVIDIA TITAN V", None, None, "")],
    "Titan Xp": [("NVIDIA TITAN Xp", None, None, "")],
}
NOT_TAKEN = {
    "GTX 750": "250 W and 24 GB are not a GTX 750",
    "TPUv2 Chip": "average consumption, not a design power",
    "TPUv3 Chip": "average consumption, not a design power",
}
def normalise(name):
    text = "".join(c.lower() if " " <= c <= "~" else " " for c in name)
    for mark in "-/()":
        text = text.replace(mark, " ")
    return " ".join(word for word in text.split() if word not in DROPPED)


def mlco2_rows(shared):
    """(name, design power, memory, source, note) of every usable row of the source, known errors corrected."""
    for row in read_csv(shared / "factors/gpu_tdp_mlco2.csv"):
        if row["type"] != "gpu" or row["name"] in NOT_TAKEN:
            continue
        if row["source"] is None:  # one field is missing in the middle of the row: the last two have moved left
            row["source"], row["memory"] = row["memory"], row["GFLOPS16/W"]
        memory = row["memory"] if row["memory"].replace(".", "").isdigit() else ""
        for name, tdp_w, memory_gb, note in RENAMED.get(row["name"], [(row["name"], None, None, "")]):
            yield name, tdp_w or row["tdp_watts"], memory_gb or memory, row["source"], note


def joined_notes(*notes):
    return "; ".join(note for note in notes if note)


def compared_notes():
    """By key: what the row was compared with, and what came of it."""
    notes = {}
    for row in read_csv(Path(__file__).parent / "gpu_compared.csv"):
        seen = [row["maker"]] if row["maker"] else []
        seen += [LISTS[letter] for letter in row["lists"].split("|") if letter]
        note = "compared with " + " and ".join(seen)
        if row["outcome"] not in ("", "corrected", "added", "kept"):
            raise ValueError(f"gpu_compared.csv, {row['key']}: '{row['outcome']}'; write corrected, added, kept or nothing")
        notes[row["key"]] = joined_notes(note, f"{row['outcome']}: {row['what']}" if row["outcome"] else "")
    return notes


def build(shared, data):
    compared = compared_notes()
    by_hand = {normalise(row["name"]): row for row in read_csv(Path(__file__).parent / "gpu_list.csv")}
    footprints = {normalise(row["name"]): row for row in read_csv(Path(__file__).parent / "gpu_footprints.csv")}
    rows = {}

    def add(name, tdp_w, memory_gb, source, licence, note):
        key = normalise(name)
        if key in rows:
            raise ValueError(f"two rows for {key}")
        more = by_hand.pop(key, {})
        made = footprints.pop(key, {})
        rows[key] = [
            key, clean(name), more.get("kind", "gpu"), number(tdp_w), number(memory_gb), more.get("memory", ""),
            more.get("tflops16", ""), more.get("dies", ""), more.get("year", ""), more.get("aliases", ""), number(made.get("embodied_kg", "")),
            number(made.get("lower_kg", "")), number(made.get("upper_kg", "")), clean(made.get("source", "")),
            clean(more.get("die_source", "")), clean(source), licence,
            clean(joined_notes(note, more.get("note", ""), compared.pop(key, "not compared"))),
        ]  # fmt: skip

    for name, tdp_w, memory_gb, source, note in mlco2_rows(shared):
        add(name, tdp_w, memory_gb, "mlco2/impact: " + source, "MIT", note)
    for row in list(by_hand.values()):
        if not row["source"]:
            raise ValueError(f"{row['name']}: in neither mlco2/impact nor a named source")
        add(row["name"], row["tdp_w"], row["memory_gb"], row["source"], "fact", "entered by hand")
    if footprints:
        raise ValueError(f"footprints of no row: {sorted(footprints)}")
    if compared:
        raise ValueError(f"gpu_compared.csv has keys of no row: {sorted(compared)}")
    check_names(rows)
    write_table(data / "gpus.csv", COMMENTS, HEADER, [rows[key] for key in sorted(rows, key=str.encode)])
    return {"gpus": len(rows)}


def check_names(rows):
    """An alias is normal and nobody else's key or alias."""
    seen = set(rows)
    for row in rows.values():
        for alias in filter(None, row[9].split("|")):
            if alias in seen or alias != normalise(alias):
                raise ValueError(f"{row[0]}: the alias '{alias}' is taken or is not normal")
            seen.add(alias)
