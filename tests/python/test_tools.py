"""The checks of tools/ can fail: each is shown a tree with one mistake, and must name it. And the real tree has none."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_layers  # noqa: E402
import check_sizes  # noqa: E402
import cpp_outline  # noqa: E402

CMAKE = """olivine_module(base DEPS fmt::fmt)
olivine_module(units DEPS olivine_base)
olivine_module(sensors DEPS olivine_hardware PRIVATE_DEPS nlohmann_json::nlohmann_json)
olivine_module(ledger DEPS olivine_hardware)
olivine_module(hardware DEPS olivine_units)
olivine_module(engine DEPS olivine_sensors olivine_ledger)
"""


def put(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def run(tool, root):
    done = subprocess.run([sys.executable, ROOT / "tools" / tool, root], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def layers(tmp_path, files):
    put(tmp_path, {"CMakeLists.txt": CMAKE, **files})
    return run("check_layers.py", tmp_path)


@pytest.mark.parametrize(
    "name, line",
    [
        ("src/sensors/a.cc", '#include "hardware/domain.h"'),
        ("src/sensors/a.cc", '#include "base/text.h"'),
        ("src/sensors/a.cc", "#include <nlohmann/json.hpp>"),
        ("src/sensors/a_test.cc", '#include "testing/fake_clock.h"'),
        ("src/hardware/a.cc", '#include "tables/tables.h"'),
        ("src/sensors/a.cc", '// #include "engine/pipeline.h" would be wrong, and system_clock::now() too'),
        ("src/base/a.cc", "int f() { return clock_gettime(0, nullptr); }"),
        ("src/sensors/a.cc", "int f(timespec* t) { return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, t); }"),
        ("src/sensors/a.cc", "int time(int); int f(int at) { return settle_time(at) + x.time(0); }"),
    ],
)
def test_layers_let_pass(tmp_path, name, line):
    assert layers(tmp_path, {name: line + "\n"}) == (0, "layers: 0 violations\n")


@pytest.mark.parametrize(
    "name, line, complaint",
    [
        ("src/units/a.h", '#include "engine/pipeline.h"', "units may not use engine"),
        ("src/sensors/a.cc", '#include "ledger/ledger.h"', "sensors may not use ledger"),
        ("src/sensors/a.cc", '  #  include "grid/zones.h"', "sensors may not use grid"),
        ("src/sensors/a_test.cc", '#include "engine/pipeline.h"', "sensors may not use engine"),
        ("src/engine/a.cc", '#include "apps/cli/app.h"', "engine may not use apps/cli"),
        ("src/engine/a.cc", '#include "testing/fake_clock.h"', "only tests"),
        ("src/engine/a.cc", '#include "../units/quantity.h"', "do not climb"),
        ("src/engine/a.cc", '#include "quantity.h"', "not a folder of the table"),
        ("src/engine/a.cc", '#include "grid/zones.h"', "includes grid but does not link it"),
        ("src/units/a.cc", '#include "tables/tables.h"', "does not read the built-in tables"),
        ("src/misc/a.cc", "int x;", "not in the table"),
        ("src/engine/a.h", "#include <nlohmann/json.hpp>", "nlohmann/json stays"),
        ("src/engine/a.h", "#include <toml++/toml.h>", "toml++ stays"),
        ("src/ledger/a.h", "#include <sqlite3.h>", "SQLite stays"),
        ("src/engine/a.cc", "#include <sqlite3.h>", "SQLite stays"),
        ("src/engine/a.cc", "#include <CLI/CLI.hpp>", "CLI11"),
        ("apps/cli/a.h", "#include <CLI/CLI.hpp>", "CLI11"),
        ("src/engine/a.cc", "auto t = std::chrono::system_clock::now();", "a.cc:1: reads a clock"),
        ("src/engine/a.cc", "\nauto t = time(nullptr);", "a.cc:2: reads a clock"),
        ("apps/cli/a.cc", "void f(timespec* t) { ::clock_gettime(CLOCK_MONOTONIC, t); }", "reads a clock"),
    ],
)
def test_layers_complain(tmp_path, name, line, complaint):
    code, out = layers(tmp_path, {name: line + "\n"})
    assert code == 1 and complaint in out, out


def test_layers_see_link_edges(tmp_path):
    put(tmp_path, {"CMakeLists.txt": CMAKE + "olivine_module(series DEPS olivine_engine) # upwards\nolivine_module(util)\n"})
    code, out = run("check_layers.py", tmp_path)
    assert code == 1 and "series links engine" in out and "olivine_module(util) is not in the table" in out


def body(lines):
    return "int f() {\n" + "  g();\n" * (lines - 2) + "}\n"


@pytest.mark.parametrize(
    "name, text, complaint",
    [
        ("src/base/a.cc", body(61), "a.cc:f: function of 61 lines"),
        ("src/base/a_test.cc", body(61).replace("int f()", "TEST(A, B)"), "a_test.cc:TEST: function of 61 lines"),
        ("src/base/a.cc", "namespace a {\nclass B {\n" + body(61) + "};\n}\n", "function of 61"),
        ("src/base/a.cc", "A::A(int x)\n    : x_{x},\n      y_(f(x)) {\n" + "  g();\n" * 57 + "}\n", "a.cc:A: function of 61"),
        ("src/base/a.cc", "const auto kF = [](int x) {\n" + "  g();\n" * 59 + "};\n", "a.cc:kF: function of 61"),
        ("src/base/a.cc", "\n" * 401, "source of 401 lines"),
        ("src/base/a.h", "\n" * 201, "header of 201 lines"),
        ("src/base/a_test.cc", "\n" * 601, "test of 601 lines"),
        ("tests/python/test_a.py", "\n" * 601, "test of 601 lines"),
        ("tools/a.py", "def f():\n" + "    g()\n" * 60, "a.py:f: function of 61 lines"),
        (
            "src/base/a.h",
            "class A {\n public:\n" + "".join(f"  virtual int f{i}() const = 0;\n" for i in range(4)) + "};\n",
            "a.h:A: interface of 4 pure virtual methods",
        ),
    ],
)
def test_sizes_complain(tmp_path, name, text, complaint):
    put(tmp_path, {name: text})
    code, out = run("check_sizes.py", tmp_path)
    assert code == 1 and complaint in out, out


def test_sizes_at_the_limit_pass(tmp_path):
    methods = "".join(f"  virtual int f{i}() = 0;\n" for i in range(3))
    put(tmp_path, {"src/a.cc": body(60), "src/b.cc": "\n" * 400, "src/c.h": "\n" * 200, "src/d_test.cc": "\n" * 600,
                   "src/e.h": "struct E {\n  virtual ~E() = default;\n  virtual int g() { return 0; }\n" + methods + "};\n"})
    assert run("check_sizes.py", tmp_path) == (0, "sizes: 0 violations\n")


def test_outline_is_not_confused():
    text = '''
#define OPEN(x) if (x) { \\
  y
namespace a::b {
// } not a brace {
constexpr const char* kText = R"sql(CREATE { ( )sql";
constexpr int kMany = 1'000'000; constexpr char kBrace = '{';
constexpr std::array<int, 2> kTwo{{1, 2}};
enum class Kind { kOne, kTwo };
struct Plain {
  int x = 0;
  std::vector<int> list{1, 2};
};
template <class T>
auto convert(const T& t) -> std::optional<T> {
  if (t) { return {}; }
  return [&] { return t; }();
}
bool operator==(const Plain& a, const Plain& b) { return "{" + f('}'); }
struct Call { int operator()(int x) const { return x; } };
}  // namespace
'''
    found = cpp_outline.outline(text)
    assert found.functions == [("convert", 5), ("operator==", 1), ("operator()", 1)]
    assert found.interfaces == []


def test_exceptions_are_a_ratchet(tmp_path):
    sizes = [("function", "a.cc:f", 80)]
    key = ("function", "a.cc:f")
    assert check_sizes.check(sizes, {key: 80}, []) == []
    assert "grew" in check_sizes.check(sizes, {key: 79}, [])[0]
    assert "lower its exception" in check_sizes.check(sizes, {key: 81}, [])[0]
    assert "no longer needed" in check_sizes.check([("function", "a.cc:f", 60)], {key: 80}, [])[0]
    assert "added or raised" in check_sizes.check(sizes, {key: 80}, [{}])[0]
    assert "added or raised" in check_sizes.check(sizes, {key: 80}, [{key: 90}, {key: 70}])[0]
    assert check_sizes.check(sizes, {key: 80}, [{key: 90}]) == []


def test_exceptions_of_earlier_commits_are_read(tmp_path):
    def git(*arguments):
        identity = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
        subprocess.run(["git", "-C", tmp_path, *identity, *arguments], check=True, capture_output=True)

    put(tmp_path, {"src/a.cc": body(61), "tools/size_exceptions.txt": "# none\n"})
    git("init")
    git("add", ".")
    git("commit", "-m", "empty")
    put(tmp_path, {"tools/size_exceptions.txt": "function src/a.cc:f 61\n"})
    code, out = run("check_sizes.py", tmp_path)
    assert code == 1 and "added or raised" in out, out


def must_not_compile(tmp_path, text):
    path = tmp_path / "case.cc"
    path.write_text(text)
    tool = ROOT / "tests" / "compile_fail" / "must_not_compile.py"
    done = subprocess.run([sys.executable, tool, path, "g++", "-std=c++20", "-fsyntax-only"], capture_output=True, text=True,
                          check=False)
    return done.returncode, done.stdout


def test_must_not_compile_can_fail(tmp_path):
    refused = "// EXPECT: undeclared|not declared\n#ifdef BAD\nint x = y;\n#endif\n"
    assert must_not_compile(tmp_path, refused)[0] == 0
    code, out = must_not_compile(tmp_path, "// EXPECT: x\nint x;\n")
    assert code == 1 and "compiles with BAD" in out
    code, out = must_not_compile(tmp_path, refused.replace("undeclared|not declared", "no such reason"))
    assert code == 1 and "not for the reason" in out
    code, out = must_not_compile(tmp_path, "// EXPECT: x\nint x = y;\n")
    assert code == 1 and "does not compile without BAD" in out


def test_the_table_has_no_cycle():
    for folder in check_layers.LAYERS:
        for used in check_layers.LAYERS[folder]:
            assert folder not in check_layers.closure(check_layers.LAYERS, used)
