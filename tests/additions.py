"""Two additions to the course, a pair of activations and an optimizer, as a contributor would write them."""


def before(place, text):
    """Return the change that puts a text before a place in a file."""
    return place, text + place


# An addition maps files to changes: (old, new), and old stands there exactly once.
# Points come from other exercises, and the new ones stand among those that are there.
SOFTPLUS = {
    "nn/activations.py": [
        before(
            "def leaky_relu(",
            '''def softplus(z, *, out=None):
    """Bend sums smoothly, as a ReLU without its corner: a = log(1 + exp(z)).

    z: array of any shape. Returns ``a`` of the same shape and dtype (integers: float64); no overflow and no
    warning for any z from -1e4 to 1e4.
    Source: Dugas et al. 2001, Incorporating Second-Order Functional Knowledge for Better Option Pricing.
    """
    return np.logaddexp(0, as_floating(z), out=out)


def softplus_backward(grad, a, *, out=None):
    """Return dL/dz = grad * (1 - exp(-a)) for the softplus's output ``a``.

    grad, a: arrays of one shape, ``grad`` being dL/da. Returns that shape and dtype (integers: float64).
    Source: the slope is sigmoid(z), and exp(a) = 1 + exp(z).
    """
    grad, a = as_floating(grad), as_floating(a)
    slope = np.expm1(-a, out=out)
    slope = np.negative(slope, out=out)
    return np.multiply(slope, grad, out=out)


''',
        ),
        before('    "leaky_relu": (leaky', '    "softplus": (softplus, softplus_backward),\n'),
    ],
    "tests/grading/course/lesson_1.toml": [
        ('name = "softmax"\npoints = 2', 'name = "softmax"\npoints = 1'),
        ('name = "log_softmax"\npoints = 2', 'name = "log_softmax"\npoints = 1'),
        before(
            '[[exercise]]\nname = "leaky_relu"\n',
            '''[[exercise]]
name = "softplus"
points = 1
purpose = "bends sums smoothly and is never negative"
idea = """
A ReLU has a corner. Which smooth curve runs along it far out on both sides? Sums of a thousand must
do no harm, so let the exponential see nothing but negative numbers.
"""
formula = """
a = log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|))
Example: z = 0 has a = log(2) = 0.6931.
"""
outline = """
1. Bring z to a floating array.
2. Name tail the logarithm of the second form, which np.log1p computes precisely.
3. Add what ReLU makes of z.
"""
remark = "np.logaddexp is stable by itself. With out= it works in the array of the sums."

[[exercise]]
name = "softplus_backward"
points = 1
purpose = "passes a gradient back through the softplus"
idea = """
The curve is flat far below 0 and rises like a straight line far above it. Its slope is a curve that
you have already written, though of the sum. You have only the output: which exponential of it is 0
where the slope is 1?
"""
formula = """
dL/dz = dL/da * da/dz, and da/dz = 1 - exp(-a)
Example: a = log(2), grad = 2: the slope is 1/2, the result 1.
"""
outline = """
1. Bring both arguments to floating arrays.
2. Let slope be da/dz of hint 2; np.expm1 keeps its digits where a is nearly 0.
3. Give back the upstream gradient times slope.
"""
remark = "The textbook formula, written over one array with out=."

''',
        ),
    ],
    "tests/lessons/test_1_activations.py": [
        before(
            '    "leaky_relu": Curve(',
            """    "softplus": Curve(
        of_sum=lambda z: math.log1p(math.exp(z)),
        slope=lambda a: 1 - math.exp(-a),
        outputs=([-3, 0, 0.5], [0.04858735157374206, 0.69314718055994531, 0.97407698418010669]),
        slopes=([math.log(2), math.log(4), math.log(10)], [0.5, 0.75, 0.9]),
        whole=[0, 1, 2],
        formula="log(1 + exp(z)); its slope is 1 - exp(-a), with a the output",
    ),
""",
        ),
        ('["relu", "leaky_relu", "elu", "tanh"]', '["relu", "softplus", "leaky_relu", "elu", "tanh"]'),
        before('        "leaky_relu": [-100,', '        "softplus": [0, 0, 800, 1e4],\n'),
    ],
    "tests/lessons/networks.py": [
        before('    "leaky_relu": lambda', '    "softplus": lambda z: np.log1p(np.exp(z)),\n'),
    ],
    "tests/solutions/lesson_1.py": [
        (
            '"relu", "leaky_relu", "elu", "softmax", "log_softmax")\ndef timed_on',
            '"relu", "softplus", "leaky_relu", "elu", "softmax", "log_softmax")\ndef timed_on',
        ),
        before('    "leaky_relu_backward",\n    "elu', '    "softplus_backward",\n'),
        before(
            "# leaky_relu\n",
            """# softplus


@probe("softplus")
def softplus_values(softplus):
    yield call(softplus, np.array([0.0]))
    yield call(softplus, Z)
    yield call(softplus, SINGLE)
    yield from of_integers(softplus, WHOLE)
    yield with_overflow_shown(call(softplus, np.array([1000.0, -1000.0])))


@wrong("softplus", "It overflows far above 0: let exp see minus the absolute value of the sum.")
def softplus_that_overflows(z):
    return np.log(1 + np.exp(as_floating(z)))


@wrong("softplus", "The logarithm is missing around 1 + exp(z).")
def softplus_without_the_logarithm(z):
    return 1 + np.exp(as_floating(z))


@right("softplus")
def softplus_in_two_parts(z):
    z = as_floating(z)
    return np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0)


# softplus_backward


@probe("softplus_backward")
def softplus_slopes(softplus_backward):
    yield call(softplus_backward, np.array([2.0]), np.array([0.5]))
    yield call(softplus_backward, GRAD, np.array([[0.1, 0.5], [2.0, 3.0]]))
    yield call(softplus_backward, SINGLE, np.array([0.25, 0.5, 0.9], np.float32))
    yield from of_integers(softplus_backward, WHOLE_GRAD, np.array([1, 2]))


@wrong("softplus_backward", "You treat `a` as the sum, but it is the output: the slope is 1 - exp(-a).")
def softplus_backward_by_the_sigmoid_of_the_output(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad / (1 + np.exp(-a))


@wrong("softplus_backward", "You return the slope alone: multiply it by the upstream gradient `grad`.")
def softplus_backward_without_grad(grad, a):
    return -np.expm1(-as_floating(a))


@right("softplus_backward")
def softplus_backward_by_a_product(grad, a):
    grad, a = as_floating(grad), as_floating(a)
    return grad * -np.expm1(-a)


""",
        ),
    ],
}

