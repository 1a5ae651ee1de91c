"""Prints the flags of a Python module as JSON: `python3 module_flags.py FILE [DEST [WORD...]]`

DEST is where flags go, empty: what the module's imports tell. WORDs are the module's own arguments.
The module is read, never executed. The result is `{"dest": DEST, "flags": {NAME: {...}}}` with flags
as they are declared in guild.yml, or `{"error": TEXT}`. What cannot be told by reading, say a default
that is computed, is left out: the module's own value stands then. Needs Python 3.6.
"""

import ast
import json
import math
import operator
import shlex
import sys

# Importing one of these, a module reads its flags from the command line.
COMMAND_LINE_READERS = {"absl", "argh", "argparse", "click", "configargparse", "docopt", "fire",
                        "getopt", "hydra", "jsonargparse", "optparse", "plac", "simple_parsing",
                        "tap", "typer", "tyro"}
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
             ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv}
TYPES = {"int": "int", "float": "float", "str": "string", "bool": "boolean"}
SWITCHES = {"store_true": True, "store_false": False}
NOT_FLAGS = {"help", "version", "count", "append_const", "store_const"}


class Unknown(Exception):
    """A value that reading does not tell."""


class Values:
    """Literal values, and those of names that were assigned once and to a literal."""

    def __init__(self, tree):
        self.names = {}
        assigned = [t.id for node in ast.walk(tree) for t in targets_of(node)]
        for node in tree.body:
            for target in targets_of(node):
                if assigned.count(target.id) == 1:
                    self.names[target.id] = self.get(node.value, None)

    def get(self, node, otherwise=None):
        try:
            return self._value(node)
        except (Unknown, ArithmeticError, TypeError, ValueError):
            return otherwise

    def _value(self, node):
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            left, right = self._value(node.left), self._value(node.right)
            if isinstance(left, (int, float)) and isinstance(right, (int, float)):
                return OPERATORS[type(node.op)](left, right)
            if isinstance(left, str) and isinstance(right, str) and isinstance(node.op, ast.Add):
                return left + right
            raise Unknown()
        if isinstance(node, ast.Name) and self.names.get(node.id) is not None:
            return self.names[node.id]
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self._value(item) for item in node.elts]
        value = ast.literal_eval(node)
        if isinstance(value, float) and not math.isfinite(value):
            raise Unknown()
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        raise Unknown()


