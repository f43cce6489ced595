"""olivine import: end to end, and what a hostile file may cost."""

import csv
import gzip
import io
import json
import subprocess
import sys

import pytest
from olivine_cli import BIN, ROOT
from test_schemas import check

FIXTURES = ROOT / "src" / "account" / "activities" / "fixtures"
CASES = [
    ("sacct", "sacct.txt", ["--zone", "FR"], 7),
    ("codecarbon", "codecarbon_v3.csv", [], 2),
    ("codecarbon", "codecarbon_v1.csv", [], 2),
    ("eco2ai", "eco2ai.csv", [], 2),
    ("impact-tracker", "impact_tracker.jsonl", ["--begin", "2019-10-31T18:39:00Z", "--end", "2019-10-31T18:40:00Z"], 1),
    ("carbontracker", "carbontracker_output.log", [], 1),
    ("carbontracker", "carbontracker.log", [], 1),
    ("mlflow", "mlflow.csv", ["--energy-metric", "energy_kwh"], 2),
    ("mlflow", "mlruns", [], 1),
    ("aws-cur", "aws_cur.csv", [], 4),
    ("gcp-billing", "gcp_billing.csv", [], 3),
    ("gcp-billing", "gcp_billing.jsonl", [], 1),
]


@pytest.mark.parametrize("tool,file,options,rows", CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_json_is_valid_and_the_csv_has_the_rows(cli, tool, file, options, rows):
    out = cli.directory / "out.csv"
    document = json.loads(cli("import", tool, FIXTURES / file, *options, "-o", out, "--json", check=0).stdout)
    check(document, "import")
    assert document["activities"] == rows == document["total"]["rows"]
    assert sum(s["rows"] for s in document["by_status"].values()) == rows
    written = list(csv.DictReader(io.StringIO(out.read_text())))
    assert len(written) == rows
    energy = [float(r["energy_kwh"]) for r in written if r["energy_kwh"]]
    if energy:
        assert document["total"]["energy_kwh"]["value"] == pytest.approx(sum(energy), rel=1e-12)
    assert all(r["begin"] <= r["end"] and r["begin"].endswith("Z") for r in written)
    assert not any(r["user"] for r in written)


def test_a_summary_for_people(cli):
    done = cli("import", "sacct", FIXTURES / "sacct.txt", "--zone", "FR", check=0)
    text = done.stdout.decode()
    assert "7 of 15 rows are activities" in text
    assert "a step: its job holds the same hardware" in text
    assert "energy of 5 activities" in text
    assert done.stderr == b""


def test_stdout_takes_the_table_and_stderr_the_words(cli):
    done = cli("import", "eco2ai", FIXTURES / "eco2ai.csv", "-o", "-", check=0)
    assert done.stdout.startswith(b"begin,end,") and b"rows are activities" in done.stderr


def test_no_cell_of_the_output_is_a_formula(cli):
    text = cli("import", "sacct", FIXTURES / "sacct.txt", "--users", "keep", "-o", "-", check=0).stdout.decode()
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert "'=cmd" in cells
    assert not [cell for cell in cells if cell[:1] in "=+@\t" and cell]


WRONG = [
    (["import", "sacct", "nowhere.txt"], "nowhere.txt"),
    (["import", "sacct", FIXTURES / "eco2ai.csv"], "not sacct --parsable2"),
    (["import", "codecarbon", FIXTURES / "eco2ai.csv"], "there is no column timestamp"),
    (["import", "slurm", FIXTURES / "sacct.txt"], "slurm"),
    (["import", "sacct", FIXTURES / "sacct.txt", "--zone", "XQ"], "XQ"),
    (["import", "sacct", FIXTURES / "sacct.txt", "--utc-offset", "CET"], "'CET' is not like +01:00"),
    (["import", "sacct", FIXTURES / "sacct.txt", "--plane", "rack"], "rack"),
    (["import", "sacct", FIXTURES / "sacct.txt", "--model-from", "Modell"], "there is no column Modell"),
    (["import", "mlflow", FIXTURES / "mlflow.csv", "--energy-metric", "energy"], "energy:kWh"),
    (["import", "mlflow", FIXTURES], "no run of MLflow"),
    (["import", "impact-tracker", FIXTURES / "impact_tracker.jsonl", "--begin", "soon"], "--begin"),
    (["import", "impact-tracker", FIXTURES / "impact_tracker.jsonl", "--begin", "2030-01-01T00:00Z"], "before --begin"),
    (["import", "sacct", FIXTURES / "sacct.txt", "-o", "/nowhere/x.csv"], "/nowhere/x.csv"),
]


@pytest.mark.parametrize("arguments,word", WRONG, ids=[w for _, w in WRONG])
def test_mistakes_get_one_line(cli, arguments, word):
    done = cli(*arguments)
    assert done.returncode != 0 and done.stdout == b""
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1 and word in lines[0], lines


def test_nothing_is_written_after_a_bad_row(cli):
    bad = cli.directory / "bad.csv"
    bad.write_text((FIXTURES / "codecarbon_v1.csv").read_text() + "2020-11-15T10:00:00,e-3,old,600,0.02,=5,Germany,DEU,,N,,\n")
    out = cli.directory / "out.csv"
    done = cli("import", "codecarbon", bad, "-o", out, check=2)
    assert "bad.csv: line 4, column energy_consumed: '=5' is a formula" in done.stderr.decode()
    assert list(cli.directory.glob("out.csv*")) == []


def hostile_files(directory):
    directory.mkdir(exist_ok=True)
    header = "JobID|State|Start|End|AllocTRES\n"
    row = "1|COMPLETED|2023-01-01T00:00:00|2023-01-01T01:00:00|cpu=1\n"

    def file(name, data):
        path = directory / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    yield "sacct", file("bomb.gz", gzip.compress((header + row * 5_000_000).encode(), 9))
    yield "sacct", file("long.txt", "JobID|" * 2_000_000)
    yield "sacct", file("cell.txt", header + "x" * 3_000_000)
    yield "sacct", file("tres.txt", header + row.replace("cpu=1", "cpu=1," * 30_000))
    yield "sacct", file("nul.txt", b"JobID|\x00State")
    yield "impact-tracker", file("deep.jsonl", "[" * 200_000 + "\n")
    yield "impact-tracker", file("huge.jsonl", '{"timestamp": 1e999, "rapl_estimated_attributable_power_draw": 1}\n')
    yield "gcp-billing", file("deep.json", '{"a":' * 100_000 + "\n")
    yield "codecarbon", file("columns.csv", ",".join(f"c{i}" for i in range(30_000)) + "\n")
    yield "carbontracker", file("epochs.log", "2025-11-18 15:53:54 - carbontracker version 2\n" + "Epoch 1:\n" * 200_000)


def test_hostile_files_cost_little(cli, tmp_path):
    for tool, path in hostile_files(tmp_path / "hostile"):
        program = (
            "import resource, subprocess, sys\n"
            "done = subprocess.run(sys.argv[1:], capture_output=True)\n"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, done.returncode, done.stderr.decode())\n"
        )
        done = subprocess.run([sys.executable, "-c", program, BIN, "import", tool, path], capture_output=True, env=cli.env, cwd=tmp_path, timeout=120)
        peak_kb, code, *message = done.stdout.decode().split(maxsplit=2)
        assert int(peak_kb) < 64 * 1024, (path, peak_kb)
        assert code in {"0", "2", "3"}, (path, done.stdout)
        assert len("".join(message).strip().splitlines()) <= 1, (path, message)
