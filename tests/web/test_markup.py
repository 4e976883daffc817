"""Mark-up in whatever people and machines write is shown as what it is: text."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.test import Client
from django.urls import reverse

from kuangan.monitor.models import FeedFile
from tests.web.matrix import MATRIX
from tests.web.test_addresses import NAMES
from tests.web.world import INSIDE, World, feed_file

MARKUP = "\"'><img src=x onerror=1>"
SHOWN = "&quot;&#x27;&gt;&lt;img src=x onerror=1&gt;"
RAW = re.compile(r"<img src=x|[\"'](?:'|&#x27;)&gt;&lt;img|(?:\"|&quot;)'&gt;&lt;img")
"""The text as a tag, or with a quote that would end the attribute it stands in."""
WRITTEN = re.compile("[\u4e00-\u9fff]")
"""What people write is Chinese; keys, codes, states and digests are not."""
PARTS = 4


def marked(value: object) -> object:
    """A stored value with mark-up behind each of its texts."""
    if isinstance(value, str):
        return f"{value}{MARKUP}" if WRITTEN.search(value) else value
    if isinstance(value, list):
        return [marked(item) for item in value]
    if isinstance(value, dict):
        return {key: marked(item) for key, item in value.items()}
    return value


def texts_of(model: type[models.Model]) -> list[models.Field]:
    kinds = (models.CharField, models.TextField, models.JSONField)
    return [field for field in model._meta.concrete_fields if isinstance(field, kinds) and not field.choices]


def mark_everything() -> int:
    """Put mark-up into every text of every table that the application may rewrite; how many rows have it."""
    rows = 0
    for model in apps.get_models():
        if not model.__module__.startswith("kuangan.") or model._meta.label in UNREAD:
            continue
        fields = texts_of(model)
        for row in model._default_manager.all():
            changed = {field.attname: marked(getattr(row, field.attname)) for field in fields}
            changed = {
                field.attname: changed[field.attname]
                for field in fields
                if changed[field.attname] != getattr(row, field.attname)
                and (field.max_length is None or len(changed[field.attname]) <= field.max_length)
            }
            if changed and rewritten(row, changed):
                rows += 1
    return rows


UNREAD = {"core.Event"}
"""The trail is never rewritten."""


def rewritten(row: models.Model, changed: dict[str, object]) -> bool:
    """Whether the row took it; frozen papers take none."""
    try:
        with transaction.atomic():
            return bool(type(row)._default_manager.filter(pk=row.pk).update(**changed))
    except DatabaseError:
        return False


def addresses(world: World, part: int) -> Iterator[tuple[str, str]]:
    """Every page that is read, with somebody of each side who may read it."""
    for name, row in list(MATRIX.items())[part::PARTS]:
        if row.post or name in ("live", "logout"):
            continue
        address = reverse(name, args=row.args(world))
        readers = [username for role, username in INSIDE.items() if role in row.roles]
        offices = [name for name in ("county_section", "operator", "county_clerk") if name in readers]
        sides = (offices or readers)[:1] + [name for name in ("mine_director",) if name in readers]
        for username in dict.fromkeys(sides):
            yield username, address


def page_of(client: Client, address: str) -> str:
    """The text of a page; "" where the answer is none."""
    answer = client.get(address)
    return answer.content.decode() if answer.headers.get("Content-Type", "").startswith("text/html") else ""


@pytest.mark.parametrize("part", range(PARTS))
def test_markup_in_every_text_of_every_table_is_escaped_on_every_page(world, as_user, part):
    feed_file(world.city.mine, 7, world.script.at)
    asked = list(addresses(world, part))
    assert mark_everything() > 50
    FeedFile.objects.update(name=f"a{MARKUP}.txt", message=f"文件头缺少{MARKUP}")
    clients = {username: as_user(username) for username, _ in asked}
    pages = {(username, address): page_of(clients[username], address) for username, address in asked}
    assert {key: RAW.findall(page)[:3] for key, page in pages.items() if RAW.search(page)} == {}
    assert sum(SHOWN in page for page in pages.values()) > 10


def test_markup_in_a_query_comes_back_as_text(world, as_user):
    client = as_user("county_section")
    query = "&".join(f"{name}={quote(MARKUP)}" for name in NAMES if name not in ("export", "page"))
    pages = {
        name: page_of(client, f"{reverse(name)}?{query}")
        for name, row in MATRIX.items()
        if not row.post and name not in ("live", "logout") and not row.args(world)
    }
    assert {name: RAW.findall(page)[:3] for name, page in pages.items() if RAW.search(page)} == {}
    assert sum(SHOWN in page for page in pages.values()) > 5
    assert RAW.search(page_of(Client(), f"{reverse('login')}?next={quote(MARKUP)}")) is None
    assert RAW.search(page_of(client, f"/{quote(MARKUP)}/")) is None
