"""Quotas and service levels of scopes: asked, granted, told and kept, from Python and from a shell."""

import ast
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
from olivine_cli import BIN, ROOT, Moving, wait_for
from test_schemas import check
from test_scopes import PREAMBLE, rows_of, script

sys.path.insert(0, str(ROOT / "python"))
import olivine  # noqa: E402
from olivine._terms import amount_of, charged, latency_of, read_board  # noqa: E402

WATTS = {"intel-rapl:0": 200.0, "intel-rapl:1": 200.0, "intel-rapl:0:1": 10.0, "intel-rapl:1:0": 10.0}


@pytest.fixture
def metered(server_cli, server):
    with Moving(server, WATTS):
        yield server_cli


def ran(cli, *words, options=(), check_code=0):
    """(stdout, what olivine said about scopes, record) of a run in which all idle energy is the run's."""
    done = cli("run", "-q", "--idle", "all", *options, "--", *words, check=check_code)
    return done.stdout.decode(), [line for line in done.stderr.decode().splitlines() if "scope" in line], cli.record()


def test_a_program_that_asked_for_an_exception_gets_it(metered):
    out, said, record = ran(metered, *script("""
with olivine.scope("train", quota="100J", on_spent="raise") as s:
    first = s.reading()
    assert first.state == "ok" and first.granted == 100 and 0 <= first.spent < 100 and first.left > 0, first
    try:
        while True: work(0.02); s.check()
    except olivine.QuotaSpent as e: print("told", e.reading.spent >= 100)
    try:
        with olivine.scope("more"): print("never")
    except olivine.QuotaSpent: print("no more")
    assert s.left() == 0
"""))
    assert out.split("\n") == ["told True", "no more", ""] and said == []
    check(record, "run")
    row = rows_of(record)["train"]
    quota = row["quota"]
    assert quota["granted"] == 100 and quota["spent"] == 1 and quota["unit"] == "J" and quota["counted_basis"] == "modelled"
    assert quota["used"] == row["whole_j"]["value"] and quota["over"] == pytest.approx(quota["used"] - 100)
    # Nobody else was open: what was counted and the bill differ by what is outside of scopes only.
    assert quota["used"] <= quota["counted"] * 1.1
    assert "train: quota" in " ".join(metered("show").stdout.decode().split())
    assert metered("verify").returncode == 0


def test_a_function_is_called_once_and_nothing_is_ended(metered):
    out, said, record = ran(metered, *script("""
got = []
with olivine.scope("serve", quota="60J", on_spent=got.append) as s:
    end = time.monotonic() + 20
    while not got and time.monotonic() < end: work(0.02)
    work(0.3)
    assert s.check() is False
    print(len(got), got[0].is_spent)
"""))
    assert out == "1 True\n" and said == []
    assert rows_of(record)["serve"]["quota"]["spent"] == 1


def test_olivine_says_it_and_a_child_gets_what_is_left(metered):
    out, said, record = ran(metered, *script("""
with olivine.scope("job", quota="200J") as s:
    while s.spent() < 120: work(0.02)
    with olivine.scope("step", quota="150J") as inner:
        r = inner.reading()
        assert r.granted < 85 and r.asked == 150, r
        assert inner.left() <= s.left() + 40
        while s.check(): work(0.02)
        assert inner.reading().is_spent
    print(olivine.quota().unit)
assert olivine.quota() is None
"""))
    assert out == "J\n"
    assert any("job: 2" in line and "the quota is spent, the work goes on" in line or "Wh" in line for line in said), said
    assert any("more was not left around it" in line for line in said), said
    rows = rows_of(record)
    assert rows["job/step"]["quota"]["bounded"] == 1 and rows["job/step"]["quota"]["granted"] < 85
    assert rows["job"]["quota"]["used"] == pytest.approx(rows["job"]["own_j"]["value"] + rows["job/step"]["whole_j"]["value"], rel=1e-9)


