#!/usr/bin/env python3
"""The layer check: who may include whom. The table is the one of docs/architecture.md.

    tools/check_layers.py [ROOT]     one line a violation, exit 1 when there is one

Checks, over src, apps, testing, include:
  - an include of "folder/..." is of the own folder, of one that the table names, or of what that one may include in turn;
  - the link edges of CMakeLists.txt stay within the table, and every include has its link edge;
  - heavy or unsafe headers stay where they belong (HEADER_RULES), clocks are read in src/base only;
  - tests' helpers (testing/) are used by tests only; no include climbs with "..".
"""

import argparse
import re
import sys
from pathlib import Path

# folder: what it may use; each may also use what those may use.
LAYERS = {
    "base": [],
    "units": ["base"],
    "series": ["units"],
    "provenance": ["units"],
    "hardware": ["series", "provenance"],
    "sensors": ["hardware"],
    "workload": ["hardware"],
    "grid": ["series", "provenance"],
    "attribution": ["workload"],
    "account": ["grid", "hardware"],
    "ledger": ["hardware"],
    "planning": ["account"],
    "acting": ["planning", "workload", "ledger"],
    "compare": ["account", "ledger"],
    "report": ["compare"],
    "engine": ["sensors", "attribution", "planning", "acting", "compare", "report"],
    "apps/cli": ["engine"],
    "apps/agent": ["engine"],
    "apps/serve_replay": ["grid"],
}
# The built-in fact tables (data/) stand beside the levels; these read them.
TABLE_READERS = {"provenance", "hardware", "grid", "account", "engine"}
# Files that are built in: tables of data/, and studies/.
BUILT_IN = {"olivine_tables", "olivine_study_files"}
# What stands beside the levels and is used by tests only.
TEST_HELPERS = {"testing"}

# (pattern of the included path, pattern of the files that may include it, why)
HEADER_RULES = [
    (r"CLI/", r"apps/cli/[^/]+\.cc", "CLI11 costs 6 s a file and stays in apps/cli"),
    (r"nlohmann/", r".*\.cc", "nlohmann/json stays in .cc files"),
    (r"toml\+\+/|toml\.hpp", r".*\.cc", "toml++ stays in .cc files"),
    (r"httplib\.h", r".*\.cc", "httplib stays in .cc files"),
    (r"Eigen/", r".*\.cc", "Eigen stays in .cc files"),
    (r"yaml\.h", r"src/account/sci/.*\.cc", "libyaml stays in src/account/sci, in .cc files (docs/adr/0021)"),
    (r"sqlite3\.h", r"src/ledger/.*\.cc|src/grid/features/.*\.cc|.*_test\.cc",
     "SQLite stays in src/ledger and src/grid/features (docs/adr/0015), in .cc files"),
]
CLOCKS = re.compile(
    r"\b(?:system_clock|steady_clock|high_resolution_clock)\s*::\s*now\b"
    r"|\bclock_gettime\s*\((?!\s*CLOCK_(?:PROCESS|THREAD)_CPUTIME_ID)"  # CPU time is usage, not a time of day
    r"|\b(?:gettimeofday|timespec_get|ftime)\s*\("
    r"|(?<![\w.>])(?:std::|::)?time\s*\(\s*(?:nullptr|NULL|0|&\w+)\s*\)"
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)


def closure(edges, start):
    """What `start` reaches over `edges`, itself included."""
    seen, todo = set(), [start]
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo.extend(edges.get(node, []))
    return seen


def folder_of(path, known):
    """The level that a path such as base/time.h or apps/cli/app.h belongs to; None for anything else."""
    parts = path.split("/")
    for depth in (2, 1):
        if len(parts) > depth and "/".join(parts[:depth]) in known:
            return "/".join(parts[:depth])
    return None


def source_files(root):
    for top in ("src", "apps", "testing", "include"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".cc", ".hpp", ".cpp", ".c"):
                name = path.relative_to(root).as_posix()
                yield name, name.removeprefix("src/"), path.read_text(encoding="utf-8", errors="replace")


