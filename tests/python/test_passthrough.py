"""`run` never changes the fate of the work: each case is observed bare and under `run`, and must look the same."""

import os
import resource
import signal
import subprocess
import time

import pytest
import passthrough_terminals  # noqa: F401  (registers its cases)
from passthrough import CASES, ENV, HOME, PREFIX, Live, case, describe, outcome, plain, python, queue_signal, shell, state, until

# --- exit codes and deaths -------------------------------------------------------------------------------------------
for code in sorted({*range(0, 256, 5), 1, 2, 3, 124, 125, 126, 127, 128, 129, 137, 143, 254, 255}):
    plain(f"exit-{code}", shell(f"exit {code}"))
STOPPING = {signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
for number in sorted(set(range(1, 32)) - STOPPING) + [34, 40, 64]:
    plain(f"dies-of-{number}", shell(f"kill -{number} $$; exit 3"))
plain("dies-of-a-real-fault", python("import ctypes; ctypes.string_at(0)"))
plain("aborts", python("os.abort()"))
plain("the-childs-child-dies", shell("sh -c 'kill -9 $$'; exit $?"))

# --- what cannot be started, as env(1) -------------------------------------------------------------------------------
NOT_STARTED = {
    "not-found": ["olivine-no-such-command"],
    "not-found-path": ["/no/such/command"],
    "not-found-empty": [""],
    "not-executable": ["/etc/passwd"],
    "a-directory": ["/etc"],
    "not-a-directory": ["/etc/passwd/x"],
    "not-found-with-spaces": ["no such command"],
}
for name, command in NOT_STARTED.items():
    # env(1) says it in its own words, so that only the code is compared; bare means `env --` here.
    case(name)(lambda run, c=command: outcome([*(run or ["env", "--"]), *c])[0])


@case("missing-interpreter")
def missing_interpreter(run):
    path = HOME + "/missing-interpreter"
    with open(path, "w") as file:
        file.write("#!/no/such/interpreter\n")
    os.chmod(path, 0o755)
    return outcome([*(run or ["env", "--"]), path])[0]


@case("script-without-a-first-line")
def script_without_first_line(run):
    path = HOME + "/plain-script"
    with open(path, "w") as file:
        file.write("echo plain $1; exit 9\n")
    os.chmod(path, 0o755)
    return outcome([*(run or ["env", "--"]), path, "word"])


@case("found-in-the-current-directory")
def found_in_cwd(run):
    return outcome([*[os.path.abspath(r) if r == run[0] else r for r in run], "./sh-link", "-c", "echo found"], cwd=link_home())


def link_home():
    path = HOME + "/sh-link"
    if not os.path.islink(path):
        os.symlink("/bin/sh", path)
    return HOME


@case("found-by-path-order")
def found_by_path_order(run):
    for folder, word in (("one", "first"), ("two", "second")):
        os.makedirs(f"{HOME}/{folder}", exist_ok=True)
        with open(f"{HOME}/{folder}/tool", "w") as file:
            file.write(f"#!/bin/sh\necho {word}\n")
        os.chmod(f"{HOME}/{folder}/tool", 0o755)
    path = f"{HOME}/none:{HOME}/one:{HOME}/two:{ENV['PATH']}"
    return outcome([*(run or ["env", "--"]), "tool"], env={**ENV, "PATH": path})


# --- streams ---------------------------------------------------------------------------------------------------------
ALL_BYTES = bytes(range(256))
plain("stdin-to-stdout", ["cat"], input=ALL_BYTES * 17)
plain("stdin-empty", ["cat"], input=b"")
plain("stdin-large", ["cat"], input=ALL_BYTES * 40_000)
plain("stdin-half-read", ["head", "-c", "10"], input=b"x" * 1000)
plain("stdin-count", ["wc", "-c"], input=b"y" * 1_000_003)
plain("stdout-binary", python("sys.stdout.buffer.write(bytes(range(256)) * 100)"))
plain("stdout-large", ["head", "-c", "30000000", "/dev/zero"])
plain("stderr-large", shell("head -c 3000000 /dev/zero >&2"))
plain("stdout-and-stderr", shell("echo out; echo err >&2; echo out2; exit 4"))
plain("stdout-without-newline", ["printf", "no newline"])
plain("nothing", ["true"])
plain("order-on-one-pipe", shell("for i in 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i >&2; done"), stderr=subprocess.STDOUT)
for closed in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)):
    redirections = " ".join(f"{fd}{'<' if fd == 0 else '>'}&-" for fd in closed)
    # What is open in the command, written into a file, as its streams may be closed.
    LIST = f"ls /proc/self/fd > {HOME}/fds 2>&1; exit 5"

    @case("closed", *closed)
    def closed_streams(run, *fds, how=redirections):
        words = " ".join(f"'{word}'" for word in [*run, *shell(LIST)])
        seen = outcome(shell(f"{words} {how}"))
        with open(HOME + "/fds", "rb") as file:
            return (seen[0], seen[1] if 1 in fds else b"", file.read())


