#!/usr/bin/env bash
# Installs what a fresh Debian 12 lacks, and nothing else; where all is there it only looks (well under a second).
#
#   tools/bootstrap.sh build     compiler and libraries            (make build)
#   tools/bootstrap.sh demo      as build, and .venv               (make demo)
#   tools/bootstrap.sh test      as demo, and the tools of the tests (make test, make fuzz)
#   tools/bootstrap.sh lint      as test, and the linters          (make lint)
#
# Packages come from apt (root, or sudo), Python packages into .venv from tools/requirements.txt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

BUILD=(make g++ cmake ninja-build pkg-config ccache mold python3 python3-venv
       libfmt-dev nlohmann-json3-dev libcli11-dev libtomlplusplus-dev libexpected-dev libsqlite3-dev libxxhash-dev
       zlib1g-dev libyaml-dev libhiredis-dev libeigen3-dev libxgboost0 libcpp-httplib-dev libcurl4
       libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev)
TEST=(clang-19 libclang-rt-19-dev strace valgrind tzdata redis-server)
LINT=(clang-tidy-19 clang-format-19 gcovr)

die() { echo "bootstrap: $*" >&2; exit 1; }

group=${1:-build}
case $group in
  build|demo) wanted=("${BUILD[@]}") ;;
  test) wanted=("${BUILD[@]}" "${TEST[@]}") ;;
  lint) wanted=("${BUILD[@]}" "${TEST[@]}" "${LINT[@]}") ;;
  *) die "unknown group '$group'; known: build, demo, test, lint" ;;
esac

missing_packages() {
  local installed
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null | awk '$2 == "installed" {print $1}' || true)
  local package
  for package in "${wanted[@]}"; do
    grep -qxF -- "$package" <<<"$installed" || echo "$package"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif [ -t 0 ] && [ -z "${CI:-}" ]; then sudo "$@"
  else sudo -n "$@"
  fi
}

install_packages() {
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
    die "needs Debian's apt; on another system install the equivalents of: ${wanted[*]}"
  local missing
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
    die "neither root nor sudo; ask an administrator for: apt-get install ${missing[*]}"
  echo "bootstrap: installing ${missing[*]}"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=500 -o Acquire::Retries=3 -qq)
  as_root "${apt[@]}" update </dev/null || echo "bootstrap: apt-get update failed in part; trying with the lists at hand" >&2
  # All or nothing of dpkg's own words: they matter only when it fails.
  local log=build/bootstrap-apt.log
  as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null >"$log" 2>&1 || {
    tail -n 15 "$log" >&2
    die "apt-get install failed (log: $log)"
  }
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -eq 0 ] || die "still missing after apt-get install: ${missing[*]}"
}

# The stamp lies in the environment and names what it was made from, so it cannot outlive either.
venv_is_current() {
  [ -x .venv/bin/python ] && [ "$(cat .venv/olivine-stamp 2>/dev/null)" = "$1" ] && .venv/bin/python -c '' 2>/dev/null
}

make_venv() {
  local stamp python
  stamp=$(printf '%s\n' "$PWD" | cat - tools/requirements.txt | sha256sum | cut -d' ' -f1)
  venv_is_current "$stamp" && return 0
  echo "bootstrap: making .venv (tools/requirements.txt)"
  for python in "${OLIVINE_PYTHON:-/usr/bin/python3}" python3; do
    rm -rf .venv
    "$python" -m venv .venv >build/bootstrap-venv.log 2>&1 && break
  done
  [ -x .venv/bin/python ] || { tail -n 5 build/bootstrap-venv.log >&2; die "cannot make .venv; set OLIVINE_PYTHON to a Python 3.11 or later"; }
  .venv/bin/python -m pip install -q --disable-pip-version-check --only-binary :all: -r tools/requirements.txt </dev/null >build/bootstrap-venv.log 2>&1 || {
    tail -n 5 build/bootstrap-venv.log >&2
    die "pip install failed (log: build/bootstrap-venv.log)"
  }
  echo "$stamp" >.venv/olivine-stamp
}

mkdir -p build
exec 9>build/.bootstrap.lock
flock 9
install_packages
[ "$group" = build ] || make_venv
