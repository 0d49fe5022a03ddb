"""The cluster: the same jobs, done by the workers of a Dask scheduler."""

import asyncio
import socket
from concurrent.futures import BrokenExecutor, CancelledError
from urllib.parse import urlsplit

SECONDS = 10  # to wait for the scheduler to answer


def results(function, tasks, address):
    """Yield what ``function(*task)`` returns for each task, in the order in which they end.

    address: that of a running scheduler, such as tcp://127.0.0.1:8786. If a worker dies, another one does its
    task again, and the result is counted once.
    Raises ValueError if dask.distributed is missing, no scheduler answers, or a worker lacks this code;
    BrokenExecutor if several workers die of one task, or the scheduler ends.
    """
    client = _connect(address)
    try:
        from distributed import as_completed

        _check_workers(client)
        # All tasks are submitted at once, in their order, so that workers that join later also find work.
        futures = [client.submit(function, *task, pure=False) for task in tasks]
        for future in as_completed(futures, loop=client.loop):
            yield _result(future)
            future.release()
    finally:
        client.close()


def _result(future):
    try:
        return future.result()
    except (CancelledError, asyncio.CancelledError) as error:  # which one depends on the version
        raise BrokenExecutor("the connection to the scheduler is lost") from error
    except Exception as error:
        raise BrokenExecutor(f"{type(error).__name__}: {error}") from error


def _connect(address):
    try:
        from distributed import Client
    except ImportError as error:
        message = "--scheduler needs dask.distributed: python -m pip install '.[distributed]'"
        raise ValueError(message) from error
    try:
        place = urlsplit(address)
        if place.scheme != "tcp" or not place.hostname or not place.port:
            raise ValueError
    except ValueError:
        raise ValueError(f"--scheduler must have the form tcp://HOST:PORT; got {address!r}") from None
    try:
        # Dask's client tries again and again, and waits forever for an address that stays silent. A plain
        # connection is refused at once, and a scheduler greets it.
        with socket.create_connection((place.hostname, place.port), timeout=SECONDS) as greeted:
            if not greeted.recv(1):
                raise ConnectionError("closed without a word")
        return Client(address, timeout=SECONDS, set_as_default=False)
    except OSError as error:  # which TimeoutError is, too
        raise ValueError(f"no Dask scheduler answers at {address}") from error


def _check_workers(client):
    """Wait for the first worker, and check that every worker can import this package.

    Without this check, a task would fail with a message that does not say why.
    """

    def absent():  # Dask sends its code, since it is local: it must not need what it looks for
        from importlib import import_module

        try:
            import_module("benchmarks.studies.training")
        except ImportError as error:
            return str(error)
        return None

    try:
        client.wait_for_workers(1, timeout=60)
    except TimeoutError as error:
        raise ValueError("the scheduler has had no workers for a minute") from error
    for worker, error in client.run(absent).items():
        if error:
            raise ValueError(f"worker {worker}: {error}; start the workers in the project's folder")
