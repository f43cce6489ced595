"""What --help says is fixed by golden files; completion, the man page and --help name the same commands and flags.

OLIVINE_UPDATE_GOLDEN=1 rewrites the golden files.
"""

import os
import re
import shlex
import shutil
import subprocess

import pytest
from olivine_cli import ROOT

GOLDEN = ROOT / "tests" / "golden" / "help"
MAN = ROOT / "docs" / "man" / "olivine.1"
COMMANDS = [
    "", "run", "mark", "scope", "quota", "ls", "show", "explain", "verify", "rm", "export", "doctor", "sources", "grid", "grid zones",
    "grid show", "grid update", "grid import", "grid data", "grid data ls", "grid data rm", "grid fetch", "grid serve-replay",
    "grid estimate-marginal", "grid forecast", "grid backtest",
    "features", "features apply", "features ls", "features get", "features materialize", "features check",
    "plan", "simulate", "supply", "slurm", "slurm submit", "slurm follow", "slurm hook", "k8s", "k8s suspend", "k8s resume", "k8s follow", "k8s manifest", "systemd", "breakeven", "compare", "hardware", "hardware show", "hardware ls", "assess", "import", "fleet", "estimate", "account", "account init", "studies", "studies ls", "studies show", "studies run", "sci", "sci show", "sci export", "sci import", "config", "config show", "replay", "completion",
]
SHELLS = ["bash", "zsh", "fish"]


def help_of(cli, command):
    done = cli(*command.split(), "--help", check=0, env={k: v for k, v in cli.env.items() if k != "COLUMNS"})
    assert done.stderr == b""
    return done.stdout.decode()


