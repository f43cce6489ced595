"""The one meaning of a CPU's name: the normalisation that data/cpus.csv is keyed by.

The C++ catalogue carries out the same steps; data/cpu_name_cases.csv is the shared test. Input is the "model name" of
/proc/cpuinfo or a name in a source table.

 1. ASCII letters become lower case; every byte outside printable ASCII becomes a space.
 2. "(r)", "(tm)" and "(c)" become a space; then every other "(...)" or "[...]" does, an unclosed one up to the end.
 3. The text ends before the first '@' or ','.
 4. Every '-' becomes a space; the text is split at white space.
 5. The text ends before the first word "with", "w/" or "radeon".
 6. The word "core2" is read as the two words "core" "2".
 7. A count of cores goes, both words: a word of digits only, or dual triple quad six eight twelve sixteen, and then
    "core" or "cores".
 8. An ordinal (digits and st, nd, rd or th) followed by "gen" goes, both words.
 9. The words intel amd cpu processor apu soc embedded and the single word "0" go.
10. What is left is joined by single spaces.

A key stands for a product only if it has a word with a digit that is more than a family's number ("ryzen 7", "core 2",
"v4", "ii") or a clock ("2.66"). So a hypervisor's "AMD EPYC" or "Intel Xeon Processor (Skylake, IBRS)" meets no key.
"""

import re

COUNTS = {"dual", "triple", "quad", "six", "eight", "twelve", "sixteen"}
DROPPED = {"intel", "amd", "cpu", "processor", "apu", "soc", "embedded", "0"}
CUT_AT = {"with", "w/", "radeon"}
FAMILY_NUMBER = re.compile(r"\d|i\d|m\d|x\d|v\d|r\d|w\d|64|\d+\.\d+|\d+\.\d+[gm]hz")
PENTIUM_CLOCK = re.compile(r"\d+\.\d+ghz")


def normalise(name):
    """The key of a CPU name; '' when nothing is left."""
    text = "".join(c.lower() if " " <= c <= "~" else " " for c in name)
    text = re.sub(r"\((?:r|tm|c)\)", " ", text)
    text = re.sub(r"\([^)]*\)?|\[[^\]]*\]?", " ", text)
    text = re.split(r"[@,]", text, maxsplit=1)[0]
    words = text.replace("-", " ").split()
    for index, word in enumerate(words):
        if word in CUT_AT:
            words = words[:index]
            break
    words = [part for word in words for part in (("core", "2") if word == "core2" else (word,))]
    kept = []
    index = 0
    while index < len(words):
        word = words[index]
        after = words[index + 1] if index + 1 < len(words) else ""
        is_count = (word.isdigit() or word in COUNTS) and after in ("core", "cores")
        is_generation = re.fullmatch(r"\d+(st|nd|rd|th)", word) and after == "gen"
        if is_count or is_generation:
            index += 2
            continue
        if word not in DROPPED:
            kept.append(word)
        index += 1
    return " ".join(kept)


def names_a_product(key):
    """Whether a key is more than a family's name."""
    words = key.split()
    if not words or words[0][0].isdigit() or words[0].startswith("armv"):
        return False  # "6274", "4228 he", "armv8 rev": they meet too much
    if words[:1] == ["pentium"] and words[1:2] == ["4"] and any(PENTIUM_CLOCK.fullmatch(word) for word in words):
        return True  # the Pentium 4 has no other number than its clock
    return any(any(c.isdigit() for c in word) and not FAMILY_NUMBER.fullmatch(word) for word in words)


def aliases(key):
    """Other keys under which /proc/cpuinfo knows the same product: the first mobile Core i series puts its letter first
    ("Core(TM) i7 CPU M 620" for the i7-620M, "Q 720" for the i7-720QM)."""
    match = re.fullmatch(r"(core i[3579]) (\d{3})(qm|lm|um|xm|m)", key)
    return [f"{match[1]} {match[3][0]} {match[2]}"] if match else []