@case("stderr-is-not-a-file-of-ours")
def stderr_closed_writes_nowhere(run):
    words = " ".join(f"'{word}'" for word in [*run, *shell("echo words >&2; exit 6")])
    return outcome(shell(f"{words} 2>&-"))[0]


@case("reader-goes-away")
def reader_goes_away(run):
    words = " ".join([*run, "yes"])
    return outcome(["bash", "-c", f"{words} | head -n 1; echo ${{PIPESTATUS[0]}}"])


@case("closing-stdout-early-ends-the-pipe")
def early_close(run):
    # The reader must see the end although the command runs on until its input ends.
    with subprocess.Popen([*run, *shell("echo first; exec >&-; cat >/dev/null; exit 8")], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, env=ENV) as process:
        text = process.stdout.read()
        running = process.poll() is None
        process.stdin.close()
        return text, running, process.wait()


@case("closing-an-inherited-descriptor-ends-the-pipe")
def early_close_of_inherited(run):
    reader, writer = os.pipe()
    with subprocess.Popen([*run, *shell(f"eval 'exec {writer}>&-'; cat >/dev/null")], stdin=subprocess.PIPE,
                          pass_fds=[writer], env=ENV) as process:
        os.close(writer)
        text = os.read(reader, 10)
        os.close(reader)
        process.stdin.close()
        return text, process.wait()


@case("writer-is-told-when-the-command-closes-stdin")
def stdin_closed_early(run):
    with subprocess.Popen([*run, *shell("exec <&-; echo closed; sleep 0.05")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env=ENV) as process:
        process.stdout.readline()

        def broken():
            try:
                os.write(process.stdin.fileno(), b"x")
                return False
            except BrokenPipeError:
                return process.poll() is None
        until(broken, "a broken pipe while the command runs")
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
        return process.wait()


# --- what a process inherits -----------------------------------------------------------------------------------------
plain("environment", ["env"])
plain("environment-empty", ["/usr/bin/env"], env={"HOME": HOME})
plain("environment-odd", ["env", "-0"], env={**ENV, "ODD": "a\nb=\tc", "EMPTY": "", "UTF": "ü東"})
plain("arguments", python("print(sys.argv[1:])") + ["--", "-q", "--json", "", "a b", "*", "\n", "ü"])
plain("directory", ["pwd"], cwd="/usr")
for mask in (0o000, 0o022, 0o077, 0o777):
    plain(f"umask-{mask:03o}", shell("umask"), umask=mask)
for name in ("NOFILE", "STACK", "AS", "FSIZE", "CPU", "NPROC", "MEMLOCK", "DATA"):
    which = getattr(resource, "RLIMIT_" + name)
    values = {"NOFILE": 64, "STACK": 4 << 20, "AS": 4 << 30, "FSIZE": 50 << 20, "CPU": 30, "NPROC": 5000,
              "MEMLOCK": 65536, "DATA": 1 << 30}
    value = values[name]
    plain(f"limit-{name}", ["cat", "/proc/self/limits"],
          preexec_fn=lambda w=which, v=value: resource.setrlimit(w, (v, resource.getrlimit(w)[1])))
plain("nice", ["nice"], preexec_fn=lambda: os.nice(5))
plain("affinity", ["grep", "Cpus_allowed", "/proc/self/status"], preexec_fn=lambda: os.sched_setaffinity(0, [0]))
plain("identity", ["grep", "-E", "Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|Umask|THP", "/proc/self/status"])
plain("attributes", shell("cat /proc/self/oom_score_adj /proc/self/timerslack_ns /proc/self/coredump_filter /proc/self/personality"))
plain("file-size-limit-kills", shell("head -c 2000000 /dev/zero > $HOME/too-large; exit $?"),
      preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)))
