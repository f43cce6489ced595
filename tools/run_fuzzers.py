#!/usr/bin/env python3
"""Runs every fuzzer of build/fuzz/fuzzers for a while.

    tools/run_fuzzers.py [--seconds 60] [--jobs 2] [NAME...]

What a fuzzer finds on its way is kept in build/fuzz/corpus/NAME and is where the next run begins; an input that crashes
lands in build/fuzz/crashes, and the line printed shows how to run it again. Ends 1 when any fuzzer failed.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "fuzz"


def run(program, seconds):
    """(name, exit code, executions, last lines)"""
    name = program.name
    corpus, crashes = BUILD / "corpus" / name, BUILD / "crashes"
    corpus.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(parents=True, exist_ok=True)
    seeds = program.with_name(name + ".seeds")
    folders = [str(corpus)] + (seeds.read_text().split("\n")[:1] if seeds.exists() else [])
    command = [
        str(program), f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-max_len=65536",
        "-print_final_stats=1", f"-artifact_prefix={crashes}/{name}-", *folders,
    ]
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=1:allocator_may_return_null=1"}
    log = BUILD / f"{name}.log"
    with log.open("w") as out:
        code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, check=False).returncode
    text = log.read_text(errors="replace")
    executions = re.search(r"stat::number_of_executed_units:\s*(\d+)", text)
    return name, code, int(executions.group(1)) if executions else 0, text.splitlines()[-25:]


def write_report(path, results):
    suite = ElementTree.Element("testsuite", name="fuzzers", tests=str(len(results)))
    for name, code, _, tail in results:
        case = ElementTree.SubElement(suite, "testcase", name=name)
        if code != 0:
            ElementTree.SubElement(case, "failure", message=f"exit {code}").text = "\n".join(tail)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(suite).write(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    folder = BUILD / "fuzzers"
    programs = [p for p in sorted(folder.glob("*")) if os.access(p, os.X_OK) and p.is_file()]
    programs = [p for p in programs if not arguments.names or p.name in arguments.names]
    if not programs:
        print(f"no fuzzers in {folder}; build them with: tools/build.sh fuzz fuzzers", file=sys.stderr)
        return 1
    with concurrent.futures.ThreadPoolExecutor(max(1, arguments.jobs)) as pool:
        results = list(pool.map(lambda p: run(p, arguments.seconds), programs))
    for name, code, executions, tail in sorted(results, key=lambda result: result[1] != 0):  # failures last: a log's end is read
        print(f"{name}: {'ok' if code == 0 else f'FAILED (exit {code})'}, {executions} executions")
        if code != 0:
            print("\n".join(tail))
            print(f"again: {folder / name} {BUILD / 'crashes'}/{name}-*")
    write_report(ROOT / "build" / "results" / "fuzzers.xml", results)
    return 1 if any(code != 0 for _, code, _, _ in results) else 0


if __name__ == "__main__":
    sys.exit(main())
