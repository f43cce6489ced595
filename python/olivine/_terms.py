"""What a scope may use and what it promised: the words for olivine, and what olivine counts so far.

The amounts and the service level are checked here so that a slip is a ValueError where it was typed; olivine reads the same text
(src/planning/budget.h, src/planning/service_level.h), and a test holds both to the same answers.
"""

import errno
import operator
import os
import re
import stat
import time
from typing import NamedTuple, Optional

_ENERGY = {"kwh": 3.6e6, "wh": 3.6e3, "kj": 1e3, "j": 1.0}
_CARBON = {"g": 1.0, "gco2": 1.0, "gco2e": 1.0, "gco2eq": 1.0, "kg": 1e3, "kgco2": 1e3, "kgco2e": 1e3, "kgco2eq": 1e3, "t": 1e6, "tco2e": 1e6, "tco2eq": 1e6}
_EXACT = {"MWh": 3.6e9, "MJ": 1e6}
_AMOUNT = re.compile(r"\s*(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)\s*([A-Za-z][A-Za-z0-9 ]*?)\s*\Z")
_TIMES = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = r"(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)"
_OBJECTIVES = {
    "latency": re.compile(r"\s*latency(?:\s+p(\d[\d.]*))?\s*(?:<=?)?\s*" + _NUMBER + r"\s*(ns|us|ms|s|min|m|h|d)\s*\Z"),
    "deadline": re.compile(r"\s*deadline\s*(?:<=?)?\s*" + _NUMBER + r"\s*(ns|us|ms|s|min|m|h|d)\s*\Z"),
    "throughput": re.compile(r"\s*throughput\s*(?:>=?)?\s*" + _NUMBER + r"\s*(?:/s)?\s*\Z"),
    "accuracy": re.compile(r"\s*accuracy\s*(?:>=?)?\s*" + _NUMBER + r"\s*\Z"),
}
LONGEST = 100
MOST_REQUESTS = 10**12
OLDEST_S = 3.0  # a board is made anew each half second; src/workload/scope_board.h has the same


def amount_of(text):
    """("J", 1080000.0) of "300Wh", ("g", 500.0) of "500g". ValueError: one line that says what to type."""
    found = _AMOUNT.match(text) if isinstance(text, str) and len(text) <= LONGEST else None
    if found:
        number, unit = float(found.group(1)), found.group(2).replace(" ", "")
        lower = unit.lower()
        for name, table, key in (("J", _EXACT, unit), ("J", _ENERGY, lower), ("g", _CARBON, lower)):
            if key in table and 0 < number * table[key] < float("inf"):
                return name, number * table[key]
    raise ValueError(f"quota: {text!r} is no energy or carbon above 0: type e.g. 300Wh, 50kJ or 500g")


def latency_of(level):
    """The latency in seconds that a service level allows; None where it says none. ValueError: one line that says what to type."""
    seen, latency = set(), None
    for part in level.split(",") if isinstance(level, str) and len(level) <= LONGEST else [""]:
        name = next((n for n, pattern in _OBJECTIVES.items() if n not in seen and pattern.match(part)), None)
        numbers = [float(n) for n in _OBJECTIVES[name].match(part).groups() if n and n[0] in ".0123456789"] if name else []
        if not numbers or not all(0 < n < float("inf") for n in numbers) or (len(numbers) == 2 and numbers[0] >= 100):
            raise ValueError(f"service_level: {level!r} is none, at {part.strip()!r}: type e.g. 'latency p95 < 50ms, throughput > 100/s, accuracy > 0.9, deadline 2h'")
        seen.add(name)
        if name == "latency":
            latency = numbers[-1] * _TIMES[_OBJECTIVES[name].match(part).groups()[-1]]
    return latency


class QuotaSpent(Exception):
    """The quota of a scope, or of one around it, or the run's budget, is used up. `reading` is what was counted."""

    def __init__(self, name, reading):
        super().__init__(f"scope {name}: {reading.spent:g} {reading.unit} of {reading.granted:g} {reading.unit} used"
                         + (": the quota of a scope around it, or the run's budget, is spent" if reading.state == "above" else ": the quota is spent"))
        self.reading = reading


class QuotaWarning(UserWarning):
    """A quota or a service level cannot be kept, and why."""


