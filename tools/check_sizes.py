#!/usr/bin/env python3
"""The size ratchet: small functions, small files, narrow interfaces.

    tools/check_sizes.py [ROOT]      one line a violation, exit 1 when there is one

Limits: function 60 lines (from its signature to its closing brace), source file 400, header 200, test file 600, interface
3 pure virtual methods; for Python: function 60, file 400, test file 600. tools/size_exceptions.txt may name exceptions,

    KIND  PATH[:NAME]  SIZE

and is a ratchet: a size that shrank must be lowered there, an entry that is no longer needed must go, and no entry may be
added or raised against any version of that file that git knows.
"""

import argparse
import ast
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import cpp_outline  # noqa: E402

LIMITS = {"function": 60, "source": 400, "header": 200, "test": 600, "interface": 3}
FOLDERS = ["src", "apps", "include", "testing", "tests", "bench", "data", "tools", "examples"]
EXCEPTIONS = "tools/size_exceptions.txt"
SKIPPED = {"golden", "fixtures", "__pycache__"}


def file_kind(path):
    if path.stem.endswith("_test") or path.name.startswith("test_") or path.parts[0] == "tests":
        return "test"
    return "header" if path.suffix == ".h" else "source"


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.end_lineno - node.lineno + 1


def measure_file(path, text):
    """(kind, name, size) of all that has a limit in one file; path is relative to the root."""
    name = path.as_posix()
    yield file_kind(path), name, text.count("\n") + (not text.endswith("\n") and text != "")
    if path.suffix == ".py":
        for function, lines in python_functions(text):
            yield "function", f"{name}:{function}", lines
        return
    outline = cpp_outline.outline(text)
    for function, lines in outline.functions:
        yield "function", f"{name}:{function}", lines
    for interface, methods in outline.interfaces:
        yield "interface", f"{name}:{interface}", methods


def measure(root):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            relative = path.relative_to(root)
            if path.suffix in (".h", ".cc", ".py") and not SKIPPED.intersection(relative.parts):
                yield from measure_file(relative, path.read_text(encoding="utf-8"))


def parse_exceptions(text):
    entries = {}
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if words:
            kind, name, size = words
            entries[kind, name] = int(size)
    return entries


def earlier_exceptions(root):
    """Every version of the exceptions that git knows; none outside a checkout."""
    def git(*arguments):
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
        return done.stdout if done.returncode == 0 else ""

    if not (root / ".git").exists():
        return
    for commit in git("log", "--format=%H", "--", EXCEPTIONS).split():
        yield parse_exceptions(git("show", f"{commit}:{EXCEPTIONS}"))


def check(sizes, exceptions, earlier):
    found, needed = [], set()
    largest = {}
    for kind, name, size in sizes:  # overloads share a name: the largest counts
        largest[kind, name] = max(size, largest.get((kind, name), 0))
    for (kind, name), size in largest.items():
        if size <= LIMITS[kind]:
            continue
        allowed = exceptions.get((kind, name))
        needed.add((kind, name))
        unit = "pure virtual methods" if kind == "interface" else "lines"
        if allowed is None:
            found.append(f"{name}: {kind} of {size} {unit}, at most {LIMITS[kind]}")
        elif size > allowed:
            found.append(f"{name}: {kind} grew to {size} {unit}, its exception says {allowed}")
        elif size < allowed:
            found.append(f"{name}: {kind} shrank to {size} {unit}: lower its exception from {allowed}")
    for key in sorted(set(exceptions) - needed):
        found.append(f"{EXCEPTIONS}: {key[0]} {key[1]} is no longer needed: remove it")
    for version in earlier:
        for key, size in exceptions.items():
            if size > version.get(key, -1):
                found.append(f"{EXCEPTIONS}: {key[0]} {key[1]} {size} was added or raised; the list may only shrink")
    return sorted(set(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", nargs="?", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    listed = root / EXCEPTIONS
    exceptions = parse_exceptions(listed.read_text(encoding="utf-8")) if listed.exists() else {}
    found = check(measure(root), exceptions, earlier_exceptions(root))
    for line in found:
        print(line)
    print(f"sizes: {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
