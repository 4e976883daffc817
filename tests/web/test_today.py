"""今日 shows each person exactly what waits for him."""

from django.urls import reverse

from tests.story.script import FOUND_REAL

PEOPLE = (
    "mine_dispatcher", "mine_director", "county_duty", "county_officer", "county_officer_b", "county_section", "county_legal",
    "county_head", "city_officer", "city_section", "county_government", "company_officer", "inspectorate_officer",
)  # fmt: skip


def work(as_user) -> dict[str, set[str]]:
    """What waits for each person in cases; notices, duties and what is overdue below him left aside."""
    found = {}
    for username in PEOPLE:
        rows = as_user(username).get(reverse("today")).context["work"].rows
        cases = [row for row in rows if row.address.startswith("/cases/")]
        mine = {row.what for row in cases if not row.overdue_below and not row.post}
        if mine:
            found[username] = mine
    return found


def test_an_alarm_waits_for_the_mine_then_for_two_officers(world, as_user):
    script, alarm = world.script, world.alarm
    reported = {"mine_dispatcher": {"填报停电撤人"}, "mine_director": {"填报停电撤人"}}
    finding = {"核为真实超限、核为非真实超限"}
    assert work(as_user) == {**reported, "county_officer": finding, "county_officer_b": finding}
    script.do("county_officer", alarm, "find_real", **FOUND_REAL)
    assert work(as_user) == {**reported, "county_officer_b": {"复核确认真实"}}


def test_a_stop_order_waits_for_one_person_after_the_other(world, as_user):
    script = world.script
    script.confirm(world.alarm)
    script.real_alarm(point="first-1302-T2")
    case = script.suspension()
    number = case.number

    def waiting() -> set[str]:
        return {
            username
            for username in PEOPLE
            for row in as_user(username).get(reverse("today")).context["work"].rows
            if number in row.detail and not row.overdue_below and not row.post
        }

    assert waiting() == {"county_officer", "county_officer_b"}
    script.do("county_officer", case, "propose", days=3, scope="mine", requirements="整改", opinion="建议")
    assert waiting() == {"county_officer_b"}
    script.do("county_officer_b", case, "countersign", opinion="同意")
    assert waiting() == {"county_section"}
    script.do("county_section", case, "review", opinion="同意")
    assert waiting() == {"county_legal"}
    script.do("county_legal", case, "pass_legal_review", opinion="同意")
    assert waiting() == {"county_head"}
    script.do("county_head", case, "order")
    assert waiting() == {"county_officer", "county_officer_b"}


def test_work_is_sorted_by_due_time_and_notices_come_with_their_button(world, as_user):
    rows = as_user("mine_dispatcher").get(reverse("today")).context["work"].rows
    due = [row.due_at for row in rows if row.due_at and not row.overdue_below]
    assert due == sorted(due)
    assert {row.button for row in rows if row.post} == {"签收", "我已接听"}


def test_empty_is_a_sentence(world, as_user):
    assert (
        "目前没有待签收、待办理或逾期的事项"
        in as_user("other_inspectorate_officer").get(reverse("today")).content.decode()
    )