class Reading(NamedTuple):
    """What olivine counts for a scope so far. Modelled until the run has ended: the bill in `olivine show` is what counts.

    state: "waiting" (no reading yet), "ok", "spent", "above" (the quota of a scope around it, or the run's budget, is spent), "unknown" (it
    cannot be kept, or olivine counts no more, as `why` says: `spent` is a lower bound), "live" (no quota), "ended". Amounts are in `unit`, "J" or "g"; None is not known, never nothing.
    """

    state: str
    unit: Optional[str] = None
    asked: Optional[float] = None
    granted: Optional[float] = None  # what was asked, or less: what the scopes around it had left
    spent: Optional[float] = None
    left: Optional[float] = None
    joules: Optional[float] = None  # with all that is within
    grams: Optional[float] = None
    why: str = ""
    age_s: Optional[float] = None  # of the reading

    @property
    def is_spent(self):
        return self.state in ("spent", "above")


def _number(word):
    return None if word == "-" else float(word)


def read_board(pipe):
    """(time of the reading, {span: Reading}) of what `olivine run` wrote for us; see src/workload/scope_board.h. None where it did not."""
    if pipe is None:
        return None
    try:
        fd = os.open(pipe.replace("/olivine-marks-", "/olivine-scopes-"), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        with os.fdopen(fd, "rb") as file:
            info = os.fstat(fd)
            if not stat.S_ISREG(info.st_mode) or info.st_uid != os.geteuid():
                return None
            lines = file.read(1 << 20).decode("ascii").splitlines()
        name, version, ns = lines[0].split()
        if (name, version) != ("olivine-scopes", "1"):
            return None
        age = max(0.0, (time.monotonic_ns() - int(ns)) * 1e-9)
        rows = {}
        for line in lines[1:]:
            span, state, unit, *numbers, why = line.split(" ")
            text = re.sub(rb"%([0-9A-F]{2})", lambda m: bytes([int(m.group(1), 16)]), why.encode()).decode("utf-8", "replace")
            rows[span] = Reading(state, None if unit == "-" else unit, *[_number(n) for n in numbers], "" if text == "-" else text, age)
        return int(ns), rows
    except Exception:
        return None


def has_ended(pipe):
    """Nobody reads the pipe of the marks: the olivine that made it has ended or was killed."""
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW))
    except OSError as error:
        return error.errno in (errno.ENXIO, errno.ENOENT)
    return False


def aged(reading, age_s, ended):
    """What a reading of that age says about now: what was not used up then is unknown when olivine counts no more; what was used up stays so."""
    if reading.is_spent or not (ended or age_s > OLDEST_S):
        return reading
    why = "the olivine run that measured this has ended" if ended else f"olivine has counted nothing for {age_s:.1f} s"
    return reading._replace(state="unknown", left=None, why=why if reading.state == "waiting" else reading.why or why)


def served_word(latency_s, n):
    """(seconds, number) of requests. ValueError: one line that says what to type."""
    try:
        number = operator.index(n)
    except TypeError:
        number = 0
    if not 1 <= number <= MOST_REQUESTS:
        raise ValueError(f"served: n={n!r} is no number of requests: type a whole one from 1")
    return finite("served: the latency", latency_s, 0.0, "seconds from 0"), number


def finite(what, value, least, wanted):
    """float(value). ValueError: one line that says what to type."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = float("nan")
    if not least <= number < float("inf") or number == float("-inf"):
        raise ValueError(f"{what} {value!r} is none: type {wanted}")
    return number


def bill_text(reading, span):
    """A bill for who asked for the work, of that scope: the value of the header `olivine-bill`."""
    parts = [f"{key}={value:.9g}" for key, value in (("j", reading.joules), ("g", reading.grams)) if value is not None]
    return ";".join([*parts, "basis=modelled", f"span={span}"])


_SPAN = re.compile(r"(?!0{16})[0-9a-f]{16}\Z")


def charged(bill):
    """(J, g, span of the scope it is of) of a bill: the header's value, a response's headers, or joules. None: it is none, or says no energy."""
    try:
        if isinstance(bill, (int, float)):
            return (float(bill), None, None) if 0 <= bill < float("inf") else None
        if not isinstance(bill, str):
            bill = next(v for k, v in bill.items() if k.lower() == "olivine-bill")
        said = dict(part.split("=", 1) for part in bill.split(";"))
        values = [float(said[k]) if k in said else None for k in ("j", "g")]
        if values[0] is None or not all(v is None or 0 <= v < float("inf") for v in values):
            return None
        return (*values, said["span"] if _SPAN.match(said.get("span", "")) else None)
    except Exception:
        return None
