"""`olivine plan --supply`, `olivine supply` and olivine.supply: shares of grid, sun and battery; balances; refusals."""

import itertools
import json
import os
import random
import sys

import pytest

from olivine_cli import BIN, ROOT

sys.path.insert(0, str(ROOT / "python"))
import olivine  # noqa: E402

START = "2022-01-01T00:00:00Z"
JOB = ["plan", "--start", START, "--slot", "1h"]
KWH = 3.6e6


def hours(path, name, values):
    rows = [f"2022-01-{1 + h // 24:02d}T{h % 24:02d}:00:00Z,{'' if v is None else v}" for h, v in enumerate(values)]
    path.write_text("\n".join([f"time_utc,{name}", *rows]) + "\n")
    return path


GRID, SUN = [300, 300, 100, 400, 200, 350], [0, 500, 1500, 2000, 600, 0]
BATTERY = """[battery]
capacity = "1 kWh"
charge_limit = "800 W"
discharge_limit = "600 W"
efficiency = 0.8
charge = 0.5
charge_g_per_kwh = {average = 100.0}
discharge_above_g_per_kwh = 250
"""


@pytest.fixture
def supply(cli, tmp_path):
    """Writes a supply with its sun and grid; the words that name them."""

    def write(battery=BATTERY, limit="none", grid=GRID, sun=SUN, share=0.5, extra=""):
        hours(tmp_path / "sun.csv", "power_w", sun)
        solar = f'[solar]\npower = "sun.csv"\nshare = {share}\n{extra}' if sun is not None else ""
        (tmp_path / "supply.toml").write_text(f'[grid]\nlimit = "{limit}"\n{solar}\n{battery}')
        return ["--supply", tmp_path / "supply.toml", "--intensity", hours(tmp_path / "grid.csv", "gco2e_per_kwh", grid)]

    return write


def planned(cli, *words, code=0):
    return json.loads(cli(*words, "--json", check=code).stdout)


def settle(start, work_slots, power, grid, sun, limit, sun_g=41.0, capacity=1000.0, charge=500.0, held=50.0, efficiency=0.8, most_in=800.0, most_out=600.0, above=250.0):
    """The rule of docs/methods/power-supply.md once more, in Wh and hours, without olivine. Grams, or None where it is short."""
    paid = 0.0
    for hour in range(start + work_slots):
        load = power if hour >= start else 0.0
        solar = min(load, sun[hour])
        rest = load - solar
        out = min(rest, charge, most_out)
        if grid[hour] <= above:
            out = max(0.0, min(out, rest - limit))
        line = min(rest - out, limit)
        if rest - out - line > 1e-9:
            return None
        taken = held * out / charge if charge > 0 else 0.0
        charge, held = charge - out, held - taken
        paid += (solar * sun_g + line * grid[hour]) / 1000 + taken
        into = min(sun[hour] - solar, most_in, (capacity - charge) / efficiency)
        charge, held = charge + into * efficiency, held + into * sun_g / 1000
    return paid


def test_the_best_start_is_that_of_a_settlement_of_our_own(cli, supply):
    random.seed(8)
    for _ in range(12):
        grid, sun = [random.randrange(50, 500) for _ in range(10)], [random.choice([0, random.randrange(4000)]) for _ in range(10)]
        limit, hours_of_work = random.choice([5000, 700, 1200]), random.randrange(1, 5)
        words = [*JOB, "--duration", f"{hours_of_work}h", "--power", "1kW", "--deadline", "10h", "--no-pause", *supply(grid=grid, sun=sun, limit=f"{limit} W")]
        ours = [settle(s, hours_of_work, 1000.0, grid, [w / 2 for w in sun], limit) for s in range(11 - hours_of_work)]
        known = [g for g in ours if g is not None]
        if not known:
            assert "short by" in planned(cli, *words, code=2)["reason"]
            continue
        plan = planned(cli, *words)
        assert plan["exact"] and plan["settled"] == len(ours)
        assert plan["plan"]["emissions_g"]["average"] == pytest.approx(min(known), abs=1e-6)
        assert plan["bound"] == pytest.approx(min(known), abs=1e-6)
        assert plan["baseline"]["emissions_g"]["average"] == (None if ours[0] is None else pytest.approx(ours[0], abs=1e-6))
        assert plan["plan"]["segments"][0]["start"][11:13] == f"{ours.index(min(known)):02d}"


