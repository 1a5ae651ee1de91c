"""The lists of examples that do not pass yet: `not-yet.txt` in each folder of documents.

    # a comment belongs to the entry below it
    DOCUMENT
        12  first line of the example's source
    ?   40  the same; this one may pass or fail, and the comment above says why
"""

import dataclasses
import os
import re

HEADER = """\
# Examples of the documents in this folder that do not pass yet. `check --update` writes this file.
"""
ENTRY = re.compile(r"(\?| ) +(\d+)  (.*)")


@dataclasses.dataclass
class Entry:
    line: int
    source: str  # its first line
    unsteady: bool = False  # may pass or fail
    comments: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Difference:
    """What a list says, compared with what happened."""

    failing: list  # examples that failed and are not listed
    passing: list  # entries whose example passed
    unknown: list  # entries without an example
    kept: list  # the other entries, lines as they are in the document now

    def is_empty(self):
        return not (self.failing or self.passing or self.unknown)

    def texts(self):
        return ([f"fails: line {e['line']}: {first_line(e)}" for e in self.failing]
                + [f"now passes: remove it from the list: line {e.line}: {e.source}"
                   for e in self.passing]
                + [f"is listed and not there: line {e.line}: {e.source}" for e in self.unknown])


def list_of(document):
    return os.path.join(os.path.dirname(document), "not-yet.txt")


def first_line(example):
    return example["source"].split("\n")[0].rstrip()


def parse(text):
    """Entries by document name."""
    lists, entries, comments = {}, None, []
    for line in text.splitlines():
        found = ENTRY.fullmatch(line)
        if found and entries is not None:
            mark, number, source = found.groups()
            entries.append(Entry(int(number), source, mark == "?", comments))
            comments = []
        elif line.startswith("#"):
            comments.append(line)
        elif line and not line[0].isspace():
            entries, comments = lists.setdefault(line.strip(), []), []
        elif line.strip():
            raise ValueError(f"not an entry: {line!r}")
    return lists


def format_lists(lists):
    out = [HEADER]
    for name in sorted(lists):
        if lists[name]:
            out.append(f"\n{name}\n")
        for entry in sorted(lists[name], key=lambda e: e.line):
            out += [comment + "\n" for comment in entry.comments]
            out.append(f"{'?' if entry.unsteady else ' '} {entry.line:4}  {entry.source}\n")
    return "".join(out)


def read_lists(document):
    try:
        with open(list_of(document), encoding="utf-8") as f:
            return parse(f.read())
    except FileNotFoundError:
        return {}


def read(document):
    return read_lists(document).get(os.path.basename(document), [])


def match(entries, examples):
    """Pairs of entries and their examples; an example is None where there is none. Lines that moved
    are found by their source, in order."""
    by_place = {(e["line"], first_line(e)): e for e in examples}
    found = {id(entry): by_place.pop((entry.line, entry.source), None) for entry in entries}
    pairs = []
    for entry in sorted(entries, key=lambda e: e.line):
        example = found[id(entry)]
        if example is None:
            place = next((p for p in sorted(by_place) if p[1] == entry.source), None)
            example = by_place.pop(place) if place else None
        pairs.append((entry, example))
    return pairs


def compare(entries, examples):
    pairs = match(entries, examples)
    listed = {example["line"] for _, example in pairs if example is not None}
    difference = Difference([], [], [], [])
    for entry, example in pairs:
        if example is None:
            difference.unknown.append(entry)
        elif example["status"] == "passed" and not entry.unsteady:
            difference.passing.append(entry)
        else:
            difference.kept.append(dataclasses.replace(entry, line=example["line"]))
    difference.failing = [e for e in examples
                          if e["status"] != "passed" and e["line"] not in listed]
    return difference


def update(document, difference):
    """Writes what happened into the document's list; returns texts that say what changed."""
    lists = read_lists(document)
    lists[os.path.basename(document)] = difference.kept + [
        Entry(e["line"], first_line(e)) for e in difference.failing]
    if any(lists.values()):
        with open(list_of(document), "w", encoding="utf-8") as f:
            f.write(format_lists(lists))
    elif os.path.exists(list_of(document)):
        os.remove(list_of(document))
    return ([f"added: line {e['line']}: {first_line(e)}" for e in difference.failing]
            + [f"removed: line {e.line}: {e.source}"
               for e in difference.passing + difference.unknown])
