#!/usr/bin/env python3
"""Writes the C++ source that builds data/*.csv into the program.

    tools/embed_tables.py --out FILE.cc TABLE.csv...

The bytes come in by the assembler's .incbin, so that compiling takes no longer for a large table than for a small
one. The sum of each table is taken here, from the bytes that are built in. Table names are file names without ".csv".
"""

import argparse
import hashlib
import sys
from pathlib import Path

HEAD = """// Made by tools/embed_tables.py from data/*.csv. Do not edit.
#include "tables/tables.h"

#include <array>
#include <cstddef>

"""
ASM = """__asm__(
    ".pushsection .rodata.olivine_tables,\\"a\\",%progbits\\n"
{blocks}    ".popsection\\n");

"""
BLOCK = """    ".globl olivine_table_{name}_begin\\n"
    ".hidden olivine_table_{name}_begin\\n"
    ".globl olivine_table_{name}_end\\n"
    ".hidden olivine_table_{name}_end\\n"
    "olivine_table_{name}_begin:\\n"
    ".incbin \\"{path}\\"\\n"
    "olivine_table_{name}_end:\\n"
"""
DECLARE = """[[gnu::visibility("hidden")]] extern const char olivine_table_{name}_begin[];
[[gnu::visibility("hidden")]] extern const char olivine_table_{name}_end[];
"""
BODY = """
namespace olivine {{
namespace {{

std::string_view between(const char* begin, const char* end) {{
  return {{begin, static_cast<std::size_t>(end - begin)}};
}}

}}  // namespace

std::span<const Table> embedded_tables() {{
  static const std::array<Table, {count}> kTables{{{{
{rows}  }}}};
  return kTables;
}}

std::string_view table_csv(std::string_view name) {{
  for (const Table& table : embedded_tables()) {{
    if (table.name == name) return table.csv;
  }}
  return {{}};
}}

}}  // namespace olivine
"""
ROW = """      {{"{name}", between(olivine_table_{name}_begin, olivine_table_{name}_end),
       "{digest}"}},
"""


def source_of(paths):
    parts = [(path.stem, str(path.resolve()), hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths]
    for name, path, _ in parts:
        if not name.isidentifier() or '"' in path or "\\" in path:
            raise ValueError(f"{path}: this name cannot stand in assembler")
    blocks = "".join(BLOCK.format(name=name, path=path) for name, path, _ in parts)
    declared = "".join(DECLARE.format(name=name) for name, _, _ in parts)
    rows = "".join(ROW.format(name=name, digest=digest) for name, _, digest in parts)
    return (
        HEAD
        + ASM.format(blocks=blocks)
        + 'extern "C" {\n'
        + declared
        + "}\n"
        + BODY.format(count=len(parts), rows=rows)
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("tables", type=Path, nargs="+")
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(source_of(sorted(arguments.tables)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
