"""The network's memory: one vector for all parameters, buffers reused, and nothing overwritten unasked."""

import copy
import pickle
import sys
import threading
import tracemalloc

import numpy as np
import pytest

from nn import Model
from nn.activations import ACTIVATIONS
from nn.network import EVALUATION_ROWS, Network
from nn.optimizers import OPTIMIZERS, Adam, adam_step
from nn.parameters import ParameterList, joined
from nn.training import train_epoch

SIZES = (6, 5, 4, 3)


def network_and_batch(rng, n=8, **options):
    return Network(SIZES, rng=rng, **options), rng.normal(size=(n, 6)), rng.integers(3, size=n)


def test_params_and_grads_are_views_of_one_vector(rng):
    net, X, y = network_and_batch(rng)
    net.loss_and_grads(X, y)
    for arrays in (net.params, net.grads):
        assert arrays.vector.size == 6 * 5 + 5 + 5 * 4 + 4 + 4 * 3 + 3
        assert np.array_equal(np.concatenate([a.ravel() for a in arrays]), arrays.vector)
        assert all(np.shares_memory(a, arrays.vector) for a in arrays)
    net.params.vector[...] = 0
    assert not net.params[0].any(), "the list and the vector are one memory"


def test_assigning_to_an_entry_writes_through():
    arrays = ParameterList.zeros([(2, 2), (3,)], np.float64)
    arrays[1] = [1, 2, 3]
    assert arrays.vector.tolist() == [0, 0, 0, 0, 1, 2, 3]
    arrays[0] *= 5
    assert np.shares_memory(arrays[0], arrays.vector)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copied_network_is_whole_and_separate(rng, duplicate):
    net, X, y = network_and_batch(rng)
    net.forward(X)
    twin = duplicate(net)
    assert np.shares_memory(twin.params[0], twin.params.vector)
    assert not np.shares_memory(twin.params.vector, net.params.vector)
    before = net.forward(X)
    optimizer = Adam()
    _, grads = twin.loss_and_grads(X, y)
    optimizer.step(twin.params, grads)
    assert np.array_equal(net.forward(X), before), "training the copy must not move the original"
    assert not np.array_equal(twin.forward(X), before), "the optimizer must reach the copy's weights"


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_treats_vector_and_list_alike(rng, name):
    """Taking all parameters as one vector is a matter of speed: the numbers stay the same, bit for bit."""
    together, X, y = network_and_batch(rng)
    apart = copy.deepcopy(together)
    optimizers = [OPTIMIZERS[name](lr=0.01) for _ in range(2)]
    for _ in range(5):
        _, grads = together.loss_and_grads(X, y)
        optimizers[0].step(together.params, grads)
        _, grads = apart.loss_and_grads(X, y)
        optimizers[1].step(list(apart.params), list(grads))
    assert np.array_equal(together.params.vector, apart.params.vector)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_blocks_do_not_change_the_result(rng, name):
    """More numbers than one block holds, updated in pieces: as if each piece had been alone."""
    n = 150_000
    param, grads = rng.normal(size=n), rng.normal(size=(3, n))
    pieces = [param[start : start + 50_000].copy() for start in range(0, n, 50_000)]
    whole, parts = OPTIMIZERS[name](lr=0.1), OPTIMIZERS[name](lr=0.1)
    for grad in grads:
        whole.step([param], [grad])
        parts.step(pieces, [grad[start : start + 50_000] for start in range(0, n, 50_000)])
    assert np.array_equal(param, np.concatenate(pieces))


def test_adam_keeps_its_means_without_their_factors_and_says_so():
    """By hand: gradients 2 and -1 with beta1 = 0.9, beta2 = 0.999 have the means 0.08 and 0.004996."""
    param, m, v = np.zeros(1), np.zeros(1), np.zeros(1)
    adam_step(param, np.array([2.0]), m, v, 1, lr=0.1)
    assert (m[0], v[0]) == (2, 4), "the numbers that the docstring names"
    adam_step(param, np.array([-1.0]), m, v, 2, lr=0.1)
    assert (1 - 0.9) * m[0] == pytest.approx(0.9 * 0.2 + 0.1 * -1)
    assert (1 - 0.999) * v[0] == pytest.approx(0.999 * 0.004 + 0.001 * 1)
    # The first step is 0.1; the second 0.1 * (0.08 / 0.19) / sqrt(0.004996 / 0.001999).
    assert param[0] == pytest.approx(-0.1 - 0.1 * 0.42105263 / 1.58090152, rel=1e-7)


def test_joined_needs_one_layout():
    first, second = (ParameterList.zeros([(2, 3), (4,)], np.float64) for _ in range(2))
    other = ParameterList.zeros([(5, 2)], np.float64)
    assert [len(arrays) for arrays in joined(first, second)] == [1, 1]
    assert [len(arrays) for arrays in joined(first, other)] == [2, 1]
    assert [len(arrays) for arrays in joined(first, list(second))] == [2, 2]


def test_optimizer_refuses_the_arrays_of_another_network(rng):
    optimizer = Adam()
    optimizer.step([np.zeros((2, 3))], [np.ones((2, 3))])
    with pytest.raises(ValueError, match="keep the shapes of the first step"):
        optimizer.step([np.zeros(4)], [np.ones(4)])
    with pytest.raises(ValueError, match="keep the shapes"):
        optimizer.step([np.zeros((2, 3))], [np.ones((2, 1))])


@pytest.mark.parametrize("method", ["forward", "predict_proba", "predict"])
@pytest.mark.parametrize("rows", [3, EVALUATION_ROWS + 5])
def test_results_are_fresh_arrays(rng, method, rows):
    net = Network((6, 3), rng=rng)  # a single layer: its output is nearest to the buffer
    first = getattr(net, method)(rng.normal(size=(rows, 6)))
    kept = first.copy()
    getattr(net, method)(rng.normal(size=(rows, 6)))
    net.loss_and_grads(rng.normal(size=(rows, 6)), rng.integers(3, size=rows))
    assert np.array_equal(first, kept)


def test_gradients_are_the_networks_own_and_say_so(rng):
    net, X, y = network_and_batch(rng)
    _, grads = net.loss_and_grads(X, y)
    assert grads is net.grads
    assert "overwrites" in Network.loss_and_grads.__doc__


def test_memory_grows_once_and_serves_smaller_batches(rng):
    net, X, y = network_and_batch(rng, n=64, dropout=0.5, l2=0.1)
    net.loss_and_grads(X, y, rng)
    workspace = net._workspace
    kept = [*workspace.sums, *workspace.dropped, *workspace.masks, *workspace.dx, *workspace.decays]
    for n in (64, 1, 33):
        net.loss_and_grads(X[:n], y[:n], rng)
        now = [*workspace.sums, *workspace.dropped, *workspace.masks, *workspace.dx, *workspace.decays]
        assert all(map(np.shares_memory, kept, now))
        assert {len(array) for array in [*workspace.sums, *workspace.masks, *workspace.dx]} == {n}


def test_only_a_pass_that_drops_needs_masks(rng):
    net, X, _ = network_and_batch(rng, dropout=0.5)
    net.forward(X)
    assert net._workspace.masks == net._workspace.dropped == []