def test_another_process_counts_and_the_runs_budget_is_around_it(metered):
    inner = PREAMBLE + """
with olivine.scope('inner', quota='1kWh') as s:
    r = s.reading()
    assert 0 < r.granted <= 3000, r
    work(0.5)
"""
    out, said, record = ran(metered, "sh", "-c", f'{BIN} scope outer --quota 1MJ -- {sys.executable} -c "$0"', inner, options=["--budget", "3kJ"])
    rows = rows_of(record)
    assert rows["outer"]["quota"]["granted"] <= 3000 and rows["outer/inner"]["quota"]["bounded"] == 1
    assert rows["outer"]["quota"]["counted"] >= rows["outer/inner"]["quota"]["counted"]


def test_a_services_bill_counts_to_the_quota_only(metered):
    out, said, record = ran(metered, *script("""
with olivine.scope("answer", parent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01") as service:
    work(0.3)
    bill = service.bill()
    assert set(bill) == {"olivine-bill"} and "basis=modelled" in bill["olivine-bill"], bill
with olivine.scope("call", quota="100kJ") as s:
    assert s.charge({"Olivine-Bill": "j=4000;g=0.2;basis=modelled"}) and s.charge(1000.0)
    assert not s.charge({}) and not s.charge("j=-3") and not s.charge(float("nan"))
    assert s.reading(wait=1).spent >= 5000
"""))
    row = rows_of(record)["call"]
    assert row["quota"]["charged"] == 5000
    assert row["quota"]["used"] == pytest.approx(5000 + row["whole_j"]["value"])
    assert row["whole_j"]["value"] < 1000


def test_bills_of_any_size_leave_a_record_that_can_be_read(metered):
    out, said, record = ran(metered, *script("""
with olivine.scope("call", quota="100kJ") as s:
    assert s.charge(1e18) and s.charge(1e18)
    assert s.reading(wait=1).spent >= 2e18
"""))
    assert rows_of(record)["call"]["quota"]["charged"] == 2e18


def test_a_quota_of_carbon(metered):
    out, said, record = ran(metered, *script("""
with olivine.scope("c", quota="1kg") as s:
    work(0.3)
    r = s.reading(wait=1)
    assert r.unit == "g" and 0 < r.spent < 1 and r.left < 1000, r
"""), options=["--zone", "FR", "--pue", "1.5"])
    quota = rows_of(record)["c"]["quota"]
    whole = record["emissions_g"]["operational"]["location_average"]["value"]
    assert quota["unit"] == "g" and 0 < quota["used"] <= whole * 1.001


def test_carbon_before_the_first_terms_counts(metered):
    out, _, _ = ran(metered, *script("""
with olivine.scope("a") as s:
    work(1.2)                  # two readings at least before olivine hears of terms
    r = s.reading(wait=1)
    print(r.grams / r.joules)
with olivine.scope("b") as s:
    s.reading()
    work(0.1)
    r = s.reading(wait=1)
    print(r.grams / r.joules)
"""), options=["--zone", "FR", "--pue", "1.5"])
    before, after = [float(line) for line in out.split()]
    assert before == pytest.approx(after, rel=0.2)  # the hour may turn; half of the joules at 0 g would be less


def test_a_scope_without_a_quota_says_its_own_use(metered):
    out, _, record = ran(metered, *script("""
with olivine.scope("job", quota="1kg"):
    work(0.6)
    with olivine.scope("step") as s:
        work(0.2)
        r = s.reading(wait=1)
        print(s.spent() == r.joules, r.unit, s.left() < 1000)
"""))
    assert out == "True g True\n"


def test_a_quota_is_kept_between_rare_readings(metered):
    out, said, _ = ran(metered, *script("""
for _ in range(12):             # more looks than olivine makes between two ticks
    with olivine.scope("first"): time.sleep(0.01)
with olivine.scope("a", quota="60J") as s:
    s.reading()
    end = time.monotonic() + 5
    while s.check() and time.monotonic() < end: work(0.02)
    work(0.7)
    r = s.reading()
    print(r.state, r.age_s < 0.8)
"""), options=["--interval", "20s"])
    assert out == "spent True\n" and any("the quota is spent" in line for line in said), said


