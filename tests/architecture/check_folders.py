#!/usr/bin/env python3
"""Holds the graph of the folders: who may include whom. `check_folders.py [ROOT]` prints each
violation with the lines that make it, and fails if there is one. The rules are below; what each
folder is for stands in its README."""
import collections
import os
import re
import sys

# The parts of the project, and what each may include of the others.
PARTS = {
    "engine": [],
    "transports": ["engine"],
    "cli": ["engine", "transports"],
    "bench": ["engine", "transports", "cli", "tests"],
    "tests": ["engine", "transports", "cli"],
}

# Folders (with what is below them) that may include of the engine no more than this; a name with a
# dot is one file. Programs know the face of the engine, and no more of it than they need.
ONLY = {
    "engine/agent": ["engine/agent", "engine/core", "engine/text", "engine/json",
                     "engine/protocol", "engine/runs", "engine/scalars", "engine/search",
                     "engine/flags"],
    "engine/api": ["engine/core", "engine/json", "engine/api"],
    "engine/search": ["engine/core", "engine/text", "engine/json", "engine/search"],
    "engine/flags": ["engine/core", "engine/text", "engine/json", "engine/search", "engine/flags"],
    "cli": ["engine/api", "engine/core", "engine/text", "engine/completion", "engine/engine.hpp",
            "engine/json/every_member.hpp",
            "engine/project/edited_flags.hpp", "engine/flags/flag_encoding.hpp",
            "engine/runs/small_file.hpp"],
    "transports": ["engine/api", "engine/core", "engine/text", "engine/json", "engine/reactor",
                   "engine/config", "engine/remotes", "engine/resources", "engine/service",
                   "engine/engine.hpp"],
}

# Files of the command line that may include the engine's queue and the transports: the program.
# The rest of it is words alone.
PROGRAM = ["cli/main.cpp", "cli/serve.cpp", "cli/service_words.cpp"]

# Libraries, and the only folders that may include them.
LIBRARIES = {
    "libssh/": ["transports/ssh"],
    "boost/beast": ["transports/http"],
    "CLI/": ["cli"],
    "yaml-cpp/": ["engine/text", "tests"],
}

# What the agent takes along of the folders that it shares may use none of these: it is one small
# static program.
NOT_IN_AGENT = ["boost/asio", "yaml-cpp/", "spdlog/", "fmt/", "openssl/", "archive"]

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')
DECLARATION = re.compile(r"^(?:class|struct)\s+(\w+);")
NAMESPACE = re.compile(r"^namespace ([\w:]+) \{")
DEFINITION = re.compile(r"^(?:class|struct)\s+(\w+)(?:\s+final)?\s*(?::[^;]*)?\{")

# One file depends on another: by an include, or by a declaration of a type that is the other's.
Use = collections.namedtuple("Use", "file line target how")


def inside(path, place):
    return path == place or path.startswith(place + "/")


class Tree:
    """The sources below a root, and what each uses."""

    def __init__(self, root):
        self.texts = {}
        for part in PARTS:
            for directory, folders, names in os.walk(os.path.join(root, part)):
                folders.sort()
                for name in sorted(names):
                    if name.endswith((".cpp", ".hpp")):
                        path = os.path.join(directory, name)
                        with open(path, encoding="utf-8") as file:
                            self.texts[os.path.relpath(path, root)] = file.read().splitlines()
        self.includes = []   # of our own files
        self.libraries = []  # of others
        self.declarations = []
        self.types = collections.defaultdict(set)  # (namespace, name): the headers that define it
        homes = collections.defaultdict(set)  # of types, in headers
        declared = []
        for path, lines in self.texts.items():
            namespace = ""
            for number, line in enumerate(lines, 1):
                if found := NAMESPACE.match(line):
                    namespace = found[1]
                elif found := INCLUDE.match(line):
                    own, other = found.groups()
                    if own and own.split("/")[0] in PARTS:
                        self.includes.append(Use(path, number, own, "includes"))
                    else:
                        self.libraries.append(Use(path, number, other or own, "includes"))
                elif found := DECLARATION.match(line):
                    declared.append((path, number, found[1]))
                elif path.endswith(".hpp") and (found := DEFINITION.match(line)):
                    homes[found[1]].add(path)
                    self.types[namespace, found[1]].add(path)
        for path, number, name in declared:
            if len(homes[name]) == 1:
                home = next(iter(homes[name]))
                self.declarations.append(Use(path, number, home, f"declares {name} of"))


def text(use):
    return f"    {use.file}:{use.line} {use.how} {use.target}"


