"""Runs the Python module of an operation: `python -um guild.op_main MODULE [ARG...] -- FLAG...`

The variable FLAGS_DEST says how flags reach the module: `args` (the default, as command line
arguments), `globals`, `global:NAME`, `dict:NAME`, `namespace:NAME`, or `none`. The flags are the
words behind the last `--`. Needs Python 3.6 and nothing else. Runs start it by `op_start`, which keeps
files of the project from standing in for what is imported here.
"""

import ast
import importlib.util
import os
import re
import sys
import types


class FlowReader:
    """Decodes one YAML flow value, as the start command encodes flags: there may be no YAML here."""

    _words = {
        "null": None, "Null": None, "NULL": None, "~": None, "": None,
        "true": True, "True": True, "TRUE": True, "yes": True, "Yes": True, "YES": True,
        "on": True, "On": True, "ON": True,
        "false": False, "False": False, "FALSE": False, "no": False, "No": False, "NO": False,
        "off": False, "Off": False, "OFF": False,
        ".inf": float("inf"), "-.inf": -float("inf"), ".nan": float("nan"),
    }
    _float = re.compile(r"[-+]?(\d[\d_]*\.[\d_]*([eE][-+]?\d+)?|\d[\d_]*[eE][-+]?\d+)$"
                        r"|\.\d[\d_]*([eE][-+]\d+)?$")
    _int = re.compile(r"[-+]?(0|[1-9][\d_]*)$")
    _based = re.compile(r"[-+]?0(b[01_]+|x[\da-fA-F_]+|[0-7_]+)$")
    _escapes = {"0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f",
                "r": "\r", "e": "\x1b", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"}

    def __init__(self, text):
        self.text = text
        self.at = 0

    def read(self):
        value = self._value("")
        self._space()
        if self.at != len(self.text):
            raise ValueError("text behind the value")
        return value

    def _space(self):
        while self.at < len(self.text) and self.text[self.at] in " \t\n":
            self.at += 1

    def _peek(self):
        self._space()
        return self.text[self.at:self.at + 1]

    def _value(self, ends):
        first = self._peek()
        if first == "[":
            return self._list()
        if first == "{":
            return self._mapping()
        if first == "'":
            return self._single_quoted()
        if first == '"':
            return self._double_quoted()
        return self._plain(ends)

    def _list(self):
        items = []
        self.at += 1
        while self._peek() != "]":
            items.append(self._value(",]"))
            self._separator("]")
        self.at += 1
        return items

    def _mapping(self):
        items = {}
        self.at += 1
        while self._peek() != "}":
            if self.text.startswith("? ", self.at):
                self.at += 2
            key = self._value(",}:")
            value = None
            if self._peek() == ":":
                self.at += 1
                value = self._value(",}")
            items[key] = value
            self._separator("}")
        self.at += 1
        return items

    def _separator(self, end):
        mark = self._peek()
        if mark == ",":
            self.at += 1
        elif mark != end:
            raise ValueError("expected , or " + end)

    def _single_quoted(self):
        match = re.compile(r"'((?:[^']|'')*)'", re.S).match(self.text, self.at)
        if not match:
            raise ValueError("no closing quote")
        self.at = match.end()
        return self._unfold(match.group(1)).replace("''", "'")

    def _double_quoted(self):
        match = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S).match(self.text, self.at)
        if not match:
            raise ValueError("no closing quote")
        self.at = match.end()
        body = re.sub(r"\\\n[ \t]*", "", match.group(1))
        pattern = r"\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|.)"
        return re.sub(pattern, self._unescape, self._unfold(body), flags=re.S)

    def _unescape(self, match):
        code = match.group(1)
        if len(code) > 1:
            return chr(int(code[1:], 16))
        return self._escapes.get(code, code)

    @staticmethod
    def _unfold(text):
        """A line feed inside is a space; of several, one fewer is meant."""
        def fold(match):
            count = match.group(0).count("\n")
            return " " if count == 1 else "\n" * (count - 1)
        return re.sub(r"[ \t]*\n\s*", fold, text)

    def _plain(self, ends):
        start = self.at
        while self.at < len(self.text):
            here = self.text[self.at]
            if here in ends and (here != ":" or self.text[self.at + 1:self.at + 2] in ("", " ")):
                break
            self.at += 1
        return self._scalar(self._unfold(self.text[start:self.at].strip()))

    def _scalar(self, text):
        if text in self._words:
            return self._words[text]
        digits = text.replace("_", "")
        if self._int.match(text):
            return int(digits)
        if self._based.match(text):
            body = digits.lstrip("+-")
            base = {"b": 2, "x": 16}.get(body[1:2], 8)
            value = int(body[1 if base == 8 else 2:], base)
            return -value if text[0] == "-" else value
        return float(digits) if self._float.match(text) else text


