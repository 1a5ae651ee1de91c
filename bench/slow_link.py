#!/usr/bin/env python3
"""How much of a slow link do copies of runs use, against `rsync -a`?

    bench/slow_link.py BUILD_DIRECTORY [ROUNDS]

Server and client are in network namespaces of their own, and between them a link with a round trip of
50 ms and 100 Mbit/s, then one of 1 Gbit/s. The peers alternate; medians are printed. The share of the
link is that of the files' bytes in the whole time of the command, and without the time that the same
command takes when nothing is to be copied. Takes root, iproute2 and rsync.
"""
import os
import shlex
import shutil
import statistics
import sys

from measuring import cost_of, fill, fill_many, make_run, quiet
from slow_network import THERE, SlowNetwork
from ssh_server import SshServer

DELAY_MS = 25
LINKS = ((100, 64), (1000, 512))  # Mbit/s, and MiB of the large file
GCM = "aes128-gcm@openssh.com"


def median_of(rounds, *measures):
    """Calls them in turn; gives the median of each one's results."""
    taken = [[each() for each in measures] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*taken)]


class Copies:
    def __init__(self, network, server, program, name, mbit):
        self.env, self.server, self.mbit = server.environment(), server, mbit
        self.runs = os.path.join(self.env["GUILD_HOME"], "runs")
        self.peers = server.path("peers")
        os.makedirs(self.peers, exist_ok=True)
        self.pull = [*network.here, program, "pull", name, "-y"]
        self.rsync = [*network.here, "rsync", "-a", "-e", shlex.join(server.ssh_words(GCM)),
                      f"{THERE}:{server.far}/{name}/runs/", self.peers]
        quiet(self.pull, env=self.env)  # the agent is deployed once

    def ours(self, fresh):
        if fresh:
            shutil.rmtree(self.runs)
        return cost_of(self.server, self.pull, env=self.env).wall

    def theirs(self, fresh):
        if fresh:
            shutil.rmtree(self.peers)
            os.makedirs(self.peers)
        return cost_of(self.server, self.rsync).wall

    def measure(self, rounds, what, size):
        fresh, peer_fresh, again, peer_again = median_of(
            rounds, lambda: self.ours(True), lambda: self.theirs(True),
            lambda: self.ours(False), lambda: self.theirs(False))
        link = self.mbit * 1e6 / 8
        quiet(["diff", "-r", "--exclude=.guild", self.runs, self.peers])

        def share(seconds):
            return f"{100 * size / link / seconds:.0f} %"

        print(f"| {what} | {fresh:.2f} s | {peer_fresh:.2f} s | {fresh / peer_fresh:.2f} (1.0) | "
              f"{share(fresh)}, {share(fresh - again)} | "
              f"{share(peer_fresh)}, {share(peer_fresh - peer_again)} |\n"
              f"| the same, unchanged | {again:.2f} s | {peer_again:.2f} s | "
              f"{again / peer_again:.2f} | | |", flush=True)


def measure_link(build, rounds, mbit, mib):
    program = os.path.join(build, "cli", "outrider")
    with SlowNetwork(build, DELAY_MS, mbit) as network, \
            SshServer(THERE, network.there, network.here) as server:
        with open(server.path("config.yml"), "w") as f:
            f.write(server.config({"small": "small", "large": "large"}))
        small = make_run(os.path.join(server.far, "small"), {}, "small")
        fill_many(small, 1000, 10 * 1024)
        large = make_run(os.path.join(server.far, "large"), {}, "large")
        fill(os.path.join(large, "model.bin"), mib << 20)
        print(f"\nLink: {network.kind}; round trip {network.round_trip_ms(server.port):.1f} ms, {mbit} Mbit/s. "
              f"All peers use {GCM}. Medians of {rounds}.\n")
        print("| work | Outrider | rsync -a | ratio, goal | share of the link: Outrider whole, "
              "without its start | rsync |\n|" + " --- |" * 6, flush=True)
        for name, what, size in (("small", "1,000 files of 10 KiB", 1000 * 10 * 1024),
                                 ("large", f"a file of {mib} MiB", mib << 20)):
            copies = Copies(network, server, program, name, mbit)
            copies.measure(rounds, what, size)
            shutil.rmtree(copies.runs)
            shutil.rmtree(copies.peers)


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    rounds = max(3, int(sys.argv[2])) if len(sys.argv) > 2 else 5
    for mbit, mib in LINKS:
        measure_link(os.path.abspath(sys.argv[1]), rounds, mbit, mib)


if __name__ == "__main__":
    main()
