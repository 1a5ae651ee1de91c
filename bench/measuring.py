"""What the benchmarks share: made-up runs, times, processor time and peak memory of commands."""
import dataclasses
import mmap
import os
import statistics
import subprocess
import threading
import time
import uuid

START_US = 1_700_000_000_000_000
OPREF = "package:gpkg.bench 0.0.0 '' "


def make_run(home, attributes, operation="op"):
    """A run directory as Guild leaves it; gives its path."""
    run = os.path.join(home, "runs", uuid.uuid4().hex)
    attrs = os.path.join(run, ".guild", "attrs")
    os.makedirs(attrs)
    values = {"id": os.path.basename(run), "initialized": START_US, "started": START_US,
              "stopped": START_US + 900_000, "exit_status": 0, **attributes}
    for name, value in values.items():
        with open(os.path.join(attrs, name), "w") as f:
            f.write(f"{value}\n")
    with open(os.path.join(run, ".guild", "opref"), "w") as f:
        f.write(OPREF + operation)
    return run


def fill(path, size):
    """A file of bytes that nothing can compress."""
    with open(path, "wb") as f:
        while size > 0:
            size -= f.write(os.urandom(min(size, 1 << 20)))


def fill_many(directory, count, size):
    """Files of random bytes, a hundred in a directory."""
    for i in range(count):
        if i % 100 == 0:
            part = os.path.join(directory, f"part-{i // 100:04}")
            os.makedirs(part)
        with open(os.path.join(part, f"file-{i:06}"), "wb") as f:
            f.write(os.urandom(size))


def quiet(command, **kw):
    """Runs a command to its good end, without a word; `stdin` and `stdout` may be given."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL,
               "stderr": subprocess.DEVNULL}
    subprocess.run(command, check=True, **{**streams, **kw})


def medians_beside_ssh(server, command, env, rounds, before=None):
    """Medians, in ms, of a command and of `ssh HOST true`, which take turns."""
    ours, peer = [], []
    seconds_of(command, env=env)
    for _ in range(rounds):
        peer.append(seconds_of(server.ssh("true")))
        if before:
            before()
        ours.append(seconds_of(command, env=env))
    return statistics.median(ours) * 1000, statistics.median(peer) * 1000


def same_start_for_all(memory):
    """What was written is on its disk, and so many bytes of free memory are real ones.

    A virtual machine gives free memory back to its host, and gets it again page by page as it is
    written to. That takes several times as long as the write: whoever came first would pay for all.
    """
    os.sync()
    mmap.mmap(-1, memory, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE).close()


def seconds_of(command, **kw):
    start = time.perf_counter()
    quiet(command, **kw)
    return time.perf_counter() - start


@dataclasses.dataclass
class Cost:
    """Of one command: seconds, processor seconds of its processes here and of the server's."""
    wall: float
    here: float
    there: float


def cost_of(server, command, stdin=None, stdout=None, **kw):
    """What a command that talks to `server` costs; `stdin` and `stdout` are paths."""
    server.wait_until_idle()
    there = server.processor_seconds()
    with open(stdin or os.devnull, "rb") as source, open(stdout or os.devnull, "wb") as target:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=source, stdout=target, stderr=subprocess.PIPE, **kw)
        said = child.stderr.read()
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit code {child.returncode}\n{said.decode()}")
    server.wait_until_idle()
    return Cost(wall, used.ru_utime + used.ru_stime, server.processor_seconds() - there)


def status_of(pid):
    """Parent and peak memory (KiB) of a process; None if it has just ended."""
    try:
        with open(f"/proc/{pid}/status") as f:
            fields = dict(line.split(":", 1) for line in f if line[:5] in ("PPid:", "VmHWM"))
        return int(fields["PPid"]), int(fields.get("VmHWM", "0").split()[0])
    except (OSError, ValueError, KeyError):
        return None


class MemoryWatch(threading.Thread):
    """Samples the peak memory of an engine and of the agents that live below `work`, KiB: those
    that the engine started ("here") and others ("there")."""

    def __init__(self, engine, work):
        super().__init__(daemon=True)
        self.engine, self.work, self.stop = engine, work, threading.Event()
        self.peak = {"engine": 0, "here": 0, "there": 0}

    def run(self):
        while not self.stop.wait(0.002):
            self._look(self.engine, "engine")
            for pid in filter(str.isdigit, os.listdir("/proc")):
                try:
                    if os.readlink(f"/proc/{pid}/exe").startswith(self.work):
                        self._look(pid, None)
                except OSError:
                    continue

    def _look(self, pid, place):
        if found := status_of(pid):
            parent, peak = found
            place = place or ("here" if parent == self.engine else "there")
            self.peak[place] = max(self.peak[place], peak)


def peak_memory(server, command, env):
    """KiB of "engine", agents "here" and "there" in one run of a command."""
    child = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    watch = MemoryWatch(child.pid, server.work)
    watch.start()
    child.wait()
    watch.stop.set()
    watch.join()
    return watch.peak
