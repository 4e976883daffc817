"""The JSON API: the same sight and the same writes as pages have, by a personal key or by the session."""

import json
from datetime import timedelta

import pyotp
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.core.access.sessions import SessionStore
from kuangan.core.actions import disable_user, issue_api_token, set_password
from kuangan.core.errors import Refused
from kuangan.core.models import ApiToken, LoginSession, User
from kuangan.core.queries import events_of
from kuangan.flow.credit.entries import record_entry
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.models import Entry
from tests.web.ledger_world import LEDGER, PATROL, patrol
from tests.web.world import SECRET as CODE_SECRET

ENTRIES = f"/api/ledgers/{LEDGER}/entries"
SECRET = "fitness_for_work"
UNFIT = {
    "found_on": "2026-03-09", "person": "白例", "number": "A7", "team": "一队", "aspect": "body", "signs": "血压偏高",
    "reporter": "晏例", "decision": "stop", "decided_by": "纪例", "decided_at": "2026-03-09 07:20", "follow_up": "就医",
}  # fmt: skip


class Program(Client):
    """A program that sends JSON with a key."""

    def __init__(self, token: str) -> None:
        super().__init__(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token}"})

    def send(self, method: str, address: str, body: object):
        return self.generic(method, address, json.dumps(body), content_type="application/json")


@pytest.fixture
def program(world):
    def of(username: str) -> Program:
        return Program(issue_api_token(actor=world.users[username], name="统计"))

    return of


def county(world) -> str:
    return world.city.units["county"].code


@pytest.mark.parametrize("key", ["x", 0, -1, "", None, 10**30, "９", [1], {}])
def test_a_key_that_no_person_can_have_is_refused_in_words(world, program, key):
    values = {**PATROL, "person": {"person": key, "name": "无此人"}}
    answer = program("county_commissioner").send("POST", ENTRIES, {"unit": county(world), "values": values})
    assert answer.status_code == 422, answer.content
    assert "person" in answer.json()["errors"]


def test_the_ledgers_of_the_user_with_fields_and_units_where_he_writes(world, program):
    found = {each["id"]: each for each in program("county_commissioner").get("/api/ledgers").json()}
    assert found[LEDGER]["units"] == [county(world)]
    shift = next(each for each in found[LEDGER]["fields"] if each["name"] == "shift")
    assert (shift["kind"], shift["choices"]["morning"]) == ("choice", "早班")
    assert SECRET not in found
    assert program("operator").get("/api/ledgers").json() == []


def test_entries_by_days_and_mine_newest_first(world, program):
    for day in ("01", "05", "09"):
        patrol(world, patrolled_on=f"2026-03-{day}")
    patrol(world, mine="140423900002")
    client = program("county_officer")
    page = client.get(ENTRIES).json()
    assert (page["page"], page["more"], len(page["entries"])) == (1, False, 4)
    narrowed = client.get(ENTRIES, {"from": "2026-03-02", "to": "2026-03-09", "mine": "140423900001"}).json()
    assert [each["on"] for each in narrowed["entries"]] == ["2026-03-09", "2026-03-05"]
    assert narrowed["entries"][0]["values"]["places"] == "1301工作面"
    assert client.get(ENTRIES, {"page": 2}).json()["entries"] == []
    assert client.get(ENTRIES, {"mine": "140425900001"}).status_code == 404
    assert set(client.get(ENTRIES, {"from": "昨天", "page": 0}).json()["errors"]) == {"from", "page"}


def test_a_page_ends_after_a_hundred(world, program):
    made = patrol(world)
    Entry.objects.bulk_create(
        Entry(ledger=LEDGER, unit=made.unit, mine=made.mine, path=made.path, on=made.on, values=made.values,
              recorded_at=made.recorded_at, serial=number, key=str(number))
        for number in range(made.serial + 1000, made.serial + 1100)
    )  # fmt: skip
    client = program("county_officer")
    first, second = (client.get(ENTRIES, {"page": number}).json() for number in (1, 2))
    assert (first["more"], len(first["entries"])) == (True, 100)
    assert (second["more"], len(second["entries"])) == (False, 1)


