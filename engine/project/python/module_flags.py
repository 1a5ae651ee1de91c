"""Prints the flags of a Python module as JSON: `python3 module_flags.py FILE [DEST [WORD...]]`

DEST is where flags go, empty: what the module's imports tell. WORDs are the module's own arguments.
The module is read, never executed: `Reading` follows its statements with the values that it can tell,
so that parsers are known as the module would make them, also those that other modules of the project
make for it. The result is `{"dest": DEST, "parser": "argparse" or "", "flags": {NAME: {...}}, "files":
{PATH: SHA256}}` with flags as they are declared in guild.yml and the other files that were read, or
`{"error": TEXT}`. What cannot be told by reading, say a default that is computed, is left
out: the module's own value stands then. A default that would not come back the same as an argument is
an `arg-skip-value`. Needs Python 3.6.
"""

import ast
import hashlib
import json
import math
import operator
import os
import shlex
import sys

# Importing one of these, a module reads its flags from the command line.
ARGPARSE_LIKE = {"argparse", "configargparse", "jsonargparse", "simple_parsing", "tap", "tyro"}
CLICK_LIKE = {"asyncclick", "click", "click_option_group", "rich_click"}
OTHER_READERS = {"absl", "argh", "docopt", "fire", "getopt", "hydra", "optparse", "plac", "typer"}
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
             ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod}
COMPARISONS = {ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
               ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Is: operator.is_,
               ast.IsNot: operator.is_not, ast.In: lambda a, b: a in b,
               ast.NotIn: lambda a, b: a not in b}
BUILTINS = {"abs": abs, "bool": bool, "dict": dict, "enumerate": lambda *a: list(enumerate(*a)),
            "float": float, "int": int, "len": len, "list": list, "max": max, "min": min,
            "repr": repr, "round": round, "sorted": sorted, "str": str, "sum": sum, "tuple": tuple,
            "zip": lambda *a: list(zip(*a))}
PURE_METHODS = {
    str: {"capitalize", "endswith", "format", "join", "lower", "lstrip", "replace", "rstrip", "split",
          "startswith", "strip", "title", "upper"},
    dict: {"copy", "get", "items", "keys", "values"}, list: {"copy", "count", "index"},
    tuple: {"count", "index"}}
CHANGING_METHODS = {list: {"append", "extend", "insert", "remove", "reverse", "sort"},
                    dict: {"pop", "setdefault", "update"}}
TYPES = {"int": "int", "float": "float", "str": "string", "bool": "boolean"}
CLICK_TYPES = {"INT": "int", "IntRange": "int", "FLOAT": "float", "FloatRange": "float",
               "STRING": "string", "BOOL": "boolean"}
NARGS = {"argparse.OPTIONAL": "?", "argparse.ONE_OR_MORE": "+", "argparse.ZERO_OR_MORE": "*"}
FOREIGN = ARGPARSE_LIKE | CLICK_LIKE | OTHER_READERS | {"builtins", "os", "sys", "types"}
PLAIN = (bool, int, float, str)
MOST_ITEMS = 1000     # of a list that is followed, and characters of a text that is computed: 20 times
MOST_STEPS = 200000   # after which the rest is not followed
DEEPEST_CALL = 20
MOST_MODULES = 50
MOST_BYTES = 1 << 20  # of a module that is imported


class Unknown(Exception):
    """A value that reading does not tell."""


class Stop(Exception):
    """There is too much to follow."""


class Returned(Exception):
    def __init__(self, value):
        Exception.__init__(self)
        self.value = value


class Marker:
    """A value of its own kind."""


UNKNOWN = Marker()
SUPPRESS = Marker()


class Imported(Marker):
    """A module, or something of one: `argparse.ArgumentParser`."""

    def __init__(self, path):
        self.path = path
        self.root = path.split(".")[0]
        self.name = path.split(".")[-1]


class Function(Marker):
    """A function of the module, and what click knows of it."""

    def __init__(self, node, scope):
        self.node = node
        self.scope = scope
        self.options = []
        self.command = None  # its name, if it is one
        self.is_group = False
        self.commands = []


class Class(Marker):
    def __init__(self, node, bases):
        self.node = node
        self.bases = bases


class Method(Marker):
    def __init__(self, owner, name):
        self.owner = owner
        self.name = name


class Decorator(Marker):
    """What `click.option(...)` or `click.command(...)` returns."""

    def __init__(self, kind, args, keywords, group=None):
        self.kind = kind
        self.args = args
        self.keywords = keywords
        self.group = group


class Parser(Marker):
    def __init__(self):
        self.actions = []
        self.defaults = {}
        self.children = {}       # parsers of subcommands by their words
        self.is_child = False
        self.is_parent = False   # its actions were taken over
        self.argument_default = None


class Group(Marker):
    def __init__(self, parser, exclusive):
        self.parser = parser
        self.exclusive = exclusive


class Subparsers(Marker):
    def __init__(self, parser):
        self.parser = parser


