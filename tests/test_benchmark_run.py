"""A run of the benchmarks goes on where it stopped, and a mistake in its command is one line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import (
    ROOT,
    anatomy,
    run,
)
from benchmarks.__main__ import main


class TestRun:
    """A run writes every row as it is measured, and goes on from there."""

    @pytest.fixture
    def measured(self, monkeypatch):
        calls = []

        def rows(run, workload):
            calls.append(workload)
            if len(calls) == 2 and "stop" in calls_stop:
                raise KeyboardInterrupt
            return {"times": {}, "absent": {}}

        calls_stop = set()
        parts = {
            "whole": run.Part(lambda run: calls.append("whole") or {"found": 1}),
            "rows": run.Part(rows, ["a", "b"]),
        }
        monkeypatch.setattr(run, "PARTS", parts)
        return calls, calls_stop

    def test_an_interrupted_run_goes_on(self, measured, tmp_path):
        calls, stop = measured
        calls.append("earlier")  # so that the first row is the second call
        stop.add("stop")
        path = tmp_path / "run.json"
        with pytest.raises(KeyboardInterrupt):
            run.Run(path, rounds=1, quiet=True).measure(["rows"])
        calls.clear()
        stop.clear()
        record = run.Run(path, rounds=1, quiet=True).measure()
        assert calls == ["whole", "a", "b"], "nothing was finished, so everything is measured"
        calls.clear()
        again = run.Run(path, rounds=1, quiet=True).measure()
        assert calls == [], "everything is there: nothing is measured twice"
        assert (
            again["parts"]
            == record["parts"]
            == {
                "rows": {"a": {"times": {}, "absent": {}}, "b": {"times": {}, "absent": {}}},
                "whole": {"found": 1},
            }
        )

    def test_other_settings_make_another_run(self, measured, tmp_path):
        calls, _ = measured
        path = tmp_path / "run.json"
        run.Run(path, rounds=1, quiet=True).measure()
        calls.clear()
        run.Run(path, rounds=2, quiet=True).measure()
        assert calls == ["whole", "a", "b"], "figures of other rounds are not taken over"
        text = json.loads(path.read_text(encoding="utf-8"))
        text["machine"]["versions"]["numpy"] = "1.0"
        path.write_text(json.dumps(text), encoding="utf-8")
        calls.clear()
        run.Run(path, rounds=2, quiet=True).measure()
        assert calls == ["whole", "a", "b"], "figures of another NumPy are not taken over"

    def test_a_damaged_file_is_told(self, tmp_path):
        path = tmp_path / "run.json"
        path.write_text("{", encoding="utf-8")
        with pytest.raises(ValueError, match=r"run\.json is not a run of these benchmarks"):
            run.Run(path, rounds=1)
        path.write_text(json.dumps({"date": "2026-01-31", "machine": {}, "parts": {}}), encoding="utf-8")
        with pytest.raises(ValueError, match="an old or damaged one"):
            run.read(path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "speed"], "there is no part 'speed'; the parts are doctor, epochs"),
        (["run", "--rounds", "0"], "must be a whole number above 0; got '0'"),
        (["run", "--impl", "no_such_package", "adam"], "no_such_package"),
        (["report", "--run", "nowhere.json"], "there is no run in nowhere.json"),
    ],
)
def test_mistakes_are_one_line(arguments, message):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ, COLUMNS="300"),
    )
    assert done.returncode == 2, "a mistake is not a success"
    assert message in done.stderr, "it says what came and what was expected"
    assert "Traceback" not in done.stderr
    assert not done.stdout, "nothing is measured before"


def test_the_command_measures_and_reports(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(anatomy, "SIZES", (50_890, 101_770, 567_434))
    out = tmp_path / "run.json"
    assert main(["run", "adam", "--rounds", "1", "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert "measuring adam" in printed.err, "where nobody watches, a line tells what is going on"
    assert "Adam, ns per parameter" in printed.out
    assert set(json.loads(out.read_text(encoding="utf-8"))["parts"]["adam"]) == {"50890", "101770", "567434"}
    assert main(["report", "--run", str(out), "--out", str(tmp_path)]) == 0
    page = Path(capsys.readouterr().out.strip())
    assert "## Adam's step" in page.read_text(encoding="utf-8")