# ---- cycles


def shortest_cycle(graph):
    """The folders of a shortest cycle, the first one again at its end; nothing if there is none."""
    best = None
    for start in sorted(graph):
        came_from = {start: None}
        queue = collections.deque([start])
        while queue:
            at = queue.popleft()
            if start in graph[at]:
                cycle = [start]
                while at is not None:
                    cycle.append(at)
                    at = came_from[at]
                cycle.reverse()
                if best is None or len(cycle) < len(best):
                    best = cycle
                break
            for following in sorted(graph[at]):
                if following not in came_from:
                    came_from[following] = at
                    queue.append(following)
    return best


def check_cycles(tree, what, folder_of):
    """Complains of one cycle, a shortest, with the lines that make each of its steps."""
    graph = collections.defaultdict(lambda: collections.defaultdict(list))
    for use in tree.includes + tree.declarations:
        one, other = folder_of(use.file), folder_of(use.target)
        if one and other and one != other:
            graph[one][other].append(use)
            graph[other]  # is there, also if it uses nothing
    cycle = shortest_cycle(graph)
    if not cycle:
        return
    lines = [f"{what} form a cycle: " + " -> ".join(cycle)]
    for one, other in zip(cycle, cycle[1:]):
        lines += [text(use) for use in graph[one][other]]
    yield "\n".join(lines)


def room(path):
    """The folder of a file of the engine, each room by itself."""
    return os.path.dirname(path) if inside(path, "engine") else None


def house(path):
    """The folder of a file right below engine/, with all its rooms."""
    return "/".join(os.path.dirname(path).split("/")[:2]) if inside(path, "engine") else None


# ---- who may include whom


def check_parts(tree):
    for use in tree.includes:
        part, other = use.file.split("/")[0], use.target.split("/")[0]
        if other != part and other not in PARTS[part]:
            yield f"{part} may not know {other}\n{text(use)}"


def check_only(tree):
    for use in tree.includes:
        for place, allowed in ONLY.items():
            if inside(use.file, place) and inside(use.target, "engine"):
                if not any(inside(use.target, each) for each in allowed):
                    yield f"{place} may not know {use.target}\n{text(use)}"
        of_program = inside(use.target, "transports") or use.target == "engine/engine.hpp"
        if inside(use.file, "cli") and use.file not in PROGRAM and of_program:
            yield f"only {', '.join(PROGRAM)} may know {use.target}\n{text(use)}"
        if inside(use.target, "engine/agent") and inside(use.file, "engine") and not inside(
                use.file, "engine/agent"):
            yield f"the engine may not know the agent, which it only talks to\n{text(use)}"


def check_libraries(tree):
    for use in tree.libraries:
        for library, places in LIBRARIES.items():
            if use.target.startswith(library) and not any(inside(use.file, p) for p in places):
                yield f"{library} is for {' and '.join(places)} alone\n{text(use)}"


def check_types(tree):
    """Two types of one name are one to the linker, which takes the functions of either for both."""
    for (namespace, name), headers in tree.types.items():
        if len(headers) > 1:
            yield f"{namespace}::{name} is defined twice\n" + "\n".join(
                f"    {header}" for header in sorted(headers))


def check_agent(tree):
    """Follows includes, and from a header to the source of its name, which is linked with it."""
    used = collections.defaultdict(list)
    for use in tree.includes + tree.libraries:
        used[use.file].append(use)
    way = {path: [] for path in tree.texts if inside(path, "engine/agent")}
    waiting = collections.deque(way)
    while waiting:
        at = waiting.popleft()
        for use in used[at]:
            if any(use.target.startswith(each) for each in NOT_IN_AGENT):
                yield f"the agent may not use {use.target}\n" + "\n".join(map(text, way[at] + [use]))
            for path in (use.target, use.target.removesuffix(".hpp") + ".cpp"):
                if path in tree.texts and path not in way:
                    way[path] = way[at] + [use]
                    waiting.append(path)


def violations(root):
    tree = Tree(root)
    if not any(inside(path, "engine") for path in tree.texts):
        yield f"there is no engine in {root}"
    yield from check_cycles(tree, "folders of the engine", room)
    yield from check_cycles(tree, "folders of the engine, with their rooms,", house)
    yield from check_parts(tree)
    yield from check_only(tree)
    yield from check_libraries(tree)
    yield from check_types(tree)
    yield from check_agent(tree)


def main():
    default = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    found = list(violations(sys.argv[1] if len(sys.argv) > 1 else default))
    for each in found:
        print(each)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
