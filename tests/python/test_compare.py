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


def sentences(cli, *words):
    return " ".join(cli("compare", *words, check=0).stdout.decode().split())


def test_a_thing_and_itself(cli, tmp_path):
    cli("run", "-q", "--name", "one", "--", "true", check=0)
    (tmp_path / "plan.toml").write_text(MANIFEST.format(name="plan", energy=100))
    for one in ["one", "plan.toml"]:
        text = sentences(cli, one, one)
        assert "used the same energy" in text and "used the same carbon" in text and "-0.0" not in text, text


def test_a_small_part_is_a_fraction(cli, tmp_path):
    """100 kWh against 3.4e5 kWh at one price: 1/3400 exactly; 2 against 100 is 98 % less."""
    for name, energy in [("small", 100), ("large", "3.4e5"), ("tiny", 2), ("atom", "1e-15")]:
        (tmp_path / f"{name}.toml").write_text(MANIFEST.format(name=name, energy=energy))
    assert "small used 1/3400 [1/3400, 1/3400] of the energy of large" in sentences(cli, "large.toml", "small.toml")
    assert "tiny used 98 % [98, 98] less energy than small" in sentences(cli, "small.toml", "tiny.toml")
    assert "atom used 1/1.00e+17 [1/1.00e+17, 1/1.00e+17] of the energy of small" in sentences(cli, "small.toml", "atom.toml")


def test_an_account_keeps_its_own_range(cli, tmp_path):
    """A lopsided range, of which the first order is wrong: the side is what `account` prints, by Monte Carlo; per unit it is divided."""
    wide = MANIFEST.replace("at =", "pue = {{ value = 1.5, lower = 1.01, upper = 9 }}\nat =")
    for name in ["wide", "other"]:
        (tmp_path / f"{name}.toml").write_text(wide.format(name=name, energy="{ value = 100, lower = 5, upper = 900 }"))
    for words, per in [([], 1), (["--counts", "4,1"], 4)]:
        side = output(cli, "compare", "wide.toml", "other.toml", *words, "--json")["sides"][0]
        figures = output(cli, "account", "wide.toml", "--json")["figures"]
        for mine, theirs, unit in [("carbon_g", "total.carbon", 1e3), ("energy_j", "total.energy", 3.6e6)]:
            own = figures[theirs]
            assert any(own[b] != pytest.approx(own["first_order"][b], rel=0.1) for b in ["lower", "upper"])
            for bound in ["value", "lower", "upper"]:
                assert side[mine][bound] * per == pytest.approx(own[bound] * unit, rel=1e-9), (mine, bound)


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
