#!/usr/bin/env python3
"""How long does a listing take where a home has 10,000 runs, here and over SSH?

    bench/listing.py PROGRAM [ROUNDS [RUNS]]

Each command alternates with `ssh HOST true` against one OpenSSH server on loopback; medians, ratios
and the peak memory (VmHWM) of the engine and of the agent are printed. "first" is a listing whose
agent finds no index of the runs, "again" one that does.
"""
import os
import shutil
import sys

from measuring import START_US, make_run, medians_beside_ssh, peak_memory
from ssh_server import SshServer


def make_runs(home, count):
    """Ten operations; most runs have labels, some tags."""
    for i in range(count):
        started = START_US + i * 1_000_000
        values = {"initialized": started, "started": started, "stopped": started + 900_000,
                  "exit_status": 0 if i % 7 else 1, "flags": f"lr: 0.{i}\nseconds: {i}"}
        if i % 5:
            values["label"] = f"lr=0.{i} seconds={i}"
        if i % 10 == 0:
            values["tags"] = "- best\n- keep"
        make_run(home, values, f"op{i % 10}")


def measure(server, name, command, env, rounds, before=None):
    m, p = medians_beside_ssh(server, command, env, rounds, before)
    if before:
        before()
    peak = peak_memory(server, command, env)
    print(f"{name:34} {m:8.1f} ms   ssh true {p:6.1f} ms   ratio {m / p:5.2f}   "
          f"engine {peak['engine'] / 1024:5.1f} MiB   "
          f"agent {max(peak['here'], peak['there']) / 1024:5.1f} MiB",
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
