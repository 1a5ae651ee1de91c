"""Writes modules that read their flags by argparse or click, with options of all kinds:

    python3 generated_parsers.py argparse|click DIRECTORY COUNT

Each module prints what its parser made of the command line. Beside `m0.py` stands `m0.json`, a list of
tries: flags as a person types them, and the words that mean the same to the module. The choice is the
same in each run.
"""

import argparse
import contextlib
import io
import itertools
import json
import os
import random
import sys

HEAD = "import argparse\n\n\ndef positive(text):\n    return float(text)\n\n\np = argparse.ArgumentParser()\n"
TAIL = "\nif __name__ == '__main__':\n    for item in sorted(vars(p.parse_args()).items()):\n        print(item)\n"
DEFAULTS = [None, "absent", 1, 0, -3, 0.5, 1e-5, 1e20, 10 ** 20, "a", "", "7", "0.5", "two words", "-x",
            "it's", "a: b", "yes", "null", "@file", "#red", "~/x", True, False, [1, 2], ["a b", "c"],
            [], [1], (1, 2), [0.5], ["-x"], ["7"], "suppress"]
TYPES = ["absent", "int", "float", "str", "bool", "positive", "lambda t: t.split(',')", "str.lower"]
NARGS = ["absent", "?", "*", "+", 1, 2]


def text_of(value):
    return "argparse.SUPPRESS" if value == "suppress" else repr(value)


def stores():
    """Lines of options that store a value, and those that argparse accepts."""
    for default, kind, nargs in itertools.product(DEFAULTS, TYPES, NARGS):
        words = []
        if default != "absent":
            words.append("default=" + text_of(default))
        if kind != "absent":
            words.append("type=" + kind)
        if nargs != "absent":
            words.append("nargs=" + repr(nargs))
        yield words
    for default in (None, "a", "c", "z"):
        yield ["choices=['a', 'b', 'c']", "default=" + repr(default)]
    for default in (None, 1, 2, 9, "1"):
        yield ["choices=[1, 2]", "type=int", "default=" + repr(default)]
    yield ["choices=range(3)", "type=int"]
    yield ["nargs='+'", "choices=['a', 'b']", "default=['a']"]


def switches(n):
    """Pairs and single switches: lines of several options."""
    for default in (None, True, False):
        tail = "" if default is None else ", default={}".format(default)
        yield ["p.add_argument('--on{}', action='store_true'{})".format(n, tail)]
        yield ["p.add_argument('--no-off{}', dest='off{}', action='store_false'{})".format(n, n, tail)]
        yield ["p.add_argument('--both{}', action=argparse.BooleanOptionalAction{})".format(n, tail)]
        yield ["p.add_argument('--foo{}', dest='foo{}', action='store_true'{})".format(n, n, tail),
               "p.add_argument('--no-foo{}', dest='foo{}', action='store_false')".format(n, n)]
        yield ["p.add_argument('--no-bar{}', dest='bar{}', action='store_false'{})".format(n, n, tail),
               "p.add_argument('--bar{}', dest='bar{}', action='store_true')".format(n, n)]
        yield ["p.add_argument('--skip{}', dest='use{}', action='store_false')".format(n, n),
               "p.add_argument('--use{}', dest='use{}', action='store_true')".format(n, n),
               "p.set_defaults(use{}={})".format(n, default)]


def others(n):
    yield ["p.add_argument('--count{}', action='count', default=2)".format(n)]
    yield ["p.add_argument('--add{}', action='append', default=['x'])".format(n)]
    yield ["p.add_argument('--const{}', action='store_const', const=5)".format(n)]
    yield ["p.add_argument('--more{}', action='extend', nargs='+', default=[1])".format(n)]
    yield ["p.add_argument('--lr{}', dest='rate{}', type=float, default=0.1)".format(n, n),
           "p.set_defaults(rate{}=0.5)".format(n)]
    yield ["p.add_argument('--a{}', dest='same{}', default='a')".format(n, n),
           "p.add_argument('--b{}', dest='same{}', default='b')".format(n, n)]
    yield ["g{} = p.add_mutually_exclusive_group()".format(n),
           "g{}.add_argument('--left{}', type=int, default=1000)".format(n, n),
           "g{}.add_argument('--right{}', default='r')".format(n, n)]
    yield ["for i in range(2):", "    p.add_argument('--loop{}-%d' % i, type=int, default=i)".format(n)]
    yield ["g{} = p.add_argument_group('g')".format(n),
           "g{}.add_argument('-z{}', '--grouped{}', type=int, default=3)".format(n, n, n)]
    yield ["D{} = 0.25".format(n), "p.add_argument('--named{}', type=float, default=D{} * 2)".format(n, n)]
    yield ["import os", "if os.environ.get('NEVER'):",
           "    p.add_argument('--maybe{}', default='m')".format(n)]
    yield ["p.add_argument('--computed{}', default=os.path.join('a', 'b'))".format(n)]


def runs(lines, words):
    """What the module prints; None if its parser refuses."""
    out = io.StringIO()
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(out):
            names = {"__name__": "__main__"}
            saved, sys.argv = sys.argv, ["m.py"] + words
            exec(HEAD + "import os\n" + "\n".join(lines) + TAIL, names)
    except (Exception, SystemExit):
        return None
    finally:
        sys.argv = saved
    return out.getvalue()


