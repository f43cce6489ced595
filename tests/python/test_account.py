"""`olivine account` and `account init`: published totals from a manifest, every output, and one line for every mistake."""

import json
import os
import pty
import re
import subprocess
import tomllib

import pytest
from olivine_cli import BIN, ROOT, Moving
from test_schemas import check

EXAMPLES = sorted((ROOT / "examples" / "account").glob("*.toml"))
SMALL = 'schema = "olivine-account/1"\n[[activity]]\nid = "a"\nphase = "training"\nenergy = 12\nplane = "facility"\nintensity = 100\n'


def accounted(cli, *words):
    return json.loads(cli("account", *words, "--json", check=0).stdout)


def value(account, figure):
    return account["figures"][figure]["value"]


def test_bloom(cli):
    """Luccioni et al. 2022: 433,196 and 256,646 kWh; 24.69, 14.6, 11.2 and 50.5 t."""
    account = accounted(cli, ROOT / "examples" / "account" / "bloom.toml")
    assert value(account, "activity.training.energy") == pytest.approx(433_196, rel=1e-6)
    assert value(account, "activity.idle.energy") == pytest.approx(256_646, rel=1e-5)
    assert value(account, "activity.training.operational") == pytest.approx(24_690, rel=1e-3)
    assert value(account, "activity.idle.operational") == pytest.approx(14_600, rel=3e-3)
    assert value(account, "total.embodied") == pytest.approx(11_200, rel=2e-3)
    assert value(account, "total.carbon") == pytest.approx(50_500, rel=2e-3)
    assert value(account, "hardware.server.embodied") == pytest.approx(7_570, rel=2e-3)
    assert value(account, "hardware.gpu.embodied") == pytest.approx(3_640, rel=2e-3)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_examples_are_valid_and_evaluate(cli, path):
    check(tomllib.loads(path.read_text()), "manifest")
    account = accounted(cli, path)
    check(account, "account")
    for name, figure in account["figures"].items():
        if figure["value"] is None:
            assert figure["reason"], name
        elif figure["lower"] is not None:
            assert figure["lower"] <= figure["upper"], name


@pytest.mark.parametrize("columns", [80, 120])
def test_text_fits_the_terminal(cli, columns):
    for path in EXAMPLES:
        text = cli("account", path, check=0, env={**cli.env, "COLUMNS": str(columns), "NO_COLOR": "1"}).stdout.decode()
        assert "\x1b" not in text
        assert max(len(line) for line in text.splitlines()) <= columns, path


def test_json_and_toml_say_the_same(cli, tmp_path):
    source = ROOT / "examples" / "account" / "training.toml"
    twin = tmp_path / "training.json"
    twin.write_text(json.dumps(tomllib.loads(source.read_text()), default=str))
    first, second = accounted(cli, source), accounted(cli, twin)
    for name, figure in first["figures"].items():
        for key in ("value", "lower", "upper"):
            assert second["figures"][name][key] == figure[key], name


def test_same_seed_same_ranges(cli):
    path = ROOT / "examples" / "account" / "training.toml"
    assert accounted(cli, path)["figures"] == accounted(cli, path)["figures"]
    other = accounted(cli, path, "--seed", "7")
    figure = other["figures"]["total.carbon"]
    assert figure["lower"] == pytest.approx(accounted(cli, path)["figures"]["total.carbon"]["lower"], rel=0.02)


