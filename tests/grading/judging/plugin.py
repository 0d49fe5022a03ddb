"""The grading inside pytest: exercises and their tests, guards around each test, and verdicts."""

import unittest
from dataclasses import replace

import pytest

from tests.grading.course.exercises import EXERCISES, nearest
from tests.grading.finding import FAILING, as_data, from_data
from tests.grading.judging import guards, runner
from tests.grading.judging.package import GRADED, Blocked, Package, refuse
from tests.grading.judging.results import Results
from tests.grading.judging.verdicts import CALLS, EXERCISE, judge, told
from tests.grading.world import World
from tests.lessons.checks import fail

TOOLS = pytest.StashKey[guards.Tools]()
REFUSED = pytest.StashKey[dict]()
RESULTS = pytest.StashKey[Results]()
UNWRITTEN = pytest.StashKey[set]()
FAILED = pytest.StashKey[str]()
EVENTS = pytest.StashKey[runner.Events]()
DIAGNOSES = pytest.StashKey[dict]()  # by exercise: the report that carries the diagnosis


def pytest_addoption(parser):
    group = parser.getgroup("nn-kata")
    group.addoption(
        "--impl",
        default="nn",
        metavar="NAME",
        help="package that the lessons grade: an importable name or the path of a folder (default: nn)",
    )
    group.addoption(
        "--exercise",
        action="append",
        default=[],
        metavar="NAME",
        help="run only the tests of this exercise; may be given several times",
    )
    group.addoption(
        "--limit",
        type=float,
        default=runner.LIMIT,
        metavar="SECONDS",
        help="time for each exercise of a graded package (default: %(default)g)",
    )
    group.addoption(
        "--in-process",
        action="store_true",
        help="grade in this process: for debuggers; nothing then stops an endless loop",
    )
    group.addoption("--events", metavar="FILE", help="write what happens into this file, line by line")
    group.addoption("--tests", metavar="FILE", help="run only the tests listed in this file, a line each")


def pytest_configure(config):
    if GRADED not in config.stash:
        config.stash[GRADED] = Package(config.getoption("--impl"))
    for name in config.getoption("--exercise"):
        if name not in EXERCISES:
            near = [e.name for e in nearest(name)]
            meant = f"; did you mean {' or '.join(near)}?" if near else ""
            raise pytest.UsageError(f"--exercise must be an exercise's name; got {name!r}{meant}")
    if path := config.getoption("--events"):
        config.stash[EVENTS] = runner.Events(path)
    config.pluginmanager.register(Recorder(config))


def pytest_collection_modifyitems(config, items):
    for item in items:
        if marker := item.get_closest_marker("exercise"):
            parameters = item.callspec.params if hasattr(item, "callspec") else {}
            item.stash[EXERCISE] = marker.args[0].format(**parameters)
            item.user_properties.append(("exercise", item.stash[EXERCISE]))
            if config.option.tbstyle == "auto":  # nobody will see a traceback, and it takes 20 ms to format
                item.repr_failure = lambda excinfo, style=None: ""
    wanted, listed = set(config.getoption("--exercise")), config.getoption("--tests")
    if listed:
        with open(listed, encoding="utf-8") as file:
            listed = set(file.read().splitlines())
    kept = [
        item
        for item in items
        if (not wanted or item.stash.get(EXERCISE, None) in wanted) and (not listed or item.nodeid in listed)
    ]
    if len(kept) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
    if EVENTS in config.stash or config.getoption("--impl") != "nn":  # an exercise's tests stand together
        order = {name: i for i, name in enumerate(EXERCISES)}
        items.sort(key=lambda item: order.get(item.stash.get(EXERCISE, None), len(order)))


