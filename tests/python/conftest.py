import pathlib
import signal
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from olivine_cli import Cli, PowercapTree  # noqa: E402

# Signals that whoever started us ignores (nohup, a script's `&`) would be ignored by every command of a test, too.
for number, usual in ((signal.SIGHUP, signal.SIG_DFL), (signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, usual)

SERVER_ZONES = {
    "intel-rapl:0": "package-0",
    "intel-rapl:0:0": "core",
    "intel-rapl:0:1": "dram",
    "intel-rapl:1": "package-1",
    "intel-rapl:1:0": "dram",
}


@pytest.fixture
def cli(tmp_path):
    return Cli(tmp_path)


@pytest.fixture
def server(tmp_path):
    """Two sockets with DRAM, as a recorded tree."""
    return PowercapTree(tmp_path, SERVER_ZONES)


@pytest.fixture
def server_cli(cli, server):
    cli.extra = ["--sysfs-root", str(server.root)]
    return cli
