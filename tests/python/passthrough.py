"""The passthrough matrix's tools: runs one observation bare and once more under a prefix, and compares what was seen.

The prefix is `olivine run -q --` (OLIVINE_BIN) or whatever OLIVINE_RUN_PREFIX says, for instance the child runner alone:
OLIVINE_RUN_PREFIX="build/release/bin/passthrough_driver --".
"""

import ctypes
import errno
import os
import pty
import resource
import select
import shlex
import signal
import subprocess
import sys
import tempfile
import termios
import time

from olivine_cli import BIN

PREFIX = shlex.split(os.environ.get("OLIVINE_RUN_PREFIX", "")) or [BIN, "run", "-q", "--"]
PYTHON = [sys.executable, "-ISE", "-c"]
LIMIT_S = 20.0

resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
HOME = tempfile.mkdtemp(prefix="olivine-passthrough-")
ENV = {k: v for k, v in os.environ.items() if not k.startswith("OLIVINE_") and k != "_"}
ENV.update(HOME=HOME, XDG_STATE_HOME=HOME + "/state", XDG_CONFIG_HOME=HOME + "/config", LC_ALL="C.UTF-8")


CASES = {}


def case(name, *arguments):
    """Registers an observation: called with a prefix (empty, or that of `run`), returns what must be equal."""

    def register(function):
        key = f"{name}-{'-'.join(str(a) for a in arguments)}" if arguments else name
        assert key not in CASES, key
        CASES[key] = lambda run: function(run, *arguments)
        return function

    return register


def plain(name, command, **options):
    case(name)(lambda run: outcome([*run, *command], **options))


def python(code):
    return [*PYTHON, "import os, signal, sys, time\n" + code]


def shell(code):
    return ["sh", "-c", code]


def until(condition, what, limit_s=LIMIT_S):
    """Waits for what another process does; never for a fixed time."""
    end = time.monotonic() + limit_s
    pause = 0.0005
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {limit_s} s"
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)


def finish(process, **options):
    try:
        out, err = process.communicate(timeout=LIMIT_S, **options)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, out, err


def outcome(command, **options):
    """Exit status, output and error output of a command."""
    stdin = options.pop("input", None)
    options.setdefault("stdin", subprocess.PIPE if stdin is not None else subprocess.DEVNULL)
    for stream in ("stdout", "stderr"):
        options.setdefault(stream, subprocess.PIPE)
    options.setdefault("env", ENV)
    return finish(subprocess.Popen(command, **options), **({"input": stdin} if stdin is not None else {}))


class Live:
    """A running command whose first line of output says that it is ready, in a process group of its own."""

    def __init__(self, command, **options):
        options.setdefault("env", ENV)
        options.setdefault("process_group", 0)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
        )
        self.pid = self.process.pid
        self.words = self.line().split()
        assert self.words and self.words[0] == b"ready", self.words

    @property
    def inner(self):
        """The command's own pid, where it printed it behind the word "ready"."""
        return int(self.words[1])

    def line(self):
        """The next line of its output; byte by byte, so that nothing waits in a buffer that select cannot see."""
        text = b""
        while not text.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], LIMIT_S)
            assert ready, f"no output within {LIMIT_S} s after {text!r}"
            byte = os.read(self.process.stdout.fileno(), 1)
            if not byte:
                break
            text += byte
        return text

    def wait_status(self, flags):
        """The next wait status of the process that we started, as a shell sees it."""
        seen = []

        def look():
            pid, status = os.waitpid(self.pid, os.WNOHANG | flags)
            if pid:
                seen.append(status)
            return bool(seen)

        until(look, f"a change of state of {self.pid}")
        return seen[0]

    def end(self):
        return finish(self.process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()
        self.process.wait()


def describe(status):
    """A wait status in words that do not depend on Python's view of it."""
    if os.WIFSTOPPED(status):
        return ("stopped", os.WSTOPSIG(status))
    if os.WIFCONTINUED(status):
        return ("continued",)
    if os.WIFSIGNALED(status):
        return ("killed", os.WTERMSIG(status))
    return ("exited", os.WEXITSTATUS(status))


def queue_signal(pid, number, value):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.sigqueue(pid, number, ctypes.c_void_p(value)) != 0:
        raise OSError(ctypes.get_errno(), "sigqueue")


def state(pid):
    """The state letter of a process; "" when there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rsplit(b")", 1)[1].split()[0].decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


class Terminal:
    """A command on a pseudo terminal of its own: session leader, controlling terminal, foreground group."""

    def __init__(self, command, size=(24, 80)):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                termios.tcsetwinsize(0, size)
                os.execvpe(command[0], command, {**ENV, "TERM": "dumb", "PS1": "$ "})
            finally:
                os._exit(125)
        self.seen = b""
        self.status = None

    def read_some(self, wait_s):
        ready, _, _ = select.select([self.fd], [], [], wait_s)
        if not ready:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        self.seen += data
        return bool(data)

    def expect(self, text, start=0):
        end = time.monotonic() + LIMIT_S
        while text not in self.seen[start:]:
            assert time.monotonic() < end, (text, self.seen[-2000:])
            assert self.read_some(0.5) or text in self.seen[start:], (text, self.seen[-2000:])
        return self.seen.index(text, start) + len(text)

    def send(self, data):
        os.write(self.fd, data)

    def end(self):
        """Reads to the end and returns (status, all that was shown)."""
        end = time.monotonic() + LIMIT_S
        while self.read_some(0.2):
            assert time.monotonic() < end, self.seen[-2000:]
        _, status = os.waitpid(self.pid, 0)
        self.status = status
        return describe(status), self.seen

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            os.waitpid(self.pid, 0)
        os.close(self.fd)
