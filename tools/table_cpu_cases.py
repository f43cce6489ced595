"""data/cpu_name_cases.csv: "model name" strings as kernels and hypervisors write them, their normal form, and the key
they meet (empty: none). The C++ catalogue runs the same table."""

import table_cpus
from cpu_names import normalise
from table_io import RETRIEVED

MEET = """
Intel(R) Xeon(R) CPU E5-2620 v3 @ 2.40GHz
Intel(R) Xeon(R) CPU E5-2620 0 @ 2.00GHz
Intel(R) Xeon(R) CPU E3-1240 V2 @ 3.40GHz
Intel(R) Xeon(R) CPU E5-2686 v4 @ 2.30GHz
Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz
Intel(R) Xeon(R) CPU E7-8880 v3 @ 2.30GHz
Intel(R) Xeon(R) CPU           E5620  @ 2.40GHz
Intel(R) Xeon(R) CPU           X5650  @ 2.67GHz
Intel(R) Xeon(R) CPU           L5520  @ 2.27GHz
Intel(R) Xeon(R) Platinum 8175M CPU @ 2.50GHz
Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz
Intel(R) Xeon(R) Platinum 8272CL CPU @ 2.60GHz
Intel(R) Xeon(R) Platinum 8171M CPU @ 2.60GHz
Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz
Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz
Intel(R) Xeon(R) Platinum 8480+
INTEL(R) XEON(R) PLATINUM 8592+
Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz
Intel(R) Xeon(R) Gold 6248R CPU @ 3.00GHz
Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz
Intel(R) Xeon(R) Silver 4210R CPU @ 2.40GHz
Intel(R) Xeon(R) Bronze 3204 CPU @ 1.90GHz
Intel(R) Xeon(R) E-2288G CPU @ 3.70GHz
Intel(R) Xeon(R) W-2195 CPU @ 2.30GHz
Intel(R) Xeon(R) w5-3435X
Intel(R) Xeon(R) CPU D-1541 @ 2.10GHz
Intel(R) Xeon(R) D-2146NT CPU @ 2.30GHz
Intel(R) Xeon Phi(TM) CPU 7250 @ 1.40GHz
Intel(R) Xeon(R) CPU Max 9480
Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz
Intel(R) Core(TM) i7-6700HQ CPU @ 2.60GHz
Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz
Intel(R) Core(TM) i9-9900K CPU @ 3.60GHz
Intel(R) Core(TM) i3-4130 CPU @ 3.40GHz
Intel(R) Core(TM) i5 CPU         750  @ 2.67GHz
Intel(R) Core(TM) i7 CPU       M 620  @ 2.67GHz
Intel(R) Core(TM) i7 CPU       Q 720  @ 1.60GHz
Intel(R) Core(TM)2 Duo CPU     E8400  @ 3.00GHz
Intel(R) Core(TM)2 Quad CPU    Q6600  @ 2.40GHz
11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz
12th Gen Intel(R) Core(TM) i7-12700H
13th Gen Intel(R) Core(TM) i9-13900K
13th Gen Intel(R) Core(TM) i7-1360P
Intel(R) Core(TM) i9-14900K
Intel(R) Core(TM) Ultra 7 155H
Intel(R) Core(TM) m3-7Y30 CPU @ 1.00GHz
Intel(R) Celeron(R) J4125 CPU @ 2.00GHz
Intel(R) Celeron(R) CPU  J1900  @ 1.99GHz
Intel(R) Pentium(R) Silver N5000 CPU @ 1.10GHz
Intel(R) Pentium(R) CPU G4560 @ 3.50GHz
Pentium(R) Dual-Core  CPU      E5200  @ 2.50GHz
Intel(R) Atom(TM) CPU N270   @ 1.60GHz
Intel(R) Atom(TM) CPU  C2758  @ 2.40GHz
Intel(R) Atom(TM) x5-Z8350  CPU @ 1.44GHz
Intel(R) N100
AMD EPYC 7763 64-Core Processor
AMD EPYC 7742 64-Core Processor
AMD EPYC 7551P 32-Core Processor
AMD EPYC 8024P 8-Core Processor
AMD EPYC 9654 96-Core Processor
AMD EPYC 9554P 64-Core Processor
AMD EPYC 7R13 Processor
AMD EPYC 3251 8-Core Processor
AMD Ryzen 7 5800X 8-Core Processor
AMD Ryzen 9 7950X 16-Core Processor
AMD Ryzen 9 7950X3D 16-Core Processor
AMD Ryzen 5 3400G with Radeon Vega Graphics
AMD Ryzen 7 PRO 4750U with Radeon Graphics
AMD Ryzen 7 7840HS w/ Radeon 780M Graphics
AMD Ryzen AI 9 HX 370 w/ Radeon 890M
AMD Ryzen Threadripper 3970X 32-Core Processor
AMD Ryzen Threadripper PRO 5975WX 32-Cores
AMD Ryzen Embedded V1605B with Radeon Vega Gfx
AMD A10-7850K Radeon R7, 12 Compute Cores 4C+8G
AMD FX(tm)-8350 Eight-Core Processor
AMD Phenom(tm) II X6 1075T Processor
AMD Athlon(tm) II X4 640 Processor
AMD Opteron(tm) Processor 6174
AMD Opteron(TM) Processor 6272
Six-Core AMD Opteron(tm) Processor 2427
Quad-Core AMD Opteron(tm) Processor 2387
AMD Turion(tm) II Neo N40L Dual-Core Processor
AMD GX-412TC SOC
"""

