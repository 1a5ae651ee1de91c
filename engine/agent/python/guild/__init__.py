"""The part of Guild's `guild` package that operations need: `guild.op_main`.

Where Guild itself is installed, `import guild` still finds it: this package extends its path to the
installed one and executes its `__init__`.
"""


def _installed_guild():
    import os
    import sys

    here = os.path.dirname(os.path.abspath(__file__))
    for entry in sys.path:
        candidate = os.path.join(os.path.abspath(entry), "guild")
        # A project may have a package or directory of that name: Guild is what has an op_main.
        if candidate != here and os.path.isfile(os.path.join(candidate, "op_main.py")):
            return candidate
    return None


def _adopt(directory, module):
    import os

    init = os.path.join(directory, "__init__.py")
    if not os.path.isfile(init):
        return
    own_file = module["__file__"]
    module["__path__"].append(directory)
    module["__file__"] = init
    try:
        with open(init, "rb") as source:
            exec(compile(source.read(), init, "exec"), module)
    except Exception:
        # An installation that does not work is no reason for an operation to fail.
        module["__path__"].remove(directory)
        module["__file__"] = own_file


_directory = _installed_guild()
if _directory:
    _adopt(_directory, globals())
