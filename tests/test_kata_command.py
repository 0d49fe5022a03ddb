"""The learner's command line: names may be short, mistakes are one line, and lines fit the terminal."""

from contextlib import suppress

import pytest

from tests.grading.course.exercises import find
from tests.grading.desk import commands
from tests.learners import kata


def test_names_may_be_short_and_qualified():
    assert [exercise.name for exercise in find("forward")] == ["Network.forward"]
    assert [exercise.name for exercise in find("losses.mean_squared_error")] == ["mean_squared_error"]
    assert [exercise.name for exercise in find("dropout")] == ["dropout"], "the function, not the network's"
    assert [exercise.name for exercise in find("Network.dropout")] == ["Network.dropout"]
    assert len(find("5")) == len(find("network")) == 5
    assert len(find("1-3")) == 17
    assert len(find("EarlyStopping")) == 2
    with pytest.raises(ValueError, match=r"did you mean .*relu"):
        find("rellu")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "softmaxx"), "nothing is called 'softmaxx'; did you mean softmax?"),
        (("check", "predict_prob"), "did you mean Network.predict_proba?"),
        (("check", "1", "10"), "there is no lesson 10; lessons are 1 to 9, or several, as in 1-4"),
        (("check", "5-4"), "5-4 runs backwards; write 4-5"),
        (("reset", "1", "3-2"), "3-2 runs backwards; write 2-3"),
        (("check", ""), "nothing is called ''"),
        (("check", "loses"), "nothing is called 'loses'; did you mean losses?"),
        (("check", "activation"), "did you mean activations?"),
        (("check", "lesson1"), "did you mean 1?"),
        (("check", "mine/losses.py"), "did you mean losses?"),
        (("chekc",), "there is no command 'chekc'; did you mean check?"),
        (("xyz",), "there is no command 'xyz'; see python -m kata --help"),
        (("hint", "3"), "3 is several exercises; name one of them, such as dense"),
        (("hint", "tanh", "--step", "4"), "--step: there is no '4'; it must be one of 1, 2, 3"),
        (("hint", "tanh", "--level", "1"), "--level: there is no '1'; it must be one of 2, 3"),
        (("hint", "tanh", "--step", "1", "--level", "2"), "--level: not allowed with argument --step"),
        (
            ("hint", "tanh", "--level", "2"),
            "--level is for failing code; tanh passes, waits or is not written",
        ),
        (("solution",), "the following arguments are required: EXERCISE"),
        (("solution", "v1"), "v1 is a training"),
        (("reset", "9"), "lesson 9 has no functions of its own"),
        (("--impl", "nowhere"), "--impl must be a folder with an __init__.py; got nowhere"),
        (("--limit", "0", "check", "tanh"), "must be a positive number of seconds"),
        (("race", "tanh"), "nothing passes yet"),
        (("race", "v1"), "v1 has nothing to time"),
        (("check", "tanh", "--seed", "-1"), "--seed: must be a whole number, 0 or more; got '-1'"),
        (("check", "tanh", "--results", "nowhere/results.json"), "--results: cannot write 'nowhere/results"),
        (("check", "tanh", "--results", ""), "--results: cannot write ''"),
        (("check", "tanh", "--junitxml", ""), "--junitxml: cannot write ''"),
        (("check", "tanh", "--junitxml", "."), "--junitxml: cannot write '.'"),
        (("new", "not-a-name"), "the folder's name must be letters, digits and _; got 'not-a-name'"),
    ],
)
def test_mistakes_on_the_command_line_are_told_in_one_line(untouched, arguments, said):
    arguments = arguments if arguments[0] == "--impl" else ("--impl", "mine", *arguments)
    done = kata(*arguments, expected=2, cwd=untouched.parent)
    assert done.stderr.startswith("kata: ")
    assert said in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1, "one line, and no usage"
    assert len(done.stderr) <= 80, done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("columns", [80, 60])
def test_everything_printed_fits_the_terminal(empty, columns, monkeypatch, capsys):
    """Board, check, hint, solution, reset, errors, help: no line is longer than the terminal is wide."""
    with (empty / "activations.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n\ndef relu(z):\n    return np.maximum(as_floating(z), 0) + "
            + " + ".join(f"undefined_{i}" for i in range(20))
            + "\n\n\ndef tanh(z):\n    print('z' * 200)\n    return z.reshape(1, -1)\n"
            "\n\ndef softmax(z):\n    return np.exp(z) / np.exp(z).sum(axis=0)\n"
            "\n\ndef leaky_relu(z, slope=0.01):\n    raise ValueError('no' * 100)\n"
        )
    with (empty / "network.py").open("a", encoding="utf-8") as file:
        file.write(f"\nlong = {'1 + ' * 50}(2\n")
    runs = [
        *("", "check", "check 1", "check relu", "check tanh", "check softmax", "check leaky_relu", "check 5"),
        *("hint relu", "hint relu", "hint tanh", "hint softmax", "hint softmax --level 2"),
        *("hint", "hint Network.loss_and_grads", "hint Network.loss_and_grads", "hint dropout --step 3"),
        *("solution softmax_cross_entropy --force", "solution adam_step --force --fast"),
        *("solution clip_by_global_norm --force --fast", "reset relu", "race relu", "check " + "x" * 200),
        *("nothing", "--help", "check --help", "solution --help", "--impl " + "y" * 200),
    ]
    monkeypatch.chdir(empty.parent)
    monkeypatch.setenv("COLUMNS", str(columns))
    for run in runs:
        with suppress(SystemExit):  # argparse ends with it
            commands.main(run.split())
        lines = "".join(capsys.readouterr()).splitlines()
        assert lines
        wide = [line for line in lines if len(line) >= columns]
        assert not wide, (run, wide)
