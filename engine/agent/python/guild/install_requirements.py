"""Makes the Python environment of a set of requirements: install_requirements.py DIRECTORY

Run by the agent, with the interpreter of an operation. DIRECTORY belongs to one set and one
interpreter and has requirements.txt and constraints.txt. What comes of it is the file `ready`: the
directory of programs to put in front of PATH (empty: the interpreter has everything already), then
the paths that this relies on, a line each. An environment cannot be moved, so it is made where it
stays, and it is that file which is renamed into place.
"""

import os
import sys

sys.path[:] = [p for p in sys.path if p != os.path.dirname(os.path.abspath(__file__))]

import fcntl
import glob
import importlib
import importlib.util
import re
import shutil
import site
import subprocess

try:
    from importlib import metadata
except ImportError:  # before Python 3.8: nothing is known of what is installed
    metadata = None

# What an interpreter has of its own is no reason to look at what it has.
TOOLS = {"pip", "setuptools", "wheel"}
# Options of a requirements file that uv takes on its command line only.
UV_OPTIONS = {"--pre": ["--prerelease", "allow"], "--require-hashes": ["--require-hashes"]}


def say(text):
    print(text, flush=True)


def lines_of(path):
    try:
        with open(path) as f:
            return f.read().split("\n")
    except OSError:
        return []


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement_class():
    """Of the library `packaging`, wherever there is one."""
    for name in ("packaging", "pip._vendor.packaging", "setuptools._vendor.packaging"):
        try:
            return importlib.import_module(name + ".requirements").Requirement
        except Exception:
            pass
    return None


def distributions(paths=None):
    """What is installed there, by name; the first on the path counts."""
    out = {}
    for one in metadata.distributions(path=paths) if paths else metadata.distributions():
        name = one.metadata["Name"]
        if name and getattr(one, "_path", None):
            out.setdefault(canonical(name), one)
    return out


class Wanted:
    """The requirements, as far as they can be judged: else `known` is false."""

    def __init__(self, place):
        self.file = os.path.join(place, "requirements.txt")
        self.constraints_file = os.path.join(place, "constraints.txt")
        self.known = False
        self.Requirement = requirement_class()
        if metadata is None or self.Requirement is None:
            return
        try:
            self.requirements = [
                self.Requirement(line)
                for line in lines_of(self.file)
                if line and not line.startswith("-")
            ]
            self.constraints = [
                self.Requirement(line) for line in lines_of(self.constraints_file) if line
            ]
            self.known = not any(one.url for one in self.requirements)
        except Exception:  # what pip alone understands
            pass

    def judge(self, found):
        """What of `found` is needed, and the names of what is not met."""
        used, unmet, seen = {}, set(), set()
        todo = [(one, ("",)) for one in self.requirements]
        while todo:
            one, extras = todo.pop()
            if one.marker and not any(one.marker.evaluate({"extra": e}) for e in extras):
                continue
            name = canonical(one.name)
            dist = found.get(name)
            if dist is None or one.url or not one.specifier.contains(dist.version, True):
                unmet.add(name)
                continue
            if (name, str(sorted(one.extras))) in seen:
                continue
            seen.add((name, str(sorted(one.extras))))
            used[name] = dist
            for text in dist.requires or []:
                todo.append((self.Requirement(text), ("",) + tuple(one.extras)))
        for one in self.constraints:
            dist = used.get(canonical(one.name))
            if dist is not None and not one.specifier.contains(dist.version, True):
                if one.marker is None or one.marker.evaluate({"extra": ""}):
                    unmet.add(canonical(one.name))
        return used, unmet


def run(words):
    variables = dict(os.environ, PIP_USER="0", PYTHONUNBUFFERED="1")
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "VIRTUAL_ENV", "UV_SYSTEM_PYTHON"):
        variables.pop(name, None)
    try:
        return subprocess.call(words, env=variables, stdin=subprocess.DEVNULL)
    except OSError as e:
        say("cannot execute %s: %s" % (words[0], e.strerror))
        return 127


def find_uv():
    """A shell without a login often lacks the directories that uv is installed to."""
    home = os.path.expanduser("~")
    extra = [os.path.join(home, ".local", "bin"), os.path.join(home, ".cargo", "bin")]
    return shutil.which("uv", path=os.pathsep.join([os.environ.get("PATH", "")] + extra))


def has_base_packages():
    """Whether this interpreter finds what is installed outside of a virtual environment."""
    return sys.prefix == sys.base_prefix or any(
        not one.startswith(sys.prefix + os.sep) for one in site.getsitepackages()
    )


