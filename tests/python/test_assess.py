"""A run is priced at the hours it was used, by the best that is known; `olivine assess` prices the same joules elsewhere."""

import json
import pathlib
import re

import jsonschema
import pytest
from olivine_cli import ROOT
from test_schemas import check, schema

HOUR = 3600
BEGIN = 1_768_473_000  # 2026-01-15T10:30:00Z


def trace(path, watts=1000, begin=BEGIN, minutes=60):
    """One package that draws `watts` for the run alone, read every minute."""
    source = {
        "id": "powercap:intel-rapl:0", "backend": "powercap", "kind": "package", "device": "package-0", "plane": "chip",
        "place": "counted", "basis": "measured", "signal": "energy_counter", "unit": 1e-6, "power_ceiling_w": 4000.0,
        "update_period_ns": 1000000, "gain_key": "gain_rapl_intel", "modulus": 2**62,
    }
    idle = {"watts": 0.0, "lower_w": 0.0, "upper_w": 0.0}
    machine = {"schema": "olivine.machine/1", "logical_cpus": 4, "interval_ns": 60_000_000_000, "sources": [source], "idle": [idle]}
    lines = [{"schema": "olivine.trace/1", "machine": machine}]
    for minute in range(minutes + 1):
        ns = minute * 60 * 10**9
        lines.append({"mono_ns": ns + 1, "wall_ns": begin * 10**9 + ns, "boot_ns": ns + 1, "raw": [minute * 60 * watts * 10**6],
                      "usage": {"run_cpu_ns": ns, "machine_busy_ns": ns, "self_cpu_ns": 0}})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def dataset(cli, path, hours, zone="FR", **flags):
    """Imports hours {"2026-01-15T10": 100, ...} and returns the hash."""
    path.write_text("time_utc,gco2e_per_kwh\n" + "".join(f"{hour}:00:00Z,{value}\n" for hour, value in hours.items()))
    words = [w for k, v in {"signal": "average", "boundary": "lifecycle", **flags}.items() for w in (f"--{k}", v)]
    cli("grid", "import", path, "--zone", zone, *words, check=0)
    return json.loads(cli("grid", "data", "ls", "--json", check=0).stdout)["datasets"][0]["hash"]


def replay(cli, tmp_path, *options, **kwargs):
    words = ["--zone", "FR", "--pue", "1", *options]
    return json.loads(cli("replay", trace(tmp_path / "run.jsonl", **kwargs), *words, "--json", check=0).stdout)


def assess(cli, *words, code=0):
    done = cli("assess", *words, "--json", check=code)
    document = json.loads(done.stdout)
    check(document, "assess")
    return document


TWO_HOURS = {"2026-01-15T09": 999, "2026-01-15T10": 100, "2026-01-15T11": 300, "2026-01-15T12": 999}


def test_energy_takes_the_intensity_of_its_hour(cli, tmp_path):
    """METHODS 3: 1 kW 10:30-11:30, 100 g then 300 g: 200 g."""
    name = dataset(cli, tmp_path / "fr.csv", TWO_HOURS)
    record = replay(cli, tmp_path)
    check(record, "run")
    assert record["energy_j"]["total"]["value"] == 3.6e6
    assert record["emissions_g"]["operational"]["location_average"]["value"] == pytest.approx(200, rel=1e-9)
    assert record["intensity"]["dataset"] == name and record["intensity"]["method"] == "data set"
    assert record["intensity"]["value"]["coverage"] == 1
    assert name[:12] in cli("show", check=0).stdout.decode()
    assert name in cli("explain", "last", "carbon", check=0).stdout.decode()
    cli("verify", check=0)


def test_an_hour_that_is_not_covered_is_said_and_priced_by_the_fallback(cli, tmp_path):
    dataset(cli, tmp_path / "fr.csv", {"2026-01-15T09": 50, "2026-01-15T10": 100})
    record = replay(cli, tmp_path)
    i = record["intensity"]
    assert i["value"]["coverage"] == pytest.approx(0.5)
    assert "month x hour profile" in i["fallback"]
    shipped = json.loads(cli("grid", "show", "FR", "--at", "2026-01-15T11:00Z", "--signal", "average", "--json", check=0).stdout)
    hour = next(f for f in shipped["figures"] if f["method"] == "month x hour profile")["value"]
    assert i["value"]["value"] == pytest.approx((100 + hour) / 2)
    assert any("50 % of the energy is not covered" in note for note in i["notes"])


def test_without_a_data_set_the_profile_serves(cli, tmp_path):
    record = replay(cli, tmp_path)
    i = record["intensity"]
    assert i["method"] == "month x hour profile" and i["dataset"] is None
    assert "profile 2022 at the level of 2024" in i["period"]
    assert record["emissions_g"]["operational"]["location_marginal"]["value"] is None
    kenya = json.loads(cli("replay", tmp_path / "run.jsonl", "--zone", "KE", "--json", check=0).stdout)
    assert kenya["intensity"]["method"] == "yearly factor"


