"""An OpenSSH server on loopback with keys and a home of its own, for one acceptance document."""

import getpass
import os
import random
import shutil
import socket
import subprocess
import time

# Below the ports that the system gives to clients.
PORTS = range(20000, 32000)
PATIENCE_S = 10  # for a server to answer


class ServerError(Exception):
    """No server could be started; the text says why."""


def start(work, environment=None):
    """Starts a server whose sessions have WORK/far as their home, and these variables; returns its
    process. Writes the WORK/config.yml that names it `guild-uat`, and makes WORK/home."""
    for name in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "uat",
                        "-f", os.path.join(work, name)], check=True)
    shutil.copy(os.path.join(work, "user_key.pub"), os.path.join(work, "authorized_keys"))
    os.makedirs(os.path.join(work, "far", ".guild"))
    os.makedirs(os.path.join(work, "home"))
    if os.geteuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)
    for _ in range(5):
        port = free_port()
        server = launch(work, port, {"HOME": f"{work}/far", "OUTRIDER_SCRATCH": f"{work}/scratch",
                                   **(environment or {})})
        if answers(server, port):
            write_config(work, port)
            return server
        server.kill()
        server.wait()
    with open(os.path.join(work, "sshd.log"), encoding="utf-8") as f:
        raise ServerError(f"sshd did not start: {f.read().strip()}")


def free_port():
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise ServerError("no port is free")


def launch(work, port, environment):
    config = os.path.join(work, "sshd_config")
    with open(config, "w", encoding="utf-8") as f:
        f.write(f"""ListenAddress 127.0.0.1:{port}
HostKey {work}/host_key
AuthorizedKeysFile {work}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UseDNS no
LogLevel ERROR
SetEnv {" ".join(f"{name}={value}" for name, value in environment.items())}
""")
    return subprocess.Popen([shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-f", config,
                             "-E", os.path.join(work, "sshd.log")], stdin=subprocess.DEVNULL)


def answers(server, port):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


def write_config(work, port):
    with open(os.path.join(work, "host_key.pub"), encoding="utf-8") as f:
        key = " ".join(f.read().split()[:2])
    with open(os.path.join(work, "known_hosts"), "w", encoding="utf-8") as f:
        f.write(f"[127.0.0.1]:{port} {key}\n")
    with open(os.path.join(work, "config.yml"), "w", encoding="utf-8") as f:
        f.write(f"""remotes:
  guild-uat:
    type: ssh
    description: a private OpenSSH server on loopback
    host: 127.0.0.1
    port: {port}
    user: {getpass.getuser()}
    private-key: {work}/user_key
    known-hosts: {work}/known_hosts
    ssh-config: none
    guild-home: {work}/far/.guild
""")
