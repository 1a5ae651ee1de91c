#!/usr/bin/env python3
"""How long does it take to compare 1,000 runs with 10 scalars of 1,000 points each, here and over SSH?

    bench/comparing.py PROGRAM [ROUNDS [RUNS]]

`compare -t` alternates with `ssh HOST true` against one OpenSSH server on loopback; medians and ratios are
printed. "first" reads all event files (10 million points), "again" finds what was read of them. Holds 0.5 GiB
in /dev/shm.
"""
import os
import shutil
import struct
import sys

from measuring import START_US, make_run, medians_beside_ssh
from ssh_server import SshServer

TAGS = ["loss", "acc", "val_loss", "val_acc", "lr", "grad_norm", "epoch", "time", "recall", "precision"]
STEPS = 1_000


def crc_table():
    rows = []
    for n in range(256):
        for _ in range(8):
            n = (n >> 1) ^ (0x82F63B78 if n & 1 else 0)
        rows.append(n)
    return rows


TABLE = crc_table()


def masked(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def sized(field, data):
    return varint(field << 3 | 2) + varint(len(data)) + data


def record(data):
    head = struct.pack("<Q", len(data))
    return head + masked(head) + data + masked(data)


def event_file():
    """As TensorBoard's writers make it: an event for each value."""
    out = [record(b"\x09" + struct.pack("<d", 1.7e9) + sized(3, b"brain.Event:2"))]
    for step in range(1, STEPS + 1):
        for i, tag in enumerate(TAGS):
            value = sized(1, tag.encode()) + b"\x15" + struct.pack("<f", (step * 7 + i) % 101 / 101)
            out.append(record(b"\x09" + struct.pack("<d", 1.7e9 + step) + b"\x10" + varint(step) +
                              sized(5, sized(1, value))))
    return b"".join(out)


def make_runs(home, count):
    events = event_file()
    for i in range(count):
        started = START_US + i * 1_000_000
        run = make_run(home, {"initialized": started, "started": started, "stopped": started + 900_000,
                              "flags": f"batch: {2 ** (i % 8)}\nlr: 0.{i}\nopt: adam",
                              "label": f"lr=0.{i}"}, "train")
        logs = os.path.join(run, "logs")
        os.makedirs(logs)
        with open(os.path.join(logs, "events.out.tfevents.1700000000.host"), "wb") as f:
            f.write(events)
    return len(events) * count


def measure(server, name, command, env, rounds, before=None):
    m, p = medians_beside_ssh(server, command, env, rounds, before)
    print(f"{name:34} {m:8.1f} ms   ssh true {p:6.1f} ms   ratio {m / p:5.2f}", flush=True)


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    program = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000
    with SshServer() as server:
        home = os.path.join(server.far, ".guild")
        size = make_runs(home, count)
        print(f"{count} runs, {count * STEPS * len(TAGS) / 1e6:.1f} million points, {size / 1e6:.0f} MB")
        here = dict(server.environment(), GUILD_HOME=home)
        there = server.environment()

        def forget():
            shutil.rmtree(os.path.join(home, "cache"), ignore_errors=True)

        for place, env, more in (("", here, []), (" --remote R", there, ["--remote", "bench"])):
            command = [program, "compare", "-t", *more]
            measure(server, f"compare -t{place}, first", command, env, rounds, forget)
            measure(server, f"compare -t{place}, again", command, env, rounds)
            measure(server, f"compare -t -cc 'min loss'{place}, again",
                    [program, "compare", "-t", "-cc", "min loss", *more], env, rounds)


if __name__ == "__main__":
    main()
