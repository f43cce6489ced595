"""grid fetch against grid serve-replay: every service, faults, cache, offline, keys that leak nowhere, the traps."""

import csv
import datetime
import http.client
import io
import json
import subprocess
import sys
import time

import pytest
from olivine_cli import BIN
from replay_server import Replay, raw_server

SECRETS = {
    "OLIVINE_ELECTRICITY_MAPS_TOKEN": "em-tok-7f3a91",
    "OLIVINE_WATTTIME_USER": "wt-user-5b2c",
    "OLIVINE_WATTTIME_PASSWORD": "wt pass+word/88",
    "OLIVINE_EIA_KEY": "eia-key-c0ffee",
    "OLIVINE_ENTSOE_TOKEN": "entsoe-tok-d00d",
}
# zone, signal, boundary of a stored series that each service can play
SERVICES = {
    "electricity-maps": ("FR", "average", "lifecycle"),
    "watttime": ("CAISO_NORTH", "marginal", "direct"),
    "uk": ("GB", "average", "direct"),
    "eia": ("US-CAL-CISO", "average", "lifecycle"),
    "entsoe": ("BE", "average", "lifecycle"),
}
SPAN = ["--from", "2025-01-01T00:00Z", "--to", "2025-01-02T00:00Z"]


@pytest.fixture
def net(cli):
    cli.env.update(SECRETS, XDG_CACHE_HOME=str(cli.directory / "cache"))
    for name in [n for n in cli.env if n.lower().endswith("_proxy")]:
        del cli.env[name]
    return cli


def stored(path, zone, signal, boundary):
    """A day of hours with a gap at 05:00; returns what it says by hour."""
    values = {hour: 20.0 + 12.5 * hour for hour in range(24) if hour != 5}
    rows = [f"2025-01-01T{hour:02}:00:00Z,{value},{zone},{signal},{boundary},false" for hour, value in values.items()]
    path.write_text("\n".join(["time_utc,gco2e_per_kwh,zone,signal,boundary,estimated", *rows]) + "\n")
    return values


def fetch(cli, server, service, *options, zone=None, check=0):
    url = server if isinstance(server, str) else server.url(service)
    done = cli("grid", "fetch", zone or SERVICES[service][0], "--provider", service, "--endpoint", url, "--online", *options, check=check)
    return done


