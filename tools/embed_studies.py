#!/usr/bin/env python3
"""Writes the C++ source that builds studies/*/ into the program.

    tools/embed_studies.py --out FILE.cc --root STUDIES FILE...

The bytes come in by the assembler's .incbin, as those of the fact tables do (tools/embed_tables.py).
"""

import argparse
import sys
from pathlib import Path

HEAD = """// Made by tools/embed_studies.py from studies/. Do not edit.
#include "account/studies/study_files.h"

#include <array>
#include <cstddef>

"""
BLOCK = """    ".globl olivine_study_{n}_begin\\n"
    ".hidden olivine_study_{n}_begin\\n"
    ".globl olivine_study_{n}_end\\n"
    ".hidden olivine_study_{n}_end\\n"
    "olivine_study_{n}_begin:\\n"
    ".incbin \\"{path}\\"\\n"
    "olivine_study_{n}_end:\\n"
"""
DECLARE = """[[gnu::visibility("hidden")]] extern const char olivine_study_{n}_begin[];
[[gnu::visibility("hidden")]] extern const char olivine_study_{n}_end[];
"""
ROW = """      {{"{name}", between(olivine_study_{n}_begin, olivine_study_{n}_end)}},
"""
BODY = """
namespace olivine {{
namespace {{

std::string_view between(const char* begin, const char* end) {{
  return {{begin, static_cast<std::size_t>(end - begin)}};
}}

}}  // namespace

std::span<const StudyFile> study_files() {{
  static const std::array<StudyFile, {count}> kFiles{{{{
{rows}  }}}};
  return kFiles;
}}

}}  // namespace olivine
"""


def source_of(root, paths):
    named = sorted((path.resolve().relative_to(root.resolve()).as_posix(), path.resolve()) for path in paths)
    for name, path in named:
        if any(c in f"{name}{path}" for c in '"\\'):
            raise ValueError(f"{path}: this name cannot stand in assembler")
    blocks = "".join(BLOCK.format(n=n, path=path) for n, (_, path) in enumerate(named))
    return (
        HEAD
        + '__asm__(\n    ".pushsection .rodata.olivine_studies,\\"a\\",%progbits\\n"\n'
        + blocks
        + '    ".popsection\\n");\n\nextern "C" {\n'
        + "".join(DECLARE.format(n=n) for n in range(len(named)))
        + "}\n"
        + BODY.format(count=len(named), rows="".join(ROW.format(n=n, name=name) for n, (name, _) in enumerate(named)))
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("files", type=Path, nargs="+")
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(source_of(arguments.root, arguments.files), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
