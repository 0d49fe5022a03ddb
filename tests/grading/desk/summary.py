"""The board after a run of pytest on a learner's package."""

import pytest

from tests.grading.desk import board
from tests.grading.desk.progress import Progress
from tests.grading.judging.plugin import RESULTS
from tests.grading.terminal import Painter


@pytest.hookimpl(wrapper=True, tryfirst=True)  # around pytest's own summary, so that the board comes last
def pytest_terminal_summary(terminalreporter, config):
    """Print the board, with earlier results for what was not run."""
    yield
    results = config.stash.get(RESULTS, None)
    if config.getoption("--impl") != "nn" and results and results.reported:
        terminalreporter.section("the board")
        known = results.all(earlier=Progress(results.folder).current())
        text = board.render(known, results.folder, paint=Painter(terminalreporter.hasmarkup))
        # Line by line: pytest escapes a whole text, its newlines, too, if the terminal lacks a character.
        for line in text.splitlines():
            terminalreporter.write_line(line)
