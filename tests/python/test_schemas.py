"""Real output of every command's --json is valid by the schemas of docs/schemas, and the schemas say no to wrong output."""

import copy
import csv
import io
import json
import sys

import jsonschema
import pytest
from olivine_cli import ROOT, Moving

SCHEMAS = ROOT / "docs" / "schemas"


def schema(name):
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text())


def strict_loads(text):
    """NaN and Infinity are no JSON, though Python would read them."""

    def refuse(word):
        raise ValueError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def check(document, name):
    validator = jsonschema.Draft202012Validator(schema(name))
    errors = [f"{e.json_path}: {e.message[:300]}" for e in validator.iter_errors(document)]
    assert not errors, errors[:5]


def output(cli, *arguments, code=0):
    return strict_loads(cli(*arguments, check=code).stdout)


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.schema.json")), ids=lambda p: p.stem)
def test_schema_is_one_and_closed(path):
    document = json.loads(path.read_text())
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(document)

    def objects(node):
        if isinstance(node, dict):
            if node.get("type") == "object":
                yield node
            for child in node.values():
                yield from objects(child)
        elif isinstance(node, list):
            for child in node:
                yield from objects(child)

    for node in objects(document):
        assert "additionalProperties" in node, node


def test_modelled_run(cli):
    cli("run", "-q", "--zone", "FR", "--name", "bert", "--project", "nlp", "--", "true", check=0)
    record = output(cli, "show", "--json")
    check(record, "run")
    assert record["energy_j"]["total"]["value"] is not None
    assert record["intensity"]["zone"] == "FR"


def test_metered_run(server_cli, server):
    with Moving(server, {"intel-rapl:0": 50.0, "intel-rapl:0:1": 5.0, "intel-rapl:1": 40.0}):
        burn = "import time; e=time.monotonic()+0.3\nwhile time.monotonic()<e: pass"
        server_cli("run", "-q", "--price", "0.3", "--currency", "EUR", "--pue", "1.2", "--", sys.executable, "-c", burn, check=0)
    record = output(server_cli, "show", "--json")
    check(record, "run")
    assert record["cost"]["unit"] == "EUR" and record["cost"]["value"] > 0
    assert record["pue"]["value"] == 1.2 and record["pue"]["basis"] == "user_stated"


@pytest.mark.parametrize("options", [["--plane", "node"], ["--idle", "exclude"], ["--idle", "all"], ["--zone", "DE"], []])
def test_run_with_options(cli, options):
    cli("run", "-q", *options, "--", "true", check=0)
    check(output(cli, "show", "--json"), "run")


def test_failed_killed_and_unstarted_runs(cli):
    cli("run", "-q", "--", "false", check=1)
    record = output(cli, "show", "--json")
    check(record, "run")
    assert record["exit"] == {"code": 1}
    cli("run", "-q", "--", "sh", "-c", "kill -9 $$")
    record = output(cli, "show", "--json")
    check(record, "run")
    assert record["exit"] == {"signal": 9}


def test_json_of_run_itself(cli, tmp_path):
    cli("run", f"--json={tmp_path}/run.json", "--", "true", check=0)
    check(strict_loads((tmp_path / "run.json").read_text()), "run")
    check(strict_loads(cli("run", "--json", "--", "true", check=0).stderr), "run")


def test_command_line_of_any_bytes(cli):
    cli("run", "-q", "--name", "=1+1", "--", "true", b"\xff\xfe".decode("utf-8", "surrogateescape"), "\x1b[31m", "\u202e", check=0)
    check(output(cli, "show", "--json"), "run")


def test_ls(cli):
    check(output(cli, "ls", "--json"), "ls")
    cli("run", "-q", "--name", "a", "--", "true", check=0)
    cli("run", "-q", "--", "false", check=1)
    listed = output(cli, "ls", "--json")
    check(listed, "ls")
    assert len(listed) == 2 and listed[1]["name"] == "a"
    assert listed[1]["energy_j"] == output(cli, "show", "a", "--json")["energy_j"]["total"]["value"]
    cli("rm", "a", check=0)
    assert len(output(cli, "ls", "--json")) == 1
    check(output(cli, "ls", "--all", "--json"), "ls")


def test_doctor(cli, server_cli):
    check(output(server_cli, "doctor", "--json"), "doctor")


def test_sources(cli, server_cli):
    document = output(server_cli, "sources", "--json")
    check(document, "sources")
    assert {"package", "dram"} <= {source["kind"] for source in document["sources"]}


def test_zones(cli):
    document = output(cli, "grid", "zones", "--json")
    check(document, "zones")
    assert len(document) > 100
    check(output(cli, "grid", "zones", "fr", "--json"), "zones")


