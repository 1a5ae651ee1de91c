#!/usr/bin/env python3
"""How long do listing, running and watching take over SSH, against `ssh HOST true`?

    bench/main_job.py PROGRAM [ROUNDS]

The peers alternate in one run against one OpenSSH server on loopback; medians and ratios are printed.
"""
import os
import statistics
import subprocess
import sys
import time

from measuring import START_US, make_run, seconds_of
from ssh_server import SshServer

PROJECT = {
    "guild.yml": """sleep:
  flags-dest: globals
  flags-import: no
  flags:
    seconds: 0
ticks:
  flags-import: no
""",
    "sleep.py": "import time\n\nseconds = 1\n\ntime.sleep(seconds)\n",
    "ticks.py": """import time

for _ in range(100):
    time.sleep(0.02)
    print(time.clock_gettime_ns(time.CLOCK_MONOTONIC), flush=True)
""",
}


def make_completed_runs(home, count):
    for i in range(count):
        started = START_US + i * 1_000_000
        make_run(home, {"started": started, "stopped": started + 1_000_000, "label": f"seconds={i}",
                        "flags": f"seconds: {i}"}, "sleep")


def report(name, ours, peer, limit):
    m, p = statistics.median(ours), statistics.median(peer)
    print(f"{name:42} {m * 1000:8.1f} ms   ssh true {p * 1000:7.1f} ms   "
          f"ratio {m / p:5.2f}  (goal {limit})", flush=True)


def measure_listing(server, program, rounds):
    make_completed_runs(os.path.join(server.far, ".guild"), 1000)
    command, env = [program, "runs", "-r", "bench"], server.environment()
    seconds_of(command, env=env)  # the agent is deployed once
    ours, peer = [], []
    for _ in range(rounds):
        peer.append(seconds_of(server.ssh("true")))
        ours.append(seconds_of(command, env=env))
    report("runs -r R, cold, 1,000 completed runs", ours, peer, "1.3")


def measure_running(server, program, rounds, project):
    command, env = [program, "run", "sleep", "seconds=0", "-r", "bench", "-y"], server.environment()
    seconds_of(command, env=env, cwd=project)  # the package is sent once
    ours, peer = [], []
    for _ in range(rounds):
        peer.append(seconds_of(server.ssh("true")))
        ours.append(seconds_of(command, env=env, cwd=project))
    report("run -r R of sleep seconds=0, to its end", ours, peer, "2.5")


def measure_latency(server, program, project):
    command = [program, "run", "ticks", "-r", "bench", "-y"]
    child = subprocess.Popen(command, env=server.environment(), cwd=project, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                             stdin=subprocess.DEVNULL)
    delays = []
    for line in child.stdout:
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        if line.strip().isdigit():
            delays.append((now - int(line)) / 1e6)
    child.wait()
    delays.sort()
    print(f"{'far print to local terminal, 100 lines':42} median {statistics.median(delays):.2f} ms"
          f"   p90 {delays[int(len(delays) * 0.9)]:.2f} ms   max {delays[-1]:.2f} ms  (goal 3 ms)",
          flush=True)


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    program = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    with SshServer() as server:
        project = server.path("project")
        os.makedirs(project)
        for name, text in PROJECT.items():
            with open(os.path.join(project, name), "w") as f:
                f.write(text)
        measure_listing(server, program, rounds)
        measure_running(server, program, rounds, project)
        measure_latency(server, program, project)


if __name__ == "__main__":
    main()
