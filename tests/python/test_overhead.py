"""Gates on what measuring costs. Never on wall time, and not on bare CPU time either: on a shared machine that doubles with
the neighbours. Start-up is gated on instructions (callgrind counts them exactly), sampling on the ratio to its floor, which
is measured in the same minute. bench/overhead.py prints the figures themselves."""

import pathlib
import re
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import overhead  # noqa: E402
from olivine_cli import BIN, Moving, PowercapTree  # noqa: E402

# Dynamic loading included; 8.2 and 9.6 million were measured. A zone adds its tables and its prices.
START_INSTRUCTIONS = {(): 11_000_000, ("--zone", "FR"): 12_500_000}


def instructions(cli, *command):
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
        env=cli.env, cwd=cli.directory, capture_output=True, text=True, check=True, timeout=120)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
@pytest.mark.parametrize("options", START_INSTRUCTIONS)
def test_start_takes_few_instructions(cli, options):
    cli.run("true")  # makes the ledger
    assert instructions(cli, BIN, "run", "-q", *options, "--", "/bin/true") <= START_INSTRUCTIONS[options]


def test_memory_stays_within_8_mb(cli):
    assert overhead.peak_rss_mb(cli, BIN) <= 8.0


@pytest.fixture(scope="module")
def floor(tmp_path_factory):
    """The floor sampler: preads at absolute deadlines and nothing else."""
    program = tmp_path_factory.mktemp("floor") / "floor_sampler"
    source = pathlib.Path(__file__).resolve().parents[2] / "bench" / "floor_sampler.cc"
    subprocess.run(["g++", "-O2", "-std=c++20", source, "-o", program], check=True, timeout=120)
    return program


def test_sampling_at_1_khz_costs_little_more_than_its_floor(cli, tmp_path, floor):
    tree = PowercapTree(tmp_path, overhead.ZONES)
    cli.extra = ["--sysfs-root", str(tree.root)]
    ratios = []
    with Moving(tree, {z: 30.0 for z in overhead.ZONES}, step_s=0.2):
        for _ in range(3):
            bare = overhead.floor_cost(tree, 1000, 3, floor)
            ours = overhead.sampling_cost(cli, "1ms", 3)
            assert ours["ticks"] + ours["missed"] >= 2700, ours
            ratios.append(ours["cpu_percent_of_a_core"] / bare)
    # The 4 % of a core over a floor of 2.8 to 3.6 % (shared/reference), commits and start included.
    assert min(ratios) <= 2.0, ratios