@pytest.fixture
def board():
    """As an olivine that is this process would have them: a pipe, and a board that is younger than any question."""
    pipe = pathlib.Path(f"/tmp/olivine-marks-{os.stat('/proc/self/ns/pid').st_ino}-{os.getpid()}")
    rows = pathlib.Path(str(pipe).replace("marks", "scopes"))
    os.mkfifo(pipe, 0o600)
    held = os.open(pipe, os.O_RDWR)  # as the olivine that listens has it
    try:
        yield lambda *lines, ns=2**62: rows.write_text("\n".join([f"olivine-scopes 1 {ns}", *lines]) + "\n")
    finally:
        os.close(held)
        pipe.unlink()
        rows.unlink(missing_ok=True)


ABOVE = "the quota of a scope around it, or the run's budget, is spent"


@pytest.mark.parametrize("row, state, raised, code, says", [
    ("ok J 500 360 180 180 180 - -", "ok", None, 0, "0.05 Wh of 0.1 Wh used, 0.05 Wh left (modelled)\n"),
    ("spent J 500 360 720 0 720 - -", "spent", "scope x: 720 J of 360 J used: the quota is spent", 1, "0.2 Wh of 0.1 Wh used, 0 Wh left (modelled)\n"),
    ("above J 500 360 180 0 180 - -", "above", f"scope x: 180 J of 360 J used: {ABOVE}", 1,
     "0.05 Wh of 0.1 Wh used, 0 Wh left: that of a scope around it, or the run's budget, is spent (modelled)\n"),
    ("above g 500 360 180 0 - 180 -", "above", f"scope x: 180 g of 360 g used: {ABOVE}", 1,
     "180 g CO2e of 360 g CO2e used, 0 g CO2e left: that of a scope around it, or the run's budget, is spent (modelled)\n"),
    ("unknown J 500 360 180 - 180 - no%20meter", "unknown", None, 3, "at least 0.05 Wh of 0.1 Wh used; the quota cannot be kept: no meter\n"),
], ids=["ok", "spent", "above_j", "above_g", "unknown"])
def test_who_spent_it_is_said(board, row, state, raised, code, says):
    board(f"{'01' * 8} {row}")
    text = PREAMBLE + """
olivine.os.urandom = lambda n: b"\\x01" * n    # the scope of the board
with olivine.scope("x", quota="500J", on_spent="raise") as s:
    said = None
    try: s.check()
    except olivine.QuotaSpent as e: said = str(e)
    r = subprocess.run([sys.argv[1], "quota"], env=olivine.environment(), capture_output=True, text=True)
    print(repr((s.reading().state, said, r.returncode, r.stdout, r.stderr)))
"""
    env = {k: v for k, v in os.environ.items() if k != "TRACEPARENT"}
    done = subprocess.run([sys.executable, "-c", text, BIN], capture_output=True, text=True, check=True, env=env)
    assert ast.literal_eval(done.stdout) == (state, raised, code, says, "")


def test_an_answer_goes_to_a_file_or_it_is_said(board, tmp_path):
    board(f"{'01' * 8} ok J 500 360 180 180 180 - -")
    env = {**os.environ, "TRACEPARENT": f"00-{'ab' * 16}-{'01' * 8}-01"}
    done = subprocess.run([BIN, "quota", f"--json={tmp_path}/answer.json"], env=env, capture_output=True, check=True)
    assert done.stdout == b"" and json.loads((tmp_path / "answer.json").read_text())["left"] == 180
    done = subprocess.run([BIN, "quota", f"--json={tmp_path}/none/answer.json"], env=env, capture_output=True, check=False)
    assert done.returncode == 2 and done.stderr.startswith(b"olivine: ") and b"none/answer.json" in done.stderr and done.stderr.count(b"\n") == 1, done


