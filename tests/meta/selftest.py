#!/usr/bin/env python3
"""The meta-tests can fail: what they look for is broken once, on purpose."""
import pathlib
import sys
import tempfile
import unittest

import compile_fail
import fences
import headers_alone
import text_examples

COMPILER = sys.argv.pop() if len(sys.argv) > 1 else "g++"

# A tree that obeys every rule.
GOOD = {
    "hone/hone.hpp": "#include <hone/nn/a.hpp>\n",
    "hone/engine.hpp": "#include <hone/hone.hpp>\n#include <hone/simd/k.hpp>\n",
    "hone/config/config.hpp": "#define HONE_ABI v0\n",
    "hone/core/a.hpp": "#include <hone/config/config.hpp>\n#include <vector>\n// std::cout, abort()\n"
                       "inline char const* s = \"printf(%d)\"; inline int n = 1'000; inline char c = '\"';\n",
    "hone/core/detail/private.hpp": "#include <cmath>\n",
    "hone/nn/a.hpp": "#include <hone/core/a.hpp>\n#include <boost/hana/tuple.hpp>\n",
    "hone/simd/k.hpp": "#include <hwy/highway.h>\n",
    "hone/simd/targets.hpp": "#define HONE_T HWY_TARGET\n",
    "hone/store/s.hpp": "#include <sqlite3.h>\n#include <sys/file.h>\n",
}


class fences_fail(unittest.TestCase):
    def findings(self, changed):
        with tempfile.TemporaryDirectory() as root:
            for name, text in {**GOOD, **changed}.items():
                path = pathlib.Path(root, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text if name.endswith("-inl.hpp") or "BARE" in text else "#pragma once\n" + text)
            return fences.findings(root)[0]

    def finds(self, name, text, finding):
        found = self.findings({name: text})
        self.assertEqual(len(found), 1, found)
        self.assertRegex(found[0], "^" + name + r":\d+: " + finding)

    def test_a_good_tree(self):
        self.assertEqual(self.findings({"hone/simd/k-inl.hpp": "#include <hwy/highway.h>\n"}), [])

    def test_directions(self):
        self.finds("hone/core/b.hpp", "#include <hone/nn/a.hpp>\n", r"core/ may not include <hone/nn/a.hpp>")
        self.finds("hone/core/b.hpp", "#include <hone/hone.hpp>\n", r"core/ may not include <hone/hone.hpp>")

    def test_folders_and_files(self):
        self.finds("hone/util/b.hpp", "", "util/ is not a folder")
        self.finds("hone/nn/b.hpp", "#include <hone/core/none.hpp>\n", "<hone/core/none.hpp> does not exist")
        self.finds("hone/nn/b.hpp", "#include <hone/core/detail/private.hpp>\n", ".*is private to core/")

    def test_third_parties(self):
        for folder, header, party in [("core", "boost/hana/tuple.hpp", "Boost.Hana"), ("run", "hwy/base.h", "Highway"),
                                      ("store", "fmt/core.h", "fmt"), ("train", "sqlite3.h", "SQLite"),
                                      ("core", "immintrin.h", "intrinsics"), ("nn", "unistd.h", "the operating system")]:
            self.finds(f"hone/{folder}/b.hpp", f"#include <{header}>\n", f"<{header}>: {party} belongs to")
        self.finds("hone/train/b.hpp", "#include <blas/blas.h>\n", "<blas/blas.h> is in no row")
        self.finds("hone/nn/b.hpp", "#include <boost/hana.hpp>\n", "<boost/hana.hpp> is in no row")
        self.finds("hone/engine.hpp", "#include <hwy/highway.h>\n", "<hwy/highway.h>: Highway belongs to simd")

    def test_the_first_door(self):
        self.finds("hone/nn/a.hpp", "#include <memory>\n", r"<memory> is banned .*\(hone/hone.hpp -> hone/nn/a.hpp\)")
        found = self.findings({"hone/nn/a.hpp": "#include <hone/core/deep.hpp>\n", "hone/core/deep.hpp":
                               "#include <hone/core/detail/private.hpp>\n"})
        self.assertRegex(found[0], "<cmath> is banned")

    def test_tokens(self):
        for name, code, finding in [
            ("hone/store/b.hpp", "void f() { std::cout << 1; }\n", "std::cout: the library prints nothing"),
            ("hone/store/b.hpp", "void f() { std::printf(\"x\"); }\n", "printf.*prints nothing"),
            ("hone/store/b.hpp", "void f() { std::abort(); }\n", "abort.*hone::raise"),
            ("hone/store/b.hpp", "auto v = std::getenv(\"x\");\n", "getenv: .*environment"),
            ("hone/simd/b.hpp", "HWY_ALIGN float x[4];\n", "HWY_ALIGN: keeps the static target"),
            ("hone/simd/b-inl.hpp", "auto n = HWY_LANES(float);\n", "HWY_LANES: keeps the static target"),
            ("hone/nn/b.hpp", "#define FOO 1\n", "#define: macros live in config"),
            ("hone/nn/b.hpp", "using namespace std;\n", "using namespace: a header does not open"),
            ("hone/nn/b.hpp", "// BARE\n", "no #pragma once"),
            ("hone/nn/b.hpp", "#include \"hone/core/a.hpp\"\n", '#include ": includes are written'),
        ]:
            with self.subTest(code):
                self.finds(name, code, finding)


