"""Hints: three steps for each exercise, from the idea to the formula to an outline of the code; and what the
reference does differently.
"""


def _lines(*lines):
    return "\n".join(lines)


HINTS: dict[str, tuple[str, str, str]] = {
    # activations
    "sigmoid": (
        "The sigmoid squashes any sum into the range from 0 to 1, so that it can be read as a probability. "
        "Think of a sum of -1000: the exponential in the textbook formula overflows there, although the "
        "answer is simply 0.",
        _lines(
            "a = 1 / (1 + exp(-z))",
            "Stable, with e = exp(-|z|), which is never above 1:",
            "  where z >= 0: a = 1 / (1 + e)",
            "  where z < 0:  a = e / (1 + e)",
            "Example: z = 2 has e = 0.1353 and a = 0.8808; z = -2 has a = 0.1192.",
        ),
        _lines(
            "z = as_floating(z)",
            "e = np.exp(-np.abs(z))  # between 0 and 1, whatever z is",
            "# np.where computes both branches; with this e, neither overflows",
            "return np.where(z >= 0, 1 / (1 + e), e / (1 + e))",
        ),
    ),
    "sigmoid_backward": (
        "On the way back you have the upstream gradient and the output a; the sum is not needed any more. "
        "Express the slope by a alone, and do not apply the sigmoid once more to what is already its output.",
        _lines(
            "dL/dz = grad * a * (1 - a)",
            "Example: a = 0.8, grad = 2: 2 * 0.8 * 0.2 = 0.32.",
        ),
        _lines(
            "grad, a = as_floating(grad), as_floating(a)",
            "slope = a * (1 - a)  # at most 1/4, where a = 1/2",
            "return grad * slope",
        ),
    ),
    "tanh": (
        "The hyperbolic tangent is a sigmoid that runs from -1 to 1 and is centred on 0, which suits hidden "
        "layers. NumPy has it, safe for any sum; built from exponentials, it would overflow again.",
        _lines(
            "a = tanh(z) = (exp(z) - exp(-z)) / (exp(z) + exp(-z))",
            "Example: z = 0.2 has a = 0.1974; z = 1000 has a = 1, but exp(1000) is inf.",
        ),
        "return np.tanh(as_floating(z))",
    ),
    "tanh_backward": (
        "Again the slope follows from the output: it is 1 in the middle and fades where the output comes "
        "close to -1 or 1. The second argument is the output already; taking its tanh again is the usual "
        "slip.",
        _lines(
            "dL/dz = grad * (1 - a**2)",
            "Example: a = 0.5, grad = 2: 2 * (1 - 0.25) = 1.5.",
        ),
        _lines(
            "grad, a = as_floating(grad), as_floating(a)",
            "slope = 1 - a**2",
            "return grad * slope",
        ),
    ),
    "relu": (
        "ReLU lets positive sums pass unchanged and stops the others. It is cheap, and it does not flatten "
        "out for large sums. Compare entry by entry, and leave the caller's array as it is.",
        _lines(
            "a = max(z, 0), for each entry",
            "Example: z = (-3, 0.25, 4) has a = (0, 0.25, 4).",
        ),
        _lines(
            "# np.max(z) would be a single number, the largest entry",
            "return np.maximum(as_floating(z), 0)",
        ),
    ),
    "relu_backward": (
        "Where a unit was on, the gradient passes unchanged; where it was off, nudging the sum changes "
        "nothing. The output tells which is which. Remember the upstream gradient: the slope alone is only "
        "half of the answer.",
        _lines(
            "dL/dz = grad where a > 0, else 0",
            "Example: a = (0, 0.5, 3), grad = (5, -2, 1): (0, -2, 1).",
        ),
        _lines(
            "grad, a = as_floating(grad), as_floating(a)",
            "return grad * (a > 0)  # True counts as 1, False as 0",
        ),
    ),
    "leaky_relu": (
        "A ReLU unit that is off for every sample has a gradient of 0 and never learns again. The leaky ReLU "
        "lets a small share of a negative sum through to prevent that. The share is an argument: use it, "
        "whatever its default.",
        _lines(
            "a = z where z > 0, else slope * z",
            "Example: slope = 0.01, z = (-2, 0.25): a = (-0.02, 0.25).",
        ),
        _lines(
            "z = as_floating(z)",
            "return np.where(z > 0, z, slope * z)",
        ),
    ),
    "leaky_relu_backward": (
        "Each unit passes back the gradient times its own slope: 1 on the positive side, the small share on "
        "the other. The output has the sign of the sum, so it tells the sides apart. Watch the dtype: "
        "float32 must stay float32.",
        _lines(
            "dL/dz = grad where a > 0, else slope * grad",
            "Example: slope = 0.01, a = (-0.02, 0.25), grad = (3, 3): (0.03, 3).",
        ),
        _lines(
            "grad, a = as_floating(grad), as_floating(a)",
            "# np.where(a > 0, 1.0, slope) would be float64: choose between arrays",
            "return np.where(a > 0, grad, slope * grad)",
        ),
    ),
    "elu": (
        "ELU bends negative sums smoothly towards a floor instead of cutting them off. np.where computes "
        "both branches for every entry, so the exponential must never see a large positive sum, not even "
        "where its result is thrown away.",
        _lines(
            "a = z where z > 0, else alpha * (exp(z) - 1)",
            "Stable: alpha * expm1(min(z, 0)) for the second branch.",
            "Example: alpha = 1, z = (-0.3, 5): a = (-0.2592, 5).",
        ),
        _lines(
            "z = as_floating(z)",
            "negative = alpha * np.expm1(np.minimum(z, 0))  # expm1: exp - 1",
            "return np.where(z > 0, z, negative)",
        ),
    ),
    "elu_backward": (
        "On the negative side the slope is an exponential of the sum, which you no longer have. But the "
        "output contains that exponential: solve for it, and only a and alpha remain. Alpha counts here, "
        "too, not just on the way forward.",
        _lines(
            "where z <= 0: slope = alpha * exp(z) = a + alpha",
            "dL/dz = grad where a > 0, else grad * (a + alpha)",
            "Example: alpha = 1, a = (-0.75, 3), grad = (2, 2): (0.5, 2).",
        ),
        _lines(
            "grad, a = as_floating(grad), as_floating(a)",
            "return np.where(a > 0, grad, grad * (a + alpha))",
        ),
    ),
    "softmax": (
        "Softmax turns the scores of a sample into probabilities that sum to 1, the largest score getting "
        "the most. Only differences between scores matter, so take each row's own largest score away first; "
        "exp would overflow otherwise.",
        _lines(
            "p_i = exp(z_i) / sum_j exp(z_j), over the last axis",
            "Stable, with s = z - (the largest z of the row):",
            "  p_i = exp(s_i) / sum_j exp(s_j)",
            "Example: z = (1000, 1001) has s = (-1, 0), exp(s) = (0.3679, 1)",
            "and p = (0.2689, 0.7311).",
        ),
        _lines(
            "z = as_floating(z)",
            "shifted = z - z.max(axis=-1, keepdims=True)  # new; z stays as it is",
            "e = np.exp(shifted)  # none above 1",
            "return e / e.sum(axis=-1, keepdims=True)",
        ),
    ),
    "log_softmax": (
        "The loss needs the logarithm of a probability. Taking the log of softmax fails where a probability "
        "has become 0. Work on the scores instead: the logarithm undoes the exponential, and only the log of "
        "the sum remains.",
        _lines(
            "log p_i = z_i - log(sum_j exp(z_j)), over the last axis",
            "Stable, with s = z - (the largest z of the row):",
            "  log p_i = s_i - log(sum_j exp(s_j))",
            "Example: z = (1000, 1001) has log p = (-1.3133, -0.3133);",
            "z = (0, -10000) has log p = (0, -10000), where log(softmax) is -inf.",
        ),
        _lines(
            "z = as_floating(z)",
            "shifted = z - z.max(axis=-1, keepdims=True)",
            "total = np.exp(shifted).sum(axis=-1, keepdims=True)  # never below 1",
            "return shifted - np.log(total)",
        ),
    ),
    # losses
    "softmax_cross_entropy": (
        "The loss of a sample is how surprised the network is by the right answer. Targets are labels, one "
        "class a sample, or rows of probabilities that weigh all classes. Start from log_softmax, and "
        "remember the 1/n in the gradient.",
        _lines(
            "L = mean over the samples of -log p[right class]; with rows of",
            "probabilities, mean over the samples of -sum_j targets_j * log p_j",
            "dL/dz = (p - targets) / n, a label being a row with a single 1",
            "Example: z = (1, 2, 3), label 2: log p = (-2.4076, -1.4076, -0.4076),",
            "L = 0.4076, dL/dz = (0.0900, 0.2447, 0.6652 - 1 = -0.3348).",
        ),
        _lines(
            "logits, targets = as_floating(logits), np.asarray(targets)",
            "n, logs = len(logits), log_softmax(logits)  # from .activations",
            "grad = softmax(logits)",
            "# ValueError unless targets.shape is (n,) or logits.shape",
            "if targets.ndim == 1:  # labels: one entry of each row",
            "    # ValueError if one is below 0 or too large: -1 would be an index",
            "    losses = -logs[np.arange(n), targets]",
            "    # at the same entries of grad, subtract 1",
            "else:",
            "    # targets in logits.dtype; losses = -(... * ...).sum(axis=1)",
            "    # subtract targets from grad",
            "return float(losses.mean()), grad / n",
        ),
    ),
    "binary_cross_entropy": (
        "Every entry is a yes-or-no answer of its own, so the mean runs over all entries, not over the rows "
        "alone. The logarithm of a sigmoid fails for very sure answers: rewrite it so that exp never sees a "
        "positive number.",
        _lines(
            "L = mean of -log p(target) over all entries, with p = sigmoid(z)",
            "Stable: -log p(t) = max(z, 0) - z * t + log1p(exp(-|z|))",
            "dL/dz = (sigmoid(z) - t) / size",
            "Example: z = 0.5, t = 1: L = 0.5 - 0.5 + log1p(0.6065) = 0.4741,",
            "dL/dz = 0.6225 - 1 = -0.3775.",
        ),
        _lines(
            "logits = as_floating(logits)",
            "targets = np.asarray(targets, dtype=logits.dtype)",
            "# ValueError if logits.shape != targets.shape",
            "small = np.log1p(np.exp(-np.abs(logits)))",
            "losses = np.maximum(...) - logits * targets + small",
            "grad = (sigmoid(logits) - targets) / logits.size  # not len(logits)",
            "return float(losses.mean()), grad",
        ),
    ),
    "mean_squared_error": (
        "For predicted numbers: the mean of the squared differences over all entries. The danger is silent, "
        "for a column minus a flat array becomes a whole table, so compare the shapes first. Loss and "
        "gradient must share their factors.",
        _lines(
            "L = mean((p - t)**2); dL/dp = 2 * (p - t) / size",
            "Example: p - t = (1, -2, 3, 0): L = 14 / 4 = 3.5,",
            "dL/dp = (0.5, -1, 1.5, 0).",
        ),
        _lines(
            "predictions = as_floating(predictions)",
            "targets = np.asarray(targets, dtype=predictions.dtype)",
            "if predictions.shape != targets.shape:",
            "    raise ValueError(...)  # name both shapes",
            "difference = predictions - targets",
            "grad = 2 * difference / difference.size",
            "return float(np.mean(difference**2)), grad",
        ),
    ),
    # layers
    "dense": (
        "Each output is a weighted sum of all inputs plus a bias of its own, and one matrix product does it "
        "for the whole batch. Rows are samples: check the shapes, and let broadcasting add the biases to "
        "every row.",
        _lines(
            "z = x @ W + b",
            "shapes: (n, fan_in) @ (fan_in, fan_out) + (fan_out,) -> (n, fan_out)",
            "Example: x = [[1, 2]], W = [[3], [5]], b = [10]: 1*3 + 2*5 + 10 = 23.",
        ),
        _lines(
            "x, W = as_floating(x), as_floating(W)",
            "return x @ W + b",
        ),
    ),
    "dense_backward": (
        "The gradient of the sums says what the layer below should change (dx), what the weights and what "
        "the biases. The shapes nearly force the products. For the biases sum over the samples: the 1/n is "
        "in grad already.",
        _lines(
            "dx = grad @ W.T                (n, fan_in), like x",
            "dW = x.T @ grad                (fan_in, fan_out), like W",
            "db = sum of grad over axis 0   (fan_out,), like b",
            "Example: grad = [[3]], x = [[2, 5]], W = [[7], [-1]]:",
            "dx = [[21, -3]], dW = [[6], [15]], db = [3].",
        ),
        _lines(
            "grad, x, W = as_floating(grad), as_floating(x), as_floating(W)",
            "dx = grad @ W.T",
            "dW = x.T @ grad",
            "db = grad.sum(axis=0)  # not the mean",
            "return dx, dW, db",
        ),
    ),
    # initializers
    "xavier_normal": (
        "From weights too small a signal fades layer by layer, from weights too large it explodes. Xavier's "
        "rule keeps it level, forward and back, for tanh and sigmoid. It gives the variance; the generator "
        "wants the standard deviation.",
        _lines(
            "variance = 2 / (fan_in + fan_out); std = sqrt(variance)",
            "Example: fan_in = 784, fan_out = 16: variance 0.0025, std 0.05.",
        ),
        _lines(
            "std = np.sqrt(2 / (fan_in + fan_out))  # mind the brackets",
            "W = rng.normal(0, std, size=(fan_in, fan_out))",
            "return W.astype(dtype)",
        ),
    ),
    "xavier_uniform": (
        "The variance of xavier_normal, spread evenly between two limits. A uniform distribution's variance "
        "is a third of its squared limit, which is where the 6 comes from. Draw every weight on its own.",
        _lines(
            "W uniform in [-limit, limit], limit = sqrt(6 / (fan_in + fan_out))",
            "variance = limit**2 / 3 = 2 / (fan_in + fan_out)",
            "Example: fan_in = 784, fan_out = 16: limit 0.0866.",
        ),
        _lines(
            "limit = np.sqrt(6 / (fan_in + fan_out))",
            "W = rng.uniform(-limit, limit, size=(fan_in, fan_out))",
            "return W.astype(dtype)",
        ),
    ),
    "he_normal": (
        "ReLU switches off half of the units and with them half of the signal; He's rule makes up for it "
        "with twice the variance. Only the number of inputs counts here, and that is the number of rows of "
        "the weight matrix.",
        _lines(
            "variance = 2 / fan_in; std = sqrt(variance)",
            "Example: fan_in = 200: variance 0.01, std 0.1.",
        ),
        _lines(
            "std = np.sqrt(2 / fan_in)",
            "W = rng.normal(0, std, size=(fan_in, fan_out))",
            "return W.astype(dtype)",
        ),
    ),
    "he_uniform": (
        "The variance of he_normal, spread evenly between two limits. The limit is not the standard "
        "deviation: it lies further out, for all weights stay within it. The generator draws float64; return "
        "the dtype you are asked for.",
        _lines(
            "W uniform in [-limit, limit], limit = sqrt(6 / fan_in)",
            "variance = limit**2 / 3 = 2 / fan_in",
            "Example: fan_in = 150: limit 0.2, variance 0.0133.",
        ),
        _lines(
            "limit = np.sqrt(6 / fan_in)",
            "W = rng.uniform(-limit, limit, size=(fan_in, fan_out))",
            "return W.astype(dtype)",
        ),
    ),
    "random_normal": (
        "The naive start: one fixed spread, whatever the widths of the layer, to be compared with Xavier and "
        "He. The argument is the standard deviation, not the variance, and it belongs to the caller.",
        _lines(
            "W normal, mean 0, standard deviation std",
            "Example: std = 0.05 is a variance of 0.0025.",
        ),
        _lines(
            "W = rng.normal(0, std, size=(fan_in, fan_out))",
            "return W.astype(dtype)",
        ),
    ),
    "random_uniform": (
        "The other naive start: every weight lies between two fixed ends, whatever the widths. Draw the "
        "whole array at once, since one row or column repeated would make twins of the units.",
        _lines(
            "W uniform in [low, high)",
            "Example: from -0.5 to 0.5 the variance is 1 / 12 = 0.0833.",
        ),
        _lines(
            "W = rng.uniform(low, high, size=(fan_in, fan_out))",
            "return W.astype(dtype)",
        ),
    ),
    "zeros": (
        "Zeros are right for biases. For weights they are useless: units that start equal get equal "
        "gradients and stay equal for ever. Return a new array at each call, in the shape and dtype you are "
        "asked for.",
        _lines(
            "W[i, j] = 0 for every i < fan_in and j < fan_out",
            "Example: fan_in = 2, fan_out = 3: [[0, 0, 0], [0, 0, 0]].",
        ),
        "return np.zeros((fan_in, fan_out), dtype)",
    ),
    # network
    "Network.__init__": (
        "Each pair of neighbouring widths makes a layer: weights from the initializer, and biases that start "
        "at 0. Draw all weights from the one generator, layer after layer. Optimizers will write into these "
        "arrays, so keep no second copy.",
        _lines(
            "params = [W1, b1, W2, b2, ...]",
            "layer i from 0: W (sizes[i], sizes[i + 1]), b (sizes[i + 1],)",
            "Example: sizes (784, 16, 10) give the shapes",
            "(784, 16), (16,), (16, 10), (10,), which are 12730 numbers.",
        ),
        _lines(
            "# where rng is None: rng = np.random.default_rng(), once for all layers",
            "self.params = []",
            "for fan_in, fan_out in zip(self.sizes, self.sizes[1:]):",
            "    draw = INITIALIZERS[self.initializer]",
            "    W = draw(rng, fan_in, fan_out, self.dtype)",
            "    b = np.zeros(...)  # fan_out of them, in self.dtype",
            "    self.params += [W, b]",
        ),
    ),
    "Network.forward": (
        "Data flow through the layers one by one: the output of each is the input of the next. Hidden layers "
        "use the hidden activation, the last one has the output's own. There is no dropout here, so the same "
        "X always gives the same answer.",
        _lines(
            "hidden layers: x <- activation(x @ W + b)",
            "the last one:  x <- output(x @ W + b)",
            "Example (lesson 5): x = (1, 2) -> z = (1, 0.5, -1) -> ReLU (1, 0.5, 0)",
            "-> z = 1*1 + 0.5*(-2) + 0*3 = 0 -> sigmoid 0.5.",
        ),
        _lines(
            "x = self._checked(X)",
            "layers = list(zip(self.params[::2], self.params[1::2]))",
            "for i, (W, b) in enumerate(layers):",
            "    # name = self.output in the last layer, else self.activation",
            "    forward, _ = ACTIVATIONS[name]",
            "    x = forward(...)  # of dense(x, W, b)",
            "return x",
        ),
    ),
    "Network.loss_and_grads": (
        "Walk forward and keep what each layer put out; then walk back and hand the gradient from layer to "
        "layer. Every step is a function that you have written. Return the gradients in the order of params, "
        "made anew at each call.",
        _lines(
            "forward: x_0 = X; x_i = f_i(x_(i-1) @ W_i + b_i); L = loss(x_last, y)",
            "back, from the last layer to the first, from grad = dL/dx_last on:",
            "  dL/dz_i = f_i_backward(grad, x_i)",
            "  dx, dW_i, db_i = dense_backward(dL/dz_i, x_(i-1), W_i)",
            "  grad <- dx, for the layer below",
            "Example (lesson 5), one weight: -1 * 0.25 * -2 * 1 * 2 = 1.",
        ),
        _lines(
            "xs = [self._checked(X)]",
            "# as in forward, but append the output of each layer to xs",
            "loss, grad = LOSSES[self.loss](xs[-1], self._as_targets(y))",
            "grads = []",
            "for i in reversed(range(len(self.sizes) - 1)):  # last layer first",
            "    _, backward = ACTIVATIONS[name]  # name as on the way forward",
            "    grad = backward(grad, xs[i + 1])  # now dL/dz of layer i",
            "    # grad, dW, db = dense_backward of grad, xs[i], self.params[2 * i]",
            "    grads = [dW, db, *grads]",
            "return loss, grads",
        ),
    ),
    "Network.predict_proba": (
        "The network puts out scores, and the loss squashes them by itself; here you do it for the caller. "
        "The loss decides how, not the number of outputs: three yes-or-no answers are three sigmoids, not "
        "shares of one whole.",
        _lines(
            "softmax(output) under softmax_cross_entropy,",
            "sigmoid(output) under binary_cross_entropy,",
            "the output itself under mean_squared_error",
            "Example: the scores (1, 2, 3) have the softmax (0.0900, 0.2447, 0.6652)",
            "and the sigmoids (0.7311, 0.8808, 0.9526).",
        ),
        _lines(
            "output = self.forward(X)",
            'if self.loss == "softmax_cross_entropy":',
            "    return softmax(output)",
            '# in the same way: sigmoid(output) for "binary_cross_entropy"',
            "return output",
        ),
    ),
    "Network.predict": (
        "Among several outputs the largest score wins; squashing would not change the order. With a single "
        "output, argmax would always answer 0: ask there whether the probability passes one half. Return "
        "integers, one for each sample.",
        _lines(
            "several outputs: the column of the largest score",
            "one output: 1 where its probability is above 1/2, else 0",
            "Example: the scores (0.2, 3, -1) mean class 1. The sigmoid of 0 is 1/2, so",
            "under binary_cross_entropy a single 0.2 means 1, and -0.01 means 0.",
        ),
        _lines(
            "if self.sizes[-1] > 1:",
            "    return np.argmax(self.forward(X), axis=1)",
            "p = self.predict_proba(X)[:, 0]  # (n, 1) -> (n,)",
            "# p > 0.5 gives True and False; .astype(int) makes 1 and 0 of them",
        ),
    ),
    # optimizers
    "sgd_step": (
        "The gradient points uphill, so step the other way, as far as the learning rate says. The caller "
        "holds on to the array: change its contents, because a new array under the old name is lost when the "
        "function ends.",
        _lines(
            "param <- param - lr * grad",
            "Example: param = 1, grad = 2, lr = 0.1: param becomes 0.8.",
        ),
        _lines(
            "# in place: `param = param - ...` would make another array",
            "param -= lr * grad",
        ),
    ),
    "momentum_step": (
        "A ball gathers speed where the slopes agree and calms down where they alternate. The velocity array "
        "is its memory between calls: update it in place, and do so first, for the step takes the new "
        "velocity.",
        _lines(
            "velocity <- momentum * velocity + grad",
            "param    <- param - lr * velocity",
            "Example: momentum = 0.9, grad = 1 each time: velocity 1, 1.9, 2.71, ...",
        ),
        _lines(
            "velocity *= momentum  # in place, as is everything here",
            "velocity += grad",
            "param -= lr * velocity",
        ),
    ),
    "nesterov_step": (
        "Like momentum, but the step already looks ahead to where the velocity is about to carry it. Update "
        "the velocity first; the step then takes the gradient and one more share of the new velocity, not of "
        "the old one.",
        _lines(
            "velocity <- momentum * velocity + grad",
            "param    <- param - lr * (grad + momentum * velocity)",
            "Example: first step, grad = 2, lr = 0.1, momentum = 0.9: velocity = 2,",
            "and param goes down by 0.1 * (2 + 0.9 * 2) = 0.38.",
        ),
        _lines(
            "velocity *= momentum",
            "velocity += grad",
            "param -= lr * (grad + momentum * velocity)",
        ),
    ),
    "rmsprop_step": (
        "Each number gets a pace of its own: its gradient is divided by how large it has usually been. The "
        "memory holds a mean of squares, so take the root before you divide. The small eps stands outside "
        "the root and keeps 0 / 0 away.",
        _lines(
            "square_avg <- rho * square_avg + (1 - rho) * grad**2",
            "param      <- param - lr * grad / (sqrt(square_avg) + eps)",
            "Example: first step, grad = 2, lr = 0.1, rho = 0.9: square_avg = 0.4,",
            "and param goes down by 0.1 * 2 / 0.6325 = 0.3162.",
        ),
        _lines(
            "square_avg *= rho",
            "square_avg += (1 - rho) * grad**2",
            "root = np.sqrt(square_avg)",
            "param -= lr * grad / (root + eps)",
        ),
    ),
    "adam_step": (
        "Adam joins momentum's running mean with RMSprop's mean of squares. Both start at 0 and are too "
        "small at first, so each is corrected by a factor that depends on the step number. The corrected "
        "values are new arrays: m and v carry on.",
        _lines(
            "m <- beta1 * m + (1 - beta1) * grad;     m_hat = m / (1 - beta1**t)",
            "v <- beta2 * v + (1 - beta2) * grad**2;  v_hat = v / (1 - beta2**t)",
            "param <- param - lr * m_hat / (sqrt(v_hat) + eps)",
            "Example: t = 1, grad = 2, lr = 0.1: m = 0.2, v = 0.004, m_hat = 2,",
            "v_hat = 4, and param goes down by 0.1 * 2 / 2 = 0.1.",
        ),
        _lines(
            "m *= beta1",
            "m += (1 - beta1) * grad",
            "# v in the same way, with beta2 and grad**2",
            "m_hat = m / (1 - beta1**t)  # t is 1 at the first call",
            "v_hat = ...",
            "param -= lr * m_hat / (np.sqrt(v_hat) + eps)",
        ),
    ),
    # regularization
    "l2_penalty": (
        "Large weights make sharp, over-confident answers; the penalty makes them cost something. The half "
        "belongs to the penalty alone, so that the gradient comes out plain. One penalty covers all arrays, "
        "and each array has its gradient.",
        _lines(
            "penalty = strength / 2 * sum of W**2 over all arrays",
            "gradient of each array: strength * W",
            "Example: weights (1, -2, 3, 4) and (5), strength 0.1: squares 55,",
            "penalty 2.75, gradients (0.1, -0.2, 0.3, 0.4) and (0.5).",
        ),
        _lines(
            "squares = sum(float(np.sum(W**2)) for W in weights)",
            "grads = [strength * W for W in weights]",
            "return strength / 2 * squares, grads",
        ),
    ),
    "dropout": (
        "Silencing random units keeps the others from relying on them. The rate is the share dropped; "
        "survivors are scaled up at once, so that the mean stays and nothing needs scaling later. Toss a "
        "coin for every entry, and keep x's dtype.",
        _lines(
            "mask = 0 with probability rate, else 1 / (1 - rate); y = x * mask",
            "Example: rate = 0.2: survivors grow by 1 / 0.8 = 1.25, and 0.8 * 1.25 = 1.",
        ),
        _lines(
            "# a ValueError unless 0 <= rate < 1",
            "x = as_floating(x)",
            "keep = rng.random(x.shape) >= rate  # True for a share of 1 - rate",
            "mask = (keep / (1 - rate)).astype(x.dtype)",
            "return x * mask, mask",
        ),
    ),
    "dropout_backward": (
        "A silenced entry had no say in the loss, and a scaled one had so much the more. The mask of the "
        "forward pass knows both: use that very mask, and never draw a new one.",
        _lines(
            "dL/dx = grad * mask",
            "Example: grad = (3, -1, 2), mask = (0, 2, 2): (0, -2, 4).",
        ),
        "return grad * mask",
    ),
    "clip_by_global_norm": (
        "One freak batch can throw the weights far off, so the gradient's length is limited. Measure all "
        "arrays as one long vector and shrink them by one factor, in place, so that the direction stays. "
        "Within the limit, nothing may change.",
        _lines(
            "norm = sqrt(sum of g**2 over all entries of all arrays)",
            "if norm > max_norm, and finite: every grad *= max_norm / norm",
            "Returned is the norm before clipping.",
            "Example: gradients 3 and 4, max_norm 1: norm 5, they become 0.6 and 0.8.",
        ),
        _lines(
            "squares = sum(float(np.sum(grad**2)) for grad in grads)",
            "norm = float(np.sqrt(squares))",
            "if max_norm < norm < np.inf:",
            "    # grad *= max_norm / norm, for each grad of the list",
            "return norm",
        ),
    ),
    "Network.l2": (
        "The penalty joins the loss, and its gradient joins those of the weights: only both together are "
        "right. Biases stay out of it. As weights and biases take turns in params, a slice with a step of "
        "two picks either.",
        _lines(
            "loss <- loss + l2 / 2 * sum of W**2; dW <- dW + l2 * W; db stays",
            "Example: l2 = 0.1, weights 1 and 2: the loss grows by 0.25, the",
            "gradients of the weights by 0.1 and 0.2.",
        ),
        _lines(
            "# in loss_and_grads, after the walk back, before the return:",
            "if self.l2:",
            "    penalty, extra = l2_penalty(self.params[::2], self.l2)",
            "    loss += penalty",
            "    for dW, more in zip(grads[::2], extra):",
            "        # dW += more",
        ),
    ),
    "Network.dropout": (
        "Where rng is given, each hidden layer drops some of its outputs; inputs and answers are never "
        "dropped. Keep two things for the way back: the mask, and the output before dropout, for there the "
        "activation's slope is taken.",
        _lines(
            "forward, hidden layers: a = activation(z); x, mask = dropout(a, rate, rng)",
            "back, hidden layers: first grad <- dropout_backward(grad, mask),",
            "then dL/dz = activation_backward(grad, a), a from before dropout",
            "Example: a tanh of a = 0.5, doubled to x = 1 by its mask: its slope is",
            "1 - 0.25 = 0.75, but x would give 0.",
        ),
        _lines(
            "# forward: beside xs keep two lists, outputs and masks, one entry a layer",
            "a = forward(dense(xs[-1], W, b))",
            "x, mask = a, None",
            "if rng is not None and self.dropout and i < len(layers) - 1:",
            "    x, mask = dropout(a, self.dropout, rng)",
            "# append x to xs, a to outputs, mask to masks",
            "# back, before anything else in the loop:",
            "if masks[i] is not None:",
            "    grad = dropout_backward(grad, masks[i])",
            "grad = backward(grad, outputs[i])  # no longer xs[i + 1]",
        ),
    ),
    # training
    "one_hot": (
        "A label becomes a row with a single 1, at its class. The caller says how many columns there are; "
        "the largest label at hand does not. Refuse impossible labels before you index: -1 would quietly "
        "land in the last column.",
        _lines(
            "rows[i, labels[i]] = 1, and 0 elsewhere",
            "Example: labels (2, 0) of 3 classes: [[0, 0, 1], [1, 0, 0]].",
        ),
        _lines(
            "labels = np.asarray(labels)",
            "if np.any((labels < 0) | (labels >= n_classes)):",
            "    raise ValueError(...)",
            "rows = np.zeros((len(labels), n_classes), dtype)",
            "rows[np.arange(len(labels)), labels] = 1",
            "return rows",
        ),
    ),
    "min_max_scale": (
        "Features on one scale learn at one pace. The range comes from the training data alone and holds for "
        "every array. A constant column would be divided by 0, and bytes cannot go below 0, so convert them "
        "before you subtract.",
        _lines(
            "(x - low) / (high - low), low and high of each column of train;",
            "0 where the column is constant",
            "Example: a column (2, 4, 6) of train becomes (0, 0.5, 1), and a test",
            "value of 8 becomes 1.5.",
        ),
        _lines(
            "arrays = [as_floating(x) for x in (train, *others)]",
            "low = arrays[0].min(axis=0)",
            "span = arrays[0].max(axis=0) - low",
            "span[span == 0] = np.inf  # anything divided by inf is 0",
            "# for each x of arrays: ((x - low) / span).astype(x.dtype)",
            "return tuple(...)",
        ),
    ),
    "minibatches": (
        "Shuffle all samples once a call and deal them out, batch by batch. The last batch may be short, but "
        "nobody is left out. Deal indices rather than data: the caller picks rows of X and of y with the "
        "same ones.",
        _lines(
            "order = a permutation of 0..n-1, cut into pieces of batch_size",
            "Example: n = 10, batch_size = 4: batches of 4, 4 and 2 indices.",
        ),
        _lines(
            "# a ValueError if batch_size is below 1",
            "order = rng.permutation(n)",
            "for start in range(0, n, batch_size):",
            "    yield order[start : start + batch_size]  # the end may lie beyond n",
        ),
    ),
    "step_decay": (
        "Large steps first, small ones later: the rate is cut every so many epochs. Compute it from the "
        "first rate and the number of the epoch; cutting the last result again and again would shrink it far "
        "too fast.",
        _lines(
            "lr * factor ** floor(epoch / every), epochs counted from 0",
            "Example: lr = 0.8, factor = 0.5, every = 10: 0.8 up to epoch 9,",
            "0.4 from 10, 0.2 from 20.",
        ),
        "return lr * factor ** (epoch // every)",
    ),
    "EarlyStopping.update": (
        "When the validation loss no longer falls, it is time to stop, after some patience. Compare with the "
        "best loss so far, not with the last one. Remember the best parameters as copies, for the arrays "
        "themselves go on changing.",
        _lines(
            "better: loss < best_loss - min_delta",
            "stop: the epochs since the best one have reached patience",
            "Example: patience 3, losses 3, 2, 2.5, 2.4, 2.3: the best is epoch 1,",
            "and at epoch 4 the answer is True, since 4 - 1 = 3.",
        ),
        _lines(
            "self._epoch += 1  # 0 at the first call",
            "if loss < self.best_loss - self.min_delta:",
            "    # remember the loss, the epoch, and in self._best a param.copy()",
            "    # of each of the params",
            "best = -1 if self.best_epoch is None else self.best_epoch",
            "return self._epoch - best >= self.patience",
        ),
    ),
    "EarlyStopping.restore": (
        "The last parameters are rarely the best ones. Write the remembered values into the arrays you are "
        "given: a list of new arrays would leave the network as it is. Keep the memory, since training may "
        "go on.",
        _lines(
            "param[...] = best, for each array and its copy",
            "Example: param holds 7, best holds 1: the same array now holds 1.",
        ),
        _lines(
            "# a ValueError if self._best is None: there is nothing to restore",
            "for param, best in zip(params, self._best):",
            "    param[...] = best  # `param = best` would only rename",
        ),
    ),
    "train_epoch": (
        "One pass over the data: for each batch the gradients, a clip where asked for, and a step. Weigh "
        "each loss by the size of its batch, for the last one may be smaller. Hand rng on to the network: "
        "without it, there is no dropout.",
        _lines(
            "mean loss = sum of len(batch) * loss over the batches, / n",
            "Example: batches of 4, 4 and 2 with the losses 1, 1 and 2:",
            "(4 + 4 + 4) / 10 = 1.2; the mean of the three would be 1.3333.",
        ),
        _lines(
            "total = 0.0",
            "for batch in minibatches(len(X), batch_size, rng):",
            "    loss, grads = network.loss_and_grads(X[batch], y[batch], rng)",
            "    if max_grad_norm is not None:",
            "        # clip_by_global_norm",
            "    optimizer.step(network.params, grads, lr)",
            "    # add len(batch) * loss to total",
            "return total / len(X)",
        ),
    ),
    # convergence
    "v1": (
        "There is nothing to write. If lessons 1 to 8 pass and this fails, each piece is right alone and "
        "something between them is not: a default, or a state that outlives its call. Watch the loss, where "
        "it starts and how it falls.",
        _lines(
            "Who guesses among ten classes has a loss of log(10) = 2.303 and 10 % right.",
            "v1 on the digits, as measured with six different splits:",
            "  loss in epoch 1: 2.4; 10: 1.6; 50: 0.5; 100: 0.28, falling each time",
            "  right among the test digits: 93 to 95 %",
        ),
        _lines(
            'net = Network((64, 128, 10), activation="tanh",',
            '              initializer="xavier_uniform", rng=rng)',
            "# print train_epoch(net, SGD(lr=0.2), X, y, batch_size=len(X), rng=rng)",
            "# far above 2.4 at the start: the variance of the first weights",
            "# never moves: net.params are not the arrays that forward reads",
            "# rises: a sign; falls too slowly: a 1/n that is there twice",
            "# ten samples alone, 100 epochs: below 0.05, or the gradient is wrong",
            "# low loss, poor predictions: predict and forward disagree",
        ),
    ),
    "v2": (
        "Everything at once, so take it apart: switch off dropout, l2, the schedule and early stopping, then "
        "bring them back one by one. The one that spoils the result is where to look. Compare the training "
        "loss with the validation loss.",
        _lines(
            "v2 on the digits, measured alike, batches of 32, Adam at a rate of 0.001:",
            "  training loss in epoch 1: 2.1; in epoch 5: 0.7; at the end: 0.05",
            "  validation loss: 1.9, then 0.6; its best is 0.06 to 0.11",
            "  right among the test digits: 97 to 98 %, with dropout and l2 or without",
        ),
        _lines(
            "# ten samples, Adam(lr=0.01), no dropout, 100 epochs: loss below 0.01",
            "# net.forward(X) twice: any difference is dropout that stays on",
            "# bad with dropout=0.05 alone: the mask's scale, or the share kept as rate",
            "# bad with l2=1e-5 alone: the sign, or W added to dW without l2",
            "# stops after a few epochs: update compares with the last loss",
            "# no other after restore than before: _best holds arrays, not copies",
            "# rates: print step_decay(epoch, 0.001, every=30), halved at 30, 60, 90",
            "# nan: print the loss of each batch; the first bad one tells",
        ),
    ),
}

