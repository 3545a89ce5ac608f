"""What the tests share: the programs, clients, and a deadline for each test."""
import contextlib
import signal

import openai
import pytest

from programs import Mock, Program
from wire import post

TEST_SECONDS = 30
ADMIN_TOKEN = "token-of-the-operator"
VERSION = tuple(int(part) for part in openai.__version__.split(".")[:3])


def pytest_addoption(parser):
    parser.addoption("--build", required=True, help="the folder of the programs")


def pytest_configure():
    # The run's own time limit ends it with SIGTERM: the programs have to end with it.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("the run took too long", 1))


@pytest.fixture(scope="session")
def mock(request):
    program = Mock(request.config.getoption("--build"))
    yield program
    program.end()


@pytest.fixture(scope="session")
def proxy(request, mock):
    with running_proxy(request, mock) as program:
        yield program


@pytest.fixture(scope="session")
def strict_mock(request):
    """A mock that refuses whatever some server or chat template would refuse."""
    program = Mock(request.config.getoption("--build"), "--strict")
    yield program
    program.end()


@pytest.fixture(scope="session")
def agent_program(request, strict_mock):
    """A proxy before the strict mock."""
    # The heartbeat is quicker than the pauses of scenarios: every client has to live with it.
    with running_proxy(request, strict_mock, ADMIN_TOKEN=ADMIN_TOKEN, PROXY_STREAM_HEARTBEAT_INTERVAL="1s") as program:
        yield program


@pytest.fixture
def agent_proxy(agent_program):
    """The same, holding nothing against its upstream that happened in another test."""
    answer = post(agent_program.url + "/admin/upstreams/default/reset", {}, authorization="Bearer " + ADMIN_TOKEN)
    assert answer.status == 200, answer.text
    return agent_program


@pytest.fixture
def on_common_ground(strict_mock):
    """The test's requests reach the model in a form that every server takes."""
    before = strict_mock.state()["strict"]["refused"]
    yield
    strict = strict_mock.state()["strict"]
    assert strict["refused"] == before, strict["violations"]


@pytest.fixture
def own_affair(strict_mock):
    """What a package itself sends over chat completions is its own affair: nulls beside calls, for one."""
    strict_mock.be_strict(False)
    yield
    strict_mock.be_strict(True)


@pytest.fixture(scope="session")
def client(proxy):
    with client_of(proxy) as client:
        yield client


@contextlib.contextmanager
def running_proxy(request, mock, **environment):
    program = Program(request.config.getoption("--build"), "proxy", ["--port", "0"], UPSTREAM_URL=mock.url, **environment)
    yield program
    code = program.end()
    assert code == 0, "the proxy ended with %d:\n%s" % (code, program.text()[-2000:])


def client_of(proxy):
    return openai.OpenAI(base_url=proxy.url + "/v1", api_key="sk-of-the-client", max_retries=0, timeout=20)


@pytest.fixture(autouse=True)
def deadline():
    """No test hangs: the alarm raises inside whatever it waits for."""

    def late(*_):
        raise AssertionError("the test took longer than %d s" % TEST_SECONDS)

    previous = signal.signal(signal.SIGALRM, late)
    signal.alarm(TEST_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)
