#!/usr/bin/env python3
"""Every test, in one go: what `make test` and .ci/run call after the bootstrap.

    tools/gate.py [--long]

Steps: rules that need no compiler, dev build (ASan, UBSan) with ctest, release build with the end-to-end tests in Python,
fuzz build with 40 seconds for each fuzzer (FUZZ_SECONDS changes that; make fuzz takes an hour each). --long adds the tests labelled `long`. A failed step
does not hide the next one, unless that one needs it. The last line is "N passed, N failed"; a skipped test is neither and
is named above it; so is each failed one, after them, with what it said first: a machine's log may keep no more than its end.
"""

import argparse
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build" / "results"
PARALLEL = str(min(os.cpu_count() or 1, 8))


def skip_reason(case, message):
    """Why a test was skipped, in one line: GoogleTest says it in its output, pytest in the message."""
    output = case.findtext("system-out") or ""
    said = re.search(r": Skipped\n+(.+)", output)
    if said:
        return said.group(1).strip()
    lines = message.splitlines() or ["no reason given"]
    return lines[0]


def failure_reason(case):
    """What a failed test said, in one line: from the line that an assertion or a sanitizer begins with; of a fuzzer, its input too."""
    told = next((child for child in case if child.tag in ("failure", "error")), None)
    texts = [told.text or told.get("message") if told is not None else "", case.findtext("system-out")]
    lines = [line.strip() for text in texts for line in (text or "").splitlines() if line.strip()] or ["no reason given"]
    at = next((i for i, line in enumerate(lines) if re.match(r"E  |SUMMARY: |.*: Failure$|==\d+==\s*ERROR", line)), 0)
    inputs = [line[:600] for line in lines if line.startswith("Base64: ")]
    return " ".join([" ".join(lines[at : at + 3])[:300], *inputs[:1]])


class Step:
    """One step's outcome: counts of tests where a report says them, else the step itself is the test."""

    def __init__(self, name):
        self.name, self.passed, self.failed, self.ok, self.seconds = name, 0, 0, False, 0.0
        self.skipped, self.failures = [], []

    def run(self, command, report=None, cwd=ROOT):
        print(f"\n== {self.name}: {' '.join(map(str, command))}", flush=True)
        if report:
            report.unlink(missing_ok=True)
        began = time.monotonic()
        try:
            code = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, check=False).returncode
        except OSError as error:
            print(error, flush=True)
            code = 127
        self.seconds = time.monotonic() - began
        self.ok = code == 0
        if report and report.exists():
            self.read_junit(report)
        else:
            self.passed += self.ok
        if not self.ok and self.failed == 0:  # died without a report, or no test ran at all
            self.failed = 1
        return self

    def read_junit(self, report):
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            tags = {child.tag for child in case}
            skip = next((child for child in case if child.tag == "skipped"), None)
            message = "" if skip is None else (skip.get("message") or skip.text or "").strip()
            if "failure" in tags or "error" in tags or message.startswith("Unable to find executable"):
                self.failed += 1
                self.failures.append(f"{case.get('name')}: {failure_reason(case)}")
            elif skip is not None or case.get("status") in ("notrun", "disabled"):
                self.skipped.append(f"{case.get('name')}: {skip_reason(case, message)}")
            else:
                self.passed += 1

    def blocked_by(self, other):
        print(f"\n== {self.name}: not run, because {other.name} failed", flush=True)
        self.failed = 1
        return self


def ctest(name, build, labels):
    report = RESULTS / f"{name.replace(' ', '-')}.xml"
    command = ["ctest", "--test-dir", build, "-j", PARALLEL, *labels, "--output-on-failure", "--no-tests=error"]
    return Step(name).run([*command, "--output-junit", report], report)


def pytest(name):
    report = RESULTS / "pytest.xml"
    command = [".venv/bin/python", "-m", "pytest", "tests", "-q", "-ra", "-p", "no:cacheprovider", f"--junitxml={report}"]
    return Step(name).run(command, report)


def after(step, name, action):
    return action() if step.ok else Step(name).blocked_by(step)


def fuzz_steps():
    if not any((ROOT / "tests" / "fuzz").glob("*.cc")):
        return []
    build = Step("fuzz build").run(["tools/build.sh", "fuzz", "fuzzers"])
    seconds = os.environ.get("FUZZ_SECONDS") or "40"
    command = ["tools/run_fuzzers.py", "--seconds", seconds, "--jobs", "2"]
    return [build, after(build, "fuzzers", lambda: Step("fuzzers").run(command, RESULTS / "fuzzers.xml"))]


def name_highs():
    """The tests of queues use the HiGHS of .venv where nobody names another."""
    library = next(iter(sorted(ROOT.glob(".venv/lib/python3*/site-packages/highsbox/highs_dist/lib*/libhighs.so"))), None)
    if library:
        os.environ.setdefault("OLIVINE_HIGHS", str(library))


def run_all(is_long):
    static = [Step(f"static {tool}").run([f"tools/check_{tool}.py"]) for tool in ("layers", "sizes")]
    static.append(Step("static sums").run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=ROOT / "data"))
    dev = Step("dev build").run(["tools/build.sh", "dev"])
    quick = after(dev, "ctest", lambda: ctest("ctest", "build/dev", ["-LE", "^long$"]))
    release = Step("release build").run(["tools/build.sh", "release"])
    python = after(release, "pytest", lambda: pytest("pytest"))
    steps = [*static, dev, quick, release, python, *fuzz_steps()]
    if is_long:
        steps.append(after(dev, "ctest long", lambda: ctest("ctest long", "build/dev", ["-L", "^long$"])))
    return steps


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--long", action="store_true", help="the long suite as well")
    arguments = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    name_highs()
    if arguments.long:
        os.environ["OLIVINE_LONG"] = "1"
    began = time.monotonic()
    steps = run_all(arguments.long)
    skipped = [line for step in steps for line in step.skipped]
    print(f"\n{'step':<16} {'passed':>7} {'failed':>7} {'skipped':>8} {'seconds':>8}")
    for step in steps:
        print(f"{step.name:<16} {step.passed:>7} {step.failed:>7} {len(step.skipped):>8} {step.seconds:>8.0f}")
    for line in skipped:
        print(f"skipped: {line}")
    for line in [line for step in steps for line in step.failures]:
        print(f"failed: {line}")
    failed = [step.name for step in steps if not step.ok]
    print(f"{time.monotonic() - began:.0f} seconds" + (f"; failed: {', '.join(failed)}" if failed else ""))
    print(f"{sum(s.passed for s in steps)} passed, {sum(s.failed for s in steps)} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