def test_marginal_beside_average(cli, tmp_path):
    record = json.loads(cli("replay", trace(tmp_path / "run.jsonl"), "--zone", "US-CAL-CISO", "--pue", "1", "--json", check=0).stdout)
    check(record, "run")
    marginal = record["intensity_marginal"]
    assert marginal["zone"] == "AVERT-CA" and marginal["boundary"] == "direct"
    figure = record["emissions_g"]["operational"]["location_marginal"]
    assert figure["value"] == pytest.approx(marginal["value"]["value"])
    assert record["emissions_g"]["total"]["value"] < figure["value"] + record["emissions_g"]["embodied"]["value"]


def test_a_newer_import_is_used_and_the_facts_and_the_record_stay(cli, tmp_path):
    before = replay(cli, tmp_path)
    name = dataset(cli, tmp_path / "fr.csv", TWO_HOURS)
    now = cli.record()
    assert now["intensity"]["dataset"] == name
    assert any("when the run ended" in note for note in now["intensity"]["notes"])
    assert now["energy_j"]["total"] == before["energy_j"]["total"]
    cli("verify", check=0)


def test_a_data_set_that_is_gone_is_named_and_the_numbers_stay(cli, tmp_path):
    name = dataset(cli, tmp_path / "fr.csv", TWO_HOURS)
    replay(cli, tmp_path)
    cli("grid", "data", "rm", name, check=0)
    record = cli.record()
    assert record["emissions_g"]["operational"]["location_average"]["value"] == pytest.approx(200, rel=1e-9)
    assert record["intensity"]["dataset"] == name
    assert any(name[:12] in note and "no longer kept" in note for note in record["intensity"]["notes"])
    done = cli("verify", check=0)
    assert name.encode() in done.stderr
    missing = cli("assess", "--dataset", name, check=2)
    assert name.encode() in missing.stderr and b"grid import" in missing.stderr and missing.stderr.count(b"\n") == 1
    assert dataset(cli, tmp_path / "fr.csv", TWO_HOURS) == name, "the same content has the same hash"
    assert b"not kept" not in cli("verify", check=0).stderr


def test_another_place_and_month(cli, tmp_path):
    replay(cli, tmp_path)
    document = assess(cli, "--zone", "PL", "--at", "2023-01")
    place = document["places"][0]
    assert place["zone"] == "PL" and place["energy_j"]["value"] == 3.6e6
    starts = place["runs"][0]["starts"]
    assert starts["starts"] == 744
    figure = place["operational_average_g"]["value"]
    assert starts["lowest_g_per_kwh"] < figure < starts["highest_g_per_kwh"]
    # By hand: the mean over the profile's hours of January, weighted by the days.
    shown = json.loads(cli("grid", "show", "PL", "--at", "2023-01-15", "--signal", "average", "--json", check=0).stdout)
    hours = next(p for p in shown["profiles"] if p["signal"] == "average")["hours_utc"]
    assert figure == pytest.approx(sum(hours) / 24, rel=2e-3)
    text = cli("assess", "--zone", "PL", "--at", "2023-01", check=0).stdout.decode()
    assert "744 hours" in text and "PL" in text


def test_an_instant_moves_the_runs_own_curve(cli, tmp_path):
    dataset(cli, tmp_path / "pl.csv", {"2023-05-01T00": 500, "2023-05-01T01": 900}, zone="PL")
    replay(cli, tmp_path)
    place = assess(cli, "--zone", "PL", "--at", "2023-05-01T00:30Z")["places"][0]
    assert place["operational_average_g"]["value"] == pytest.approx(700)
    early = assess(cli, "--zone", "PL", "--at", "2023-05-01T00:15Z")["places"][0]
    assert early["operational_average_g"]["value"] == pytest.approx(0.75 * 500 + 0.25 * 900)


def test_zones_are_sorted_by_carbon(cli, tmp_path):
    replay(cli, tmp_path)
    document = assess(cli, "--zones", "PL,US-CAL-CISO,FR")
    values = [p["operational_average_g"]["value"] for p in document["places"]]
    assert values == sorted(values) and [p["zone"] for p in document["places"]] == ["FR", "US-CAL-CISO", "PL"]
    by_margin = assess(cli, "--zones", "PL,US-CAL-CISO,FR", "--signal", "marginal")
    assert by_margin["places"][0]["zone"] == "US-CAL-CISO", "what is unknown comes last"
    text = cli("assess", "--zones", "PL,US-CAL-CISO,FR", check=0).stdout.decode()
    assert text.index("FR ") < text.index("US-CAL-CISO") < text.index("PL ")
    assert "differences only" in text


