"""A hundred machines for the benchmarks: loopback addresses of their own, behind real OpenSSH servers.

One server takes 16 ListenAddress lines, so seven of them stand for a hundred machines. Each machine is a remote
with a Guild home of its own. MaxStartups is raised, for sixteen machines share one.
"""
import os
import shutil
import subprocess
import tempfile
import time

from measuring import make_run

MACHINES = 100
ADDRESSES_OF_A_SERVER = 16  # what OpenSSH admits
PORT = 40022


class ManyServers:
    def __init__(self, runs_each=3):
        self.work = tempfile.mkdtemp(prefix="outrider-bench.", dir="/dev/shm")
        self.home = self.path("home")
        os.makedirs(os.path.join(self.home, ".guild"))
        self.addresses = [f"127.0.1.{i + 1}" for i in range(MACHINES)]
        for name in ("host_key", "user_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.path(name)],
                           check=True)
        shutil.copy(self.path("user_key.pub"), self.path("authorized_keys"))
        for address in self.addresses:
            for _ in range(runs_each):
                make_run(self.path(address), {})
        self._write_client_files()
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        self.servers = [self._start(i) for i in range(0, MACHINES, ADDRESSES_OF_A_SERVER)]
        self._wait()

    def path(self, *names):
        return os.path.join(self.work, *names)

    def _write_client_files(self):
        with open(self.path("host_key.pub")) as f:
            key = " ".join(f.read().split()[:2])
        with open(self.path("known_hosts"), "w") as f:
            f.writelines(f"[{each}]:{PORT} {key}\n" for each in self.addresses)
        user = subprocess.check_output(["id", "-un"], text=True).strip()
        with open(self.path("ssh_config"), "w") as f:
            f.write(f"""Host *
Port {PORT}
User {user}
IdentityFile {self.path("user_key")}
IdentitiesOnly yes
UserKnownHostsFile {self.path("known_hosts")}
BatchMode yes
LogLevel ERROR
""")
        with open(self.path("config.yml"), "w") as f:
            f.write("remotes:\n" + "".join(f"""  m{i:03}:
    type: ssh
    host: {each}
    port: {PORT}
    user: {user}
    private-key: {self.path("user_key")}
    known-hosts: {self.path("known_hosts")}
    ssh-config: none
    guild-home: {self.path(each)}
""" for i, each in enumerate(self.addresses)))

    def _start(self, first):
        own = self.addresses[first:first + ADDRESSES_OF_A_SERVER]
        config = self.path(f"sshd_config.{first}")
        with open(config, "w") as f:
            f.writelines(f"ListenAddress {each}:{PORT}\n" for each in own)
            f.write(f"""HostKey {self.path("host_key")}
AuthorizedKeysFile {self.path("authorized_keys")}
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
UseDNS no
MaxStartups 200
LogLevel ERROR
SetEnv HOME={self.path("far")}
""")
        sshd = shutil.which("sshd") or "/usr/sbin/sshd"
        return subprocess.Popen([sshd, "-D", "-f", config, "-E", self.path(f"sshd.log.{first}")])

    def _wait(self):
        os.makedirs(self.path("far"), exist_ok=True)
        for address in self.addresses[::ADDRESSES_OF_A_SERVER]:
            for _ in range(200):
                if subprocess.run(["ssh-keyscan", "-T", "1", "-p", str(PORT), address],
                                  capture_output=True).stdout:
                    break
                time.sleep(0.05)
            else:
                raise SystemExit("an sshd did not start")

    def environment(self):
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(("XDG_", "SSH_", "GUILD_", "OUTRIDER_"))}
        env.update(HOME=self.home, GUILD_HOME=os.path.join(self.home, ".guild"),
                   GUILD_CONFIG=self.path("config.yml"), COLUMNS="200",
                   OUTRIDER_SOCKET=self.path("serve.sock"))
        return env

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.terminate()
        for server in self.servers:
            server.wait()
        shutil.rmtree(self.work, ignore_errors=True)