def test_an_entry_is_recorded_corrected_and_voided(world, program):
    client = program("county_commissioner")
    answer = client.send("POST", ENTRIES, {"unit": county(world), "values": PATROL})
    made = answer.json()
    assert answer.status_code == 201
    assert (made["version"], made["mine"], made["values"]["underground"]) == (1, "140423900001", True)
    address = f"{ENTRIES}/{made['serial']}"
    change = {"values": made["values"] | {"places": "1302工作面"}, "reason": "地点写错"}
    assert client.send("PUT", address, change).json()["version"] == 2
    assert client.send("DELETE", address, {"reason": "误登"}).json()["voided"] is True
    assert client.send("DELETE", address, {"reason": "误登"}).status_code == 409
    assert "已作废" in client.send("PUT", address, change).json()["message"]
    whole = client.get(address).json()
    assert [each["version"] for each in whole["versions"]] == [3, 2, 1]
    assert [each["reason"] for each in whole["versions"]] == ["误登", "地点写错", ""]
    assert whole["versions"][2]["values"]["places"] == "1301工作面"
    assert client.get(ENTRIES).json()["entries"] == []


def test_a_correction_by_the_api_takes_no_ordered_problem_back(world, program):
    client, unit = program("county_section"), county(world)
    values = {**ledger_by_id("enforcement_check").sample[0], "checked_on": "2026-03-09"}
    given = {"unit": unit, "values": {name: value for name, value in values.items() if name != "findings"}}
    given["values"]["findings"] = [{"item": "风门漏风", "due_on": "2026-03-20"}]
    address = "/api/ledgers/enforcement_check/entries"
    made = client.send("POST", address, given)
    assert made.status_code == 201, made.json()
    closed = {**given["values"], "rechecked_on": "2026-03-09"}
    answer = client.send("PUT", f"{address}/{made.json()['serial']}", {"values": closed, "reason": "已复查"})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["rechecked_on"])
    assert "尚有1项未办结" in answer.json()["message"]
    assert Case.objects.get(procedure="rectification").state == "ordered"


def test_wrong_values_are_named_by_field(world, program):
    client = program("county_commissioner")
    wrong = PATROL | {"patrolled_on": "2026-13-01", "shift": "午夜", "extra": {"a": 1}, "places": {"a": "\x00"}}
    answer = client.send("POST", ENTRIES, {"unit": county(world), "values": wrong})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"patrolled_on", "shift", "extra", "places"}
    made = patrol(world)
    again = client.send("POST", ENTRIES, {"unit": county(world), "values": PATROL})
    assert (again.status_code, "重复" in again.json()["message"]) == (422, True)
    nothing = client.send("PUT", f"{ENTRIES}/{made.serial}", {"values": PATROL | {"places": "1302"}, "reason": " "})
    assert (nothing.status_code, set(nothing.json()["errors"])) == (422, {"reason"})
    assert set(client.send("POST", ENTRIES, {"unit": county(world)}).json()["errors"]) == {"values"}
    assert "JSON" in client.generic("POST", ENTRIES, "{", content_type="application/json").json()["message"]
    assert Entry.objects.filter(ledger=LEDGER).count() == 1


@pytest.mark.parametrize("value", ['"\\ud800"', "NaN", "1e999", "[" * 5000 + "]" * 5000])
def test_what_no_database_can_keep_is_not_taken_for_json(world, program, value):
    body = json.dumps({"unit": county(world), "values": PATROL | {"places": "@"}}).replace('"@"', value)
    answer = program("county_commissioner").generic("POST", ENTRIES, body, content_type="application/json")
    assert (answer.status_code, "JSON" in answer.json()["message"]) == (400, True)


def test_a_zero_byte_in_a_reason_is_refused(world, program):
    address = f"{ENTRIES}/{patrol(world).serial}"
    answer = program("county_commissioner").send("DELETE", address, {"reason": "误\x00登"})
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"reason"})


