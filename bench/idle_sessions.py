#!/usr/bin/env python3
"""How much memory and processor time do 100 idle links take in the engine?

    bench/idle_sessions.py BUILD_DIRECTORY [COUNT] [SECONDS]
"""
import os
import subprocess
import sys

from ssh_server import SshServer


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    program = os.path.join(os.path.abspath(sys.argv[1]), "bench", "bench_idle_sessions")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 101
    seconds = sys.argv[3] if len(sys.argv) > 3 else "20"
    with SshServer() as server:
        with open(server.path("config.yml"), "w") as f:
            f.write(server.config([f"r{i:03}" for i in range(count)]))
        subprocess.run([program, seconds], env=server.environment(), check=True)


if __name__ == "__main__":
    main()
