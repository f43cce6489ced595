"""olivine grid import of generation and exchanges: consumption by flow tracing, from three kinds of files, end to end."""

import json
import os
import pathlib

import pytest
from olivine_cli import ROOT
from test_schemas import check, strict_loads

SHARED = pathlib.Path(os.environ.get("OLIVINE_SHARED_DATA", ROOT.parent / "shared" / "data"))
METHODS_9 = """time,zone,hydro,coal,exchange:FR,exchange:BE
2026-01-01T00:00Z,FR,100,,,-50
2026-01-01T00:00Z,BE,,50,50,
2026-01-01T01:00Z,FR,100,,,-50
2026-01-01T01:00Z,BE,,50,50,
"""
FACTORS = ["--factors", "hydro=0,coal=800", "--boundary", "direct"]


@pytest.fixture
def grid(cli):
    cli.env["XDG_DATA_HOME"] = str(cli.directory / "data")
    (cli.directory / "trade.csv").write_text(METHODS_9)
    return cli


def imported(grid, *arguments):
    document = strict_loads(grid("grid", "import", *arguments, "--json", check=0).stdout)
    check(document, "grid_import")
    return document


def shown(grid, zone):
    document = json.loads(grid("grid", "show", zone, "--at", "2026-01-01T00:30Z", "--json", check=0).stdout)
    return json.dumps(document)


def test_known_answer_of_methods_9(grid):
    document = imported(grid, "trade.csv", *FACTORS)
    assert document["format"] == "mix" and document["left_out"] == []
    assert sorted((d["zone"], d["accounting"]) for d in document["datasets"]) == [
        ("BE", "consumption"), ("BE", "production"), ("FR", "consumption"), ("FR", "production")]
    stored = json.loads(grid("grid", "show", "BE", "--at", "2026-01-01T00:30Z", "--boundary", "direct", "--json", check=0).stdout)
    values = json.dumps(stored)
    assert '"value": 400.0' in values and "flow tracing" in values  # consumption answers when nobody says which


def test_published_factors_and_one_zone(grid):
    document = imported(grid, "trade.csv", "--zone", "BE", "--accounting", "consumption")
    assert [(d["zone"], d["boundary"]) for d in document["datasets"]] == [("BE", "direct"), ("BE", "lifecycle")]
    assert any("exchanges given: FR" in note for note in document["datasets"][0]["notes"])


def entsoe(area, kind, quantity):
    return f"""<?xml version="1.0" encoding="UTF-8"?><GL_MarketDocument xmlns="urn:x"><type>A75</type><TimeSeries>
<inBiddingZone_Domain.mRID codingScheme="A01">{area}</inBiddingZone_Domain.mRID>
<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name><curveType>A03</curveType>
<MktPSRType><psrType>{kind}</psrType></MktPSRType><Period><timeInterval><start>2026-01-01T00:00Z</start>
<end>2026-01-01T02:00Z</end></timeInterval><resolution>PT60M</resolution>
<Point><position>1</position><quantity>{quantity}</quantity></Point></Period></TimeSeries></GL_MarketDocument>"""


def flow(origin, to, quantity):
    return f"""<?xml version="1.0" encoding="UTF-8"?><Publication_MarketDocument><type>A11</type><TimeSeries>
<in_Domain.mRID>{to}</in_Domain.mRID><out_Domain.mRID>{origin}</out_Domain.mRID>
<quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name><curveType>A03</curveType><Period><timeInterval>
<start>2026-01-01T00:00Z</start><end>2026-01-01T02:00Z</end></timeInterval><resolution>PT60M</resolution>
<Point><position>1</position><quantity>{quantity}</quantity></Point></Period></TimeSeries></Publication_MarketDocument>"""


def test_entsoe_documents(grid):
    be, fr = "10YBE----------2", "10YFR-RTE------C"
    files = {"be.xml": entsoe(be, "B05", 50), "fr.xml": entsoe(fr, "B12", 100), "out.xml": flow(fr, be, 50), "in.xml": flow(be, fr, 0)}
    for name, text in files.items():
        (grid.directory / name).write_text(text)
    imported(grid, *files, "--factors", "hard coal=800,water reservoir=0", "--boundary", "direct")
    assert '"value": 400.0' in shown(grid, "BE")
    one_way = imported(grid, "be.xml", "fr.xml", "out.xml", "--boundary", "direct")
    assert any("the flow from BE to FR is not given" in text for text in one_way["left_out"])
    assert {d["accounting"] for d in one_way["datasets"]} == {"production"}
    alone = grid("grid", "import", "out.xml", check=2).stderr
    assert b"add the files of generation" in alone and alone.count(b"\n") == 1


