"""A running `olivine grid serve-replay` and what tests need of it; also a server that breaks HTTP itself."""

import contextlib
import re
import signal
import socket
import subprocess
import threading


class Replay:
    """with Replay(cli, "--fault", "429:first1") as server: server.url("uk")"""

    def __init__(self, cli, *options, start="2025-01-03T00:00Z"):
        self.log_path = cli.directory / "replay.log"
        self.cli, self.options, self.start = cli, options, start

    def __enter__(self):
        words = ["grid", "serve-replay", "--from", self.start, "--log", self.log_path, *self.options]
        self.process = self.cli.popen(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.urls = {}
        while len(self.urls) < 5:
            line = self.process.stdout.readline().decode()
            assert line, self.process.stderr.read()
            if found := re.match(r"(\S+) +(http://127\.0\.0\.1:(\d+)/\S+)", line):
                self.urls[found[1]] = found[2]
                self.port = int(found[3])
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)

    def url(self, service):
        return self.urls[service]

    def log(self):
        return self.log_path.read_text().splitlines() if self.log_path.exists() else []


@contextlib.contextmanager
def raw_server(*answers):
    """Answers each connection with the next bytes (the last one again and again) and closes. Gives its base URL and the
    list of what was asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked = []

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                asked.append(connection.recv(65536).decode())
                with contextlib.suppress(OSError):
                    connection.sendall(answers[min(len(asked), len(answers)) - 1])

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
