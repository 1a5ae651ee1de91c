#!/usr/bin/env python3
"""How much does a large pull delay a watch, a ping and a listing on the same remote?

    bench/latency_under_load.py BUILD_DIRECTORY [GIB]

One engine and one link: see bench/control_latency.cpp. GIB files of 1 GiB each (4 unless given) are
pulled over it while a run there prints the time every 20 ms.
"""
import json
import os
import subprocess
import sys

from measuring import fill, make_run, quiet
from ssh_server import SshServer

IDLE_SECONDS = 5
PROJECT = {
    "guild.yml": "ticks:\n  flags-import: no\n",
    "ticks.py": """import time

while True:
    time.sleep(0.02)
    print(time.clock_gettime_ns(time.CLOCK_MONOTONIC), flush=True)
""",
}


def running(program, env):
    rows = json.loads(subprocess.check_output([program, "runs", "-r", "bench", "--json"], env=env))
    return next(row["id"] for row in rows if row["status"] == "running")


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    build = os.path.abspath(sys.argv[1])
    program = os.path.join(build, "cli", "outrider")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    with SshServer() as server:
        env = server.environment()
        project = server.path("project")
        os.makedirs(project)
        for name, text in PROJECT.items():
            with open(os.path.join(project, name), "w") as f:
                f.write(text)
        runs = []
        for _ in range(count):
            runs.append(make_run(os.path.join(server.far, ".guild"), {}, "big"))
            fill(os.path.join(runs[-1], "model.bin"), 1 << 30)
        quiet([program, "run", "ticks", "-r", "bench", "-y", "--background"], env=env, cwd=project)
        try:
            ticking = running(program, env)
            subprocess.run([os.path.join(build, "bench", "bench_control_latency"), "bench", ticking,
                            str(IDLE_SECONDS), *map(os.path.basename, runs)], env=env, check=True)
        finally:
            quiet([program, "stop", "-r", "bench", "-y"], env=env)


if __name__ == "__main__":
    main()
