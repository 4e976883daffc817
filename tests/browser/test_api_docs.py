"""The API's description works under the site's own policy: nothing inline, nothing from elsewhere."""

import pytest

pytestmark = pytest.mark.browser


def test_the_description_opens_and_lists_the_requests(logged_in, site):
    page = logged_in("county_officer")
    page.goto(f"{site.address}/api/docs")
    page.get_by_text("更正条目").wait_for(timeout=20_000)
    page.get_by_text("更正条目").click()
    page.get_by_text("整体代替原内容").wait_for()
