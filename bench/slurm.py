#!/usr/bin/env python3
"""What does a cluster cost beyond what Slurm's own commands cost?

    bench/slurm.py PROGRAM [ROUNDS [RUNS [QUEUED]]]

A private Slurm and an OpenSSH server on loopback as its login node. `runs -r cluster` of RUNS (1,000) runs, of which
QUEUED (200) are jobs that wait, alternates with `ssh HOST squeue`; then a grid of RUNS trials is submitted, in turn with
`ssh HOST sbatch --array`. Each command makes its own connection. Medians and ratios are printed. Takes Slurm, which
`.ci/setup` installs; the first QUEUED submissions take a minute.
"""
import os
import statistics
import subprocess
import sys

from measuring import START_US, make_run, medians_beside_ssh, quiet, seconds_of
from ssh_server import SshServer

BED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "support", "slurm-bed")
SQUEUE = ["squeue", "-h", "-r", "-t", "all", "--me", "-o", "'%i|%T|%r|%S|%N|%j'"]
PROJECT = """
noop:
  exec: /bin/true
  flags:
    x: 1
"""
HELD = ["--sbatch", "--hold"]


class Cluster:
    """A bed, and a server whose sessions are on its login node."""

    def __init__(self):
        self.server = SshServer(environment=lambda work: {"SLURM_CONF": f"{work}/bed/slurm.conf"})
        self.bed = self.server.path("bed")
        self.slurm = {**os.environ, "SLURM_CONF": f"{self.bed}/slurm.conf"}
        quiet([BED, "start", self.bed], env={**os.environ, "BED_MINJOBAGE": "300"})
        with open(self.server.path("config.yml"), "w") as f:
            f.write(self.server.config(["cluster"]).replace("type: ssh", "type: slurm"))
        self.env = self.server.environment()
        self.project = self.server.path("project")
        os.makedirs(self.project)
        with open(os.path.join(self.project, "guild.yml"), "w") as f:
            f.write(PROJECT)

    def cancel_all(self):
        quiet(["scancel", "--me"], env=self.slurm)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run([BED, "stop", self.bed], check=False, stdout=subprocess.DEVNULL)
        self.server.close()


def fill_home(cluster, program, count, queued):
    for i in range(count - queued):
        started = START_US + i * 1_000_000
        make_run(os.path.join(cluster.server.far, ".guild"),
                 {"initialized": started, "started": started, "stopped": started + 900_000,
                  "flags": f"x: {i}", "label": f"x={i}"})
    for i in range(queued):
        quiet([program, "run", "noop", f"x={i}", "-r", "cluster", "-y", "--no-wait", *HELD],
              env=cluster.env, cwd=cluster.project)


def row(name, ours, peer_name, peer, goal):
    print(f"| {name} | {ours:.1f} ms | {peer_name} {peer:.1f} ms | {ours / peer:.2f} | {goal} |",
          flush=True)


def listing(cluster, program, rounds):
    command = [program, "--no-service", "runs", "-r", "cluster"]
    ours, peer = [], []
    seconds_of(command, env=cluster.env)
    for _ in range(rounds):
        peer.append(seconds_of(cluster.server.ssh(*SQUEUE)))
        ours.append(seconds_of(command, env=cluster.env))
    row("runs -r cluster, cold", statistics.median(ours) * 1000, "ssh squeue",
        statistics.median(peer) * 1000, "1.5")
    mine, true = medians_beside_ssh(cluster.server, command, cluster.env, rounds)
    row("the same", mine, "ssh true", true, "")


def grid(cluster, program, rounds, count):
    script = cluster.server.path("script")
    with open(script, "w") as f:
        f.write("#!/bin/sh\nexec /bin/true\n")
    ours, peer = [], []
    for _ in range(rounds):
        with open(script) as f:
            peer.append(seconds_of(cluster.server.ssh("sbatch", "--hold", f"--array=0-{count - 1}"),
                                   stdin=f))
        cluster.cancel_all()
        ours.append(seconds_of(
            [program, "--no-service", "run", "noop", f"x=range[1:{count}]", "-r", "cluster", "-y",
             "--no-wait", *HELD], env=cluster.env, cwd=cluster.project))
        cluster.cancel_all()
    row(f"a grid of {count} trials", statistics.median(ours) * 1000, "ssh sbatch --array",
        statistics.median(peer) * 1000, "2")


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    program = os.path.abspath(sys.argv[1])
    rounds, count, queued = ([int(word) for word in sys.argv[2:]] + [11, 1_000, 200][len(sys.argv) - 2:])
    with Cluster() as cluster:
        fill_home(cluster, program, count, queued)
        print("| question | Outrider | peer | ratio | goal |\n| --- | --- | --- | --- | --- |")
        listing(cluster, program, rounds)
        cluster.cancel_all()
        grid(cluster, program, rounds, count)


if __name__ == "__main__":
    main()
