"""olivine compare: runs and repeats, per unit, wrong input."""

import sys

import pytest
from olivine_cli import Moving
from test_schemas import check, output

BURN = "import sys,time\ne=time.monotonic()+float(sys.argv[1])\nwhile time.monotonic()<e: pass"


def measured(cli, server, name, seconds):
    with Moving(server, {"intel-rapl:0": 50.0, "intel-rapl:1": 40.0}):
        cli("run", "-q", "--zone", "FR", "--name", name, "--", sys.executable, "-c", BURN, str(seconds), check=0)


def test_two_runs_of_one_meter(server_cli, server):
    measured(server_cli, server, "short", 0.3)
    measured(server_cli, server, "long", 0.9)
    answer = output(server_cli, "compare", "long", "short", "--json")
    check(answer, "compare")
    energy = answer["sides"][1]["against_first"]["energy"]
    assert energy["value"] < 0 and energy["scatter"] is None
    assert any("one run only" in note for note in answer["notes"])
    assert answer["sides"][0]["against_first"] is None
    text = server_cli("compare", "long", "short", check=0).stdout.decode()
    assert "short used" in text and "less energy than long" in text and "less time than long" in text
    per = output(server_cli, "compare", "long", "short", "--counts", "3,1", "--unit", "image", "--json")
    check(per, "compare")
    assert per["unit"] == "image" and per["sides"][0]["energy_j"]["value"] == pytest.approx(answer["sides"][0]["energy_j"]["value"] / 3)


MANIFEST = """schema = "olivine-account/1"
name = "{name}"
[defaults]
plane = "node_ac"
zone = "FR"
at = "2022-07"
[[activity]]
id = "a"
phase = "training"
energy = {energy}
"""


def test_two_accounts(cli, tmp_path):
    """One default PUE and one intensity: both cancel. Another PUE is another input."""
    (tmp_path / "old.toml").write_text(MANIFEST.format(name="old", energy=100))
    (tmp_path / "new.toml").write_text(MANIFEST.format(name="new", energy=80))
    answer = output(cli, "compare", "old.toml", "new.toml", "--json")
    check(answer, "compare")
    carbon = answer["sides"][1]["against_first"]["carbon"]
    assert [side["name"] for side in answer["sides"]] == ["old", "new"]
    assert carbon["value"] == pytest.approx(-0.2) and carbon["lower"] == pytest.approx(carbon["upper"])
    assert answer["sides"][0]["duration_s"] is None
    old = output(cli, "account", "old.toml", "--json")["figures"]["total.carbon"]["value"]
    assert answer["sides"][0]["carbon_g"]["value"] == pytest.approx(1000 * old)
    text = cli("compare", "old.toml", "new.toml", check=0).stdout.decode()
    assert "new used 20 % [20, 20] less carbon than old" in " ".join(text.split()) and "less time" not in text, text
    (tmp_path / "new.toml").write_text(MANIFEST.format(name="new", energy="1e6").replace("at =", "pue = { value = 1.2, lower = 1.1, upper = 1.3 }\nat ="))
    text = cli("compare", "old.toml", "new.toml", check=0).stdout.decode()
    assert "times [" in text and "the energy of old" in " ".join(text.split()), text


def test_a_run_and_an_account(server_cli, server, tmp_path):
    measured(server_cli, server, "short", 0.3)
    (tmp_path / "plan.toml").write_text(MANIFEST.format(name="plan", energy=1))
    answer = output(server_cli, "compare", "short", tmp_path / "plan.toml", "--json")
    check(answer, "compare")
    assert answer["sides"][1]["against_first"]["energy"]["value"] > 100
    assert any("share no input" in note for note in answer["notes"])


def test_repeats(cli):
    for name in ["a", "a", "b", "b", "b"]:
        cli("run", "-q", "--name", name, "--", "true", check=0)
    answer = output(cli, "compare", "--repeats", "a", "b", "--json")
    check(answer, "compare")
    assert [len(side["runs"]) for side in answer["sides"]] == [2, 3]
    ids = [run for side in answer["sides"] for run in side["runs"]]
    listed = output(cli, "compare", ",".join(ids[:2]), ",".join(ids[2:]), "--json")
    assert listed["sides"][1]["against_first"]["energy"] == pytest.approx(answer["sides"][1]["against_first"]["energy"]) or listed
    assert [side["name"] for side in listed["sides"]] == ["a", "b"]
    assert answer["sides"][1]["against_first"]["duration"]["scatter"] is not None


@pytest.mark.parametrize("words, says, code", [
    (["a"], "two runs at least", 2), (["a", "nobody"], "nobody", None), (["a", "a", "--counts", "1"], "--counts", 2),
    (["a", "a", "--counts", "1,-2"], "above 0", 2), (["a,a", "a"], "named twice", 2), (["--repeats", "a", "zzz"], "zzz", None),
])
def test_wrong_input_is_one_line(cli, words, says, code):
    cli("run", "-q", "--name", "a", "--", "true", check=0)
    done = cli("compare", *words)
    assert done.returncode == (code if code is not None else done.returncode) and done.returncode != 0
    assert says in done.stderr.decode() and done.stderr.count(b"\n") == 1
