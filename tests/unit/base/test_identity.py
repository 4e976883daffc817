from datetime import date

import pytest

from kuangan.base.identity import NoIdentityNumber, check_character, identity_number, masked_identity

ON = date(2026, 3, 10)
KNOWN = "11010519491231002X"
"""The example of the standard itself."""


@pytest.mark.parametrize(
    "given", [KNOWN, "11010519491231002x", " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_a_number_is_kept_in_one_way_whatever_its_width_and_case(given):
    assert identity_number(given, ON) == KNOWN


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("110105194912310021", "校验位不符"),
        ("11010519491231002", "现为17位"),
        ("130503670401001", "现为15位"),
        ("", "现为0位"),
        ("11010519491331002X", "出生日期"),
        ("A1010519491231002X", "前17位为数字"),
    ],
)
def test_what_is_no_number_is_refused_in_words(given, said):
    with pytest.raises(NoIdentityNumber, match=said):
        identity_number(given, ON)


def born(day: str) -> str:
    digits = f"140423{day}001"
    return digits + check_character(digits)


def test_nobody_is_born_after_the_day_or_before_1900():
    assert identity_number(born("20260310"), ON)
    assert identity_number(born("19000101"), ON)
    for day in ("20260311", "18991231"):
        with pytest.raises(NoIdentityNumber, match="不合理"):
            identity_number(born(day), ON)


def test_others_see_the_first_three_and_the_last_two():
    assert masked_identity(KNOWN) == "110*************2X"
    assert masked_identity("12345") == "*****"