MEET_NOTHING = """
AMD EPYC
AMD EPYC Processor
AMD EPYC Processor (with IBPB)
AMD EPYC-Rome Processor
AMD EPYC-Milan-v2 Processor
AMD EPYC-Genoa
AMD Opteron 63xx class CPU
AMD Ryzen 7
Intel Xeon Processor (Skylake, IBRS)
Intel Xeon Processor (Skylake, IBRS, no TSX)
Intel Xeon Processor (Cascadelake)
Intel Xeon Processor (Icelake)
Intel(R) Xeon(R) Processor @ 2.90GHz
Intel(R) Xeon(R) CPU @ 2.20GHz
Intel(R) Xeon(R) Platinum
Intel Core Processor (Haswell, no TSX, IBRS)
Intel Core Processor (Broadwell)
Intel Xeon E312xx (Sandy Bridge, IBRS update)
Intel(R) Xeon(R) CPU E3-12xx v2 (Ivy Bridge, IBRS)
Intel(R) Core(TM) i7
Genuine Intel(R) CPU 0000 @ 2.20GHz
Westmere E56xx/L56xx/X56xx (Nehalem-C)
QEMU Virtual CPU version 2.5+
Common KVM processor
Common 32-bit KVM processor
ARMv8 Processor rev 3 (v8l)
ARMv7 Processor rev 4 (v7l)
Neoverse-N1
VirtualApple @ 2.50GHz
POWER9, altivec supported
"""

COMMENTS = [
    "Names of CPUs as the kernel prints them, their normal form, and the key of cpus.csv they meet (empty: none).",
    "Source: strings as printed by Linux and by common hypervisors; facts. A test table, not built into the library.",
    f"Licence: Apache-2.0 (Olivine). Retrieved: {RETRIEVED}. Made by tools/build_tables.py.",
    "The first field is always quoted, because such names hold commas.",
]


def build(shared, data):
    keys = set(table_cpus.merge(shared))
    rows = []
    for names, must_meet in ((MEET, True), (MEET_NOTHING, False)):
        for name in names.strip().splitlines():
            key = normalise(name)
            if (key in keys) != must_meet:
                raise ValueError(
                    f"{name!r} -> {key!r}: " + ("meets no key" if must_meet else "meets a key, and must not")
                )
            rows.append(f'"{name}",{key},{key if must_meet else ""}')
    head = ["# " + comment for comment in COMMENTS] + ["cpuinfo,normalised,key"]
    (data / "cpu_name_cases.csv").write_text("\n".join(head + rows) + "\n", encoding="utf-8")
    return {"cpu name cases": len(rows)}
