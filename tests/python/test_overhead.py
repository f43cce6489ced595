"""Gates on CPU time and memory, never on wall time: bench/overhead.py prints the rest."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import overhead  # noqa: E402
from olivine_cli import BIN, Moving, PowercapTree  # noqa: E402


def test_start_costs_little_cpu_and_memory(cli):
    cost = overhead.start_cost(cli, BIN, 60)
    assert cost["added_cpu_ms_p50"] <= 5.0, cost
    assert cost["peak_rss_mb"] <= 8.0, cost


def test_sampling_stays_within_its_share_of_a_core(cli, tmp_path):
    tree = PowercapTree(tmp_path, overhead.ZONES)
    cli.extra = ["--sysfs-root", str(tree.root)]
    with Moving(tree, {z: 30.0 for z in overhead.ZONES}, step_s=0.2):
        slow = overhead.sampling_cost(cli, "100ms", 8)
        fast = overhead.sampling_cost(cli, "1ms", 5)
    # The start itself (about 3 ms of CPU) is in both.
    assert slow["cpu_percent_of_a_core"] <= 0.3 + 0.1, slow
    assert fast["cpu_percent_of_a_core"] <= 4.0 + 0.1, fast
    assert fast["ticks"] + fast["missed"] >= 4500, fast