def balanced(flows):
    assert flows["work_j"] == pytest.approx(flows["solar_j"] + flows["battery_j"] + flows["grid_j"] + flows["shortfall_j"], abs=1e-6)


def test_every_joule_of_a_plan_is_accounted_for(cli, supply):
    plan = planned(cli, *JOB, "--duration", "2h", "--power", "1kW", "--deadline", "6h", *supply())
    for side in ("baseline", "plan"):
        s = plan[side]["supply"]
        balanced(s)
        assert s["battery_after_j"] - s["battery_before_j"] == pytest.approx(s["charged_solar_j"] + s["charged_grid_j"] - s["losses_j"] - s["battery_j"], abs=1e-6)
        for slot in s["slots"]:
            balanced(slot)
        for key in ("work_j", "solar_j", "battery_j", "grid_j", "charged_solar_j", "losses_j"):
            assert sum(slot[key] for slot in s["slots"]) == pytest.approx(s[key], abs=1e-5)
        assert plan[side]["emissions_g"]["average"] == pytest.approx(sum(s["bill"][k]["average_g"] for k in ("solar", "battery", "grid")))
        assert plan[side]["energy_j"] == s["work_j"] == 2 * KWH
    assert plan["baseline"]["supply"]["battery_j"] == 0.5 * KWH  # all that was in it


def test_without_a_battery_pauses_are_exact(cli, supply):
    # 1 kW for 2 h: a slot costs (1000 - sun) Wh of the grid and the sun's 41 g/kWh.
    words = [*JOB, "--duration", "2h", "--power", "1kW", "--deadline", "6h", *supply(battery="")]
    each = [(1000 - min(1000, s / 2)) * g / 1000 + min(1000, s / 2) * 0.041 for g, s in zip(GRID, SUN)]
    plan = planned(cli, *words)
    assert plan["exact"] and plan["gap"] == 0
    assert plan["plan"]["emissions_g"]["average"] == pytest.approx(min(sum(pair) for pair in itertools.combinations(each, 2)))
    assert plan["baseline"]["emissions_g"]["average"] == pytest.approx(each[0] + each[1])


def test_more_sun_is_never_more_grid(cli, supply):
    last = None
    for share in (0.0, 0.1, 0.3, 0.6, 1.0):
        plan = planned(cli, *JOB, "--duration", "3h", "--power", "1kW", "--deadline", "3h", *supply(share=share))
        grid = plan["baseline"]["supply"]["grid_j"]
        assert last is None or grid <= last
        last = grid
    assert last == KWH  # 0.5 kWh in each of the first two hours


def test_text_names_shares_and_what_was_done(cli, supply):
    words = [*JOB, "--duration", "2h", "--power", "1kW", "--deadline", "6h"]
    text = cli(*words, *supply(), check=0).stdout.decode()
    assert "supply    baseline: sun 13 %, battery 25 %, grid 63 % of 2 kWh" in text
    assert "battery 500 Wh -> 0 Wh, charged 0 Wh (0 Wh lost)" in text
    assert "pauses at 13 prices" in text and "sun 41 g/kWh by average: data/fuel_factors.csv, solar_rooftop" in text
    assert "the best of all schedules" in cli(*words, *supply(battery=""), check=0).stdout.decode()


def test_a_shortfall_is_named_and_never_the_grids(cli, supply):
    words = [*JOB, "--duration", "1h", "--power", "1kW", "--deadline", "6h"]
    plan = planned(cli, *words, *supply(battery="", limit="300 W"))
    assert plan["baseline"]["supply"]["shortfall_j"] == pytest.approx(0.7 * KWH)
    assert plan["baseline"]["supply"]["grid_j"] == pytest.approx(0.3 * KWH)
    assert plan["baseline"]["emissions_g"]["average"] is None and plan["saving"]["average"] is None
    assert plan["plan"]["supply"]["shortfall_j"] == 0 and "short by 700 Wh" in plan["notes"][0]
    refused = planned(cli, *words, *supply(battery="", limit="0 W", sun=[0, 500, 600, 500, 0, 0]), code=2)
    assert not refused["feasible"] and "short by 700 Wh or more" in refused["reason"]