def decode_value(word):
    """The value of a flag word; what cannot be read is text."""
    try:
        return FlowReader(word).read()
    except (ValueError, OverflowError):
        return word


def _is_number(word):
    value = decode_value(word)
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def parse_flags(words):
    """Flag words as a dict: `--name value`, several values are a list, none is True."""
    found = {}
    name = None
    for word in words:
        if word.startswith("--"):
            name = word[2:]
            found[name] = []
        elif word.startswith("-") and len(word) > 1 and not _is_number(word):
            name = word[1]
            found[name] = [decode_value(word[2:])] if len(word) > 2 else []
        elif name is not None:
            found[name].append(decode_value(word))
    return {key: True if not values else values[0] if len(values) == 1 else values
            for key, values in found.items()}


def nest(flags):
    """`a.b: 1` as `a: {b: 1}`."""
    out = {}
    for name, value in flags.items():
        target = out
        parts = name.split(".")
        for part in parts[:-1]:
            if not isinstance(target.get(part), dict):
                target[part] = Section()
            target = target[part]
        target[parts[-1]] = value
    return out


class Section(dict):
    """What dots in names make; a flag's own value may be a dict, too."""


def with_flags(own, flags, namespace):
    """What the module has, with flags in it; what is no flag stays as it is."""
    if namespace:
        if own is None or isinstance(own, (dict, list, str, int, float)):
            own = types.SimpleNamespace()
        for name, value in flags.items():
            if isinstance(value, Section):
                value = with_flags(getattr(own, name, None), value, namespace)
            setattr(own, name, value)
        return own
    out = own if isinstance(own, dict) else {}
    for name, value in flags.items():
        out[name] = with_flags(out.get(name), value, namespace) if isinstance(value, Section) else value
    return out


class Settings:
    """Where flags go in the module: by themselves, or into one name."""

    def __init__(self, dest, flags):
        kind, _, name = dest.partition(":")
        self.globals = dict(flags) if kind == "globals" else {}
        self.name = name if kind in ("global", "dict", "namespace") else ""
        self.namespace = kind == "namespace"
        self.nested = nest(flags)
        if self.name:
            self.globals = {self.name: with_flags(None, self.nested, self.namespace)}

    def merged(self, own):
        return with_flags(own, self.nested, self.namespace)


MERGE = "__guild_flags__"  # a global while the assignment that needs it was not executed


class AssignmentFilter:
    """Drops the first top-level assignment to each name, so that the flag's value wins.

    One that makes the dict or namespace for all flags stays, and flags are put into what it makes.
    """

    def __init__(self, settings):
        self.settings = settings
        self.left = set(settings.globals)

    def filter_body(self, body):
        out = []
        for node in body:
            for part in ("body", "orelse", "finalbody"):
                if isinstance(node, (ast.If, ast.Try, ast.With)) and getattr(node, part, None):
                    filtered = self.filter_body(getattr(node, part))
                    setattr(node, part, filtered or [ast.copy_location(ast.Pass(), node)])
            out.extend(self.filtered(node))
        return out

    def filtered(self, node):
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            return self.replaced(node, [node.target])
        if not isinstance(node, ast.Assign):
            return [node]
        after = []
        for target in node.targets:
            if isinstance(target, (ast.Tuple, ast.List)):
                after += [self.assigned(item.id, node) for item in target.elts if self.takes(item)]
        return self.replaced(node, node.targets) + after

    def replaced(self, node, targets):
        if self.settings.name:
            if any([self.takes(target) for target in targets]):
                call = ast.Call(func=ast.Name(id=MERGE, ctx=ast.Load()), args=[node.value], keywords=[])
                node.value = ast.fix_missing_locations(ast.copy_location(call, node.value))
            return [node]
        # Of `a = b = 1` only the flag's part goes.
        left = [target for target in targets if not self.takes(target)]
        if isinstance(node, ast.Assign):
            node.targets = left
        return [node] if left else []

    def assigned(self, name, node):
        """A statement that gives a flag its value again."""
        text = repr(self.settings.globals[name]).replace("nan", "float('nan')") \
            if isinstance(self.settings.globals[name], float) else repr(self.settings.globals[name])
        text = "float('" + text + "')" if text in ("inf", "-inf") else text
        made = ast.parse("{} = {}".format(name, text)).body[0]
        for item in ast.walk(made):
            ast.copy_location(item, node)
        return ast.fix_missing_locations(made)

    def takes(self, target):
        if isinstance(target, ast.Name) and target.id in self.left:
            self.left.remove(target.id)
            return True
        return False


