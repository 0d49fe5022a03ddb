"""The claims: what a document says in words, each answered with figures that were measured here.

A ``Claim`` holds the document's words and a function of the figures. The function returns whether the words
are true here, and the numbers that say so.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import mean, variance

from .metrics import FEWEST, NotMeasuredError, plus_minus, reading

CLEAR = 2.0  # standard errors; a smaller difference decides nothing
NEAR = 0.005  # of accuracy: rows this close to the best count as equally good


@dataclass(frozen=True)
class Answer:
    """Whether a claim holds here, None if the figures cannot tell, and the numbers, as sentences."""

    holds: bool | None
    numbers: str


@dataclass(frozen=True)
class Claim:
    """words: the document's. answer: a function of ``summary.Measured`` that returns an ``Answer``."""

    words: str
    answer: Callable


def answers(study, measured):
    """Return pairs of words and Answer for all claims of a study whose figures have been measured."""
    found = []
    for claim in study.claims:
        try:
            found.append((claim.words, claim.answer(measured)))
        except NotMeasuredError:
            continue
    return found


def difference(first, second, name="accuracy"):
    """Return the difference of two rows' means, and True if it is clear, i.e. above two standard errors.

    If either has fewer than three runs, no difference is clear.
    """
    return gap(first.values(name), second.values(name))


def gap(first, second):
    """Return the difference of the means of two lists, and True if it is above two standard errors."""
    away = mean(first) - mean(second)
    if min(len(first), len(second)) < FEWEST:
        return away, False
    error = math.sqrt(sum(variance(values) / len(values) for values in (first, second)))
    return away, abs(away) > CLEAR * error


def is_higher(first, second, name="accuracy"):
    """Return True if the first MeasuredRow has the higher metric, None if the difference is not clear."""
    away, clear = difference(first, second, name)
    return away > 0 if clear else None


def both(*verdicts):
    """Return True if all hold, False if one does not, None if the others cannot tell."""
    if False in verdicts:
        return False
    return None if None in verdicts else True


def in_percent(row):
    """Return a MeasuredRow's accuracy for use in a sentence."""
    return f"{plus_minus(row)} %"


def highest(rows):
    """Return the MeasuredRow with the highest accuracy."""
    return max(rows, key=lambda row: row.mean("accuracy"))


def names_the_best(study, *labels):
    """Return the answer to a claim that rows of a study have the best accuracy."""

    def answer(measured):
        rows = measured.rows(study)
        named = highest([rows[label] for label in labels])
        others = [row for label, row in rows.items() if label not in labels]
        other = highest(others)
        numbers = (
            f"{in_percent(named)} for {named.label}; {in_percent(other)} for the best of the "
            f"others, {other.label}."
        )
        return Answer(is_higher(named, other), numbers)

    return answer


def confused_pairs(row):
    """Return how often each pair of digits was confused, in all runs of a row together."""
    counts = Counter()
    for outcome in row.good:
        confusion, classes = reading(row.definition, outcome)["confusion"], outcome["classes"]
        for i, j in combinations(range(len(classes)), 2):
            counts[classes[i], classes[j]] += confusion[i][j] + confusion[j][i]
    return counts


def scores_by_digit(row):
    """Return precision, recall, F1 and number of images for each digit, means over the runs of a row."""
    reports = [reading(row.definition, outcome)["per_class"] for outcome in row.good]
    return {
        digit: {name: mean(report[digit][name] for report in reports) for name in reports[0][digit]}
        for digit in reports[0]
    }


def rises(values):
    """Return the share of steps at which a curve goes up."""
    steps = [later > earlier for earlier, later in pairwise(values)]
    return sum(steps) / len(steps) if steps else 0.0