def test_what_is_not_known_is_null_and_not_zero(cli, supply):
    silent = BATTERY.replace("charge_g_per_kwh = {average = 100.0}\n", "")
    plan = planned(cli, *JOB, "--duration", "1h", "--power", "1kW", "--deadline", "6h", *supply(battery=silent))
    assert plan["baseline"]["emissions_g"] == {"average": None, "marginal": None}
    assert plan["baseline"]["supply"]["bill"]["battery"]["average_g"] is None
    assert any("charge_g_per_kwh" in note for note in plan["notes"])
    gap = planned(cli, *JOB, "--duration", "1h", "--power", "1kW", "--deadline", "6h", *supply(battery="", grid=[300, 300, 100, None, 200, 350]))
    assert gap["plan"]["segments"][0]["start"][11:13] == "03"  # the sun carries all of it: the grid need not be known
    assert gap["plan"]["emissions_g"]["average"] == pytest.approx(41.0)


@pytest.mark.parametrize(
    ("change", "words", "says"),
    [
        (('limit = "none"', 'limit = "2 kWh"'), [], "supply.toml:2: grid.limit: \"2 kWh\" is not a power"),
        (('limit = "none"', "limit = 2000"), [], "supply.toml:2: grid.limit must be a text in quotes"),
        (('limit = "none"', ""), [], "[grid]: limit is missing"),
        (("[grid]", "[net]"), [], "supply.toml:1: [grid] is missing"),
        (("[battery]", "[batery]"), [], "batery is not known; did you mean battery?"),
        (("share = 0.5", "share = 1.5"), [], "supply.toml:5: solar.share must be a number from 0 to 1"),
        (("share = 0.5", "shares = 0.5"), [], "did you mean share?"),
        (("sun.csv", "none.csv"), [], "solar.power: "),
        (("efficiency = 0.8", "efficiency = nan"), [], "battery.efficiency must be a number"),
        (("efficiency = 0.8", ""), [], "efficiency is missing"),
        (("efficiency = 0.8", "efficiency = ["), [], "this is not TOML"),
        (("charge = 0.5", "charge = true"), [], "battery.charge must be a number"),
        (('"1 kWh"', '"0 kWh"'), [], "leave [battery] out"),
        (('"1 kWh"', '"9 TWh"'), [], "is not an energy up to 1 GWh"),
        (("average = 100.0", "avrage = 100.0"), [], "did you mean average?"),
        (("{average = 100.0}", "100"), [], "charge_g_per_kwh must be {average"),
        (("discharge_above", "charge_from_grid_below_g_per_kwh = 300\ndischarge_above"), [], "the first must not be the greater"),
        (None, ["--zones", "FR,DE"], "--supply stands in one zone"),
        (None, ["--scale", "1:1,2:2"], "--supply goes without --scale"),
        (None, ["--follow"], "--supply goes without --follow"),
        (None, ["--jobs", "x.csv", "--capacity", "4gpu"], "--supply is of one job"),
        (None, ["--objective", "both:5%"], "--objective average, marginal or cost"),
        (None, ["--data", "5GB", "--from", "FR"], "--supply goes without --data"),
        (None, ["--deadline", "7h"], "reaches from 2022-01-01T00:00:00.000Z to 2022-01-01T06:00:00.000Z"),
        (None, ["--objective", "cost"], "no price of file is known"),
    ],
)
def test_refusals_are_one_line(cli, supply, tmp_path, change, words, says):
    base = supply()
    if change:
        text = (tmp_path / "supply.toml").read_text()
        assert change[0] in text
        (tmp_path / "supply.toml").write_text(text.replace(*change))
    deadline = [] if "--deadline" in words else ["--deadline", "6h"]
    done = cli(*JOB, "--duration", "1h", "--power", "1kW", *deadline, *base, *words, check=2)
    assert says in done.stderr.decode(), done.stderr
    assert done.stderr.count(b"\n") == 1 and done.stdout == b""


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("2022-01-01T02:00:00Z,", "sun.csv does not know all of 1 h 00 min from 2022-01-01T02:00:00.000Z on"),
        ("2022-01-01T02:00:00Z,-1", "sun.csv, line 4: power_w \"-1\" is not a power"),
        ("2022-01-01T02:00:00Z,1e12", "is not a power in W"),
        ("2022-01-01T02:00:00Z,much", "is not a power in W"),
        ("noon,100", "time_utc \"noon\" is not a time"),
        ("2022-01-01T00:30:00Z,100", "is not after the one before"),
    ],
)
def test_a_sun_that_makes_no_sense(cli, supply, tmp_path, line, says):
    base = supply()
    rows = (tmp_path / "sun.csv").read_text().splitlines()
    rows[3] = line
    (tmp_path / "sun.csv").write_text("\n".join(rows))
    done = cli(*JOB, "--duration", "1h", "--power", "1kW", "--deadline", "6h", *base, check=2)
    assert says in done.stderr.decode() and done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("rows", [["2022-01-01T00:00:00Z,"], [f"2022-01-01T{h:02d}:00:00Z, " for h in range(12)]])
