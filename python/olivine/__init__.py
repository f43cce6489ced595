"""Says to `olivine run` where a training's epochs are. Without `olivine run` every call does nothing.

    from olivine import epoch, mark

    for n in range(90):
        with epoch(n, of=90):        # begins and ends
            train_one_epoch()
        mark("checkpoint")           # something happened here

`epoch(n)` without `with` works too: the epoch then lasts until the next one begins or the run ends.

Parts of a program that shall have a line of their own in `olivine show` are scopes:

    from olivine import scope, headers, environment

    with scope("serve"):                                          # also: async with, or @scope("serve")
        with scope("decode"):                                     # its line is serve/decode
            ...
        requests.post(url, headers=headers())                     # W3C trace context for a service
        subprocess.run(command, env=environment())                # and for a process
    with scope("answer", parent=request.headers["traceparent"]):  # in the service

A scope may have a quota, of energy or carbon, and a service level; what is counted while it runs is modelled, the bill comes after:

    with scope("train", quota="300Wh", on_spent="raise") as s:    # or on_spent="warn" (olivine says it), or a function
        for batch in batches:
            s.check()                                             # raises olivine.QuotaSpent when it is used up
            step(batch)
        print(s.spent(), s.left())                                # J; None where it is not known
    with scope("serve", service_level="latency p95 < 50ms") as s:
        with s.request(): answer()                                # olivine show: met, missed or unknown; energy a request

What its own supply of grid, sun and battery gives it (docs/methods/power-supply.md), a program can ask:

    now = olivine.supply("supply.toml", power="2kW").at()
    if now["shares"]["grid"] > 0.5:
        ...                                                       # a smaller batch, or wait

A process that is forked within a scope is within it: what it opens is its own, the scope itself ends where it was opened.

No call of the marks and scopes raises (but check() and the begin of a scope, where on_spent="raise" asks for it, and a quota, a level or
a count that makes no sense), blocks (but the first reading of a quota, 0.25 s at most) or prints; one takes a few microseconds.
`supply(...).at()` runs the program olivine (some 10 ms) and raises. Only the standard library is needed.
"""

import contextvars
import functools
import inspect
import os
import re
import stat
import threading
import time
import warnings

from ._terms import (QuotaSpent, QuotaWarning, Reading, aged, amount_of, bill_text, charged, finite, has_ended, latency_of, read_board,
                     served_word)

__all__ = ["QuotaSpent", "QuotaWarning", "Reading", "environment", "epoch", "headers", "mark", "quota", "scope", "supply", "traceparent"]

_MOST_ANCESTORS = 64
_LONGEST_NAME = 100
_FLAGS = getattr(os, "O_RDWR", 2) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)

# The pipe is found once by each process: (its pid, the pipe or None). Forked workers look for themselves.
_found = (0, None)


def _parent_of(pid):
    with open(f"/proc/{pid}/stat", "rb") as file:
        return int(file.read().rpartition(b")")[2].split()[1])


def _find_pipe():
    """The pipe of the innermost olivine among our ancestors; see src/workload/mark_channel.h."""
    user = os.geteuid()
    space = os.stat("/proc/self/ns/pid").st_ino
    pid = os.getppid()
    for _ in range(_MOST_ANCESTORS):
        if pid <= 0:
            return None
        for directory in (f"/run/user/{user}", "/dev/shm", "/tmp"):
            path = f"{directory}/olivine-marks-{space}-{pid}"
            try:
                info = os.lstat(path)
            except OSError:
                continue
            if stat.S_ISFIFO(info.st_mode) and info.st_uid == user and not has_ended(path):
                return path  # else it was left by an olivine that was killed, whose number is now somebody else's
        pid = _parent_of(pid)
    return None


def _pipe():
    global _found
    if _found[0] != os.getpid():
        pipe = None
        try:
            pipe = _find_pipe()
        except Exception:
            pass
        _found = (os.getpid(), pipe)
    return _found[1]


def _send(kind, name, words=""):
    try:
        pipe = _pipe()
        if pipe is None:
            return
        line = f"{kind} {time.monotonic_ns()} {name}{words} pid={_found[0]}\n".encode("ascii")
        fd = os.open(pipe, _FLAGS)
        try:
            info = os.fstat(fd)
            if stat.S_ISFIFO(info.st_mode) and info.st_uid == os.geteuid():
                os.write(fd, line)
        finally:
            os.close(fd)
    except Exception:
        pass  # olivine has ended, or too many marks are waiting: the work goes on


