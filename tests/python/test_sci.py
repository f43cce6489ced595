"""`olivine sci`: the score of an account, and Impact Framework manifests out and in."""

import pytest
from olivine_cli import ROOT
from test_schemas import check, strict_loads

CASE = ROOT / "studies" / "sci" / "account.toml"
IMP = """name: eshoppen
initialize:
  plugins:
    sci:
      method: Sci
      path: builtin
      config:
        functional-unit: user_hours
tree:
  children:
    app:
      inputs:
        - timestamp: 2024-01-01T00:00
          duration: 3600
          energy: 0.023
          grid/carbon-intensity: 951
          carbon-embodied: 4.305
          user_hours: 1
    db:
      inputs:
        - timestamp: 2024-01-01T00:00
          duration: 3600
          energy: 0.0096
          grid/carbon-intensity: 951
          carbon-embodied: 5.112
          user_hours: 1
"""


def score(cli, file):
    shown = strict_loads(cli("sci", "show", file, "--json", check=0).stdout)
    check(shown, "sci")
    return shown


def test_case_study(cli):
    shown = score(cli, CASE)
    assert shown["sci_g"] == pytest.approx(40.4196, abs=1e-9)
    assert shown["operational_g"] == pytest.approx(0.0326 * 951)
    assert shown["embodied_g"] == pytest.approx(9.417)
    assert shown["intensity_g_per_kwh"] == pytest.approx(951)
    assert shown["functional_units"] == pytest.approx(1)
    text = cli("sci", "show", CASE, check=0).stdout.decode()
    assert "40.4 g CO2e per hour of 500 users" in text
    for word in ("boundary", "O = E x I", "location-based"):
        assert word in text


def test_import_export_keep_the_score(cli, tmp_path):
    (tmp_path / "imp.yml").write_text(IMP)
    done = cli("sci", "import", "imp.yml", check=0)
    assert b"UTC" in done.stderr
    (tmp_path / "account.toml").write_bytes(done.stdout)
    assert score(cli, "account.toml")["sci_g"] == pytest.approx(40.4196, abs=1e-9)
    out = cli("sci", "export", "account.toml", "--at", "2024-01-01", check=0).stdout
    (tmp_path / "again.yml").write_bytes(out)
    (tmp_path / "again.toml").write_bytes(cli("sci", "import", "again.yml", check=0).stdout)
    assert score(cli, "again.toml")["sci_g"] == pytest.approx(40.4196, rel=1e-9)


def test_nothing_embodied_is_unknown_not_zero(cli, tmp_path):
    (tmp_path / "a.toml").write_text(
        'schema = "olivine-account/1"\nname = "a"\n[[activity]]\nid = "serve"\nphase = "inference"\nenergy = "2 kWh"\nplane = "facility"\n'
        'intensity = "100 g/kWh"\n[[functional_unit]]\nname = "request"\ncount = 100\n')
    shown = score(cli, "a.toml")
    assert shown["sci_g"] is None and shown["at_least_g"] == pytest.approx(2.0)
    assert shown["unknown"] and shown["embodied_g"] is None
    assert b"unknown, at least 2 g" in cli("sci", "show", "a.toml", check=0).stdout
    assert b"embodied carbon is unknown" in cli("sci", "export", "a.toml", "--at", "2024-01-01", check=2).stderr


BOMB = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n"


@pytest.mark.parametrize("words, text, says", [
    (["import", "f.yml"], BOMB, b"f.yml:1: anchors and aliases"),
    (["import", "f.yml"], "name: x\n", b"no tree"),
    (["import", "f.yml"], "[" * 5000, b"nested too deeply"),
    (["import", "f.yml"], "a: !!python/object:os.system ls\n", b"tags"),
    (["import", "missing.yml"], None, b"missing.yml"),
    (["show", "f.yml"], 'schema = "olivine-account/1"\nname = "a"\n[[activity]]\nid = "s"\nphase = "inference"\nenergy = "2 kWh"\nplane = "facility"\nintensity = "1 g/kWh"\n', b"[[functional_unit]]"),
    (["show", "missing.toml"], None, b"missing.toml"),
    (["export", str(CASE)], None, b"--at"),
    (["export", str(CASE), "--at", "yesterday"], None, b"--at"),
    (["show", str(CASE), "--unit", "hour of 500 user"], None, b"did you mean"),
])
def test_errors_are_one_line(cli, tmp_path, words, text, says):
    if text is not None:
        (tmp_path / "f.yml").write_text(text)
    done = cli("sci", *words, check=2)
    assert says in done.stderr and done.stderr.count(b"\n") == 1 and done.stdout == b"", done.stderr


@pytest.mark.parametrize("at, timestamp, duration", [("2023", "2023-01-01T00:00:00", 365 * 86400), ("2023-02", "2023-02-01T00:00:00", 28 * 86400),
                                                     ("2023-02-03T10:15Z", "2023-02-03T10:15:00", 3600)])
def test_export_takes_the_times_that_accounts_take(cli, at, timestamp, duration):
    text = cli("sci", "export", CASE, "--at", at, check=0).stdout.decode()
    assert f"timestamp: {timestamp}" in text.replace('"', "") and f"duration: {duration}" in text, text


def test_export_keeps_the_time_of_day(cli, tmp_path):
    (tmp_path / "a.toml").write_text('schema = "olivine-account/1"\nname = "a"\n[defaults]\nplane = "facility"\nintensity = 100\n[[activity]]\nid = "serve"\n'
                                     'phase = "inference"\nenergy = 1\nembodied = "2 g"\nat = "2023-02-03T10:15Z/2023-02-03T11:45Z"\n'
                                     '[[functional_unit]]\nname = "request"\ncount = 10\n')
    shown = cli("sci", "export", tmp_path / "a.toml", check=0).stdout.decode()
    assert "2023-02-03T10:15:00" in shown and "duration: 5400" in shown, shown