def test_a_scope_whose_beginning_is_lost_has_a_quota_that_is_not_known(metered):
    out, said, _ = ran(metered, *script("""
from olivine import _send as real
olivine._send = lambda kind, *words: None if kind == "begin" else real(kind, *words)
begun = time.monotonic()
for _ in range(20):
    with olivine.scope("a", quota="5J", on_spent="raise") as s:
        r = s.reading(wait=1)
        assert r.state == "unknown" and r.why and s.left() is None and s.spent() is None and s.check(), r
        done = subprocess.run([sys.argv[1], "quota"], env=olivine.environment(), capture_output=True, text=True)
        assert done.returncode == 3 and "is not kept: its beginning was left out" in done.stderr, done
assert time.monotonic() - begun < 15, "who asks is answered"
"""), BIN)
    assert len(said) == 1 and "scope a: its quota is not kept" in said[0], said


def test_a_killed_olivine_counts_no_more(metered):
    """What was left when it died is not what is left now."""
    work = metered.directory / "work.out"
    process = metered.popen("run", "-q", "--", *script(f"""
import signal
out = open({str(work)!r}, "w")
told = []
with olivine.scope("told", quota="1kWh", on_spent=told.append) as t, olivine.scope("a", quota="1MJ", on_spent="raise") as s, \\
     olivine.scope("small", quota="1J") as small:
    work(0.3)
    while small.check(): work(0.05)
    first = s.reading(wait=1)
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(0.1)
    print(repr((first.state, first.left > 0)), file=out)
    begun = time.monotonic()
    after = s.reading(wait=2)
    print(repr((after.state, after.left, after.spent >= first.spent, after.why, s.spent(), s.left(), s.check(), s.bill(), told)), file=out)
    print(time.monotonic() - begun < 1, small.reading().state, small.check(), file=out, flush=True)
    with olivine.scope("late", quota="5J", on_spent="raise") as late: print(late.reading().state, late.check(), file=out, flush=True)
"""))
    process.wait()
    ended = "the olivine run that measured this has ended"
    wait_for(lambda: work.exists() and len(work.read_text().splitlines()) == 4)
    lines = work.read_text().splitlines()
    assert ast.literal_eval(lines[0]) == ("ok", True)
    assert ast.literal_eval(lines[1]) == ("unknown", None, True, ended, None, None, True, {}, [])
    assert lines[2:] == ["True spent False", "unknown True"]
    metered("ls", check=0)


@pytest.mark.parametrize("age_s, row, state, left, why, code", [
    (0.5, "ok J 500 360 180 180 180 - -", "ok", 180, "", 0),
    (4, "ok J 500 360 180 180 180 - -", "unknown", None, "olivine has counted nothing for ", 3),
    (4, "live - - - - - 180 - -", "unknown", None, "olivine has counted nothing for ", 3),
    (4, "unknown J 500 360 180 - 180 - no%20meter", "unknown", None, "no meter", 3),
    (4, "spent J 500 360 720 0 720 - -", "spent", 0, "", 1),
], ids=["young", "old", "live", "unknown", "spent"])
def test_an_olivine_that_hangs_counts_no_more(board, age_s, row, state, left, why, code):
    board(f"{'01' * 8} {row}", ns=time.monotonic_ns() - int(age_s * 1e9))
    text = PREAMBLE + """
olivine.os.urandom = lambda n: b"\x01" * n    # the scope of the board
with olivine.scope("x", quota="500J") as s:
    r = s.reading()
    q = subprocess.run([sys.argv[1], "quota"], env=olivine.environment(), capture_output=True, text=True)
    print(repr((r.state, r.left, r.why, s.check(), q.returncode, q.stdout + q.stderr)))
"""
    env = {k: v for k, v in os.environ.items() if k != "TRACEPARENT"}
    done = subprocess.run([sys.executable, "-c", text, BIN], capture_output=True, text=True, check=True, env=env)
    got = ast.literal_eval(done.stdout)
    assert got[:2] == (state, left) and got[2].startswith(why) and (why or not got[2]) and got[3] == (state != "spent") and got[4] == code, got
    assert why in got[5] or "not kept" in got[5], got


