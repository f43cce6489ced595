"""olivine grid import, grid data: end to end."""

import json
import subprocess

import pytest
from olivine_cli import BIN, ROOT

FIXTURES = ROOT / "src" / "grid" / "import" / "fixtures"
SAID = ["--signal", "average", "--boundary", "lifecycle"]


@pytest.fixture
def grid(cli):
    cli.env["XDG_DATA_HOME"] = str(cli.directory / "data")
    return cli


def import_json(grid, *arguments):
    return json.loads(grid("grid", "import", *arguments, "--json", check=0).stdout)


def listed(grid):
    return json.loads(grid("grid", "data", "ls", "--json", check=0).stdout)["datasets"]


def test_a_first_import_and_its_removal(grid):
    assert listed(grid) == []
    done = grid("grid", "import", FIXTURES / "generic.csv", "--zone", "FR", *SAID, check=0)
    assert done.stderr == b""
    text = done.stdout.decode()
    assert "format csv, 1 data set" in text and "2023-03-01T00:00" in text
    (dataset,) = listed(grid)
    assert dataset["points"] == 6 and dataset["missing"] == 0 and dataset["zone"] == "FR"
    (path,) = (grid.directory / "data" / "olivine" / "grid").iterdir()
    assert path.name == f"FR.average.lifecycle.unknown.{dataset['hash']}.series"
    grid("grid", "data", "rm", dataset["hash"][:8], check=0)
    assert listed(grid) == []
    grid("grid", "data", "rm", dataset["hash"], check=2)


def test_both_series_of_a_portal_file(grid):
    document = import_json(grid, FIXTURES / "portal_2022.csv")
    assert document["format"] == "electricity-maps"
    assert [d["boundary"] for d in document["datasets"]] == ["direct", "lifecycle"]
    direct, lifecycle = document["datasets"]
    assert (direct["points"], direct["missing"], direct["estimated"]) == (2, 1, 0)
    assert (lifecycle["points"], lifecycle["estimated"]) == (3, 1)
    assert lifecycle["estimated_share"] == pytest.approx(1 / 3)


def test_the_same_file_twice_is_one_data_set(grid):
    first = import_json(grid, FIXTURES / "generic.csv", "--zone", "FR", *SAID)["datasets"][0]
    zipped = import_json(grid, FIXTURES / "bom_crlf.csv", "--zone", "FR", *SAID)["datasets"][0]
    again = import_json(grid, FIXTURES / "generic.csv", "--zone", "FR", *SAID)["datasets"][0]
    assert first["hash"] == again["hash"] != zipped["hash"]  # the source's name is part of the content
    assert [d["hash"] for d in listed(grid)] == [again["hash"], zipped["hash"]]


@pytest.mark.parametrize("name,words", [
    ("no_unit.csv", b"--unit"), ("page.html", b"web page"), ("nul.csv", b"NUL"),
    ("negative.csv", b"line 3: -3"),
])
def test_a_refused_file_leaves_nothing_behind(grid, name, words):
    done = grid("grid", "import", FIXTURES / name, "--zone", "FR", *SAID, check=2)
    assert words in done.stderr and done.stdout == b"" and done.stderr.count(b"\n") == 1
    assert not (grid.directory / "data").exists()


def test_a_damaged_data_set_is_named_and_the_others_are_listed(grid):
    import_json(grid, FIXTURES / "uk.json")
    (folder,) = {p.parent for p in (grid.directory / "data").rglob("*.series")}
    (folder / "bad.series").write_bytes(b"OLVGRID1" + bytes(1000))
    done = grid("grid", "data", "ls", "--json", check=0)
    document = json.loads(done.stdout)
    assert len(document["datasets"]) == 1 and len(document["troubles"]) == 1
    assert b"bad.series" in done.stderr


def test_a_missing_file_and_a_folder(grid):
    assert b"none.csv" in grid("grid", "import", "none.csv", check=2).stderr
    assert grid("grid", "import", grid.directory).returncode in (2, 3)


@pytest.mark.parametrize("words", [["grid", "zones", "France"], ["grid", "show", "FR"], ["grid", "data", "ls", "--json"], ["grid", "show", "FR", "--json"], ["--help"]])
def test_an_answer_that_nobody_gets_is_no_success(grid, words):
    done = subprocess.run(["sh", "-c", 'exec "$0" "$@" >&-', BIN, *words], env=grid.env, capture_output=True, timeout=60)
    assert done.returncode == 3 and b"writing to stdout" in done.stderr, (done.returncode, done.stderr)


@pytest.mark.parametrize("columns", [60, 80])
def test_lines_fit_the_terminal(grid, columns):
    grid.env["COLUMNS"] = str(columns)
    for zone in ("FR", "CISO", "US-MA"):
        text = grid("grid", "show", zone, "--at", "2025-07-15T18:30Z", check=0).stdout.decode()
        above, below = text.split(" by hour, g/kWh (profile)") if "(profile)" in text else (text.split("yearly factors")[0], "")
        assert max(len(line) for line in above.splitlines()[:-1]) <= columns, above
        assert not below or max(len(line) for line in below.splitlines()[:5]) <= 83


def test_another_name_of_a_zone_is_kept_under_its_key(grid):
    (grid.directory / "pjm.csv").write_text("time_utc,gco2e_per_kwh\n2024-03-15T18:00Z,400\n2024-03-15T19:00Z,410\n")
    (dataset,) = import_json(grid, "pjm.csv", "--zone", "PJM", *SAID)["datasets"]
    assert dataset["zone"] == "US-MIDA-PJM" and any("PJM is US-MIDA-PJM" in note for note in dataset["notes"])
    shown = json.loads(grid("grid", "show", "PJM", "--at", "2024-03-15T18:30Z", "--json", check=0).stdout)
    assert shown["figures"][0]["value"] == 400 and shown["run_uses"]["value"] == pytest.approx(400)
    (dataset,) = import_json(grid, "pjm.csv", "--zone", "my-lab", *SAID)["datasets"]
    assert dataset["zone"] == "my-lab"
