"""olivine grid import, grid data: end to end, and what a hostile file may cost."""

import datetime
import gzip
import json
import random
import subprocess
import sys

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


def iso(minutes):
    return (datetime.datetime(2000, 1, 1) + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%MZ").encode()


def hostile_files():
    def many_rows():
        yield b"time_utc,g_per_kwh\n"
        for _ in range(50):
            yield b"2023-03-01T00:00:00+00:00,1\n" * 37_000

    def many_lines():
        for _ in range(52):
            yield b"\n" * (1 << 20)

    def many_zones():
        yield b"time_utc,zone,g_per_kwh\n"
        for i in range(1_500_000):
            yield b"2023-03-01T00:00Z,Z%d,1\n" % i

    def one_line():
        yield b"time_utc,g_per_kwh" * 3_000_000

    def many_columns():
        yield b"time_utc" + b"".join(b",AA-%d" % i for i in range(8_000)) + b"\n"
        for i in range(1_600):
            yield b"2023-%02d-%02dT%02d:00Z" % (i // 672 + 1, i // 24 % 28 + 1, i % 24) + b",1.5" * 8_000 + b"\n"

    def deep_json():
        yield b'{"data":' + b"[" * 50_000_000

    def long_string():
        yield b'{"data":["' + b"x" * 50_000_000

    def nested_xml():
        yield b"<?xml version='1.0'?>" + b"<a>" * 16_000_000

    def shuffled_rows():
        rng = random.Random(1)
        minutes = list(range(0, 590_000 * 5, 5))
        rng.shuffle(minutes)
        yield b"time_utc,a_g_per_kwh\n"
        for m in minutes:
            yield b"%s,%.17g\n" % (iso(m), rng.random() * 500)

    def full_digits():
        rng = random.Random(1)
        yield b"time_utc" + b"".join(b",AA-%d" % i for i in range(20)) + b"\n"
        cells = [b",%.17g" % (rng.random() * 500) for _ in range(997)]
        for h in range(109_000):
            yield iso(60 * h) + b"".join(cells[(h * 31 + i * 7) % 997] for i in range(20)) + b"\n"

    return {f.__name__: f for f in (many_rows, many_lines, many_zones, one_line, many_columns, deep_json, long_string, nested_xml,
                                    shuffled_rows, full_digits)}


# A process inherits the largest resident size of the one that forked it: a small one stands between.
MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
"""


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", sorted(hostile_files()))
def test_a_hostile_file_takes_neither_time_nor_memory(grid, name, zipped):
    if zipped and name in ("many_zones", "shuffled_rows", "full_digits"):
        pytest.skip("the plain file says the same")
    path = grid.directory / "hostile.csv"
    with (gzip.open(path, "wb", 1) if zipped else open(path, "wb")) as out:
        for piece in hostile_files()[name]():
            out.write(piece)
    zone = [] if name in ("many_columns", "full_digits") else ["--zone", "FR"]
    command = [BIN, "grid", "import", path, *zone, *SAID, "--unit", "g_per_kwh"]
    measured = subprocess.run([sys.executable, "-c", MEASURE, *map(str, command)], env=grid.env, capture_output=True, timeout=120)
    code, cpu, megabytes = (float(word) for word in measured.stdout.split())
    assert code == (0 if name in ("shuffled_rows", "full_digits") else 2), (code, measured.stderr)
    assert len(measured.stderr) < 1000
    assert megabytes < 64, f"{megabytes:.1f} MB"
    assert cpu < 2.0, f"{cpu:.2f} s"
    print(f"{name}: exit {code:.0f}, {cpu:.2f} s, {megabytes:.1f} MB, {measured.stderr[:120]}")


def hostile_hourly_files():
    def many_columns():
        yield b"time" + b"".join(b",c%d" % i for i in range(990)) + b"\n"
        for h in range(9_000):
            yield iso(60 * h) + b",1.5" * 990 + b"\n"

    def a_far_hour():
        yield b"time" + b",c" * 900 + b"\n1970-01-01T00:00Z" + b",1" * 900 + b"\n1999-01-01T00:00Z" + b",1" * 900 + b"\n"

    def long_lines():
        yield b"time,x\n"
        for _ in range(100):
            yield b"1" * (1 << 20)

    def many_lines():
        yield b"time,x\n"
        for _ in range(120):
            yield b"#\n" * (1 << 19)

    return {f.__name__: f for f in (many_columns, a_far_hour, long_lines, many_lines)}


@pytest.mark.parametrize("name", sorted(hostile_hourly_files()))
def test_a_hostile_hourly_file_takes_neither_time_nor_memory(grid, name):
    path = grid.directory / "hourly.csv"
    with open(path, "wb") as out:
        for piece in hostile_hourly_files()[name]():
            out.write(piece)
    command = [BIN, "grid", "forecast", "FR", "--data", path, "--horizon", "24h"]
    measured = subprocess.run([sys.executable, "-c", MEASURE, *map(str, command)], env=grid.env, capture_output=True, timeout=120)
    code, cpu, megabytes = (float(word) for word in measured.stdout.split())
    assert code == 2 and measured.stderr.count(b"\n") == 1, measured.stderr
    assert megabytes < 64 and cpu < 2.0, f"{megabytes:.1f} MB, {cpu:.2f} s"


def hostile_mix_files():
    def xml_of_points():
        yield b"<GL_MarketDocument><type>A75</type><TimeSeries><Period>"
        for _ in range(23):
            yield b"<Point><position>1</position></Point>" * 28_000

    def xml_of_series():
        yield b"<GL_MarketDocument><type>A75</type>" + b"<TimeSeries></TimeSeries>" * 900_000 + b"</GL_MarketDocument>"

    def balance():
        yield (b"Balancing Authority,UTC Time at End of Hour," +
               b",".join(b"Net Generation (MW) from Coal" for _ in range(40)) + b"\n")
        for h in range(700_000):
            yield b"B%d,1/1/2022 1:00,%s\n" % (h % 390, b",".join([b"1"] * 40))

    def table():
        yield b"time,zone,coal,exchange:X\n"
        for h in range(690_000):
            yield iso(60 * (h // 1500)) + b",Z%d,1,1\n" % (h % 1500)

    return {f.__name__: f for f in (xml_of_points, xml_of_series, balance, table)}


@pytest.mark.parametrize("name", sorted(hostile_mix_files()))
def test_a_hostile_mix_takes_neither_time_nor_memory(grid, name):
    path = grid.directory / "mix"
    with open(path, "wb") as out:
        for piece in hostile_mix_files()[name]():
            out.write(piece)
    command = [BIN, "grid", "import", path]
    measured = subprocess.run([sys.executable, "-c", MEASURE, *map(str, command)], env=grid.env, capture_output=True, timeout=120)
    code, cpu, megabytes = (float(word) for word in measured.stdout.split())
    print(f"{name}: exit {code:.0f}, {cpu:.2f} s, {megabytes:.1f} MB, {measured.stderr[:120]}")
    assert code == 2 and measured.stderr.count(b"\n") == 1, measured.stderr
    assert megabytes < 64 and cpu < 2.0, f"{megabytes:.1f} MB, {cpu:.2f} s"
