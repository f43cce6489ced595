"""Reading the shared source files and writing Olivine's own tables.

Every table has the same shape: comment lines that begin with '#' (title, source, licence, year of retrieval, meaning
of the columns), one header row, then rows. Fields hold no comma, quote or line break, so a reader may split at
commas; the writer refuses a field that would break this.
"""

import csv
import hashlib
from pathlib import Path

RETRIEVED = "2026"


def read_csv(path):
    """The rows of a source file as dictionaries; comment lines that begin with '#' are skipped."""
    with open(path, encoding="utf-8", newline="") as handle:
        lines = [line for line in handle if not line.startswith("#")]
    return list(csv.DictReader(lines))


def clean(text):
    """One field: white space collapsed, commas turned into semicolons, quotes dropped."""
    return " ".join(str(text).replace(",", ";").replace('"', "").split())


def number(value, digits=6):
    """A number without a trailing '.0' and with at most `digits` significant digits; '' stays ''."""
    if value == "" or value is None:
        return ""
    return format(float(value), f".{digits}g")


def write_table(path, comments, header, rows):
    """Writes one table and refuses fields that a plain splitter could not read back."""
    lines = ["# " + comment for comment in comments]
    lines.append(",".join(header))
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"{path}: {len(row)} fields, header has {len(header)}: {row}")
        for field in row:
            if any(mark in field for mark in ',"\n\r'):
                raise ValueError(f"{path}: field needs quoting: {field!r}")
        lines.append(",".join(row))
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def sha256_of(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