def test_grid_data(cli):
    cli.env["XDG_DATA_HOME"] = str(cli.directory / "data")
    check(output(cli, "grid", "data", "ls", "--json"), "grid_data")
    fixtures = ROOT / "src" / "grid" / "import" / "fixtures"
    for words in ["portal_2022.csv"], ["uk.json"], ["avert_g.csv", "--year", "2023", "--unit", "g_per_kwh"]:
        document = output(cli, "grid", "import", fixtures / words[0], *words[1:], "--json")
        check(document, "grid_import")
    held = output(cli, "grid", "data", "ls", "--json")
    check(held, "grid_data")
    assert len(held["datasets"]) == 20


def test_grid_fetch(cli):
    from replay_server import Replay

    cli.env.update(OLIVINE_EIA_KEY="key-of-a-test", XDG_CACHE_HOME=str(cli.directory / "cache"))
    with Replay(cli) as server:
        for zone, service in (("GB", "uk"), ("US-CAL-CISO", "eia")):
            words = [zone, "--provider", service, "--endpoint", server.url(service), "--online", "--from", "2025-01-01", "--to", "2025-01-02"]
            document = output(cli, "grid", "fetch", *words, "--json")
            check(document, "grid_fetch")
            assert (document["mix"] is not None) == (service == "eia")
    assert not jsonschema.Draft202012Validator(schema("grid_fetch")).is_valid({**document, "points": [{"g_per_kwh": None}]})


def test_simulate(cli):
    check(output(cli, "simulate", "--zones", "US-CAL-CISO", "--jobs", "10", "--signal", "both", "--json"), "simulate")


def test_plan(cli):
    words = ["plan", "--duration", "2h", "--power", "1kW", "--zones", "FR,US-CAL-CISO", "--start", "2026-07-01T00:00:00Z"]
    check(output(cli, *words, "--deadline", "24h", "--json"), "plan")
    check(output(cli, *words, "--deadline", "24h", "--objective", "marginal", "--json", code=2), "plan")  # none of FR is known
    check(output(cli, *words, "--deadline", "24h", "--price", "0.3eur", "--data", "1GB", "--from", "FR", "--json"), "plan")
    (cli.directory / "jobs.csv").write_text("duration,power,deadline\n1h,1kW,24h\n9h,1kW,4h\n")
    sun = "".join(f"2026-07-{1 + h // 24:02d}T{h % 24:02d}:00Z,{500 * (h % 24)}\n" for h in range(48))
    (cli.directory / "sun.csv").write_text("time_utc,power_w\n" + sun)
    battery = '[battery]\ncapacity = "2 kWh"\ncharge_limit = "1 kW"\ndischarge_limit = "1 kW"\nefficiency = 0.9\ncharge = 0.5\n'
    (cli.directory / "supply.toml").write_text(f'[grid]\nlimit = "1 kW"\nzone = "FR"\n[solar]\npower = "sun.csv"\nshare = 0.1\n{battery}')
    supplied = [*words[:5], *words[7:], "--deadline", "24h", "--supply", "supply.toml", "--json"]
    check(output(cli, *supplied), "plan")
    check(output(cli, *supplied, "--objective", "marginal", code=2), "plan")
    asked = ["supply", "supply.toml", "--power", "1500W", "--json"]
    check(output(cli, *asked, "--at", "2026-07-01T12:00Z"), "supply")
    check(output(cli, *asked, "--charge", "0", "--at", "2026-07-01T00:00Z", code=1), "supply")
    queue = ["plan", "--jobs", "jobs.csv", "--capacity", "4gpu", "--start", "2026-07-01T00:00:00Z", "--json"]
    check(output(cli, *queue, "--zones", "FR", code=1), "queue_plan")
    check(output(cli, *queue, "--zones", "FR", "--objective", "marginal", code=2), "queue_plan")


def test_config(cli):
    document = output(cli, "config", "show", "--json")
    check(document, "config")
    assert "zone" in {row["key"] for row in document["settings"]}


def test_verify(cli):
    cli("run", "-q", "--", "true", check=0)
    document = output(cli, "verify", "--json")
    check(document, "verify")
    assert document["ok"]


def test_json_into_a_file(cli, tmp_path):
    cli("run", "-q", "--", "true", check=0)
    for words, name in (["show"], "run"), (["ls"], "ls"), (["config", "show"], "config"), (["verify"], "verify"):
        path = tmp_path / f"{name}.json"
        assert cli(*words, f"--json={path}", check=0).stdout == b""
        check(strict_loads(path.read_text()), name)


