#!/usr/bin/env python3
"""How long does one command over a hundred machines take, and what does it cost here?

    bench/many_remotes.py OUTRIDER [ROUNDS]

`runs -r all` beside clush, pdsh and pssh, which only run `true`, on the same hundred loopback addresses (seven real
OpenSSH servers); then the same through a warm service, beside pssh over open control sockets; and `runs -r` of one
remote through the service. Alternating in one run, medians; processor time is that of all processes of a command on
this side. Peers that are not installed are left out.
"""
import os
import shutil
import statistics
import subprocess
import sys
import time

from many_servers import MACHINES, ManyServers

KEX = "-oKexAlgorithms=curve25519-sha256"


def cost_of(words, env):
    start = time.perf_counter()
    child = subprocess.Popen(words, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
    out = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(words)[:200]}: exit code {child.returncode}")
    return wall, used.ru_utime + used.ru_stime, out


def ours(program, machines):
    def run():
        wall, processor, out = cost_of([program, "--no-service", "runs", "-r", "all", "--all"],
                                       machines.environment())
        if out.count(b"\n") != 3 * MACHINES:
            raise SystemExit("not all runs were listed")
        return wall, processor
    return run


def peers(machines, options):
    config = machines.path("ssh_config")
    hosts = ",".join(machines.addresses)
    env = {**os.environ, "PDSH_SSH_ARGS_APPEND": f"-F {config} {options}"}
    host_file = machines.path("hosts")
    with open(host_file, "w") as f:
        f.write("\n".join(machines.addresses) + "\n")
    pssh = shutil.which("parallel-ssh") or shutil.which("pssh")
    known = {
        "clush": ["clush", "-q", "-f", "32", "-o", f"-F {config} {options}", "-w", hosts, "true"],
        "pdsh": ["pdsh", "-R", "ssh", "-f", "32", "-w", hosts, "true"],
        "pssh": [pssh or "pssh", "-p", "32", "-x", f"-F {config} {options}", "-h", host_file, "true"],
    }
    return {name: (lambda words=words: cost_of(words, env)[:2])
            for name, words in known.items() if shutil.which(words[0])}


def compare(title, candidates, rounds):
    costs = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, run in candidates.items():
            costs[name].append(run())
    print(f"\n{title}, medians of {rounds}\n\n| | wall | processor here |\n| --- | --- | --- |")
    for name, all_of in costs.items():
        wall, processor = (statistics.median(column) for column in zip(*all_of))
        print(f"| {name} | {wall:.3f} s | {processor:.3f} s |", flush=True)


def through_service(program, machines, rounds):
    env = machines.environment()
    subprocess.run([program, "serve", "--detach"], env=env, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        everything = [program, "runs", "-r", "all", "--all"]
        cost_of(everything, env)  # makes the links
        candidates = {"outrider runs -r all": lambda: cost_of(everything, env)[:2]}
        pssh = shutil.which("parallel-ssh") or shutil.which("pssh")
        if pssh:
            options = (f"-oControlMaster=auto -oControlPersist=300 "
                       f"-oControlPath={machines.path('c')}-%h")
            words = [pssh, "-p", "32", "-x", f"-F {machines.path('ssh_config')} {KEX} {options}",
                     "-h", machines.path("hosts"), "true"]
            cost_of(words, os.environ)
            candidates["pssh over control sockets"] = lambda: cost_of(words, os.environ)[:2]
        compare("Through the warm service", candidates, rounds)
        one = [program, "runs", "-r", "m000"]
        cost_of(one, env)
        compare("One remote through the warm service",
                {"outrider runs -r m000": lambda: cost_of(one, env)[:2],
                 "outrider --version": lambda: cost_of([program, "--version"], env)[:2]},
                5 * rounds)
    finally:
        subprocess.run([program, "serve", "stop"], env=env, check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for each in machines.addresses:
            subprocess.run(["ssh", "-F", machines.path("ssh_config"),
                            f"-oControlPath={machines.path('c')}-%h", "-O", "exit", each],
                           check=False, capture_output=True)


def main():
    program = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with ManyServers() as machines:
        mine = {"outrider runs -r all": ours(program, machines)}
        mine["outrider runs -r all"]()  # sends the agent once
        compare("Cold, peers with curve25519", {**mine, **peers(machines, KEX)}, rounds)
        compare("Cold, peers as installed", {**mine, **peers(machines, "")}, rounds)
        through_service(program, machines, rounds)


if __name__ == "__main__":
    main()
