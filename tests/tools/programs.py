#!/usr/bin/env python3
"""Runs Hone's programs as a new user does: what they take, what they say when something is wrong, what they leave.

usage: programs.py FOLDER-OF-PROGRAMS WORK-FOLDER COMPILER [FLAG...]
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

from onnx_by_hand import FLOAT, INT64, model, node, npy, read_npy, tensor, value_info

programs, work = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
compiler = sys.argv[3:]


def relu(dims, name="x", output="y"):
    return model([node("Relu", [name], [output])], [value_info(name, dims)], [value_info(output, None)])


class Programs(unittest.TestCase):
    def setUp(self):
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)

    def write(self, name, data):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(data)

    def run_program(self, program, *arguments, shell=None):
        command = [str(programs / program), *arguments]
        if shell is not None:
            command = ["bash", "-c", f'set -o pipefail; "$@" {shell}', "bash", *command]
        return subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=120)

    def good(self, program, *arguments):
        done = self.run_program(program, *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""), arguments)
        return done.stdout

    def bad(self, program, *arguments, says=(), status=1, shell=None):
        """It ends with one line that says all of `says`, and leaves no file behind."""
        before = sorted(work.rglob("*"))
        done = self.run_program(program, *arguments, shell=shell)
        self.assertEqual(done.returncode, status, (arguments, done.stderr))
        self.assertRegex(done.stderr, rf"\A{program}: [^\n]+\n\Z", arguments)
        self.assertNotIn("import_options", done.stderr)
        for text in [says] if isinstance(says, str) else says:
            self.assertIn(text, done.stderr)
        self.assertEqual(sorted(work.rglob("*")), before, arguments)
        return done.stderr

    def output(self, name="y.npy"):
        return read_npy((work / name).read_bytes())


class Help(Programs):
    def test_each_program_tells_its_version_and_its_options(self):
        for program in ("hone-calibrate", "hone-import", "hone-inspect", "hone-run"):
            self.assertRegex(self.good(program, "--version"), rf"\A{program} \d+\.\d+\.\d+\n\Z")
            self.assertIn("--version", self.good(program, "--help"))

    def test_a_command_line_without_sense_is_status_2(self):
        self.write("n.onnx", relu([1, 3]))
        self.bad("hone-run", says="model is required", status=2)
        self.bad("hone-run", "n.onnx", "--nonsense", says="--nonsense", status=2)
        self.bad("hone-run", "n.onnx", "--precision", "int4", says="f32", status=2)
        self.bad("hone-run", "n.onnx", "--seconds", "1", says="--time", status=2)
        self.bad("hone-inspect", "n.onnx", "--precision", "int4", says="f32", status=2)
        self.bad("hone-import", "n.onnx", says="--output", status=2)
        self.bad("hone-inspect", "n.onnx", "--profile", "pdp11", says=["no such machine", "haswell"])


class Dimensions(Programs):
    def test_errors_name_the_flags_and_what_they_propose_works(self):
        self.write("n.onnx", relu(["batch", "time", 3, "width"]))
        for program, more in (("hone-run", []), ("hone-inspect", []), ("hone-import", ["-o", "n.hpp"])):
            said = self.bad(program, "n.onnx", *more, says=["time (dimension 1 of x)", "width (dimension 3 of x)"])
            self.good(program, "n.onnx", *more, *re.search(r"such as((?: --dim \w+=\d+)+)", said)[1].split())

    def test_nameless_dimensions_and_ranks_want_all_extents(self):
        for dims in (["", 3, ""], ["?", 3, "?"], None):
            self.write("n.onnx", relu(dims))
            said = self.bad("hone-run", "n.onnx", says="--shape x=1," + ("3,16" if dims else "16"))
            self.good("hone-run", "n.onnx", *re.search(r"such as (--shape x=[\d,]*\d)", said)[1].split())

    def test_values_that_must_be_known_are_bound(self):
        self.write("n.onnx", model([node("Reshape", ["x", "to"], ["y"])],
                                   [value_info("x", [2, 3]), value_info("to", [2], INT64)], [value_info("y", None)]))
        self.bad("hone-run", "n.onnx", says="--bind to=FILE.npy")
        self.write("to.npy", npy([2], [3, 2], "<i8"))
        self.good("hone-run", "n.onnx", "--bind", "to=to.npy", "--output", "y.npy")
        self.assertEqual(self.output()[0], [3, 2])

    def test_wrong_flags_are_told_with_the_right_ones(self):
        self.write("n.onnx", relu(["batch", "time", 3]))
        self.bad("hone-run", "n.onnx", "--dim", "tim=3", says=["'tim'", "--dim batch=16", "batch, time"])
        self.bad("hone-run", "n.onnx", "--dim", "time=-3", says=["--dim time=-3", "no size"])
        self.bad("hone-run", "n.onnx", "--dim", "time=3", "--dim", "time=4", says=["--dim", "twice for time"])
        self.bad("hone-run", "n.onnx", "--shape", "x=2,3", says=["3 dimensions", "--shape x=1,16,3"])
        self.bad("hone-run", "n.onnx", "--shape", "z=2,3", says=["'z'", "--shape x="])
        self.bad("hone-run", "n.onnx", "--shape", "x=2,2,3", "--shape", "x=2,3,3", says="twice for x")
        self.write("fixed.onnx", relu([1, 3]))
        self.bad("hone-run", "fixed.onnx", "--dim", "time=3", says="no open dimension")

    def test_arrays_settle_what_is_open(self):
        self.write("n.onnx", relu(["batch", "time", 3, ""]))
        self.write("x.npy", npy([1, 2, 3, 2], [float(i) for i in range(-6, 6)]))
        self.good("hone-run", "n.onnx", "--input", "x.npy", "--output", "y.npy")
        self.assertEqual(self.output(), ([1, 2, 3, 2], [float(max(i, 0)) for i in range(-6, 6)]))
        self.write("any.onnx", relu(None))
        self.good("hone-run", "any.onnx", "--input", "x.npy", "--output", "y.npy")
        self.assertEqual(self.output()[0], [1, 2, 3, 2])

    def test_arrays_of_another_rank(self):
        self.write("n.onnx", relu(["batch", "time", 3, ""]))
        self.write("x.npy", npy([5, 3], [1.0] * 15))
        self.bad("hone-run", "n.onnx", "--input", "x.npy", says=["batch x time x 3 x ?", "5x3"])

    def test_rows_of_a_batch_are_calls_a_sequence_is_one(self):
        def sums(dim):
            return model([node("CumSum", ["x", "axis"], ["y"])], [value_info("x", [dim, 2])], [value_info("y", None)],
                         [tensor("axis", [1], [0])])
        self.write("x.npy", npy([3, 2], [1.0, 2, 3, 4, 5, 6]))
        for dim, calls, sum in (("time", 1, [1, 2, 4, 6, 9, 12]), ("batch_size", 3, [1, 2, 3, 4, 5, 6])):
            self.write("n.onnx", sums(dim))
            said = self.good("hone-run", "n.onnx", "--input", "x.npy", "--output", "y.npy")
            self.assertEqual(self.output(), ([3, 2], sum))
            self.assertIn(f"{calls} call", said)
        self.good("hone-run", "n.onnx", "--dim", "batch_size=3", "--input", "x.npy", "--output", "y.npy")
        self.assertEqual(self.output()[1], [1, 2, 4, 6, 9, 12])

    def test_arrays_that_do_not_agree(self):
        self.write("n.onnx", model([node("Relu", ["x"], ["y"]), node("Relu", ["m"], ["z"])],
                                   [value_info("x", [1, "time"]), value_info("m", [1, "time"])],
                                   [value_info("y", None), value_info("z", None)]))
        self.write("a.npy", npy([1, 3], [1.0] * 3))
        self.write("b.npy", npy([1, 4], [1.0] * 4))
        self.bad("hone-run", "n.onnx", "--input", "x=a.npy", "--input", "m=b.npy", says=["time", "of x", "of m"])
        self.good("hone-run", "n.onnx", "--input", "x=a.npy", "--output", "z=z.npy")
        self.assertEqual(self.output("z.npy")[0], [1, 3])


class Ports(Programs):
    def test_names_with_an_equals_sign(self):
        self.write("n.onnx", model([node("Add", ["a=b", "a"], ["y=z"])], [value_info("a=b", [2]), value_info("a", [2])],
                                   [value_info("y=z", None)]))
        self.write("q=1.npy", npy([2], [1.0, 2]))
        self.write("2.npy", npy([2], [10.0, 20]))
        self.good("hone-run", "n.onnx", "--input", "a=b=q=1.npy", "--input", "a=2.npy", "--output", "y=z=y.npy")
        self.assertEqual(self.output()[1], [11, 22])
        self.write("one.onnx", relu([2]))
        self.good("hone-run", "one.onnx", "--input", "q=1.npy", "--output", "y.npy")
        self.assertEqual(self.output()[1], [1, 2])

    def test_errors_are_one_line_whatever_names_hold(self):
        self.write("n.onnx", relu([2, "a\n\x1b[2J"], "x\ny", "z\n"))
        self.bad("hone-run", "n.onnx", says="x?y")
        self.bad("hone-inspect", "n.onnx", says="x?y")
        self.assertIn("z? ", self.good("hone-run", "n.onnx", "--shape", "x\ny=2,3"))

    def test_options_stand_before_the_file_too(self):
        self.write("n.onnx", relu([2]))
        self.write("x.npy", npy([2], [-1.0, 2]))
        self.good("hone-run", "--input", "x.npy", "--output", "y.npy", "n.onnx")
        self.assertEqual(self.output()[1], [0, 2])

    def test_each_name_once(self):
        self.write("n.onnx", model([node("Add", ["a", "b"], ["y"])], [value_info("a", [2]), value_info("b", [2])],
                                   [value_info("y", None)]))
        self.write("x.npy", npy([2], [1.0, 2]))
        self.bad("hone-run", "n.onnx", "--input", "a=x.npy", "--input", "a=x.npy", says="twice for a")
        self.bad("hone-run", "n.onnx", "--output", "y=p.npy", "--output", "y=q.npy", says="twice for y")
        self.bad("hone-run", "n.onnx", "--input", "c=x.npy", says=["'c'", "there are a, b"])
        self.bad("hone-run", "n.onnx", "--input", "x.npy", says=["NAME=VALUE", "--input a=FILE.npy", "there are a, b"])
        self.bad("hone-run", "n.onnx", "--input", "a=", says="nothing after")

    def test_loops_pair_alike_states(self):
        def loop(state, result):
            return model([node("Add", ["s", "x"], ["t"]), node("Reshape", ["t", "to"], ["n"])],
                         [value_info("s", state), value_info("x", [1])], [value_info("n", None)],
                         [tensor("to", [len(result)], result)])
        self.write("x.npy", npy([3, 1], [1.0, 2, 3]))
        self.write("n.onnx", loop([1, 4], [4, 1]))
        self.good("hone-run", "n.onnx", "--input", "x=x.npy", "--loop", "s=n", "--output", "n=y.npy")
        self.assertEqual(self.output(), ([3, 4, 1], [1, 1, 1, 1, 3, 3, 3, 3, 6, 6, 6, 6]))
        self.write("n.onnx", loop([2, 2], [1, 4]))
        self.bad("hone-run", "n.onnx", "--loop", "s=n", says=["--loop s=n", "2x2", "1x4"])
        self.bad("hone-run", "n.onnx", "--loop", "s=q", says=["inputs are s, x", "outputs are n"])

    def test_arrays_of_other_forms(self):
        self.write("n.onnx", relu([2, 3]))
        by_row = [float(i) for i in range(6)]
        self.write("big.npy", npy([2, 3], by_row, ">f4"))
        self.write("fortran.npy", npy([2, 3], [0.0, 3, 1, 4, 2, 5], fortran=True))
        for name in ("big.npy", "fortran.npy"):
            self.good("hone-run", "n.onnx", "--input", name, "--output", "y.npy")
            self.assertEqual(self.output(), ([2, 3], by_row))
            (work / "y.npy").unlink()
        self.write("double.npy", npy([2, 3], by_row, "<f8"))
        self.bad("hone-run", "n.onnx", "--input", "double.npy", "--output", "y.npy", says="x.astype('float32')")
        self.write("other.npy", npy([3, 2], by_row))
        self.bad("hone-run", "n.onnx", "--input", "other.npy", "--output", "y.npy", says=["2x3", "3x2"])
        self.write("none.npy", npy([0, 2, 3], []))
        self.bad("hone-run", "n.onnx", "--input", "none.npy", "--output", "y.npy", says="no call")
        self.write("short.npy", npy([2, 3], by_row[:4]))
        self.bad("hone-run", "n.onnx", "--input", "short.npy", "--output", "y.npy", says="short.npy")


class Files(Programs):
    def test_what_cannot_be_read(self):
        self.write("empty.onnx", b"")
        self.write("cut.onnx", relu([2])[:40])
        (work / "folder").mkdir()
        for program, more in (("hone-run", []), ("hone-inspect", ["--svg", "n.svg"]), ("hone-import", ["-o", "n.hpp"])):
            self.bad(program, "nowhere.onnx", *more, says="nowhere.onnx")
            for name in ("empty.onnx", "cut.onnx", "folder"):
                self.bad(program, name, *more, says=name)

    def test_what_cannot_be_written(self):
        self.write("n.onnx", relu([2]))
        (work / "folder").mkdir()
        self.bad("hone-run", "n.onnx", "--output", "nowhere/y.npy", says="no folder nowhere")
        self.bad("hone-run", "n.onnx", "--output", "folder", says="it is a folder")
        self.bad("hone-run", "n.onnx", "--json", "nowhere/n.json", says="no folder nowhere")
        self.bad("hone-inspect", "n.onnx", "--svg", "nowhere/n.svg", says="no folder nowhere")
        self.bad("hone-import", "n.onnx", "-o", "nowhere/n.hpp", says="nowhere")
        self.bad("hone-import", "n.onnx", "-o", "folder", "--embed", "--name", "n", says="folder")
        self.bad("hone-run", "n.onnx", "--output", "/dev/full", says="/dev/full")
        self.bad("hone-inspect", "n.onnx", "--dot", "/dev/full", says="/dev/full")

    def test_what_cannot_be_printed(self):
        self.write("n.onnx", relu([2]))
        for program in ("hone-run", "hone-inspect"):
            for shell in ("> /dev/full", ">&-", "| head -c0"):
                if shell != "| head -c0":  # whether the pipe is closed before the program prints is not sure
                    self.bad(program, "n.onnx", says="standard output", shell=shell)
                else:
                    self.assertIn(self.run_program(program, "n.onnx", shell=shell).returncode, (0, 1))


class Choices(Programs):
    def test_instruction_sets(self):
        self.write("n.onnx", relu([2]))
        for name in ("nonsense", ""):
            said = self.bad("hone-run", "n.onnx", "--isa", name, says="scalar", status=2)
            known = re.search(r"{([\w,]+)}", said)[1].split(",")
            self.assertEqual(len(known), len(set(known)))
        self.assertIn("by scalar", self.good("hone-run", "n.onnx", "--isa", "scalar"))
        foreign = "neon" if self.run_program("hone-run", "n.onnx", "--isa", "sse4").returncode == 0 else "sse4"
        self.bad("hone-run", "n.onnx", "--isa", foreign, says=[foreign, "it runs scalar"])

    def test_times_are_told_where_they_were_taken(self):
        self.write("n.onnx", relu([2]))
        said = self.good("hone-run", "n.onnx", "--json", "n.json")
        self.assertNotIn("measured", said)
        self.assertNotIn("warm", said)
        self.assertIsNone(json.loads((work / "n.json").read_text())["subgraphs"][0]["measured_us"])
        self.good("hone-run", "n.onnx", "--time", "--calls", "77", "--seconds", "0.01", "--json", "n.json")
        record = json.loads((work / "n.json").read_text())
        self.assertEqual(record["warm_calls"], 77)
        self.assertGreater(record["warm_p50_us"], 0)
        self.assertGreaterEqual(record["cold_calls"], 5)

    def test_an_inspection_of_weights(self):
        header = b'{"a.b":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}'
        self.write("w.safetensors", len(header).to_bytes(8, "little") + header + bytes(8))
        self.assertRegex(self.good("hone-inspect", "w.safetensors"), r"a\.b +f32 +2x1\n\n1 tensors, 8 bytes\n")
        self.bad("hone-inspect", "w.safetensors", "--svg", "w.svg", says="no network in w.safetensors")
        self.write("cut.safetensors", len(header).to_bytes(8, "little") + header)
        self.bad("hone-inspect", "cut.safetensors", says="cut.safetensors")

    def test_an_inspection(self):
        self.write("n.onnx", model([node("MatMul", ["x", "w"], ["y"])], [value_info("x", [1, 3])],
                                   [value_info("y", [1, 2])], [tensor("w", [3, 2], [1.0] * 6)]))
        said = self.good("hone-inspect", "n.onnx", "--profile", "haswell", "--profile", "cortex_a53", "--svg", "n.svg",
                         "--dot", "n.dot", "--json", "n.json")
        self.assertRegex(said, r"output +y +f32 +1x2\n")
        self.assertIn("haswell us", said)
        record = json.loads((work / "n.json").read_text())
        self.assertEqual(sorted(record["machines"]), ["cortex_a53", "haswell"])
        self.assertEqual(record["macs"], 6)
        self.assertEqual([(p["name"], p["dims"]) for p in record["ports"]], [("x", "1x3"), ("y", "1x2")])
        self.assertIn("is y", (work / "n.dot").read_text())
        self.assertRegex((work / "n.svg").read_text(), r"(?s)\A<svg .*</svg>\n\Z")


class Headers(Programs):
    def compile(self, text, *flags):
        (work / "program.cpp").write_text(text)
        done = subprocess.run([*compiler, "-fsyntax-only", *flags, "program.cpp"], cwd=work, capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, 0, done.stderr[:2000])

    def test_a_header_can_be_moved_with_its_weights(self):
        self.write("n.onnx", model([node("MatMul", ["x", "w"], ["y"])], [value_info("x", [1, 3])],
                                   [value_info("y", [1, 2])], [tensor("w", [3, 2], [1.0] * 6)]))
        (work / "here").mkdir()
        self.good("hone-import", "n.onnx", "-o", str(work / "here/net.hpp"))
        self.good("hone-import", "n.onnx", "-o", str(work / "here/inside.hpp"), "--embed")
        for file in (work / "here").glob("*.?pp"):
            self.assertNotIn(str(work), file.read_text())
        (work / "here").rename(work / "there")
        test = ('#include <net.hpp>\n#include <string_view>\n'
                'static_assert(std::string_view(net_weights_path) == "{}");\n')
        self.compile(test.format(work / "there/net.safetensors"), f"-I{work}/there")
        self.compile(test.format("/opt/net"), "-Ithere", '-DHONE_WEIGHTS_OF_net="/opt/net"')
        subprocess.run([*compiler, "-c", "-I.", "inside.cpp", "-o", "inside.o"], cwd=work / "there", check=True)
        weights = (work / "there/inside.safetensors").read_bytes()
        self.assertIn(weights, (work / "there/inside.o").read_bytes())

    def test_names_and_files_that_make_no_header(self):
        self.write("n.onnx", relu([2]))
        self.bad("hone-import", "n.onnx", "-o", "2n.hpp", says=["'2n'", "--name"])
        self.bad("hone-import", "n.onnx", "-o", "n.safetensors", says=".hpp")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
