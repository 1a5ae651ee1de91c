"""Runs that are running on a server of the benchmarks, and whose output one writer here appends to, as their
supervisors would: hundreds of processes that print would take the processor from what is measured."""
import json
import os
import shutil
import signal
import subprocess
import threading
import time
import uuid

from measuring import quiet

LINE = 64  # bytes of a line, its line feed included


class WrittenRuns:
    """`each` runs on every one of some remotes, which `homes` names with their Guild homes. They share the
    processes of one real run, which is started through the program and copied."""

    def __init__(self, server, program, homes, each):
        self.server, self.program = server, program
        self.env = server.environment()
        self.first = next(iter(homes))
        with open(server.path("config.yml"), "w") as f:
            f.write(server.config(homes))
        project = server.path("project")
        os.makedirs(project)
        with open(os.path.join(project, "guild.yml"), "w") as f:
            f.write("wait:\n  exec: sleep 86400\n")
        quiet([program, "run", "wait", "-r", self.first, "-y", "--no-wait"], env=self.env, cwd=project)
        rows = json.loads(subprocess.check_output([program, "runs", "-r", self.first, "--json"], env=self.env))
        self.original = rows[0]["run_dir"]
        self.outputs = []
        for home in homes.values():
            runs = os.path.join(server.far, home, "runs")
            os.makedirs(runs, exist_ok=True)
            count = each - (runs == os.path.dirname(self.original))
            for _ in range(count):
                run = os.path.join(runs, uuid.uuid4().hex)
                shutil.copytree(self.original, run, symlinks=True)
                self._add(run)
        self._add(self.original)

    def _add(self, run):
        self.outputs.append(os.open(os.path.join(run, ".guild", "output"), os.O_WRONLY | os.O_APPEND))

    def end(self):
        """Ends the process that all of them share."""
        with open(os.path.join(self.original, ".guild", "LOCK")) as f:
            os.kill(int(f.read()), signal.SIGTERM)


class Writer(threading.Thread):
    """Appends `rate` lines a second in all, each with the time when it was written, to one output after the
    other, until `stop` is set."""

    def __init__(self, outputs, rate):
        super().__init__(daemon=True)
        self.outputs, self.rate, self.stop, self.written = outputs, rate, threading.Event(), 0

    def run(self):
        start = time.monotonic()
        while not self.stop.is_set():
            due = int((time.monotonic() - start) * self.rate)
            while self.written < due:
                line = f"{time.monotonic_ns()} {self.written} ".encode().ljust(LINE - 1, b".") + b"\n"
                os.write(self.outputs[self.written % len(self.outputs)], line)
                self.written += 1
            time.sleep(0.001)


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as f:
        return sum(map(int, f.read().rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def resident_kib(pid):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


def agents_below(directory):
    """Agents there that serve a connection, by pid."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                words = f.read().split(b"\0")
            if os.readlink(f"/proc/{pid}/exe").startswith(directory) and b"serve" in words:
                found.append(int(pid))
        except OSError:
            continue
    return found