def fetch_json(cli, server, service, *options, **keywords):
    return json.loads(fetch(cli, server, service, *SPAN, "--json", *options, **keywords).stdout)


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_fetched_is_what_was_stored(net, service, tmp_path):
    zone, signal, boundary = SERVICES[service]
    values = stored(tmp_path / "data.csv", zone, signal, boundary)
    with Replay(net, "--data", tmp_path / "data.csv") as server:
        done = fetch(net, server, service, *SPAN, "-o", tmp_path / "out.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text())))
    assert {(row["zone"], row["signal"], row["boundary"], row["estimated"]) for row in rows} == {(zone, signal, boundary, "false")}
    hours = {int(row["time_utc"][11:13]) for row in rows}
    assert hours == set(values), "the gap stays a gap"
    for row in rows:
        assert float(row["gco2e_per_kwh"]) == pytest.approx(values[int(row["time_utc"][11:13])], abs=1e-3)
    assert b"1 sent" in done.stdout and b"quota" in done.stdout


def test_the_output_can_be_played_again(net, tmp_path):
    values = stored(tmp_path / "data.csv", *SERVICES["electricity-maps"])
    with Replay(net, "--data", tmp_path / "data.csv") as server:
        fetch(net, server, "electricity-maps", *SPAN, "-o", tmp_path / "out.csv")
    with Replay(net, "--data", tmp_path / "out.csv") as server:
        again = fetch_json(net, server, "electricity-maps")
    assert [point["g_per_kwh"] for point in again["points"]] == list(values.values())
    assert again["source"].startswith("http://127.0.0.1"), "a replay's numbers are not passed off as the service's"
    held = json.loads(net("grid", "data", "ls", "--json", check=0).stdout)["datasets"]
    assert held and all(row["source"].startswith("http://127.0.0.1") for row in held)
    assert again["dataset"] in {row["hash"] for row in held}


def test_electricity_maps_never_answers_for_the_caller(net):
    with Replay(net, start=datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ")) as server:
        now = datetime.datetime.now(datetime.timezone.utc)
        soon = (now + datetime.timedelta(hours=8)).strftime("%Y-%m-%dT%H:00Z")
        long_ago = (now - datetime.timedelta(days=300)).strftime("%Y-%m-%d")
        fetch(net, server, "electricity-maps")  # history
        fetch(net, server, "electricity-maps", "--from", long_ago, "--to", soon)  # past-range and forecast
        done = fetch(net, server, "electricity-maps", zone="XX-NOWHERE", check=2)
        asked = [line for line in server.log() if "/electricity-maps/" in line]
    assert b"XX-NOWHERE" in done.stderr and b"404" in done.stderr and done.stdout == b""
    assert {"history", "past-range", "forecast"} <= {line.split()[1].rsplit("/", 1)[1] for line in asked}
    assert len(asked) > 30 and all("shouldUseFallbackCallerLookup=false" in line for line in asked)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("fault", ["html", "empty", "truncate", "503"])
def test_a_fault_that_passes_is_tried_again(net, service, fault):
    with Replay(net, "--fault", f"{fault}:first1") as server:
        report = fetch_json(net, server, service)
    assert report["points"] and report["cache"]["requests_sent"] == 2


def test_retry_after_is_honoured(net):
    with Replay(net, "--fault", "429:first1") as server:
        begin = time.monotonic()
        report = fetch_json(net, server, "uk")
        assert time.monotonic() - begin >= 1.0, "the server says Retry-After: 1"
        assert [line.split()[0] for line in server.log()] == ["429", "200"]
    assert len(report["points"]) == 48


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("fault,code", [("401", 3), ("403", 3), ("404", 2), ("wrongzone", 2)])
def test_a_final_fault_is_asked_once(net, service, fault, code):
    with Replay(net, "--fault", f"{fault}:1") as server:
        done = fetch(net, server, service, *SPAN, check=code)
        assert len([line for line in server.log() if "/login" not in line]) == 1
    assert done.stdout == b"" and done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("fault", ["null", "negative"])
def test_null_and_negative_never_become_a_value(net, service, fault):
    with Replay(net, "--fault", f"{fault}:1") as server:
        report = fetch_json(net, server, service)
    whole = {"watttime": 288, "uk": 48}.get(service, 24)
    assert len(report["points"]) == whole - 1
    assert all(point["g_per_kwh"] > 0 for point in report["points"])
    assert any("gap" in note for note in report["notes"]), report["notes"]


def cache_files(cli):
    return sorted((cli.directory / "cache" / "olivine" / "grid").glob("*.answer"))


def grow_older(cli, hours):
    for path in cache_files(cli):
        head, body = path.read_bytes().split(b"\n", 1)
        document = json.loads(head)
        document["stored_ns"] -= int(hours * 3600e9)
        path.write_bytes(json.dumps(document).encode() + b"\n" + body)


@pytest.mark.parametrize("service", SERVICES)
def test_cache_etag_and_offline(net, service):
    with Replay(net, "--speed", "0") as server:
        first = fetch_json(net, server, service)
        again = fetch_json(net, server, service)
        assert again["cache"]["requests_sent"] == 0 and again["cache"]["served_fresh"] == 1
        asked = len(server.log())
        grow_older(net, 3)
        renewed = fetch_json(net, server, service)
        assert renewed["cache"]["served_unchanged"] == 1
        assert [line.split()[0] for line in server.log()[asked:]][-1] == "304" and "if-none-match" in server.log()[-1]
        assert fetch_json(net, server, service)["cache"]["served_fresh"] == 1
    grow_older(net, 50)
    offline = [*SPAN, "--json", "--offline", "--endpoint", server.url(service), "--provider", service]
    done = net("grid", "fetch", SERVICES[service][0], *offline, check=0)
    late = json.loads(done.stdout)
    assert late["cache"]["served_stale"] == 1 and b"offline: the answer of 50 h" in done.stderr
    assert first["points"] == again["points"] == renewed["points"] == late["points"]
    grow_older(net, 24 * 6)
    done = net("grid", "fetch", SERVICES[service][0], *offline, check=3)
    assert done.stdout == b"" and b"at most" in done.stderr


def test_a_dead_service_serves_from_the_cache_and_says_so(net):
    with Replay(net) as server:
        fetch_json(net, server, "uk")
    grow_older(net, 2)
    begin = time.monotonic()
    done = fetch(net, server, "uk", *SPAN)
    assert b"offline: the answer of 2 h" in done.stderr and b"1 stale" in done.stdout
    assert time.monotonic() - begin < 20


def test_no_key_leaks_anywhere(net, tmp_path):
    outputs = []
    for fault in ("slow:0", "401:1", "html:1", "wrongzone:1"):
        with Replay(net, "--fault", fault) as server:
            for service in SERVICES:
                done = net("grid", "fetch", SERVICES[service][0], "--provider", service, "--endpoint", server.url(service), "--online", *SPAN,
                           "--json", "-o", tmp_path / "points.csv")
                outputs.append(done.stdout + done.stderr)
    done = net("config", "show", "--origin", check=0)
    outputs.append(done.stdout + done.stderr)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            outputs.append(str(path).encode() + path.read_bytes())
    assert len(outputs) > 25 and cache_files(net)
    for text in outputs:
        for name, secret in SECRETS.items():
            for form in (secret, secret.replace(" ", "%20").replace("+", "%2B").replace("/", "%2F")):
                assert form.encode() not in text, (name, text[:500])
        assert b"replay-4" not in text  # the token that the login gave


def test_a_key_that_the_service_sends_back_is_not_kept(net):
    body = b'{"response":{"total":0,"data":[]},"request":{"api_key":"eia-key-c0ffee"}}'
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)) as (url, asked):
        fetch(net, url, "eia", *SPAN, check=2)
    assert "eia-key-c0ffee" in asked[0]
    (kept,) = cache_files(net)
    assert b"eia-key-c0ffee" not in kept.read_bytes() and b"***" in kept.read_bytes()