class Action(Marker):
    def __init__(self, options, given, sure):
        self.options = options
        self.given = given  # keywords; UNKNOWN where a value cannot be told
        self.sure = sure    # it is there whatever happens, and may be passed beside others
        kind = given.get("action", "store")
        if isinstance(kind, Imported) and kind.name == "BooleanOptionalAction":
            kind = kind.name
        self.kind = kind if isinstance(kind, str) else "custom"
        self.nargs = given.get("nargs")
        if isinstance(self.nargs, Imported):
            self.nargs = NARGS.get(self.nargs.path, "...")
        self.default = given.get("default")
        if self.default is None and "default" not in given:
            self.default = {"store_true": False, "store_false": True}.get(self.kind)

    @property
    def long(self):
        return next((o[2:] for o in self.options if o.startswith("--") and len(o) > 2), None)

    @property
    def dest(self):
        if isinstance(self.given.get("dest"), str):
            return self.given["dest"]
        first = self.long or next(iter(self.options), "")
        return first.lstrip("-").replace("-", "_")


class Scope:
    def __init__(self, parent=None, path=None):
        self.parent = parent
        self.path = path if parent is None else parent.path  # of the file
        self.names = {}

    def find(self, name):
        scope = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return BUILTINS_IN_PYTHON.get(name, UNKNOWN)


BUILTINS_IN_PYTHON = {name: Imported("builtins." + name) for name in list(BUILTINS) + ["range", "set"]}


class Project:
    """Where the modules are that a module may import, and what was read of them."""

    def __init__(self, path):
        self.path = path
        self.loaded = {}
        self.files = {}
        directory = os.path.dirname(os.path.abspath(path))
        self.roots = [directory]
        # The module may be below the directory that modules are imported from.
        while not os.path.exists(os.path.join(self.roots[0], "guild.yml")):
            above = os.path.dirname(self.roots[0])
            if above == self.roots[0] or len(self.roots) > 8:
                self.roots = [directory]
                break
            self.roots.insert(0, above)

    def package_of(self, path, level):
        """The dotted name of a file's package, `level` - 1 above its own."""
        directory = os.path.dirname(os.path.abspath(path))
        for root in self.roots:
            if directory == root or directory.startswith(root + os.sep):
                parts = os.path.relpath(directory, root).split(os.sep)
                parts = [] if parts == ["."] else parts
                return ".".join(parts[:len(parts) - level + 1])
        return ""

    def read(self, module):
        for root in self.roots:
            base = os.path.join(root, *module.split("."))
            for path in (base + ".py", os.path.join(base, "__init__.py")):
                if module and os.path.isfile(path) and os.path.getsize(path) <= MOST_BYTES:
                    with open(path, "rb") as file:
                        source = file.read()
                    self.files[path] = hashlib.sha256(source).hexdigest()
                    try:
                        return path, ast.parse(source, path)
                    except (SyntaxError, ValueError):
                        return path, None
        return None, None


