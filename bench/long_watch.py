#!/usr/bin/env python3
"""Does a watch that goes on for long hold more and more memory?

    bench/long_watch.py OUTRIDER [SECONDS]

20 runs on one remote print 1,000 lines a second in all for an hour, unless SECONDS says otherwise: a day's
output of the same runs at 40 lines a second. All are watched over one link. Resident memory of the engine and of
the agent there, after ten seconds and at the end, and that no line was lost, doubled or out of order.
"""
import os
import subprocess
import sys
import threading
import time

from ssh_server import SshServer
from written_runs import WrittenRuns, Writer, agents_below, processor_seconds, resident_kib

RUNS, RATE, WARM_UP = 20, 1000, 10


class Reader(threading.Thread):
    """Takes the lines of a watch; each run's must come in the order of their numbers, none left out."""

    def __init__(self, stream, runs):
        super().__init__(daemon=True)
        self.stream, self.runs, self.lines, self.wrong, self.last = stream, runs, 0, 0, {}

    def run(self):
        for line in self.stream:
            run, text = line.split(b":", 1)
            number = int(text.split()[1])
            if number != self.last.get(run, number - self.runs) + self.runs:
                self.wrong += 1
            self.last[run] = number
            self.lines += 1


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    program, seconds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3600
    with SshServer() as server:
        runs = WrittenRuns(server, program, {"bench": ".guild"}, RUNS)
        watch = subprocess.Popen([program, "-q", "watch", "--all", "-r", "bench"], env=runs.env,
                                 stdout=subprocess.PIPE)
        writer, reader = Writer(runs.outputs, RATE), Reader(watch.stdout, RUNS)
        writer.start()
        reader.start()
        try:
            time.sleep(WARM_UP)
            agent, = agents_below(server.work)
            print(f"{RUNS} runs, {RATE} lines a second in all, {seconds} s")
            sample("after 10 s", watch.pid, agent)
            before, start = processor_seconds(watch.pid), time.monotonic()
            for quarter in range(4):
                time.sleep(seconds / 4)
                sample(f"after {10 + seconds * (quarter + 1) // 4} s", watch.pid, agent)
            used = processor_seconds(watch.pid) - before
            print(f"processor of the engine: {100 * used / (time.monotonic() - start):.1f} % of one core")
        finally:
            writer.stop.set()
            writer.join()
            runs.end()
            watch.wait()
            reader.join()
        lost = writer.written - reader.lines
        print(f"{reader.lines:,} lines came; {lost} lost or doubled, {reader.wrong} out of order")
        if lost or reader.wrong:
            raise SystemExit(1)


def sample(when, engine, agent):
    print(f"{when}: engine {resident_kib(engine):,} KiB, agent {resident_kib(agent):,} KiB", flush=True)


if __name__ == "__main__":
    main()
