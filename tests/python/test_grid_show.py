"""grid show and grid zones: every shipped zone's figure is its source's, recomputed here apart from tools/build_tables.py."""

import csv
import datetime
import gzip
import json
import math
import os
import pathlib
import re
from collections import defaultdict

import pytest
from olivine_cli import ROOT
from test_schemas import check, strict_loads

DATA = ROOT / "data"
SHARED = pathlib.Path(os.environ.get("OLIVINE_SHARED_DATA", ROOT.parent / "shared" / "data"))
NEEDS_SHARED = pytest.mark.skipif(not SHARED.is_dir(), reason=f"no shared data at {SHARED}")


def table(name):
    lines = [line for line in (DATA / f"{name}.csv").read_text().splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def gz_rows(name):
    with gzip.open(SHARED / "grid" / name, "rt", encoding="utf-8-sig", newline="") as handle:
        return list(csv.reader(handle))


def show(cli, *arguments):
    document = strict_loads(cli("grid", "show", *arguments, "--json", check=0).stdout)
    check(document, "grid_show")
    return document


@pytest.fixture(scope="module")
def emaps():
    """zone -> list of (month, hour, value) of 2022."""
    rows = gz_rows("emaps_2022_123zones_gco2_per_kwh.csv.gz")
    cells = [(int(row[0][5:7]), int(row[0][11:13])) for row in rows[1:]]
    return {zone: [(*cell, float(row[i])) for cell, row in zip(cells, rows[1:])] for i, zone in enumerate(rows[0]) if i > 0}


def quantiles(values):
    ordered = sorted(values)

    def at(p):
        place = (len(ordered) - 1) * p
        below = math.floor(place)
        return ordered[below] + (place - below) * (ordered[min(below + 1, len(ordered) - 1)] - ordered[below])

    return at(0.025), at(0.975)


def cell_means(hours):
    groups = defaultdict(list)
    for month, hour, value in hours:
        groups[month, hour].append(value)
    return {cell: sum(values) / len(values) for cell, values in groups.items()}


@NEEDS_SHARED
def test_country_and_region_factors_have_the_digits_of_their_sources():
    years = defaultdict(dict)
    for row in csv.DictReader(open(SHARED / "factors/country_average_owid_ember.csv", encoding="utf-8")):
        value = row["Carbon intensity of electricity - gCO2/kWh"]
        if row["Code"] and value and float(value) > 0:
            years[row["Entity"].replace(",", ";")][int(row["Year"])] = value
    index = {(row["country"], row["region"].strip()): row["Emission intensity, kg/MWh"] for row in
             csv.DictReader(open(SHARED / "factors/eco2ai_carbon_index_kg_per_mwh.csv", encoding="utf-8"))}
    codes = [line for line in (ROOT / "tools/zone_codes.csv").read_text().splitlines() if not line.startswith("#")]
    place = {row["zone"]: (row["country"], row["source_region"]) for row in csv.DictReader(codes) if row["zone"]}
    countries = regions = 0
    for row in table("zones"):
        if row["parent"]:
            regions += 1
            assert row["factor_g_per_kwh"] == index[place[row["zone"]]], row["zone"]
        else:
            countries += 1
            series = years[row["name"]]
            assert row["factor_g_per_kwh"] == series[max(series)] and int(row["year"]) == max(series), row["zone"]
    assert countries >= 200 and regions >= 100


@NEEDS_SHARED
def test_electricity_maps_zones_equal_their_source(emaps):
    rows = {row["zone"]: row for row in table("zones_electricity_maps")}
    assert set(emaps) - set(rows) == {"HK", "ID", "US-NW-SCL"}
    for zone, row in rows.items():
        values = [value for _, _, value in emaps[zone]]
        mean = sum(values) / len(values)
        assert abs(float(row["factor_g_per_kwh"]) - mean) <= 0.005 + 1e-9, zone
        low, high = quantiles([value / mean for value in values])
        assert abs(float(row["hour_lower"]) - low) < 6e-4 and abs(float(row["hour_upper"]) - high) < 6e-4, zone


@NEEDS_SHARED
def test_average_profiles_equal_their_source(emaps):
    seen, known = defaultdict(int), {}
    for row in table("profiles_average"):
        seen[row["zone"]] += 1
        if row["zone"] not in known:
            known = {row["zone"]: cell_means(emaps[row["zone"]])}
        month, means = int(row["month"]), known[row["zone"]]
        for hour in range(24):
            assert abs(int(row[f"h{hour:02}_dg_per_kwh"]) - 10 * means[month, hour]) <= 0.5 + 1e-6, (row["zone"], month, hour)
        ratios = [value / means[m, h] for m, h, value in emaps[row["zone"]] if m == month]
        low, high = quantiles(ratios)
        assert abs(float(row["low"]) - low) < 6e-4 and abs(float(row["high"]) - high) < 6e-4, (row["zone"], month)
    assert len(seen) >= 110 and set(seen.values()) == {12}


@NEEDS_SHARED
def test_spreads_over_all_zones_are_those_of_methods(emaps):
    """METHODS, "Defaults": an hour over its year x [0.42, 1.65], over its month x hour profile x [0.57, 1.44]."""
    by_year, by_profile = [], []
    for row in table("zones_electricity_maps"):
        hours = emaps[row["zone"]]
        mean, means = sum(v for _, _, v in hours) / len(hours), cell_means(hours)
        by_year += [v / mean for _, _, v in hours]
        by_profile += [v / means[m, h] for m, h, v in hours]
    assert [round(q, 2) for q in quantiles(by_year)] == [0.42, 1.65]
    assert [round(q, 2) for q in quantiles(by_profile)] == [0.57, 1.44]


@NEEDS_SHARED
def test_marginal_profiles_equal_their_source():
    pounds, grams = gz_rows("avert_2022_marginal_lb_per_kwh.csv.gz"), gz_rows("avert_2023_marginal_gco2_per_kwh.csv.gz")
    regions = set()
    for row in table("profiles_marginal"):
        code, offset = row["zone"].removeprefix("AVERT-"), int(row["utc_offset_h"])
        regions.add(code)
        groups = defaultdict(list)
        for hour in range(8760):
            utc = datetime.datetime(2023, 1, 1, hour=0) + datetime.timedelta(hours=hour - offset)
            if utc.month != int(row["month"]):
                continue
            groups[utc.hour].append(float(pounds[hour + 1][pounds[0].index(code)]) * 453.59237)
            groups[utc.hour].append(float(grams[hour + 1][grams[0].index(code)]))
        for hour, values in groups.items():
            assert abs(int(row[f"h{hour:02}_dg_per_kwh"]) - 10 * sum(values) / len(values)) <= 0.5 + 1e-6, (code, hour)
    assert len(regions) == 14 and not regions & {"AKGD", "HIMS", "HIOA"}


@NEEDS_SHARED
def test_direct_profiles_equal_their_source():
    rows = gz_rows("eia930_6ba_2019_2022.csv.gz")
    codes = {"US-CAL-CISO": "CISO", "US-SW-EPE": "EPE", "US-TEX-ERCO": "ERCO", "US-NE-ISNE": "ISNE", "US-MIDW-MISO": "MISO", "US-MIDA-PJM": "PJM"}
    year = [row for row in rows[1:] if row[0].startswith("2022-")]
    zones = set()
    for row in table("profiles_direct"):
        column = rows[0].index(codes[row["zone"]] + "_direct")
        hours = [(int(each[0][5:7]), int(each[0][11:13]), float(each[column])) for each in year if int(each[0][5:7]) == int(row["month"])]
        means = cell_means(hours)
        for hour in range(24):
            assert abs(int(row[f"h{hour:02}_dg_per_kwh"]) - 10 * means[int(row["month"]), hour]) <= 0.5 + 1e-6, (row["zone"], hour)
        zones.add(row["zone"])
    assert zones == set(codes)


def test_direct_and_marginal_zones_show_the_figures_of_their_tables(cli):
    for name, place, year in (("profiles_direct", 1, 2022), ("profiles_marginal", 2, 2023)):
        for row in table(name):
            if row["month"] != "10":
                continue
            document = json.loads(cli("grid", "show", row["zone"], "--at", f"{year}-10-15T07:30Z", "--json", check=0).stdout)
            figure = document["figures"][place]
            assert figure["value"] == int(row["h07_dg_per_kwh"]) / 10 and figure["zone"] == row["zone"], row["zone"]
            assert figure["boundary"] == "direct" and figure["source"] == row["source"]


def test_every_zone_shows_the_figures_of_its_tables(cli):
    rows = defaultdict(list)
    for name in ("zones", "zones_electricity_maps"):
        for row in table(name):
            rows[row["zone"]].append(row)
    profiles = {(row["zone"], row["month"]): row for row in table("profiles_average")}
    for zone, expected in rows.items():
        document = json.loads(cli("grid", "show", zone, "--at", "2022-07-15T18:30Z", "--json", check=0).stdout)
        assert document["zone"] == zone
        assert [f["value"] for f in document["yearly"]] == [float(row["factor_g_per_kwh"]) for row in expected], zone
        assert [f["source"] for f in document["yearly"]] == [row["source"] for row in expected], zone
        first, used = document["figures"][0], document["run_uses"]
        # A run takes the profile where it has the boundary of the yearly factor, else the factor.
        if expected[0]["type"] in ("lifecycle", "unknown") and first["method"] == "month x hour profile":
            assert used["value"] == pytest.approx(first["value"], rel=1e-12) and used["zone"] == first["zone"], zone
        else:
            assert used["value"] == pytest.approx(float(expected[0]["factor_g_per_kwh"]), rel=1e-12), zone
            assert used["method"] == "yearly factor", zone
        if (zone, "7") in profiles:
            assert first["value"] == int(profiles[zone, "7"]["h18_dg_per_kwh"]) / 10 and first["zone"] == zone
        elif first["zone"] == zone:
            assert first["method"] == "yearly factor" and "no month x hour profile" in " ".join(first["notes"]), zone
        else:
            assert zone in " ".join(first["notes"]), zone


def test_a_later_year_has_the_level_of_its_yearly_figure(cli):
    """The profile's shape of 2022 times Ember's 2024 over its 2022, for every country that has both; said in a note."""
    years = {row["zone"]: row for row in table("zone_years")}
    profiles = {row["zone"]: row for row in table("profiles_average") if row["month"] == "7"}
    checked = 0
    for zone in ("FR", "DE", "PL", "GB", "ES", "US-CAL-CISO"):
        document = json.loads(cli("grid", "show", zone, "--at", "2026-07-15T18:30Z", "--json", check=0).stdout)
        first = document["figures"][0]
        raw = int(profiles[zone]["h18_dg_per_kwh"]) / 10
        if zone not in years:
            assert first["value"] == raw and "moved" not in " ".join(first["notes"])
            continue
        factor = float(years[zone]["y2024"]) / float(years[zone]["y2022"])
        assert abs(first["value"] - raw * factor) < 1e-9 * raw, zone
        assert "moved from the level of 2022 to that of 2024" in " ".join(first["notes"]), zone
        assert first["lower"] < first["value"] < first["upper"]
        checked += 1
    assert checked == 5


def same_figure(shown, used):
    assert shown["value"] == pytest.approx(used["value"]["value"], rel=1e-12)
    assert shown["lower"] == pytest.approx(used["value"]["lower"], rel=1e-12)
    assert shown["upper"] == pytest.approx(used["value"]["upper"], rel=1e-12)
    assert shown["boundary"] == used["boundary"]
    assert shown["zone"] == used["zone"] or f"{shown['zone']} is the same ground" in " ".join(used["notes"])


def run_within_an_hour(cli, zone):
    """Its figure is that of one hour. The next run after one that spans two does not."""
    records = (cli.run("true", options=["--zone", zone]) for _ in range(2))
    return next(record for record in records if record["started_at"][:13] == record["ended_at"][:13])


@pytest.mark.parametrize("zone", ["FR", "GB", "DE", "PJM", "KE", "US-MA", "US-NY", "IS"])
def test_show_says_exactly_what_run_uses(cli, zone):
    record = run_within_an_hour(cli, zone)
    document = show(cli, zone, "--at", record["started_at"])
    same_figure(document["run_uses"], record["intensity"])
    assert document["run_uses"]["method"] == record["intensity"]["method"]


def test_show_says_that_run_uses_what_was_imported(cli):
    begin = datetime.datetime.now(datetime.timezone.utc).replace(minute=0, second=0, microsecond=0)
    hours = [begin + datetime.timedelta(hours=h) for h in range(-2, 5)]
    rows = [f"{t:%Y-%m-%dT%H:%MZ},{100.25 + i}" for i, t in enumerate(hours)]
    (cli.directory / "fr.csv").write_text("time_utc,gco2e_per_kwh\n" + "\n".join(rows) + "\n")
    cli("grid", "import", "fr.csv", "--zone", "FR", "--signal", "average", "--boundary", "lifecycle", check=0)
    record = run_within_an_hour(cli, "FR")
    document = show(cli, "FR", "--at", record["started_at"])
    assert document["run_uses"]["method"].startswith("data set ") and document["run_uses"]["value"] == document["figures"][0]["value"]
    same_figure(document["run_uses"], record["intensity"])
    assert record["intensity"]["dataset"].startswith(document["run_uses"]["method"].removeprefix("data set "))


def test_levelled_values_are_printed_like_others(cli):
    text = cli("grid", "show", "FR", "--at", "2025-01-15T18:30Z", check=0).stdout.decode()
    assert not re.search(r"[0-9]\.[0-9]{7,}", text.split("yearly factors")[0]), text
    assert "44.179085 g/kWh" in text  # the table's own digits
    assert max(len(line) for line in text.splitlines()) <= 80 + 20, text  # sources stand on lines of their own


def test_an_alias_is_said(cli):
    document = show(cli, "ciso", "--at", "2026-07-15T18:00Z")
    assert document["zone"] == "US-CAL-CISO" and document["asked_as"]["name"] == "CISO"
    average, direct, marginal = document["figures"]
    assert average["boundary"] == "lifecycle" and direct["boundary"] == "direct" and direct["value"] < average["value"]
    assert marginal["zone"] == "AVERT-CA" and "AVERT-CA" in marginal["notes"][0]
    assert len(document["profiles"]) == 3
    text = cli("grid", "show", "ciso", "--at", "2026-07-15T18:00Z", check=0).stdout.decode()
    assert "CISO is US-CAL-CISO" in text and "July by hour" in text and "run uses" in text


def test_unknown_is_said_with_the_way_to_get_it(cli):
    document = show(cli, "FR", "--signal", "marginal")
    assert [f["value"] for f in document["figures"]] == [None]
    assert "olivine grid" in document["figures"][0]["reason"]
    assert "unknown: no marginal rate of FR" in cli("grid", "show", "FR", check=0).stdout.decode()
    lifecycle = show(cli, "PJM", "--signal", "marginal", "--boundary", "lifecycle")["figures"][0]
    assert lifecycle["value"] is None and "--boundary direct" in lifecycle["reason"]


def test_a_marginal_region(cli):
    document = show(cli, "AVERT-TE", "--at", "2026-01-01")
    assert document["run_uses"]["value"] is None and document["yearly"] == []
    assert document["figures"][2]["value"] > 300
    assert cli("run", "-q", "--zone", "AVERT-TE", "--", "true").stderr.count(b"marginal") == 1


def test_run_takes_electricity_maps_zones_and_names(cli):
    record = cli.run("true", options=["--zone", "PJM"])
    assert record["intensity"]["zone"] == "US-MIDA-PJM"
    assert "PJM is US-MIDA-PJM" in cli("show", check=0).stdout.decode()


@pytest.mark.parametrize(
    "arguments", [["ZZZZ"], [""], ["FR", "--at", "yesterday"], ["FR", "--at", "2026-02-30"], ["FR", "--signal", "moer"],
                  ["FR", "--boundary", "scope2"], []])
def test_wrong_words_are_usage_errors(cli, arguments):
    done = cli("grid", "show", *arguments, check=2)
    assert done.stdout == b"" and done.stderr.startswith(b"olivine: ")


def test_zones_lists_cloud_and_marginal_regions_and_names(cli):
    def kinds(text):
        document = strict_loads(cli("grid", "zones", text, "--json", check=0).stdout)
        check(document, "zones")
        return {row["kind"] for row in document}, document

    found, rows = kinds("us-east-1")
    assert found == {"cloud_region"}
    assert {row["cloud"]["grid"] for row in rows} >= {"US-MIDA-PJM"}
    assert kinds("avert")[0] == {"marginal_region"}
    found, rows = kinds("10YFR-RTE")
    assert found == {"zone"} and {row["zone"] for row in rows} == {"FR"}
    assert kinds("")[0] == {"zone", "cloud_region", "marginal_region"}
    text = cli("grid", "zones", "iowa", check=0).stdout.decode()
    assert "US-IA" in text and "us-central1" in text and "US-MIDW-MISO" in text


def edited_zones(tmp_path, old, new):
    text = (DATA / "zones.csv").read_text()
    assert old in text
    path = tmp_path / "zones.csv"
    path.write_text(text.replace(old, new))
    return path


def test_update_replaces_a_table_and_says_so(cli, tmp_path):
    path = edited_zones(tmp_path, "KE,Kenya,,", "KE,Kenya,,1")  # one more digit in front
    before = show(cli, "KE")["yearly"][0]
    cli("grid", "update", path, check=0)
    kept = tmp_path / "data" / "olivine" / "tables" / "zones.csv"
    after = show(cli, "KE")["yearly"][0]
    assert str(after["value"]).removeprefix("1") == str(before["value"]) and after["row"].startswith(str(kept))
    cli.run("true", options=["--zone", "KE"])
    assert str(kept) in cli("explain", "last", "carbon", check=0).stdout.decode()
    kept.write_text(kept.read_text().replace("Kenya", "Kenia"))
    done = cli("grid", "show", "KE", check=3)
    assert b"does not match its sum" in done.stderr and done.stdout == b""
    done = cli("run", "-q", "--zone", "KE", "--", "true", check=0)
    assert b"built-in table serves" in done.stderr
    cli("grid", "update", path, check=0)
    assert show(cli, "KE")["yearly"][0] == after
    for name in ("zones.csv", "zones.csv.sum"):
        (kept.parent / name).unlink()
    assert show(cli, "KE")["yearly"][0] == before


@pytest.mark.parametrize("old,new,said", [
    ("KE,Kenya,,", "KE,Kenya,,x", b"column factor_g_per_kwh"), ("KE,Kenya,,", "KE,", b"fields"), ("zone,name,parent", "zone,parent,name", b"columns"),
    ("KE,Kenya", "FR,Kenya", b"second row"), ("KE,Kenya", "KE,\x1b[2J", b"control")])
def test_a_damaged_table_is_refused_with_its_line(cli, tmp_path, old, new, said):
    done = cli("grid", "update", edited_zones(tmp_path, old, new))
    assert done.returncode == 2 and said in done.stderr and b"line" in done.stderr, done.stderr
    assert not (tmp_path / "data").exists()


def test_update_takes_tables_by_name_only(cli, tmp_path):
    for name in ("other.csv", "zones.txt", "cpus.csv"):
        (tmp_path / name).write_text("# source licence\na\n1\n")
        assert b"zones_electricity_maps.csv" in cli("grid", "update", tmp_path / name, check=2).stderr
    assert cli("grid", "update", tmp_path / "zones.csv", check=2).stderr.startswith(b"olivine: ")
    (tmp_path / "zones.csv").write_bytes(b"# source licence\n" + b"a" * (5 << 20))
    cli("grid", "update", tmp_path / "zones.csv", check=2)
