"""`olivine estimate` before anything has run: the account of a few words, what was assumed, wrong names."""

import json

import pytest

JOB = ["estimate", "--gpus", "8xH100-SXM", "--hours", "96", "--zone", "SE", "--provider", "aws"]


def figures(cli, *words, code=0):
    document = json.loads(cli(*words, "--json", check=code).stdout)
    return document["figures"], document


def test_the_example_of_the_issue(cli):
    figure, document = figures(cli, *JOB)
    # 8 x 96 h x (595 W + 315 W of the host) / 0.93 x 1.1
    assert figure["total.energy"]["value"] == pytest.approx(8 * 96 * (595 + 315) / 0.93 * 1.1 / 1000, rel=1e-6)
    for name in ("total.energy", "total.operational", "total.embodied", "total.carbon", "total.water"):
        assert figure[name]["lower"] < figure[name]["value"] < figure[name]["upper"], name
    assert document["tornado"]
    assert any("assumed: " in note for note in document["notes"])


def test_text_says_what_was_assumed_and_what_matters(cli):
    text = cli(*JOB, "--price", "0.1", check=0).stdout.decode()
    assert "8 x NVIDIA H100 80GB HBM3" in text and "aws eu-north-1" in text
    for part in ("carbon", "embodied", "energy", "water", "cost", "assumed"):
        assert part in text, part


def test_twice_the_hours_are_twice_the_energy(cli):
    once, _ = figures(cli, "estimate", "--gpus", "4xL4", "--hours", "10", "--zone", "FR")
    twice, _ = figures(cli, "estimate", "--gpus", "4xL4", "--hours", "20", "--zone", "FR")
    assert twice["total.energy"]["value"] == pytest.approx(2 * once["total.energy"]["value"])
    assert twice["total.embodied"]["value"] == pytest.approx(2 * once["total.embodied"]["value"])


def test_parameters_and_tokens_in_place_of_hours(cli):
    words = ["estimate", "--gpus", "64xA100-SXM4-80GB", "--params", "7e9", "--tokens", "2e12", "--mfu", "0.5", "--zone", "FR"]
    figure, _ = figures(cli, *words)
    hours = 6 * 7e9 * 2e12 / (312e12 * 0.5) / 3600
    by_hours, _ = figures(cli, "estimate", "--gpus", "64xA100-SXM4-80GB", "--hours", str(hours / 64), "--zone", "FR")
    assert figure["total.energy"]["value"] == pytest.approx(by_hours["total.energy"]["value"], rel=1e-6)


def test_requests_have_a_footprint_each(cli):
    words = ["estimate", "--gpus", "8xH100-SXM", "--params", "70e9", "--tokens", "500", "--requests", "1e6", "--zone", "FR"]
    figure, _ = figures(cli, *words)
    assert figure["unit.request.energy"]["value"] > 0
    ratio = figure["total.energy"]["value"] / figure["unit.request.energy"]["value"]
    assert ratio > 0


def test_instances(cli):
    figure, _ = figures(cli, "estimate", "--instance", "p4d.24xlarge", "--count", "2", "--hours", "10", "--zone", "FR", "--pue", "1")
    assert figure["total.energy"]["value"] == pytest.approx(2 * 10 * (744.8 + 0.85 * (5245 - 744.8)) / 1000, rel=1e-6)


def test_the_manifest_can_be_kept_and_evaluated(cli, tmp_path):
    file = tmp_path / "plan.toml"
    figure, _ = figures(cli, *JOB, "--write", file)
    again = json.loads(cli("account", file, "--json", check=0).stdout)
    assert again["figures"]["total.carbon"]["value"] == pytest.approx(figure["total.carbon"]["value"])


@pytest.mark.parametrize(
    "words, says",
    [
        (["--gpus", "8xH1000-SXM", "--hours", "1"], b"nearest: NVIDIA H100"),
        (["--gpus", "8xA100", "--hours", "1"], b"say which"),
        (["--gpus", "4xTPU v5e", "--hours", "1"], b"--power"),
        (["--gpus", "8xH100-SXM"], b"--hours"),
        (["--gpus", "8xH100-SXM", "--hours", "soon"], b"--hours"),
        (["--gpus", "8xH100-SXM", "--hours", "1", "--zone", "SEE"], b"SEE"),
        (["--gpus", "8xH100-SXM", "--hours", "1", "--provider", "aws", "--region", "eu-nort-1"], b"nearest: eu-north-1"),
        (["--gpus", "8xH100-SXM", "--hours", "1", "--provider", "amazon"], b"known: "),
        (["--gpus", "8xH100-SXM", "--params", "1e9", "--tokens", "1e9", "--mfu", "2", "--zone", "FR"], b"--mfu"),
        (["--instance", "p99.huge", "--hours", "1"], b"no instance is called"),
        (["--gpus", "8xH100-SXM", "--instance", "p4d.24xlarge", "--hours", "1"], b"which hardware"),
    ],
)
def test_wrong_words_are_one_line(cli, words, says):
    done = cli("estimate", *words)
    assert done.returncode == 2 and done.stdout == b""
    assert done.stderr.count(b"\n") == 1 and says in done.stderr, done.stderr


def test_a_file_is_not_overwritten_unless_forced(cli, tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text("mine")
    done = cli(*JOB, "--write", file, check=2)
    assert b"--force overwrites it" in done.stderr and done.stdout == b"" and file.read_text() == "mine"
    cli(*JOB, "--write", file, "--force", check=0)
    assert "olivine-account/1" in file.read_text()


@pytest.mark.parametrize("words, says", [(["--params", "7e9", "--tokens", "2e12"], b"which hardware? --gpus"), (["--hours", "4"], b"which hardware? --gpus"),
                                         ([], b"estimate what?"), (["--gpus", "8xH100-SXM", "--hours", "-3"], b"--hours -3: it must be above 0")])
def test_what_is_missing_is_named(cli, words, says):
    done = cli("estimate", *words, check=2)
    assert says in done.stderr and done.stderr.count(b"\n") == 1, done.stderr


def test_the_providers_pue_and_water_are_listed(cli):
    text = cli("estimate", "--gpus", "8xH100-SXM", "--hours", "96", "--zone", "SE", "--provider", "aws", check=0).stdout.decode()
    assert "assumed: PUE 1.1" in " ".join(text.split()) and "assumed: water on site" in " ".join(text.split())
