"""The online policies over the windows of the shared data: the gates of docs/benchmarks.md. Part of the long suite; needs
`tools/build.sh bench online_windows`."""

import csv
import os
import pathlib
import subprocess

import pytest
from olivine_cli import ROOT

DATA = pathlib.Path(os.environ.get("OLIVINE_SHARED_DATA", ROOT.parent / "shared" / "data"))
PROGRAM = ROOT / "build" / "bench" / "bin" / "online_windows"
BEST, NAIVE = "mpc, panel and weather", "mpc, naive profile"


@pytest.mark.skipif(os.environ.get("OLIVINE_LONG") != "1", reason="part of the long suite (OLIVINE_LONG=1)")
@pytest.mark.skipif(not DATA.is_dir(), reason="no shared data")
@pytest.mark.skipif(not PROGRAM.exists(), reason="build it with tools/build.sh bench online_windows")
def test_gates(tmp_path):
    subprocess.run([PROGRAM, DATA, "--csv", tmp_path / "w.csv"], check=True, stdout=subprocess.DEVNULL, timeout=600)
    with open(tmp_path / "w.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["late"] == "0" for row in rows)
    for edge in (0.0, 20.0):
        captured = {}
        for policy in (BEST, NAIVE):
            for weather in (False, True):
                mine = [
                    r
                    for r in rows
                    if float(r["switch_cost_g_per_edge"]) == edge
                    and r["policy"] == policy
                    and (r["zone"].startswith("US-") or not weather)
                ]
                assert len(mine) == (3 if weather else 16)
                captured[policy, weather] = sum(float(r["saved_percent"]) for r in mine) / sum(
                    float(r["oracle_saved_percent"]) for r in mine
                )
        assert captured[BEST, False] > max(0.63, captured[NAIVE, False])
        assert captured[BEST, True] > captured[NAIVE, True] + 0.10
