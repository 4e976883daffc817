"""Values that cost far more than their length, or mean something else than they seem to, by the API and by forms."""

import json
import time
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from kuangan.base.clock import civil
from kuangan.core.actions import issue_api_token
from kuangan.ledger.models import Entry

SESSIONS = "training_session"
SESSION = {
    "held_on": "2026-03-09",
    "title": "瓦斯防治培训",
    "kind": "special",
    "audience": "workers",
    "starts_at": "2026-03-09 08:00",
    "ends_at": "2026-03-09 10:00",
    "hours": "2",
    "content": "瓦斯防治",
    "lecturer": "尤例",
    "place": "培训中心",
    "participants": [{"name": "岳例"}, {"name": "蓝例"}],
    "participant_count": "2",
}
MOST_CPU_S = 1.0


@pytest.fixture
def send(world):
    """Sends a training session by the API with some values changed; gives status and answer."""
    token = issue_api_token(actor=world.users["mine_director"], name="培训系统")
    program = Client(headers={"Authorization": f"Bearer {token}"})

    def send(body=None, **values):
        body = body or json.dumps({"unit": world.city.units["mine"].code, "values": choices() | values})
        answer = program.post(f"/api/ledgers/{SESSIONS}/entries", body, content_type="application/json")
        return answer.status_code, answer.json()

    return send


def choices() -> dict[str, str]:
    from kuangan.law.ledger import ledger_by_id

    found = ledger_by_id(SESSIONS)
    return SESSION | {name: found.field(name).choices[0][0] for name in ("kind", "audience")}


def test_a_session_as_it_should_be_is_taken(send):
    assert send()[0] == 201


@pytest.mark.parametrize(
    "hours",
    ["1e-1000000000", "0e-1000000000", "1e1000000000", "1e-31", "1" * 41, "9" * 16, "1_0", "NaN", "٣x"],
)
def test_a_decimal_of_few_characters_and_endless_digits_is_refused_before_it_is_written_out(send, hours):
    begun = time.thread_time()
    status, answer = send(hours=hours)
    assert (status, set(answer["errors"])) == (422, {"hours"})
    assert time.thread_time() - begun < MOST_CPU_S


def test_a_moment_of_blanks_without_end_is_refused_at_once(send):
    begun = time.thread_time()
    status, answer = send(starts_at="2026-03-09 1:1" + " " * 78_000 + "\nx\ny")
    assert (status, set(answer["errors"])) == (422, {"starts_at"})
    assert time.thread_time() - begun < MOST_CPU_S


def test_a_long_wrong_text_is_quoted_in_short(send):
    status, answer = send(kind="午" * 150)
    assert status == 422
    assert len(answer["errors"]["kind"]) < 300
    status, answer = send(kind="午" * 100_000)
    assert (status, len(answer["errors"]["kind"]) < 300) == (422, True)


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"values":' + '{"a":' * 5000 + "1" + "}" * 5000 + "}",
        '{"values":{"hours":' + "9" * 5000 + "}}",
        '{"unit":"x","values":{"title":"' + "长" * 600_000 + '"}}',
        '{"a":"' + '\\"' * 400_000,
    ],
    ids=["brackets", "objects", "digits", "large", "endless text"],
)
def test_json_too_deep_or_too_long_is_refused_before_it_is_read(send, body):
    begun = time.thread_time()
    assert send(body)[0] in (400, 422)
    assert time.thread_time() - begun < MOST_CPU_S


def test_more_attachments_than_an_entry_holds_or_keys_beyond_any_are_refused(send):
    for photos in (list(range(1, 200)), [10**30], [1e300], ["²"], [-1]):
        status, answer = send(photos=photos)
        assert (status, set(answer["errors"])) == (422, {"photos"})


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2:30 PM", 14),
        ("下午2:30", 14),
        ("12:30 AM", 0),
        ("晚8点30分", 20),
        ("8:30", 8),
        ("T08:30:00", 8),
        ("08:30:00Z", 16),
    ],
)
def test_half_past_two_pm_is_half_past_fourteen(send, written, hour):
    parted = "" if written.startswith("T") else " "
    status, answer = send(starts_at=f"2026-03-09{parted}{written}", ends_at="2026-03-09 23:30")
    assert status == 201, answer
    starts = civil(datetime.fromisoformat(answer["values"]["starts_at"]))
    assert (starts.hour, starts.minute) == (hour, 30)


@pytest.mark.parametrize(
    "written", ["8:30-11:30", "08:30-11:30", "8:30 左右", "晚上12:00", "14:30 AM", "8:30 上午 PM", "25:00"]
)
def test_what_stands_behind_a_time_and_is_not_understood_is_refused(send, written):
    status, answer = send(starts_at=f"2026-03-09 {written}")
    assert (status, set(answer["errors"])) == (422, {"starts_at"})


@pytest.mark.parametrize("written", ["1，5", "1,5", "1,23", "12,34,567", "0,123", "1.200,5"])
def test_a_decimal_comma_is_refused_and_never_a_ten_times_larger_number(send, written):
    status, answer = send(hours=written)
    assert (status, set(answer["errors"])) == (422, {"hours"})
    assert "千位" in answer["errors"]["hours"]


@pytest.mark.parametrize(
    ("written", "kept"), [("1,200", "1200"), ("1，200.5", "1200.5"), ("２．５", "2.5"), ("+3", "3")]
)
def test_thousands_marks_before_three_digits_are_read(send, written, kept):
    _, answer = send(hours=written)
    assert "数字" not in answer.get("errors", {}).get("hours", "")
    if "values" in answer:
        assert answer["values"]["hours"] == kept


def test_the_page_refuses_the_same_values(world, as_user):
    page = as_user("mine_director").post(
        reverse("new_entry", args=[SESSIONS]),
        choices() | {"hours": "1e-1000000000", "starts_at": "2026-03-09 8:30-11:30"},
    )
    text = page.content.decode()
    assert "不是数字，请只填写数字" in text
    assert "不是有效的时间" in text
    assert not Entry.objects.filter(ledger=SESSIONS).exists()
