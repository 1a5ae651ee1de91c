#!/usr/bin/env python3
"""How long do copies of runs take over SSH, against `rsync -a` and `ssh cat`?

    bench/transfers.py PROGRAM [ROUNDS [KIND…]]

KIND is big, files, runs, appended, push-big or push-files; all of them unless given. The peers
alternate in one run against one OpenSSH server on loopback, everything on tmpfs. Printed are medians
of the wall time, ratios, the processor time of both sides, and the peak memory of engine and agents,
sampled in one more copy. ROUNDS is 5 unless given, and at least 3. The home here is in the directory
BENCH_HERE where that is set, for instance on another file system.
"""
import os
import pathlib
import re
import shlex
import shutil
import statistics
import subprocess
import sys

from measuring import (Cost, cost_of, fill, fill_many, make_run, peak_memory, quiet,
                       same_start_for_all)
from ssh_server import SshServer

MIB = 1 << 20
GIB = 1 << 30
GCM = "aes128-gcm@openssh.com"
HEAD = ("| work | Outrider | rsync -a | ratio, goal | ssh cat | ratio, goal | memory: engine, agents "
        "here, there | processor here + there: Outrider, rsync |")


class Scene:
    """A server, a home there for each kind of copy, and an empty home here."""

    homes = {"big": "big", "files": "files", "runs": "runs", "grown": "grown",
             "to-big": "to-big", "to-files": "to-files"}

    def __init__(self, server, program):
        self.server, self.program, self.env = server, program, server.environment()
        self.wire_rate = os.path.join(os.path.dirname(program), "..", "bench", "bench_wire_rate")
        with open(server.path("config.yml"), "w") as f:
            f.write(server.config(self.homes))
        if place := os.environ.get("BENCH_HERE"):
            self.env["GUILD_HOME"] = os.path.join(place, "home")
            os.makedirs(self.env["GUILD_HOME"], exist_ok=True)
        self.home = self.env["GUILD_HOME"]
        self.peers = server.path("peers")
        os.makedirs(self.peers)
        for home in self.homes.values():
            os.makedirs(os.path.join(server.far, home, "runs"))
        self.big = make_run(self.far("big"), {}, "big")
        fill(os.path.join(self.big, "model.bin"), GIB)
        self.files = make_run(self.far("files"), {}, "files")
        fill_many(self.files, 10_000, 1024)
        self.grown = make_run(self.far("grown"), {}, "grown")
        fill(os.path.join(self.grown, "model.bin"), GIB)
        for i in range(100):
            run = make_run(self.far("runs"), {"label": f"seed={i}", "flags": f"seed: {i}"}, "small")
            for name, size in (("output.txt", 3000), ("metrics.json", 400), ("model.bin", 20_000)):
                fill(os.path.join(run, name), size)

    def far(self, name):
        return os.path.join(self.server.far, self.homes[name])

    def forget(self):
        """No run is here any more."""
        shutil.rmtree(os.path.join(self.home, "runs"), ignore_errors=True)

    def forget_there(self, name):
        shutil.rmtree(os.path.join(self.far(name), "runs"))
        os.makedirs(os.path.join(self.far(name), "runs"))

    def forget_peers(self):
        shutil.rmtree(self.peers)
        os.makedirs(self.peers)

    def ours(self, verb, name, *more):
        return [self.program, verb, name, "-y", *more]

    def rsync(self, source, target, cipher):
        """A side with a colon before it is there."""
        place = [self.server.address + path if path.startswith(":") else path
                 for path in (source, target)]
        return ["rsync", "-a", "-e", shlex.join(self.server.ssh_words(cipher)), *place]

    def warm(self, name):
        """The agent is deployed, and a copy of what is there is here and with the peers."""
        quiet(self.ours("pull", name), env=self.env)
        quiet(self.rsync(f":{self.far(name)}/runs/", self.peers, GCM))


class Contestant:
    def __init__(self, name, command, before=lambda: None, **streams):
        self.name, self.command, self.before, self.streams = name, command, before, streams
        self.costs = []

    def run(self, scene):
        self.before()
        same_start_for_all(3 * GIB)
        self.costs.append(cost_of(scene.server, self.command, env=scene.env, **self.streams))

    @property
    def median(self):
        return Cost(*(statistics.median(getattr(c, part) for c in self.costs)
                      for part in ("wall", "here", "there")))