def test_export(cli):
    for name in ("=HYPERLINK(1)", "b"):
        cli("run", "-q", "--name", name, "--", "true", check=0)
    for record in output(cli, "export"):
        check(record, "run")
    rows = list(csv.reader(io.StringIO(cli("export", "--format", "csv", check=0).stdout.decode())))
    assert len(rows) == 3 and len({len(row) for row in rows}) == 1
    assert rows[0][0] == "schema" and rows[1][0] == "olivine.csv/1"
    assert "'=HYPERLINK(1)" in {row[rows[0].index("name")] for row in rows}


def test_numbers_of_show_explain_and_csv_are_one(cli):
    cli("run", "-q", "--", "true", check=0)
    record = output(cli, "show", "--json")
    rows = list(csv.DictReader(io.StringIO(cli("export", "--format", "csv", check=0).stdout.decode())))
    total = record["energy_j"]["total"]["value"]
    assert float(rows[0]["energy_total_j"]) == total
    text = cli("explain", "last", "energy", check=0).stdout.decode()
    assert any(line.startswith("energy_j.total") and f"= {total:g}"[:6] in line for line in text.splitlines()), text


def mutations(record):
    """Documents that are nearly right; the schema must refuse each."""

    def changed(change):
        document = copy.deepcopy(record)
        change(document)
        return document

    total = ("energy_j", "total")
    yield "a key too many", changed(lambda d: d.update(extra=1))
    yield "a key missing", changed(lambda d: d.pop("coverage"))
    yield "another schema", changed(lambda d: d.update(schema="olivine.run/2"))
    yield "zero for unknown", changed(lambda d: d["energy_j"]["total"].update(value=None))
    yield "a reason beside a value", changed(lambda d: d["energy_j"]["total"].update(reason="why"))
    yield "text for a number", changed(lambda d: d["energy_j"]["total"].update(value="1"))
    yield "unknown basis", changed(lambda d: d["energy_j"]["total"].update(basis="guessed"))
    yield "no exact energy", changed(lambda d: d["energy_j"]["total"].pop("value_uj"))
    yield "fractional microjoules", changed(lambda d: d["energy_j"]["total"].update(value_uj=0.5))
    yield "energy in carbon", changed(lambda d: d["emissions_g"].update(total=d[total[0]][total[1]]))
    yield "two exits", changed(lambda d: d.update(exit={"code": 0, "signal": 9}))


def test_schema_refuses_wrong_records():
    record = strict_loads((ROOT / "tests" / "golden" / "report" / "run_usual.json").read_text())
    validator = jsonschema.Draft202012Validator(schema("run"))
    assert validator.is_valid(record)
    for what, document in mutations(record):
        assert not validator.is_valid(document), what


TICK = {"mono_ns": 1, "wall_ns": 2, "boot_ns": 1, "raw": [123, None, "gone", "skipped"], "settle": True, "usage": {"run_cpu_ns": 5}}


def test_trace_lines_and_replay(cli, tmp_path):
    source = {
        "id": "powercap:intel-rapl:0", "backend": "powercap", "kind": "package", "device": "package-0", "plane": "chip",
        "place": "counted", "basis": "measured", "signal": "energy_counter", "unit": 1e-6, "power_ceiling_w": 2000.0,
        "update_period_ns": 1000000, "gain_key": "gain_rapl_intel", "modulus": 262143328851,
    }
    idle = {"watts": 10.0, "lower_w": 5.0, "upper_w": 20.0}
    machine = {"schema": "olivine.machine/1", "logical_cpus": 4, "interval_ns": 100000000, "sources": [source], "idle": [idle]}
    lines = [{"schema": "olivine.trace/1", "machine": machine}]
    for second in range(4):
        ns = second * 1_000_000_000
        usage = {"run_cpu_ns": ns, "machine_busy_ns": 2 * ns, "self_cpu_ns": 0}
        lines.append({"mono_ns": ns + 1, "wall_ns": 1_700_000_000_000_000_000 + ns, "boot_ns": ns + 1,
                      "raw": [50_000_000 * second], "usage": usage})
    for line in [*lines, TICK]:
        check(line, "trace")
    path = tmp_path / "trace.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    record = output(cli, "replay", path, "--json")
    check(record, "run")
    assert record["energy_j"]["measured_node"]["value_uj"] == 150_000_000


@pytest.mark.parametrize("line", [{}, {**TICK, "raw": [1.5]}, {**TICK, "raw": [-1]}, {**TICK, "raw": ["lost"]}, {**TICK, "x": 1}])
def test_wrong_trace_lines_are_refused(line):
    assert not jsonschema.Draft202012Validator(schema("trace")).is_valid(line)
