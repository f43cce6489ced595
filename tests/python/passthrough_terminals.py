"""Cases on terminals and under the job control of a shell: importing this module registers them."""

import os
import termios

from passthrough import HOME, Terminal, case, describe, python, shell, state, until


# --- terminals -------------------------------------------------------------------------------------------------------
def on_terminal(run, command, talk=lambda terminal: None, **options):
    with Terminal([*run, *command], **options) as terminal:
        talk(terminal)
        return terminal.end()


case("tty-is-one")(lambda run: on_terminal(run, shell("test -t 0 && test -t 1 && test -t 2 && echo yes; exit 21")))
case("tty-size")(lambda run: on_terminal(run, ["stty", "size"], size=(31, 97)))
case("tty-settings")(lambda run: on_terminal(run, ["stty", "-a"]))
case("tty-control-terminal")(lambda run: on_terminal(run, shell("echo direct > /dev/tty")))
case("tty-foreground-group")(lambda run: on_terminal(run, python("print(os.tcgetpgrp(0) == os.getpgrp())")))
case("tty-reads-a-line")(lambda run: on_terminal(run, shell("read x; echo got:$x"), lambda t: t.send(b"hello\n")))
case("tty-end-of-input")(lambda run: on_terminal(run, shell("cat; exit 22"), lambda t: t.send(b"text\n\x04")))
for name, key in (("interrupt", b"\x03"), ("quit", b"\x1c")):

    def press(terminal, k=key):
        terminal.expect(b"ready")
        terminal.send(k)

    case(f"tty-{name}-kills")(lambda run, p=press: on_terminal(run, shell("echo ready; exec sleep 30"), p))
    case(f"tty-{name}-handled-once")(lambda run, p=press: on_terminal(run, python(
        "n = []\nfor s in (2, 3): signal.signal(s, lambda *a: n.append(a[0]))\n"
        "print('ready', flush=True)\nwhile not n: time.sleep(0.01)\ntime.sleep(0.05); print(n)"), p))
    case(f"tty-{name}-ignored")(lambda run, p=press: on_terminal(
        run, python(f"signal.signal(2, 1); signal.signal(3, 1); print('ready', flush=True); sys.stdin.readline(); print('on')"),
        lambda t, p=p: (p(t), t.expect(b"^"), t.send(b"\n"))))


@case("tty-window-change-once")
def window_change(run):
    code = "n = []; signal.signal(28, lambda *a: n.append(os.get_terminal_size())); print('ready', flush=True)\n" \
           "while not n: time.sleep(0.01)\ntime.sleep(0.05); print(len(n), n[0])"

    def resize(terminal):
        terminal.expect(b"ready")
        termios.tcsetwinsize(terminal.fd, (40, 111))

    return on_terminal(run, python(code), resize)


@case("tty-hang-up")
def hang_up(run):
    path = HOME + "/hung-up"
    if os.path.exists(path):
        os.unlink(path)
    code = "def f(*_):\n  open(sys.argv[1], 'w').write('hup'); os._exit(0)\n" \
           "signal.signal(1, f); print('ready', flush=True); time.sleep(30)"
    with Terminal([*run, *python(code), path]) as terminal:
        terminal.expect(b"ready")
        os.close(terminal.fd)
        terminal.fd = os.open("/dev/null", os.O_RDONLY)
        until(lambda: os.path.exists(path) and os.path.getsize(path) == 3, "the hang-up")
        terminal.status = os.waitpid(terminal.pid, 0)[1]
        return describe(terminal.status)