SIGNALS = ["grep", "-E", "Sig(Blk|Ign|Cgt)|ShdPnd", "/proc/self/status"]


def ignoring(*numbers):
    return lambda: [signal.signal(n, signal.SIG_IGN) for n in numbers]


def blocking(*numbers):
    return lambda: signal.pthread_sigmask(signal.SIG_BLOCK, numbers)


plain("signals-plain", SIGNALS)
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGCHLD, signal.SIGTERM, signal.SIGTSTP,
               signal.SIGWINCH, signal.SIGUSR1):
    plain(f"ignored-{number.name}", SIGNALS, preexec_fn=ignoring(number), restore_signals=False)
    plain(f"blocked-{number.name}", SIGNALS, preexec_fn=blocking(number))
plain("all-blocked", SIGNALS, preexec_fn=blocking(*range(1, 32)))
plain("sigpipe-kept-ignored", SIGNALS, restore_signals=False)
plain("ignored-child-signal-keeps-the-code", shell("exit 11"), preexec_fn=ignoring(signal.SIGCHLD), restore_signals=False)
plain("ignored-term-survives", shell("kill -TERM $$; exit 12"), preexec_fn=ignoring(signal.SIGTERM), restore_signals=False)
plain("nohup", ["nohup", *SIGNALS])
case("under-nohup")(lambda run: outcome(["nohup", *run, *SIGNALS]))
case("under-setsid")(lambda run: outcome(["setsid", "-w", *run, *shell("exit 13")]))


@case("inherited-descriptors")
def inherited(run):
    fds = [os.open("/dev/null", os.O_RDONLY) for _ in range(3)]
    code = "print(sorted(f for f in os.listdir('/proc/self/fd')), [os.readlink('/proc/self/fd/%s' % f) for f in sys.argv[1:]])"
    try:
        return outcome([*run, *python(code), *[str(f) for f in fds]], pass_fds=fds)
    finally:
        for fd in fds:
            os.close(fd)


@case("writes-to-an-inherited-descriptor")
def writes_inherited(run):
    reader, writer = os.pipe()
    seen = outcome([*run, *shell(f"echo hello >&{writer}")], pass_fds=[writer])
    os.close(writer)
    text = os.read(reader, 100)
    os.close(reader)
    return seen, text


@case("same-group-and-session")
def same_group(run):
    return outcome([*run, *python("print(os.getpgrp() == int(sys.argv[1]), os.getsid(0) == int(sys.argv[2]))"),
                    str(os.getpgrp()), str(os.getsid(0))])


# --- signals that others send ----------------------------------------------------------------------------------------
# Counts what arrives until its input ends; a second of the same kind would show.
COUNT = python("""
import collections
seen = collections.Counter()
numbers = [int(a) for a in sys.argv[1:]]
for n in numbers: signal.signal(n, lambda number, frame: (seen.update([number]), os.write(1, b'got %d\\n' % number)))
os.write(1, b'ready\\n')
while sys.stdin.buffer.read(1): pass
print(sorted(seen.items()), flush=True)
sys.exit(20 + sum(seen.values()))
""")
FORWARDED = [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM,
             signal.SIGWINCH, signal.SIGCONT, signal.SIGTSTP, signal.SIGPIPE, signal.SIGABRT, signal.SIGURG, signal.SIGPROF,
             34, 40, 64]


def counted(run, number, send):
    with Live([*run, *COUNT, str(int(number))]) as live:
        send(live)
        seen = live.line()
        time.sleep(0.01)  # a second one, passed on by mistake, would come within a few ms
        return seen, live.end()


for number in FORWARDED:
    case("sent-to-run", int(number))(lambda run, n: counted(run, n, lambda live: os.kill(live.pid, n)))
    case("sent-to-group", int(number))(lambda run, n: counted(run, n, lambda live: os.killpg(live.pid, n)))
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGQUIT, signal.SIGSEGV, signal.SIGALRM, 34):

    @case("killed-through-run", int(number))
    def killed_through_run(run, n):
        with Live([*run, *shell("echo ready; exec sleep 30")]) as live:
            os.kill(live.pid, n)
            return describe(live.wait_status(0))

    @case("group-killed", int(number))
    def group_killed(run, n):
        with Live([*run, *shell("echo ready; exec sleep 30")]) as live:
            os.killpg(live.pid, n)
            return describe(live.wait_status(0))


