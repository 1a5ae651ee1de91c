"""Starts `op_main` so that no file of a project stands in for what it imports.

`python -um guild.op_main` would look for `guild`, and `runpy` for its own modules, in the working
directory first: there an `ast.py` or a `guild.py` of the project would end every run. The agent
executes this file instead, with a PYTHONPATH that names no place of the project; what the run was
promised is in GUILD_PYTHONPATH, and takes effect before the operation's module is looked for.
"""

import sys

before = set(sys.modules)
if not getattr(sys.flags, "safe_path", False):
    del sys.path[0]  # the directory of this file
given = sys.path
installed = tuple({sys.prefix, sys.base_prefix})
sys.path = [__file__.rpartition("/")[0]] + [path for path in given if path.startswith(installed)]

import os  # noqa: E402
import op_main  # noqa: E402

del sys.modules["op_main"]  # the project may have one


def is_shadowed(name, places):
    """Whether the project has a module of its own by the name of one that was imported here."""
    first = name.partition(".")[0]
    return any(os.path.isfile(os.path.join(place, first + ".py")) or
               os.path.isfile(os.path.join(place, first, "__init__.py")) for place in places)


def keep_promise():
    """Makes the module path, and what is imported so far, as if the module had been started alone."""
    promised = os.environ.pop("GUILD_PYTHONPATH", None)
    if promised is None:
        sys.path = given
        return
    os.environ["PYTHONPATH"] = promised
    words = promised.split(os.pathsep)
    places = [os.path.abspath(word) for word in words]
    sys.path = list(dict.fromkeys(places)) + [path for path in given if path not in places]
    of_project = [place for word, place in zip(words, places) if not os.path.isabs(word)]
    for name in set(sys.modules) - before:
        if is_shadowed(name, of_project):
            del sys.modules[name]


keep_promise()
op_main.guarded_main()
