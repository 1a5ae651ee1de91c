#!/usr/bin/env python3
"""How long does one command over a hundred machines take, and what does it cost here?

    bench/many_remotes.py OUTRIDER [ROUNDS]

`runs -r all` beside clush, pdsh and pssh, which only run `true`, on the same hundred loopback addresses (seven real
OpenSSH servers), all with 32 connections in the making: with the key exchange that we choose, and with the default
of `ssh`. Then the same through a warm service, beside pssh over open control sockets, and `runs -r` of one remote
through the service. Alternating in one run, medians; processor time is that of all processes of a command on this
side (of the service and of the masters, too, where they do the work). Peers that are not installed are left out.
"""
import os
import shutil
import statistics
import subprocess
import sys
import time

from many_servers import MACHINES, ManyServers
from ssh_server import KEX
from written_runs import processor_seconds

AT_ONCE = "32"
RUNS_EACH = 3
PSSH = shutil.which("parallel-ssh") or shutil.which("pssh")  # Debian gives it the long name


def cost_of(words, env, daemons=()):
    """Wall and processor seconds of a command, and its output. `daemons` work for it, too."""
    before = sum(map(processor_seconds, daemons))
    start = time.perf_counter()
    child = subprocess.Popen(words, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
    out = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(words)[:200]}: exit code {child.returncode}")
    others = sum(map(processor_seconds, daemons)) - before
    return wall, used.ru_utime + used.ru_stime + others, out


def measured(words, env, daemons=()):
    return lambda: cost_of(words, env, daemons)[:2]


def require_all_runs(words, env):
    """One listing of everything: it makes the links, or deploys the agent, and proves that all answer."""
    if cost_of([*words, "--all"], env)[2].count(b"\n") != RUNS_EACH * MACHINES:
        raise SystemExit("not all runs were listed")


def pssh(machines, options):
    return [PSSH, "-p", AT_ONCE, "-x", " ".join(machines.ssh_words(options)), "-h",
            machines.path("hosts"), "true"]


def peers(machines, options):
    extra = " ".join(machines.ssh_words(options))
    hosts = ",".join(machines.addresses)
    env = {**os.environ, "PDSH_SSH_ARGS_APPEND": extra}
    known = {"clush": ["clush", "-q", "-f", AT_ONCE, "-o", extra, "-w", hosts, "true"],
             "pdsh": ["pdsh", "-R", "ssh", "-f", AT_ONCE, "-w", hosts, "true"],
             "pssh": pssh(machines, options)}
    return {name: measured(words, env) for name, words in known.items()
            if words[0] and shutil.which(words[0])}


def compare(title, mine, others, rounds):
    """Prints a table; ratios are ours to the peer that is best in that column."""
    costs = {name: [] for name in {**mine, **others}}
    for _ in range(rounds):
        for name, run in {**mine, **others}.items():
            costs[name].append(run())
    medians = {name: [statistics.median(column) for column in zip(*each)]
               for name, each in costs.items()}
    print(f"\n{title}, medians of {rounds}\n\n| | wall | ratio | processor here | ratio |\n"
          "| --- | --- | --- | --- | --- |")
    for name, (wall, processor) in medians.items():
        ratios = ["", ""]
        if name in mine and others:
            ratios = [f"{own / min(medians[each][column] for each in others):.3f}"
                      for column, own in enumerate((wall, processor))]
        print(f"| {name} | {wall * 1000:.1f} ms | {ratios[0]} | {processor * 1000:.1f} ms "
              f"| {ratios[1]} |", flush=True)


def cold(program, machines, rounds):
    env = machines.environment()
    command = [program, "--no-service", "runs", "-r", "all"]
    require_all_runs(command, env)
    mine = {"outrider runs -r all": measured(command, env)}
    compare("Cold, peers with curve25519", mine, peers(machines, [KEX]), rounds)
    compare("Cold, peers as installed", mine, peers(machines, []), rounds)


def start_service(program, machines, env):
    service = subprocess.Popen([program, "serve"], env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    machines.end_with_servers(service.pid)
    for _ in range(200):
        if os.path.exists(env["OUTRIDER_SOCKET"]):
            return service
        time.sleep(0.05)
    raise SystemExit("the service did not start")


def open_masters(machines, control):
    """A control socket to every machine; returns the ids of the processes that hold them."""
    ids = []
    for address in machines.addresses:
        words = ["ssh", *machines.ssh_words([KEX, *control]), address]
        subprocess.run([*words, "true"], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        said = subprocess.run([*words, "-O", "check"], check=True, capture_output=True, text=True)
        ids.append(int(said.stderr.partition("pid=")[2].split(")")[0]))
    return ids


def warm(program, machines, rounds):
    env = machines.environment()
    service = start_service(program, machines, env)
    everything = [program, "runs", "-r", "all"]
    require_all_runs(everything, env)
    mine = {"outrider runs -r all": measured(everything, env, [service.pid])}
    others = {}
    if PSSH:
        control = ["-oControlMaster=auto", "-oControlPersist=600",
                   f"-oControlPath={machines.path('c')}-%h"]
        ids = open_masters(machines, control)
        others["pssh over control sockets"] = measured(pssh(machines, [KEX, *control]), os.environ, ids)
    compare("Through the warm service", mine, others, rounds)
    one = [program, "runs", "-r", machines.names[0]]
    compare("One remote through the warm service",
            {"outrider runs -r R": measured(one, env, [service.pid]),
             "outrider --version": measured([program, "--version"], env)}, {}, 5 * rounds)
    subprocess.run([program, "serve", "stop"], env=env, check=True, stdout=subprocess.DEVNULL)
    service.wait()


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    program = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with ManyServers(RUNS_EACH) as machines:
        cold(program, machines, rounds)
        warm(program, machines, rounds)


if __name__ == "__main__":
    main()