def targets_of(node):
    """The names that a statement assigns a value to."""
    if isinstance(node, ast.Assign):
        return [target for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and node.value and isinstance(node.target, ast.Name):
        return [node.target]
    return []


def called(node):
    """The last part of the name that a call calls, and of what it is an attribute."""
    if isinstance(node.func, ast.Attribute):
        owner = node.func.value
        return node.func.attr, owner.id if isinstance(owner, ast.Name) else ""
    return getattr(node.func, "id", ""), ""


def words(values):
    return " ".join(shlex.quote(str(value)) for value in values)


def plain(values):
    """A flag of its own with a default; a list becomes the words that it is spread over."""
    if not isinstance(values, list):
        return {"default": values}
    flat = all(isinstance(item, (bool, int, float, str)) for item in values)
    # One word would come back as a value that is no list: then the module's own stands.
    return {"default": words(values), "arg-split": True} if flat and len(values) > 1 else {}


class Imports(ast.NodeVisitor):
    """The first parts of the modules that a module imports, and whether it reads `sys.argv`."""

    def __init__(self, tree):
        self.found = set()
        self.visit(tree)

    def visit_Import(self, node):
        self.found.update(alias.name.split(".")[0] for alias in node.names)

    def visit_ImportFrom(self, node):
        if not node.level and node.module:
            self.found.add(node.module.split(".")[0])
        if node.module == "sys" and any(alias.name == "argv" for alias in node.names):
            self.found.add("argv")

    def visit_Attribute(self, node):
        if node.attr == "argv" and isinstance(node.value, ast.Name) and node.value.id == "sys":
            self.found.add("argv")
        self.generic_visit(node)


def long_option(node, values):
    for item in node.args:
        text = values.get(item)
        for option in text.split("/")[0].split() if isinstance(text, str) else ():
            if option.startswith("--") and len(option) > 2:
                return option[2:]
    return None


def option_flag(node, values):
    """The flag of one `add_argument` or `click.option`; None if it is none."""
    given = {item.arg: item.value for item in node.keywords if item.arg}
    text = lambda name: values.get(given[name]) if name in given else None
    action = text("action") or getattr(given.get("action"), "attr",
                                       getattr(given.get("action"), "id", None))
    if action in NOT_FLAGS:
        return None
    flag = {}
    if isinstance(text("help"), str):
        flag["description"] = text("help")
    if text("default") is not None:
        flag["default"] = text("default")
    if text("required") is True:
        flag["required"] = True
    if isinstance(given.get("type"), ast.Name) and given["type"].id in TYPES:
        flag["type"] = TYPES[given["type"].id]
    add_choices(flag, given, values)
    if action in SWITCHES or text("is_flag") is True:
        add_switch(flag, SWITCHES.get(action, True))
    elif action == "BooleanOptionalAction":
        add_switch(flag, not flag.get("default"))
        if not flag["arg-switch"]:
            flag["arg-name"] = "no-" + long_option(node, values)
    elif text("nargs") in ("+", "*") or type(text("nargs")) is int or text("multiple"):
        flag["arg-split"] = True
        # The words are converted one by one, their line is text.
        flag.pop("type", None)
        flag.pop("choices", None)
    if isinstance(flag.get("default"), list):
        flag["default"] = words(flag["default"])
    drop_what_the_default_breaks(flag)
    return flag


def drop_what_the_default_breaks(flag):
    """Parsers convert and check typed values only; a default may be of another kind."""
    default = flag.get("default")
    if default is None:
        return
    fits = {"int": type(default) is int, "float": type(default) in (int, float),
            "boolean": type(default) in (bool, int, float)}
    if not fits.get(flag.get("type"), True):
        del flag["type"]
    if default not in flag.get("choices", [default]):
        del flag["choices"]


def add_choices(flag, given, values):
    choices = values.get(given["choices"]) if "choices" in given else None
    kind = given.get("type")
    if isinstance(kind, ast.Call) and called(kind)[0] == "Choice" and kind.args:
        choices = values.get(kind.args[0])
    if isinstance(choices, list) and choices:
        flag["choices"] = choices


def add_switch(flag, switch):
    flag["arg-switch"] = switch
    flag["choices"] = [True, False]
    flag.pop("type", None)
    if flag.get("default") is None:
        flag["default"] = not switch


def subparsers(tree, values):
    """The names that parsers of subcommands are assigned to, with the words that call them."""
    found = {}
    for node in ast.walk(tree):
        value = getattr(node, "value", None)
        if isinstance(value, ast.Call) and called(value)[0] == "add_parser" and value.args:
            for target in targets_of(node):
                found[target.id] = values.get(value.args[0])
    return found


def option_flags(tree, values, base_words):
    subs = subparsers(tree, values)
    # Flags stand behind the module's own words, so they are those of the subcommand there.
    chosen = {name for name, word in subs.items() if word in base_words}
    flags = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name, owner = called(node)
        if owner not in chosen if chosen else owner in subs:
            continue
        if name == "add_argument" or (name == "option" and owner in ("click", "")):
            option = long_option(node, values)
            flag = option_flag(node, values) if option else None
            if flag is not None:
                flags.setdefault(option, flag)
        elif name == "set_defaults":
            set_defaults(node, flags, values)
    return flags


def set_defaults(node, flags, values):
    """`parser.set_defaults(name=value)`; one that cannot be told leaves the module's own."""
    for item in node.keywords:
        flag = flags.get((item.arg or "").replace("_", "-"), flags.get(item.arg))
        if flag is not None and "arg-split" not in flag:
            flag["default"] = values.get(item.value)
            drop_what_the_default_breaks(flag)


def global_flags(tree, values):
    """Top-level names that are first assigned a literal."""
    flags = {}
    seen = set()
    for node in tree.body:
        for target in targets_of(node):
            name = target.id
            if name in seen or name.startswith("_"):
                continue
            seen.add(name)
            value = values.get(node.value, Unknown)
            if value is not Unknown and not isinstance(node.value, (ast.Tuple, ast.Name)):
                flags[name] = plain(value)
    return flags


def members(node, values, prefix=""):
    """The flags of a dict or of the arguments of `dict()` or `SimpleNamespace()`; dotted if deep."""
    flags = {}
    pairs = []
    if isinstance(node, ast.Dict):
        pairs = [(values.get(key) if key else None, value)
                 for key, value in zip(node.keys, node.values)]
    elif isinstance(node, ast.Call):
        pairs = [(item.arg, item.value) for item in node.keywords]
    for key, value in pairs:
        if not isinstance(key, str):
            continue
        if isinstance(value, (ast.Dict, ast.Call)):
            flags.update(members(value, values, prefix + key + "."))
            continue
        read = values.get(value, Unknown)
        if read is not Unknown:
            flags[prefix + key] = plain(read)
    return flags


def flags_of(tree, dest, base_words):
    values = Values(tree)
    kind, _, name = dest.partition(":")
    if kind == "args":
        return option_flags(tree, values, base_words)
    if kind == "globals":
        return global_flags(tree, values)
    for node in tree.body if kind in ("global", "dict", "namespace") else ():
        if any(target.id == name for target in targets_of(node)):
            return members(node.value, values)
    return {}


def dest_of(tree):
    found = Imports(tree).found
    return "args" if found & COMMAND_LINE_READERS or "argv" in found else "globals"


def read(path, dest, base_words):
    with open(path, "rb") as file:
        source = file.read()
    try:
        tree = ast.parse(source, path)
    except SyntaxError as error:
        text = "{} on line {}".format(error.msg, error.lineno)
        if error.text:
            line = error.text.rstrip("\n")
            text += "\n  " + line.strip()
            at = (error.offset or 1) - 1 - (len(line) - len(line.lstrip()))
            text += "\n  " + " " * max(at, 0) + "^"
        return {"error": text}
    dest = dest or dest_of(tree)
    return {"dest": dest, "flags": flags_of(tree, dest, base_words)}


def main():
    try:
        result = read(sys.argv[1], "".join(sys.argv[2:3]), sys.argv[3:])
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        result = {"error": str(error) or type(error).__name__}
    json.dump(result, sys.stdout, allow_nan=False)


main()