@case("several-signals-once-each")
def several_signals(run):
    numbers = [signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP, signal.SIGTERM]
    with Live([*run, *COUNT, *[str(int(n)) for n in numbers]]) as live:
        for n in numbers:
            os.killpg(live.pid, n)
            live.line()
            time.sleep(0.02)  # two of one number that are both pending are one, for every process
            os.kill(live.pid, n)
            live.line()
        return live.end()


@case("queued-value")
def queued_value(run):
    code = """
signal.pthread_sigmask(signal.SIG_BLOCK, [40])
print('ready', flush=True)
info = signal.sigwaitinfo([40])
print(info.si_signo, info.si_code, info.si_pid == int(sys.argv[1]), info.si_uid, flush=True)
"""
    with Live([*run, *python(code), str(os.getpid())]) as live:
        queue_signal(live.pid, 40, 12345)
        return live.end()


@case("signal-for-a-command-in-its-own-group")
def own_group(run):
    code = "os.setpgid(0, 0); signal.signal(15, lambda *_: sys.exit(33)); print('ready', flush=True); time.sleep(30)"
    with Live([*run, *python(code)]) as live:
        os.killpg(live.pid, signal.SIGTERM)
        return describe(live.wait_status(0))


@case("alarm-set-before")
def alarm_before(run):
    return outcome([*run, "sleep", "30"], preexec_fn=lambda: signal.setitimer(signal.ITIMER_REAL, 0.15))[0]


for words in (["timeout", "0.15"], ["timeout", "-s", "INT", "0.15"], ["timeout", "-s", "KILL", "-k", "1", "0.15"],
              ["timeout", "--foreground", "0.15"], ["timeout", "--preserve-status", "0.15"]):
    name = "".join(words[1:-1]) or "plain"
    if "KILL" not in words:
        case("under-timeout" + name)(lambda run, w=words: outcome([*w, *run, "sleep", "30"])[0])
    case("over-timeout" + name)(lambda run, w=words: outcome([*run, *w, "sleep", "30"])[0])


# --- stops -----------------------------------------------------------------------------------------------------------
for number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
    for whom in ("process", "group"):

        @case("stops-and-goes-on", int(number), whom)
        def stops(run, n, receiver):
            with Live([*run, *shell(f"echo ready; kill -{n} $$; echo again; exit 14")]) as live:
                seen = [describe(live.wait_status(os.WUNTRACED))]
                (os.kill if receiver == "process" else os.killpg)(live.pid, signal.SIGCONT)
                seen.append(live.line())
                return [*seen, describe(live.wait_status(0))]


@case("stopped-from-outside")
def stopped_group(run):
    with Live([*run, *python("print('ready', os.getpid(), flush=True); sys.stdin.read(1); sys.exit(15)")]) as live:
        seen = []
        for _ in range(3):
            os.killpg(live.pid, signal.SIGSTOP)
            seen.append(describe(live.wait_status(os.WUNTRACED)))
            os.killpg(live.pid, signal.SIGCONT)
            seen.append(describe(live.wait_status(os.WCONTINUED)))
        return seen, live.end()


@case("stopped-tstp-from-outside")
def stopped_by_tstp(run):
    with Live([*run, *python("print('ready', os.getpid(), flush=True); sys.stdin.read(1); sys.exit(15)")]) as live:
        os.kill(live.pid, signal.SIGTSTP)
        seen = [describe(live.wait_status(os.WUNTRACED)), state(live.inner)]
        os.kill(live.pid, signal.SIGCONT)
        until(lambda: state(live.inner) in "SR", "going on")
        return seen, live.end()


@case("continued-from-within")
def continued_from_within(run):
    # Nobody but a child of the command continues it; what waits for us must not wait for ever.
    code = "echo ready; (sleep 0.1; kill -CONT $$) & kill -STOP $$; wait; exit 16"
    with Live([*run, *shell(code)]) as live:
        return describe(live.wait_status(os.WUNTRACED)), describe(live.wait_status(0))


@case("killed-while-stopped")
def killed_while_stopped(run):
    with Live([*run, *shell("echo ready $$; kill -STOP $$; exit 17")]) as live:
        first = describe(live.wait_status(os.WUNTRACED))
        os.kill(live.inner, signal.SIGKILL)
        return first, describe(live.wait_status(0))