def test_several_runs_are_summed_with_their_shared_intensity(cli, tmp_path):
    first = replay(cli, tmp_path, "--name", "a")
    second = replay(cli, tmp_path, "--name", "b", watts=500)
    both = assess(cli, "a", "b", "--intensity", "400g")["places"][0]
    assert both["energy_j"]["value"] == pytest.approx(5.4e6)
    assert both["operational_average_g"]["value"] == pytest.approx(600)
    shared = assess(cli, "a", "b")["places"][0]["operational_average_g"]
    parts = [r["emissions_g"]["operational"]["location_average"] for r in (first, second)]
    assert shared["upper"] == pytest.approx(sum(p["upper"] for p in parts), rel=1e-6), "one intensity moves both"
    assert b"twice" in cli("assess", "a", "a", check=2).stderr


def test_scopes_and_losses(cli, tmp_path):
    """METHODS 9, for 1 kWh in place of 100: direct 400, upstream 60, loss 6 %."""
    replay(cli, tmp_path)
    words = ["--intensity", "400g", "--boundary", "direct", "--upstream", "60g", "--loss", "6%"]
    scopes = assess(cli, *words)["places"][0]["scopes"]
    assert scopes["scope2_g"]["value"] == pytest.approx(400)
    assert scopes["upstream_g"]["value"] == pytest.approx(60)
    assert scopes["losses_direct_g"]["value"] == pytest.approx(25.53, abs=0.005)
    assert scopes["losses_upstream_g"]["value"] == pytest.approx(3.83, abs=0.005)
    refused = cli("assess", "--intensity", "460g", "--boundary", "lifecycle", "--upstream", "60g", check=2)
    assert b"which holds upstream already" in refused.stderr
    cloud = assess(cli, *words, "--meter", "supplier")["places"][0]["scopes"]
    assert cloud["scope2_g"]["value"] == 0 and cloud["scope3_g"]["value"] > 460


def test_market_and_water(cli, tmp_path):
    """METHODS 10 and 15, for 1 kWh."""
    replay(cli, tmp_path)
    place = assess(cli, "--contract", "60%@0g", "--residual", "400g", "--pue", "1.2", "--wue-site", "1.8", "--wue-grid", "3.1",
                   "--price", "0.5")["places"][0]
    assert place["market"]["carbon_g"]["value"] == pytest.approx(1.2 * 0.4 * 400)
    assert place["water_site_l"]["value"] == pytest.approx(1.8)
    assert place["water_grid_l"]["value"] == pytest.approx(3.72)
    assert place["cost"]["value"] == pytest.approx(0.6)
    unknown = assess(cli, "--contract", "0.25kWh@100g")["places"][0]["market"]
    assert unknown["carbon_g"] is None and unknown["at_least_g"] == pytest.approx(25)
    assert "75 %" in unknown["reason"] and "--residual" in unknown["reason"]
    place = assess(cli, "--contract", "0.25kWh@0g", "--residual", "none")["places"][0]
    assert place["market"]["carbon_g"]["value"] == pytest.approx(0.75 * place["operational_average_g"]["value"])
    assert any("no residual mix is published" in note for note in place["market"]["notes"])


def test_what_no_table_has_is_unknown_not_zero(cli, tmp_path):
    replay(cli, tmp_path)
    place = assess(cli, "--boundary", "direct")["places"][0]
    figure = place["operational_average_g"]
    assert figure["value"] is None and "no direct average of FR" in figure["reason"]
    assert place["total_g"]["value"] is None
    text = cli("assess", "--boundary", "direct", check=0).stdout.decode()
    assert re.search(r"operational +unknown", text)


def test_explain(cli, tmp_path):
    replay(cli, tmp_path)
    text = cli("assess", "--zone", "PL", "--explain", "carbon", check=0).stdout.decode()
    assert "profiles_average.csv, PL" in text and "energy x PUE x intensity" in text
    assert b"one run at one zone" in cli("assess", "--zones", "PL,FR", "--explain", "carbon", check=2).stderr


@pytest.mark.parametrize("words, says", [
    (["--at", "2023-13"], "--at"), (["--at", "someday"], "--at"), (["--zone", "PLL"], "did you mean"), (["--pue", "0.9"], "--pue"),
    (["--intensity", "lots"], "--intensity"), (["--contract", "60%"], "PART@GRAMS"), (["--contract", "160%@0g"], "--contract"),
    (["--upstream", "60g"], "--intensity"), (["--loss", "120%", "--intensity", "1g"], "--loss"), (["--dataset", "abcdef"], "abcdef"),
    (["nobody"], "nobody"),
])
def test_wrong_input_is_one_line(cli, tmp_path, words, says):
    replay(cli, tmp_path)
    done = cli("assess", *words, check=2)
    assert says in done.stderr.decode() and done.stderr.count(b"\n") == 1 and done.stdout == b""


def test_the_schema_is_closed():
    assert not jsonschema.Draft202012Validator(schema("assess")).is_valid({"schema": "olivine.assess/1", "runs": [], "extra": 1})
    assert (pathlib.Path(ROOT) / "docs/schemas/assess.schema.json").exists()
