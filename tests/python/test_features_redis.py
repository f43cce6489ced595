"""The online state in Redis, asked through the command line; a real redis-server on a socket of its own."""

import json
import shutil
import subprocess
import time

import pytest
from feature_views import LOAD

VIEWS = LOAD.replace("TTL", "9h")


@pytest.fixture
def redis(tmp_path):
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server (apt-get install redis-server)")
    socket = tmp_path / "r.sock"
    server = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--dir", tmp_path,
                               "--requirepass", "sesame"], stdout=subprocess.DEVNULL)
    for _ in range(400):
        if socket.exists():
            break
        time.sleep(0.025)
    yield f"unix:{socket}"
    server.kill()
    server.wait()


def test_redis_answers_as_the_store_does(cli, redis, tmp_path):
    (tmp_path / "views.toml").write_text(VIEWS)
    rows = [f"2026-01-01T{h:02}:00:00Z,2026-01-01T{h:02}:10:00Z,DE,{h * 1.1:.3f}" for h in range(20)]
    (tmp_path / "load.csv").write_text("event_time,ingest_time,zone,mw\n" + "\n".join(rows) + "\n")
    store = ["--store", tmp_path / "store.sqlite"]
    cli("features", "apply", tmp_path / "views.toml", *store, check=0)
    question = ["features", "get", "load", "--entity", "DE", "--at", "2026-01-01T19:30:00Z", "--json", *store]
    closed = cli("features", "materialize", "load", "--source", tmp_path / "load.csv", *store, "--online", redis)
    assert closed.returncode == 2 or closed.returncode == 3
    assert b"OLIVINE_REDIS_PASSWORD" in closed.stderr and closed.stderr.count(b"\n") == 1
    cli.env["OLIVINE_REDIS_PASSWORD"] = "sesame"
    assert b"no rows" in cli(*question, "--online", redis, check=2).stderr
    cli("features", "materialize", "load", "--source", tmp_path / "load.csv", *store, check=0)
    cli("features", "materialize", "load", "--source", tmp_path / "load.csv", *store, "--online", redis, check=0)
    here, there = (json.loads(cli(*question, *where, check=0).stdout) for where in ([], ["--online", redis]))
    assert here == there and here["features"][0]["value"] is not None


@pytest.mark.parametrize("arguments,words", [
    (["--entity", "DE", "--online", "http://h"], b"redis://HOST:6379/0"),
    (["--entity", "DE", "--online", "unix:/no/such/socket"], b"does not answer"),
    (["--online", "redis://h"], b"add --entity"),
])
def test_wrong_words(cli, tmp_path, arguments, words):
    (tmp_path / "views.toml").write_text(VIEWS)
    store = ["--store", tmp_path / "store.sqlite"]
    cli("features", "apply", tmp_path / "views.toml", *store, check=0)
    done = cli("features", "get", "load", *arguments, *store)
    assert done.returncode in (2, 3) and words in done.stderr and done.stderr.count(b"\n") == 1
