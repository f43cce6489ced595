#!/usr/bin/env bash
# clang-format, clang-tidy over what ships, and a build with the second compiler. Ends non-zero when one of them complains.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
failed=()
mapfile -t files < <(find src apps testing tests bench data include examples -name '*.h' -o -name '*.cc' 2>/dev/null | sort)
clang-format-19 --dry-run --Werror "${files[@]}" || failed+=("clang-format (fix: make format)")
tools/build.sh tidy || failed+=("clang-tidy")
tools/build.sh clang-19 || failed+=("clang-19")
if [ ${#failed[@]} -gt 0 ]; then
  printf 'lint: failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "lint: clean"
