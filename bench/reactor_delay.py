#!/usr/bin/env python3
"""How late does the reactor get to other work while it opens links to a hundred machines?

    bench/reactor_delay.py BUILD_DIRECTORY [ROUNDS]
"""
import os
import subprocess
import sys

from many_servers import ManyServers


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    program = os.path.join(os.path.abspath(sys.argv[1]), "bench", "bench_reactor_delay")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with ManyServers() as machines:
        subprocess.run([program], env=machines.environment(), check=True,
                       stdout=subprocess.DEVNULL)  # the agent is deployed once
        for _ in range(rounds):
            subprocess.run([program], env=machines.environment(), check=True)


if __name__ == "__main__":
    main()