def _escaped(name):
    raw = str(name).encode("utf-8", "surrogateescape")[:_LONGEST_NAME]
    return "".join(chr(b) if 32 < b < 127 and b != 37 else f"%{b:02X}" for b in raw)


class epoch:  # noqa: N801 (used like a function)
    """An epoch begins here. With `with` it also ends; else it lasts until the next one or the end of the run.

    n counts as you count; without it olivine does. `of` is how many epochs are planned, when that is known.
    """

    __slots__ = ("_words", "_pid")

    def __init__(self, n=None, of=None):
        words = ""
        try:
            if n is not None:
                words = f" n={int(n)}"
            if of is not None:
                words += f" of={int(of)}"
        except Exception:
            pass
        self._words, self._pid = words, os.getpid()
        _send("begin", "epoch", words)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._pid == os.getpid():  # a forked child's copy ends nothing
            _send("end", "epoch", self._words)
        return False


def mark(name):
    """Something happened here: a checkpoint, an evaluation, a new learning rate."""
    try:
        text = _escaped(name)
    except Exception:
        return
    if text:
        _send("mark", text)


_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?\Z")

# The open scopes of this thread or task, the innermost last: (scope object, trace, span, words, with_cpu, _Entry or None).
_open = contextvars.ContextVar("olivine_scopes", default=())


def _parsed(text):
    """(trace, span) of a traceparent, or None; https://www.w3.org/TR/trace-context/#traceparent-header"""
    try:
        found = _TRACEPARENT.match(text)
    except TypeError:
        return None
    if not found or text.startswith("ff") or (text.startswith("00") and len(text) != 55):
        return None
    trace, span = found.group(1), found.group(2)
    return (trace, span) if trace.strip("0") and span.strip("0") else None


def _around(parent=None):
    """The scope that a new one is within: the one named, else the innermost here, else the one that started the process.

    A name that is none is as if it were absent: https://www.w3.org/TR/trace-context/#traceparent-header-field-values"""
    named = None if parent is None else _parsed(parent)
    if named is not None:
        return named
    here = _open.get()
    return here[-1][1:3] if here else _parsed(os.environ.get("TRACEPARENT"))


def traceparent():
    """The innermost scope as W3C trace context, "00-...-...-01"; None outside of scopes."""
    here = _around()
    return f"00-{here[0]}-{here[1]}-01" if here else None


def headers():
    """For an HTTP call, so that the service's work is found under our trace: {"traceparent": ...}, or {}."""
    here = traceparent()
    return {"traceparent": here} if here else {}


def environment():
    """os.environ for a child process, so that its scopes are within ours."""
    here = traceparent()
    return {**os.environ, "TRACEPARENT": here} if here else dict(os.environ)


_LOOK_S = 0.05  # a check looks at the board at most that often
_warned = set()


def _warn_once(text):
    if text not in _warned:
        _warned.add(text)
        warnings.warn(text, QuotaWarning, stacklevel=5)


