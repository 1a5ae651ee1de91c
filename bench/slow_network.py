"""Two network namespaces and a slow link between them: a veth pair with the kernel's netem where it has
it, else a relay of our own between two TUN devices. Takes root."""
import os
import subprocess

HERE, THERE = "10.99.0.1", "10.99.0.2"
DEVICE = "slow0"


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class SlowNetwork:
    def __init__(self, build, delay_ms, mbit):
        """`build` has bench/bench_link_relay; `delay_ms` is that of one way."""
        if os.geteuid() != 0:
            raise SystemExit("network namespaces take root")
        self.names = [f"outrider-bench-{os.getpid()}-{side}" for side in ("here", "there")]
        self.here, self.there = (["ip", "netns", "exec", name] for name in self.names)
        self.relay = None
        for name in self.names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        if self._shape(delay_ms, mbit):
            self.kind = "veth and netem"
        else:
            self.kind = "TUN devices and a relay of our own"
            self.relay = subprocess.Popen([os.path.join(build, "bench", "bench_link_relay"),
                                           *self.names, DEVICE, str(delay_ms), str(mbit)],
                                          stdout=subprocess.PIPE, text=True)
            if self.relay.stdout.readline() != "ready\n":
                raise SystemExit("the relay did not start")
        for name, own, other in zip(self.names, (HERE, THERE), (THERE, HERE)):
            ip("-n", name, "addr", "add", own, "peer", other, "dev", DEVICE)
            ip("-n", name, "link", "set", DEVICE, "up")

    def _shape(self, delay_ms, mbit):
        here, there = self.names
        ip("-n", here, "link", "add", DEVICE, "type", "veth", "peer", "name", DEVICE,
           "netns", there)
        for name in self.names:
            shaped = subprocess.run(
                ["tc", "-n", name, "qdisc", "add", "dev", DEVICE, "root", "netem", "delay",
                 f"{delay_ms}ms", "rate", f"{mbit}mbit", "limit", "1000"],
                stderr=subprocess.DEVNULL).returncode == 0
            if not shaped:
                ip("-n", here, "link", "del", DEVICE)
                return False
        return True

    def round_trip_ms(self, port):
        """The shortest of five connections to a port there."""
        script = f"""
import socket, time
def one():
    start = time.perf_counter()
    with socket.create_connection(({THERE!r}, {port})):
        return time.perf_counter() - start
print(min(one() for _ in range(5)) * 1000)"""
        return float(subprocess.check_output([*self.here, "python3", "-c", script], text=True))

    def close(self):
        if self.relay:
            self.relay.kill()
            self.relay.wait()
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
