import pytest

from kuangan.base.text import clean_line, clean_text, person_name, says_something


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("甲\x0b乙", "甲\n乙"),
        ("甲\r\n乙\r丙", "甲\n乙\n丙"),
        ("甲\x00\x1f乙\ufffe\uffff", "甲乙"),
        ("\ud800甲", "甲"),
        ("甲\t乙", "甲\t乙"),
    ],
)
def test_what_no_document_can_hold_is_taken_out(given, kept):
    assert clean_text(given) == kept


def test_a_line_has_no_breaks_and_no_blanks_at_its_ends():
    assert clean_line("  甲\x0b乙\t丙 ") == "甲 乙 丙"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("王　芳", "王芳"),
        (" 张 三 ", "张三"),
        ("阿卜杜·热合曼", "阿卜杜·热合曼"),
        ("John  Smith", "John Smith"),
        ("𬱖 㙍", "𬱖㙍"),
    ],
)
def test_one_person_has_one_name(given, name):
    assert person_name(given) == name


@pytest.mark.parametrize(
    ("text", "says"),
    [("一座煤矿接续紧张", True), ("无突出问题，上月问题均已解决", True), ("无", False), ("暂无。", False), (" / ", False),
     ("——", False), ("", False), (None, False)],
)  # fmt: skip
def test_a_word_for_nothing_says_nothing(text, says):
    assert says_something(text) is says
