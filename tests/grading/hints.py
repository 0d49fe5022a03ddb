"""Hints: three steps for each exercise, from the idea to the formula to an outline in words; and what the
reference does differently.
"""


def _lines(*lines):
    return "\n".join(lines)


def _steps(*steps):
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))


HINTS: dict[str, tuple[str, str, str]] = {
    # activations
    "sigmoid": (
        "What happens to the textbook formula when a sum is -1000? Python wants to compute exp(1000), "
        "which is too large for any float, although the answer is plainly 0. Can you choose the "
        "exponent so that it is never positive, whichever sign z has?",
        _lines(
            "a = 1 / (1 + exp(-z))",
            "Multiply above and below by exp(z), and you have a second form:",
            "  a = exp(z) / (1 + exp(z))",
            "Each form is safe on one side of 0: which?",
            "Example: z = 2 has exp(-2) = 0.1353, so a = 1 / 1.1353 = 0.8808;",
            "z = -2 has a = 0.1353 / 1.1353 = 0.1192.",
        ),
        _steps(
            "Bring z to a floating array with as_floating.",
            "Name e the exponential of minus the absolute value of z. It lies between 0 and 1, whatever "
            "z is.",
            "Where z is not negative, e is exp(-z): take the first form of hint 2.",
            "Elsewhere e is exp(z): take the second form.",
            "np.where chooses for each entry. It computes both sides, and with this e neither can overflow.",
        ),
    ),
    "sigmoid_backward": (
        "You know the output, not the sum that made it. Does that matter? Draw the S of the sigmoid: "
        "where it is flat, near 0 and near 1, a nudge changes nothing; in the middle it is steepest. "
        "Find the slope as an expression in a alone, and multiply it by what comes from above.",
        _lines(
            "dL/dz = dL/da * da/dz, and da/dz = a * (1 - a)",
            "Example: a = 0.8, grad = 2: the slope is 0.8 * 0.2 = 0.16, the result 0.32.",
        ),
        _steps(
            "Bring both arguments to floating arrays.",
            "Name slope what hint 2 has for da/dz: two factors, both made of a. No exponential occurs.",
            "Return the product of the upstream gradient and slope, entry by entry.",
        ),
    ),
    "tanh": (
        "Imagine the sigmoid stretched to twice its height and moved down, so that it is 0 for a sum of "
        "0. Its textbook formula overflows just as the sigmoid's does. Has somebody written a safe one "
        "already, in the library that you import?",
        _lines(
            "a = (exp(z) - exp(-z)) / (exp(z) + exp(-z))",
            "Example: z = 0.2 has a = 0.1974; z = 1000 has a = 1, but exp(1000) is inf.",
        ),
        _steps(
            "Bring z to a floating array, so that whole numbers become float64 and float32 stays.",
            "NumPy's function has the name that mathematicians use. It takes whole arrays.",
            "Return what it gives; a copy is not needed, as the result is a new array.",
        ),
    ),
    "tanh_backward": (
        "A curve from -1 to 1, steepest at 0 and flat at both ends: which simple expression in the "
        "output a is 1 in the middle and 0 where a is 1 or -1? Beware of squashing twice, since a is an "
        "output already.",
        _lines(
            "dL/dz = dL/da * da/dz, and da/dz = 1 - a**2",
            "Example: a = 0.5, grad = 2: the slope is 0.75, the result 1.5.",
        ),
        _steps(
            "Bring both arguments to floating arrays.",
            "Name slope the expression of hint 2. Check it in your head: 1 for a = 0, and 0 for a = 1.",
            "Return the upstream gradient times slope.",
        ),
    ),
    "relu": (
        "Think of a valve that opens in one direction only. Every entry is compared with 0 on its own. "
        "NumPy has one function that finds the largest number of an array, and another that compares "
        "two arrays entry by entry: which one is it here?",
        _lines(
            "a = z where z > 0, else 0",
            "Example: z = (-3, 0.25, 4) has a = (0, 0.25, 4).",
        ),
        _steps(
            "Bring z to a floating array.",
            "Look up np.max and np.maximum. One gives a single number, the other an array like z.",
            "Return the entrywise comparison with 0: a new array, while z stays as it was.",
        ),
    ),
    "relu_backward": (
        "If the valve was open, a nudge of the sum arrives in full; if it was shut, nothing arrives. "
        "How can you tell from the output which it was? And what is passed on where it was open: a 1, "
        "or what came from above?",
        _lines(
            "dL/dz = grad where a > 0, else 0",
            "Example: a = (0, 0.5, 3), grad = (5, -2, 1): the result is (0, -2, 1).",
        ),
        _steps(
            "Bring both arguments to floating arrays.",
            "Name on the comparison that tells where a unit let its sum pass: an array of True and False.",
            "In a product True counts as 1 and False as 0. Of which array should on keep some entries?",
        ),
    ),
    "leaky_relu": (
        "A ReLU unit that is shut for every sample has no gradient and can never recover. So let the "
        "valve leak a little. How much it leaks is the caller's choice: will your function still be "
        "right with slope=0.5?",
        _lines(
            "a = z where z > 0, else slope * z",
            "Example: slope = 0.01, z = (-2, 0.25): a = (-0.02, 0.25).",
        ),
        _steps(
            "Bring z to a floating array.",
            "Name leaked the array that all entries would be if the valve were shut everywhere.",
            "Choose for each entry between z and leaked. np.where takes a condition and the two arrays.",
        ),
    ),
    "leaky_relu_backward": (
        "Two straight lines meet at 0, so there are only two slopes. The output still has the sign of "
        "the sum, hence it knows which line it came from. One trap: choosing between two Python numbers "
        "makes float64 of everything.",
        _lines(
            "dL/dz = grad where a > 0, else slope * grad",
            "Example: slope = 0.01, a = (-0.02, 0.25), grad = (3, 3): (0.03, 3).",
        ),
        _steps(
            "Bring both arguments to floating arrays.",
            "Name leaked the gradient that arrives if a unit was on the shallow line.",
            "Choose for each entry, by the sign of a, between the whole gradient and leaked. Both are "
            "arrays, so float32 stays float32.",
        ),
    ),
    "elu": (
        "Instead of a kink, a smooth bend towards a floor at -alpha. np.where computes both of its "
        "sides for all entries and then throws half away. What does the exponential make of a sum of "
        "1000, even though nobody will use it?",
        _lines(
            "a = z where z > 0, else alpha * (exp(z) - 1)",
            "Example: alpha = 1, z = -0.3: exp(-0.3) = 0.7408, so a = -0.2592.",
        ),
        _steps(
            "Bring z to a floating array.",
            "Name low the sums with everything above 0 replaced by 0: the exponential of these is safe.",
            "Name bent the second branch of hint 2, computed from low. (np.expm1 is exp minus 1, precisely.)",
            "Choose between z and bent for each entry.",
        ),
    ),
    "elu_backward": (
        "On the bent side the slope is alpha times an exponential, and the sum is gone. But look at the "
        "forward formula: the same exponential is hidden in the output. Solve for it. What remains is "
        "an addition.",
        _lines(
            "where z <= 0: a = alpha * exp(z) - alpha, and da/dz = alpha * exp(z)",
            "so there da/dz = a + alpha; elsewhere it is 1",
            "Example: alpha = 1, a = -0.75, grad = 2: the slope is 0.25, the result 0.5.",
        ),
        _steps(
            "Bring both arguments to floating arrays.",
            "Name bent the gradient that arrives on the bent side: the upstream gradient times the "
            "slope there. Mind the brackets.",
            "Choose for each entry, by the sign of a, between the upstream gradient itself and bent.",
        ),
    ),
    "softmax": (
        "Scores 1000 and 1001: the first can be no less likely than it would be with 0 and 1, for only "
        "the difference counts. Which number could you take from all scores of a row, so that no "
        "exponential is ever larger than 1? It must be the row's own, not the batch's.",
        _lines(
            "p_i = exp(z_i) / sum_j exp(z_j), over the last axis",
            "The same with s = z - (the largest z of its row) in the place of z.",
            "Example: z = (1000, 1001) has s = (-1, 0), exp(s) = (0.3679, 1),",
            "and p = (0.3679, 1) / 1.3679 = (0.2689, 0.7311).",
        ),
        _steps(
            "Bring z to a floating array.",
            "Name shifted the scores less the maximum of their row: axis=-1, and keepdims=True so that "
            "the shapes (n, k) and (n, 1) go together. Make a new array.",
            "Name e the exponentials of shifted.",
            "Divide e by its sum over the same axis, again with keepdims.",
        ),
    ),
    "log_softmax": (
        "A probability may be so small that it is rounded to 0, and the logarithm of 0 is no number. "
        "Must it become a probability at all? Take the logarithm of softmax on paper: of a quotient it "
        "makes a difference, and one of the two terms becomes very simple.",
        _lines(
            "log p_i = z_i - log(sum_j exp(z_j)), over the last axis",
            "The same with s = z - (the largest z of its row) in the place of z.",
            "Example: z = (1000, 1001) has s = (-1, 0), the sum is 1.3679, its",
            "logarithm 0.3133, and log p = (-1.3133, -0.3133).",
        ),
        _steps(
            "Bring z to a floating array.",
            "Name shifted the scores less the maximum of their row, as in softmax.",
            "Name total the sum of the exponentials of shifted, for each row. It is at least 1, as the "
            "largest score adds exp(0), so its logarithm is safe.",
            "Subtract the logarithm of total from shifted. In which of the two must the shift be? In both.",
        ),
    ),
    # losses
    "softmax_cross_entropy": (
        "How surprised is the network by the right answer? Not at all if it gave it a probability of 1, "
        "and the more the nearer to 0. Whether one number says which class is right or a whole row of "
        "weights does, the same surprise is meant. You have a function that gives its logarithms "
        "safely.",
        _lines(
            "L = mean over the samples of -log p[right class]; for rows of",
            "probabilities, mean over the samples of -sum_j targets_j * log p_j",
            "dL/dz = (p - targets) / n, a label being a row with a single 1",
            "Example: z = (1, 2, 3), label 2: log p = (-2.4076, -1.4076, -0.4076),",
            "L = 0.4076, dL/dz = (0.0900, 0.2447, 0.6652 - 1 = -0.3348).",
        ),
        _steps(
            "Bring logits to a floating array and targets to an array. Name n the number of samples.",
            "If targets has one axis, these are labels: make rows of them, 0 everywhere and 1 at the "
            "label's column. Refuse labels outside of 0..k-1, and shapes that do not fit.",
            "Name logs the log_softmax of the logits, and p their softmax.",
            "The loss: products of targets and logs, added up, the sign turned, divided by n, as a float.",
            "The gradient: the difference of p and targets, divided by the same n, in the dtype of the "
            "logits.",
        ),
    ),
    "binary_cross_entropy": (
        "Each entry is a yes-or-no question of its own, so over how many things does the mean run? And "
        "when the network is very sure, p is rounded to 0 or 1, and its logarithm is lost. Work with "
        "the score itself, so that the exponential sees only negative numbers.",
        _lines(
            "L = mean over all entries of -log p(t),",
            "with p(1) = sigmoid(z) and p(0) = 1 - p(1)",
            "Stable: -log p(t) = max(z, 0) - z * t + log(1 + exp(-|z|))",
            "dL/dz = (sigmoid(z) - t) / (the number of entries)",
            "Example: z = 0.5, t = 1: L = 0.5 - 0.5 + log(1.6065) = 0.4741,",
            "dL/dz = 0.6225 - 1 = -0.3775.",
        ),
        _steps(
            "Bring logits to a floating array, and targets to the same dtype. Unequal shapes are a "
            "ValueError.",
            "Name tail the logarithm of hint 2: np.log1p computes log(1 + x) precisely.",
            "Name losses the three terms of the stable formula, one number for each entry.",
            "Name grad the sigmoid less the targets, divided by size, which is not the number of rows.",
            "Return the mean of losses as a float, and grad.",
        ),
    ),
    "mean_squared_error": (
        "What does NumPy make of a column (n, 1) minus a flat array (n,)? A table (n, n), without a "
        "word. So look at the shapes before anything else. And whatever the loss is divided by, its "
        "gradient must be, too.",
        _lines(
            "L = mean of (p - t)**2 over all entries",
            "dL/dp = 2 * (p - t) / (the number of entries)",
            "Example: p - t = (1, -2, 3, 0): L = 14 / 4 = 3.5,",
            "dL/dp = (0.5, -1, 1.5, 0).",
        ),
        _steps(
            "Bring predictions to a floating array, and targets to the same dtype.",
            "If their shapes differ, raise a ValueError that names both.",
            "Name difference what the predictions have too much.",
            "The loss is the mean of its squares, as a float.",
            "The gradient is the derivative of that: the 2 comes down, the mean's divisor stays.",
        ),
    ),
    # layers
    "dense": (
        "Every output listens to every input, each with a weight of its own. Written with loops that "
        "makes three of them: over samples, outputs, inputs. Which single operation of linear algebra "
        "does all three? The shapes (n, fan_in) and (fan_in, fan_out) say in which order.",
        _lines(
            "z[i, j] = sum over k of x[i, k] * W[k, j], plus b[j]",
            "shapes: (n, fan_in) @ (fan_in, fan_out) + (fan_out,) -> (n, fan_out)",
            "Example: x = [[1, 2]], W = [[3], [5]], b = [10]: 1*3 + 2*5 + 10 = 23.",
        ),
        _steps(
            "Bring the arguments to floating arrays.",
            "Name sums the matrix product. The samples stay the rows, so x stands on the left.",
            "Add the biases. Broadcasting gives every row the same ones; no loop, no reshape.",
        ),
    ),
    "dense_backward": (
        "Three questions to one layer: how would the loss change with its inputs, its weights, its "
        "biases? Each answer has the shape of what it is about, and that alone nearly decides which "
        "product it is, and which factor is transposed. A bias acts on all samples at once.",
        _lines(
            "z[i, j] = sum_k x[i, k] * W[k, j] + b[j], so",
            "  dx[i, k] = sum over j of grad[i, j] * W[k, j]",
            "  dW[k, j] = sum over i of x[i, k] * grad[i, j]",
            "  db[j]    = sum over i of grad[i, j]",
            "Example: grad = [[3]], x = [[2, 5]], W = [[7], [-1]]:",
            "dx = [[21, -3]], dW = [[6], [15]], db = [3].",
        ),
        _steps(
            "dx: the sum runs over the outputs j, which are columns in both grad and W. Which of the "
            "two must be transposed so that a matrix product adds over j?",
            "dW: the sum runs over the samples i, which are rows in both. Transpose so that they meet.",
            "db: add up the rows of grad. It is a sum and no mean, for the 1/n came with the loss.",
            "Return the three in this order, and compare each shape with that of x, W and b.",
        ),
    ),
    # initializers
    "xavier_normal": (
        "A signal that is multiplied by weights ten times in a row either dies or explodes, unless each "
        "layer keeps its size. Xavier's compromise looks at both ends of the layer. It speaks of a "
        "variance: does the generator want a variance?",
        _lines(
            "variance = 2 / (fan_in + fan_out)",
            "standard deviation = the square root of the variance",
            "Example: fan_in = 784, fan_out = 16: variance 0.0025, deviation 0.05.",
        ),
        _steps(
            "Name std the standard deviation of hint 2.",
            "Draw from rng a normal distribution with mean 0 and std, in the shape (fan_in, fan_out), "
            "all in one call.",
            "Return it in dtype: the generator draws float64, and arrays have astype.",
        ),
    ),
    "xavier_uniform": (
        "The same spread in another shape: a box in place of a bell. A box from -limit to limit has a "
        "third of limit squared for its variance. How wide must it be to have Xavier's?",
        _lines(
            "limit**2 / 3 = 2 / (fan_in + fan_out)",
            "Example: fan_in = 784, fan_out = 16: limit**2 = 0.0075, limit = 0.0866.",
        ),
        _steps(
            "Solve hint 2 for limit.",
            "Draw from rng a uniform distribution between minus limit and limit, a number for every weight.",
            "Return it in dtype.",
        ),
    ),
    "he_normal": (
        "ReLU shuts half of the units, and half of the signal is gone. How much larger must the "
        "variance of the weights be to make up for that? It is the inputs that are added up, so which "
        "of the two widths counts?",
        _lines(
            "variance = 2 / fan_in",
            "standard deviation = the square root of the variance",
            "Example: fan_in = 200: variance 0.01, deviation 0.1.",
        ),
        _steps(
            "Name std the standard deviation of hint 2.",
            "Draw a normal array as in xavier_normal, with this std.",
            "Return it in dtype.",
        ),
    ),
    "he_uniform": (
        "You have He's variance from he_normal, and from xavier_uniform the width of a box for a given "
        "variance. Put the two together. Remember that a box must reach further out than one standard "
        "deviation.",
        _lines(
            "limit**2 / 3 = 2 / fan_in",
            "Example: fan_in = 150: limit**2 = 0.04, limit = 0.2.",
        ),
        _steps(
            "Solve hint 2 for limit.",
            "Draw a uniform array as in xavier_uniform, with this limit.",
            "Return it in dtype: float64 is what comes out of the generator.",
        ),
    ),
    "random_normal": (
        "What did people do before Xavier? They took one spread for all layers, and hoped. You write it "
        "to see it lose. Is std a variance or a deviation, and does the generator want the same?",
        _lines(
            "every weight: normal, mean 0, standard deviation std",
            "Example: std = 0.05 is a variance of 0.0025.",
        ),
        _steps(
            "The standard deviation is an argument here, so nothing is to be computed from the widths.",
            "Draw as in xavier_normal.",
            "Return it in dtype.",
        ),
    ),
    "random_uniform": (
        "Another naive start: any number between two ends is as likely as any other. If two units began "
        "with the same weights, what would tell them apart later? Nothing. So how many numbers do you "
        "draw?",
        _lines(
            "every weight: uniform from low to high",
            "Example: from -0.5 to 0.5 the variance is 1 / 12 = 0.0833.",
        ),
        _steps(
            "Both ends are arguments.",
            "Draw fan_in times fan_out numbers in one call, in the shape of the weights.",
            "Return it in dtype.",
        ),
    ),
    "zeros": (
        "Is a network of zeros a good start? Every unit would compute the same, receive the same "
        "gradient, and change in the same way, for ever. For biases there is no such danger. Which "
        "NumPy function makes an array of zeros, and how is it told its dtype?",
        _lines(
            "W[i, j] = 0 for every i < fan_in and j < fan_out",
            "Example: fan_in = 2, fan_out = 3: [[0, 0, 0], [0, 0, 0]].",
        ),
        _steps(
            "The shape is a pair, and so goes into a tuple.",
            "Hand on dtype, as float64 would come out otherwise.",
            "Leave rng alone. Return a new array at every call, as somebody may write into it.",
        ),
    ),
    # network
    "Network.__init__": (
        "Widths 784, 16, 10: how many layers are that? One for each pair of neighbours. What does a "
        "layer own, in which shapes, and in which order does the list have it? The arrays in the list "
        "are the network: an optimizer will write into them, so let nothing else hold a copy.",
        _lines(
            "params = [W1, b1, W2, b2, ...]",
            "layer i, counted from 0: W (sizes[i], sizes[i + 1]), b (sizes[i + 1],)",
            "Example: sizes (784, 16, 10) give the shapes",
            "(784, 16), (16,), (16, 10), (10,), which are 12730 numbers.",
        ),
        _steps(
            "If rng is None, make a generator with np.random.default_rng, one for all layers.",
            "Begin self.params as an empty list.",
            "Walk over the pairs of neighbouring widths: fan_in and fan_out.",
            "For each, the initializer that INITIALIZERS has under its name draws W, in self.dtype.",
            "b is an array of fan_out zeros, of that dtype as well.",
            "Append both, W first.",
        ),
    ),
    "Network.forward": (
        "A relay: each layer takes what the one before it hands over. Which layer is different from the "
        "others, and in what? Would asking twice for the same X give the same answer? It must.",
        _lines(
            "hidden layers: x <- activation(x @ W + b)",
            "the last one:  x <- output(x @ W + b)",
            "Example (lesson 5): x = (1, 2) -> z = (1, 0.5, -1) -> ReLU (1, 0.5, 0)",
            "-> z = 1*1 + 0.5*(-2) + 0*3 = 0 -> sigmoid 0.5.",
        ),
        _steps(
            "Name x what self._checked makes of X.",
            "Walk over the layers by their number: weights are at the even places of params, biases after.",
            "Choose the name: self.output in the last layer, else self.activation.",
            "ACTIVATIONS has a pair of functions under that name, forward and backward; take the first.",
            "Replace x by that function of the layer's sums, for which you have written dense.",
            "After the last layer, x is the answer.",
        ),
    ),
    "Network.loss_and_grads": (
        "Imagine the layers as a row of people who pass a parcel along, and then pass a complaint back. "
        "Everybody must remember what they were handed, to say what their share of the fault was. You "
        "have written each single step in the lessons before: here is only the walk.",
        _lines(
            "forward: x_0 = X; x_i = f_i(x_(i-1) @ W_i + b_i); L = loss(x_last, y)",
            "back, from the last layer to the first, beginning with grad = dL/dx_last:",
            "  dL/dz_i = f_i_backward(grad, x_i)",
            "  dx, dW_i, db_i = dense_backward(dL/dz_i, x_(i-1), W_i)",
            "  grad <- dx, for the layer below",
            "Example (lesson 5), the first weight. On the way back: dL/dx_2 = -1;",
            "times the sigmoid's slope 0.25; times the weight -2 between the layers;",
            "times ReLU's slope 1; times the input 2: -1 * 0.25 * -2 * 1 * 2 = 1.",
        ),
        _steps(
            "Walk forward as in forward, but keep a list xs: the input, and then the output of every layer.",
            "LOSSES has the loss under its name. Give it the last of xs and self._as_targets(y): it "
            "returns the loss and grad.",
            "Walk over the layers from the last to the first.",
            "In each, the activation's backward turns grad into the gradient of the sums. It wants the "
            "layer's output from xs.",
            "dense_backward then wants the layer's input, also from xs, and its weights. It gives three "
            "results: one becomes grad for the layer below, two are kept.",
            "You meet the layers in reverse. Put dW and db in front of what you have, so that the list "
            "ends up in the order of params.",
        ),
    ),
    "Network.predict_proba": (
        "The network puts out scores; the loss did the squashing itself while you trained. Now a caller "
        "wants probabilities. Three outputs may be shares of one whole, or three questions of their "
        "own: who knows which it is?",
        _lines(
            "softmax(output) under softmax_cross_entropy,",
            "sigmoid(output) under binary_cross_entropy,",
            "the output itself under mean_squared_error",
            "Example: the scores (1, 2, 3) have the softmax (0.0900, 0.2447, 0.6652)",
            "and the sigmoids (0.7311, 0.8808, 0.9526).",
        ),
        _steps(
            "Name output what forward makes of X.",
            "Compare self.loss, a string, with the names of hint 2.",
            "Return what belongs to it. The number of outputs decides nothing.",
        ),
    ),
    "Network.predict": (
        "Who has the highest score wins. Does it matter whether you compare scores or probabilities? "
        "And what does argmax answer if there is only one column?",
        _lines(
            "several outputs: the column of the largest score",
            "one output: 1 where its probability is above 1/2, else 0",
            "Example: the scores (0.2, 3, -1) mean class 1. The sigmoid of 0 is 1/2, so",
            "under binary_cross_entropy a single 0.2 means 1, and -0.01 means 0.",
        ),
        _steps(
            "If the last of self.sizes is more than 1: np.argmax over the columns of the output.",
            "Else name p the only column of predict_proba, so that its shape is (n,).",
            "Compare p with one half, and make whole numbers of True and False.",
        ),
    ),
    # optimizers
    "sgd_step": (
        "You stand on a slope in fog and feel which way is up. Which way do you go, and how far? One "
        "more thing: the caller keeps the array. If you give the name param to a new one, who will ever "
        "see it?",
        _lines(
            "param <- param - lr * grad",
            "Example: param = 1, grad = 2, lr = 0.1: param becomes 0.8.",
        ),
        _steps(
            "Name step how far to go: the gradient, scaled by the rate.",
            "Take step from the contents of param. An operator with = behind it, or param[...] on the "
            "left, changes the array itself.",
            "Return nothing.",
        ),
    ),
    "momentum_step": (
        "A ball that rolls down a valley does not turn at every bump. It keeps nine tenths of its speed "
        "and adds what the slope gives. Where is its speed kept between two calls, and is it updated "
        "before or after the ball moves?",
        _lines(
            "velocity <- momentum * velocity + grad",
            "param    <- param - lr * velocity",
            "Example: momentum = 0.9, grad = 1 each time: velocity 1, 1.9, 2.71, ...",
        ),
        _steps(
            "Shrink velocity in place: a factor, and an operator that changes the array itself.",
            "Add the gradient to it, also in place.",
            "Move param as in sgd_step, with the new velocity in the gradient's place.",
        ),
    ),
    "nesterov_step": (
        "If you know that you will roll on anyway, why not look at where you are about to be? "
        "Nesterov's step takes the gradient and, on top, a share of the velocity. Which velocity, the "
        "one before or after its update?",
        _lines(
            "velocity <- momentum * velocity + grad",
            "param    <- param - lr * (grad + momentum * velocity)",
            "Example: first step, grad = 2, lr = 0.1, momentum = 0.9: velocity = 2,",
            "and param goes down by 0.1 * (2 + 0.9 * 2) = 0.38.",
        ),
        _steps(
            "Update velocity in place, exactly as in momentum_step.",
            "Name ahead the bracket of hint 2: it uses velocity as it is now.",
            "Move param against ahead, in place.",
        ),
    ),
    "rmsprop_step": (
        "Some weights see huge gradients, some tiny ones: one rate cannot suit both. So measure each "
        "gradient in units of its own usual size. How do you keep a running notion of that size in one "
        "array, and where does the small eps stand, under the root or beside it?",
        _lines(
            "square_avg <- rho * square_avg + (1 - rho) * grad**2",
            "param      <- param - lr * grad / (sqrt(square_avg) + eps)",
            "Example: first step, grad = 2, lr = 0.1, rho = 0.9: square_avg = 0.4,",
            "and param goes down by 0.1 * 2 / 0.6325 = 0.3162.",
        ),
        _steps(
            "Update square_avg in place: shrink it, then add the new square's share.",
            "Name size the root of square_avg, with eps added to it and not under it.",
            "Move param in place, by lr times the gradient in units of size.",
        ),
    ),
    "adam_step": (
        "You have a running mean in momentum and a running size in RMSprop: Adam has both. But both "
        "begin at 0, and after one step of beta = 0.9 the mean is only a tenth of the gradient. By what "
        "must it be divided to be right at the first step, and hardly changed at the thousandth?",
        _lines(
            "m <- beta1 * m + (1 - beta1) * grad;     m_hat = m / (1 - beta1**t)",
            "v <- beta2 * v + (1 - beta2) * grad**2;  v_hat = v / (1 - beta2**t)",
            "param <- param - lr * m_hat / (sqrt(v_hat) + eps)",
            "Example: t = 1, grad = 2, lr = 0.1: m = 0.2, v = 0.004, m_hat = 2,",
            "v_hat = 4, and param goes down by 0.1 * 2 / 2 = 0.1.",
        ),
        _steps(
            "Update m in place, a running mean of the gradient with beta1.",
            "Update v in place, a running mean of its square with beta2.",
            "Name m_hat and v_hat their corrected values: new arrays, for m and v must go on "
            "uncorrected. t is an argument, 1 at the first call.",
            "Move param in place as RMSprop does, with m_hat for the gradient and v_hat for its square.",
        ),
    ),
    # regularization
    "l2_penalty": (
        "A network with huge weights answers with great certainty, and is often wrong. So every weight "
        "pays for its size. Why is there a half in front? Differentiate and see what becomes of it.",
        _lines(
            "penalty = strength / 2 * sum of W**2 over all arrays",
            "gradient of each array: strength * W",
            "Example: weights (1, -2, 3, 4) and (5), strength 0.1: squares 55,",
            "penalty 2.75, gradients (0.1, -0.2, 0.3, 0.4) and (0.5).",
        ),
        _steps(
            "Name squares the sum of all squared entries of all arrays: one Python float.",
            "Name grads a list with an array for each of weights, in the same order. No half in there.",
            "Return the penalty, which has the half, and grads.",
        ),
    ),
    "dropout": (
        "A team in which anybody may be missing learns not to depend on one member. But with a fifth of "
        "them away, the sum is smaller than usual. What must the others be multiplied by, so that on "
        "average nothing changes? Toss one coin for each entry, not for each column.",
        _lines(
            "mask = 0 with probability rate, else 1 / (1 - rate); y = x * mask",
            "Example: rate = 0.2: the others grow by 1 / 0.8 = 1.25, and 0.8 * 1.25 = 1.",
        ),
        _steps(
            "A rate outside of [0, 1) is a ValueError. Bring x to a floating array.",
            "Name keep an array of True and False in the shape of x: rng.random draws numbers from 0 to "
            "1. For which share of them must keep be True?",
            "Name mask the same as numbers in the dtype of x, scaled as in hint 2.",
            "Return the product of x and mask, and mask itself for the way back.",
        ),
    ),
    "dropout_backward": (
        "An entry that was silenced had no say in the loss; one that was scaled up had so much the "
        "more. Which array of the forward pass knows both at once?",
        _lines(
            "y = x * mask, so dL/dx = dL/dy * mask",
            "Example: grad = (3, -1, 2), mask = (0, 2, 2): (0, -2, 4).",
        ),
        _steps(
            "Draw nothing anew and scale nothing anew: mask already holds both.",
            "Multiply entry by entry, and return the product.",
        ),
    ),
    "clip_by_global_norm": (
        "One freak batch can throw the weights across the room. Keep the direction of the step and "
        "limit its length. All arrays together are one long arrow: what is its length, and which one "
        "factor brings it down to the limit? If it is short enough, nothing at all may change.",
        _lines(
            "norm = sqrt(sum of g**2 over all entries of all arrays)",
            "if norm > max_norm: every gradient is multiplied by max_norm / norm",
            "Example: gradients 3 and 4, max_norm 1: norm 5, they become 0.6 and 0.8.",
        ),
        _steps(
            "Name squares the sum of the squared entries of all arrays.",
            "Name norm its root, as a Python float.",
            "Only if norm is above the limit, and finite: scale every array of the list in place, by "
            "one and the same factor.",
            "Return norm as it was before.",
        ),
    ),
    "Network.l2": (
        "If the loss has a new term, its gradient has one, too: only both together are right. Which "
        "arrays of params pay, and which do not? They take turns in the list, and a slice can have a "
        "step.",
        _lines(
            "loss <- loss + l2 / 2 * sum of W**2; dW <- dW + l2 * W; db stays",
            "Example: l2 = 0.1, weights 1 and 2: the loss grows by 0.25, the",
            "gradients of the weights by 0.1 and 0.2.",
        ),
        _steps(
            "Go back to loss_and_grads. Everything happens after the walk back, just before the return.",
            "Name weights every second array of params, from the first on.",
            "l2_penalty of weights and self.l2 gives the penalty and a list of extra gradients.",
            "The penalty joins the loss.",
            "Each extra gradient joins that of its weights; they stand at the same places in grads.",
        ),
    ),
    "Network.dropout": (
        "In training, hidden units are silenced before the next layer hears them. So the layer above "
        "saw something else than the activation put out: you now need both. On the way back, in which "
        "order do you undo the activation and the mask? The reverse of the way forward.",
        _lines(
            "forward, hidden layers: a = activation(z); x, mask = dropout(a, rate, rng)",
            "back, hidden layers: first grad <- dropout_backward(grad, mask),",
            "then dL/dz = activation_backward(grad, a), a from before dropout",
            "Example: a tanh of a = 0.5, doubled to x = 1 by its mask: its slope is",
            "1 - 0.25 = 0.75, but x would give 0.",
        ),
        _steps(
            "Go back to loss_and_grads. Keep two more lists, one entry a layer: the outputs before "
            "dropout, and the masks.",
            "Forward, in a hidden layer, if rng is given and self.dropout is above 0: call dropout, and "
            "hand its first result on to the next layer. The last layer drops nothing.",
            "If nothing was dropped, the mask of that layer is None.",
            "Back, if there is a mask: send grad through dropout_backward first.",
            "The activation's backward then gets the output from before dropout; dense_backward gets "
            "what the layer was really fed.",
        ),
    ),
    # training
    "one_hot": (
        "A row of switches, one for each class, and exactly one of them is on. How many switches are "
        "there if the batch happens to lack the last class? And what would NumPy do, without a word, "
        "with the label -1?",
        _lines(
            "rows[i, labels[i]] = 1, and 0 elsewhere",
            "Example: labels (2, 0) of 3 classes: [[0, 0, 1], [1, 0, 0]].",
        ),
        _steps(
            "Make an array of labels. If any is below 0, or n_classes or more, raise a ValueError.",
            "Name rows an array of zeros, a row for each label, n_classes columns, in dtype.",
            "Set one entry in each row. NumPy takes a pair of index arrays: the row numbers and the labels.",
            "Return rows.",
        ),
    ),
    "min_max_scale": (
        "A feature in metres beside one in millimetres: the second would drown the first. Bring both to "
        "one ruler. Who may decide on the ruler's ends, if the test data are to be a surprise? And what "
        "if a feature never changes?",
        _lines(
            "(x - low) / (high - low), low and high of each column of train;",
            "0 where the column is constant",
            "Example: a column (2, 4, 6) of train becomes (0, 0.5, 1), and a test",
            "value of 8 becomes 1.5.",
        ),
        _steps(
            "Bring all arrays to floating ones first, since bytes cannot go below 0.",
            "Name low and span the smallest entry and the range of each column of train.",
            "If span is 0 somewhere, replace it there by a number for which the quotient is 0: what is "
            "anything divided by infinity?",
            "Scale every array by these, train too, and keep its dtype.",
            "Return a tuple, as long as the arguments.",
        ),
    ),
    "minibatches": (
        "Shuffle a pack of cards and deal it out in hands of five. Is anybody left without a card if "
        "the pack does not come out even? The cards are the samples' numbers, so that X and y can be "
        "picked alike.",
        _lines(
            "order = a permutation of 0..n-1, cut into pieces of batch_size",
            "Example: n = 10, batch_size = 4: batches of 4, 4 and 2 indices.",
        ),
        _steps(
            "A batch size below 1 is a ValueError.",
            "Name order a permutation of the n indices, drawn from rng.",
            "Walk over the places where batches begin: range takes a step.",
            "Yield the slice of order from each on. A slice may reach beyond the end; it then stops there.",
        ),
    ),
    "step_decay": (
        "A staircase: the rate stays level for some epochs and then drops. On which stair is epoch 45, "
        "if each is 30 epochs long? Compute it from the beginning, not from the last rate.",
        _lines(
            "lr * factor ** floor(epoch / every), epochs counted from 0",
            "Example: lr = 0.8, factor = 0.5, every = 10: 0.8 up to epoch 9,",
            "0.4 from 10, 0.2 from 20.",
        ),
        _steps(
            "Name stair the number of cuts so far: Python divides whole numbers with two strokes.",
            "Multiply the first rate by the factor once for each cut: a power.",
        ),
    ),
    "EarlyStopping.update": (
        "You are waiting for a bus that may never come. You do not ask whether it was nearer than a "
        "minute ago, but how long ago it was nearest. What must you note down to answer that? And will "
        "your note still be true when the arrays go on changing?",
        _lines(
            "better: loss < best_loss - min_delta",
            "stop: the epochs since the best one have reached patience",
            "Example: patience 3, losses 3, 2, 2.5, 2.4, 2.3: the best is epoch 1,",
            "and at epoch 4 the answer is True, since 4 - 1 = 3.",
        ),
        _steps(
            "Count this epoch in self._epoch. It was -1, so that the first is 0.",
            "If the loss is better, as in hint 2: note it in self.best_loss, the epoch in "
            "self.best_epoch, and in self._best a copy of each array.",
            "Name waited the epochs since the best one. While there is none (a NaN at the start), count "
            "from -1.",
            "Return whether waited has reached the patience.",
        ),
    ),
    "EarlyStopping.restore": (
        "The network keeps its own arrays. If you give it the best numbers, must you exchange the "
        "arrays, or what is in them? `param = best` inside a loop only gives another thing an old name.",
        _lines(
            "param[...] = best, for each array and its copy",
            "Example: param holds 7, best holds 1: the same array now holds 1.",
        ),
        _steps(
            "If self._best is None, there is nothing to restore: a ValueError.",
            "Walk over params and self._best side by side.",
            "Write each copy into its array: an index of three dots on the left means all entries.",
        ),
    ),
    "train_epoch": (
        "One round through all data: draw a hand of samples, ask for the gradients, take a step, and "
        "again. The last hand may be smaller: does its loss count as much as the others'? And who needs "
        "rng besides the shuffling?",
        _lines(
            "mean loss = sum of len(batch) * loss over the batches, / n",
            "Example: batches of 4, 4 and 2 with the losses 1, 1 and 2:",
            "(4 + 4 + 4) / 10 = 1.2; the mean of the three would be 1.3333.",
        ),
        _steps(
            "Name total a float that begins at 0.",
            "Walk over minibatches: each gives the indices with which to pick rows of X and of y.",
            "Ask the network for loss and gradients of those rows, and hand rng on: without it there is "
            "no dropout.",
            "If max_grad_norm is given, clip the gradients.",
            "Let the optimizer step, with network.params, the gradients and lr.",
            "Add the batch's loss to total, as often as the batch has samples.",
            "Return total for each sample.",
        ),
    ),
    # convergence
    "v1": (
        "There is nothing to write. If lessons 1 to 8 pass and this fails, each piece is right alone "
        "and something between them is not: a default, or a state that outlives its call. Where does "
        "the loss start, and how does it fall?",
        _lines(
            "Who guesses among ten classes has a loss of log(10) = 2.303 and 10 % right.",
            "v1 on the digits, as measured with six different splits:",
            "  loss in epoch 1: 2.4; 10: 1.6; 50: 0.5; 100: 0.28, falling each time",
            "  right among the test digits: 93 to 95 %",
        ),
        _steps(
            "Make a small network yourself, with tanh and xavier_uniform, and print the loss of "
            "train_epoch with SGD at a rate of 0.2, all samples in one batch.",
            "Far above 2.4 at the start: look at the variance of the first weights.",
            "It never moves: params are not the arrays that forward reads.",
            "It rises: a sign. It falls too slowly: a 1/n that is there twice.",
            "Ten samples alone, 100 epochs: below 0.05, or the gradient is wrong.",
            "A low loss but poor predictions: predict and forward disagree.",
        ),
    ),
    "v2": (
        "Everything at once, so take it apart. Switch off dropout, l2, the schedule and early stopping, "
        "then bring them back one by one: which one spoils the result? Compare the training loss with "
        "the validation loss.",
        _lines(
            "v2 on the digits, measured alike, batches of 32, Adam at a rate of 0.001:",
            "  training loss in epoch 1: 2.1; in epoch 5: 0.7; at the end: 0.05",
            "  validation loss: 1.9, then 0.6; its best is 0.06 to 0.11",
            "  right among the test digits: 97 to 98 %, with dropout and l2 or without",
        ),
        _steps(
            "Ten samples, Adam at 0.01, no dropout, 100 epochs: the loss falls below 0.01.",
            "Call forward twice with the same X: any difference is dropout that stays on.",
            "Bad with a dropout of 0.05 alone: the mask's scale, or the share kept taken for the rate.",
            "Bad with an l2 of 1e-5 alone: the sign, or W added to dW without its factor.",
            "It stops after a few epochs: update compares with the last loss.",
            "The same after restore as before: the best arrays were noted, not copied.",
            "Print the rates: from 0.001 they are halved at 30, 60 and 90.",
            "nan: print the loss of each batch; the first bad one tells.",
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
        "outputs that are already computed need no second pass."
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