def test_a_sun_that_says_nothing_is_not_zero(cli, supply, tmp_path, rows):
    base = supply()
    (tmp_path / "sun.csv").write_text("\n".join(["time_utc,power_w", *rows]) + "\n")
    done = cli(*JOB, "--duration", "1h", "--power", "1kW", "--deadline", "6h", *base, check=2)
    assert b"sun.csv: no row says a power: fill in power_w, 0 where there is no sun" in done.stderr
    assert done.stderr.count(b"\n") == 1 and done.stdout == b""


def test_a_supply_tells_what_it_gives(cli, supply, tmp_path):
    base = supply()
    words = ["supply", tmp_path / "supply.toml", "--power", "1kW", "--intensity", tmp_path / "grid.csv", "--at", "2022-01-01T01:00:00Z", "--for", "30min"]
    now = json.loads(cli(*words, "--json", check=0).stdout)
    # 250 W of sun; 300 g/kWh is above 250: 600 W of the battery, then 150 W of the grid.
    assert now["shares"] == pytest.approx({"solar": 0.25, "battery": 0.6, "grid": 0.15, "shortfall": 0.0})
    assert now["g_per_kwh"]["average"] == pytest.approx(0.25 * 41 + 0.6 * 100 + 0.15 * 300)
    assert now["g_per_kwh"]["marginal"] is None and now["battery_charge"] == 0.5
    empty = json.loads(cli(*words, "--charge", "0", "--json", check=0).stdout)
    assert empty["shares"]["grid"] == pytest.approx(0.75)
    assert "work    sun 25 %, battery 60 %, grid 15 % of 500 Wh" in cli(*words, check=0).stdout.decode()
    assert "carbon  unknown by average, unknown at the margin" in cli(*words[:3], "1e-12W", *words[4:], check=0).stdout.decode()  # no whole microjoule
    wrong = cli(*words, "--charge", "101", check=2)
    assert wrong.stderr.decode().startswith('olivine: --charge: "101" is not a percentage from 0 to 100'), wrong
    supply(battery="", limit="100 W")
    short = json.loads(cli(*words, "--json", check=1).stdout)
    assert short["shares"]["shortfall"] == pytest.approx(0.65) and short["g_per_kwh"]["average"] is None
    assert base[0] == "--supply"


def test_a_program_asks(cli, supply, tmp_path, monkeypatch):
    supply()
    monkeypatch.setenv("OLIVINE_BIN", BIN)
    for key, value in cli.env.items():
        monkeypatch.setenv(key, value)
    mine = olivine.supply(tmp_path / "supply.toml", power=1000, intensity=tmp_path / "grid.csv")
    now = mine.at("2022-01-01T02:00:00Z")
    assert now["shares"]["solar"] == pytest.approx(0.75) and now["shares"]["grid"] == pytest.approx(0.25)
    assert mine.at("2022-01-01T00:00:00Z", charge=0.02)["power_w"]["battery_w"] == pytest.approx(240.0)  # 20 Wh in 5 min
    with pytest.raises(ValueError, match="is not a time|--at"):
        mine.at("noon")
    monkeypatch.setenv("OLIVINE_BIN", str(tmp_path / "none"))
    with pytest.raises(OSError):
        mine.at()
    assert os.path.exists(BIN)
