"""The ladder's voices: what they say together, what each says of its own line, and how sure that is."""

import ast
from types import SimpleNamespace

import pytest

from tests.grading.diagnosis import ladder
from tests.grading.diagnosis.edits import Mended
from tests.grading.diagnosis.marked import Lines, Watched, span_of, values_of
from tests.grading.diagnosis.phrases import said_of
from tests.grading.diagnosis.slips import slips
from tests.grading.diagnosis.suspects import caused, fitting
from tests.grading.finding import HINT, LIKELY, SURE, Finding, Place
from tests.grading.repair.choice import Change
from tests.grading.repair.differences import Text, TextEdit
from tests.grading.trace.records import Suspect
from tests.test_ladder import explained, indented, none_passes


def test_a_type_that_is_wrong_besides_has_its_line():
    finding, _ = explained(
        "tanh",
        """
        def tanh(z):
            wide = np.array(z, dtype=float)
            e = np.exp(2 * wide)
            return (1 - e) / (e + 1)
        """,
        none_passes,
    )
    assert "float32 is expected" in finding.besides[0].sentence, finding.besides
    (place,) = [one.place for one in finding.besides if one.place]
    assert "np.array(z, dtype=float)" in place.source
    assert finding.place.line > place.line


def test_what_is_not_refused_is_told_beside_a_wrong_number():
    """No wrong number explains that a call passes which must be refused."""
    finding, said = explained(
        "binary_cross_entropy",
        """
        from .activations import sigmoid


        def binary_cross_entropy(logits, targets):
            z, t = as_floating(logits), np.asarray(targets)
            loss = np.log1p(np.exp(-abs(z))) + np.maximum(z, 0) + z * t
            return float(loss.mean()), (sigmoid(z) - t).astype(z.dtype) / z.size
        """,
        none_passes,
    )
    assert "loss =" in finding.place.source
    assert [one.certainty for one in said[1:]] == [HINT]
    assert "refuses" in said[1].sentence


@pytest.mark.parametrize(
    ("mistake", "kind", "rule", "line", "fits"),
    [
        (None, "values", "dtype", 7, True),
        ("named", "values", "dtype", 7, False),
        ("named", "type", "dtype", 7, True),
        ("named", "values", "path", 7, True),
        ("named", "values", "path", 3, False),
        (None, "values", "path", 3, True),
    ],
)
def test_a_sentence_of_the_bank_is_only_given_a_line_that_it_can_be_about(mistake, kind, rule, line, fits):
    code = "class Network:\n    def forward(self, X):\n        return X\n\n    def predict(self, X):\n"
    lines = Lines("network.py", code + "        X = self.forward(X)\n        return X > 0\n")
    finding = Finding(mistake=mistake, kind=kind)
    suspect = SimpleNamespace(place=Place("network.py", line), rules=(rule,), sure=HINT)
    found = fitting([suspect], "Network.predict", finding, lines, lines.tree)
    assert found == ([suspect] if fits else [])


def test_what_is_given_to_learners_is_told_where_they_call_it():
    code = "def as_floating(x):\n    return np.asarray(x)\n\n\ndef relu(z):\n    z = as_floating(z)\n    return z\n"
    lines = Lines("activations.py", code)
    place = lines.place(2)
    suspect = Suspect(
        place, "np.asarray(x)", "", ("alias",), "sure", "", "", "", "`np.asarray(x)` is a view."
    )
    (found,) = fitting([suspect], "relu", Finding(), lines, lines.tree.body[1])
    assert (found.line, found.sentence) == (6, "`as_floating(z)` is a view.")


def test_what_a_wrong_condition_leads_to_is_not_told_beside_it():
    code = "def relu(z):\n    if z > 0:\n        z = 1\n        return z\n    return -z\n"
    condition, within, behind = (
        SimpleNamespace(place=Place("activations.py", line), rules=(rule,), sure="sure")
        for line, rule in ((2, "branch"), (4, "path"), (5, "path"))
    )
    assert caused([within, condition, behind], ast.parse(code)) == [condition, behind]
    assert caused([within, behind], ast.parse(code)) == [within, behind]


def test_an_edit_with_a_rival_elsewhere_is_never_sure_by_the_bank_alone(monkeypatch):
    monkeypatch.setattr(ladder, "locate", lambda source, name: [])
    code = """
        def momentum_step(param, grad, velocity, *, lr, momentum=0.9):
            step = lr * grad
            velocity *= momentum
            velocity += step
            param -= lr * velocity
        """
    finding, _ = explained("momentum_step", code)
    assert finding.mistake == "momentum_step_with_the_rate_twice"
    assert finding.change
    assert finding.certainty == LIKELY


def test_an_edit_that_the_bank_names_and_that_has_no_rival_is_sure(monkeypatch):
    monkeypatch.setattr(ladder, "locate", lambda source, name: [])
    code = """
        def mean_squared_error(predictions, targets):
            p = as_floating(predictions)
            if p.shape != targets.shape:
                raise ValueError("two shapes")
            gap = p - targets.astype(p.dtype)
            return float((gap * gap).mean()), gap / gap.size
        """
    finding, _ = explained("mean_squared_error", code)
    assert finding.mistake
    assert finding.change
    assert finding.certainty == SURE


def test_two_changes_are_never_about_the_same_lines():
    source = "def relu(z):\n    for v in z:\n        v += 1\n    return v\n"
    edits = TextEdit(2, 4, 2, 4, "", "z = abs(z)\n    "), TextEdit(3, 13, 3, 14, "1", "2")
    changed = Text(source).changed(edits)
    change = Change(edits, ("one", "other"), (), True, "likely", "", False, changed)
    first, second = (part.change for part in Mended(source, change, 5, "relu", "").parts)
    assert (first.before, first.after) == ("", "    z = abs(z)")
    assert (second.before, second.after) == ("        v += 1", "        v += 2")


def test_a_sign_is_one_whatever_is_converted_besides():
    code = (indented(line) for line in ("x = -np.tanh(z)", "x = np.tanh(as_floating(z))"))
    (slip,) = slips(*code, ())
    assert said_of(slip).kind == "sign"


def test_yes_and_no_are_related_by_no_arithmetic():
    one, other = (f"import numpy as np\n\n\ndef relu(z):\n    return z * (z {op} 0)\n" for op in "<>")
    spans = [
        next(span_of(node) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Compare))
        for text in (one, other)
    ]
    values = values_of(Watched(one, "relu", ""), spans[0], Watched(other, "relu", ""), spans[1])
    assert "True" in values.words
    assert "minus" not in values.words
    assert not values.relation
