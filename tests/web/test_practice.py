"""A practice city is marked wherever it is read, and the real one leads to it."""

from urllib.parse import unquote

from django.urls import reverse

from kuangan.core.notify.channel import Routes
from kuangan.paper.render import envelope
from tests.web.world import NOW


def test_pages_papers_and_files_of_a_practice_say_so_and_no_gateway_carries_anything(world, as_user, settings):
    client = as_user("operator")
    settings.KUANGAN_GATEWAY_URL = "http://127.0.0.1:9/"
    for practice in (False, True):
        settings.PRACTICE = practice
        page = client.get(reverse("register_units")).content.decode()
        assert ("演练系统" in page, "【演练】" in page) == (practice, practice)
        name = unquote(client.get(reverse("register_units"), {"export": "xlsx"})["Content-Disposition"])
        assert ("演练数据-" in name) is practice
        paper = envelope(number="", title="通知", unit="", at=NOW, fields={})
        assert (paper.get("mark") == "演练数据") is practice
        routes = Routes()
        routes.read()
        assert (routes.of("sms") == []) is practice


def test_the_real_city_leads_to_its_practice_where_one_is_set_up(world, as_user, settings):
    address = reverse("register_units")
    assert "演练系统" not in as_user("operator").get(address).content.decode()
    settings.KUANGAN_PRACTICE_URL = "https://practice.example/"
    assert 'href="https://practice.example/"' in as_user("operator").get(address).content.decode()