ADAGRAD = {
    "nn/optimizers.py": [
        before(
            "def adam_step(",
            '''def adagrad_step(param, grad, square_sum, *, lr, eps=1e-8):
    """Step by the gradient divided by the root of all its squares so far.

    square_sum <- square_sum + grad**2
    param      <- param - lr * grad / (sqrt(square_sum) + eps)

    param, grad, square_sum: arrays of one shape; param and square_sum are updated in place. Returns None.
    Source: Duchi, Hazan & Singer 2011, Adaptive Subgradient Methods.
    """
    for p, g, s, step in in_blocks(param, grad, square_sum):
        np.multiply(g, g, out=step)
        s += step
        np.sqrt(s, out=step)
        step += eps
        np.divide(g, step, out=step)
        step *= lr
        p -= step


''',
        ),
        before(
            "class Adam(",
            '''class Adagrad(_Optimizer):
    """Steps divided by the root of all squared gradients so far: see ``adagrad_step``."""

    n_states = 1
    _update = staticmethod(adagrad_step)

    def __init__(self, lr=0.01, eps=1e-8):
        super().__init__(lr, eps=eps)


''',
        ),
        before('    "adam": Adam,', '    "adagrad": Adagrad,\n'),
    ],
    "tests/grading/course/lesson_5.toml": [
        ('name = "Network.forward"\npoints = 4', 'name = "Network.forward"\npoints = 3'),
    ],
    "tests/grading/course/lesson_6.toml": [
        ('name = "adam_step"\npoints = 4', 'name = "adam_step"\npoints = 3'),
        before(
            '[[exercise]]\nname = "adam_step"',
            '''[[exercise]]
name = "adagrad_step"
points = 2
purpose = "gives every number a step size that shrinks with its past"
idea = """
A weight that has seen large gradients has been moved enough; one that was hardly ever touched should
still take long steps. So nothing is forgotten here: how large is the sum of what each weight has seen,
and what turns a sum of squares back into a size?
"""
formula = """
square_sum <- square_sum + grad**2
param      <- param - lr * grad / (sqrt(square_sum) + eps)
Example: first step, grad = 2, lr = 0.1: square_sum = 4,
and param goes down by 0.1 * 2 / 2 = 0.1.
"""
outline = """
1. Add the square of the new gradient to square_sum, in place.
2. Let size be the root of square_sum, with eps added to the root and not under it.
3. Move param in place, by lr times the gradient in units of size.
"""
remark = "The textbook rule, in blocks that fit the cache, with one scratch array."

''',
        ),
    ],
    "tests/lessons/test_6_optimizers.py": [
        before(
            '    "adam": Rule(',
            """    "adagrad": Rule(
        look="s = s + grad**2; param -= lr * grad / (sqrt(s) + eps)",
        step=lambda grads: grads[-1] / (math.sqrt(math.fsum(g * g for g in grads)) + 1e-8),
        optimizer="Adagrad",
        states=1,
        defaults={"lr": 0.01},
        other={},
        long={},
        first=[0.1, -0.1],  # the root of all squares so far is |g|
        bowl=0.5,
    ),
""",
        ),
    ],
    "tests/solutions/lesson_6.py": [
        before('    "adam_step": "param', '    "adagrad_step": "param, grad, square_sum",\n'),
        ('"nesterov_step", "rmsprop_step")', '"nesterov_step", "rmsprop_step", "adagrad_step")'),
        before(
            '@probe("adam_step")',
            """@probe("adagrad_step")
def shrinking_steps(adagrad_step):
    yield from _common("adagrad_step", adagrad_step)


@wrong("adagrad_step", "You divide by the sum of squares itself: take its root before you add eps.")
def adagrad_step_without_the_root(param, grad, square_sum, *, lr, eps=1e-8):
    square_sum += grad**2
    param -= lr * grad / (square_sum + eps)


@wrong("adagrad_step", "You forget the squares of earlier steps: add the new ones to `square_sum`.")
def adagrad_step_of_the_last_square(param, grad, square_sum, *, lr, eps=1e-8):
    square_sum[...] = grad**2
    param -= lr * grad / (np.sqrt(square_sum) + eps)


@right("adagrad_step")
def adagrad_step_plainly(param, grad, square_sum, *, lr, eps=1e-8):
    square_sum += grad**2
    param -= lr * grad / (np.sqrt(square_sum) + eps)


""",
        ),
    ],
}


def add(addition, repository):
    """Make the changes of an addition in a copy of the repository."""
    for file, changes in addition.items():
        path = repository / file
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, f"{file}: {old!r} stands there {text.count(old)} times"
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
