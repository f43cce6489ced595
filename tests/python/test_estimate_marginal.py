"""olivine grid estimate-marginal: the marginal factors of 2022, refusals, other tables, wrong input."""

import gzip
import json
import os
import pathlib

import pytest
from olivine_cli import ROOT
from test_schemas import check, output

SHARED = pathlib.Path(os.environ.get("OLIVINE_SHARED_DATA", ROOT.parent / "shared" / "data"))
MIXES = SHARED / "grid" / "fuel_mix_2022"
STATED = ["--factors", "COL=1003.7,NG=430,OIL=740", "--regressors", "COL,NG,OIL,WAT"]
COMMAND = ["grid", "estimate-marginal"]

needs_data = pytest.mark.skipif(not MIXES.exists(), reason="no ../shared/data")


def mix_text(rows=400, river=0.0):
    """A grid in which coal and gas follow load by 40 : 60, or, with `river` 1, hydro does."""
    lines = ["time,COL,NG,WAT,WND,NUC"]
    for hour in range(rows):
        load = 1000 + 10 * (hour * 7919 % 97)
        wind = 200 + hour * 104729 % 89
        net = load - wind - 300
        fossil = 400 + (net - 400) * (1 - river)
        lines.append(f"2022-01-{1 + hour // 24:02}T{hour % 24:02}:00Z,{0.4 * fossil},{0.6 * fossil},{net - fossil},{wind},300")
    return "\n".join(lines) + "\n"


@pytest.fixture
def mix(tmp_path):
    path = tmp_path / "mix.csv"
    path.write_text(mix_text())
    return path


@needs_data
@pytest.mark.parametrize(
    "zone,slope,share,region",
    [
        ("ERCO", 520.25, 0.993, "TE"),
        ("MISO", 590.11, 0.932, "MIDW"),
        ("PJM", 502.75, 0.775, "MIDA"),
        ("CISO", 327.36, 0.638, "CA"),
        ("NYIS", 328.35, 0.704, "NY"),
    ],
)
def test_known_answers(cli, zone, slope, share, region):
    answer = output(cli, *COMMAND, MIXES / f"{zone}.csv.gz", *STATED, "--zone", zone, "--json")
    check(answer, "estimate_marginal")
    assert answer["slope_g_per_kwh"] == pytest.approx(slope, abs=0.1)
    assert answer["followed_share"] == pytest.approx(share, abs=0.0006)
    assert answer["identifiable"] is True and answer["reason"] is None
    assert answer["n"] > 8700 and 0 < answer["standard_error"] < 3
    assert answer["avert"]["region"] == region and answer["avert"]["year"] == 2022


@needs_data
def test_rivers_are_refused_with_exit_0(cli):
    answer = output(cli, *COMMAND, MIXES / "BPAT.csv.gz", *STATED, "--by", "hour", "--json")
    check(answer, "estimate_marginal")
    assert answer["identifiable"] is False and "1.1 %" in answer["reason"]
    assert answer["slope_g_per_kwh"] is None and answer["standard_error"] is None
    assert answer["followed_share"] == pytest.approx(0.011, abs=0.0006)
    assert len(answer["groups"]) == 24 and not any(g["identifiable"] for g in answer["groups"])
    assert b"not identifiable" in cli(*COMMAND, MIXES / "BPAT.csv.gz", check=0).stdout


def test_exact_grid(cli, mix):
    answer = output(cli, *COMMAND, mix, "--factors", "COL=1000,NG=400", "--json")
    check(answer, "estimate_marginal")
    assert answer["slope_g_per_kwh"] == pytest.approx(0.4 * 1000 + 0.6 * 400)
    assert answer["followed_share"] == pytest.approx(1.0)
    assert answer["r2"] == pytest.approx(1.0)
    assert answer["other_boundary"] is None and answer["avert"] is None


def test_hydro_that_follows_is_a_refusal(cli, tmp_path):
    (tmp_path / "wet.csv").write_text(mix_text(river=0.9))
    answer = output(cli, *COMMAND, "wet.csv", "--json")
    check(answer, "estimate_marginal")
    assert answer["identifiable"] is False and answer["followed_by"][0]["column"] == "WAT"