def make_environment(env, uv):
    if uv:
        system = ["--system-site-packages"] if has_base_packages() else []
        code = run([uv, "venv", "--quiet", "--python", sys.executable] + system + [env])
    else:
        try:
            import venv
        except ImportError:
            say("this Python lacks the module venv (Debian: the package python3-venv)")
            return 1
        venv.EnvBuilder(system_site_packages=has_base_packages(), symlinks=True).create(env)
        code = 0
    if code == 0 and sys.prefix != sys.base_prefix:
        # An environment on top of an environment: Python itself only knows the base of both.
        with open(os.path.join(site_packages(env)[0], "parent_environment.pth"), "w") as f:
            for path in site.getsitepackages():
                if path.startswith(sys.prefix + os.sep):
                    f.write("import site; site.addsitedir(%r)\n" % path)
    return code


def site_packages(env):
    return glob.glob(os.path.join(glob.escape(env), "lib", "*", "site-packages"))


def install_by_pip(env, wanted):
    python = os.path.join(env, "bin", "python")
    if importlib.util.find_spec("pip") is None:
        if run([python, "-m", "ensurepip"]) != 0:
            say("there is neither uv nor pip (Debian: the package python3-venv)")
            return 1
    words = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    words += ["--progress-bar", "off", "-r", wanted.file]
    if lines_of(wanted.constraints_file):
        words += ["-c", wanted.constraints_file]
    return run(words)


def install_by_uv(env, wanted, uv):
    base = [uv, "pip", "install", "--python", os.path.join(env, "bin", "python")]
    lines = lines_of(wanted.file)
    for option, words in UV_OPTIONS.items():
        if option in lines:
            base += words
    file = os.path.join(env, "requirements.txt")
    with open(file, "w") as f:
        f.write("\n".join(line for line in lines if line not in UV_OPTIONS))
    base += ["-r", file]
    if lines_of(wanted.constraints_file):
        base += ["-c", wanted.constraints_file]
    # uv looks at the environment alone. What the interpreter has and is good enough is left to it:
    # a package with a condition that never holds is not installed.
    kept = set()
    found = distributions() if wanted.known else {}
    if wanted.known:
        contradicted = wanted.judge(found)[1]
        kept = set(found) - contradicted - TOOLS
    while True:
        words = list(base)
        if kept:
            overrides = os.path.join(env, "overrides.txt")
            with open(overrides, "w") as f:
                f.writelines("%s ; sys_platform == 'never'\n" % name for name in sorted(kept))
            words += ["--override", overrides]
        code = run(words)
        if not kept:
            return code
        unmet = wanted.judge(dict(found, **distributions(site_packages(env))))[1]
        if code == 0 and not unmet & kept:
            return 0
        kept = kept - unmet if code == 0 else set()


def record(place, programs, relied):
    new = os.path.join(place, "ready.new")
    with open(new, "w") as f:
        f.write("\n".join([programs] + sorted(relied)) + "\n")
    os.replace(new, os.path.join(place, "ready"))


def is_ready(place):
    lines = lines_of(os.path.join(place, "ready"))
    return len(lines) > 1 and all(os.path.exists(line) for line in lines[1:] if line)


def clear_up(place):
    """What a start left that was cut off. A complete environment may be in use."""
    for env in glob.glob(os.path.join(glob.escape(place), "env-*")):
        if not os.path.exists(os.path.join(env, "complete")):
            shutil.rmtree(env, ignore_errors=True)


def build(place, wanted):
    env = os.path.join(place, "env-%d" % os.getpid())
    while os.path.exists(env):
        env += "x"
    uv = find_uv()
    code = make_environment(env, uv)
    if code != 0 and uv:  # which knows no Python that is old
        say("uv makes no environment for this Python: trying venv and pip")
        shutil.rmtree(env, ignore_errors=True)
        uv = None
        code = make_environment(env, uv)
    if code == 0:
        code = install_by_uv(env, wanted, uv) if uv else install_by_pip(env, wanted)
    if code != 0:
        shutil.rmtree(env, ignore_errors=True)
        return code
    relied = {os.path.join(env, "bin", "python"), sys.executable}
    if wanted.known:
        own = distributions(site_packages(env))
        used = wanted.judge(dict(distributions(), **own))[0]
        relied.update(str(one._path) for name, one in used.items() if name not in own)
    open(os.path.join(env, "complete"), "w").close()
    record(place, os.path.join(env, "bin"), relied)
    return 0


def main():
    place = os.path.abspath(sys.argv[1])
    with open(os.path.join(place, "lock"), "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Waiting for another start that installs the same requirements")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if is_ready(place):
            return 0
        clear_up(place)
        wanted = Wanted(place)
        if wanted.known:
            used, unmet = wanted.judge(distributions())
            if not unmet:
                paths = [str(one._path) for one in used.values()]
                record(place, "", paths + [sys.executable])
                return 0
        say("Installing requirements: " + summary(place))
        return build(place, wanted)


def summary(place):
    lines = [line for line in lines_of(os.path.join(place, "requirements.txt")) if line]
    names = [re.sub("//[^/@]*@", "//", line) for line in lines if not line.startswith("-")]
    return ", ".join(names[:8]) + (" and %d more" % (len(names) - 8) if len(names) > 8 else "")


if __name__ == "__main__":
    code = main()
    sys.exit(code if 0 <= code < 256 else 1)
