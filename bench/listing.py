#!/usr/bin/env python3
"""How long does a listing take where a home has 10,000 runs, here and over SSH?

    bench/listing.py PROGRAM [ROUNDS [RUNS]]

Each command alternates with `ssh HOST true` against one OpenSSH server on loopback; medians, ratios
and the peak memory (VmHWM) of the engine and of the agent are printed. "first" is a listing whose
agent finds no index of the runs, "again" one that does.
"""
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
import uuid

from ssh_server import SshServer

START_US = 1_700_000_000_000_000


def make_runs(home, count):
    """Run directories as Guild leaves them; ten operations, most runs have labels, some tags."""
    for i in range(count):
        run = os.path.join(home, "runs", uuid.uuid4().hex)
        attrs = os.path.join(run, ".guild", "attrs")
        os.makedirs(attrs)
        started = START_US + i * 1_000_000
        values = {"id": os.path.basename(run), "initialized": started, "started": started,
                  "stopped": started + 900_000, "exit_status": 0 if i % 7 else 1,
                  "flags": f"lr: 0.{i}\nseconds: {i}"}
        if i % 5:
            values["label"] = f"lr=0.{i} seconds={i}"
        if i % 10 == 0:
            values["tags"] = "- best\n- keep"
        for name, value in values.items():
            with open(os.path.join(attrs, name), "w") as f:
                f.write(f"{value}\n")
        with open(os.path.join(run, ".guild", "opref"), "w") as f:
            f.write(f"package:gpkg.bench 0.0.0 '' op{i % 10}")


def peak_of(pid):
    try:
        with open(f"/proc/{pid}/status") as f:
            for line in f:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1])
    except OSError:
        pass  # it has just ended
    return 0


class MemoryWatch(threading.Thread):
    """Samples the peak memory of one engine and of the agents that live below `work`, KiB."""

    def __init__(self, engine, work):
        super().__init__(daemon=True)
        self.engine, self.work, self.stop = engine, work, threading.Event()
        self.peak = {"engine": 0, "agent": 0}

    def run(self):
        while not self.stop.wait(0.002):
            self.peak["engine"] = max(self.peak["engine"], peak_of(self.engine))
            for pid in filter(str.isdigit, os.listdir("/proc")):
                try:
                    if os.readlink(f"/proc/{pid}/exe").startswith(self.work):
                        self.peak["agent"] = max(self.peak["agent"], peak_of(pid))
                except OSError:
                    continue


def run(command, **kw):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   stdin=subprocess.DEVNULL, **kw)
    return time.perf_counter() - start


def peak_memory(server, command, env):
    child = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    watch = MemoryWatch(child.pid, server.work)
    watch.start()
    child.wait()
    watch.stop.set()
    watch.join()
    return watch.peak


def measure(server, name, command, env, rounds, before=None):
    ours, peer = [], []
    run(command, env=env)
    for _ in range(rounds):
        peer.append(run(server.ssh("true")))
        if before:
            before()
        ours.append(run(command, env=env))
    if before:
        before()
    peak = peak_memory(server, command, env)
    m, p = statistics.median(ours) * 1000, statistics.median(peer) * 1000
    print(f"{name:34} {m:8.1f} ms   ssh true {p:6.1f} ms   ratio {m / p:5.2f}   "
          f"engine {peak['engine'] / 1024:5.1f} MiB   agent {peak['agent'] / 1024:5.1f} MiB",
          flush=True)


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    program = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 11
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000
    with SshServer() as server:
        home = os.path.join(server.far, ".guild")
        make_runs(home, count)
        here = dict(server.environment(), GUILD_HOME=home)
        there = server.environment()

        def forget():
            shutil.rmtree(os.path.join(home, "cache"), ignore_errors=True)

        commands = {"runs": ["runs"], "runs -Fo op3": ["runs", "-Fo", "op3"],
                    "runs -a": ["runs", "-a"],
                    "runs -F 'flag:seconds < 9'": ["runs", "-F", "flag:seconds < 9"],
                    "runs info 7": ["runs", "info", "7"]}
        for name, words in commands.items():
            for place, env, more in (("", here, []), (" -r R", there, ["-r", "bench"])):
                command = [program, *words, *more]
                if len(words) < 2:
                    measure(server, f"{name}{place}, first", command, env, rounds, forget)
                measure(server, f"{name}{place}, again", command, env, rounds)


if __name__ == "__main__":
    main()