def find_module(spec_text):
    """The import spec of `b.c` or `a/b.c`; of a package its `__main__`. None: no such module."""
    directory, _, name = spec_text.rpartition("/")
    if directory:
        root = os.environ.get("GUILD_SOURCECODE") or "."
        sys.path.insert(0, os.path.abspath(os.path.join(root, directory)))
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(name + ".__main__")
    except ModuleNotFoundError as error:
        # A parent of the module itself is missing; anything else is the module's own trouble.
        if error.name and (name == error.name or name.startswith(error.name + ".")):
            return None
        raise
    except ValueError:
        return None
    return spec if spec is not None and spec.loader is not None else None


def missing_name(spec_text):
    """The name of a module that is not there; of a package its main module is missing."""
    name = spec_text.rpartition("/")[2]
    try:
        if importlib.util.find_spec(name) is not None:
            return ("%s.__main__ ('%s' is a package and cannot be directly executed)"
                    % (spec_text, spec_text))
    except (ImportError, ValueError):
        pass
    return spec_text


def compiled(spec, settings):
    """The module's code without the assignments that flags replace."""
    if not settings.globals or not str(spec.origin).endswith(".py"):
        return spec.loader.get_code(spec.name)
    # Bytes: what decodes them otherwise would import modules, and the project may have such.
    tree = ast.parse(spec.loader.get_data(spec.origin), spec.origin)
    tree.body = AssignmentFilter(settings).filter_body(tree.body)
    return compile(tree, spec.origin, "exec", dont_inherit=True)


def run_module(spec, settings):
    """Executes the module as `__main__`."""
    module = types.ModuleType("__main__")
    module.__file__ = spec.origin
    module.__spec__ = spec
    module.__loader__ = spec.loader
    module.__package__ = spec.parent
    module.__builtins__ = __builtins__
    code = compiled(spec, settings)
    names = vars(module)
    names.update(settings.globals)
    if MERGE in code.co_names:
        def merge(own):
            names.pop(MERGE, None)
            return settings.merged(own)
        names[MERGE] = merge
    # Pickling and worker processes look the main module up by this name.
    sys.modules["__main__"] = module
    exec(code, names)


def without_own_frames(traceback):
    """What of a traceback is the module's own."""
    own = (__file__, __file__.replace("op_main", "op_start"), ast.__file__, importlib.util.__file__)
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name not in own and not name.startswith("<frozen importlib"):
            break
        traceback = traceback.tb_next
    return traceback


def split_words(words):
    """The module's own words, and the flag words behind the last `--`; of a script, which has no
    words of its own, all that follow it."""
    if "--" not in words:
        return words[:1], words[1:]
    last = len(words) - 1 - words[::-1].index("--")
    return words[:last], words[last + 1:]


def main():
    words, flag_words = split_words(sys.argv[1:])
    if not words:
        sys.exit("guild: missing required arg")
    dest = os.environ.get("FLAGS_DEST") or "args"
    takes_words = dest.partition(":")[0] == "args"  # also `args:click`
    spec = find_module(words[0])
    if spec is None:
        sys.exit("guild: No module named " + missing_name(words[0]))
    sys.argv = [spec.origin] + words[1:] + (flag_words if takes_words else [])
    run_module(spec, Settings(dest, {} if takes_words else parse_flags(flag_words)))


def guarded_main():
    try:
        main()
    except KeyboardInterrupt:
        raise
    except Exception as error:
        error = error.with_traceback(without_own_frames(error.__traceback__))
        sys.excepthook(type(error), error, error.__traceback__)
        sys.exit(1)


if __name__ == "__main__":
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]  # the working directory, put there by `-m`: PYTHONPATH decides
    guarded_main()