def test_who_sees_but_does_not_keep_may_not_write(world, program):
    made, client = patrol(world), program("county_duty")
    address = f"{ENTRIES}/{made.serial}"
    answers = [
        client.send("POST", ENTRIES, {"unit": county(world), "values": PATROL}),
        client.send("PUT", address, {"values": PATROL, "reason": "改"}),
        client.send("DELETE", address, {"reason": "改"}),
    ]
    assert client.get(address).status_code == 200
    assert [answer.status_code for answer in answers] == [403] * 3
    assert all("岗位" in answer.json()["message"] for answer in answers)


def test_another_county_sees_and_writes_nothing(world, program):
    made, client = patrol(world), program("other_county_commissioner")
    address = f"{ENTRIES}/{made.serial}"
    assert client.get(ENTRIES).json()["entries"] == []
    assert client.get(address).status_code == 404
    assert client.send("PUT", address, {"values": PATROL, "reason": "改"}).status_code == 404
    assert client.send("DELETE", address, {"reason": "改"}).status_code == 404
    assert client.send("POST", ENTRIES, {"unit": county(world), "values": PATROL}).status_code == 403
    assert client.get("/api/ledgers/nothing/entries").status_code == 404


def test_a_confidential_ledger_does_not_exist_outside_its_circle(world, program):
    unit = world.city.units["mine"]
    made = record_entry(actor=world.users["mine_director"], ledger_id=SECRET, unit=unit, values=UNFIT, at=clock.now())
    entries = f"/api/ledgers/{SECRET}/entries"
    address = f"{entries}/{made.serial}"
    for name in ("mine_dispatcher", "county_head", "company_officer", "inspectorate_officer"):
        client = program(name)
        sent = [
            client.get(entries),
            client.get(address),
            client.send("POST", entries, {"unit": unit.code, "values": UNFIT}),
            client.send("PUT", address, {"values": UNFIT, "reason": "改"}),
            client.send("DELETE", address, {"reason": "改"}),
        ]
        assert {answer.status_code for answer in sent} == {404}, name
        assert all("不放心" not in answer.content.decode() for answer in sent)
    assert program("mine_leader").get(address).json()["values"]["person"] == "白例"
    assert program("other_mine_director").get(entries).json()["entries"] == []
    assert program("other_mine_director").get(address).status_code == 404


@pytest.mark.parametrize("address", ["/api/ledgers", ENTRIES])
def test_more_entries_cost_no_more_queries(world, program, address):
    client = program("county_officer")
    patrol(world)
    client.get(address)
    one = queries(client, address)
    for day in (1, 2):
        patrol(world, patrolled_on=f"2026-03-0{day}", mine="140423900002")
    assert queries(client, address) == one


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_no_key_a_foreign_one_or_a_closed_account_opens_nothing(world, program):
    assert Client().get("/api/ledgers").status_code == 401
    session = Client(headers={"Authorization": "Bearer ka_falsch"})
    session.force_login(world.users["county_officer"], backend="kuangan.core")
    assert "接口密钥" in session.get("/api/ledgers").json()["message"]
    assert Client(headers={"Authorization": "Basic eDp5"}).get("/api/ledgers").status_code == 401
    client = program("county_officer")
    assert client.get("/api/ledgers").status_code == 200
    disable_user(actor=None, user=world.users["county_officer"])
    assert client.get("/api/ledgers").status_code == 401


def test_a_key_is_shown_once_kept_as_a_digest_and_stopped(world, as_user):
    browser, new_key = as_user("county_officer"), reverse("new_api_token")
    code = pyotp.TOTP(CODE_SECRET).at(clock.wall_now())
    assert (
        "动态口令不正确" in browser.post(new_key, {"name": "月报程序", "code": "000000"}, follow=True).content.decode()
    )
    assert not ApiToken.objects.exists()
    shown = browser.post(new_key, {"name": "月报程序", "code": code})
    row = ApiToken.objects.get()
    token = shown.context["issued"][1]
    assert token in shown.content.decode()
    assert token not in str([SessionStore().decode(kept.data) for kept in LoginSession.objects.all()])
    assert token not in browser.get(reverse("account")).content.decode()
    assert token not in row.sha256
    client = Program(token)
    assert client.get("/api/ledgers").status_code == 200
    assert as_user("county_duty").post(reverse("stop_api_token", args=[row.pk])).status_code == 404
    browser.post(reverse("stop_api_token", args=[row.pk]))
    assert client.get("/api/ledgers").status_code == 401
    assert [event.action for event in events_of(row)] == ["api_token_issued", "api_token_stopped"]