def test_a_service_of_the_same_run_is_not_billed_again(metered):
    """Its work is in the run's rows: within the caller with its traceparent, elsewhere without."""
    service = PREAMBLE + """
with olivine.scope("answer", parent=sys.argv[1]) as s:
    work(0.3)
    print(s.bill()["olivine-bill"])
"""
    out, _, record = ran(metered, *script(f"""
def ask(parent): return subprocess.run([sys.executable, "-c", {service!r}, parent], capture_output=True, text=True, check=True).stdout.strip()
with olivine.scope("client", quota="1MJ") as s:
    bills = [ask(olivine.traceparent()), ask("00-" + "a" * 32 + "-" + "1" * 16 + "-01")]
    for bill in bills: assert s.charge({{"olivine-bill": bill}}), bill
    print(*bills)
    assert s.charge("j=7;basis=modelled;span=" + "ab" * 8) and s.charge("j=7;basis=modelled;span=" + "ab" * 8)
    s.reading(wait=1)
"""))
    spans = [dict(part.split("=") for part in bill.split(";"))["span"] for bill in out.split()]
    assert len(set(spans)) == 2 and all(len(span) == 16 for span in spans)
    rows = rows_of(record)
    assert set(rows) == {"client", "client/answer", "answer"}
    assert rows["client"]["quota"]["charged"] == 7, "of the service elsewhere, once"
    assert rows["client"]["quota"]["used"] == pytest.approx(7 + rows["client"]["whole_j"]["value"])
    check(record, "run")


def test_a_forked_child_says_what_it_served_itself(metered):
    _, _, record = ran(metered, *script("""
called = []
with olivine.scope("serve", quota="1MJ", on_spent=called.append, service_level="latency p50 < 50ms") as s:
    s.served(0.01, n=2)
    entry = s._here()
    with s.request():
        entry.lock.acquire()              # as another thread may have it
        pid = os.fork()
        if pid: entry.lock.release()
        else:
            with s.request(): time.sleep(0.06)
            s.served(0.01, n=3); s.accuracy(0.5)
            assert s.left() > 0 and s.check()
            sys.exit(0)
    assert os.waitpid(pid, 0)[1] == 0
"""))
    rows = rows_of(record)
    assert rows["serve"]["count"] == 1 and rows["serve"]["failed"] == 0
    level = rows["serve"]["service_level"]
    assert (level["requests"], level["late"], level["failed"]) == (2 + 1 + 1 + 3, 1, 0), level


STOP = "trap 'echo asked; exit 0' TERM; while :; do :; done"


def test_a_command_is_stopped_only_when_that_was_asked(metered):
    out, said, record = ran(metered, BIN, "scope", "x", "--quota", "60J", "--on-quota", "stop", "--", "sh", "-c", STOP, check_code=124)
    assert out == "asked\n" and any("asked to end (SIGTERM)" in line for line in said)
    quota = rows_of(record)["x"]["quota"]
    assert quota["spent"] == 1 and quota["counted"] >= 60 and quota["over"] == max(0, quota["used"] - 60)
    told = " ".join(metered("show").stdout.decode().split())  # what was counted ended it; the bill may be another number, each is told as what it is
    assert "x: quota 0.0167 Wh: counted " in told and " while it ran (modelled), used up after " in told and "; billed " in told
    assert ("less than was counted" in told) == (quota["used"] < 60)
    out, said, record = ran(metered, BIN, "scope", "x", "--quota", "10J", "--", *script("work(1); print('whole')"))  # a busy machine gives it less than 60 J
    assert out == "whole\n" and any("the work goes on" in line for line in said)


def test_a_command_that_does_not_listen_is_killed_when_asked(metered):
    begun = time.monotonic()
    out, said, _ = ran(metered, BIN, "scope", "x", "--quota", "60J", "--on-quota", "stop", "--quota-grace", "300ms", "--", "sh", "-c",
                       "trap '' TERM; sleep 1000 & while :; do :; done", check_code=124)
    assert any("it is killed" in line for line in said) and time.monotonic() - begun < 60


def test_a_script_asks(metered):
    text = f"{BIN} quota || exit 9; {BIN} quota --json; while {BIN} quota -q; do :; done; echo spent; {BIN} quota"
    out, _, _ = ran(metered, BIN, "scope", "x", "--quota", "150J", "--", "sh", "-c", text, check_code=1)
    assert "left (modelled)" in out.splitlines()[0] and out.splitlines()[-2] == "spent"
    answer = json.loads(out[out.index("{"):out.index("}") + 1])
    check(answer, "quota")
    assert answer["granted"] == 150 and answer["state"] == "ok"