def test_key_file_must_be_private(net, tmp_path):
    for name in SECRETS:
        del net.env[name]
    keys = tmp_path / "keys"
    keys.write_text("# keys\nOLIVINE_EIA_KEY=" + SECRETS["OLIVINE_EIA_KEY"] + "\n")
    net.env["OLIVINE_GRID_TOKEN_FILE"] = str(keys)
    with Replay(net) as server:
        keys.chmod(0o644)
        done = fetch(net, server, "eia", *SPAN, check=3)
        assert f"chmod 600 {keys}".encode() in done.stderr and not server.log()
        keys.chmod(0o600)
        assert fetch_json(net, server, "eia")["points"]
        done = fetch(net, server, "entsoe", *SPAN, check=3)
        assert b"OLIVINE_ENTSOE_TOKEN" in done.stderr


def test_nothing_is_asked_unless_enabled(net, tmp_path):
    with Replay(net) as server:
        words = ["grid", "fetch", "GB", "--provider", "uk", "--endpoint", server.url("uk"), *SPAN]
        done = net(*words, check=2)
        assert b"no request is sent" in done.stderr and b"--online" in done.stderr and not server.log()
        (tmp_path / "olivine.toml").write_text('grid_providers = "uk"\n')
        done = net(*words, check=2)  # a project may not enable it
        assert b"olivine.toml" in done.stderr and not server.log()
        (tmp_path / "olivine.toml").unlink()
        (tmp_path / "config" / "olivine").mkdir(parents=True)
        (tmp_path / "config" / "olivine" / "config.toml").write_text('grid_providers = "eia, uk"\n')
        net(*words, check=0)
        assert len(server.log()) == 1 and "olivine/" in server.log()[0]


@pytest.mark.parametrize("url", ["http://example.org", "https://user:pw@127.0.0.1", "ftp://127.0.0.1", "http://127.0.0.1.example.org"])
def test_only_https_or_this_machine(net, url):
    done = fetch(net, url, "uk", *SPAN, check=2)
    assert done.stderr.count(b"\n") == 1 and b"pw" not in done.stderr.replace(b"http", b"")


