#!/usr/bin/env python3
"""What do many watches cost, and how late are their lines?

    bench/many_watches.py OUTRIDER [SECONDS]

1,000 idle runs watched over 100 links: resident memory and processor time of the engine. Then 100 runs over 100
links, printing 100 lines a second each: from the write to the line on the standard output of the watch, and the
engine's processor time. Every remote is a connection of its own to one OpenSSH server on loopback. SECONDS (20
unless given) are measured of each.
"""
import os
import subprocess
import sys
import threading
import time

from ssh_server import SshServer
from written_runs import WrittenRuns, Writer, agents_below, processor_seconds, resident_kib

LINKS = 100


class Delays(threading.Thread):
    """How long the lines of a watch were under way, ns, while `measuring`."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self.stream, self.measuring, self.delays, self.lines = stream, False, [], 0

    def run(self):
        for line in self.stream:
            now = time.monotonic_ns()
            self.lines += 1
            if self.measuring:
                self.delays.append(now - int(line.split(b":", 1)[1].split()[0]))


def watch_all(program, env, links):
    """A watch of all that runs; returns it when every link has said what it watches."""
    watch = subprocess.Popen([program, "watch", "-r", "all"], env=env, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
    seen = 0
    while seen < links:
        line = watch.stderr.readline()
        if not line:
            raise SystemExit("the watch ended")
        seen += line.startswith(b"Watching")
    threading.Thread(target=watch.stderr.read, daemon=True).start()
    return watch


def load_of(watch, seconds, agents):
    engine, there = processor_seconds(watch.pid), sum(map(processor_seconds, agents))
    time.sleep(seconds)
    engine, there = (processor_seconds(watch.pid) - engine,
                     sum(map(processor_seconds, agents)) - there)
    return (f"engine {100 * engine / seconds:.2f} % of one core, the {len(agents)} agents together "
            f"{100 * there / seconds:.2f} %")


def measure(program, each, rate, seconds):
    homes = {f"box{i:03}": f"box{i:03}" for i in range(LINKS)}
    with SshServer() as server:
        runs = WrittenRuns(server, program, homes, each)
        watch = watch_all(program, runs.env, LINKS * each)
        delays = Delays(watch.stdout)
        delays.start()
        writer = Writer(runs.outputs, rate)
        try:
            if rate:
                writer.start()
            time.sleep(5)
            agents = agents_below(server.work)
            delays.measuring = True
            load = load_of(watch, seconds, agents)
            delays.measuring = False
            print(f"{LINKS * each:,} watches, {rate:,} lines a second: {load}; "
                  f"resident {resident_kib(watch.pid) / 1024:.1f} MiB")
        finally:
            writer.stop.set()
            if rate:
                writer.join()
            runs.end()
            watch.wait()
            delays.join()
        if rate:
            sorted_ms = [each / 1e6 for each in sorted(delays.delays)]
            at = lambda share: sorted_ms[int(share * (len(sorted_ms) - 1))]
            print(f"{len(sorted_ms):,} lines: median {at(0.5):.2f} ms, 99 % {at(0.99):.2f} ms, "
                  f"most {at(1):.2f} ms; {writer.written - delays.lines} lost or doubled", flush=True)


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    program, seconds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20
    measure(program, 10, 0, seconds)
    measure(program, 1, 10_000, seconds)


if __name__ == "__main__":
    main()