class compile_fail_fails(unittest.TestCase):
    def problem(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".cpp") as file:
            file.write(text)
            file.flush()
            wrong = compile_fail.problem(file.name, [COMPILER, "-std=c++20"])
            return wrong and wrong[0]

    GOOD = "// expect: wrong_units\n// errors: 1\n#ifndef HONE_FIXED\nwrong_units x;\n#endif\n"

    def test_a_good_file(self):
        self.assertIsNone(self.problem(self.GOOD))

    def test_bad_files(self):
        self.assertRegex(self.problem("int x;\n"), "no line")
        self.assertRegex(self.problem("// expect: x\nint x;\n"), "it compiles")
        self.assertRegex(self.problem(self.GOOD.replace("expect: wrong", "expect: other")), "does not match: other_units")
        self.assertRegex(self.problem(self.GOOD + "#ifndef HONE_FIXED\nint n = s;\n#endif\n"), "2 errors where 1")
        self.assertRegex(self.problem(self.GOOD + "int n = s;\n".replace("s", "wrong_units")), "[23] errors|HONE_FIXED")
        self.assertRegex(self.problem("// expect: wrong_units\nwrong_units x;\n"), "with -DHONE_FIXED it must compile")


class headers_alone_picks(unittest.TestCase):
    def picks(self, *tests, **headers):
        return headers_alone.to_compile({f"{name}.hpp": text for name, text in headers.items()}, tests)

    def test_who_goes_first(self):
        self.assertEqual(self.picks(a="", b="#pragma once\n// x\n#include <a.hpp>\n"), ["b.hpp"])
        self.assertEqual(self.picks("// y\n#include <b.hpp>\n", a="", b="#include <a.hpp>\n"), [])
        self.assertEqual(self.picks("#include <b.hpp>\n#include <a.hpp>\n", a="", b=""), ["a.hpp"])
        for before in ["#include <vector>\n", "int x;\n", "#if X\n", "#define X\n", '#include "other.hpp"\n']:
            self.assertEqual(self.picks(before + "#include <a.hpp>\n", a=""), ["a.hpp"])


class text_examples_fail(unittest.TestCase):
    def failure(self, text):
        return text_examples.failure(text, "guide.md", [COMPILER, "-std=c++20"])

    def test_examples(self):
        stand_in = "namespace std { template <class T> struct span {}; }\nnamespace hone { struct tensor_set {};\n" \
                   "template <class T> struct engine { engine(tensor_set const&); }; }\n"
        good = f"words\n```cpp\n{stand_in}```\nand\n```cpp\nhone::engine<int> net{{weights}};\n```\n"
        self.assertIsNone(self.failure(good))
        self.assertRegex(self.failure(good.replace("{weights}", "{nothing}")), r"guide\.md:9:.*nothing")
        self.assertRegex(self.failure(good.replace("struct span {};", "struct span {}")), r"guide\.md:[34]:")
        self.assertRegex(self.failure("words"), "no example")


if __name__ == "__main__":
    unittest.main()