class _Entry:
    """One time that a scope with terms, or one that was asked, is entered. A forked child has a copy, whose lock may be held for ever: the
    child looks at the board, but counts, tells and ends nothing in the copy."""

    def __init__(self, name, trace_word, span):
        self.name, self.trace_word, self.span = name, trace_word, span
        self.pid = os.getpid()
        self.lock = threading.Lock()
        self.requests = self.late = self.failed = 0
        self.accuracy = None
        self.told = self.asked = self.over = False
        self.looked_at = -1.0
        self.last = self.row = Reading("waiting", why="no reading yet")  # as it is now; as the board had it
        self.row_ns = None
        self.stop = None  # of the thread that looks for a function

    def look(self, wait=0.0, after_ns=0):
        """The newest reading; waits for one that is younger than after_ns."""
        until = time.monotonic() + wait
        pipe = _pipe()
        while pipe is not None:
            board, ended = read_board(pipe), has_ended(pipe)
            if board is not None and self.span in board[1]:
                self.row_ns, self.row = board[0], board[1][self.span]
                if board[0] >= after_ns and self.row.state != "waiting":
                    break
            if ended or time.monotonic() >= until:
                break
            time.sleep(0.005)
        self.looked_at = time.monotonic()
        self.last = Reading("unknown", why="no olivine run measures this process") if pipe is None else self._now(board, ended)
        return self.last

    def _now(self, board, ended):
        """The row as it is now. A board that is new but has the row no more (of a scope that ended long ago) lets it stand."""
        now_ns = time.monotonic_ns()
        row = self.row if self.row_ns is None else self.row._replace(age_s=max(0.0, (now_ns - self.row_ns) * 1e-9))
        newest_ns = self.row_ns if board is None else board[0]
        return aged(row, 0.0 if newest_ns is None else (now_ns - newest_ns) * 1e-9, ended)

    def reading(self, wait):
        if not self.asked:
            self.asked = True
            wait = max(wait, 0.25)
        if wait > 0:
            _send("ask", _escaped(self.name) or "-", self.trace_word)
        return self.look(wait, time.monotonic_ns() if wait > 0 else 0)


def _tell(entry, on_spent):
    """Calls the program's function, once, where the scope was entered."""
    if entry.pid != os.getpid():
        return
    with entry.lock:
        if entry.told:
            return
        entry.told = True
    on_spent(entry.last)


def _watch(entry, on_spent):
    while not entry.stop.wait(0.1):
        if entry.look().is_spent:
            return _tell(entry, on_spent)


class _Request:
    __slots__ = ("_scope", "_begin", "_pid")

    def __init__(self, of):
        self._scope = of

    def __enter__(self):
        self._begin, self._pid = time.monotonic_ns(), os.getpid()
        return self

    def __exit__(self, kind, *_):
        if self._pid == os.getpid():
            self._scope.served((time.monotonic_ns() - self._begin) * 1e-9, failed=kind is not None)
        return False


class scope:  # noqa: N801 (used like a function)
    """A part of the program with a line of its own in `olivine show`: how often, how long, energy without and with what is within.

    `with scope("decode"):` for code of one thread: its share is the CPU time of the thread. `async with` for a task, which shares
    its thread with others. Child processes and libraries' threads count to the innermost open scope. `@scope("decode")` for a function of either kind (not for a
    generator, which runs in pieces). One object may be used by several threads and tasks. `parent`: a
    traceparent from elsewhere; a new thread needs it too (parent=traceparent() taken in the old one); one that is malformed is as if it
    were absent. What raises counts as failed.

    quota: what each entry may use, with all that is within and what services billed: "300Wh", "50kJ", "500g". It is granted as far as the
    scopes around it (and `olivine run --budget`) have some left when it begins. on_spent: when it is used up, "warn" (olivine says it),
    "raise" (check(), and the begin of a scope within, raise QuotaSpent), or a function of one Reading, called once, from a thread of its
    own or from check(). Nothing is ended unless the program does it.

    service_level: "latency p95 < 50ms, throughput > 100/s, accuracy > 0.9, deadline 2h", each part optional. request() and served() count
    requests; a scope that counts none is one request itself. One that raised was not served: it is beyond every latency and in no throughput.
    The bill says met, missed or unknown. Python times requests only for this.
    """

    __slots__ = ("_name", "_parent", "_quota", "_on_spent", "_level", "_latency", "_entry")

    def __init__(self, name, parent=None, *, quota=None, on_spent="warn", service_level=None):
        if quota is not None:
            amount_of(quota)
        if on_spent not in ("warn", "raise") and not callable(on_spent):
            raise ValueError(f"on_spent: {on_spent!r} is not 'warn', 'raise' or a function")
        self._name = name
        self._parent = parent
        self._quota = quota
        self._on_spent = on_spent
        self._level = service_level
        self._latency = None if service_level is None else latency_of(service_level)
        self._entry = None  # the one that was entered last

    def _begin(self, with_cpu):
        self._check_around()
        try:
            around = _around(self._parent)
            trace, span = around[0] if around else os.urandom(16).hex(), os.urandom(8).hex()
            words = f" trace=00-{trace}-{span}-01"
            entry = _Entry(self._name, words, span)
            _open.set((*_open.get(), (self, trace, span, words, with_cpu, entry)))
            self._entry = entry
            parent = f" parent={around[1]}" if around else ""
            _send("begin", _escaped(self._name) or "-", words + parent + self._cpu(with_cpu))
            if self._quota is not None or self._level is not None:
                self._send_terms(entry)
        except Exception:
            pass
        return self

    def _send_terms(self, entry):
        name = _escaped(self._name) or "-"
        words = "" if self._quota is None else f" quota={_escaped(self._quota)}" + ("" if self._on_spent == "warn" else " on=program")
        words += "" if self._level is None else f" level={_escaped(self._level)}"
        _send("terms", name, entry.trace_word + words)
        if _pipe() is None:
            what = "its quota" if self._quota is not None else "its service level"
            return _warn_once(f"scope {self._name}: {what} cannot be kept: no olivine run measures this process")
        if self._quota is not None and callable(self._on_spent):
            entry.stop = threading.Event()
            threading.Thread(target=_watch, args=(entry, self._on_spent), daemon=True, name="olivine-quota").start()

    def _end(self, failed):
        try:
            here = _open.get()
            last = max(i for i, scope_here in enumerate(here) if scope_here[0] is self)
            words, with_cpu, entry = here[last][3:]
            _open.set(here[:last] + here[last + 1 :])
            if entry.pid != os.getpid():
                return  # a forked child's copy
            entry.over = True
            if entry.stop is not None:
                entry.stop.set()
            name = _escaped(self._name) or "-"
            with entry.lock:
                served = f" n={entry.requests} late={entry.late} failed={entry.failed}" if entry.requests else ""
                served += "" if entry.accuracy is None else f" accuracy={entry.accuracy!r}"
            if served:
                _send("served", name, words + served)
            _send("end", name, words + self._cpu(with_cpu) + (" failed=1" if failed else ""))
        except Exception:
            pass

    @staticmethod
    def _cpu(with_cpu):
        thread = f" tid={threading.get_native_id()}"
        return f"{thread} cpu={time.thread_time_ns()}" if with_cpu else thread  # a task says where it runs only

    # What was counted so far.

    def _here(self):
        """The entry of this thread or task; else the one that was entered last."""
        for each in reversed(_open.get()):
            if each[0] is self:
                return each[5]
        return self._entry

    def reading(self, wait=0.0):
        """What olivine counts for this scope so far, as a Reading. It is at most half a second old; `wait`: seconds to wait for a new one."""
        entry = self._here()
        return Reading("unknown", why="the scope was never entered") if entry is None else entry.reading(wait)

    def spent(self):
        """What this scope used, in J (in g for its quota of carbon), with what is within; None where it is not known. Without a quota of its own: J."""
        reading = self.reading()
        if reading.why:
            return None
        return reading.joules if self._quota is None else reading.spent  # what is around it may have a quota, whose `spent` is that one's

    def left(self):
        """What is left of the quota, or of one around it if that is less; None where it is not known, or there is no quota."""
        return self.reading().left

    def check(self):
        """True while the quota is not used up, or it is not known. Else False, or QuotaSpent, or the function is called: as on_spent says."""
        return self._check(self._here())

    def _check(self, entry):
        if entry is None or self._quota is None:
            return True
        if not entry.over and time.monotonic() - entry.looked_at >= _LOOK_S:
            entry.look()
        if not entry.last.is_spent:
            return True
        if self._on_spent == "raise":
            raise QuotaSpent(self._name, entry.last)
        if callable(self._on_spent):
            _tell(entry, self._on_spent)
        return False

    @staticmethod
    def _check_around():
        for each in _open.get():
            if each[0]._on_spent == "raise":
                each[0]._check(each[5])

    # Services elsewhere.

    def charge(self, bill):
        """What a service used for us: its response's headers (olivine-bill), that header's value, or joules. It counts to this scope's quota and to
        those around it, and has no part in this run's own energy. A bill of a scope that this run measures itself adds nothing, as its work is
        in the run's rows; of the same scope of a service only what is beyond its earlier bills. Joules count each time. False: it was no bill."""
        entry, amounts = self._here(), charged(bill)
        if entry is None or amounts is None:
            return False
        grams = "" if amounts[1] is None else f" g={amounts[1]!r}"
        of = "" if amounts[2] is None else f" of={amounts[2]}"
        _send("charge", _escaped(self._name) or "-", f"{entry.trace_word} j={amounts[0]!r}{grams}{of}")
        return True

    def bill(self, wait=0.25):
        """For the response of a service: {"olivine-bill": ...} with what this scope used so far, modelled; {} where that is not known."""
        entry, reading = self._here(), self.reading(wait)
        return {"olivine-bill": bill_text(reading, entry.span)} if reading.joules is not None and not reading.why else {}

    # The service level.

    def request(self):
        """`with s.request():` counts a request and how long it took; what raises has failed."""
        return _Request(self)

    def served(self, latency_s, n=1, *, failed=False):
        """n requests that took latency_s seconds each; failed: they were not served. ValueError for n below 1 and a latency that is none."""
        latency_s, n = served_word(latency_s, n)
        entry = self._here()
        if entry is None:
            return
        late = n if not failed and self._latency is not None and latency_s > self._latency else 0
        if entry.pid != os.getpid():  # what a forked child served is said at once
            return _send("served", _escaped(self._name) or "-", f"{entry.trace_word} n={n} late={late} failed={n if failed else 0}")
        with entry.lock:
            entry.requests += n
            entry.late += late
            entry.failed += n if failed else 0

    def accuracy(self, value):
        """How good the answers are, as you count it. The last one said by an entry counts, of several entries the lowest."""
        value = finite("accuracy:", value, float("-inf"), "a finite number")
        entry = self._here()
        if entry is not None and entry.pid != os.getpid():
            _send("served", _escaped(self._name) or "-", f"{entry.trace_word} accuracy={value!r}")
        elif entry is not None:
            entry.accuracy = value

    def __enter__(self):
        return self._begin(True)

    def __exit__(self, kind, *_):
        self._end(kind is not None)
        return False

    async def __aenter__(self):
        return self._begin(False)

    async def __aexit__(self, kind, *_):
        self._end(kind is not None)
        return False

    def _again(self):
        return scope(self._name, self._parent, quota=self._quota, on_spent=self._on_spent, service_level=self._level)

    def __call__(self, function):
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def wrapped(*args, **words):
                async with self._again():
                    return await function(*args, **words)

        else:

            @functools.wraps(function)
            def wrapped(*args, **words):
                with self._again():
                    return function(*args, **words)

        return wrapped