def measure(scene, rounds, contestants, before_round=lambda: None):
    """Runs them in turn, each round another one first; gives medians by name, and the peak memory of
    the first contestant."""
    for i in range(rounds):
        before_round()
        start = i % len(contestants)
        for each in contestants[start:] + contestants[:start]:
            each.run(scene)
    first = contestants[0]
    before_round()
    first.before()
    peak = peak_memory(scene.server, first.command, scene.env)
    return {each.name: each.median for each in contestants}, peak


def same(one, other):
    """The copy has what its source has; the records of a copy differ."""
    quiet(["diff", "-r", "--exclude=.guild", one, other])


def ratio(ours, peer, goal):
    return f"{ours.wall / peer.wall:.2f}" + (f" ({goal})" if goal else "")


def report(name, costs, peak, rsync_goal=None, cat_goal=None):
    ours, rsync, cat = costs["ours"], costs["rsync"], costs.get("cat")
    row = [name, f"{ours.wall:.2f} s", f"{rsync.wall:.2f} s", ratio(ours, rsync, rsync_goal)]
    row += [f"{cat.wall:.2f} s", ratio(ours, cat, cat_goal)] if cat else ["", ""]
    row.append("{engine:.1f}, {here:.1f}, {there:.1f} MiB".format(
        **{part: kib / 1024 for part, kib in peak.items()}))
    row.append(f"{ours.here:.2f} + {ours.there:.2f} s, {rsync.here:.2f} + {rsync.there:.2f} s")
    print("| " + " | ".join(row) + " |", flush=True)


def one_big_file(scene, rounds):
    scene.warm("big")
    source = os.path.join(scene.big, "model.bin")
    landed = scene.server.path("landed")
    forget_landed = lambda: pathlib.Path(landed).unlink(missing_ok=True)  # noqa: E731
    far_runs = f":{scene.far('big')}/runs/"
    contestants = [
        Contestant("ours", scene.ours("pull", "big"), scene.forget),
        Contestant("cat", scene.server.ssh(f"cat {source}", cipher=GCM), forget_landed,
                   stdout=landed),
        Contestant("rsync", scene.rsync(far_runs, scene.peers, None), scene.forget_peers),
        Contestant("rsync gcm", scene.rsync(far_runs, scene.peers, GCM), scene.forget_peers),
        Contestant("cat default", scene.server.ssh(f"cat {source}"), forget_landed,
                   stdout=landed),
        Contestant("wire", [scene.wire_rate, "big", source])]
    costs, peak = measure(scene, rounds, contestants)
    same(scene.big, os.path.join(scene.home, "runs", os.path.basename(scene.big)))
    report("1 GiB file, fresh", costs, peak, None, "1.1")
    report("the same, peers: rsync with aes128-gcm, `ssh cat` with its default cipher",
           {"ours": costs["ours"], "rsync": costs["rsync gcm"], "cat": costs["cat default"]}, peak)
    wire = costs["wire"]
    print(f"| of it our SSH alone, the bytes thrown away | {wire.wall:.2f} s | | | | "
          f"{ratio(wire, costs['cat'], None)} | | {wire.here:.2f} + {wire.there:.2f} s |", flush=True)
    scene.forget()
    scene.forget_peers()
    os.remove(landed)


def fresh_and_unchanged(scene, rounds, what, name, goals):
    scene.warm(name)
    far_runs = f":{scene.far(name)}/runs/"
    for kind, goal in zip(("fresh", "unchanged"), goals):
        again = kind == "unchanged"
        contestants = [
            Contestant("ours", scene.ours("pull", name), *(() if again else (scene.forget,))),
            Contestant("rsync", scene.rsync(far_runs, scene.peers, GCM),
                       *(() if again else (scene.forget_peers,)))]
        costs, peak = measure(scene, rounds, contestants)
        same(os.path.join(scene.far(name), "runs"), os.path.join(scene.home, "runs"))
        report(f"{what}, {kind}", costs, peak, goal)
    scene.forget()
    scene.forget_peers()


def appended(scene, rounds):
    scene.warm("grown")
    model = os.path.join(scene.grown, "model.bin")

    def grow():
        with open(model, "ab") as f:
            f.write(os.urandom(MIB))

    far_runs = f":{scene.far('grown')}/runs/"
    # Both copies are a MiB behind in each round.
    contestants = [Contestant("ours", scene.ours("pull", "grown")),
                   Contestant("rsync", scene.rsync(far_runs, scene.peers, GCM))]
    costs, peak = measure(scene, rounds, contestants, before_round=grow)
    same(scene.grown, os.path.join(scene.home, "runs", os.path.basename(scene.grown)))
    # What the goal is a share of, and what no copy that is put in place whole can do without.
    copy = os.path.join(os.path.dirname(scene.home), "copy")
    fresh = Contestant("fresh", scene.ours("pull", "grown"), scene.forget)
    plain = Contestant("plain copy", ["dd", f"if={model}", f"of={copy}", "bs=128K", "status=none"],
                       lambda: pathlib.Path(copy).unlink(missing_ok=True))
    for _ in range(rounds):
        fresh.run(scene)
        plain.run(scene)
    os.remove(copy)
    report("1 GiB file, 1 MiB appended", costs, peak)
    print(f"| of our own {fresh.median.wall:.2f} s for the same file, fresh | | | "
          f"{ratio(costs['ours'], fresh.median, '0.15')} | | | | |", flush=True)
    print(f"| a plain copy of that file here, by dd | {plain.median.wall:.2f} s | | "
          f"{ratio(plain.median, fresh.median, None)} of fresh | | | | |", flush=True)
    scene.forget()
    scene.forget_peers()


def pushed(scene, rounds, what, name, run, goals):
    """From here to an empty home there."""
    quiet(scene.ours("pull", name), env=scene.env)
    to = "to-" + name
    empty = lambda: scene.forget_there(to)  # noqa: E731
    mine = os.path.join(scene.home, "runs", os.path.basename(run))
    contestants = [Contestant("ours", scene.ours("push", to), empty),
                   Contestant("rsync", scene.rsync(os.path.dirname(mine) + "/",
                                                   f":{scene.peers}/", GCM), scene.forget_peers)]
    if name == "big":
        contestants.append(Contestant(
            "cat", scene.server.ssh(f"cat > {scene.server.path('landed')}", cipher=GCM),
            stdin=os.path.join(mine, "model.bin")))
    costs, peak = measure(scene, rounds, contestants)
    same(mine, os.path.join(scene.far(to), "runs", os.path.basename(run)))
    report(what, costs, peak, *goals)
    scene.forget_there(to)
    scene.forget()
    scene.forget_peers()


def cipher_of(scene):
    """The cipher that the program agrees on with the server."""
    said = subprocess.run([scene.program, "-vvv", "runs", "-r", "files"], env=scene.env,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=True).stderr
    found = re.search(r"Negotiated.*?,([a-z0-9-]*(?:gcm|poly1305|ctr)[a-z0-9.@-]*)", said)
    return found.group(1) if found else "a cipher that its log does not name"


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    program = os.path.abspath(sys.argv[1])
    rounds = max(3, int(sys.argv[2])) if len(sys.argv) > 2 else 5
    asked = sys.argv[3:]
    kinds = {
        "big": lambda: one_big_file(scene, rounds),
        "files": lambda: fresh_and_unchanged(
            scene, rounds, "10,000 files of 1 KiB", "files", ("0.6", "0.6")),
        "runs": lambda: fresh_and_unchanged(
            scene, rounds, "100 small runs", "runs", ("0.7", "0.6")),
        "appended": lambda: appended(scene, rounds),
        "push-big": lambda: pushed(scene, rounds, "push of a 1 GiB file", "big", scene.big,
                                   (None, "1.1")),
        "push-files": lambda: pushed(scene, rounds, "push of 10,000 files of 1 KiB", "files",
                                     scene.files, ("0.6",)),
    }
    if unknown := set(asked) - set(kinds):
        raise SystemExit(f"not a kind of copy: {', '.join(unknown)}")
    with SshServer() as server:
        scene = Scene(server, program)
        print(f"Outrider uses {cipher_of(scene)}; rsync and `ssh cat` use {GCM} but for the rsync of "
              f"the first row,\nwhich uses what ssh chooses. Medians of {rounds}.\n")
        print(HEAD)
        print("|" + " --- |" * 8, flush=True)
        for kind in asked or kinds:
            kinds[kind]()


if __name__ == "__main__":
    main()