def test_a_key_needs_a_name_and_ten_are_the_most(world):
    user = world.users["county_officer"]
    with pytest.raises(Refused, match="名称"):
        issue_api_token(actor=user, name="  ")
    for number in range(10):
        issue_api_token(actor=user, name=f"程序{number}")
    with pytest.raises(Refused, match="10个"):
        issue_api_token(actor=user, name="又一个")


def test_a_session_reads_freely_and_writes_with_its_csrf_token(world):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.users["county_commissioner"], backend="kuangan.core")
    assert browser.get(ENTRIES).status_code == 200
    body = json.dumps({"unit": county(world), "values": PATROL})
    refused = browser.post(ENTRIES, body, content_type="application/json")
    assert (refused.status_code, "CSRF" in refused.json()["message"]) == (403, True)
    browser.get(reverse("account"))
    token = browser.cookies["csrftoken"].value
    accepted = browser.post(ENTRIES, body, content_type="application/json", headers={"X-CSRFToken": token})
    assert accepted.status_code == 201


def test_who_must_bind_a_code_first_gets_nothing_by_session(world, as_user):
    user = world.users["county_head"]
    user.totp_secret = ""
    user.save()
    answer = as_user("county_head").get("/api/ledgers")
    assert (answer.status_code, "动态口令" in answer.json()["message"]) == (403, True)


def test_the_description_is_for_users_and_needs_no_foreign_file(world, as_user):
    for address in ("/api/docs", "/api/openapi.json"):
        assert Client().get(address).headers["Location"] == f"/login/?next={address}"
    docs = as_user("county_officer").get("/api/docs")
    page = docs.content.decode()
    assert "http://" not in page
    assert "https://" not in page
    assert "/static/ninja/swagger-ui-bundle.js" in page
    assert "unsafe" not in docs.headers["Content-Security-Policy"]
    described = as_user("county_officer").get("/api/openapi.json").json()
    paths = described["paths"]
    assert all("description" not in shape for shape in described["components"]["schemas"].values())
    assert all(not each["description"].isascii() for path in paths.values() for each in path.values())
    assert {path for path in paths if path.startswith("/api/ledgers")} == {
        "/api/ledgers",
        "/api/ledgers/{ledger_id}/entries",
        "/api/ledgers/{ledger_id}/entries/{serial}",
        "/api/ledgers/{ledger_id}/entries/{serial}/open",
    }


def test_a_key_ends_with_the_password_and_on_its_own_day(world, program):
    officer = world.users["county_officer"]
    client, other = program("county_officer"), program("county_officer")
    row = ApiToken.objects.order_by("pk").first()
    ApiToken.objects.filter(pk=row.pk).update(expires_at=clock.wall_now())
    assert (client.get("/api/ledgers").status_code, other.get("/api/ledgers").status_code) == (401, 200)
    set_password(actor=officer, user=officer, password="三号巷道-风量充足-83")
    assert other.get("/api/ledgers").status_code == 401


@pytest.mark.parametrize("days", [364, 366])
def test_no_key_is_in_force_for_longer_than_the_local_value(world, program, days):
    program("county_officer")
    row = ApiToken.objects.get()
    assert (row.expires_at > clock.wall_now() + timedelta(days=days)) is (days == 364)


def test_a_given_password_must_be_changed_before_the_api_answers_a_session(world, as_user):
    User.objects.filter(username="county_officer").update(password_given=True)
    answer = as_user("county_officer").get("/api/ledgers")
    assert (answer.status_code, "更改" in answer.json()["message"] or "改为" in answer.json()["message"]) == (403, True)
