#!/usr/bin/env bash
# Configures (once) and builds a preset: tools/build.sh PRESET [TARGET...]. JOBS limits the compilers at work.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=$1
shift
# Two builds of one preset at a time would tread on each other's objects.
mkdir -p build
exec 9>"build/.$preset.lock"
flock 9
# A cache written for another place or an older preset would be half wrong: configure again, which is quick.
if ! log=$(cmake --preset "$preset" 2>&1); then
  printf '%s\n' "$log" >&2
  exit 1
fi
# CLI11 and nlohmann/json take 0.4 GB a file; set JOBS where memory is short.
jobs=${JOBS:-$(nproc)}
cmake --build --preset "$preset" -j "$jobs" ${1:+--target "$@"} 9>&-