def test_a_level_is_met_missed_or_not_known(metered):
    out, _, record = ran(metered, *script("""
with olivine.scope("serve", service_level="latency p75 < 100ms, throughput > 1/s, accuracy > 0.9, deadline 1h") as s:
    for n in range(4):
        with s.request(): time.sleep(0.15 if n == 3 else 0.001)
    s.accuracy(0.5); s.accuracy(0.95)
@olivine.scope("handler", service_level="latency < 50ms, accuracy > 0.9")
def handler(x): time.sleep(x)
for x in (0, 0, 0.2): handler(x)
with olivine.scope("quiet", service_level="accuracy > 0.9"): pass
"""))
    check(record, "run")
    rows = rows_of(record)
    serve = rows["serve"]["service_level"]
    assert serve["verdict"] == "met" and serve["requests"] == 4 and serve["late"] == 1, serve
    assert serve["energy_per_request_j"] == pytest.approx(rows["serve"]["whole_j"]["value"] / 4)
    handler = rows["handler"]["service_level"]
    assert handler["requests"] == 3 and handler["late"] == 1 and handler["verdict"] == "missed"
    assert [o["verdict"] for o in handler["objectives"]] == ["missed", "unknown"]
    assert rows["quiet"]["service_level"]["verdict"] == "unknown"
    assert 'service level "latency < 50ms, accuracy > 0.9": missed' in " ".join(metered("show").stdout.decode().split())
    assert metered("verify").returncode == 0


def test_what_failed_was_not_served(metered):
    _, _, record = ran(metered, "sh", "-c", f"""{BIN} scope command --service-level 'latency p50 < 1h, deadline 1h' -- sh -c 'exit 7'
{BIN} scope command --service-level 'latency p50 < 1h, deadline 1h' -- true
exec "$@" """, "sh", *script("""
with olivine.scope("serve", service_level="latency p80 < 1h, throughput > 1000/s") as s:
    for n in range(10):
        try:
            with s.request():
                if n % 2: raise OSError("500")
        except OSError: pass
    s.served(7200); s.served(0.1, n=2, failed=True)
    time.sleep(0.1)
for failing in (False, True):
    try:
        with olivine.scope("one", service_level="latency p90 < 1h"):
            if failing: raise ValueError
    except ValueError: pass
"""))
    check(record, "run")
    levels = {p: r["service_level"] for p, r in rows_of(record).items()}
    assert {p: (s["requests"], s["late"], s["failed"], s["verdict"]) for p, s in levels.items()} == {
        "serve": (13, 1, 7, "missed"), "one": (2, 0, 1, "missed"), "command": (2, 0, 1, "missed")}
    assert levels["serve"]["objectives"][0]["got"] == "5 of 13 within 1 h 00 min, 7 failed"
    assert [o["verdict"] for o in levels["command"]["objectives"]] == ["met", "missed"], "one of two was served, and one has not done its work"
    assert "7 failed" in " ".join(metered("show").stdout.decode().split())
    assert metered("verify").returncode == 0


def test_counts_that_make_no_sense_are_refused_where_they_are_said():
    text = PREAMBLE + """
for entered in (False, True):
    s = olivine.scope("a")
    if entered: s.__enter__()
    for call, words in ((lambda: s.served(0.01, n=-5), "n=-5"), (lambda: s.served(0.01, n=0), "n=0"), (lambda: s.served(0.01, n=1.5), "n=1.5"),
                        (lambda: s.served(0.01, n=10**13), "n=10000000000000"), (lambda: s.served(-1), "latency -1"), (lambda: s.served(float("nan")), "latency nan"),
                        (lambda: s.served(float("inf")), "latency inf"), (lambda: s.served("x"), "latency 'x'"),
                        (lambda: s.served(10**400), "latency 1000"), (lambda: s.accuracy(float("nan")), "accuracy: nan"), (lambda: s.accuracy(float("-inf")), "accuracy: -inf"), (lambda: s.accuracy(None), "accuracy: None")):
        try: call()
        except ValueError as e: assert words in str(e) and "type " in str(e) and "\\n" not in str(e), e
        else: raise SystemExit(words)
    s.served(0, n=10**12); s.served(0.5); s.accuracy(-3)
"""
    subprocess.run([sys.executable, "-c", text], check=True)


def test_a_plan_reads_the_same_level(metered, tmp_path):
    level = "latency p95 < 50ms, accuracy > 0.85, deadline 24h"
    ran(metered, BIN, "scope", "serve", "--service-level", level, "--", "true")
    points = tmp_path / "points.csv"
    points.write_text("name,power,throughput,latency,accuracy\nfull,400W,100,20ms,0.90\ncap,250W,80,30ms,0.90\nint8,150W,90,10ms,0.84\n")
    job = ["plan", "--points", points, "--work", "3e6", "--zones", "US-CAL-CISO", "--start", "2026-07-01T00:00:00Z", "--json"]
    plans = [json.loads(metered(*job, *words, check=0).stdout) for words in
             (["--service-level", level], ["--service-level-of", "last/serve"], ["--latency-below", "50ms", "--accuracy-above", "0.85", "--deadline", "24h"])]
    assert plans[0] == plans[1] == plans[2] and plans[0]["plan"]["energy_j"] > 0
    for words, said in ((["--service-level", "fast"], "--service-level: \"fast\""), (["--service-level-of", "last"], "is not RUN/SCOPE"),
                        (["--service-level-of", "last/none"], "has no scope \"none\" with a service level"),
                        (["--service-level", level, "--deadline", "3h"], "--deadline: the service level states that already"),
                        (["--service-level", level, "--latency-below", "1s"], "--latency-below: the service level states"),
                        (["--service-level", "accuracy > 0.8"], "--deadline is required")):
        done = metered(*job, *words)
        assert done.returncode in (1, 2, 3) and said in done.stderr.decode() and done.stderr.count(b"\n") == 1, done.stderr


AMOUNTS = ["300Wh", "50kJ", "1 MWh", "1MJ", "0.5 j", ".5g", "500 g CO2e", "1.2kg", "1 t", "2e3J", "2watts", "0g", "-3J", "3eur", "2mWh", "", "J", "1e400J", "3", "nan J"]
LEVELS = ["latency p95 < 50ms", "latency 1.5s, accuracy 0.9", "throughput > 100/s,deadline<=2h", "latency p99.9 5us", "", "fast", "latency > 5ms", "latency p0 < 5ms",
          "latency p100 < 5ms", "accuracy < 3", "deadline 1h, deadline 2h", "latency 5ms,", "throughput 0", "latency 5", "accuracy p95 0.9", "deadline 0s"]


@pytest.mark.parametrize("flag, read, text", [("--quota", amount_of, t) for t in AMOUNTS if t] + [("--service-level", latency_of, t) for t in LEVELS if t])
def test_python_and_olivine_read_the_same_words(flag, read, text):
    done = subprocess.run([BIN, "scope", "x", f"{flag}={text}", "--", "true"], capture_output=True, check=False)
    try:
        read(text)
    except ValueError as e:
        assert done.returncode == 2 and flag.encode() in done.stderr and done.stderr.count(b"\n") == 1, (done, e)
        assert "\n" not in str(e) and "type e.g." in str(e)
    else:
        assert done.returncode == 0 and b"no olivine run measures this" in done.stderr, done.stderr


