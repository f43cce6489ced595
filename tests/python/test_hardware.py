"""`olivine hardware`: names as people write them, figures with range and source, unknown as unknown, wrong names."""

import json
from pathlib import Path

import pytest
from test_schemas import check

ROOT = Path(__file__).resolve().parents[2]


def shown(cli, name, *words, code=0):
    return json.loads(cli("hardware", "show", name, *words, "--json", check=code).stdout)


@pytest.mark.parametrize(
    "typed, kind, name, watts",
    [
        ("H100-SXM", "gpu", "NVIDIA H100 80GB HBM3", 700),
        ("A100-SXM4-80GB", "gpu", "NVIDIA A100-SXM4-80GB", 400),
        ("rtx4090", "gpu", "RTX 4090", 450),
        ("mi300x", "gpu", "AMD Instinct MI300X", 750),
        ("Intel(R) Xeon(R) Gold 6154 CPU @ 3.00GHz", "cpu", "Intel Xeon Gold 6154", 200),
        ("EPYC 7763", "cpu", "AMD EPYC 7763", 280),
    ],
)
def test_names_as_people_write_them(cli, typed, kind, name, watts):
    item = shown(cli, typed)
    check(item, "hardware_show")
    assert (item["kind"], item["name"]) == (kind, name)
    assert item["figures"]["tdp_w"]["value"] == watts
    assert item["figures"]["embodied"]["lower"] < item["figures"]["embodied"]["value"] < item["figures"]["embodied"]["upper"]


def test_a_published_footprint_and_its_document(cli):
    made = shown(cli, "H100-SXM")["figures"]["embodied"]
    assert made["value"] == 164 and made["basis"] == "reference" and "HGX H100" in made["source"]


def test_an_instance_and_its_share(cli):
    item = shown(cli, "Standard_D16s_v3")
    check(item, "hardware_show")
    assert item["figures"]["host_share"]["value"] == 0.25
    assert item["figures"]["embodied"]["value"] == pytest.approx(1483.1 / 4)
    p4d = shown(cli, "p4d.24xlarge")
    assert p4d["figures"]["half_w"]["value"] == pytest.approx(3781.8)
    assert p4d["properties"]["GPU"] == "a100 sxm4 40gb"


def test_unknown_is_unknown(cli):
    item = shown(cli, "TPU v5e")
    check(item, "hardware_show")
    assert item["figures"]["tdp_w"]["value"] is None and item["figures"]["idle_w"]["value"] is None
    text = cli("hardware", "show", "TPU v5e", check=0).stdout.decode()
    assert "design power            unknown" in text


def test_text_names_range_basis_and_source(cli):
    text = cli("hardware", "show", "EPYC 7763", check=0).stdout.decode()
    assert "280 W" in text and "modelled" in text and "data/cpu_dies.csv" in text and " .. " in text


@pytest.mark.parametrize(
    "words, says",
    [
        (["show", "A100"], b"may be"),
        (["show", "H1000-SXM"], b"nearest: "),
        (["show", "RTX 3080 Laptop GPU"], b"no hardware is called"),
        (["show", ""], b"no hardware is called"),
        (["show", "H100-SXM", "--kind", "cpu"], b"no cpu is called"),
        (["show", "x", "--kind", "toaster"], b"--kind"),
        (["ls", "qqqqqq"], b"in its name"),
        (["ls", "--limit", "-1"], b"--limit"),
    ],
)
def test_wrong_names_are_one_line(cli, words, says):
    done = cli("hardware", *words)
    assert done.returncode == 2
    assert done.stdout == b"" and done.stderr.count(b"\n") == 1 and says in done.stderr


def test_ls(cli):
    document = json.loads(cli("hardware", "ls", "a100", "--kind", "gpu", "--json", check=0).stdout)
    check(document, "hardware_ls")
    assert document["found"] == len(document["items"]) >= 4
    few = json.loads(cli("hardware", "ls", "--limit", "3", "--json", check=0).stdout)
    assert len(few["items"]) == 3 and few["found"] > 7000
    text = cli("hardware", "ls", "a100", check=0).stdout.decode()
    assert "NVIDIA A100-SXM4-80GB" in text and "400 W" in text
    cut = cli("hardware", "ls", "xeon", "--limit", "5", check=0).stdout.decode()
    assert "5 of " in cut and cut.count("\n") == 7


def test_the_catalogue_is_as_large_as_promised(cli):
    for kind, least in {"cpu": 1500, "gpu": 60, "instance": 1000, "memory": 10, "storage": 20, "server": 50}.items():
        assert json.loads(cli("hardware", "ls", "--kind", kind, "--limit", "1", "--json", check=0).stdout)["found"] >= least, kind


def test_what_is_left_of_a_server_without_its_chips_is_half_way_between_two_methods():
    """data/server_parts.csv, server_remainder: half of the makers' median less Boavizta's parts."""
    import csv
    import statistics

    def rows(name):
        lines = (ROOT / "data" / name).read_text().splitlines()
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))

    servers = [row for row in rows("product_footprints.csv") if row["kind"] == "server" and float(row["embodied_kg"]) < 6000]
    left = [float(s["embodied_kg"]) - 0.726 * float(s["memory_gb"] or 32) - 20 * float(s["cpus"] or 2) for s in servers]
    parts = {row["key"]: float(row["embodied_kg"]) for row in rows("server_parts.csv")}
    known = parts["rack_case"] + parts["mainboard"] + 2 * parts["power_supply"] + parts["assembly"]
    assert len(left) == 56 and statistics.median(left) == pytest.approx(1205, abs=1)
    assert parts["server_remainder"] == pytest.approx((statistics.median(left) - known) / 2, abs=1)
