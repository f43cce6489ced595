"""olivine fleet: activities valued, by hand-made numbers."""

import json

import pytest
from test_schemas import check

HEADER = "begin,end,status,phase,zone,project,device,devices,cpus,cpu_used,energy_kwh,plane\n"


@pytest.fixture
def files(cli):
    """Four A100 10:30-11:30, a failed job of 1 kWh at the node, one in the next month; 100 g/kWh, from 11:00 on 300."""
    (cli.directory / "jobs.csv").write_text(
        HEADER + "2023-01-01T10:30:00Z,2023-01-01T11:30:00Z,done,training,FR,vision,a100,4,,,,\n"
        "2023-01-01T10:00:00Z,2023-01-01T11:00:00Z,failed,training,FR,nlp,,,,,1,node_ac\n"
        "2023-02-01T00:00:00Z,2023-02-01T01:00:00Z,done,inference,FR,nlp,a100,1,,,,\n"
    )
    hours = [f"2023-01-01T{h:02}:00:00Z,FR,{100 if h < 11 else 300}" for h in range(24)]
    hours += [f"2023-02-01T{h:02}:00:00Z,FR,50" for h in range(8)]
    (cli.directory / "fr.csv").write_text("time_utc,zone,gco2e_per_kwh\n" + "\n".join(hours) + "\n")
    (cli.directory / "devices.csv").write_text("name,power_w\na100,372\n")  # 400 W before a supply of 0.93
    return ["jobs.csv", "--intensity", "fr.csv", "--device-map", "devices.csv", "--pue", "1.2"]


def fleet(cli, *arguments):
    document = json.loads(cli("fleet", *arguments, "--json", check=0).stdout)
    check(document, "fleet")
    return document


def test_energy_at_its_hours_intensity(cli, files):
    total = fleet(cli, *files)["total"]
    assert total["energy_facility_kwh"]["value"] == pytest.approx(1.2 * (1.6 + 1.0 + 0.4))
    assert total["emissions_g"]["value"] == pytest.approx(1.2 * (1.6 * 200 + 1.0 * 100 + 0.4 * 50))
    assert total["emissions_g"]["lower"] < total["emissions_g"]["value"] < total["emissions_g"]["upper"]  # the power supply
    assert total["share_priced_by_yearly_factor"] == 0


@pytest.mark.parametrize("by,names", [("phase", {"training", "inference"}), ("project", {"vision", "nlp"}), ("status", {"done", "failed"}),
                                      ("month", {"2023-01", "2023-02"}), ("device", {"a100", "not said"}), ("model", {"not said"})])
def test_groups_sum_to_the_total(cli, files, by, names):
    document = fleet(cli, *files, "--by", by)
    assert {g["name"] for g in document["groups"]} == names
    assert sum(g["emissions_g"]["value"] for g in document["groups"]) == pytest.approx(document["total"]["emissions_g"]["value"], rel=1e-12)
    assert document["by_status"]["failed"]["energy_facility_kwh"]["value"] == pytest.approx(1.2)


def test_capacity_and_the_chain_of_savings(cli, files):
    document = fleet(cli, *files, "--capacity", "a100=2", "--saved", "caching=6.7,gpu=10.1,algorithm=12")
    span = (31 * 24 + 1) - 10
    assert document["capacity"][0]["utilisation"] == pytest.approx(5 / (2 * span))
    assert document["capacity"][0]["idle_kwh"]["value"] == pytest.approx((2 * span - 5) * 0.372 * 0.12 / 0.93 * 1.2)
    assert document["saved"]["factor"] == pytest.approx(812.04)


def test_an_unknown_device_makes_the_total_a_lower_bound(cli, files):
    with open(cli.directory / "jobs.csv", "a") as jobs:
        jobs.write("2023-01-01T10:00:00Z,2023-01-01T11:00:00Z,done,training,FR,vision,quantum,4,,,,\n")
    total = fleet(cli, *files)["total"]
    assert total["energy_facility_kwh"]["value"] is None and total["energy_facility_kwh"]["lower"] > 3
    text = cli("fleet", *files, check=0).stdout.decode()
    assert "at least" in text and "power of quantum: not known" in text


def test_without_any_file_the_profile_prices_it(cli, files):
    document = fleet(cli, "jobs.csv")
    assert any("month x hour profile" in s for s in document["sources"])
    assert any("assumed" in s for s in document["sources"])
    assert document["total"]["emissions_g"]["value"] > 0


def priced(cli, zone, begin, end, *options):
    """g/kWh that fleet charges one kWh at the meter."""
    (cli.directory / "one.csv").write_text(HEADER + f"{begin},{end},done,training,{zone},x,,,,,1,facility\n")
    return fleet(cli, "one.csv", "--pue", "1", *options)["total"]["emissions_g"]["value"]


@pytest.mark.parametrize("zone", ["FR", "DE", "PL", "US-CAL-CISO", "US-NY", "KE"])
@pytest.mark.parametrize("year", [2022, 2024, 2026])
def test_the_same_joules_at_the_same_hour_cost_what_assess_says(cli, zone, year):
    cli.run("true")
    begin = f"{year}-03-15T18:00:00Z"
    record = json.loads(cli("assess", "last", "--zone", zone, "--at", begin, "--json", check=0).stdout)
    found = [v["intensity"]["value"]["value"] for v in walk(record) if isinstance(v.get("intensity"), dict) and "value" in v["intensity"]]
    assert found, record
    assert priced(cli, zone, begin, f"{year}-03-15T18:30:00Z") == pytest.approx(found[0], rel=1e-5)


