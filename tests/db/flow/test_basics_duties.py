"""What the basics' obligations ask for opens after its events and is done by the entries that show it, and by no others."""

from kuangan.duty.models import Duty
from kuangan.duty.status import Status, status_of
from kuangan.flow.credit.credits import open_and_credit
from kuangan.flow.credit.entries import correct
from tests.db.flow.records import add, on


def duties(city, obligation, unit="mine"):
    return list(Duty.objects.filter(obligation=obligation, unit=city.units[unit]).order_by("pk"))


def status(city, obligation, at, unit="mine"):
    return [status_of(each, at) for each in duties(city, obligation, unit)]


def test_a_resumption_after_an_accident_calls_for_an_application_within_30_workdays(city):
    add(city, "accident_resumption", "county", on("2026-03-02"))
    duty = duties(city, "standardization_reapply_after_accident")[0]
    assert duty.due_at == on("2026-04-15", 0)
    assert not duties(city, "standardization_reapply_after_accident", "second_mine")
    add(city, "standardization_application", "mine", on("2026-04-10"), kind="renewal")
    assert status(city, duty.obligation, on("2026-04-15", 0)) == [Status.overdue]
    add(city, "standardization_application", "mine", on("2026-04-14"), applied_on="2026-04-14")
    assert status(city, duty.obligation, on("2026-04-15", 0)) == [Status.met]


def test_an_accident_of_a_mine_under_construction_calls_for_nothing(city):
    add(city, "accident_resumption", "county", on("2026-03-02"), producing=False)
    assert not duties(city, "standardization_reapply_after_accident")


def test_an_empty_form_is_no_self_check(city):
    open_and_credit(on("2026-03-02"))
    hollow = {"kind": "before_application", "checked_on": "2026-03-20"}
    add(city, "standardization_self_check", "mine", on("2026-03-20"), **hollow)
    obligation = "standardization_self_check_quarterly"
    assert status(city, obligation, on("2026-04-01", 0)) == [Status.overdue]
    add(city, "standardization_self_check", "mine", on("2026-03-25"))
    assert status(city, obligation, on("2026-04-01", 0)) == [Status.met]


def test_a_circular_calls_every_mine_to_check_its_own_machinery_and_transport(city):
    add(city, "accident_circular", "city", on("2026-03-05"))
    for unit in ("mine", "second_mine"):
        (duty,) = duties(city, "electromechanical_lesson_check", unit)
        assert duty.due_at == on("2026-03-21", 0)
    add(city, "lesson_self_check", "mine", on("2026-03-12"), checked_on="2026-03-12", due_on=None, closed_on=None)
    at = on("2026-03-21", 0)
    assert status(city, "electromechanical_lesson_check", at) == [Status.met]
    assert status(city, "electromechanical_lesson_check", at, "second_mine") == [Status.overdue]


def test_a_permit_is_done_with_when_its_end_was_checked(city):
    open_permit = add(city, "high_risk_permit", "mine", on("2026-03-11"), closed_at=None, closing_check=None)
    assert status(city, "high_risk_permit_closing", on("2026-03-14", 0)) == [Status.overdue]
    values = {**open_permit.values, "closed_at": "2026-03-11T13:00:00+08:00", "closing_check": "残火检查无异常。"}
    correct(actor=None, entry=open_permit, values=values, reason="补记结束验收", at=on("2026-03-12"))
    assert status(city, "high_risk_permit_closing", on("2026-03-14", 0)) == [Status.met]


def test_drills_call_for_no_record_of_a_withdrawal(city):
    add(city, "withdrawal_order", "mine", on("2026-03-12"), drill=True)
    assert not duties(city, "withdrawal_order_record")
    add(
        city, "withdrawal_order", "mine", on("2026-03-13"), ordered_at="2026-03-13T10:22:00+08:00", reached_zero_at=None
    )
    assert status(city, "withdrawal_order_record", on("2026-03-14", 23)) == [Status.due]
    assert status(city, "withdrawal_order_record", on("2026-03-15", 0)) == [Status.overdue]


def test_shifts_are_counted_towards_the_week(city):
    open_and_credit(on("2026-03-09"))
    for day in range(9, 16):
        for shift in ("night", "morning", "afternoon"):
            add(
                city,
                "withdrawal_authority",
                "mine",
                on(f"2026-03-{day:02d}"),
                shift_on=f"2026-03-{day:02d}",
                shift=shift,
            )
            if (day, shift) == (15, "morning"):
                assert status(city, "withdrawal_authority_every_shift", on("2026-03-15")) == [Status.due]
    (duty,) = duties(city, "withdrawal_authority_every_shift")
    assert (duty.needed, status_of(duty, on("2026-03-16", 0))) == (21, Status.met)


def test_an_announced_turn_out_is_no_test(city):
    open_and_credit(on("2026-04-01"))
    add(city, "turn_out_test", "county", on("2026-04-21"), unannounced=False)
    owed = Duty.objects.get(obligation="turn_out_test_yearly", mine=city.mine)
    assert owed.done_at is None
    later = {"alarm_at": "2026-04-22T02:10:00+08:00", "departed_at": "2026-04-22T02:10:52+08:00"}
    add(city, "turn_out_test", "county", on("2026-04-22"), **later, arrived_at="2026-04-22T02:36:00+08:00")
    owed.refresh_from_db()
    assert owed.done_at is not None