@case("handles-tstp-itself")
def handles_tstp(run):
    code = """
signal.signal(signal.SIGTSTP, lambda *_: (os.write(1, b'tstp\\n'), os.kill(os.getpid(), signal.SIGSTOP)))
signal.signal(signal.SIGCONT, lambda *_: os.write(1, b'cont\\n'))
os.write(1, b'ready\\n')
sys.stdin.read(1)
"""
    with Live([*run, *python(code)]) as live:
        os.killpg(live.pid, signal.SIGTSTP)
        seen = [live.line(), describe(live.wait_status(os.WUNTRACED))]
        os.killpg(live.pid, signal.SIGCONT)
        seen.append(live.line())
        return seen, live.end()


# --- families --------------------------------------------------------------------------------------------------------
@case("daemon-is-not-awaited")
def daemon(run):
    code = "echo ready; (setsid sh -c 'sleep 30 >/dev/null 2>&1 </dev/null & echo $!' ); exit 18"
    with Live([*run, *shell(code)]) as live:
        pid = int(live.line())
        seen = describe(live.wait_status(0))
        alive = state(pid) in ("S", "R")
        os.kill(pid, signal.SIGKILL)
        until(lambda: state(pid) in ("", "Z"), "the daemon's end")
        return seen, alive


plain("background-child-is-not-awaited", shell("sleep 5 >/dev/null 2>&1 & exit 19"))
plain("many-children", shell("for i in 1 2 3 4 5 6 7 8; do true & done; wait; exit 23"))
plain("orphans-end-first", shell("(sh -c 'exit 3' &) ; (sh -c 'exit 4' &) ; sleep 0.03; exit 24"))
case("nested")(lambda run: outcome([*run, *run, *shell("exit 25")]))
case("nested-thrice-dies")(lambda run: outcome([*run, *run, *run, *shell("echo x; kill -USR1 $$")]))
case("nested-signal-once")(lambda run: counted([*run, *run], signal.SIGUSR1, lambda live: os.kill(live.pid, signal.SIGUSR1)))
case("nested-group-signal-once")(
    lambda run: counted([*run, *run], signal.SIGUSR1, lambda live: os.killpg(live.pid, signal.SIGUSR1)))
case("in-a-pipeline")(lambda run: outcome(["bash", "-c", " ".join([*run, "cat", "|", *run, "tr", "a-z", "A-Z", "|", *run, "rev"])],
                                          input=b"some words\n"))
case("replaced-by-exec")(lambda run: outcome([*run, *shell("exec sh -c 'exec sh -c \"exit 26\"'")]))
case("threads")(lambda run: outcome([*run, *python(
    "import threading\nt = [threading.Thread(target=print, args=(i,)) for i in range(1)]\n[x.start() for x in t]\n"
    "[x.join() for x in t]\nos._exit(27)")]))


@pytest.mark.parametrize("name", CASES)
def test_looks_the_same(name):
    observe = CASES[name]
    assert observe(PREFIX) == observe([])


def test_there_are_enough_cases():
    assert len(CASES) >= 200


def test_leaves_no_process_behind():
    marker = "olivine-passthrough-marker"
    process = subprocess.Popen([*PREFIX, *shell(f": {marker}; (sleep 0.01 &); exit 0")], env=ENV, process_group=0)
    assert process.wait() == 0
    group = subprocess.run(["ps", "-eo", "pgid=,stat=,comm="], capture_output=True, text=True).stdout.splitlines()
    left = [line for line in group if line.split()[0] == str(process.pid) and "sleep" not in line]
    assert left == []


def test_is_gone_when_killed():
    """kill -9 on us leaves the command running, as it must, and no helper."""
    with Live([*PREFIX, *shell("echo ready $$; exec sleep 30")]) as live:
        os.kill(live.pid, signal.SIGKILL)
        live.process.wait()

        def helpers():
            lines = subprocess.run(["ps", "-eo", "pgid=,stat=,comm="], capture_output=True, text=True).stdout.splitlines()
            mine = [line.split() for line in lines if line.split()[0] == str(live.pid)]
            return [words for words in mine if words[2] != "sleep" and not words[1].startswith("Z")]
        until(lambda: helpers() == [], "the helpers' end")
        assert state(live.inner) == "S"
