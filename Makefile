# The thin front. Everything it calls can be called by hand: tools/, CMakePresets.json.
SHELL := /bin/bash
JOBS ?= $(shell nproc)
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
OLIVINE := build/release/bin/olivine

.PHONY: build demo test long bench lint format fuzz coverage clean help
.DEFAULT_GOAL := build

build:  ## install what is missing and build build/release/bin/olivine
	@tools/bootstrap.sh build
	@tools/build.sh release

demo:  ## build, train a real model under olivine, print the summary and where the record is
	@tools/bootstrap.sh demo
	@tools/build.sh release
	@tools/demo.sh

test:  ## all that the gate runs
	@tools/bootstrap.sh test
	@tools/gate.py

long:  ## the long suite: more seeds, more kills (hours)
	@tools/bootstrap.sh test
	@tools/gate.py --long

bench: build  ## what measuring costs, beside its floors
	@tools/build.sh bench
	@tools/bench.sh

lint:  ## clang-tidy, clang-format, the second compiler
	@tools/bootstrap.sh lint
	@tools/lint.sh

format:  ## bring every C++ file into the project's format
	@tools/bootstrap.sh lint
	@find src apps testing tests bench data examples -name '*.h' -o -name '*.cc' | xargs clang-format-19 -i

FUZZ_SECONDS ?= 3600
fuzz:  ## every fuzzer for FUZZ_SECONDS (default 3600) seconds
	@tools/bootstrap.sh test
	@tools/build.sh fuzz fuzzers
	@tools/run_fuzzers.py --seconds $(FUZZ_SECONDS) --jobs $(JOBS)

coverage:  ## lines and branches that the tests reach
	@tools/bootstrap.sh lint
	@tools/build.sh coverage
	@ctest --preset coverage -j$(JOBS)
	@gcovr --root . --object-directory build/coverage --exclude '.*_test\.cc' --exclude 'tests/.*' --print-summary | tail -n 4

clean:  ## remove build/ (not .venv)
	rm -rf build

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile
