"""A study on a cluster loses nothing when a worker dies, and ends with a line if the scheduler is gone."""

import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from benchmarks import ROOT
from benchmarks.__main__ import main
from benchmarks.studies import cluster as cluster_module
from tests.studies import outcomes, study

pytestmark = pytest.mark.usefixtures("without_mnist")


def test_without_distributed_a_cluster_is_refused(capsys, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    options = ["--data", "digits", "--out", str(tmp_path), "--scheduler", "tcp://127.0.0.1:9"]
    assert main(["study", "binary", *options]) == 2
    assert "--scheduler needs dask.distributed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("tcp://127.0.0.1:1", "no Dask scheduler answers at tcp://127.0.0.1:1"),
        ("localhost", "--scheduler must have the form tcp://HOST:PORT; got 'localhost'"),
        ("tcp://host:port", "--scheduler must have the form tcp://HOST:PORT; got 'tcp://host:port'"),
    ],
)
def test_a_scheduler_that_is_not_there_is_one_line(tmp_path, capsys, address, message):
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    arguments = ["study", "binary", "--data", "digits", "--runs", "1", "--out", str(tmp_path)]
    assert main([*arguments, "--scheduler", address]) == 2
    assert capsys.readouterr().err == f"benchmarks: {message}\n"


def test_an_address_that_is_silent_is_one_line(tmp_path, capsys, monkeypatch):
    """Something listens there, but it is no scheduler: it would be waited for without end."""
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    monkeypatch.setattr(cluster_module, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        arguments = ["study", "binary", "--data", "digits", "--runs", "1", "--out", str(tmp_path)]
        assert main([*arguments, "--scheduler", address]) == 2
    assert capsys.readouterr().err == f"benchmarks: no Dask scheduler answers at {address}\n"


DYING_WORKER = """
import os, sys
from nn.app.experiment import Experiment

run = Experiment.run

def dying(self):
    for row in run(self):
        if row["epoch"] == 3:
            os._exit(9)  # as if killed: nothing is cleaned up, nobody is told
        yield row

Experiment.run = dying
from distributed.cli.dask_worker import main
main()
"""


class Process:
    """A process that is ready once it has written a certain word, and that is killed at the end."""

    def __init__(self, word, *command, **environment):
        self._process = subprocess.Popen(
            [sys.executable, *map(str, command)],
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        lines = []
        for line in self._process.stderr:
            lines.append(line)
            if word in line:
                break
        else:
            raise AssertionError("".join(lines))
        self.line = lines[-1]
        # Whatever else it writes must be read, or it would wait for a reader.
        self._reader = threading.Thread(target=self._process.stderr.read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._process.kill()
        self.wait()
        self._process.stderr.close()

    def kill(self):
        self._process.kill()

    def wait(self):
        status = self._process.wait()
        self._reader.join()
        return status


@contextmanager
def cluster(folder, **environment):
    """Yield the address of a scheduler with two workers, the one that dies in its first training, and the
    scheduler.
    """
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    server = ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", folder]
    with Process("Scheduler at:", *server, **environment) as scheduler:
        address = scheduler.line.split()[-1]
        with (
            Process("Registered to", "-c", DYING_WORKER, address, *options) as dying,
            Process("Registered to", "-m", "distributed.cli.dask_worker", address, *options),
        ):
            yield address, dying, scheduler


def test_a_cluster_loses_nothing_when_a_worker_dies(tmp_path):
    """One of two workers dies in the middle of its first training."""
    name, arguments = "binary", ["--runs", "4"]
    local = ["study", name, *arguments, "--jobs", "1", "--data", "digits", "--out", str(tmp_path / "local")]
    assert main(local) == 0
    with cluster(tmp_path) as (address, dying, _):
        with study(name, *arguments, "--scheduler", address, "--out", tmp_path / "cluster") as process:
            output, error = process.communicate()
        assert process.returncode == 0, error
        assert dying.wait() == 9, "the worker was to die at work"
    finished = [line for line in output.splitlines() if line.startswith("[")]
    assert [line.split("]")[0] for line in finished] == [f"[{n}/4" for n in range(1, 5)]
    assert outcomes(tmp_path / "cluster") == outcomes(tmp_path / "local")
    assert len(outcomes(tmp_path / "local")) == 4


def test_a_training_that_the_scheduler_gives_up_ends_the_command(tmp_path):
    """A scheduler that tries nothing twice: the command says so, instead of waiting for ever."""
    arguments = ("binary", "--runs", "4", "--out", tmp_path / "cluster")
    with cluster(tmp_path, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as (address, _, _):
        with study(*arguments, "--scheduler", address) as process:
            _, error = process.communicate(timeout=300)
        assert process.returncode == 2
        message = error.splitlines()[-1]
        assert message.startswith("benchmarks: KilledWorker: "), error
        assert message.endswith("what was trained is kept: run the command again")
        assert "Traceback" not in error
        kept = len(outcomes(tmp_path / "cluster"))
        with study(*arguments, "--scheduler", address) as process:
            output, error = process.communicate(timeout=300)
        assert process.returncode == 0, error
        assert f"4 training runs: {kept} found, {4 - kept} to do" in output


def test_a_scheduler_that_dies_ends_the_command(tmp_path):
    """It dies when the first training has come back: the command keeps that one, and says why it ends."""
    arguments = ("activations-adam", "--runs", "4", "--out", tmp_path / "cluster")
    with (
        cluster(tmp_path) as (address, _, scheduler),
        study(*arguments, "--scheduler", address) as process,
    ):
        for line in process.stdout:
            if line.startswith("[1/20]"):
                scheduler.kill()
                break
        _, error = process.communicate(timeout=300)
    assert process.returncode == 2, error
    message = "the connection to the scheduler is lost; what was trained is kept: run the command again"
    assert error.splitlines()[-1] == f"benchmarks: {message}"
    assert 1 <= len(outcomes(tmp_path / "cluster")) < 20
