"""data/cpus.csv: thermal design power by CPU name, and data/cpu_name_cases.csv: the shared test of the
normalisation."""

import re
import statistics

from cpu_names import aliases, names_a_product, normalise
from table_io import RETRIEVED, clean, number, read_csv, write_table

HEADER = [
    "key",
    "name",
    "class",
    "tdp_w",
    "tdp_lower_w",
    "tdp_upper_w",
    "cores",
    "threads",
    "code_name",
    "year",
    "source",
    "licence",
]
COMMENTS = [
    "Thermal design power of CPUs by normalised name; sorted by key in byte order for a binary search.",
    "Source: Eco2AI cpu names (Apache-2.0) and CodeCarbon cpu power (MIT), changed: merged, keyed, ranges kept.",
    f"Licence: per row; 'both' = taken from both sources. Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "key: the steps are in tools/cpu_names.py and data/README.md.",
    "tdp_w: base power where the source gives base and turbo power; else the median of what the sources say.",
    "tdp_lower_w and tdp_upper_w: the least and the greatest value any source gives (turbo power included).",
    "cores, threads, code_name, year: empty = the sources do not say.",
]
LICENCES = {"eco2ai": "Apache-2.0", "codecarbon": "MIT", "both": "Apache-2.0 and MIT"}

MOBILE_SUFFIX = re.compile(r"\d+(u|h|hs|hx|hk|hq|hf|y|m|mq|qm|xm|lm|um|mx|p|v|ue|le|g[147]|g10|hl|ul)")
CLIENT = {"core", "ryzen", "celeron", "pentium", "athlon", "phenom", "fx", "sempron", "pro", "e1", "e2", "e", "c", "z"}
MOBILE_POWER_W = 28.0


def processor_class(key, tdp_w):
    """server, desktop, mobile, embedded or unknown, from the words of the key and, for client families without a
    telling suffix, the power. A rule of thumb: it chooses the power model and the rest-of-node default, which carry
    wide ranges."""
    words = key.split()
    first, model = words[0], words[-1]
    if {"epyc", "opteron", "itanium"} & set(words):
        return "server"
    if "xeon" in words:
        if re.search(r"xeon (e3|w|e) \d+(m|h|me|mle|mre)\b", key):
            return "mobile"
        return "desktop" if re.search(r"xeon w", key) else "server"
    if "threadripper" in words:
        return "desktop"
    if first in ("atom", "quark", "geode", "gx", "rx", "g", "via", "r") or re.match(r"ryzen [vr]\d", key):
        return "embedded"
    if {"snapdragon", "apple", "turion", "mobile"} & set(words):
        return "mobile"
    if first in CLIENT or re.fullmatch(r"a\d+", first):
        small = tdp_w <= MOBILE_POWER_W and not key.endswith("t")
        return "mobile" if small or MOBILE_SUFFIX.fullmatch(model) or "m" in words else "desktop"
    return "unknown"


def rows_of(shared):
    """(source, name, base or design power, greatest power, cores, code name, year) of every usable source row."""
    for row in read_csv(shared / "factors/cpu_names_eco2ai.csv"):
        power = float(row["TDP"])
        base = float(row["TDP (Base)"]) if row["TDP (Base)"] else power
        cores = number(row["Cores"])
        yield "eco2ai", row["Model"], base, power, cores, row["Codename"], row["Released"][:4]
    for row in read_csv(shared / "factors/cpu_tdp_codecarbon.csv"):
        if re.fullmatch(r"\d+(\.\d+)?", row["TDP"]):  # a few are damaged, such as "27.29.5": not taken
            yield "codecarbon", row["Name"], float(row["TDP"]), float(row["TDP"]), "", "", ""


def best_name(names):
    """The shown name: one with the vendor in front, without notes, the shortest of those."""

    def rank(name):
        return (
            not re.match(r"(Intel|AMD|Apple|VIA|Snapdragon)\b", name),
            "(" in name or "[" in name or "@" in name,
            len(name),
            name,
        )

    name = min(names, key=rank)
    if not re.match(r"(Intel|AMD|Apple|VIA|Snapdragon|ARM)\b", name):
        family = normalise(name).split()[0]
        intel = family in ("xeon", "core", "celeron", "pentium", "atom")
        name = ("Intel " if intel else "AMD ") + name
    return clean(re.sub(r"\[\d+\]", "", name))


def merge(shared):
    """key -> the merged facts."""
    found = {}
    for source, name, base, power, cores, code_name, year in rows_of(shared):
        key = normalise(name)
        if not names_a_product(key) or base <= 0.0:
            continue
        entry = found.setdefault(
            key, {"names": set(), "base": [], "all": [], "sources": set(), "cores": "", "code": "", "years": []}
        )
        entry["names"].add(name)
        entry["base"].append(base)
        entry["all"] += [base, power]
        entry["sources"].add(source)
        entry["cores"] = entry["cores"] or cores
        entry["code"] = entry["code"] or code_name
        if year:
            entry["years"].append(year)
    for key in list(found):
        for other in aliases(key):
            found.setdefault(other, found[key])
    return found


def build(shared, data):
    found = merge(shared)
    rows = []
    for key in sorted(found, key=str.encode):
        entry = found[key]
        source = "both" if len(entry["sources"]) == 2 else next(iter(entry["sources"]))
        rows.append(
            [
                key,
                best_name(entry["names"]),
                processor_class(key, statistics.median(entry["base"])),
                number(statistics.median(entry["base"])),
                number(min(entry["all"])),
                number(max(entry["all"])),
                entry["cores"],
                "",
                clean(entry["code"]),
                min(entry["years"], default=""),
                source,
                LICENCES[source],
            ]
        )
    write_table(data / "cpus.csv", COMMENTS, HEADER, rows)
    return {"cpus": len(rows), "with a range": sum(row[4] != row[5] for row in rows)}


def tdp_per_thread(shared):
    """Watts of design power per hardware thread: {'server': (median, lower, upper, count), 'desktop': ...}.

    Threads per package come from the core counts of the Eco2AI table (Core Ultra 200 has one thread a core; other
    rows with counts are Atoms and phones and are left out) and from the thread counts in the SPECpower results,
    joined by name. Only the three quantiles leave this function. Servers: results since 2012; desktops: Xeon E3 and E
    (desktop silicon) and Core.
    """
    found = merge(shared)
    per_thread = {"server": {}, "desktop": {}}
    for row in read_csv(shared / "factors/specpower_results_ccf.csv"):
        entry = found.get(normalise(row["CPU Description"]))
        year = re.search(r"(20\d\d)$", row["Date Submitted"])
        if not entry or not year or int(year[1]) < 2012 or not row["Chips"].isdigit():
            continue
        key = normalise(row["CPU Description"])
        threads = int(row["Total Threads"]) / int(row["Chips"])
        entry_level = re.match(r"xeon e3? ?\d", key) or key.startswith("core")
        group = "desktop" if entry_level else "server"
        per_thread[group][key] = statistics.median(entry["base"]) / threads
    for key, entry in found.items():
        if key.startswith("core ultra") and entry["cores"] and "u" not in key.split()[-1]:
            per_thread["desktop"][key] = statistics.median(entry["base"]) / float(entry["cores"])
    answer = {}
    for group, values in per_thread.items():
        ordered = sorted(values.values())
        cuts = statistics.quantiles(ordered, n=40, method="inclusive")
        answer[group] = (statistics.median(ordered), cuts[0], cuts[-1], len(ordered))
    return answer
