#!/usr/bin/env python3
"""Unpack a fixture tree (testing/fixture_tree.h) to a directory, for `olivine --sysfs-root DIR/sys --procfs-root DIR/proc`.

    tools/unpack_fixture.py src/sensors/powercap/fixtures/xeon_two_sockets.tree /tmp/xeon

!EACCES and !EPERM become files without permission (root reads them all the same); !ENOENT files are left out; other
errors cannot be shown by a plain directory and are reported. Links into the tree become relative, so the directory may
be moved.
"""

import os
import re
import sys
from pathlib import Path

HEADER = re.compile(r"^# (?P<path>/\S*)(?: -> (?P<target>\S+)| !(?P<error>[A-Z]+))?\s*$")
ESCAPE = re.compile(rb"\\(\\|x[0-9a-f]{2})")


def content_of(lines: list[bytes]) -> bytes:
    out = b""
    for line in lines:
        ends = True
        bare = line.replace(b"\\\\", b"")
        if bare.endswith(b"\\"):
            line, ends = line[:-1], False
        out += ESCAPE.sub(lambda m: b"\\" if m[1] == b"\\" else bytes([int(m[1][1:], 16)]), line)
        out += b"\n" if ends else b""
    return out


def entries_of(text: bytes):
    path = target = error = None
    lines: list[bytes] = []
    for number, line in enumerate(text.removesuffix(b"\n").split(b"\n"), 1):
        if line.startswith(b"##"):
            continue
        if line.startswith(b"# "):
            if path:
                yield path, target, error, lines
            match = HEADER.match(line.decode())
            if not match:
                sys.exit(f"line {number}: not a header: {line!r}")
            path, target, error, lines = match["path"], match["target"], match["error"], []
        elif path:
            lines.append(line)
        elif line.strip():
            sys.exit(f"line {number}: content before the first file")
    if path:
        yield path, target, error, lines


def below(root: Path, path: str) -> Path:
    place = root / os.path.normpath(path).lstrip("/")
    if root not in place.parents:
        sys.exit(f"{path} leads out of the tree")
    return place


def write_link(root: Path, place: Path, target: str) -> None:
    if target.startswith("/"):
        target = os.path.relpath(below(root, target), place.parent)
    place.symlink_to(target)


def unpack(text: bytes, root: Path) -> None:
    entries = list(entries_of(text))
    for path, target, _, _ in entries:
        if target:
            place = below(root, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            write_link(root, place, target)
            place.resolve().mkdir(parents=True, exist_ok=True)
    for path, target, error, lines in entries:
        if target or error == "ENOENT":
            continue
        place = below(root, path)
        place.parent.resolve().mkdir(parents=True, exist_ok=True)
        place.write_bytes(content_of(lines))
        if error in ("EACCES", "EPERM"):
            place.chmod(0)
        elif error:
            print(f"{path}: a plain file cannot fail with {error}", file=sys.stderr)


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    root = Path(sys.argv[2]).absolute()
    root.mkdir(parents=True, exist_ok=True)
    unpack(Path(sys.argv[1]).read_bytes(), root.resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
