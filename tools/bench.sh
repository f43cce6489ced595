#!/usr/bin/env bash
# What measuring costs, beside its floors: bench/overhead.py for the program, Google Benchmark for the parts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
OLIVINE_BIN=build/release/bin/olivine python3 bench/overhead.py "$@"
for program in build/bench/bench/*_bench; do
  [ -x "$program" ] && "$program" --benchmark_min_time=0.2
done
exit 0