def quota(wait=0.0):
    """What the quota of the innermost scope here that has one has left, as a Reading; None where none has. For code inside of @scope(..., quota=...)."""
    for each in reversed(_open.get()):
        if each[0]._quota is not None:
            return each[5].reading(wait)
    return None


class supply:  # noqa: N801 (used like a function)
    """The power supply that a file describes, for a job that draws `power` ("2kW", or a number of watts).

    `.at(time=None, charge=None)` is what it gives then (now), as `olivine supply FILE --json` says it: shares of the sun, the battery
    and the grid, watts of each, g/kWh by average and at the margin, what is short. `charge`: of the battery, 0 to 1 (else the file's).
    `zone`, `intensity`: whose grid, a file of its intensity. Raises ValueError with olivine's one line; OSError where there is no
    olivine (OLIVINE_BIN names it, else the PATH).
    """

    __slots__ = ("_words",)

    def __init__(self, file, power, zone=None, intensity=None):
        power = power if isinstance(power, str) else f"{float(power)!r}W"
        file = os.fspath(file)
        self._words = ["supply", "./" + file if file.startswith("-") else file, "--power", power, "--json"]
        for flag, value in (("--zones", zone), ("--intensity", intensity)):
            if value is not None:
                self._words += [flag, os.fspath(value)]

    def at(self, time=None, charge=None):
        import json  # who only marks does not pay for these
        import subprocess

        words = [os.environ.get("OLIVINE_BIN", "olivine"), *self._words]
        if time is not None:
            words[2:2] = ["--at", time if isinstance(time, str) else time.isoformat()]
        if charge is not None:
            words[2:2] = ["--charge", f"{100.0 * float(charge)!r}%"]
        done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode not in (0, 1) or not done.stdout:  # 1: the supply is short, which is an answer
            raise ValueError(done.stderr.strip() or f"olivine ended with {done.returncode}")
        return json.loads(done.stdout)