def walk(document):
    if isinstance(document, dict):
        yield document
        for value in document.values():
            yield from walk(value)
    elif isinstance(document, list):
        for value in document:
            yield from walk(value)


def hour_of(cli, zone, at):
    return json.loads(cli("grid", "show", zone, "--at", at, "--json", check=0).stdout)["figures"][0]["value"]


def test_a_span_over_new_year_takes_each_year_at_its_level(cli):
    hours = [hour_of(cli, "FR", at) for at in ("2022-12-31T23:00Z", "2023-01-01T00:00Z")]
    mean = priced(cli, "FR", "2022-12-31T23:00:00Z", "2023-01-01T01:00:00Z")
    assert mean == pytest.approx(sum(hours) / 2, rel=1e-5) and abs(hours[0] / hours[1] - 1) > 0.05


def test_an_hour_that_the_data_set_lacks_has_the_profile(cli):
    (cli.directory / "fr.csv").write_text("time_utc,gco2e_per_kwh\n2024-03-15T18:00Z,100\n2024-03-15T19:00Z,110\n2024-03-15T21:00Z,120\n")
    cli("grid", "import", "fr.csv", "--zone", "FR", "--signal", "average", "--boundary", "lifecycle", check=0)
    profile = hour_of(cli, "FR", "2024-03-15T20:00Z")
    assert priced(cli, "FR", "2024-03-15T19:00:00Z", "2024-03-15T21:00:00Z") == pytest.approx((110 + profile) / 2, rel=1e-5)


def test_text_and_pictures(cli, files):
    text = cli("fleet", *files, "--by", "month", "--plot", check=0).stdout.decode()
    assert "2023-01" in text and "waste" in text and "over time: total carbon x" in text and "not counted:" in text
    cli("fleet", *files, "--by", "month", "--plot=fleet.svg", check=0)
    assert (cli.directory / "fleet.svg").read_text().startswith("<svg")


def test_a_column_a_zone_with_its_unit(cli, files):
    rows = [f"2023-01-01T{h:02}:00:00Z,{100 if h < 11 else 300},7" for h in range(24)]
    (cli.directory / "wide.csv").write_text("datetime_utc,FR,DE\n" + "\n".join(rows) + "\n")
    assert b"has no unit" in cli("fleet", "jobs.csv", "--intensity", "wide.csv", check=2).stderr
    document = fleet(cli, "jobs.csv", "--intensity", "wide.csv", "--unit", "g_per_kwh")
    assert document["total"]["share_priced_by_yearly_factor"] == pytest.approx(0.325 / 0.93 / (1.625 / 0.93 + 1.0))  # February


WRONG = [
    (["--pue", "0.5"], "a PUE is at least 1"),
    (["--by", "team"], "team"),
    (["--capacity", "h100=4"], "no activity holds a device 'h100'"),
    (["--capacity", "a100"], "'a100' is not NAME=NUMBER"),
    (["--saved", "x=-1"], "'x=-1' is not NAME=NUMBER"),
    (["--device-map", "nowhere.csv"], "nowhere.csv"),
    (["--zone", "XQ"], "XQ"),
    (["--plot"], "--by month"),
    (["--power-per-cpu", "-3"], "--power-per-cpu"),
    (["other.csv"], "other.csv"),
]


@pytest.mark.parametrize("options,word", WRONG, ids=[w for _, w in WRONG])
def test_mistakes_get_one_line(cli, files, options, word):
    done = cli("fleet", "jobs.csv", *options)
    assert done.returncode != 0 and done.stdout == b""
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1 and word in lines[0], lines


def test_a_formula_in_a_cell_is_named(cli, files):
    (cli.directory / "bad.csv").write_text(HEADER + "2023-01-01T10:30:00Z,2023-01-01T11:30:00Z,done,,FR,,a100,=2+2,,,,\n")
    done = cli("fleet", "bad.csv", check=2)
    assert "bad.csv: line 2, column devices: '=2+2' is a formula" in done.stderr.decode()


def test_energy_without_a_plane_is_listed_and_in_no_sum(cli, files):
    before = fleet(cli, *files)["total"]["energy_facility_kwh"]["value"]
    with open(cli.directory / "jobs.csv", "a") as jobs:
        jobs.write("2023-01-01T10:00:00Z,2023-01-01T11:00:00Z,done,training,FR,nlp,,,,,7,\n")
    total = fleet(cli, *files)["total"]
    assert total["energy_without_plane_kwh"] == 7
    assert total["energy_facility_kwh"] == {"value": None, "lower": pytest.approx(before, rel=0.2), "upper": None}
    assert b"do not say where their energy was counted" in cli("fleet", *files, check=0).stdout


def test_nan_is_no_empty_cell(cli, files):
    with open(cli.directory / "jobs.csv", "a") as jobs:
        jobs.write("2023-01-01T10:00:00Z,2023-01-01T11:00:00Z,done,training,FR,nlp,,,,,nan,node_ac\n")
    done = cli("fleet", *files, check=2)
    assert b"jobs.csv: line 5, column energy_kwh: 'nan' is no number" in done.stderr and done.stderr.count(b"\n") == 1


def test_ranges_do_not_reach_below_zero(cli, files):
    total = fleet(cli, "jobs.csv", "--pue", "1.2")["total"]["emissions_g"]
    assert 0 < total["lower"] < total["value"] < total["upper"]
