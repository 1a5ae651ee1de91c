"""A private OpenSSH server for the benchmarks: keys, home and port of its own."""
import os
import shutil
import socket
import subprocess
import tempfile
import time

KEX = "-oKexAlgorithms=curve25519-sha256"


def make_keys(directory):
    """Keys of a server and of its only user; returns the server's as known_hosts names it."""
    for name in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                        os.path.join(directory, name)], check=True)
    shutil.copy(os.path.join(directory, "user_key.pub"), os.path.join(directory, "authorized_keys"))
    with open(os.path.join(directory, "host_key.pub")) as f:
        return " ".join(f.read().split()[:2])


def server_config(directory, listen, far, environment=None):
    """What an sshd with the keys of `directory` reads; `far` is the home of its sessions, which
    have these variables, too. Of several `SetEnv` lines the first one counts."""
    variables = " ".join(f"{name}={value}"
                         for name, value in {"HOME": far, "OUTRIDER_SCRATCH": f"{far}/scratch",
                                              **(environment or {})}.items())
    return "".join(f"ListenAddress {each}\n" for each in listen) + f"""HostKey {directory}/host_key
AuthorizedKeysFile {directory}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
UseDNS no
LogLevel ERROR
SetEnv {variables}
"""


def sshd_program():
    if os.geteuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)
    return shutil.which("sshd") or "/usr/sbin/sshd"


def client_environment(directory):
    """For commands whose home and config.yml are in `directory`. No service of the user's hears them."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("XDG_", "SSH_", "GUILD_", "OUTRIDER_"))}
    home = os.path.join(directory, "home")
    env.update(HOME=home, GUILD_HOME=os.path.join(home, ".guild"), COLUMNS="200",
               GUILD_CONFIG=os.path.join(directory, "config.yml"),
               OUTRIDER_SOCKET=os.path.join(directory, "serve.sock"))
    return env


class SshServer:
    """Listens on `address`, by default loopback. `there` and `here` are words that a command of the
    far side and of this side begins with, to run in another network namespace. `environment` gives
    more variables of its sessions, by the server's directory."""

    def __init__(self, address="127.0.0.1", there=(), here=(), environment=lambda work: {}):
        self.address, self.there, self.here = address, list(there), list(here)
        self.work = tempfile.mkdtemp(prefix="outrider-bench.", dir="/dev/shm")
        self.far = os.path.join(self.work, "far")
        self.home = os.path.join(self.work, "home")
        os.makedirs(os.path.join(self.far, ".guild", "runs"))
        os.makedirs(os.path.join(self.home, ".guild"))
        key = make_keys(self.work)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))  # in this namespace; the server's own has as many free
            self.port = s.getsockname()[1]
        with open(self.path("sshd_config"), "w") as f:
            f.write(server_config(self.work, [f"{address}:{self.port}"], self.far,
                                  environment(self.work)) +
                    "MaxStartups 200\n")
        self.process = subprocess.Popen([*self.there, sshd_program(), "-D", "-f",
                                         self.path("sshd_config"), "-E", self.path("sshd.log")])
        self._wait_for_port()
        with open(self.path("known_hosts"), "w") as f:
            f.write(f"[{address}]:{self.port} {key}\n")
        with open(self.path("config.yml"), "w") as f:
            f.write(self.config(["bench"]))

    def config(self, names):
        """Remotes of these names. A dict gives the Guild home of each, below `far`."""
        homes = names if isinstance(names, dict) else dict.fromkeys(names, ".guild")
        user = subprocess.check_output(["id", "-un"], text=True).strip()
        remotes = "".join(f"""  {name}:
    type: ssh
    host: {self.address}
    port: {self.port}
    user: {user}
    private-key: {self.path("user_key")}
    known-hosts: {self.path("known_hosts")}
    ssh-config: none
    guild-home: {self.far}/{home}
""" for name, home in homes.items())
        return "remotes:\n" + remotes

    def path(self, name):
        return os.path.join(self.work, name)

    def _wait_for_port(self):
        for _ in range(200):
            if subprocess.run([*self.here, "ssh-keyscan", "-T", "1", "-p", str(self.port),
                               self.address], capture_output=True).stdout:
                return
            time.sleep(0.05)
        raise SystemExit("sshd did not start: " + open(self.path("sshd.log")).read())

    def ssh_words(self, cipher=None):
        """The words of an `ssh` up to its host; no cipher: the one that it chooses itself."""
        return ["ssh", "-F", "none", "-i", self.path("user_key"), "-p", str(self.port), KEX,
                *(["-c", cipher] if cipher else []),
                "-oUserKnownHostsFile=" + self.path("known_hosts"), "-oBatchMode=yes"]

    def ssh(self, *words, cipher=None):
        return [*self.here, *self.ssh_words(cipher), self.address, *words]

    def processor_seconds(self):
        """What the server and its sessions that have ended took. Wait for `idle` first."""
        with open(f"/proc/{self.process.pid}/stat") as f:
            ticks = f.read().rpartition(")")[2].split()[11:15]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def wait_until_idle(self):
        """Until no session is left."""
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        for _ in range(1000):
            with open(children) as f:
                if not f.read().strip():
                    return
            time.sleep(0.005)
        raise SystemExit("a session of the server did not end")

    def environment(self):
        return client_environment(self.work)

    def close(self):
        self.wait_until_idle()  # agents that are about to end write their index still
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.work, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
