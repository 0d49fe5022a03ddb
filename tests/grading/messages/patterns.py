"""Patterns: the messages of exceptions in Python and NumPy and what they mean, in the order of their trial.

Messages differ between versions of Python and NumPy, so patterns look for the words that they all share. An
exception that no pattern fits is left to speak for itself.
"""

from . import wordings

PATTERNS = (  # the exception's type, a part of its message, and what it means
    (ValueError, "truth value of an (array|empty array)", wordings.truth),
    (ValueError, r"operands could not be broadcast together with shapes .*", wordings.broadcast),
    (ValueError, r"shape mismatch: objects cannot be broadcast .*", "The shapes do not fit together."),
    (ValueError, r"could not broadcast input array from shape .* into shape .*", wordings.written_into),
    (ValueError, r"non-broadcastable output operand .*", wordings.in_place),
    (ValueError, r"matmul.*size (\d+) is different from (\d+)", wordings.matmul),
    (ValueError, r"not aligned: (\d+) \(dim \d+\) != (\d+) \(dim \d+\)", wordings.dot),
    (
        ValueError,
        r"matmul.*(does not have enough dimensions|operand)",
        "`@` multiplies arrays, and one of its sides is a single number: for that, use `*`.",
    ),
    (
        ValueError,
        "inhomogeneous",
        "The rows of this array would have different lengths: all rows of an array have the same length.",
    ),
    (
        ValueError,
        "setting an array element with a sequence",
        "One entry of an array takes one number, but several are given to it.",
    ),
    (ValueError, r"cannot reshape array of size (\d+) into shape", "A reshape keeps the number of entries."),
    (ValueError, "read-only", "This array must not be written to: compute in a new one."),
    (ValueError, r"unpack \(expected (\w+)", wordings.unpacked),
    (
        ValueError,
        "math domain error|expected a (positive|nonnegative) input",
        "The function has no value there.",
    ),
    (OverflowError, "range error|too large", "The result is larger than any float can hold."),
    (SystemExit, "", "exit() and the like end the whole program: a function returns instead."),
    (RecursionError, "", "The function calls itself without end."),
    (MemoryError, "", "It asks for more memory than there is: what is the shape of the array to be made?"),
    (ZeroDivisionError, "", "Something is divided by 0."),
    (TypeError, "numpy boolean subtract", "Booleans cannot be subtracted. ~ turns them round."),
    (TypeError, r"bitwise_xor|for \^=?:", "`^` is exclusive or, for integers. A power is written `**`."),
    (
        TypeError,
        r"(bitwise_(and|or)|for [&|]=?:)",
        "`&` and `|` join conditions, and bind more strongly than a comparison: put brackets around both.",
    ),
    (TypeError, r"Cannot cast ufunc .* to dtype\('u?int", wordings.in_integers),
    (TypeError, "only .*(length-1|0-dimensional|size-1) arrays can be converted", wordings.one_number),
    (TypeError, r"(must be real number, not|required, not) \w*ndarray", wordings.one_number),
    (
        TypeError,
        "setting an array element",
        "One entry of an array takes one number, but several are given to it.",
    ),
    (TypeError, "'NoneType'|NoneType object", wordings.none),
    (
        TypeError,
        r"'(?:numpy\.)?(int|float)\d*' object does not support item assignment",
        "Entries are assigned to a single number: `x[...] = ...` needs an array.",
    ),
    (TypeError, "'tuple' object does not support item assignment", "A tuple cannot be changed; a list can."),
    (
        TypeError,
        r"'(?:numpy\.)?(?:int|float|bool)\d*' object is not (iterable|subscriptable)|"
        r"non-iterable (?:numpy\.)?(?:int|float|bool)\d* object|iteration over a 0-d array",
        "A single number stands where several are needed: it cannot be unpacked, indexed or looped over.",
    ),
    (TypeError, r"'(?:numpy\.)?(?:int|float)\d*' has no len|of unsized", "A single number has no length."),
    (
        TypeError,
        r"'(\w*function\w*|method|_ArrayFunctionDispatcher|numpy\.ufunc)' object is not subscriptable",
        "A function is called with round brackets, not with [ ].",
    ),
    (
        TypeError,
        r"'(?:numpy\.)?(ndarray|int|float|float64|float32|list|tuple)' object is not callable",
        "A value stands in front of ( ) as if it were a function: perhaps a `*` is missing, or [ ] is meant.",
    ),
    (TypeError, r"([\w.<>]+)\(\) missing (?:\d+ )?required .*?argument[^']*('[^(]*')", wordings.missing),
    (
        TypeError,
        r"([\w.<>]+)(?:\(\) takes| expected) (.*\d.*|exactly one) arguments?(?: but |, got | \()(\d+)",
        wordings.count,
    ),
    (TypeError, r"unexpected keyword argument '(\w+)'|'(\w+)' is an invalid keyword", wordings.unexpected),
    (
        TypeError,
        "Cannot interpret '.*' as a data type",
        "A number stands where a dtype belongs. A shape has brackets of its own: np.zeros((2, 3)).",
    ),
    (
        TypeError,
        r"can't multiply sequence|for [-+*/@%]+=?: '(list|tuple)'|and '(list|tuple)'|can only concatenate",
        "A list does not compute: + joins lists, and - or * do not go through them. An array does that.",
    ),
    (UnboundLocalError, r"variable '(\w+)'", wordings.local),
    (NameError, r"name '(\w+)' is not defined", wordings.undefined),
    (AttributeError, r"'NoneType' object", wordings.none),
    (AttributeError, r"module '([\w.]+)' has no attribute '(\w+)'", wordings.not_in_numpy),
    (AttributeError, r"'([\w.]+)' object has no attribute '(\w+)'", wordings.no_method),
    (IndexError, r"axis (-?\d+) is out of bounds for array of dimension (\d+)", wordings.axis),
    (ValueError, r"axis (-?\d+) is out of bounds for array of dimension (\d+)", wordings.axis),
    (IndexError, r"index (-?\d+) is out of bounds for axis \d+ with size (\d+)", wordings.index),
    (IndexError, "index out of range", "The place looked for is beyond the end: places are counted from 0."),
    (IndexError, r"too many indices.*is (\d+)-dimensional, but (\d+)", wordings.too_many_indices),
    (IndexError, "invalid index to scalar", "A single number has no entries to look up."),
    (
        IndexError,
        "must be of integer|only integers, slices",
        "An index must be an integer or a boolean, and this one is another kind of value.",
    ),
    (
        IndexError,
        "boolean index did not match",
        "A mask must have the shape of the array that it is used on.",
    ),
    (RuntimeWarning, r"overflow encountered in (?:scalar )?(\w+)", wordings.overflow),
    (
        RuntimeWarning,
        r"divide by zero encountered in log",
        "log is given a 0, and the logarithm of 0 is minus infinity. If this is a probability that has "
        "become 0, simplify its logarithm on paper first: the exp in it cancels.",
    ),
    (RuntimeWarning, "divide by zero", "Something other than 0 is divided by 0, which makes inf."),
    (RuntimeWarning, r"invalid value encountered in (?:scalar )?(\w+)", wordings.invalid),
    (RuntimeWarning, "empty slice|Degrees of freedom", "A mean of no numbers at all is taken."),
    (
        DeprecationWarning,
        "ndim > 0 to a scalar",
        "An array of one entry is used as a number: take its entry, or sum over all of its axes.",
    ),
)