def test_a_thread_that_asks_in_the_middle_of_a_pass_disturbs_nothing(rng, monkeypatch):
    """While one thread is between two layers, another one gets its own answer from the same network."""
    net, X, y = network_and_batch(rng, dropout=0.5, l2=0.1)
    others = rng.normal(size=(5, 6))
    expected, expected_others = net.forward(X), net.forward(others)
    loss, grads = net.loss_and_grads(X, y, np.random.default_rng(3))
    grads = copy.deepcopy(grads)
    forward, backward = ACTIVATIONS["relu"]
    answers = []

    def interrupted(kernel):
        def call(*arguments, **options):
            result = kernel(*arguments, **options)
            if threading.current_thread() is threading.main_thread():
                thread = threading.Thread(target=lambda: answers.append(net.forward(others)))
                thread.start()
                thread.join()
            return result

        return call

    monkeypatch.setitem(ACTIVATIONS, "relu", (interrupted(forward), interrupted(backward)))
    assert np.array_equal(net.forward(X), expected), "forward"
    again, grads_again = net.loss_and_grads(X, y, np.random.default_rng(3))
    assert again == loss
    assert all(map(np.array_equal, grads_again, grads)), "loss_and_grads"
    assert len(answers) == 2 + 2 + 2, "both hidden layers of each pass were interrupted"
    assert all(np.allclose(answer, expected_others, rtol=1e-5) for answer in answers), "the other thread"


def test_many_threads_may_ask_one_model_at_once(rng):
    """Eight threads, 10,000 answers of one or of a few samples: each is the one that it is alone."""
    model = Model(Network((64, 48, 32, 10), rng=rng), classes=range(10), span=16.0)
    X = rng.integers(17, size=(1250, 64)).astype(np.uint8)
    parts = [slice(i, i + 1 + i % 3) for i in range(len(X))]
    expected = [model.predict_proba(X[part]) for part in parts]
    wrong, begin = [], threading.Barrier(8)

    def ask(first):
        begin.wait(timeout=60)
        for i in np.roll(np.arange(len(parts)), first).tolist():
            if not np.allclose(model.predict_proba(X[parts[i]]), expected[i], rtol=1e-5, atol=1e-6):
                wrong.append(i)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # threads take turns in the middle of a pass
    try:
        threads = [threading.Thread(target=ask, args=(150 * k,)) for k in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not wrong, f"{len(wrong)} of {8 * len(parts)} answers are wrong"


def test_a_step_allocates_next_to_nothing(rng):
    """After the first step, one more takes no memory that grows with the parameters or the batch."""
    net = Network((784, 256, 10), rng=rng)
    X, y = rng.normal(size=(512, 784)).astype(np.float32), rng.integers(10, size=512)
    optimizer = Adam()
    for _ in range(2):
        optimizer.step(net.params, net.loss_and_grads(X, y)[1])
    tracemalloc.start()
    optimizer.step(net.params, net.loss_and_grads(X, y)[1])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000, f"{peak:,} bytes for a step of a network with 800,000 bytes of weights"


def test_evaluating_a_large_set_needs_small_buffers(rng):
    net = Network((20, 500, 2), rng=rng)
    X = rng.normal(size=(20_000, 20)).astype(np.float32)
    tracemalloc.start()
    net.forward(X)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6_000_000, f"{peak:,} bytes; all hidden activations at once would be 40,000,000"


def test_the_first_layers_input_gets_no_gradient(rng, monkeypatch):
    """Nobody trains the pixels: dense_backward runs once for each layer but the first."""
    net, X, y = network_and_batch(rng)
    calls = []
    original = net.loss_and_grads.__globals__["dense_backward"]
    monkeypatch.setitem(
        net.loss_and_grads.__globals__,
        "dense_backward",
        lambda *arguments, **options: calls.append(1) or original(*arguments, **options),
    )
    net.loss_and_grads(X, y)
    assert len(calls) == len(SIZES) - 2


def test_full_batch_epoch_copies_nothing(rng):
    X, y = rng.normal(size=(5000, 50)).astype(np.float32), rng.integers(2, size=5000)
    net, optimizer = Network((50, 4, 2), rng=rng), Adam()
    train_epoch(net, optimizer, X, y, batch_size=5000, rng=rng)
    tracemalloc.start()
    train_epoch(net, optimizer, X, y, batch_size=5000, rng=rng)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < X.nbytes, f"{peak:,} bytes; the training set has {X.nbytes:,}"
