"""What a hostile file may cost: no importer takes more than 64 MB or 2 s, from plain files and from gzip."""

import datetime
import gzip
import random
import subprocess
import sys

import pytest
from olivine_cli import BIN

SAID = ["--signal", "average", "--boundary", "lifecycle"]


@pytest.fixture
def grid(cli):
    cli.env["XDG_DATA_HOME"] = str(cli.directory / "data")
    return cli


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


def written(path, pieces, zipped):
    with (gzip.open(path, "wb", 1) if zipped else open(path, "wb")) as out:
        for piece in pieces:
            out.write(piece)
    return path


def cost(grid, name, *words):
    """Exit code and stderr of a command that stays below 64 MB and 2 s of CPU."""
    command = [str(word) for word in (BIN, *words)]
    measured = subprocess.run([sys.executable, "-c", MEASURE, *command], env=grid.env, capture_output=True, timeout=120)
    code, cpu, megabytes = (float(word) for word in measured.stdout.split())
    print(f"{name}: exit {code:.0f}, {cpu:.2f} s, {megabytes:.1f} MB, {measured.stderr[:120]}")
    assert len(measured.stderr) < 1000 and measured.stderr.count(b"\n") == (code != 0), measured.stderr
    assert megabytes < 64, f"{megabytes:.1f} MB"
    assert cpu < 2.0, f"{cpu:.2f} s"
    return code


ZIPPED = pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])


# Of these the plain file says the same.
PLAIN_ONLY = {"many_zones", "shuffled_rows", "full_digits"}
HOSTILE = [(name, zipped) for name in sorted(hostile_files()) for zipped in (False, True) if not (zipped and name in PLAIN_ONLY)]


@pytest.mark.parametrize("name,zipped", HOSTILE, ids=[f"{name}-{'gzip' if zipped else 'plain'}" for name, zipped in HOSTILE])
def test_a_hostile_file_takes_neither_time_nor_memory(grid, name, zipped):
    path = written(grid.directory / "hostile.csv", hostile_files()[name](), zipped)
    zone = [] if name in ("many_columns", "full_digits") else ["--zone", "FR"]
    code = cost(grid, name, "grid", "import", path, *zone, *SAID, "--unit", "g_per_kwh")
    assert code == (0 if name in ("shuffled_rows", "full_digits") else 2)


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


@ZIPPED
@pytest.mark.parametrize("name", sorted(hostile_hourly_files()))
def test_a_hostile_hourly_file_takes_neither_time_nor_memory(grid, name, zipped):
    path = written(grid.directory / "hourly.csv", hostile_hourly_files()[name](), zipped)
    assert cost(grid, name, "grid", "forecast", "FR", "--data", path, "--horizon", "24h") == 2
    assert cost(grid, name, "grid", "backtest", path, "--no-trees") == 2


def hostile_entsoe_files():
    def series(kind, begin, end):
        return (b"<TimeSeries><inBiddingZone_Domain.mRID>10YBE----------2</inBiddingZone_Domain.mRID><quantity_Measure_Unit.name>MAW"
                b"</quantity_Measure_Unit.name><curveType>A03</curveType><MktPSRType><psrType>B%02d</psrType></MktPSRType><Period><timeInterval>"
                b"<start>%s</start><end>%s</end></timeInterval><resolution>PT15M</resolution><Point><position>1</position><quantity>5</quantity>"
                b"</Point></Period></TimeSeries>" % (kind, begin, end))

    def document(pieces):
        return b"<GL_MarketDocument><type>A75</type>" + b"".join(pieces) + b"</GL_MarketDocument>"

    def xml_of_centuries():
        ends = [(b"1970-01-01T00:00Z", b"1970-01-01T01:00Z"), (b"2199-01-01T00:00Z", b"2199-01-01T01:00Z")]
        yield document(series(kind, *span) for kind in range(1, 60) for span in ends)

    def xml_of_repeats():  # every Point stands for a year of quarters
        yield document(series(kind, b"%d-01-01T00:00Z" % year, b"%d-01-01T00:00Z" % (year + 1)) for kind in range(1, 60) for year in range(2001, 2021))

    return {f.__name__: f for f in (xml_of_centuries, xml_of_repeats)}


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

    def wide_table():
        yield b"time" + b"".join(b",exchange:Z%d" % i for i in range(990)) + b",coal\n"
        for h in range(2_000):
            yield iso(60 * h) + b",1" * 991 + b"\n"

    def a_hub():  # as many zones as a file may have, all sending to one of them
        yield b"time,zone,coal,exchange:HUB\n"
        for h in range(2_490):
            yield b"".join([iso(60 * h) + b",HUB,1,\n"] + [iso(60 * h) + b",Z%d,10,-1\n" % k for k in range(199)])

    def everybody_with_everybody():
        yield b"time,zone,coal" + b"".join(b",exchange:Z%d" % k for k in range(199)) + b"\n"
        for h in range(49):
            for z in range(199):
                yield iso(60 * h) + b",Z%d,5" % z + b"".join(b"," if k == z else b",%d" % (1 if (k - z) % 199 < 100 else -1) for k in range(199)) + b"\n"

    def interchange():
        yield b"Balancing Authority,Directly Interconnected Balancing Authority,Interchange (MW),UTC Time at End of Hour\n"
        for h in range(1_700_000):
            yield b"B%d,C%d,7,1/%d/2022 %d:00\n" % (h % 44, h // 44 % 44, h // 46_464 % 28 + 1, h // 1_936 % 24)

    def half_a_year_of_everybody():  # accepted: as large as a file may be
        yield b"Balancing Authority,UTC Time at End of Hour," + b",".join(b"Net Generation (MW) from %s" % f for f in
                                                                          (b"Coal", b"Natural Gas", b"Nuclear", b"Wind", b"Solar")) + b"\n"
        for h in range(4_300):
            day = datetime.datetime(2022, 1, 1) + datetime.timedelta(hours=h)
            stamp = f"{day:%m/%d/%Y %H:%M:%S}".encode()
            for who in range(130):
                yield b"B%d,%s,%d.25,%d,3,4,5\n" % (who, stamp, h % 997, who)

    return {f.__name__: f for f in (xml_of_points, xml_of_series, balance, table, wide_table, a_hub, everybody_with_everybody, interchange, half_a_year_of_everybody)}


MIXES = hostile_mix_files() | hostile_entsoe_files()


@ZIPPED
@pytest.mark.parametrize("name", sorted(MIXES))
def test_a_hostile_mix_takes_neither_time_nor_memory(grid, name, zipped):
    path = written(grid.directory / "mix", MIXES[name](), zipped)
    zone = ["--zone", "FR"] if name == "wide_table" else []
    code = cost(grid, name, "grid", "import", path, *zone)
    assert code == (0 if name in ("half_a_year_of_everybody", "wide_table", "a_hub") else code if name.startswith("everybody") else 2)


@pytest.mark.parametrize("name", sorted(MIXES))
def test_a_hostile_mix_costs_an_estimate_no_more(grid, name):
    path = written(grid.directory / "mix", MIXES[name](), True)
    assert cost(grid, name, "grid", "estimate-marginal", path) in (0, 2)
