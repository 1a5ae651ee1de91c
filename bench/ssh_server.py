"""A private OpenSSH server on loopback for the benchmarks: keys, home and port of its own."""
import os
import shutil
import socket
import subprocess
import tempfile
import time

KEX = "-oKexAlgorithms=curve25519-sha256"


class SshServer:
    def __init__(self):
        self.work = tempfile.mkdtemp(prefix="outrider-bench.", dir="/dev/shm")
        self.far = os.path.join(self.work, "far")
        self.home = os.path.join(self.work, "home")
        os.makedirs(os.path.join(self.far, ".guild", "runs"))
        os.makedirs(os.path.join(self.home, ".guild"))
        for name in ("host_key", "user_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.path(name)],
                           check=True)
        shutil.copy(self.path("user_key.pub"), self.path("authorized_keys"))
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        with open(self.path("sshd_config"), "w") as f:
            f.write(f"""ListenAddress 127.0.0.1:{self.port}
HostKey {self.path("host_key")}
AuthorizedKeysFile {self.path("authorized_keys")}
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
UseDNS no
MaxStartups 200
LogLevel ERROR
SetEnv HOME={self.far}
""")
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        sshd = shutil.which("sshd") or "/usr/sbin/sshd"
        self.process = subprocess.Popen([sshd, "-D", "-f", self.path("sshd_config"),
                                         "-E", self.path("sshd.log")])
        self._wait_for_port()
        with open(self.path("host_key.pub")) as f:
            key = " ".join(f.read().split()[:2])
        with open(self.path("known_hosts"), "w") as f:
            f.write(f"[127.0.0.1]:{self.port} {key}\n")
        with open(self.path("config.yml"), "w") as f:
            f.write(self.config({"bench": "bench"}))

    def config(self, names):
        user = subprocess.check_output(["id", "-un"], text=True).strip()
        remotes = "".join(f"""  {name}:
    type: ssh
    host: 127.0.0.1
    port: {self.port}
    user: {user}
    private-key: {self.path("user_key")}
    known-hosts: {self.path("known_hosts")}
    ssh-config: none
    guild-home: {self.far}/.guild
""" for name in names)
        return "remotes:\n" + remotes

    def path(self, name):
        return os.path.join(self.work, name)

    def _wait_for_port(self):
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("sshd did not start: " + open(self.path("sshd.log")).read())

    def ssh(self, *words):
        return ["ssh", "-F", "none", "-i", self.path("user_key"), "-p", str(self.port), KEX,
                "-oUserKnownHostsFile=" + self.path("known_hosts"), "-oBatchMode=yes",
                "127.0.0.1", *words]

    def environment(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "SSH_", "GUILD_"))}
        env.update(HOME=self.home, GUILD_HOME=os.path.join(self.home, ".guild"),
                   GUILD_CONFIG=self.path("config.yml"), COLUMNS="200")
        return env

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.work, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
