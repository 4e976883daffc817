"""XML at the door: it is no feed, is kept as it came, and nothing that it names is opened or multiplied."""

import time

import pytest

from kuangan.monitor.journal import frame_at
from tests.db.monitor.door import Door
from tests.db.monitor.feedtext import CORNER, MINE, cdss, name_of

CANARY = "金丝雀七号"
LAUGHS = "".join(f'<!ENTITY l{depth + 1} "{f"&l{depth};" * 10}">' for depth in range(9))
BODIES = {
    "external entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "{address}">]><a>&x;</a>',
    "parameter entity": '<!DOCTYPE a [<!ENTITY % p SYSTEM "{address}">%p;]><a/>',
    "external definition": '<!DOCTYPE a SYSTEM "{address}"><a/>',
    "inclusion": '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{address}" parse="text"/></a>',
    "billion laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>',
}


@pytest.mark.parametrize("kind", BODIES)
def test_entities_of_an_xml_body_are_neither_opened_nor_multiplied(works, mine, tmp_path, kind):
    secret = tmp_path / "secret.txt"
    secret.write_text(CANARY)
    body = ('<?xml version="1.0"?>' + BODIES[kind].replace("{address}", secret.as_uri())).encode()
    door, begun = Door(works, mine), time.process_time()
    answer = door.post(name_of("CDSS", "08:00:00"), body)
    assert answer.status_code == 422
    assert time.process_time() - begun < 1
    file = door.newest()
    assert file.status in ("refused", "incomplete")
    assert CANARY not in answer.text + file.message
    assert frame_at(works.journal.root, file.journal_seq).content() == body
    assert door.post(name_of("CDSS", "08:00:30"), cdss("08:00:30", {CORNER: ("0.30", 0)})).status_code == 202


def test_an_entity_in_a_name_stays_the_text_it_is(works, mine):
    door = Door(works, mine)
    readings = {f"{MINE}01MN0001000000T9": ("0.30", 0)}
    answer = door.post(name_of("CDSS", "08:00:00"), cdss("08:00:00", readings, place="&x 1301<b>工作面"))
    assert answer.status_code == 202
    assert list(mine.points.values_list("place_text", flat=True)) == ["&x 1301<b>工作面"]
