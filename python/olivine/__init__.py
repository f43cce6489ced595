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

What its own supply of grid, sun and battery gives it (docs/methods/power-supply.md), a program can ask:

    now = olivine.supply("supply.toml", power="2kW").at()
    if now["shares"]["grid"] > 0.5:
        ...                                                       # a smaller batch, or wait

No call of the marks and scopes raises, blocks or prints; one takes a few microseconds. `supply(...).at()` runs the program olivine
(some 10 ms) and raises. Only the standard library is needed.
"""

import contextvars
import functools
import inspect
import os
import re
import stat
import time

__all__ = ["environment", "epoch", "headers", "mark", "scope", "supply", "traceparent"]

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
            if stat.S_ISFIFO(info.st_mode) and info.st_uid == user:
                return path
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

    __slots__ = ("_words",)

    def __init__(self, n=None, of=None):
        words = ""
        try:
            if n is not None:
                words = f" n={int(n)}"
            if of is not None:
                words += f" of={int(of)}"
        except Exception:
            pass
        self._words = words
        _send("begin", "epoch", words)

    def __enter__(self):
        return self

    def __exit__(self, *_):
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

# The open scopes of this thread or task, the innermost last: (scope object, trace, span, words, with_cpu).
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
    """The scope that a new one is within: the one named, else the innermost here, else the one that started the process."""
    if parent is not None:
        return _parsed(parent)
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


class scope:  # noqa: N801 (used like a function)
    """A part of the program with a line of its own in `olivine show`: how often, how long, energy without and with what is within.

    `with scope("decode"):` for code of one thread: its share is decided by the CPU time of the thread. `async with` for a task,
    which shares its thread with others and gets what they leave. `@scope("decode")` for a function of either kind (not for a
    generator, which runs in pieces). One object may be used by several threads and tasks. `parent`: a
    traceparent from elsewhere; a new thread needs it too (parent=traceparent() taken in the old one). What raises counts as failed.
    """

    __slots__ = ("_name", "_parent")

    def __init__(self, name, parent=None):
        self._name = name
        self._parent = parent

    def _begin(self, with_cpu):
        try:
            around = _around(self._parent)
            trace, span = around[0] if around else os.urandom(16).hex(), os.urandom(8).hex()
            words = f" trace=00-{trace}-{span}-01"
            _open.set((*_open.get(), (self, trace, span, words, with_cpu)))
            parent = f" parent={around[1]}" if around else ""
            _send("begin", _escaped(self._name) or "-", words + parent + self._cpu(with_cpu))
        except Exception:
            pass
        return self

    def _end(self, failed):
        try:
            here = _open.get()
            last = max(i for i, scope_here in enumerate(here) if scope_here[0] is self)
            words, with_cpu = here[last][3:]
            _open.set(here[:last] + here[last + 1 :])
            _send("end", _escaped(self._name) or "-", words + self._cpu(with_cpu) + (" failed=1" if failed else ""))
        except Exception:
            pass

    @staticmethod
    def _cpu(with_cpu):
        return f" cpu={time.thread_time_ns()}" if with_cpu else ""

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

    def __call__(self, function):
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def wrapped(*args, **words):
                async with scope(self._name, self._parent):
                    return await function(*args, **words)

        else:

            @functools.wraps(function)
            def wrapped(*args, **words):
                with scope(self._name, self._parent):
                    return function(*args, **words)

        return wrapped


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
