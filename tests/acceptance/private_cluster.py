"""A private Slurm on this machine for one acceptance document, behind its private server."""

import os
import subprocess

import private_server

HERE = os.path.dirname(os.path.abspath(__file__))
BED = os.path.join(HERE, "..", "support", "slurm-bed")
PATIENCE_S = 120  # for its daemons, on a busy machine


def is_wanted_by(document):
    return os.path.basename(document) == "slurm.md"


def start(work):
    """Starts the daemons below WORK/bed. Sessions of the server, which is started after it, are on
    a login node by `environment`."""
    settings = {"BED_NODES": "2", "BED_CPUS": "4", "BED_MINJOBAGE": "30"}
    if os.geteuid() == 0:
        settings["BED_APART"] = "yes"  # a job's machine is not the login node
    said = subprocess.run([BED, "start", path(work)], env={**os.environ, **settings},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=PATIENCE_S, check=False)
    if said.returncode != 0:
        raise private_server.ServerError(f"no cluster could be started: {said.stdout.strip()}")


def path(work):
    return os.path.join(work, "bed")


def environment(work):
    return {"SLURM_CONF": os.path.join(path(work), "slurm.conf")}


def write_config(work):
    """Adds the remote `cluster` to WORK/config.yml: that of the server, as a login node."""
    config = os.path.join(work, "config.yml")
    with open(config, encoding="utf-8") as f:
        text = f.read()
    cluster = text.replace("guild-uat:", "cluster:").replace("type: ssh", "type: slurm")
    cluster = cluster.partition("remotes:\n")[2].replace("a private OpenSSH server on loopback",
                                                         "a private cluster")
    with open(config, "w", encoding="utf-8") as f:
        f.write(text + cluster.replace(f"guild-home: {work}/far/.guild",
                                       f"work: {work}/far\n    partition: dev\n    poll: 1"))


def stop(work):
    subprocess.run([BED, "stop", path(work)], stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE_S,
                   check=False)