def test_zone_and_time_of_the_command_line(cli, tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(SMALL)
    assert value(accounted(cli, path), "total.carbon") == pytest.approx(1.2)
    polish = accounted(cli, path, "--zone", "PL", "--at", "2022-01")
    assert polish["activities"][0]["zone"] == "PL"
    assert value(polish, "total.carbon") > 5.0
    assert any("--zone PL" in note for note in polish["notes"])


def test_stored_series_is_integrated_and_named(cli, tmp_path):
    series = tmp_path / "s.csv"
    rows = [f"2022-01-01T{hour:02d}:00:00Z,{100 if hour < 11 else 300}" for hour in range(24)]
    series.write_text("\n".join(["time_utc,gco2e_per_kwh", *rows]) + "\n")
    cli("grid", "import", series, "--zone", "FR", "--signal", "average", "--boundary", "lifecycle", check=0)
    path = tmp_path / "a.toml"
    path.write_text(SMALL.replace("intensity = 100", 'zone = "FR"\nat = "2022-01-01T10:30Z/2022-01-01T11:30Z"'))
    account = accounted(cli, path)
    assert value(account, "total.carbon") == pytest.approx(2.4)
    intensity = account["activities"][0]["intensity"]
    assert intensity["method"] == "hourly series" and re.fullmatch("[0-9a-f]{32}", intensity["dataset"])
    tree = cli("account", path, "--explain", "carbon", check=0).stdout.decode()
    assert intensity["dataset"][:16] in tree


def test_marginal_gives_no_total(cli, tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(SMALL + "marginal_intensity = 500\n")
    account = accounted(cli, path, "--signal", "marginal")
    assert value(account, "total.carbon") is None and "METHODS 11" in account["figures"]["total.carbon"]["reason"]
    assert value(account, "total.marginal") == pytest.approx(6.0)


def test_runs_of_the_ledger(server_cli, server, tmp_path):
    cli = server_cli  # a recorded tree of meters, so that the energy is known wherever the test runs
    with Moving(server, {"intel-rapl:0": 60.0, "intel-rapl:1": 50.0}):
        cli("run", "--name", "measured", "--zone", "FR", "--", "sh", "-c", "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done", check=0)
    record = json.loads(cli("show", "measured", "--json", check=0).stdout)
    path = tmp_path / "a.toml"
    path.write_text('schema = "olivine-account/1"\n[defaults]\npue = "none"\n[[activity]]\nid = "a"\nphase = "training"\nruns = ["measured"]\n')
    account = accounted(cli, path)
    joules = record["energy_j"]["total"]["value"]
    assert joules > 0
    assert value(account, "total.energy") * 3.6e6 == pytest.approx(joules, rel=1e-9)
    assert account["activities"][0]["zone"] == "FR"


def test_html_needs_nothing_else(cli, tmp_path):
    page = tmp_path / "report.html"
    cli("account", ROOT / "examples" / "account" / "training.toml", f"--html={page}", check=0)
    text = page.read_text()
    assert text.startswith("<!doctype html>") and "An image model" in text
    assert not re.search(r"<script|https?://|src=|<link|@import|url\(", text)


def test_names_are_no_markup_and_no_escape_codes(cli, tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(SMALL.replace("[[activity]]", 'name = "<script>alert(1)</script>\\u001b[31m"\n[[activity]]', 1))
    assert b"<script" not in cli("account", path, "--html", check=0).stdout
    assert b"\x1b" not in cli("account", path, check=0).stdout


@pytest.mark.parametrize("figure", ["carbon", "total.energy", "activity.final.carbon", "figure.search_share", "search_share"])
def test_explain_reaches_sources(cli, figure):
    tree = cli("account", ROOT / "examples" / "account" / "training.toml", "--explain", figure, check=0).stdout.decode()
    assert "training.toml, line" in tree
    leaves = [line for line in tree.splitlines() if "[default;" in line or "[factor row;" in line or "[setting;" in line]
    assert leaves


MISTAKES = [
    ("", "schema = \"olivine-account/1\" is missing"),
    (SMALL.replace("energy = 12", "enrgy = 12"), 'a.toml:5: activity "a" has no key "enrgy"; did you mean "energy"?'),
    (SMALL.replace("12", '"10 kg"'), "a.toml:5: activity \"a\": energy is in"),
    (SMALL + "pue = 1.2\n", "pue on a facility figure is refused"),
    (SMALL.replace("12", "nan"), "nan and inf are no numbers"),
    (SMALL.replace("12", '"= a"') + '[parameters]\na = "= b"\nb = "= a"\n', "needs itself: a -> b -> a"),
    (SMALL.replace("intensity = 100", 'zone = "FRR"'), "a.toml:2: activity.a.zone: "),
    (SMALL + 'upstream_intensity = 60\nboundary = "lifecycle"\n', "on top of a lifecycle intensity is refused"),
    ("[" * 5000, "a.toml:1: "),
    ("x = " + "[" * 100 + "\n", "nested too deeply"),
    (SMALL.replace("12", "1e400"), "a.toml:5"),
    (SMALL.replace("12", '"= ' + "(" * 500 + '1"'), "a.toml:5"),
    (SMALL.replace("12", '"=HYPERLINK(1)"'), "a.toml:5"),
]


@pytest.mark.parametrize("text, says", MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_one_line(cli, tmp_path, text, says):
    path = tmp_path / "a.toml"
    path.write_text(text)
    done = cli("account", path, check=2)
    assert says in done.stderr.decode().replace(str(tmp_path) + "/", ""), done.stderr
    assert done.stderr.count(b"\n") == 1 and done.stdout == b""


def test_missing_file_and_missing_figure(cli, tmp_path):
    assert cli("account", tmp_path / "none.toml", check=2).stderr.count(b"\n") == 1
    assert b"which manifest?" in cli("account", check=2).stderr
    path = tmp_path / "a.toml"
    path.write_text(SMALL)
    assert b'did you mean "total.carbon"?' in cli("account", path, "--explain", "carbn", check=2).stderr


def test_init_writes_what_evaluates(cli, tmp_path):
    path = tmp_path / "new.toml"
    cli("account", "init", path, "--zone", "SE", check=0)
    account = accounted(cli, path)
    assert value(account, "total.carbon") > 0
    assert account["activities"][0]["zone"] == "SE"
    assert b"is there already" in cli("account", "init", path, check=2).stderr
    cli("account", "init", path, "--force", "--yes", check=0)
    assert cli("account", "init", "-y", "-", check=0).stdout.startswith(b"# A life-cycle account")
    assert b"--zone" in cli("account", "init", "-y", "-", "--zone", "FRR", check=2).stderr


def test_init_asks_at_a_terminal(cli, tmp_path):
    master, slave = pty.openpty()
    path = tmp_path / "asked.toml"
    child = subprocess.Popen([BIN, "account", "init", str(path)], stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=cli.env, cwd=tmp_path)
    os.close(slave)
    os.write(master, b"My model\ntraning\ntraining\nFRRR\nFR\nA100-SXM4-80GB\n8\n96\n")
    out, words = child.communicate(timeout=60)
    os.close(master)
    assert child.returncode == 0, words
    account = accounted(cli, path)
    assert account["name"] == "My model" and account["activities"][0]["zone"] == "FR"
    assert value(account, "hardware.device.device_hours") == pytest.approx(768)
    assert value(account, "total.it_energy") == pytest.approx(768 * 0.4)


def test_the_catalogues_embodied_carbon_is_used(cli, tmp_path):
    """H100 SXM: 164 kg published; 5 years, half of them at work: 164 / 21,900 h each hour."""
    path = tmp_path / "a.toml"
    path.write_text('schema = "olivine-account/1"\n[defaults]\nintensity = 100\npue = "none"\n[[hardware]]\nid = "g"\nname = "H100-SXM"\nlife = 5\n'
                    'utilisation = 0.5\n[[activity]]\nid = "a"\nphase = "training"\nhardware = "g"\ndevice_hours = 2190\n')
    account = accounted(cli, path)
    assert value(account, "total.embodied") == pytest.approx(16.4)
    assert "data/gpus.csv" in cli("account", path, "--explain", "total.embodied", check=0).stdout.decode()


def test_what_is_bought_is_booked_in_its_year(cli, tmp_path):
    path = tmp_path / "a.toml"
    path.write_text('schema = "olivine-account/1"\nbooking = "purchase"\nyear = 2024\n[defaults]\nintensity = 100\npue = "none"\n[[hardware]]\nid = "s"\n'
                    'count = 10\nembodied = "1200 kg"\npurchased = 2024\npower = 100\n[[activity]]\nid = "a"\nphase = "training"\nhardware = "s"\ndevice_hours = 1\n')
    assert value(accounted(cli, path), "total.embodied") == pytest.approx(12_000)
    path.write_text(path.read_text().replace("year = 2024", "year = 2025", 1))
    account = accounted(cli, path)
    assert "total.embodied" not in account["figures"]
    assert any("booked in other years" in line for line in account["not_counted"])


SACCT = """JobID|User|Account|State|Start|End|ElapsedRaw|AllocTRES|TotalCPU|ConsumedEnergyRaw
1|u|vision|COMPLETED|2023-03-01T10:30:00|2023-03-01T11:30:00|3600|billing=4,cpu=4,gres/gpu:a100=2,gres/gpu=2,mem=16G,node=1|01:00:00|
2|u|nlp|FAILED|2023-03-01T12:00:00|2023-03-01T13:00:00|3600|billing=4,cpu=4,mem=16G,node=1|01:00:00|3600000
"""


def test_a_clusters_log_is_part_of_an_account(cli, tmp_path):
    """Two A100 for an hour across 11:00, and a job with a measured kWh: 0.8 kWh at 200 g/kWh and 1 kWh at 300."""
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "sacct.txt").write_text(SACCT)
    series = tmp_path / "s.csv"
    series.write_text("time_utc,gco2e_per_kwh\n" + "".join(f"2023-03-01T{h:02d}:00:00Z,{100 if h < 11 else 300}\n" for h in range(24)))
    cli("grid", "import", series, "--zone", "FR", "--signal", "average", "--boundary", "lifecycle", check=0)
    path = tmp_path / "log" / "a.toml"
    path.write_text('schema = "olivine-account/1"\n[defaults]\npue = "none"\nzone = "FR"\n[[hardware]]\nid = "a100"\npower = 400\n'
                    '[[activities_file]]\npath = "sacct.txt"\nformat = "sacct"\nphase = "training"\n[[functional_unit]]\nname = "job"\ncount = 2\n')
    account = accounted(cli, path)
    assert value(account, "total.energy") == pytest.approx(1.8)
    assert value(account, "total.operational") == pytest.approx((0.8 * 200 + 1.0 * 300) / 1000)
    assert value(account, "waste.failed.operational") == pytest.approx(0.3)
    assert value(account, "project.vision.operational") == pytest.approx(0.16)
    # The same table behind the other commands that read manifests.
    sides = json.loads(cli("compare", path, path, "--json", check=0).stdout)["sides"]
    assert sides[0]["energy_j"]["value"] == pytest.approx(1.8 * 3.6e6)
    path.write_text(path.read_text().replace('format = "sacct"', 'format = "slurm"'))
    done = cli("account", path, check=2)
    assert b"slurm" in done.stderr and done.stderr.count(b"\n") == 1


def test_what_init_writes_has_a_score(cli, tmp_path):
    cli("account", "init", tmp_path / "new.toml", "--zone", "SE", "--yes", check=0)
    account = accounted(cli, tmp_path / "new.toml")
    assert account["activities"][0]["id"] == "training"
    assert cli("sci", "show", tmp_path / "new.toml").returncode == 0


def test_output_files_are_nobody_elses(cli, tmp_path):
    """No name beside the target is touched, a link is followed, permissions stay, a failure leaves the old file."""
    path, page = tmp_path / "a.toml", tmp_path / "page.html"
    path.write_text(SMALL)
    (tmp_path / "page.html.part").write_text("mine")
    (tmp_path / "elsewhere.html").write_text("old")
    os.chmod(tmp_path / "elsewhere.html", 0o600)
    os.symlink(tmp_path / "elsewhere.html", page)
    cli("account", path, f"--html={page}", check=0)
    assert (tmp_path / "page.html.part").read_text() == "mine"
    assert page.is_symlink() and (tmp_path / "elsewhere.html").read_text().startswith("<!doctype html>")
    assert os.stat(tmp_path / "elsewhere.html").st_mode & 0o777 == 0o600
    before = sorted(os.listdir(tmp_path))
    writers = [cli.popen("account", path, f"--html={tmp_path}/both.html", stderr=subprocess.PIPE) for _ in range(8)]
    assert [w.wait() for w in writers] == [0] * 8
    assert (tmp_path / "both.html").read_text() == page.read_text()
    assert sorted(os.listdir(tmp_path)) == sorted([*before, "both.html"])
    assert cli("account", path, f"--html={tmp_path}/no/folder.html").returncode != 0