def check_include(name, own, is_test, quoted, target):
    """What is wrong with one include line; None when nothing is."""
    for pattern, allowed, why in HEADER_RULES:
        if re.match(pattern, target) and not re.fullmatch(allowed, name):
            return f'{name}: includes <{target}>: {why}'
    if ".." in target.split("/"):
        return f'{name}: includes "{target}": name the folder, do not climb'
    if not quoted:
        return None
    if target == "tables/tables.h":
        return None if is_test or own in TABLE_READERS | TEST_HELPERS else f"{name}: {own} does not read the built-in tables"
    if target.split("/")[0] in TEST_HELPERS:
        return None if is_test or own in TEST_HELPERS else f'{name}: includes "{target}": only tests use testing/'
    used = folder_of(target, LAYERS)
    if used is None:
        return f'{name}: includes "{target}": not a folder of the table; write "folder/file.h"'
    if own in LAYERS and used not in closure(LAYERS, own):
        return f'{name}: {own} may not use {used} ("{target}"); it may use: {", ".join(sorted(closure(LAYERS, own) - {own}))}'
    return None


def check_sources(root):
    """All violations in the sources, and the folders that each folder's own code really includes."""
    found, used = [], {}
    for name, path, text in source_files(root):
        own = folder_of(path, set(LAYERS) | TEST_HELPERS)
        if own is None:
            found.append(f"{name}: its folder is not in the table of tools/check_layers.py")
            continue
        is_test = name.endswith("_test.cc") or "/fixtures/" in name or "_fixture" in name
        for mark, target in INCLUDE.findall(text):
            problem = check_include(name, own, is_test, mark == '"', target)
            if problem:
                found.append(problem)
            folder = folder_of(target, LAYERS) if mark == '"' else None
            if folder and not is_test and own in LAYERS:
                used.setdefault(own, set()).add(folder)
        if own != "base" and not is_test:
            bare = COMMENT_OR_STRING.sub(lambda m: "\n" * m.group().count("\n"), text)
            for hit in CLOCKS.finditer(bare):
                line = bare.count("\n", 0, hit.start()) + 1
                found.append(f"{name}:{line}: reads a clock ({hit.group().strip()}); take a Clock (src/base/clock.h) instead")
    return found, used


def link_edges(root):
    """folder -> folders that its CMake target links, from the olivine_module lines and the apps' own CMakeLists."""
    edges = {}
    text = re.sub(r"#[^\n]*", "", (root / "CMakeLists.txt").read_text(encoding="utf-8"))
    for body in re.findall(r"\bolivine_module\(([^)]*)\)", text):
        name, *rest = body.split()
        edges[name] = [w.removeprefix("olivine_") for w in rest if w.startswith("olivine_") and w not in BUILT_IN]
    for app in sorted((root / "apps").glob("*/CMakeLists.txt")):
        words = re.sub(r"#[^\n]*", "", app.read_text(encoding="utf-8"))
        linked = re.findall(r"\bolivine_(\w+)", words)
        edges[f"apps/{app.parent.name}"] = [w for w in linked if w in LAYERS]
    return edges


def check_links(root, used):
    found, edges = [], link_edges(root)
    for folder, linked in edges.items():
        if folder not in LAYERS:
            found.append(f"CMakeLists.txt: olivine_module({folder}) is not in the table")
            continue
        for target in linked:
            if target not in closure(LAYERS, folder) - {folder}:
                found.append(f"CMakeLists.txt: {folder} links {target}, which the table does not allow")
    for folder, targets in sorted(used.items()):
        if folder not in edges:
            found.append(f"CMakeLists.txt: {folder} has no target")
            continue
        for target in sorted(targets - closure(edges, folder)):
            found.append(f"CMakeLists.txt: {folder} includes {target} but does not link it")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", nargs="?", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    found, used = check_sources(root)
    found += check_links(root, used)
    for line in found:
        print(line)
    print(f"layers: {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