def test_broken_http(net):
    whole = b'{"data":[{"from":"2025-01-01T00:00Z","to":"2025-01-01T00:30Z","intensity":{"forecast":100,"actual":101}}]}'
    good = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(whole), whole)
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + whole
    with raw_server(cut, b"", good) as (url, asked):  # a shorter body than announced, and nothing at all
        assert len(fetch_json(net, url, "uk")["points"]) == 1 and len(asked) == 3
    elsewhere = b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.2/x\r\nContent-Length: 0\r\n\r\n"
    with raw_server(elsewhere) as (url, asked):
        done = fetch(net, url, "uk", *SPAN, check=2)
        assert b"redirects to 127.0.0.2: not followed" in done.stderr and len(asked) == 1
    here = b"HTTP/1.1 302 Found\r\nLocation: /moved\r\nContent-Length: 0\r\n\r\n"
    with raw_server(here, good) as (url, asked):
        assert fetch_json(net, url, "uk")["points"] and asked[1].startswith("GET /moved ")
    endless = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[" + b"1," * (9 << 20)
    with raw_server(endless) as (url, asked):
        done = fetch(net, url, "uk", *SPAN, check=2)
        assert b"more than 16777216 bytes" in done.stderr


HOSTILE = {
    "deep": ("uk", b"[" * (15 << 20)),
    "objects": ("uk", b'{"data":[' + b",".join([b'{"from":{}}'] * 140_000) + b"]}"),
    "commas": ("uk", b"[" + b"1," * (7 << 20) + b"1]"),
    "one string": ("uk", b'{"data":"' + b"x" * (15 << 20) + b'"}'),
    "elements": ("entsoe", b"<GL_MarketDocument>" + b"<a><b/></a>" * 149_000 + b"</GL_MarketDocument>"),
    "open tags": ("entsoe", b"<a>" * (5 << 20)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_takes_little(net, name):
    if "libasan" in subprocess.run(["ldd", BIN], capture_output=True, text=True, check=True).stdout:
        pytest.skip("a sanitizer takes memory of its own")
    service, body = HOSTILE[name]
    words = ["grid", "fetch", SERVICES[service][0], "--provider", service, "--online", *SPAN, "--endpoint"]
    measured = "import resource,subprocess,sys; subprocess.run(sys.argv[1:]); u=resource.getrusage(resource.RUSAGE_CHILDREN); print(u.ru_maxrss, u.ru_utime)"

    def cost(answer):
        with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer)) as (url, asked):
            done = subprocess.run([sys.executable, "-c", measured, BIN, *words, url], capture_output=True, env=net.env, cwd=net.directory, check=True, timeout=120)
            kib, seconds = done.stdout.split()[-2:]
            return float(kib) / 1024, float(seconds) / len(asked)

    usual_mib, _ = cost(b"{}")
    mib, seconds = cost(body)
    assert mib - usual_mib < 64 and seconds < 2, (mib, usual_mib, seconds)


def test_a_proxy_is_not_asked_for_this_machine(net):
    net.env.update(http_proxy="http://127.0.0.1:1", https_proxy="http://127.0.0.1:1", all_proxy="http://127.0.0.1:1")
    with Replay(net) as server:
        assert fetch_json(net, server, "uk")["points"]


def test_replay_serves_this_machine_only(net):
    with Replay(net) as server:
        for host, status in (("evil.example", 403), (f"127.0.0.1:{server.port}", 200), (f"localhost:{server.port}", 200), ("127.0.0.1", 403)):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            connection.putrequest("GET", "/uk/intensity", skip_host=True)
            connection.putheader("Host", host)
            connection.endheaders()
            assert connection.getresponse().status == status, host
        listening = subprocess.run(["ss", "-ltnH"], capture_output=True, text=True, check=False).stdout
        assert all(line.split()[3].startswith("127.0.0.1:") for line in listening.splitlines() if f":{server.port}" in line)


def test_replay_runs_at_its_own_speed(net):
    with Replay(net, "--speed", "7200", start="2025-01-01T00:00Z") as server:
        def now():
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            connection.request("GET", "/uk/intensity")
            return json.load(connection.getresponse())["data"][0]["from"]

        begin = now()
        time.sleep(1.2)
        assert begin < "2025-01-01T03:00Z" and now() >= "2025-01-01T02:00Z"


@pytest.mark.parametrize("options", [["--from", "yesterday"], ["--from", "2025-01-01", "--fault", "418:1"], ["--from", "2025-01-01", "--data", "none.csv"], []])
def test_replay_usage_errors(net, options):
    done = net("grid", "serve-replay", *options, check=2)
    assert done.stdout == b"" and done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("options", [["XX", "--provider", "entso"], ["GB"], ["GB", "--provider", "uk", "--online", "--offline"], ["GB", "--provider", "uk", "--online", "--from", "x"],
                                     ["GB", "--provider", "uk", "--online", "--signal", "marginal"], ["GB", "--provider", "uk", "--online", "--boundary", "lifecycle"],
                                     ["GB", "--provider", "uk", "--online", "--from", "2025-01-02", "--to", "2025-01-01"]])
def test_fetch_usage_errors(net, options):
    done = net("grid", "fetch", *options, check=2)
    assert done.stdout == b"" and done.stderr.count(b"\n") == 1


def test_the_program_starts_light():
    needed = subprocess.run(["ldd", BIN], capture_output=True, text=True, check=True).stdout
    assert "libcurl" not in needed and "httplib" not in needed and "libssl" not in needed