def in_bash(run, talk):
    """An interactive shell with job control. `talk` gets a function that types a line (or a key) and returns what was
    shown until the shell had worked it off, or until `wait_for` was shown."""
    words = " ".join(run)
    with Terminal(["bash", "--norc", "--noprofile", "--noediting", "-i"]) as terminal:
        terminal.expect(b"$ ")
        terminal.send(b"stty -echo; PS1=; echo started\n")
        place = terminal.expect(b"started\r\n", terminal.expect(b"started\n"[:-1]))
        lines = 0

        def type_line(text, wait_for=None):
            nonlocal place, lines
            terminal.send(text.replace("RUN", words).encode() + (b"" if text in KEYS else b"\n"))
            if wait_for is None:
                lines += 1
                terminal.send(b"echo '<'%d'>'\n" % lines)
                wait_for = b"<%d>\r\n" % lines
            begin, place = place, terminal.expect(wait_for, place)
            if text == "fg":  # the shell prints the command before it hands the terminal over and continues the job
                until(lambda: state(os.tcgetpgrp(terminal.fd)) == "S" and os.tcgetpgrp(terminal.fd) != terminal.pid, "fg")
            return terminal.seen[begin:place]

        seen = talk(type_line)
        terminal.send(b"exit 0\n")
        terminal.end()
        return seen


KEYS = ("\x03", "\x1a")
SLEEPER = "RUN sh -c 'echo ready; read line; echo line:$line; exit 5'"


@case("job-suspend-and-foreground")
def suspend_and_foreground(run):
    def talk(line):
        line(SLEEPER, b"ready\r\n")
        line("\x1a", b"Stopped")
        line("")
        line("fg", b"exit 5'\r\n")
        return [line("hello", b"line:hello\r\n"), line("echo code:$?", b"code:5\r\n")]
    return in_bash(run, talk)


@case("job-suspend-twice")
def suspend_twice(run):
    def talk(line):
        line(SLEEPER, b"ready\r\n")
        shown = []
        for _ in range(2):
            line("\x1a", b"Stopped")
            line("")
            shown.append(b"Stopped" in line("jobs"))
            line("fg", b"exit 5'\r\n")
        return [*shown, line("x", b"line:x\r\n"), line("echo code:$?", b"code:5\r\n")]
    return in_bash(run, talk)


@case("job-background-reads-the-terminal")
def background_reads(run):
    def talk(line):
        line(SLEEPER + " &")
        line("until jobs | grep -q Stopped; do :; done; echo")
        shown = [b"tty input" in line("jobs -l")]
        line("fg", b"exit 5'\r\n")
        return [*shown, line("y", b"line:y\r\n"), line("echo code:$?", b"code:5\r\n")]
    return in_bash(run, talk)


@case("job-kill-percent")
def kill_percent(run):
    def talk(line):
        line("RUN sleep 30 &")
        line("until ps -o stat=,comm= | grep -q sleep; do :; done; kill -TERM %1; wait %1; echo code:$? > $HOME/code")
        return line("cat $HOME/code")
    return in_bash(run, talk)


@case("job-interrupt-in-the-shell")
def interrupt_in_shell(run):
    def talk(line):
        line("RUN sh -c 'echo ready; exec sleep 30'", b"ready\r\n")
        return line("\x03echo code:$?", b"code:130\r\n")
    return in_bash(run, talk)


@case("job-stopped-is-killed")
def stopped_is_killed(run):
    def talk(line):
        line("RUN sh -c 'echo ready; exec sleep 30'", b"ready\r\n")
        line("\x1a", b"Stopped")
        line("kill -9 %1; sleep 0.1; wait %1; echo code:$? > $HOME/code")
        return line("cat $HOME/code")
    return in_bash(run, talk)


@case("job-interactive-shell-inside")
def interactive_inside(run):
    def talk(line):
        line("RUN bash --norc --noprofile --noediting -i")
        line("echo inner; exec 5>&1; (echo ready; exec sleep 30)", b"ready\r\n")
        line("\x1a", b"Stopped")
        line("kill -9 %1; sleep 0.1; wait %1")
        line("exit 6", b"exit\r\n")
        return line("echo code:$?", b"code:6\r\n")
    return in_bash(run, talk)
