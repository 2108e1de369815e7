#!/usr/bin/env python3
"""Runs the digits example as its users do: with wrong options, interrupted, from the start to the report, and as an
extension that SQLite's own shell loads.

usage: digits_example.py DIGITS DATA_FILE
"""
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

SKIPPED = 77
digits, data = map(os.path.abspath, sys.argv[1:3])
short = [digits, "--data", data, "--epochs", "20", "--environments", "1", "--seconds", "1"]


def expect(holds, what):
    if not holds:
        sys.exit(f"digits_example: {what}")


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
    return done.returncode, done.stdout


def check_refusals():
    cases = [
        (2, ["--bogus"], "there is no option --bogus"),
        (2, ["--data"], "--data wants a value"),
        (2, ["--seed", "1x"], "--seed wants a whole number"),
        (2, ["--epochs", "0"], "--epochs wants a whole number"),
        (2, ["more"], "unexpected 'more'"),
        (1, ["--data", "missing.csv"], "the file does not open (missing.csv)"),
        (1, ["--data", data, "--repository", "missing/r.db"], "its folder does not exist (missing/r.db)"),
        (1, ["--data", data, "--report", "missing/r.html"], "cannot write the report"),
    ]
    for code, options, message in cases:
        found, text = run([digits, *options])
        expect(found == code and message in text, f"{options} should end with {code}, '{message}':\n{text}")
        expect("loss" not in text, f"{options} should be refused before the work:\n{text}")


def check_interruption():
    with subprocess.Popen(short, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.strip().startswith("training"):
                break
        process.send_signal(signal.SIGINT)
    expect(process.returncode == -signal.SIGINT, f"interrupted, it ended with {process.returncode}")


def check_run():
    code, text = run(short)
    expect(code == 0, f"it failed:\n{text}")
    for number in range(1, 9):
        expect(re.search(rf"^{number}\. ", text, re.M), f"step {number} is missing:\n{text}")
    report = pathlib.Path("digits-report.html").read_text()
    expect(report.endswith("</html>\n") and report.count("<svg") > 20, "the report is not whole")
    expect("http" not in report, "the report needs the network")
    expect(not re.search(r"\b(nan|inf)\b", report), "the report has figures that are none")
    return text


def check_shell(text):
    """The command that the program prints, then other questions to the same database."""
    command = shlex.split(re.search(r"^ *(sqlite3 .*)$", text, re.M).group(1))
    code, answers = run(command)
    rows = [line.split("|") for line in answers.splitlines()]
    expect(code == 0 and len(rows) == 360 and [int(row[0]) for row in rows] == list(range(360)), f"{command}: {answers}")
    expect(all(0 <= int(row[1]) <= 9 for row in rows), f"a class is none: {answers}")

    def ask(question):
        return run([*command[:3], question])

    code, right = ask("SELECT avg(hone_predict('digits', pixels) = label) FROM images")
    expect(code == 0 and float(right) > 0.95, f"right in the shell: {right}")
    expect(ask("SELECT hone_predict('digits', NULL) IS NULL") == (0, "1\n"), "NULL does not give NULL")
    code, error = ask("SELECT hone_predict('digits', x'00')")
    expect(code != 0 and "the blob has 1 bytes, the network takes 64 numbers" in error, error)
    code, error = ask("SELECT hone_predict('kws', pixels) FROM images")
    expect(code != 0 and "no artifact of this model (model kws)" in error, error)


if not shutil.which("sqlite3"):
    print("digits_example: SQLite's shell is not here (Debian: sqlite3)")
    sys.exit(SKIPPED)
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    check_refusals()
    check_interruption()
    check_shell(check_run())
