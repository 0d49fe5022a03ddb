"""Regressions: the work tree and an earlier commit take turns; a chance slowdown counts for nothing."""

import shutil
import subprocess

import pytest

from benchmarks import (
    ROOT,
    regressions,
    timing,
)
from benchmarks.__main__ import main


class TestRegressions:
    """Two versions take turns; what is slower at its best in four measurements is a regression."""

    class Clock:
        """A clock that only made-up calls move."""

        def __init__(self):
            self.now = 0.0

        def __call__(self):
            return self.now

        def call(self, seconds, disturbances=None):
            """Return a function that takes so long, and now and then as much more as the generator says."""

            def function():
                self.now += seconds
                if disturbances is not None and disturbances.random() < 0.8:
                    self.now += disturbances.exponential(10 * seconds)

            return function

    def test_the_least_turn_is_found_under_disturbances(self, rng):
        clock = self.Clock()
        first, second = clock.call(2e-3, rng), clock.call(3e-3, rng)
        assert timing.least_in_turn(first, second, clock) == pytest.approx([2e-3, 3e-3]), (
            "four of five turns are disturbed, and the least ones are not"
        )

    def test_short_calls_are_timed_many_at_once(self):
        clock, calls = self.Clock(), []
        counted = clock.call(1e-6)
        least = timing.least_in_turn(lambda: (calls.append(1), counted()), clock.call(2e-6), clock)
        assert least == pytest.approx([1e-6, 2e-6])
        assert len(calls) > 300 * timing.FEW, "about a millisecond each turn"

    def rows(self, clock, *seconds):
        """Return what is found if the work tree's version takes these seconds, each time it is measured."""
        seconds = iter(seconds)
        return regressions._row(
            lambda version: clock.call(1e-3 if version == "earlier" else next(seconds)),
            "earlier",
            "now",
            clock,
        )

    def test_what_is_slower_once_is_measured_again(self):
        before, now = self.rows(self.Clock(), 1.5e-3, 1e-3)
        assert now == pytest.approx(before), "the second time it was as fast"

    def test_what_is_slower_each_time_is_a_regression(self):
        before, now = self.rows(self.Clock(), *[1.5e-3] * regressions.TRIES)
        assert now / before == pytest.approx(1.5), "a slowdown by half that stays"

    def test_what_the_earlier_version_lacks_is_no_regression(self, capsys):
        def build(version):
            if version == "earlier":
                raise AttributeError("it has no softmax")
            return clock.call(1e-3)

        clock = self.Clock()
        row = regressions._row(build, "earlier", "now", clock)
        assert regressions._printed("softmax", row) == ("softmax", None)
        assert "not there" in capsys.readouterr().out

    @pytest.fixture
    def repository(self, tmp_path):
        """A repository with one commit, of the package `nn` as it is in the work tree."""

        def git(*arguments):
            author = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
            subprocess.run(["git", *author, *arguments], cwd=tmp_path, check=True, capture_output=True)

        if shutil.which("git") is None:
            pytest.skip("git is not installed")
        shutil.copytree(
            ROOT / "nn", tmp_path / "nn", ignore=shutil.ignore_patterns("__pycache__", "pictures")
        )
        git("init", "--quiet")
        git("add", "nn")
        git("commit", "--quiet", "-m", "Begin")
        return tmp_path

    def test_a_revision_is_compared_with_the_work_tree(self, repository, capsys):
        clock = self.Clock()

        def ticking():
            clock.now += 1e-3
            return clock.now

        slower = regressions.compare("HEAD", ["softmax", "step 784x64x10"], repository, ticking)
        printed = capsys.readouterr().out.splitlines()
        assert slower == [], "by a clock that ticks evenly, equal code is equally fast"
        assert [line.split()[0] for line in printed[1:]] == [
            "softmax",
            "log_softmax",
            "softmax_cross_entropy",
            "step",
        ]
        assert all(line.split()[-1] == "1.00" for line in printed[1:]), "the ratio of both"
        assert max(map(len, printed)) < 80, "it fits a narrow terminal"

    def test_the_earlier_code_is_that_of_the_revision(self, repository, tmp_path_factory):
        activations = repository / "nn" / "activations.py"
        activations.write_text("raise ImportError\n", encoding="utf-8")
        folder = regressions.extract("HEAD", tmp_path_factory.mktemp("earlier"), repository)
        assert "def softmax" in (folder / "activations.py").read_text(encoding="utf-8"), "not the work tree's"
        assert folder.name.startswith("nn_"), "a name under which it stands beside the work tree's"

    def test_mistakes_are_one_line(self, repository, tmp_path_factory, monkeypatch, capsys):
        monkeypatch.setattr(regressions, "ROOT", repository)
        with pytest.raises(ValueError, match="git knows no revision HEAD~1 here"):
            regressions.compare("HEAD~1", ["softmax"], repository)
        with pytest.raises(ValueError, match="git knows no revision HEAD here"):
            regressions.compare("HEAD", ["softmax"], tmp_path_factory.mktemp("elsewhere"))
        assert main(["regressions", "HEAD", "-k", "softplus"]) == 2
        assert "no case has softplus in its name; there are sigmoid" in capsys.readouterr().err

    def test_the_command_fails_only_with_a_regression(self, monkeypatch, capsys):
        monkeypatch.setattr(regressions, "compare", lambda revision, words: [])
        assert main(["regressions"]) == 0
        monkeypatch.setattr(regressions, "compare", lambda revision, words: ["softmax"])
        assert main(["regressions", "v1", "-k", "softmax"]) == 1
        assert capsys.readouterr().out.splitlines()[-2:] == [
            "Slower by a quarter or more, in four measurements:",
            "softmax",
        ]
