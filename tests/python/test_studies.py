"""`olivine studies`: published accounts computed again, as text, JSON and the table of the documentation."""

import csv
import json
import re

import pytest
from olivine_cli import ROOT
from test_schemas import check, strict_loads

DATA = ROOT.parent / "shared" / "data"
TABLE = ROOT / "docs" / "methods" / "studies.md"


def report(cli, *words, code=0):
    return strict_loads(cli("studies", "run", *words, "--json", check=code).stdout)


def rows_of(cli, name, *words):
    return {row["id"] + "|" + (row["printed"] or ""): row for row in report(cli, name, *words)["studies"][0]["rows"]}


def test_ls_is_valid_and_names_all(cli):
    listed = strict_loads(cli("studies", "ls", "--json", check=0).stdout)
    check(listed, "studies_ls")
    names = {study["name"] for study in listed["studies"]}
    assert names == {path.name for path in (ROOT / "studies").iterdir() if path.is_dir()}
    text = cli("studies", "ls", check=0).stdout.decode()
    assert all(name in text for name in names)


def test_all_is_valid_and_nothing_is_out(cli):
    everything = report(cli, "--all")
    check(everything, "studies")
    assert everything["counts"]["out"] == 0
    assert everything["counts"]["ok"] > 300
    # Henderson's raw logs are not shipped: skipped, with the reason.
    skipped = [row for study in everything["studies"] for row in study["rows"] if row["state"] == "skipped"]
    assert skipped and all("raw logs" in row["reason"] for row in skipped)


def test_bloom_by_the_numbers_of_the_issue(cli):
    rows = rows_of(cli, "bloom")
    for key, published in [("activity.training.operational|24.69", 24.69), ("activity.idle.operational|14.6", 14.6),
                           ("total.embodied|11.2", 11.2), ("total.carbon|50.5", 50.5)]:
        row = rows[key]
        assert row["published"] == published and row["state"] == "ok", row
        assert abs(row["recomputed"] / published - 1) < 0.003
    assert rows["serving/total.energy|914"]["state"] == "slip"
    assert rows["project/total.energy|1,163,088"]["recomputed"] == pytest.approx(1162976)


def test_what_was_not_seen_is_not_published(cli):
    for study in report(cli, "--all")["studies"]:
        for row in study["rows"]:
            seen = not row["mark"].startswith("CALC")
            assert (row["published"] is not None) == seen == (row["printed"] is not None)
            assert (row["check"] is None) == seen


def test_raw_logs_to_six_digits(cli):
    if not (DATA / "impact_tracker" / "runs.csv").exists():
        pytest.skip("../shared/data/impact_tracker is absent")
    rows = rows_of(cli, "henderson", "--data", DATA)
    logs = [row for row in rows.values() if row["id"].startswith("log:pong_seed_")]
    assert len(logs) == 25 and all(row["state"] == "ok" and row["tolerance"] == "6 digits" for row in logs)


def test_text_prints_every_column(cli):
    text = cli("studies", "run", "strubell", check=0).stdout.decode()
    head = next(line for line in text.splitlines() if "published" in line)
    assert [word in head for word in ("recomputed", "difference", "tolerance", "why")] == [True] * 4
    assert "slip" in text and "slips of the papers" in text and "\x1b" not in text


def test_show_prints_a_manifest_to_start_from(cli, tmp_path):
    shown = cli("studies", "show", "bloom", check=0).stdout
    assert shown == (ROOT / "studies" / "bloom" / "account.toml").read_bytes()
    assert cli("studies", "show", "bloom", "expected.csv", check=0).stdout == (ROOT / "studies/bloom/expected.csv").read_bytes()
    assert b"project.toml" in cli("studies", "show", "bloom", "nothing.toml", check=2).stderr


@pytest.mark.parametrize("words, says", [
    (["run"], b"--all"),
    (["run", "blom"], b"did you mean bloom"),
    (["show", "blom"], b"did you mean bloom"),
    (["run", "act", "nosuchstudyatall"], b"olivine studies ls"),
])
def test_usage_errors_are_one_line(cli, words, says):
    done = cli("studies", *words, check=2)
    assert says in done.stderr and done.stderr.count(b"\n") == 1 and done.stdout == b""


def test_the_documentation_has_the_table_as_printed(cli):
    options = ["--data", DATA] if (DATA / "impact_tracker" / "runs.csv").exists() else []
    if not options:
        pytest.skip("../shared/data/impact_tracker is absent: the table has its rows")
    printed = cli("studies", "run", "--all", "--markdown", *options, check=0).stdout.decode()
    text = TABLE.read_text()
    begin = text.index("<!-- olivine studies run --all --markdown -->\n") + len("<!-- olivine studies run --all --markdown -->\n")
    assert text[begin:] == printed, f"{TABLE}: write it again with olivine studies run --all --markdown --data ../shared/data"


def code_without_comments(path):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


def test_no_result_of_a_paper_stands_in_the_code():
    results = {}
    for path in (ROOT / "studies").glob("*/expected.csv"):
        lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
        for row in csv.DictReader(lines):
            digits = re.sub(r"[eE].*|[^0-9]", "", row["published"]).strip("0")
            if len(digits) >= 4 and not row["mark"].startswith("CALC"):
                results[float(row["published"].replace(",", ""))] = f"{path.parent.name} {row['id']}"
    assert len(results) > 60
    sources = [p for top in ("src", "apps") for p in (ROOT / top).rglob("*") if p.suffix in (".h", ".cc") and not p.name.endswith("_test.cc")]
    assert len(sources) > 200
    number = re.compile(r"(?<![\w.])\d[\d']*(?:\.\d+)?(?:e[+-]?\d+)?")
    for path in sources:
        for found in number.findall(code_without_comments(path)):
            value = float(found.replace("'", ""))
            assert value not in results, f"{path} holds {found}: {results[value]}"


def test_json_to_a_file(cli, tmp_path):
    cli("studies", "run", "act", "--json=out.json", check=0)
    check(json.loads((tmp_path / "out.json").read_text()), "studies")
