"""Units, mines, people and points for programs: what the key's person sees; a change is proposed and decided by a person."""

import pytest

from kuangan.flow.models import RegisterChange
from tests.web.test_api import Program, program  # noqa: F401  # a fixture

READS = ("/api/units", "/api/mines", "/api/people", "/api/points", "/api/changes")


@pytest.mark.parametrize("address", READS)
def test_nobody_reads_without_a_key_and_each_reads_his_own(world, client, program, address):  # noqa: F811
    assert client.get(address).status_code == 401
    assert "message" in Program("ka_wrong").get(address).json()
    for name in ("county_officer", "mine_director", "other_mine_director", "operator"):
        assert program(name).get(address).status_code == 200


def test_a_mine_reads_itself_and_a_county_its_mines(world, program):  # noqa: F811
    own = program("mine_director").get("/api/mines").json()["mines"]
    assert [mine["code"] for mine in own] == [world.city.mine.code]
    county = {mine["code"] for mine in program("county_officer").get("/api/mines").json()["mines"]}
    assert world.city.mine.code in county
    other = program("other_mine_director").get("/api/points", {"mine": world.city.mine.code})
    assert other.status_code == 404
    assert world.city.mine.code not in str(program("other_mine_director").get("/api/units").json())


def test_telephones_are_given_of_ones_own_unit_alone(world, program):  # noqa: F811
    people = program("county_officer").get("/api/people", {"unit": world.city.mine.unit.code}).json()["people"]
    assert people
    assert {person["phone"] for person in people} == {None}
    own = program("mine_director").get("/api/people", {"unit": world.city.mine.unit.code}).json()["people"]
    assert {person["id"] for person in own} == {person["id"] for person in people}
    assert None not in {person["phone"] for person in own}
    assert any(person["posts"] for person in own)


@pytest.mark.parametrize("query", [{"page": 0}, {"page": "x"}, {"page": 1001}, {"unit": "'"}, {"unit": "x" * 41}])
def test_a_wrong_query_is_refused_in_words(world, program, query):  # noqa: F811
    answer = program("county_officer").get("/api/people", query)
    assert answer.status_code == 422
    assert "请求参数有误" in answer.json()["message"]


def proposal(world, **more):
    given = {
        "kind": "unit_rename",
        "subject": f"unit:{world.city.units['county'].code}",
        "values": {"name": "示例县矿山安全监管局"},
        "effective_on": "2026-03-10",
        "reason": "机构改革",
        "document": "示编〔2026〕3号",
    }
    return given | more


def rename(program, world):  # noqa: F811
    """The kind by which units are renamed, as the operator is offered it."""
    subject = f"unit:{world.city.units['county'].code}"
    kinds = program("operator").get("/api/changes/kinds", {"subject": subject}).json()
    return next(kind for kind in kinds if kind["id"] == "unit_rename")


def test_a_change_is_proposed_and_nothing_changes_until_a_person_decides(world, program):  # noqa: F811
    kind = rename(program, world)
    answer = program("operator").send("POST", "/api/changes", proposal(world, kind=kind["id"]))
    assert answer.status_code == 201, answer.content
    change = RegisterChange.objects.get(pk=answer.json()["id"])
    assert (change.state, answer.json()["state"]) == ("proposed", "proposed")
    county = world.city.units["county"]
    county.refresh_from_db()
    assert county.name != "示例县矿山安全监管局"
    listed = program("operator").get("/api/changes").json()["changes"]
    assert [known["id"] for known in listed] == [change.pk]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"subject": "unit:nobody"}, 404),
        ({"subject": "case:1"}, 404),
        ({"subject": "'"}, 404),
        ({"kind": "no_such_kind"}, 403),
        ({"effective_on": "yesterday"}, 422),
        ({"values": {}}, 409),
        ({"reason": " "}, 409),
        ({"reason": "x" * 301}, 422),
    ],
)
def test_a_proposal_that_cannot_be_made_is_refused_in_words(world, program, more, status):  # noqa: F811
    kind = rename(program, world)
    answer = program("operator").send("POST", "/api/changes", proposal(world, kind=kind["id"]) | more)
    assert answer.status_code == status, answer.content
    assert answer.json()["message"]
    assert not RegisterChange.objects.exists()


def test_who_may_propose_nothing_about_a_thing_does_not_find_it(world, program):  # noqa: F811
    kind = rename(program, world)
    answer = program("mine_director").send("POST", "/api/changes", proposal(world, kind=kind["id"]))
    assert answer.status_code == 404