def pytest_collection_finish(session):
    graded = [item for item in session.items if EXERCISE in item.stash]
    plan = {item.nodeid: item.stash[EXERCISE] for item in graded}
    session.config.stash[RESULTS] = Results(plan, session.config.stash[GRADED].path)
    if EVENTS in session.config.stash:
        session.config.stash[EVENTS].write("plan", tests=[[*pair] for pair in plan.items()])
    if graded:
        session.config.stash[TOOLS] = guards.Tools()
        session.config.stash[REFUSED] = guards.audit(session.config.stash[GRADED].path)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    """Hand the tests of a learner's package over to a process that may hang or die."""
    config = session.config
    at_hand = (
        config.getoption("--impl") == "nn"
        or not all(EXERCISE in item.stash for item in session.items)  # timings run where they are asked for
        or config.getoption("--in-process")
        or config.getoption("usepdb")
        or config.getoption("collectonly")
        or config.getoption("numprocesses", None)
        or hasattr(config, "workerinput")
        or EVENTS in config.stash
    )
    if at_hand or session.testsfailed:
        return None
    items = {item.nodeid: item for item in session.items}
    options = [f"--seed={config.getoption('--seed')}", *(["--slow"] if config.getoption("--slow") else [])]
    if config.getoption("tbstyle") != "auto":
        options.append(f"--tb={config.getoption('tbstyle')}")
    grading = runner.Grading(
        config.stash[GRADED].path, tests=list(items), limit=config.getoption("--limit"), options=options
    )
    for event in grading:
        if event["event"] == "begin":
            item = items[event["test"]]
            item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        elif event["event"] == "report":
            report = config.hook.pytest_report_from_serializable(config=config, data=event["report"])
            _remember(config, report)
            items[report.nodeid].ihook.pytest_runtest_logreport(report=report)
            if session.shouldfail or session.shouldstop:
                grading.close()
                raise (session.Failed if session.shouldfail else session.Interrupted)(
                    session.shouldfail or session.shouldstop
                )
        elif event["event"] == "explained":
            _retell(config, event["exercise"], event["findings"])
    return True


@pytest.fixture
def graded(request):
    """The package under test; its modules are imported when a test first touches them."""
    return request.config.stash[GRADED]


@pytest.fixture(scope="session")
def announce(request):
    """The function that writes an event for whoever watches the grading; None where nobody does."""
    events = request.config.stash.get(EVENTS, None)
    return events.write if events else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    if EVENTS in item.config.stash:
        item.config.stash[EVENTS].write("begin", test=item.nodeid)
    result = yield
    if EXERCISE in item.stash and (not nextitem or nextitem.stash.get(EXERCISE, "") != item.stash[EXERCISE]):
        _explain(item, nextitem)
    return result


def _explain(item, nextitem):
    """Find out more of an exercise whose last test has run, if it fails and is a learner's."""
    config, name = item.config, item.stash[EXERCISE]
    elsewhere = hasattr(config, "workerinput") or config.getoption("usepdb")  # its reports are gone, or held
    if config.getoption("--impl") == "nn" or elsewhere:
        return
    result = config.stash[RESULTS].all()[name] if config.stash[RESULTS].fails(name) else None
    if result is None or not result.explicable:
        return
    from tests.grading.judging.explaining import explained  # takes its time, and most exercises pass

    if EVENTS in config.stash:
        config.stash[EVENTS].write("explaining", exercise=name)
    items = [other for other in item.session.items if other.stash.get(EXERCISE, "") == name]
    findings = list(map(as_data, explained(result, items, nextitem, config.stash[TOOLS])))
    if EVENTS in config.stash:
        config.stash[EVENTS].write("explained", exercise=name, findings=findings)
    else:
        _retell(config, name, findings)


def _remember(config, report):
    """Keep the report that carries an exercise's diagnosis: more may be found, and told in it."""
    if getattr(report, "diagnosis", None):
        config.stash.setdefault(DIAGNOSES, {})[dict(report.user_properties)["exercise"]] = report


