#!/usr/bin/env python3
"""must_not_compile.py FILE COMPILER [FLAG...]: FILE compiles, and with -DBAD is refused as its EXPECT line says."""

import os
import re
import subprocess
import sys
from pathlib import Path


def compile_with(command):
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})


def verdict(path, compiler):
    """An empty string when the file behaves, else what is wrong."""
    expected = re.search(r"^// EXPECT: (.+)$", Path(path).read_text(encoding="utf-8"), re.MULTILINE)
    if not expected:
        return "no line '// EXPECT: pattern'"
    good = compile_with([*compiler, path])
    if good.returncode != 0:
        return f"does not compile without BAD:\n{good.stderr}"
    bad = compile_with([*compiler, "-DBAD", path])
    if bad.returncode == 0:
        return "compiles with BAD, and must not"
    if not re.search(expected.group(1), bad.stderr):
        return f"was refused, but not for the reason /{expected.group(1)}/:\n{bad.stderr}"
    return ""


if __name__ == "__main__":
    problem = verdict(sys.argv[1], sys.argv[2:])
    if problem:
        print(f"{sys.argv[1]}: {problem}")
        sys.exit(1)
