"""The exercises, in the order in which they are solved: points, and what each is for."""

import re
from difflib import get_close_matches
from typing import NamedTuple

LESSONS = {
    1: "activations",
    2: "losses",
    3: "layers",
    4: "initializers",
    5: "network",
    6: "optimizers",
    7: "regularization",
    8: "training",
    9: "convergence",
}


class Exercise(NamedTuple):
    """One function or method to write; the last lesson's exercises are trainings, and have none.

    module, function: where it is written; ``function`` may be ``Class.method``. points: of 100 in all.
    purpose: a sentence about what it does, without its subject.
    """

    name: str
    lesson: int
    points: int
    purpose: str
    module: str | None
    function: str | None


def _exercises():
    lesson = 0
    for line in _TABLE.strip().splitlines():
        if line.startswith("#"):
            lesson += 1
            continue
        name, points, purpose = (cell.strip() for cell in line.split("|"))
        module, function = LESSONS[lesson], name
        if name in ("Network.l2", "Network.dropout"):
            module, function = "network", "Network.loss_and_grads"
        if lesson == 9:
            module = function = None
        yield Exercise(name, lesson, int(points), purpose, module, function)


_TABLE = """
# activations
sigmoid                | 1 | squashes every sum into the range from 0 to 1
sigmoid_backward       | 1 | passes a gradient back through the sigmoid
tanh                   | 1 | squashes every sum into the range from -1 to 1
tanh_backward          | 1 | passes a gradient back through tanh
relu                   | 1 | lets positive sums pass and stops the others
relu_backward          | 1 | passes a gradient back through ReLU
leaky_relu             | 1 | lets positive sums pass and shrinks the others
leaky_relu_backward    | 1 | passes a gradient back through the leaky ReLU
elu                    | 1 | lets positive sums pass and bends the others towards a floor
elu_backward           | 1 | passes a gradient back through ELU
softmax                | 2 | turns the scores of each sample into probabilities
log_softmax            | 2 | gives the logarithms of those probabilities, where softmax would round to 0
# losses
softmax_cross_entropy  | 4 | measures how wrong the scores of several classes are, with the gradient
binary_cross_entropy   | 3 | measures how wrong yes-or-no answers are, with the gradient
mean_squared_error     | 3 | measures how far off predicted numbers are, with the gradient
# layers
dense                  | 2 | computes the weighted sums of a layer for a whole batch
dense_backward         | 4 | finds the gradients of a layer's inputs, weights and biases
# initializers
xavier_normal          | 1 | draws weights from a bell curve that suits tanh and sigmoid
xavier_uniform         | 1 | draws weights evenly, as spread out as those of xavier_normal
he_normal              | 1 | draws weights from a bell curve that suits ReLU
he_uniform             | 1 | draws weights evenly, as spread out as those of he_normal
random_normal          | 1 | draws weights from a bell curve, the same for layers of any width
random_uniform         | 1 | draws weights evenly, the same for layers of any width
zeros                  | 1 | gives arrays that start at 0, as biases do
# network
Network.__init__       | 3 | makes the weights and biases of every layer
Network.forward        | 4 | sends a batch through all layers
Network.loss_and_grads | 8 | finds the loss and the gradient of every parameter: backpropagation
Network.predict_proba  | 2 | turns the output into probabilities
Network.predict        | 2 | says which class each sample belongs to
# optimizers
sgd_step               | 1 | moves a parameter against its gradient
momentum_step          | 2 | moves a parameter with a velocity that gathers
nesterov_step          | 2 | moves a parameter with momentum that looks ahead
rmsprop_step           | 2 | gives every number a step size of its own
adam_step              | 4 | joins momentum with step sizes of their own
# regularization
l2_penalty             | 2 | makes large weights cost something, with the gradient
dropout                | 3 | silences units at random
dropout_backward       | 1 | passes a gradient back through dropout
clip_by_global_norm    | 3 | limits the length of a gradient
Network.l2             | 2 | adds the penalty to your network's loss and gradients
Network.dropout        | 4 | brings dropout into your network's training
# training
one_hot                | 2 | turns labels into rows with a single 1
min_max_scale          | 2 | brings every feature to the range from 0 to 1
minibatches            | 2 | deals the samples out in shuffled batches
step_decay             | 1 | lowers the learning rate every so many epochs
EarlyStopping.update   | 3 | notices when the validation loss no longer falls
EarlyStopping.restore  | 1 | puts the best parameters back
train_epoch            | 4 | takes the network through all the data once
# convergence
v1                     | 1 | trains a tanh network by plain gradient descent
v2                     | 2 | trains a ReLU network with all that you have written
"""