class Reading:
    """Follows the statements of a module."""

    def __init__(self, tree, project):
        self.project = project
        self.steps = 0
        self.depth = 0
        self.unsure = 0          # how many conditions, that cannot be told, hold here
        self.unlike = set()      # ids of lists and dicts that were changed in an unknown way
        self.kept = []           # keeps those ids from being used again
        self.parsers = []
        self.parsed = []         # those that read the command line
        self.functions = []
        self.called = []         # functions, in the order in which they were
        self.by_text = {}        # parsers and values that only their text tells: `self.parser`
        self.top = Scope(path=project.path)
        self.top.names["__name__"] = "__main__"
        try:
            self.body(tree.body, self.top)
            self.rest(tree)
        except (Stop, RecursionError):
            pass

    def rest(self, tree):
        """Functions that something else calls: methods, callbacks."""
        used = {node.id for node in ast.walk(tree)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if self.parsers and self.parsed:
            return
        for function in list(self.functions):
            if function not in self.called and function.node.name in used:
                self.call_function(function, [], {}, unknown=True)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name in used:
                for item in node.body:
                    if isinstance(item, ast.FunctionDef):
                        self.call_function(Function(item, self.top), [], {}, unknown=True)

    # Statements

    def body(self, nodes, scope):
        for node in nodes:
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise Stop()
            method = getattr(self, "do_" + type(node).__name__, None)
            if method is not None:
                method(node, scope)

    def maybe(self, nodes, scope):
        """Statements that may be executed or not: what they assign is not known then."""
        self.unsure += 1
        before = dict(scope.names)
        try:
            self.body(nodes, scope)
        except Returned:
            pass
        finally:
            self.unsure -= 1
            for name, value in scope.names.items():
                if name in before and before[name] is not value:
                    scope.names[name] = value if isinstance(value, (Parser, Function, Class, Imported)) \
                        else UNKNOWN

    def do_Import(self, node, scope):
        for alias in node.names:
            root = alias.name.split(".")[0]
            scope.names[alias.asname or root] = Imported(alias.name if alias.asname else root)

    def do_ImportFrom(self, node, scope):
        module = node.module or ""
        if node.level:
            module = self.project.package_of(scope.path, node.level) + ("." + module if module else "")
        for alias in node.names:
            if alias.name == "*":
                inner = self.load(module)
                scope.names.update({name: value for name, value in inner.names.items()
                                    if not name.startswith("_")} if inner else {})
                continue
            scope.names[alias.asname or alias.name] = Imported(module + "." + alias.name)

    def load(self, module):
        """The names of a module of the project; None: it is none, or cannot be read."""
        if module not in self.project.loaded and len(self.project.loaded) < MOST_MODULES:
            self.project.loaded[module] = None  # for modules that import each other
            path, tree = self.project.read(module)
            if tree is not None:
                scope = self.project.loaded[module] = Scope(path=path)
                scope.names["__name__"] = module
                self.body(tree.body, scope)
        return self.project.loaded.get(module)

    def local(self, imported):
        """What is imported, if a module of the project has it; else the same."""
        parts = imported.path.split(".")
        for count in range(len(parts) - 1, 0, -1):
            scope = self.load(".".join(parts[:count]))
            if scope is not None:
                found = scope.names.get(parts[count], UNKNOWN)
                rest = "".join("." + part for part in parts[count + 1:])
                if isinstance(found, Imported):
                    return self.local(Imported(found.path + rest))
                return UNKNOWN if rest else found
        return imported

    def do_Assign(self, node, scope):
        value = self.value(node.value, scope)
        for target in node.targets:
            self.bind(target, value, scope)

    def do_AnnAssign(self, node, scope):
        if node.value is not None:
            self.bind(node.target, self.value(node.value, scope), scope)

    def do_AugAssign(self, node, scope):
        value = UNKNOWN
        if isinstance(node.target, ast.Name):
            value = self.compute(node.op, scope.find(node.target.id), self.value(node.value, scope))
        self.bind(node.target, value, scope)

    def bind(self, target, value, scope):
        if isinstance(target, ast.Name):
            scope.names[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            known = isinstance(value, (list, tuple)) and len(value) == len(target.elts)
            for i, item in enumerate(target.elts):
                self.bind(item, value[i] if known else UNKNOWN, scope)
        elif isinstance(target, ast.Attribute):
            owner = self.value(target.value, scope)
            if isinstance(owner, Action) and target.attr == "default":
                owner.default = value
            self.by_text[text_of(target)] = value
        elif isinstance(target, ast.Subscript):
            self.spoil(self.value(target.value, scope))

    def spoil(self, value):
        if isinstance(value, (list, dict)):
            self.unlike.add(id(value))
            self.kept.append(value)

    def do_Expr(self, node, scope):
        self.value(node.value, scope)

    def do_FunctionDef(self, node, scope):
        function = Function(node, scope)
        self.functions.append(function)
        value = function
        for decorator in reversed(node.decorator_list):
            value = self.apply_decorator(self.value(decorator, scope), value)
        scope.names[node.name] = value if value is not UNKNOWN else function

    do_AsyncFunctionDef = do_FunctionDef

    def do_ClassDef(self, node, scope):
        scope.names[node.name] = Class(node, [self.value(base, scope) for base in node.bases])

    def do_If(self, node, scope):
        test = self.value(node.test, scope)
        if isinstance(test, Marker):
            self.maybe(node.body, scope)
            self.maybe(node.orelse, scope)
        else:
            self.body(node.body if test else node.orelse, scope)

    def do_For(self, node, scope):
        items = self.value(node.iter, scope)
        if isinstance(items, dict):
            items = list(items)
        leaves = any(isinstance(item, (ast.Break, ast.Continue)) for item in ast.walk(node))
        if isinstance(items, (list, tuple, range)) and len(items) <= MOST_ITEMS and not leaves:
            for item in items:
                self.bind(node.target, item, scope)
                self.body(node.body, scope)
        else:
            self.bind(node.target, UNKNOWN, scope)
            self.maybe(node.body, scope)
        self.body(node.orelse, scope)

    do_AsyncFor = do_For

    def do_While(self, node, scope):
        self.maybe(node.body, scope)

    def do_With(self, node, scope):
        for item in node.items:
            value = self.value(item.context_expr, scope)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value, scope)
        self.body(node.body, scope)

    do_AsyncWith = do_With

    def do_Try(self, node, scope):
        self.body(node.body, scope)
        for handler in node.handlers:
            self.maybe(handler.body, scope)
        self.body(node.orelse, scope)
        self.body(node.finalbody, scope)

    def do_Return(self, node, scope):
        raise Returned(self.value(node.value, scope) if node.value else None)

    # Values

    def value(self, node, scope):
        """The value of an expression, or UNKNOWN."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Stop()
        method = getattr(self, "of_" + type(node).__name__, None)
        if method is None:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr) and not isinstance(node, ast.Lambda):
                    self.value(child, scope)
            return UNKNOWN
        try:
            found = method(node, scope)
        except (ArithmeticError, AttributeError, IndexError, KeyError, LookupError, TypeError,
                ValueError):
            return UNKNOWN
        if isinstance(found, Imported) and found.root not in FOREIGN:
            found = self.local(found)
        return UNKNOWN if id(found) in self.unlike else found

    def of_Constant(self, node, scope):
        return node.value

    def of_Num(self, node, scope):  # these four are of Python before 3.8
        return node.n

    def of_Str(self, node, scope):
        return node.s

    of_Bytes = of_Str

    def of_NameConstant(self, node, scope):
        return node.value

    def of_Name(self, node, scope):
        return scope.find(node.id)

    def of_Attribute(self, node, scope):
        owner = self.value(node.value, scope)
        if isinstance(owner, Imported):
            found = Imported(owner.path + "." + node.attr)
            return SUPPRESS if found.path == "argparse.SUPPRESS" else found
        text = text_of(node)
        if text in self.by_text:
            return self.by_text[text]
        if owner is UNKNOWN and node.attr in ("add_argument", "add_argument_group"):
            owner = self.by_text.setdefault(text_of(node.value), self.new_parser())
        return Method(owner, node.attr) if owner is not UNKNOWN else UNKNOWN

    def of_List(self, node, scope):
        return self.items(node, scope, list)

    def of_Tuple(self, node, scope):
        return self.items(node, scope, tuple)

    def items(self, node, scope, kind):
        found = []
        for item in node.elts:
            if isinstance(item, ast.Starred):
                more = self.value(item.value, scope)
                if not isinstance(more, (list, tuple)):
                    return UNKNOWN
                found.extend(more)
            else:
                found.append(self.value(item, scope))
        # Parsers may be in lists (`parents=[base]`), values that are not known may not.
        return UNKNOWN if any(item is UNKNOWN for item in found) else kind(found)

    def of_Set(self, node, scope):
        return UNKNOWN

    def of_Dict(self, node, scope):
        found = {}
        for key, value in zip(node.keys, node.values):
            if key is None:
                more = self.value(value, scope)
                if not isinstance(more, dict):
                    return UNKNOWN
                found.update(more)
                continue
            name = self.value(key, scope)
            if isinstance(name, Marker):
                return UNKNOWN
            found[name] = self.value(value, scope)
        return found

    def of_UnaryOp(self, node, scope):
        value = self.value(node.operand, scope)
        if isinstance(value, Marker):
            return UNKNOWN
        return {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_,
                ast.Invert: operator.invert}[type(node.op)](value)

    def of_BinOp(self, node, scope):
        return self.compute(node.op, self.value(node.left, scope), self.value(node.right, scope))

    @staticmethod
    def compute(op, left, right):
        if isinstance(left, Marker) or isinstance(right, Marker):
            return UNKNOWN
        if isinstance(op, ast.Pow):
            if isinstance(left, (int, float)) and isinstance(right, int) and abs(right) <= 400:
                return left ** right
            return UNKNOWN
        if isinstance(op, ast.Mult) and not (isinstance(left, (int, float)) and
                                             isinstance(right, (int, float))):
            count, what = (left, right) if isinstance(left, int) else (right, left)
            if not isinstance(count, int) or count * len(what) > MOST_ITEMS:
                return UNKNOWN
        return OPERATORS[type(op)](left, right) if type(op) in OPERATORS else UNKNOWN

    def of_BoolOp(self, node, scope):
        value = UNKNOWN
        for item in node.values:
            value = self.value(item, scope)
            if isinstance(value, Marker):
                return UNKNOWN
            if bool(value) == isinstance(node.op, ast.Or):
                return value
        return value

    def of_Compare(self, node, scope):
        left = self.value(node.left, scope)
        for op, item in zip(node.ops, node.comparators):
            right = self.value(item, scope)
            if isinstance(left, Marker) or isinstance(right, Marker):
                return UNKNOWN
            if not COMPARISONS[type(op)](left, right):
                return False
            left = right
        return True

    def of_IfExp(self, node, scope):
        test = self.value(node.test, scope)
        if isinstance(test, Marker):
            return UNKNOWN
        return self.value(node.body if test else node.orelse, scope)

    def of_JoinedStr(self, node, scope):
        out = ""
        for part in node.values:
            value = self.value(part, scope)
            if isinstance(value, Marker):
                return UNKNOWN
            out += value
        return out

    def of_FormattedValue(self, node, scope):
        value = self.value(node.value, scope)
        if isinstance(value, Marker) or node.conversion not in (-1, None):
            return UNKNOWN
        spec = self.value(node.format_spec, scope) if node.format_spec else ""
        return UNKNOWN if isinstance(spec, Marker) else format(value, spec)

    def of_Subscript(self, node, scope):
        owner = self.value(node.value, scope)
        inner = node.slice.value if type(node.slice).__name__ == "Index" else node.slice
        if isinstance(inner, ast.Slice):
            parts = [self.value(part, scope) if part else None
                     for part in (inner.lower, inner.upper, inner.step)]
            key = UNKNOWN if any(isinstance(part, Marker) for part in parts) else slice(*parts)
        else:
            key = self.value(inner, scope)
        if isinstance(owner, Marker) or isinstance(key, Marker):
            return UNKNOWN
        return owner[key]

    def of_ListComp(self, node, scope):
        if len(node.generators) != 1:
            return UNKNOWN
        part = node.generators[0]
        items = self.value(part.iter, scope)
        if isinstance(items, dict):
            items = list(items)
        if not isinstance(items, (list, tuple, range)) or len(items) > MOST_ITEMS:
            return UNKNOWN
        out, inner = [], Scope(scope)
        for item in items:
            self.bind(part.target, item, inner)
            tests = [self.value(test, inner) for test in part.ifs]
            if any(isinstance(test, Marker) for test in tests):
                return UNKNOWN
            if all(tests):
                out.append(self.value(node.elt, inner))
        return UNKNOWN if any(item is UNKNOWN for item in out) else out

    of_GeneratorExp = of_ListComp

    def of_Lambda(self, node, scope):
        return Function(node, scope)

    def of_NamedExpr(self, node, scope):
        value = self.value(node.value, scope)
        self.bind(node.target, value, scope)
        return value

    # Calls

    def of_Call(self, node, scope):
        what = self.value(node.func, scope)
        args, sure = [], True
        for item in node.args:
            if isinstance(item, ast.Starred):
                more = self.value(item.value, scope)
                sure = sure and isinstance(more, (list, tuple))
                args.extend(more if isinstance(more, (list, tuple)) else [UNKNOWN])
            else:
                args.append(self.value(item, scope))
        keywords = {}
        for item in node.keywords:
            value = self.value(item.value, scope)
            if item.arg is not None:
                keywords[item.arg] = value
            elif isinstance(value, dict) and all(isinstance(key, str) for key in value):
                keywords.update(value)
            else:
                keywords["**"] = UNKNOWN
        if isinstance(what, Function):
            return self.call_function(what, args, keywords)
        if isinstance(what, Decorator):
            return self.apply_decorator(what, args[0] if args else UNKNOWN)
        if isinstance(what, Method):
            return self.call_method(what, args, keywords)
        if isinstance(what, (Imported, Class)) and self.makes_parser(what):
            return self.new_parser(keywords)
        if isinstance(what, Imported):
            return self.call_imported(what, args, keywords)
        for value in args + list(keywords.values()):
            self.spoil(value)
        return UNKNOWN

    def makes_parser(self, what):
        if isinstance(what, Class):
            return any(isinstance(base, (Imported, Class)) and self.makes_parser(base)
                       for base in what.bases)
        return what.name in ("ArgParser", "ArgumentParser") or what.name.endswith("ArgumentParser")

    def new_parser(self, keywords=None):
        parser = Parser()
        keywords = keywords or {}
        if "argument_default" in keywords:
            parser.argument_default = keywords["argument_default"]
        parents = keywords.get("parents")
        for parent in parents if isinstance(parents, (list, tuple)) else ():
            if isinstance(parent, Parser):
                parent.is_parent = True
                parser.actions.extend(parent.actions)
                parser.defaults.update(parent.defaults)
        self.parsers.append(parser)
        return parser

    def call_imported(self, what, args, keywords):
        if what.root in CLICK_LIKE:
            return Decorator(what.name, args, keywords)
        known = not any(isinstance(value, Marker) for value in args + list(keywords.values()))
        if what.root == "builtins" and known:
            if what.name == "range":
                return range(*args)
            if what.name in BUILTINS and all(len(a) <= MOST_ITEMS for a in args
                                             if isinstance(a, (list, tuple, dict, range))):
                return BUILTINS[what.name](*args, **keywords)
        if what.path == "types.SimpleNamespace" or what.root == "builtins":
            return UNKNOWN
        if what.path in ("copy.copy", "copy.deepcopy") and args:
            return list(args[0]) if isinstance(args[0], list) else args[0]
        for value in args + list(keywords.values()):
            self.spoil(value)
        return UNKNOWN

    def call_function(self, function, args, keywords, unknown=False):
        self.called.append(function)
        node = function.node
        scope = Scope(function.scope)
        names = [arg.arg for arg in node.args.args]
        defaults = dict(zip(names[len(names) - len(node.args.defaults):], node.args.defaults))
        defaults.update({arg.arg: value for arg, value in
                         zip(node.args.kwonlyargs, node.args.kw_defaults) if value is not None})
        for name in names + [arg.arg for arg in node.args.kwonlyargs]:
            value = UNKNOWN
            if not unknown and name in defaults:
                value = self.value(defaults[name], function.scope)
            scope.names[name] = keywords.get(name, value)
        for name, value in zip(names, args):
            scope.names[name] = value
        for extra in (node.args.vararg, node.args.kwarg):
            if extra is not None:
                scope.names[extra.arg] = UNKNOWN
        if isinstance(node, ast.Lambda):
            return self.value(node.body, scope)
        if self.depth >= DEEPEST_CALL:
            return UNKNOWN
        self.depth += 1
        unsure = self.unsure
        try:
            self.body(node.body, scope)
        except Returned as returned:
            return returned.value
        finally:
            self.unsure = unsure
            self.depth -= 1
        return None

    def apply_decorator(self, decorator, what):
        if isinstance(decorator, Function) and isinstance(what, Function):
            value = self.call_function(decorator, [what], {})
            return value if isinstance(value, Function) else what
        if isinstance(decorator, (Imported, Method)):  # without parentheses
            decorator = self.call_imported(decorator, [], {}) if isinstance(decorator, Imported) \
                else self.call_method(decorator, [], {})
        if not isinstance(decorator, Decorator) or not isinstance(what, Function):
            return what
        if decorator.kind == "option":
            what.options.append(decorator)
        elif decorator.kind in ("command", "group"):
            named = decorator.args[:1] or [decorator.keywords.get("name")]
            name = named[0] if isinstance(named[0], str) else \
                getattr(what.node, "name", "").lower().replace("_", "-")
            what.command = name
            what.is_group = decorator.kind == "group"
            if decorator.group is not None:
                decorator.group.commands.append(what)
        return what

    def call_method(self, method, args, keywords):
        owner, name = method.owner, method.name
        if isinstance(owner, Group) and name == "add_argument":
            return self.add_argument(owner.parser, args, keywords, owner.exclusive)
        if isinstance(owner, Parser):
            return self.call_parser(owner, name, args, keywords)
        if isinstance(owner, Group):
            exclusive = owner.exclusive or name == "add_mutually_exclusive_group"
            return Group(owner.parser, exclusive)
        if isinstance(owner, Subparsers) and name == "add_parser":
            return self.add_parser(owner.parser, args, keywords)
        if isinstance(owner, Function):
            if name in ("command", "group"):
                return Decorator(name, args, keywords, owner)
            if name == "add_command" and args and isinstance(args[0], Function):
                owner.commands.append(args[0])
            return UNKNOWN
        known = not any(isinstance(value, Marker) for value in args + list(keywords.values()))
        for kind, names in PURE_METHODS.items():
            if type(owner) is kind and name in names and known:
                found = getattr(owner, name)(*args, **keywords)
                return list(found) if name in ("items", "keys", "values") else found
        if name in CHANGING_METHODS.get(type(owner), ()) and known and not self.unsure:
            return getattr(owner, name)(*args, **keywords)
        self.spoil(owner)
        return UNKNOWN

    def call_parser(self, parser, name, args, keywords):
        if name == "add_argument":
            return self.add_argument(parser, args, keywords, False)
        if name in ("add_argument_group", "add_mutually_exclusive_group"):
            return Group(parser, name == "add_mutually_exclusive_group")
        if name == "add_subparsers":
            return Subparsers(parser)
        if name == "set_defaults":
            for key, value in keywords.items():
                value = UNKNOWN if self.unsure else value
                parser.defaults[key] = value
                for action in parser.actions:
                    if action.dest == key:
                        action.default = value
        if name.startswith("parse_"):
            words = args[0] if args else keywords.get("args")
            if not isinstance(words, (list, tuple)):
                self.parsed.append(parser)
        return UNKNOWN

    def add_parser(self, parent, args, keywords):
        child = self.new_parser(keywords)
        child.is_child = True
        aliases = keywords.get("aliases")
        for word in args[:1] + list(aliases if isinstance(aliases, (list, tuple)) else ()):
            if isinstance(word, str):
                parent.children[word] = child
        return child

    def add_argument(self, parser, args, keywords, exclusive):
        options = [item for item in args if isinstance(item, str)]
        sure = not self.unsure and not exclusive and "**" not in keywords
        action = Action(options, keywords, sure)
        if "**" in keywords:
            action.default = UNKNOWN
            action.kind = action.kind if "action" in keywords else "custom"
        if "default" not in keywords:
            if action.dest in parser.defaults:
                action.default = parser.defaults[action.dest]
            elif parser.argument_default is not None and action.kind in ("store", "custom"):
                action.default = parser.argument_default
        parser.actions.append(action)
        return action


def text_of(node):
    """A dotted name, or what tells one expression from another."""
    if isinstance(node, ast.Attribute):
        return text_of(node.value) + "." + node.attr
    return node.id if isinstance(node, ast.Name) else ast.dump(node)


class Imports(ast.NodeVisitor):
    """The first parts of the modules that a module imports."""

    def __init__(self, tree):
        self.found = set()
        self.visit(tree)

    def visit_Import(self, node):
        self.found.update(alias.name.split(".")[0] for alias in node.names)

    def visit_ImportFrom(self, node):
        if not node.level and node.module:
            self.found.add(node.module.split(".")[0])


def words(values):
    return " ".join(shlex.quote(str(value)) for value in values)


def is_plain(value):
    """A value that a flag can have."""
    return isinstance(value, PLAIN) and not (isinstance(value, float) and not math.isfinite(value))


def type_name(given, types):
    """The type of a flag; None: none, or one that is not known."""
    kind = given.get("type")
    return types.get(kind.name) if isinstance(kind, Imported) else None


def converts_as(kind):
    """What a conversion makes of text: a function that returns `float(...)` makes floats."""
    if not isinstance(kind, Function):
        return None
    node = kind.node
    returned = [node.body] if isinstance(node, ast.Lambda) else \
        [item.value for item in ast.walk(node) if isinstance(item, ast.Return)]
    makers = {"int": int, "float": float}
    assigned = {}
    for item in ast.walk(node):
        if isinstance(item, ast.Assign) and len(item.targets) == 1 and \
                isinstance(item.targets[0], ast.Name):
            assigned.setdefault(item.targets[0].id, []).append(item.value)
    found = set()
    for value in returned:
        if isinstance(value, ast.Name) and len(assigned.get(value.id, ())) == 1:
            value = assigned[value.id][0]
        is_call = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and \
            len(value.args) == 1 and isinstance(value.args[0], ast.Name)
        found.add(makers.get(value.func.id) if is_call else None)
    return found.pop() if len(found) == 1 else None


def comes_back(value, given, in_list):
    """Whether argparse makes the same value of its text. It converts defaults that are text."""
    kind = given.get("type")
    name = kind.name if isinstance(kind, Imported) else None
    if kind is None or name == "str":
        return isinstance(value, str)
    if isinstance(value, str):
        return not in_list
    exact = {"int": int, "float": float, "bool": bool}.get(name) or converts_as(kind)
    return type(value) is exact


def choices_of(value):
    if isinstance(value, (dict, range)):
        value = list(value)
    if isinstance(value, (list, tuple)) and value and all(is_plain(item) for item in value):
        return list(value)
    return None


def argparse_flags(parser):
    """The flags of a parser's options. Of a value that several set the first one's default counts."""
    defaults = {}
    for action in parser.actions:
        if action.default is not SUPPRESS:
            defaults.setdefault(action.dest, action.default)
    for name, value in parser.defaults.items():
        defaults.setdefault(name, value)
    flags, first = {}, set()
    for action in parser.actions:
        own = action.dest not in first
        first.add(action.dest)
        if action.long is None:
            continue
        default = defaults.get(action.dest) if action.default is not SUPPRESS else None
        flag = argparse_flag(action, default if own else UNKNOWN)
        if flag is not None:
            flags[action.long] = flag
    pair_switches(parser, defaults, flags)
    return flags


def argparse_flag(action, default):
    if action.kind not in ("store", "store_true", "store_false", "BooleanOptionalAction", "custom") or \
            action.nargs in ("...", "A...", UNKNOWN) or action.nargs == 0:
        return None  # it prints, counts, collects, or takes all that follows
    flag = {}
    given = action.given
    if isinstance(given.get("help"), str):
        flag["description"] = given["help"]
    if given.get("required") is True:
        flag["required"] = True
    if action.kind in ("store_true", "store_false"):
        switch = action.kind == "store_true"
        flag.update({"arg-switch": switch, "choices": [True, False]})
        if default == switch and isinstance(default, bool):
            flag["choices"] = [switch]  # the other value cannot be had
        if isinstance(default, bool):
            flag["default"] = default
        return flag
    if action.kind == "BooleanOptionalAction":
        flag.update({"arg-switch": default is not True, "choices": [True, False]})
        if default is True:
            flag["arg-name"] = "no-" + action.long
        if isinstance(default, bool):
            flag["default"] = default
        return flag
    kind = type_name(given, TYPES)
    choices = choices_of(given.get("choices"))
    several = action.nargs in ("+", "*") or type(action.nargs) is int
    if kind:
        flag["type"] = kind
    if several:
        flag["arg-split"] = True
        add_list(flag, action, default)
        return flag
    if choices:
        flag["choices"] = choices
    if not is_plain(default) or (choices and default not in choices and
                                 not any(str(item) == default for item in choices)):
        return flag
    flag["default"] = default
    if not action.sure or action.kind == "custom" or not comes_back(default, given, False):
        flag["arg-skip-value"] = default
    fits = {"int": type(default) is int, "float": type(default) in (int, float),
            "boolean": type(default) in (bool, int, float)}
    if not fits.get(kind, True):
        text_fits = isinstance(default, str) and converted(default, kind) is not None
        flag["default"] = converted(default, kind) if text_fits else default
        if not text_fits:
            del flag["type"]
    return flag


def converted(text, kind):
    try:
        return {"int": int, "float": float}[kind](text)
    except (KeyError, ValueError):
        return None


def add_list(flag, action, default):
    """The default of an option that takes several words."""
    if not isinstance(default, (list, tuple)) or not all(is_plain(item) for item in default):
        if is_plain(default):
            flag["default"] = flag["arg-skip-value"] = words([default])
            flag.pop("type", None)
        return
    flag["default"] = words(default)
    choices = choices_of(action.given.get("choices"))
    same = isinstance(default, list) and all(comes_back(item, action.given, True) and
                                             (not choices or item in choices) for item in default)
    if type(action.nargs) is int and len(default) != action.nargs:
        same = False
    if not same or not action.sure or action.kind == "custom":
        flag["arg-skip-value"] = flag["default"]
        fits = {"int": (int,), "float": (int, float)}.get(flag.get("type"), PLAIN)
        if not all(type(item) in fits for item in default):
            flag.pop("type")


def pair_switches(parser, defaults, flags):
    """`--x` and `--no-x` of one value: each flag has both words, and they cannot disagree."""
    by_dest = {}
    for action in parser.actions:
        if action.kind in ("store_true", "store_false") and action.long in flags:
            by_dest.setdefault(action.dest, {}).setdefault(action.kind, action.long)
    for dest, names in by_dest.items():
        if len(names) != 2:
            continue
        on, off = names["store_true"], names["store_false"]
        default = defaults.get(dest)
        for name, other, switch in ((on, off, True), (off, on, False)):
            flag = flags[name]
            flag.pop("default", None)
            flag["arg-switch"] = switch
            flag["choices"] = [{"value": value, "flags": {other: value}} for value in (True, False)]
        flags[on]["choices"] = [True, False]
        flags[on]["arg-switch-off"] = off
        if isinstance(default, bool):
            flags[on]["default"] = default


def click_flag(option):
    """The flag of one `click.option`, and its name; None if it is none."""
    given = option.keywords
    declared = [item for item in option.args if isinstance(item, str)]
    long, off = None, None
    for text in declared:
        on, _, other = text.partition("/")
        if on.strip().startswith("--") and long is None:
            long = on.strip()[2:]
            off = other.strip()[2:] if other.strip().startswith("--") else None
    if not long or given.get("count") is True or given.get("multiple") is True or \
            "flag_value" in given or "**" in given:
        return None, None
    flag = {}
    if isinstance(given.get("help"), str):
        flag["description"] = given["help"]
    if given.get("required") is True:
        flag["required"] = True
    default = given.get("default")
    if given.get("is_flag") is True or (off and "is_flag" not in given):
        add_click_switch(flag, given, default, off)
        return long, flag
    kind = given.get("type")
    name = type_name(given, dict(TYPES, **CLICK_TYPES))
    if isinstance(kind, Decorator):
        name = CLICK_TYPES.get(kind.kind)
        choices = choices_of(kind.args[0]) if kind.kind == "Choice" and kind.args else None
        if choices:
            flag["choices"] = choices
    elif kind is None and is_plain(default):
        name = TYPES[type(default).__name__]
    if type(given.get("nargs")) is int and given["nargs"] > 1 or isinstance(kind, tuple):
        flag["arg-split"] = True
        if isinstance(default, (list, tuple)) and all(is_plain(item) for item in default):
            flag["default"] = words(default)
        return long, flag
    if name:
        flag["type"] = name
    if name == "string" and is_plain(default):
        default = str(default)
    if name == "boolean":
        flag["arg-encoding"] = {"yes": "true", "no": "false"}
    if not is_plain(default) or default not in flag.get("choices", [default]):
        return long, flag
    flag["default"] = default
    # Click converts defaults, too, so that their text means the same; who knows what others do.
    known = kind is None or name or isinstance(kind, Decorator)
    if "cls" in given or not (known or isinstance(default, str)):
        flag["arg-skip-value"] = default
    if name in ("int", "float") and type(default) not in (int, float) or \
            name == "boolean" and not isinstance(default, bool) or \
            name == "int" and type(default) is not int:
        text_fits = isinstance(default, str) and converted(default, name) is not None
        if text_fits:
            flag["default"] = converted(default, name)
        else:
            flag.pop("type")
            flag.pop("arg-encoding", None)
            flag["arg-skip-value"] = default
    return long, flag


def add_click_switch(flag, given, default, off):
    flag["type"] = "boolean"
    flag["arg-switch"] = True
    if "default" not in given and not flag.get("required"):
        flag["default"] = False
    elif isinstance(default, bool):
        flag["default"] = default
    if off:
        flag["arg-switch-off"] = off
    elif default is True:
        flag["arg-switch"] = False  # the word turns the default round


def chosen_parsers(reading, base_words):
    roots = []
    for parser in reading.parsed:
        if parser not in roots and not parser.is_child:
            roots.append(parser)
    if not roots:
        roots = [p for p in reading.parsers if not p.is_child and not (p.is_parent and not p.children)]
        if not roots:
            roots = [p for p in reading.parsers if not p.is_child]
    out = []
    for parser in roots:
        # Flags stand behind the module's own words, so they are those of the subcommand there.
        for word in base_words:
            parser = parser.children.get(word, parser)
        out.append(parser)
    return out


def chosen_command(reading, base_words):
    """The click command that the module's words, or its calls, name."""
    commands = [f for f in reading.functions if f.command is not None or f.options]
    below = [inner for f in commands for inner in f.commands]
    roots = [f for f in commands if f in reading.called and f not in below] or \
        [f for f in commands if f not in below and f.command is not None] or commands
    chosen = roots[0] if roots else None
    for word in base_words:
        for inner in chosen.commands if chosen is not None else ():
            if inner.command == word:
                chosen = inner
                break
    return chosen


def option_flags(tree, base_words, project):
    reading = Reading(tree, project)
    flags = {}
    for parser in chosen_parsers(reading, base_words):
        for name, flag in argparse_flags(parser).items():
            flags.setdefault(name, flag)
    command = chosen_command(reading, base_words)
    for option in reversed(command.options) if command is not None else ():
        name, flag = click_flag(option)
        if name is not None:
            flags.setdefault(name, flag)
    return flags


class Literals:
    """What is written as a value: numbers, texts, lists of them, sums of such."""

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
        if isinstance(node, ast.List):
            return [self._value(item) for item in node.elts]
        value = ast.literal_eval(node)
        if value is None or is_plain(value):
            return value
        raise Unknown()


def targets_of(node):
    """The names that a statement assigns a value to."""
    if isinstance(node, ast.Assign):
        return [target for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and node.value and isinstance(node.target, ast.Name):
        return [node.target]
    return []


def plain(value):
    """A flag with a default of its own; a list becomes the words that it is spread over."""
    if not isinstance(value, list):
        flag = {"default": value}
        if value is not None:
            flag["type"] = {bool: "boolean", str: "string"}.get(type(value), "number")
        return flag
    if not all(isinstance(item, PLAIN) for item in value):
        return {}
    flag = {"default": words(value), "arg-split": True}
    # Words are decoded: what would become something else than it is, is not passed.
    if not all(type(item) in (int, float) or is_a_word(item) for item in value):
        flag["arg-skip-value"] = flag["default"]
    return flag


def is_a_word(item):
    """Text that decoding leaves as it is; of others that is not sure."""
    if not isinstance(item, str):
        return False
    known = item.lower() in ("true", "false", "yes", "no", "on", "off", "null", "nan", "inf",
                             "infinity")
    return bool(item) and item[0].isalpha() and not known and "[" not in item


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
            if value is not Unknown:
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


def flags_of(tree, dest, base_words, project):
    kind, _, name = dest.partition(":")
    if kind == "args":
        return option_flags(tree, base_words, project)
    if kind == "globals":
        return global_flags(tree, Literals())
    for node in tree.body if kind in ("global", "dict", "namespace") else ():
        if any(target.id == name for target in targets_of(node)):
            return members(node.value, Literals())
    return {}


def dest_of(found):
    if found & ARGPARSE_LIKE:
        return "args"
    if found & CLICK_LIKE:
        return "args:click"
    return "args" if found & OTHER_READERS else "globals"


def for_json(value):
    """Integers beyond 64 bits as the one that starts runs keeps them."""
    if isinstance(value, dict):
        return {key: for_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [for_json(item) for item in value]
    if type(value) is int and not -2 ** 63 <= value < 2 ** 63:
        return {"\0integer": str(value)}
    return value


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
    found = Imports(tree).found
    dest = dest or dest_of(found)
    parser = "argparse" if found & ARGPARSE_LIKE else ""
    project = Project(path)
    flags = flags_of(tree, dest, base_words, project)
    return {"dest": dest, "parser": parser, "flags": for_json(flags), "files": project.files}


def main():
    try:
        result = read(sys.argv[1], "".join(sys.argv[2:3]), sys.argv[3:])
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        result = {"error": str(error) or type(error).__name__}
    json.dump(result, sys.stdout, allow_nan=False)


main()
