"""Sixteen exports at once: a few are written, the others are told in words to come again, and every page goes on."""

import threading

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from kuangan.base.turns import Turns
from kuangan.web.frame import lists
from kuangan.web.ledgers import ledgers
from tests.city import bind_codes, build_city
from tests.signing import SECRET
from tests.web.ledger_world import LEDGER

ASKING, PLACES = 16, 6


@pytest.fixture
def none_free(monkeypatch):
    """Others write and wait at every place."""
    for module in (lists, ledgers):
        monkeypatch.setattr(module, "EXPORTS", Turns(at_once=0, waiting=0, patience_s=0.0))


def test_an_export_without_a_place_is_answered_503_in_words_and_pages_go_on(world, as_user, none_free):
    client = as_user("county_commissioner")
    for address in (reverse("mines"), reverse("ledger", args=[LEDGER])):
        answer = client.get(address, {"export": "xlsx"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "正在处理的文件较多" in answer.content.decode()
        assert client.get(address).status_code == 200


def test_sixteen_at_once_are_each_answered_with_the_file_or_in_words(committed_db, quick_site):
    city = build_city()
    bind_codes(SECRET)
    together, answers = threading.Barrier(ASKING), []

    def ask():
        client = Client()
        client.force_login(city["county_section"], backend="kuangan.core")
        together.wait(30)
        answers.append(client.get(reverse("mines"), {"export": "xlsx"}))
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(ASKING)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    files = [answer for answer in answers if answer.status_code == 200]
    told = [answer for answer in answers if answer.status_code == 503]
    assert len(files) + len(told) == ASKING
    assert len(files) >= PLACES
    assert {answer.content[:2] for answer in files} == {b"PK"}
    assert all("正在处理的文件较多" in answer.content.decode() for answer in told)
