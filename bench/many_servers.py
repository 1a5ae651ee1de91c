"""A hundred machines for the benchmarks: loopback addresses of their own, behind real OpenSSH servers.

One server takes 16 ListenAddress lines, so seven of them stand for a hundred machines. Each machine is a remote
with a Guild home of its own. Neighbours are behind different servers, so that a command which does 32 at a time
in their order is below every server's MaxStartups, as it would be with a hundred servers.
"""
import os
import socket
import subprocess
import tempfile
import time

from measuring import make_run
from ssh_server import client_environment, make_keys, server_config, sshd_program

MACHINES = 100
ADDRESSES_OF_A_SERVER = 16  # what OpenSSH admits
SERVERS = -(-MACHINES // ADDRESSES_OF_A_SERVER)

# Starts the servers and lives until its input ends, however the bench ends; then ends them with their sessions,
# and the processes whose ids it was told.
KEEPER = """
directory=$1 sshd=$2
for config in "$directory"/sshd_config.*; do
    "$sshd" -D -f "$config" -E "$directory/sshd.log" &
    servers="$servers $!"
done
while read -r id; do others="$others $id"; done
for id in $servers; do kill $(cat "/proc/$id/task/$id/children") "$id"; done
for id in $others; do kill "$id"; done
wait
sleep 0.2  # agents write their index when their session has ended
rm -rf "$directory"
"""


class ManyServers:
    def __init__(self, runs_each=3):
        self.work = tempfile.mkdtemp(prefix="outrider-bench.", dir="/dev/shm")
        for directory in ("far", os.path.join("home", ".guild")):
            os.makedirs(self.path(directory))
        self.addresses = [f"127.0.1.{i + 1}" for i in range(MACHINES)]
        self.names = [f"m{i:03}" for i in range(MACHINES)]
        with socket.socket() as s:
            s.bind((self.addresses[0], 0))
            self.port = s.getsockname()[1]
        self._write_files(make_keys(self.work))
        for address in self.addresses:
            for _ in range(runs_each):
                make_run(self.path(address), {})
        self.keeper = subprocess.Popen(["sh", "-c", KEEPER, "sh", self.work, sshd_program()],
                                       stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       text=True, start_new_session=True)
        self._wait()

    def path(self, *names):
        return os.path.join(self.work, *names)

    def _write_files(self, host_key):
        user = subprocess.check_output(["id", "-un"], text=True).strip()
        for i in range(SERVERS):
            listen = [f"{each}:{self.port}" for each in self.addresses[i::SERVERS]]
            self._write(f"sshd_config.{i}", server_config(self.work, listen, self.path("far")))
        self._write("hosts", "".join(f"{each}\n" for each in self.addresses))
        self._write("known_hosts", "".join(f"[{each}]:{self.port} {host_key}\n"
                                           for each in self.addresses))
        self._write("ssh_config", f"""Host *
Port {self.port}
User {user}
IdentityFile {self.path("user_key")}
IdentitiesOnly yes
UserKnownHostsFile {self.path("known_hosts")}
BatchMode yes
LogLevel ERROR
""")
        self._write("config.yml", "remotes:\n" + "".join(f"""  {name}:
    type: ssh
    host: {address}
    port: {self.port}
    user: {user}
    private-key: {self.path("user_key")}
    known-hosts: {self.path("known_hosts")}
    guild-home: {self.path(address)}
""" for name, address in zip(self.names, self.addresses)))

    def _write(self, name, text):
        with open(self.path(name), "w") as f:
            f.write(text)

    def _wait(self):
        for address in self.addresses[:SERVERS]:
            for _ in range(200):
                if subprocess.run(["ssh-keyscan", "-T", "1", "-p", str(self.port), address],
                                  capture_output=True).stdout:
                    break
                time.sleep(0.05)
            else:
                raise SystemExit("an sshd did not start: " + open(self.path("sshd.log")).read())

    def ssh_words(self, options=()):
        """The words of an `ssh` to a machine, without the program and the address."""
        return ["-F", self.path("ssh_config"), *options]

    def environment(self):
        return client_environment(self.work)

    def end_with_servers(self, process_id):
        """Ends this process, too, however the bench ends."""
        self.keeper.stdin.write(f"{process_id}\n")
        self.keeper.stdin.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.keeper.stdin.close()
        self.keeper.wait()
