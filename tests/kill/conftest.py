import pytest

from tests.kill.platform import Platform


@pytest.fixture
def platform():
    """The platform without the demonstration, not started yet."""
    found = Platform("--no-demo")
    yield found
    found.remove()
