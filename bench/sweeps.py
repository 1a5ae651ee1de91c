#!/usr/bin/env python3
"""What does a trial of a batch cost beyond the command that it runs?

    bench/sweeps.py PROGRAM [ROUNDS [TRIALS]]

A batch of TRIALS (1,000) trials that run `/bin/true` alternates with a shell loop that runs the same command as
often; medians are printed, and from the last batch: the gap between the end of a trial and the start of the next
(from what the runs record), the memory of the process that runs the trials, and how long the plan of a batch of
10 times as many trials takes (`--print-trials`). Holds about 100 KiB a trial in /dev/shm. `bench/sweeps.py build/release/cli/outrider` is the run that counts: the
engine plans slowly without optimisation.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

PROJECT = """
noop:
  exec: /bin/true
  flags:
    x: 1
"""


def number(path):
    with open(path) as f:
        return int(f.read())


def records_of(home):
    """Start and stop of all trials, µs, in the order of their start."""
    out = []
    runs = os.path.join(home, "runs")
    for name in os.listdir(runs):
        attrs = os.path.join(runs, name, ".guild", "attrs")
        if not os.path.isdir(os.path.join(runs, name, ".guild", "proto")):
            out.append((number(os.path.join(attrs, "started")), number(os.path.join(attrs, "stopped"))))
    return sorted(out)


class PeakMemory:
    """Peak resident memory of the processes of a batch that run its trials, sampled."""

    def __init__(self, home):
        self.home = home
        self.peak_kib = 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def look(self):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    words = f.read().split(b"\0")
                if len(words) < 2 or words[1] != b"children":
                    continue
                with open(f"/proc/{pid}/environ", "rb") as f:
                    if self.home.encode() not in f.read():
                        continue
                with open(f"/proc/{pid}/status") as f:
                    for line in f:
                        if line.startswith("VmHWM"):
                            self.peak_kib = max(self.peak_kib, int(line.split()[1]))
            except OSError:
                pass

    def run(self):
        while not self.done.wait(0.05):
            self.look()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()


def main():
    program = os.path.realpath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    trials = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000
    place = tempfile.mkdtemp(prefix="outrider-sweeps.", dir="/dev/shm")
    try:
        measure(program, rounds, trials, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def measure(program, rounds, trials, place):
    project, home = os.path.join(place, "project"), os.path.join(place, "home")
    os.makedirs(project)
    os.makedirs(home)
    with open(os.path.join(project, "guild.yml"), "w") as f:
        f.write(PROJECT)
    env = {"PATH": os.environ["PATH"], "HOME": place, "GUILD_HOME": home, "NO_VCS_COMMIT": "1",
           "XDG_CACHE_HOME": os.path.join(place, "cache")}
    quiet = {"cwd": project, "env": env, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}

    def timed(command):
        start = time.perf_counter()
        subprocess.run(command, check=True, **quiet)
        return time.perf_counter() - start

    loop = ["/bin/sh", "-c", f"i=0; while [ $i -lt {trials} ]; do /bin/true; i=$((i+1)); done"]
    batch = [program, "run", "noop", f"x=range[1:{trials}]", "-y"]
    timed([program, "run", "noop", "x=[1]", "-y"])  # the agent gets into the cache
    ours, peer = [], []
    for _ in range(rounds):
        shutil.rmtree(os.path.join(home, "runs"), ignore_errors=True)
        shutil.rmtree(os.path.join(home, "trash"), ignore_errors=True)
        peer.append(timed(loop) * 1000 / trials)
        with PeakMemory(home) as memory:
            ours.append(timed(batch) * 1000 / trials)
    times = records_of(home)
    assert len(times) == trials, len(times)
    gaps = sorted((start - stop) / 1000 for (_, stop), (start, _) in zip(times, times[1:]))
    each, loops = statistics.median(ours), statistics.median(peer)
    print(f"{trials} trials of /bin/true, median of {rounds}: {each:.1f} ms each; shell loop "
          f"{loops:.1f} ms; beyond it {each - loops:.1f} ms")
    print(f"from the end of a trial to the start of the next: median {statistics.median(gaps):.1f} ms, "
          f"99 % {gaps[int(len(gaps) * 0.99)]:.1f} ms, most {gaps[-1]:.1f} ms")
    print(f"peak memory of what runs them: {memory.peak_kib / 1024:.1f} MiB")
    plans = [timed([program, "run", "noop", f"x=range[1:{trials * 10}]", "--print-trials"])
             for _ in range(rounds)]
    print(f"plan of {trials * 10} trials, printed: median {statistics.median(plans) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