EXERCISES = {exercise.name: exercise for exercise in _exercises()}
TESTED_WITH = {  # what an exercise's tests call beside its function, and the function itself need not
    "Network.loss_and_grads": [
        "Network.forward",
        "softmax_cross_entropy",
        "binary_cross_entropy",
        "mean_squared_error",
    ],
    "Network.l2": ["Network.forward"],
    "Network.dropout": ["Network.forward"],
    "EarlyStopping.restore": ["EarlyStopping.update"],
}


def exercises_of(lesson):
    """Return the exercises of a lesson, in order."""
    return [exercise for exercise in EXERCISES.values() if exercise.lesson == lesson]


def find(text):
    """Return the exercises that a word on the command line means.

    text: a lesson's number or name, several lessons as in ``1-4``, an exercise, or a class (all its methods).
    Raises ValueError, with what is close, for anything else.
    """
    if match := re.fullmatch(r"([1-9])-([1-9])", text):
        first, last = map(int, match.groups())
        if first > last:
            raise ValueError(f"{text} runs backwards; write {last}-{first}")
        return [exercise for exercise in EXERCISES.values() if first <= exercise.lesson <= last]
    for lesson, title in LESSONS.items():
        if text.lower() in (str(lesson), title):
            return exercises_of(lesson)
    word = text.replace("-", "_").lower()
    exact = [exercise for name, exercise in EXERCISES.items() if name.lower() == word]
    loose = [exercise for exercise in EXERCISES.values() if word in exercise.name.lower().split(".")]
    qualified = [
        exercise for exercise in EXERCISES.values() if word == f"{exercise.module}.{exercise.name}".lower()
    ]
    found = exact or qualified or loose
    if len(found) == 1 or (found and all(exercise.name.lower().startswith(f"{word}.") for exercise in found)):
        return found  # one, or all the methods of a class
    near = [exercise.name for exercise in found] or _nearest_lesson(text)
    near = near or [exercise.name for exercise in nearest(text)]
    if near:
        raise ValueError(f"nothing is called {text!r}; did you mean {' or '.join(near)}?")
    if re.fullmatch(r"[\d-]+", text):
        raise ValueError(f"there is no lesson {text}; lessons are 1 to {len(LESSONS)}, or several, as in 1-4")
    raise ValueError(f"nothing is called {text!r}")


def _nearest_lesson(text):
    """Return the lesson that a number, a title or a file's name is close to, in a list; empty if none is."""
    if match := re.fullmatch(r"lesson[ _-]?([1-9])", text.lower()):
        return [match[1]]
    stem = re.split(r"[/\\]", text.lower())[-1].removesuffix(".py")
    return get_close_matches(re.sub(r"^test_\d_", "", stem), LESSONS.values(), n=1, cutoff=0.75)


def nearest(text):
    """Return up to two exercises whose names are close to a word."""
    word = text.replace("-", "_").lower()
    names = {exercise.name.lower(): exercise for exercise in EXERCISES.values()}
    parts = {name.rpartition(".")[2]: exercise for name, exercise in names.items()}
    close = get_close_matches(word, [*names, *parts], n=4)
    within = [name for name in names if len(word) > 2 and word in name]
    return list(dict.fromkeys((names | parts)[name] for name in close[:1] or within))[:2]