REMARKS: dict[str, str] = {
    # activations
    "sigmoid": (
        "The reference raises z to log(tiny) at least, so exp(-z) cannot overflow; one formula then serves "
        "both signs. Through out= it runs in the array of the sums, so a network allocates nothing here."
    ),
    "sigmoid_backward": (
        "The textbook formula. With out= the product is written over a, which is not needed any more; only 1 "
        "- a takes a new array."
    ),
    "tanh": (
        "The textbook line: np.tanh is stable by itself. The reference only adds out=, so that the network "
        "can write the result over the sums."
    ),
    "tanh_backward": (
        "The textbook formula in three steps, square, subtract, multiply; through out= all of them run in "
        "one array."
    ),
    "relu": (
        "The textbook line: a maximum cannot overflow. The reference only adds out=, so that the network can "
        "write the result over the sums."
    ),
    "relu_backward": (
        "The textbook form: the gradient times the truth value a > 0. The product goes into out= where one "
        "is given."
    ),
    "leaky_relu": (
        "Instead of choosing with np.where, the reference adds the positive part and slope times the "
        "negative part. The negative part is computed first, so that out= may be z itself."
    ),
    "leaky_relu_backward": (
        "The reference chooses the factor, 1 or slope, and multiplies once by grad. Both numbers are first "
        "brought to the dtype of a, since np.where of two Python floats is float64."
    ),
    "elu": (
        "The reference adds the positive and the negative part instead of choosing. The exponential sees "
        "min(z, 0) only, so it cannot overflow, and expm1 keeps the digits that exp(z) - 1 loses near 0."
    ),
    "elu_backward": (
        "The textbook formula, with the slope chosen first, 1 or a + alpha, and multiplied by grad once; the "
        "1 has the dtype of a, so that float32 stays float32."
    ),
    "softmax": (
        "The reference also raises z to a floor before it subtracts the maximum, because the difference of "
        "two finite scores may leave the dtype's range (-3e38 - 3e38 in float32). Exponential and division "
        "then work in place on that new array."
    ),
    "log_softmax": (
        "The textbook's stable form. The shift is shared with softmax; it also keeps the difference of two "
        "finite scores from leaving the dtype's range."
    ),
    # losses
    "softmax_cross_entropy": (
        "The reference computes the exponentials once, for the loss and the gradient, instead of calling "
        "log_softmax and softmax, and adds the losses up in float64."
    ),
    "binary_cross_entropy": (
        "The same stable formula. The gradient is finished in place, in the array that the sigmoid returned, "
        "and the losses are added up in float64, whatever the dtype."
    ),
    "mean_squared_error": (
        "One array does for both: the differences are squared and added up in float64 for the loss, and then "
        "scaled in place to become the gradient."
    ),
    # layers
    "dense": (
        "The textbook formula in two steps: the product, into out= where one is given, and then the bias "
        "added in place. x @ W + b allocates a second array as large as the result."
    ),
    "dense_backward": (
        "The textbook products. dW and db have a function of their own, parameter_gradients, because the "
        "first layer needs no dx; leaving it out saves a third of that layer's work."
    ),
    # initializers
    "xavier_normal": (
        "The textbook rule. The numbers are always drawn in float64 and then rounded, so that one seed gives "
        "one network in any dtype; a helper shares this with he_normal."
    ),
    "xavier_uniform": (
        "The textbook rule, drawn in float64 and then rounded to the dtype; a helper shares this with "
        "he_uniform. Weights are drawn once per network, so this is quick enough."
    ),
    "he_normal": (
        "The textbook rule, by the same helper as xavier_normal: std times a standard normal draw, in "
        "float64 and then rounded to the dtype."
    ),
    "he_uniform": ("The textbook rule, by the same helper as xavier_uniform: only the limit differs."),
    "random_normal": (
        "The textbook line, by the same helper as xavier_normal; only the standard deviation comes from the "
        "caller instead of the widths."
    ),
    "random_uniform": (
        "The textbook line: one draw of the whole array between low and high, rounded to the dtype. There is "
        "nothing to improve."
    ),
    "zeros": (
        "The textbook line. rng is unused and stands there so that all initializers can be called alike."
    ),
    # network
    "Network.__init__": (
        "The reference keeps all parameters in one vector and all gradients in another; its lists hold views "
        "of them (ParameterList). An optimizer then updates everything in a single call, and whoever reads a "
        "layer notices nothing."
    ),
    "Network.forward": (
        "The reference takes 1024 rows at a time through buffers that are kept between calls, and copies the "
        "last layer into a fresh array. Memory stays small however many rows come, and each activation is "
        "written over its sums."
    ),
    "Network.loss_and_grads": (
        "The reference keeps sums, activations and gradients in buffers: going back, the gradient takes the "
        "place of an activation that is no longer needed. It leaves out dx of the first layer, and the "
        "gradients it returns are its own, overwritten by the next call."
    ),
    "Network.predict_proba": (
        "The textbook form: the loss decides between softmax, sigmoid and the plain output. All the work is "
        "in forward, so nothing more is worth doing."
    ),
    "Network.predict": (
        "The reference compares a single score with 0 under binary_cross_entropy instead of computing its "
        "sigmoid and comparing with 1/2: the answer is the same. The decision is a method, classify, so that "
        "outputs already at hand need no second pass."
    ),
    # optimizers
    "sgd_step": (
        "lr * grad allocates an array as large as the parameter. The reference goes through large arrays in "
        "blocks of 262,144 numbers with one small scratch array, so that everything stays in the cache."
    ),
    "momentum_step": (
        "The textbook rule, in blocks that fit the cache: velocity, step and parameter of a block are done "
        "while they are still there, and lr * velocity needs only a block of scratch space."
    ),
    "nesterov_step": (
        "The textbook rule, in blocks that fit the cache. The bracket is built up in one scratch array in "
        "place: momentum * velocity, plus grad, times lr."
    ),
    "rmsprop_step": (
        "The textbook rule, in blocks that fit the cache. One scratch array takes the square, the root, the "
        "quotient and the step in turn, where the plain formula allocates an array for each."
    ),
    "adam_step": (
        "The reference leaves the constant factors (1 - beta) out of m and v and puts them, with the bias "
        "corrections, into two scalars, which saves passes over the arrays. It works in blocks that fit the "
        "cache, with one scratch array."
    ),
    # regularization
    "l2_penalty": (
        "The textbook formula. np.vdot(W, W) adds up the squares without an array to hold them, and the "
        "gradients are written into out= where it is given."
    ),
    "dropout": (
        "The reference draws its random numbers in float32, which is quicker and fine enough for a coin, and "
        "compares them straight into the mask, without an array of truth values."
    ),
    "dropout_backward": (
        "The textbook line: one multiplication, into out= where it is given, and nothing to guard against."
    ),
    "clip_by_global_norm": (
        "np.vdot gives each squared norm without an array of squares; where exploding float32 gradients "
        "overflow it, it is done again in float64. Gradients whose norm is infinite or NaN stay as they are, "
        "and a network's gradients are clipped as one vector."
    ),
    "Network.l2": (
        "The same two additions, after the walk back; the penalty's gradients are written into buffers kept "
        "for them, so that no step allocates arrays as large as the weights."
    ),
    "Network.dropout": (
        "Masks and dropped outputs have buffers of their own, used again for every batch. The output before "
        "dropout stays where the sums were, and there the activation's slope is taken."
    ),
    # training
    "one_hot": (
        "The textbook form: zeros, and one indexed assignment. The reference also refuses labels that are "
        "not integers of shape (n,)."
    ),
    "min_max_scale": (
        "The textbook formula; a constant feature gets an infinite span, so that dividing by it gives 0 "
        "without a special case. Minimum and span are brought to each array's dtype before they are used."
    ),
    "minibatches": (
        "The reference returns a generator instead of being one, so that the batch size is checked and the "
        "order drawn at the call, not when the first batch is asked for."
    ),
    "step_decay": ("The textbook line: one number an epoch, so there is nothing to make faster."),
    "EarlyStopping.update": (
        "The textbook rule. Before there is a best epoch, the reference counts from -1, so that losses that "
        "are NaN from the start use up the patience, too."
    ),
    "EarlyStopping.restore": (
        "The textbook loop, in place. Here, zip(..., strict=True) also refuses a list of another length."
    ),
    "train_epoch": (
        "The reference shares the loop with fit: a generator yields after each step, and the mean is taken "
        "from what it yields. Rows are gathered into one buffer that every batch uses again; a single batch "
        "of everything is not copied at all."
    ),
}