def test_default_factors_state_both_boundaries(cli, mix):
    direct = output(cli, *COMMAND, mix, "--json")
    lifecycle = output(cli, *COMMAND, mix, "--boundary", "lifecycle", "--json")
    check(direct, "estimate_marginal")
    assert direct["boundary"] == "direct" and direct["other_boundary"]["boundary"] == "lifecycle"
    assert direct["slope_g_per_kwh"] == pytest.approx(0.4 * 760 + 0.6 * 370)
    assert direct["other_boundary"]["slope_g_per_kwh"] == pytest.approx(lifecycle["slope_g_per_kwh"])
    assert any("AR5" in f["source"] for f in direct["factors"])
    text = cli(*COMMAND, mix, check=0).stdout.decode()
    assert " direct (" in text and " lifecycle (" in text


def test_gzip_decile_and_json_file(cli, tmp_path):
    (tmp_path / "mix.csv.gz").write_bytes(gzip.compress(mix_text().encode()))
    cli(*COMMAND, "mix.csv.gz", "--by", "decile", "--json=out.json", check=0)
    answer = json.loads((tmp_path / "out.json").read_text())
    check(answer, "estimate_marginal")
    assert [g["decile"] for g in answer["groups"]] == list(range(1, 11))
    text = cli(*COMMAND, "mix.csv.gz", "--by", "decile", check=0).stdout.decode()
    assert "MW generated" in text and "\x1b" not in text


def test_missing_values_drop_differences_and_stay_unknown(cli, tmp_path):
    lines = mix_text().splitlines()
    lines[10] = lines[10].replace(lines[10].split(",")[1], "NaN", 1)
    del lines[20]
    (tmp_path / "holes.csv").write_text("\n".join(lines))
    answer = output(cli, *COMMAND, "holes.csv", "--factors", "COL=1000,NG=400", "--json")
    assert answer["dropped"] == {"missing": 2, "gaps": 1}
    assert answer["n"] == 398 - 3
    assert answer["slope_g_per_kwh"] == pytest.approx(640)


@pytest.mark.parametrize(
    "change,words",
    [
        (lambda t: t.replace(",300\n", ",three hundred\n", 1), ["mix.csv: line 2", "'three hundred'", "NUC"]),
        (lambda t: t.replace("2022-01-01T01:00Z", "soon", 1), ["mix.csv: line 3", "'soon'", "2022-01-31T13:00Z"]),
        (lambda t: t.replace("2022-01-01T01:00Z", "2022-01-01T00:00Z", 1), ["line 3", "not after"]),
        (lambda t: t.replace("time,COL,NG,WAT,WND,NUC", "<!DOCTYPE html>", 1), ["line 1", "names no fuel"]),
        (lambda t: "", ["mix.csv", "empty"]),
        (lambda t: t[: t.index("\n", 200) - 12], ["mix.csv: line", "fields"]),
    ],
)
def test_wrong_files_are_named_in_one_line(cli, tmp_path, change, words):
    (tmp_path / "mix.csv").write_text(change(mix_text()))
    done = cli(*COMMAND, "mix.csv", check=2)
    message = done.stderr.decode()
    assert done.stdout == b"" and message.count("\n") == 1
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    "options,words",
    [
        (["--factors", "COL"], ["'COL'", "COL=1003.7"]),
        (["--factors", "COL=-1"], ["'COL=-1'"]),
        (["--factors", "LIGNITE=1100"], ["LIGNITE", "it has COL, NG"]),
        (["--regressors", "GAS"], ["'GAS'", "it has COL, NG"]),
        (["--factors", "COL=1000", "--regressors", "COL,NG"], ["regressor NG has no factor"]),
        (["--by", "week"], ["week"]),
    ],
)
def test_wrong_options_are_usage_errors(cli, mix, options, words):
    done = cli(*COMMAND, mix, *options, check=2)
    message = done.stderr.decode()
    assert done.stdout == b"" and message.count("\n") == 1
    for word in words:
        assert word in message


def test_damaged_gzip_and_missing_file(cli, tmp_path):
    (tmp_path / "cut.gz").write_bytes(gzip.compress(mix_text().encode())[:-30])
    assert b"cut" in cli(*COMMAND, "cut.gz", check=2).stderr
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(b"\0" * (64 << 20)))
    assert b"MiB" in cli(*COMMAND, "bomb.gz", check=2, timeout=20).stderr
    assert b"none.csv" in cli(*COMMAND, "none.csv", check=2).stderr
