"""What a training will use in all, from its first epochs."""

import json
import sys
import time

import pytest
from olivine_cli import ROOT
from test_schemas import check

TRAIN = """
import sys, time
sys.path.insert(0, {module!r})
from olivine import epoch
def work(s):
    end = time.process_time() + s
    while time.process_time() < end: pass
for n in range({epochs}):
    with epoch(n, of={of}): work({seconds})
"""


def train(epochs=8, of=8, seconds="0.12"):
    return [sys.executable, "-c", TRAIN.format(module=str(ROOT / "python"), epochs=epochs, of=of, seconds=seconds)]


def estimate(cli, *words, code=0):
    answer = json.loads(cli("estimate", *words, "--json", check=code).stdout)
    check(answer, "estimate")
    return answer


def test_a_finished_run_is_predicted_from_its_first_epochs(cli):
    record = cli.run(*train(), options=["--price", "0.25"])
    answer = estimate(cli, "last", "--after-epochs", "2")
    assert answer["of"] == 8 and answer["after_epochs"] == 2 and answer["status"] == "done"
    energy = answer["prediction"]["energy_j"]
    assert answer["actual"] == {"energy_j": pytest.approx(record["energy_j"]["total"]["value"]), "epochs": 8}
    assert energy["lower"] < energy["value"] < energy["upper"]
    assert energy["known_lower"] < energy["lower"] and energy["upper"] < energy["known_upper"]  # models know it less well
    assert 0.3 < energy["value"] / answer["actual"]["energy_j"] < 3  # this machine is busy; bench/prediction.py scores
    carbon, cost = answer["prediction"]["carbon_g"], answer["prediction"]["cost"]
    per_joule = record["emissions_g"]["operational"]["location_average"]["value"] / record["energy_j"]["total"]["value"]
    assert carbon["value"] == pytest.approx(energy["value"] * per_joule)
    assert cost["value"] == pytest.approx(energy["value"] * record["cost"]["value"] / record["energy_j"]["total"]["value"])
    epochs = [e["energy_j"]["value"] for e in record["epochs"][:2]]
    outside = record["outside_epochs_j"]
    rule = 8 * sum(epochs) / 2 + outside["before"]["value"] + outside["between"]["value"]
    assert answer["carbontracker"]["energy_j"] == pytest.approx(rule)
    assert [p["after"] for p in answer["self_check"]] == [1]
    assert answer["budget"] is None


def test_all_epochs_are_no_prediction(cli):
    record = cli.run(*train(epochs=4, of=4))
    answer = estimate(cli, "--after-epochs", "4")
    energy = answer["prediction"]["energy_j"]
    assert energy["lower"] == energy["value"] == energy["upper"]
    used = record["energy_j"]["total"]["value"] - record["outside_epochs_j"]["after"]["value"]
    assert energy["value"] == pytest.approx(used) == answer["used"]["energy_j"]


def test_a_budget_is_answered(cli):
    cli.run(*train(), options=["--price", "0.25", "--zone", "FR"])
    go = estimate(cli, "--after-epochs", "3", "--budget", "1kWh")["budget"]
    assert go["advice"] == "go_on" and go["probability_of_exceeding"] < 0.01 and go["epochs_that_fit"] == 8
    stop = estimate(cli, "--after-epochs", "3", "--of", "100", "--budget", "0.1J", code=1)["budget"]
    assert stop["advice"] == "stop" and stop["probability_of_exceeding"] == 1 and stop["epochs_that_fit"] == 0
    assert estimate(cli, "--after-epochs", "3", "--budget", "2kg")["budget"]["unit"] == "g"
    assert estimate(cli, "--after-epochs", "3", "--budget", "3eur")["budget"] | {"used": 0} == {
        "amount": 3, "unit": "EUR", "used": 0, "probability_of_exceeding": pytest.approx(0, abs=1e-3), "epochs_that_fit": 8, "advice": "go_on"}
    text = cli("estimate", "--after-epochs", "3", "--of", "100", "--budget", "0.1J", check=1).stdout.decode()
    assert "answer    stop now" in text


def test_a_run_that_goes_on_is_predicted(cli):
    run = cli.popen("run", "-q", "--", *train(epochs=9, of=40, seconds="0.4"))
    try:
        for _ in range(100):
            time.sleep(0.3)
            done = cli("estimate", "--after-epochs", "2", "--json")
            if done.returncode == 0:
                break
        answer = json.loads(done.stdout)
        check(answer, "estimate")
        assert answer["status"] == "running" and answer["of"] == 40 and answer["actual"] is None
        assert answer["prediction"]["time_s"]["value"] > answer["used"]["time_s"]
        assert "; ends about 2" in cli("estimate", "--after-epochs", "2", check=0).stdout.decode()
    finally:
        assert run.wait(timeout=120) == 0


def test_early_stopping_is_counted_with_when_it_is_said(cli):
    cli.run(*train(epochs=5, of=60))
    plain, stopping = (estimate(cli, "--after-epochs", "4", *words)["prediction"] for words in ([], ["--may-stop"]))
    assert stopping["energy_j"]["lower"] < 0.5 * plain["energy_j"]["lower"]
    assert stopping["energy_to_the_end_j"] == pytest.approx(plain["energy_j"]["value"])
    assert "--may-stop counts with it" in cli("estimate", "--after-epochs", "4", check=0).stdout.decode()


@pytest.mark.parametrize("words, said", [
    (["--after-epochs", "2"], "has no epochs: the program marks them"),
    ([], "from its first epochs: olivine estimate last --after-epochs 2"),
    (["nosuchrun", "--after-epochs", "2"], "no run 'nosuchrun'"),
])
def test_what_cannot_be_predicted_is_said_in_one_line(cli, words, said):
    cli.run("true")
    done = cli("estimate", *words)
    assert done.returncode != 0 and said in done.stderr.decode() and done.stderr.count(b"\n") == 1


def test_wrong_numbers_are_said_in_one_line(cli):
    cli.run(*train(epochs=3, of=3))
    for words, said in [
        (["--after-epochs", "0"], "type a number from 1"),
        (["--after-epochs", "-1"], "type a number from 1"),
        (["--after-epochs", "9"], "has 3 ended epochs, --after-epochs 9 needs 9"),
        (["--after-epochs", "2", "--of", "1"], "1 epochs are planned: type a number from 2"),
        (["--after-epochs", "2", "--of", "99999999999"], "type a number from 2"),
        (["--after-epochs", "2", "--budget", "3"], "is no energy, carbon or money"),
        (["--after-epochs", "2", "--budget", "-3kg"], "is no energy, carbon or money"),
        (["--after-epochs", "2", "--budget", "3eur"], "no price was stated"),
        (["--after-epochs", "two"], ""),
    ]:
        done = cli("estimate", "last", *words)
        assert done.returncode == 2 and said in done.stderr.decode() and done.stderr.count(b"\n") == 1, (words, done)