def argparse_modules(count):
    choice = random.Random(14)
    kinds = []
    every = list(enumerate(stores()))
    for i, words in choice.sample(every, 240) + every[-12:]:
        line = "p.add_argument('--s{}'".format(i) + "".join(", " + word for word in words) + ")"
        if runs([line], []) is not None:
            kinds.append((line, "s{}".format(i)))
    kinds = sorted(set(kinds))
    choice.shuffle(kinds)
    per_module = len(kinds) // count + 1
    for number in range(count):
        picked = kinds[number * per_module:(number + 1) * per_module]
        lines, tries = [line for line, _ in picked], []
        for line, name in picked:
            text = choice.choice(["5", "0.5", "a", "b", "-x", "-1", "two words", "x=y", "#a"])
            if "nargs" in line and "'?'" not in line:
                text = text.replace(" ", "-")  # it is spread over words
            for words in (["--" + name, text], ["--{}={}".format(name, text)]):
                if runs(lines, words) is not None:
                    tries.append({"flags": [name + "=" + text], "words": words})
                    break
        tries = choice.sample(tries, min(3, len(tries)))
        groups = list(switches(number)) + list(others(number))
        for group in choice.sample(groups, min(12, len(groups))):
            if runs(lines + group, []) is not None:
                lines += group
                for line in group:
                    name = line.partition("'--")[2].partition("'")[0]
                    if "store_" in line and "const" not in line:
                        for word, plain in (("yes", ["--" + name]), ("no", [])):
                            opposite = next((l.partition("'--")[2].partition("'")[0] for l in group
                                             if "store_" in l and l != line), None)
                            if "store_false" in line:
                                word = {"yes": "no", "no": "yes"}[word]
                            if opposite and not plain:
                                plain = ["--" + opposite]
                            if plain:
                                tries.append({"flags": [name + "=" + word], "words": plain})
        yield HEAD + "import os\n" + "\n".join(lines) + TAIL, tries


def click_modules(count):
    import click
    choice = random.Random(14)
    options = []
    for default, kind in itertools.product(
            ["absent", None, 1, 0.5, "a", "7", "", "two words", "-x", True, False],
            ["absent", "int", "float", "str", "bool", "click.INT", "click.FLOAT", "click.IntRange(0, 9)",
             "click.Choice(['a', 'b'])", "positive"]):
        options.append(["default=" + repr(default)] * (default != "absent") +
                       ["type=" + kind] * (kind != "absent"))
    options += [["is_flag=True"], ["is_flag=True", "default=False"], ["count=True"],
                ["multiple=True", "default=['x']"], ["nargs=2", "type=int", "default=(1, 2)"],
                ["nargs=2", "default=('a b', 'c')"]]
    kinds = [("'--o{}'".format(i), words) for i, words in enumerate(options)]
    for default in ("", ", default=True", ", default=False"):
        kinds += [("'--p{}/--no-p{}'".format(len(kinds), len(kinds)), [default[2:]] if default else [])]
    kinds += [("'-q', '--quick', 'other'", ["default=3"]), ("'--must'", ["default='m'", "required=False"])]

    def source(lines):
        names = [line.partition("'--")[2].split("/")[0].split("'")[0] for line in lines]
        names = ["other" if name == "quick" else name for name in names]
        return ("import click\n\n\ndef positive(text):\n    return float(text)\n\n\n@click.command()\n" +
                "\n".join(lines) + "\ndef main({}):\n".format(", ".join(names)) +
                "    for item in sorted(locals().items()):\n        print(item)\n\n\n"
                "if __name__ == '__main__':\n    main()\n")

    def good(line):
        names = {"__name__": "m"}
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                exec(source([line]), names)
                names["main"].main([], standalone_mode=False)
            except Exception:
                return False
        return True

    lines = []
    for names, words in kinds:
        line = "@click.option(" + ", ".join([names] + words) + ")"
        if good(line):
            lines.append(line)
    choice.shuffle(lines)
    per_module = len(lines) // count + 1
    for number in range(count):
        picked = lines[number * per_module:(number + 1) * per_module]
        tries = []
        for line in picked:
            name = line.partition("'--")[2].split("/")[0].split("'")[0]
            if "/--" in line:
                off = line.partition("/--")[2].split("'")[0]
                tries += [{"flags": [name + "=yes"], "words": ["--" + name]},
                          {"flags": [name + "=no"], "words": ["--" + off]}]
            elif "is_flag" in line:
                tries.append({"flags": [name + "=yes"], "words": ["--" + name]})
            elif line.endswith("type=str)"):
                tries.append({"flags": [name + "=-x"], "words": ["--" + name, "-x"]})
        yield source(picked), tries


def main():
    kind, directory, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    made = argparse_modules(count) if kind == "argparse" else click_modules(count)
    for number, (text, tries) in enumerate(made):
        with open(os.path.join(directory, "m{}.py".format(number)), "w") as file:
            file.write(text)
        with open(os.path.join(directory, "m{}.json".format(number)), "w") as file:
            json.dump(tries, file)


main()