def _retell(config, name, findings):
    """Let the board, and the report with the diagnosis, tell what was found."""
    config.stash[RESULTS].explain(name, findings)
    report = config.stash.get(DIAGNOSES, {}).get(name)
    if report and findings:
        said = tuple(map(from_data, findings))
        known = from_data(report.finding), from_data(report.diagnosis), report.same_cause
        report.longrepr = told(*known, said)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Run a lesson's test, and see that the graded code has left the world and the tools alone."""
    if EXERCISE not in item.stash:
        return (yield)
    exercise = EXERCISES[item.stash[EXERCISE]]
    if exercise.name in item.config.stash.get(UNWRITTEN, ()):
        pytest.skip("not written yet: one test has said so")
    if exercise.function is None and FAILED in item.config.stash:
        item.user_properties.append(("waits_for", item.config.stash[FAILED]))
        pytest.skip(f"waits for {item.config.stash[FAILED]}")
    refused = item.config.stash[REFUSED]
    owner = exercise.function and exercise.function.split(".")[0]
    if (exercise.module, owner) in refused:
        refuse(_sentence(refused[exercise.module, owner]))
    if (exercise.module, None) in refused:
        raise Blocked(refused[exercise.module, None])
    if exercise.function is None and refused:
        refuse(_sentence(next(iter(refused.values()))))
    world = World()
    calls = item.stash[CALLS] = []
    try:
        with item.config.stash[GRADED].watched(exercise, calls):
            return (yield)
    except (pytest.skip.Exception, unittest.SkipTest):  # the lessons skip before the call, never in it
        refuse(f"{exercise.name} ends the test by skipping it: no points for that")
    finally:
        replaced, changed = item.config.stash[TOOLS].replaced(), world.changes()
        if replaced:
            refuse("\n".join(replaced))
        if changed:
            fail("\n".join(changed), kind="world")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Let the message lead: no source of the test, no traceback, unless --tb asks for one."""
    report = yield
    if EXERCISE in item.stash and report.failed:
        verdict = judge(item, call.excinfo, item.config.stash[GRADED])
        finding, diagnosis = verdict.finding, verdict.diagnosis
        if finding.status != FAILING and EVENTS in item.config.stash:
            item.config.stash.setdefault(UNWRITTEN, set()).add(item.stash[EXERCISE])
        if EXERCISES[item.stash[EXERCISE]].function and item.config.getoption("--impl") != "nn":
            item.config.stash.setdefault(FAILED, item.stash[EXERCISE])
        style = item.config.option.tbstyle
        if style not in ("auto", "no"):
            trace = call.excinfo.getrepr(style=style, tbfilter=_own_frames(item))
            finding = replace(finding, trace=f"\n{trace}")
        report.finding, report.diagnosis = as_data(finding), as_data(diagnosis)
        report.same_cause = verdict.same_cause
        report.longrepr = told(finding, diagnosis, verdict.same_cause)
        if EVENTS not in item.config.stash:
            _remember(item.config, report)
    return report


def _sentence(finding):
    """Return a finding on a line of a file as a sentence."""
    return f"{finding.place.file}, line {finding.place.line}: {finding.sentence}"


def _own_frames(item):
    """Return a filter that begins a traceback at the lesson's test, not in pytest."""
    return lambda excinfo: excinfo.traceback.cut(path=item.path).filter(excinfo) or excinfo.traceback


class Recorder:
    """Passes every report on: to the results for the board, and to the events where they are wanted."""

    def __init__(self, config):
        self.config = config

    def pytest_runtest_logreport(self, report):
        properties = dict(report.user_properties)
        if "exercise" not in properties:
            return
        data = self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
        if EVENTS in self.config.stash:
            self.config.stash[EVENTS].write("report", report=data)
        if RESULTS in self.config.stash:  # where the tests run in other processes, these have it
            self.config.stash[RESULTS].add(data)

    def pytest_sessionfinish(self, session, exitstatus):
        if EVENTS in self.config.stash:
            self.config.stash[EVENTS].write("complete", status=int(exitstatus))
        elif RESULTS in self.config.stash and exitstatus == 0 and not self.config.getoption("collectonly"):
            results = self.config.stash[RESULTS]  # whatever happened: what was not reported has not passed
            if len(results.plan) > len(results.reported):
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
