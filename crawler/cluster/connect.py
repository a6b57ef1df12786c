"""Connect to the workers: a Dask scheduler, or worker processes on this machine."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from archive.errors import ArchiveError

if TYPE_CHECKING:
    from distributed import Client

LOCAL = re.compile(r"local(?::([1-9]\d{0,2}))?")
ADDRESS = re.compile(r"(?:tcp|tls|ws|wss|ucx)://\S+")
CONNECTING = 20.0  # seconds
RECONNECTING = 60.0  # seconds in which a scheduler that is gone may come back: a service or a pod is started again
PACKAGE = "health-news-archive"


class ClusterError(ArchiveError):
    """The cluster cannot be used."""


def check_address(address: str) -> None:
    """Raise ClusterError unless Dask is there and the address is that of a cluster."""
    if not (LOCAL.fullmatch(address) or ADDRESS.fullmatch(address)):
        raise ClusterError(f"{address} is no cluster: give tcp://SCHEDULER:8786, local or local:WORKERS.")
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise ClusterError(f"--cluster needs Dask: pip install '{PACKAGE}[cluster]'.") from error


@contextmanager
def connected(address: str) -> "Iterator[Client]":
    """Yield a client of the scheduler at the address; of worker processes on this machine for local and local:N.

    Raises ClusterError when it cannot be reached, has no workers, or these have another version of the program.
    """
    check_address(address)
    from distributed import Client, LocalCluster

    local = LOCAL.fullmatch(address)
    if local:
        workers = int(local[1] or os.cpu_count() or 1)
        with (
            # On a free port: without an address it is 8787, for which a second cluster on this machine gets a warning.
            LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(address, timeout=CONNECTING)
    except OSError as error:
        raise ClusterError(f"The scheduler at {address} cannot be reached: start it, or name another one.") from error
    with client:
        client._timeout = RECONNECTING  # Dask has no setting for it but that of the first connection
        _check_workers(client, address)
        yield client


def slots(client: "Client") -> int:
    """Return how many tasks the workers do at once."""
    return sum(client.nthreads().values())


def _check_workers(client: "Client", address: str) -> None:
    mine = version(PACKAGE)
    try:
        found = client.run(version, PACKAGE)
    except Exception as error:
        raise ClusterError(f"The workers at {address} have no {PACKAGE}: install {mine} there.") from error
    if not found:
        raise ClusterError(f"The scheduler at {address} has no workers: start some.")
    if others := sorted(set(found.values()) - {mine}):
        raise ClusterError(f"The workers at {address} have {PACKAGE} {', '.join(others)}: install {mine} there.")
