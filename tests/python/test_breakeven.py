"""olivine breakeven: known answers, never, maps, TOML files, wrong input."""

import xml.etree.ElementTree

import pytest
from test_schemas import check, output

OLD = "power=300 W,idle=100 W"
NEW = "power=200 W,idle=40 W,speed=2,embodied=100 kg"
FIXED = ["--intensity", "500 g/kWh", "--activity", "50%", "--life", "5 y"]


def test_equal_work(cli):
    answer = output(cli, "breakeven", OLD, NEW, *FIXED, "--pue", "1.5", "--json")
    check(answer, "breakeven")
    assert answer["old"]["mean_power_w"] == pytest.approx(200) and answer["new"]["mean_power_w"] == pytest.approx(80)
    assert answer["new_activity"] == pytest.approx(0.25)
    carbon = answer["carbon_kg"]
    assert carbon["break_even"]["years"] == pytest.approx(100_000 / 90 / 8760)
    assert carbon["break_even"]["kind"] == "at" and carbon["indifference"] is None
    assert carbon["pays_back_within_life"] == 1
    assert answer["energy_kwh"] == {"known": False, "reason": "the energy of making the new one is not known; add fab_energy=2 MWh"}


def test_never_is_an_answer(cli):
    words = ["breakeven", "power=100 W,idle=10 W", "power=120 W,idle=10 W,embodied=100 kg", *FIXED]
    answer = output(cli, *words, "--json")
    check(answer, "breakeven")
    assert answer["carbon_kg"]["break_even"] == {"kind": "never", "years": None, "lower_years": None, "upper_years": None}
    assert b"never pays back" in cli(*words, check=0).stdout


def test_fab_place_use_place_and_ranges(cli):
    words = ["breakeven", "V100-SXM2-32GB,fab_energy=1 MWh", "A100-SXM4-80GB,speed=2,embodied=60 kg [40, 100],fab_energy=1.5 MWh [1, 3]", "--zone", "FR",
             "--fab-zone", "PL"]
    answer = output(cli, *words, "--json")
    check(answer, "breakeven")
    assert answer["use_place"].startswith("FR") and answer["fab_place"].startswith("PL")
    carbon = answer["carbon_kg"]
    assert carbon["indifference"] is not None and answer["energy_kwh"]["known"]
    assert sum(line["variance_share"] for line in carbon["budget"]) == pytest.approx(1)
    assert {"activity", "life", "new.embodied", "intensity:FR", "intensity:PL"} <= {bar["input"] for bar in carbon["tornado"]}
    assert output(cli, *words, "--json") == answer
    text = cli(*words, check=0).stdout.decode()
    assert "what matters most" in text and "equally fast" not in text


def test_map_and_svg(cli, tmp_path):
    (tmp_path / "new.toml").write_text('power = "150 W"\nidle = "30 W"\nsleep = "2 W"\nembodied = "150 kg"\n')
    old = "power=200 W,idle=60 W,sleep=2 W"
    words = ["breakeven", old, tmp_path / "new.toml", *FIXED, "--svg", tmp_path / "map.svg"]
    answer = output(cli, *words, "--json", "--map", "sleep")
    check(answer, "breakeven")
    assert len(answer["map"]["years_by_rows"]) == len(answer["map"]["rows"]) * len(answer["map"]["activities"])
    assert xml.etree.ElementTree.parse(tmp_path / "map.svg").getroot().tag.endswith("svg")
    text = cli(*words, "--map", "intensity", check=0).stdout.decode()
    assert "g CO2e/kWh" in text and "20 stands for 20 years" in text and "blank" not in text


def test_a_blank_cell_has_one_meaning(cli, tmp_path):
    words = ["breakeven", OLD, "power=320 W,idle=10 W,embodied=100 kg", *FIXED, "--map", "--svg", tmp_path / "map.svg"]
    text = cli(*words, check=0).stdout.decode().split("Carbon pay-back")[1]
    assert "blank: never, or too slow for the work" in text and "not known" not in text
    svg = (tmp_path / "map.svg").read_text()
    assert "never, or too slow" in svg and "not known" not in svg
    assert set(output(cli, "breakeven", OLD, "power=200 W,idle=40 W,embodied=0 kg", *FIXED, "--map", "--json")["map"]["years_by_rows"]) == {0}


def test_a_map_without_an_axis_is_of_intensity(cli):
    words = ["breakeven", OLD, NEW, *FIXED]
    asked = cli(*words, "--map", "intensity", check=0).stdout
    assert cli(*words, "--map", check=0).stdout == asked == cli("breakeven", "--map", OLD, NEW, *FIXED, check=0).stdout
    assert output(cli, *words, "--map", "--json")["map"]["axis"] == "intensity"
    assert b"--map" in cli(*words, "--map=seep", check=2).stderr


@pytest.mark.parametrize("words, says", [
    (["x y z", NEW], "or state it: power=300 W"), (["power=300 kg,idle=1 W", NEW], "W is due"), ([OLD, "nothing.toml"], "nothing.toml"),
    ([OLD, NEW, "--activity", "1.5"], "activity"), ([OLD, NEW, "--sleep", "0.5"], "asleep"), ([OLD, NEW, "--zone", "Atlantis"], "Atlantis"),
    ([OLD, NEW, "--pue", "0.5"], "PUE"), ([OLD, NEW, "--life", "0 y"], "life"), ([OLD, "power=1 W,idle=1 W,speed=0.1"], "cannot do the old one's work"),
    ([OLD, NEW, "--zone", "FR", "--intensity", "5 g/kWh"], "one of them"), ([OLD, NEW, "--map", "sleep"], "asleep"),
])
def test_wrong_input_is_one_line(cli, words, says):
    if "--activity" not in words:
        words = [*words, "--activity", "50%"]
    done = cli("breakeven", *words)
    assert done.returncode == 2
    assert says in done.stderr.decode() and done.stderr.count(b"\n") == 1 and done.stdout == b""


def test_the_catalogue_says_what_making_one_emitted(cli):
    answer = output(cli, "breakeven", "V100-SXM2-32GB", "H100-SXM,speed=3", *FIXED, "--json")
    check(answer, "breakeven")
    assert answer["carbon_kg"]["known"] and answer["carbon_kg"]["manufacture"] == pytest.approx(164)
    assert answer["carbon_kg"]["indifference"] is not None


def test_a_fab_by_its_source_of_energy(cli):
    """2 MWh x 820 g/kWh; the catalogue's figure, which holds the fab's electricity, is left out."""
    answer = output(cli, "breakeven", "V100-SXM2-32GB", "H100-SXM,speed=3,fab_energy=2 MWh", *FIXED, "--fab-zone", "coal", "--json")
    assert answer["fab_place"].startswith("coal of the ACT model")
    assert answer["carbon_kg"]["manufacture"] == pytest.approx(1640)
    assert b"did you mean" in cli("breakeven", OLD, NEW, *FIXED, "--fab-zone", "FRR", check=2).stderr
