"""Tests of the lists of examples that do not pass yet, and of `check`: that it can fail."""

import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import not_yet  # noqa: E402

LISTS = """\
a.md
     3  run("one")
# it races with the clock
?    9  run("two")

b.md
    12  run("  three")
"""

DOCUMENT = """\
    >>> run("guild hello")
    hello
    <exit 0>

    >>> run("guild bye")
    bye
    <exit 0>
"""


def example(line, source, status="failed"):
    return {"line": line, "source": source, "status": status}


class Lists(unittest.TestCase):
    def test_a_list_is_written_as_it_was_read(self):
        lists = not_yet.parse(not_yet.HEADER + "\n" + LISTS)
        self.assertEqual(not_yet.HEADER + "\n" + LISTS, not_yet.format_lists(lists))
        self.assertEqual(["# it races with the clock"], lists["a.md"][1].comments)

    def test_what_is_no_entry_is_refused(self):
        with self.assertRaises(ValueError):
            not_yet.parse("a.md\n    twelve  run()\n")

    def compare(self, *examples):
        return not_yet.compare(not_yet.parse(LISTS)["a.md"], examples)

    def test_exactly_what_is_listed_fails(self):
        found = self.compare(example(1, "run('zero')", "passed"), example(3, 'run("one")'),
                             example(9, 'run("two")\nmore'))
        self.assertTrue(found.is_empty())

    def test_an_unsteady_example_may_pass(self):
        found = self.compare(example(3, 'run("one")'), example(9, 'run("two")', "passed"))
        self.assertTrue(found.is_empty())

    def test_an_example_that_is_not_listed_must_pass(self):
        found = self.compare(example(3, 'run("one")'), example(9, 'run("two")'),
                             example(11, "run('new')"))
        self.assertEqual([11], [each["line"] for each in found.failing])

    def test_a_listed_example_must_not_pass(self):
        found = self.compare(example(3, 'run("one")', "passed"), example(9, 'run("two")'))
        self.assertEqual([3], [each.line for each in found.passing])

    def test_lines_that_moved_are_found_by_their_source(self):
        found = self.compare(example(4, 'run("one")'), example(10, 'run("two")'))
        self.assertTrue(found.is_empty())
        self.assertEqual([4, 10], [each.line for each in found.kept])

    def test_an_entry_without_its_example_is_told(self):
        found = self.compare(example(9, 'run("two")'))
        self.assertEqual([3], [each.line for each in found.unknown])


class Check(unittest.TestCase):
    """`check` with a program that only greets."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="outrider-uat.")
        self.addCleanup(scratch.cleanup)
        self.program = os.path.join(scratch.name, "greeter")
        with open(self.program, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\n[ \"$1\" = hello ] && echo hello\n")
        os.chmod(self.program, 0o755)
        self.list = os.path.join(scratch.name, "not-yet.txt")
        self.document = os.path.join(scratch.name, "greeting.md")
        with open(self.document, "w", encoding="utf-8") as f:
            f.write(DOCUMENT)

    def check(self, *options):
        ran = subprocess.run([os.path.join(HERE, "check"), *options, self.program, self.document],
                             stdout=subprocess.PIPE, text=True, check=False)
        return ran.returncode, ran.stdout.splitlines()

    def test_a_failure_fails(self):
        code, lines = self.check()
        self.assertEqual((1, "1 passed, 1 failed"), (code, lines[-1]))
        self.assertIn('FAIL    5  run("guild bye")', lines)

    def test_the_ratchet_fails_until_the_list_says_it_and_when_it_passes_again(self):
        self.assertEqual(1, self.check("--ratchet")[0])
        self.assertEqual(0, self.check("--update")[0])
        self.assertEqual(0, self.check("--ratchet")[0])
        with open(self.program, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\necho $1\n")
        code, lines = self.check("--ratchet")
        self.assertEqual(1, code)
        self.assertIn('     now passes: remove it from the list: line 5: run("guild bye")', lines)
        self.assertEqual(0, self.check("--update")[0])
        self.assertFalse(os.path.exists(self.list))


if __name__ == "__main__":
    unittest.main()