def flags_of(text):
    """The flags that a help text defines: the first words of its option lines."""
    flags = set()
    for line in text.splitlines():
        found = re.match(r"  ((?:-\w, *)?--[a-z-]+(?:,--[a-z-]+)*|-\w)\b", line)
        if found:
            flags.update(re.findall(r"--[a-z-]+", found.group(1)))
    return flags


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_golden(cli, command):
    path = GOLDEN / f"{command.replace(' ', '_') or 'olivine'}.txt"
    text = help_of(cli, command)
    if os.environ.get("OLIVINE_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert path.exists(), f"{path} is missing; OLIVINE_UPDATE_GOLDEN=1 writes it"
    assert text == path.read_text(), f"differs from {path}; OLIVINE_UPDATE_GOLDEN=1 rewrites it"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_a_terminal(cli, command):
    for line in help_of(cli, command).splitlines():
        assert len(line) <= 80 or (line.startswith("    ") and len(shlex.split(line.strip(" \\"))) == 1), line  # a word of an example is not broken
    wide = cli(*command.split(), "--help", check=0, env={**cli.env, "COLUMNS": "100"}).stdout.decode()
    assert max(len(line) for line in wide.splitlines()) <= 100
    unbroken = ["".join(text.replace(" \\\n", " ").split()) for text in (wide, help_of(cli, command))]
    assert unbroken[0] == unbroken[1]  # every word, and examples that a shell reads as the same


def test_an_example_that_is_broken_runs(cli, tmp_path):
    """As a shell takes it: one command, all its words."""
    text = help_of(cli, "plan")
    example = text[text.index("  olivine plan --duration 2h --power 1kW --deadline 6h --intensity"):].split("\n  olivine")[0]
    assert " \\\n      " in example
    (tmp_path / "prices.csv").write_text("time_utc,gco2e_per_kwh\n" + "".join(f"2022-01-01T{h:02d}:00:00Z,{9 - h}\n" for h in range(7)))
    from olivine_cli import BIN

    done = subprocess.run(["sh", "-c", f'olivine() {{ "{BIN}" "$@"; }}; {example}'], capture_output=True, env=cli.env, cwd=tmp_path, timeout=60)
    assert done.returncode == 0 and done.stdout.startswith(b"plan "), (done.stdout, done.stderr)


def test_help_names_every_command(cli):
    text = help_of(cli, "")
    for command in COMMANDS[1:]:
        assert re.search(rf"^  {command.split()[0]}\b", text, re.MULTILINE), command


def bash_flags(script, command):
    found = re.search(rf"^ *'{command}'\) flags='([^']*)'", script, re.MULTILINE)
    assert found, f"completion does not know {command}"
    return set(found.group(1).split())


def test_completion_knows_the_flags_of_every_command(cli):
    script = cli("completion", "bash", check=0).stdout.decode()
    common = flags_of(help_of(cli, "")) | {"--help"}
    for command in COMMANDS[1:]:
        wanted = flags_of(help_of(cli, command)) | common
        assert bash_flags(script, command) == wanted, command


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_scripts_parse(cli, shell, tmp_path):
    script = cli("completion", shell, check=0).stdout
    assert script.count(b"\n") > 30
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    path = tmp_path / f"olivine.{shell}"
    path.write_bytes(script)
    done = subprocess.run([shell, "-n", path], capture_output=True)
    assert done.returncode == 0 and done.stderr == b"", done.stderr


COMPLETIONS = [
    (["s"], {"show", "sources", "scope", "simulate", "slurm", "supply"}),
    (["run", "--id"], {"--idle"}),
    (["run", "--idle", "=", "s"], {"share"}),
    (["run", "--idle", "re"], {"reserved"}),
    (["grid", ""], {"zones", "show", "update", "estimate-marginal", "import", "data", "forecast", "backtest", "fetch", "serve-replay"}),
    (["grid", "show", "US-CAL-CIS"], {"US-CAL-CISO"}),
    (["grid", "show", "FR", "--signal", "m"], {"marginal"}),
    (["grid", "estimate-marginal", "--by", ""], {"hour", "decile"}),
    (["grid", "data", ""], {"ls", "rm"}),
    (["grid", "data", "ls", "--js"], {"--json"}),
    (["grid", "import", "--unit", "lb"], {"lb_per_mwh", "lb_per_kwh"}),
    (["grid", "zones", "--j"], {"--json"}),
    (["--color", "never", "config", ""], {"show"}),
    (["completion", "z"], {"zsh"}),
    (["run", "--", "ech"], {"echo"}),
    (["run", "--zone", "FR"], {"FR"}),
    (["show", "la"], {"last"}),
    (["studies", "r"], {"run"}),
    (["sci", ""], {"show", "export", "import"}),
    (["features", "m"], {"materialize"}),
    (["features", "get", "--sp"], {"--spine"}),
]


@pytest.mark.parametrize("words,expected", COMPLETIONS)
def test_bash_completes(cli, words, expected, tmp_path):
    script = tmp_path / "olivine.bash"
    script.write_bytes(cli("completion", "bash", check=0).stdout)
    line = " ".join(f"'{word}'" for word in ["olivine", *words])
    from olivine_cli import BIN

    program = (
        f'source {script}; olivine() {{ "{BIN}" "$@"; }}; COMP_WORDS=({line}); COMP_CWORD={len(words)}; '
        'COMPREPLY=(); _olivine; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "--norc", "-c", program], capture_output=True, env=cli.env, cwd=tmp_path, timeout=60)
    assert expected <= set(done.stdout.decode().split()), (done.stdout, done.stderr)
    assert len(set(done.stdout.decode().split())) <= len(expected) + 5, done.stdout


def test_unknown_shell_is_a_usage_error(cli):
    done = cli("completion", "tcsh", check=2)
    assert b"tcsh" in done.stderr and done.stdout == b""


def test_man_page_is_clean_roff():
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    done = subprocess.run(["groff", "-ww", "-man", "-Tutf8", "-z", MAN], capture_output=True)
    assert done.returncode == 0 and done.stderr == b"", done.stderr.decode()


def test_man_page_names_every_command_and_flag(cli):
    page = MAN.read_text().replace("\\-", "-")
    for command in COMMANDS[1:]:
        assert re.search(rf"^\.B {command.split()[0]}\b|^\.B {command}$", page, re.MULTILINE), command
        for flag in flags_of(help_of(cli, command)) | flags_of(help_of(cli, "")):
            assert flag in page, f"{flag} of {command} is not in the man page"


def test_man_page_has_the_program_version(cli):
    version = cli("--version", check=0).stdout.decode().strip()
    assert version in MAN.read_text().splitlines()[0]
