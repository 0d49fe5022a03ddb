"""The cluster: the same trainings on the workers of a Dask scheduler, through joblib's backend for it."""

import socket
from concurrent.futures import BrokenExecutor
from urllib.parse import urlsplit

SECONDS = 10  # to wait for an answer of the scheduler


def results(function, tasks, address):
    """Yield what ``function(*task)`` returns for each task, in the order in which they end.

    address: of a running scheduler, such as tcp://127.0.0.1:8786. A task whose worker dies is done again by
    another, and its result is counted once.
    Raises ValueError where dask.distributed is missing, or no scheduler answers, or a worker lacks this code;
    BrokenExecutor where a task has cost several workers their lives, or the scheduler has gone.
    """
    from joblib import Parallel, delayed, parallel_config

    client = _connect(address)
    try:
        _check_workers(client)
        # All tasks are handed over at once: workers that join later find work, too.
        with parallel_config(_backend_class()(client=client)):
            parallel = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch="all")
            yield from parallel(delayed(function)(*task) for task in tasks)
    finally:
        client.close()


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
        # The client tries again and again for a while; a plain connection is refused at once.
        socket.create_connection((place.hostname, place.port), timeout=SECONDS).close()
        return Client(address, timeout=SECONDS, set_as_default=False)
    except OSError as error:  # TimeoutError is one, too
        raise ValueError(f"no Dask scheduler answers at {address}") from error


def _check_workers(client):
    """Wait for the first worker, and see that each can import this package: a task that cannot be read on a
    worker fails with a message that says nothing of the reason.
    """

    def absent():  # sent as it stands, since it is local: it must not need what it looks for
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


def _backend_class():
    from joblib._dask import DaskDistributedBackend

    class Backend(DaskDistributedBackend):
        """joblib's backend, which does not tell joblib of a task that the scheduler has given up:
        ``Parallel`` would wait for it for ever.
        """

        def submit(self, func, callback=None):
            future = super().submit(func, callback)

            def tell(future):
                if (error := future.exception()) is not None:
                    callback(error)

            future.add_done_callback(tell)
            return future

        def retrieve_result_callback(self, out):
            if isinstance(out, BaseException):
                raise BrokenExecutor(f"{type(out).__name__}: {out}") from out
            return super().retrieve_result_callback(out)

    return Backend