def test_without_olivine_it_is_said_once_and_nothing_breaks():
    text = PREAMBLE + """
import warnings
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    for _ in range(3):
        with olivine.scope("a", quota="3J", on_spent="raise") as s:
            assert s.spent() is None and s.left() is None and s.check() is True and s.bill() == {}
            assert s.reading().state == "unknown" and "no olivine run" in s.reading().why
            s.charge(3.0); s.served(1.0); s.accuracy(1)
    assert [str(w.message) for w in said] == ["scope a: its quota cannot be kept: no olivine run measures this process"], said
for bad in ("300", "3 eur", 7):
    try: olivine.scope("a", quota=bad); raise SystemExit(bad)
    except ValueError: pass
try: olivine.scope("a", on_spent="explode"); raise SystemExit("on_spent")
except ValueError: pass
"""
    subprocess.run([sys.executable, "-c", text], check=True, env={k: v for k, v in os.environ.items() if k != "TRACEPARENT"})


@pytest.mark.parametrize("words, code, said", [
    (["quota"], 3, b"no scope is around this"), (["quota", "--", "x"], 2, b"take a command after --"), (["quota", "x"], 2, b"see olivine quota --help"),
    (["scope", "x", "--on-quota", "stop", "--", "true"], 2, b"--quota"), (["scope", "x", "--quota", "3J", "--on-quota", "pause", "--", "true"], 2, b"--on-quota"),
    (["scope", "x", "--quota", "3J", "--quota-grace", "soon", "--", "true"], 2, b"--quota-grace"),
])
def test_mistakes_are_named(words, code, said):
    done = subprocess.run([BIN, *words], capture_output=True, check=False, env={k: v for k, v in os.environ.items() if k != "TRACEPARENT"})
    assert done.returncode == code and said in done.stderr and done.stderr.count(b"\n") == 1, done


@pytest.mark.parametrize("nth", range(1, 6))
def test_the_nth_line_is_lost(metered, nth):
    """A full pipe loses a line: whatever it is, the program goes on and the bills add up."""
    out, _, record = ran(metered, *script(f"""
from olivine import _send as real
count = 0
def lossy(*words):
    global count
    count += 1
    if count != {nth}: real(*words)
olivine._send = lossy
with olivine.scope("a", quota="1kJ", service_level="latency 1s") as s:
    with olivine.scope("b", quota="1kJ"): work(0.1)
    s.served(0.5); s.left()
print("done")
"""))
    assert out == "done\n"
    if "scopes" in record:
        rows_of(record)
    assert metered("verify").returncode == 0


def test_a_board_of_another_kind_is_read_as_nothing(tmp_path):
    pipe = str(tmp_path / "olivine-marks-1-2")
    board = tmp_path / "olivine-scopes-1-2"
    assert read_board(None) is None and read_board(pipe) is None
    for text in ("", "olivine-scopes 2 5\n", "olivine-scopes 1 5\nx\n", "\xff"):
        board.write_bytes(text.encode("latin1"))
        assert read_board(pipe) is None
    board.write_text("olivine-scopes 1 5\n00f067aa0ba902b7 ok J 10 8 3.5 4.5 3.5 - GPU%200\n")
    reading = read_board(pipe)[1]["00f067aa0ba902b7"]
    assert reading[:9] == ("ok", "J", 10, 8, 3.5, 4.5, 3.5, None, "GPU 0")
    assert charged("j=3;g=1;basis=modelled") == (3, 1, None) and charged("g=1") is None and charged(None) is None
    assert charged(f"j=3;basis=modelled;span={'ab' * 8}") == (3, None, "ab" * 8)
    for bad in ("", "0" * 16, "AB" * 8, "ab" * 8 + " x=1", "ab" * 8 + "\n"):
        assert charged(f"j=3;span={bad}") == (3, None, None), bad


def test_a_killed_olivine_leaves_nothing_for_long(metered, tmp_path):
    process = metered.popen("run", "-q", "--", *script("""
with olivine.scope("a", quota="1MJ") as s:
    s.left(); print(olivine._pipe(), flush=True); time.sleep(60)
"""), stdout=subprocess.PIPE, text=True)
    pipe = process.stdout.readline().strip()
    board = pipe.replace("-marks-", "-scopes-")
    assert os.path.exists(board) and os.stat(board).st_mode & 0o777 == 0o600
    process.send_signal(signal.SIGKILL)
    process.wait()
    metered("ls", check=0)  # closes the run that was cut off
    wait_for(lambda: not os.path.exists(board) and not os.path.exists(pipe))