def test_eia_930_files(grid):
    (grid.directory / "balance.csv").write_text(
        "Balancing Authority,UTC Time at End of Hour,Net Generation (MW) from Coal,Net Generation (MW) from Wind\n"
        'CISO,01/01/2026 01:00:00 AM,"1,000",\nBPAT,01/01/2026 01:00:00 AM,,"3,000"\n')
    (grid.directory / "interchange.csv").write_text(
        "Balancing Authority,Directly Interconnected Balancing Authority,Interchange (MW),UTC Time at End of Hour\n"
        'BPAT,CISO,"1,000",01/01/2026 01:00:00 AM\nCISO,BPAT,"-1,000",01/01/2026 01:00:00 AM\n')
    document = imported(grid, "balance.csv", "interchange.csv", "--boundary", "lifecycle", "--zone", "US-CAL-CISO")
    assert {d["accounting"] for d in document["datasets"]} == {"production", "consumption"}
    assert '"value": 415.5' in shown(grid, "US-CAL-CISO")  # (820 + 11) / 2


@pytest.mark.parametrize("arguments,words", [
    (["trade.csv", "--factors", "coal=800"], b"--boundary direct"),
    (["trade.csv", "--factors", "coal", "--boundary", "direct"], b"COLUMN=G"),
    (["trade.csv", "--factors", "coal=800", "--boundary", "direct"], b"no factor for column hydro"),
    (["trade.csv", "--signal", "marginal"], b"estimate-marginal"),
    (["trade.csv", "--zone", "DE"], b"they have FR, BE"),
    (["trade.csv", "plain.csv"], b"plain.csv: is no file of generation"),
    (["plain.csv", "--factors", "coal=1"], b"--factors is for generation"),
    (["lonely.csv", "--zone", "FR", "--accounting", "consumption"], b"no exchange is given"),
    (["lonely.csv"], b"--zone FR"),
])
def test_wrong_words(grid, arguments, words):
    (grid.directory / "plain.csv").write_text("time_utc,g_per_kwh\n2026-01-01T00:00Z,1\n2026-01-01T01:00Z,1\n")
    (grid.directory / "lonely.csv").write_text("time,coal,gas,wind\n2026-01-01T00:00Z,1,1,1\n2026-01-01T01:00Z,1,1,1\n")
    done = grid("grid", "import", *arguments, check=2)
    assert words in done.stderr and done.stderr.count(b"\n") == 1 and done.stdout == b""
    assert not (grid.directory / "data").exists()


@pytest.mark.skipif(not (SHARED / "api").is_dir(), reason=f"no shared data at {SHARED}")
def test_the_services_own_sample(grid):
    document = imported(grid, SHARED / "api" / "entsoe_production.xml")
    assert [(d["zone"], d["boundary"], d["points"]) for d in document["datasets"]] == [("BE", "direct", 2), ("BE", "lifecycle", 2)]
    done = json.loads(grid("grid", "estimate-marginal", SHARED / "api" / "entsoe_production.xml", "--json", check=0).stdout)
    assert done["identifiable"] is False and "fossil gas" in done["regressors"]
    assert b"neither generation" in grid("grid", "import", SHARED / "api" / "FR_prices.xml", check=2).stderr


def test_estimate_marginal_of_one_zone_of_many(grid):
    rows = ["time,zone,coal,gas,wind"]
    for hour in range(48):
        for zone, share in (("FR", 0.25), ("BE", 0.75)):
            load = 1000 + hour * 37 % 101
            rows.append(f"2026-01-{1 + hour // 24:02}T{hour % 24:02}:00Z,{zone},{load * share},{load * (1 - share)},50")
    (grid.directory / "many.csv").write_text("\n".join(rows) + "\n")
    for zone, share in (("FR", 0.25), ("BE", 0.75)):
        arguments = ["many.csv", "--zone", zone, "--factors", "coal=1000,gas=400"]
        done = json.loads(grid("grid", "estimate-marginal", *arguments, "--json", check=0).stdout)
        assert done["slope_g_per_kwh"] == pytest.approx(1000 * share + 400 * (1 - share), abs=0.1)
    assert b"say which with --zone" in grid("grid", "estimate-marginal", "many.csv", check=2).stderr
