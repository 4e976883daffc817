"""Instruments: dates in force, supersession, and the words of the cited articles."""

from datetime import date

import pytest

from kuangan.law.cite import Cite
from kuangan.law.instrument import article_text, chinese_ordinal, cite_text, in_force, instrument_by_id, instruments

ORDINANCE = "coal_mine_safety_ordinance"


def test_regulations_are_superseded_on_the_day():
    old, new = Cite("coal_mine_safety_regulations_2022", "498"), Cite("coal_mine_safety_regulations_2025")
    assert [in_force(old, date(2026, 1, 31)), in_force(new, date(2026, 1, 31))] == [True, False]
    assert [in_force(old, date(2026, 2, 1)), in_force(new, date(2026, 2, 1))] == [False, True]


def test_superseded_instruments_end_when_their_successor_begins():
    for each in instruments().values():
        for old in each.supersedes:
            assert instrument_by_id(old).in_force_to == each.in_force_from


@pytest.mark.parametrize(
    ("article", "text"),
    [
        ("", "《煤矿安全生产条例》"),
        ("48", "《煤矿安全生产条例》第四十八条"),
        ("48.2", "《煤矿安全生产条例》第四十八条第二款"),
        ("44.1.3", "《煤矿安全生产条例》第四十四条第一款第（三）项"),
    ],
)
def test_citation_is_written_as_papers_write_it(article: str, text: str):
    assert cite_text(Cite(ORDINANCE, article)) == text


def test_article_text_narrows_to_paragraph_and_item():
    whole = article_text(Cite(ORDINANCE, "44"))
    item = article_text(Cite(ORDINANCE, "44.1.3"))
    assert item.startswith("（三）对检查中发现的事故隐患，应当责令立即排除")
    assert item in whole
    assert article_text(Cite(ORDINANCE, "44.2")) == "监督检查不得影响煤矿企业的正常生产经营活动。"
    assert "20日内组织验收完毕" in article_text(Cite(ORDINANCE, "48.2"))
    assert article_text(Cite("coal_mine_safety_regulations_2025")) == ""


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (48, "四十八"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (112, "一百一十二"),
        (498, "四百九十八"),
    ],
)
def test_articles_are_numbered_in_chinese(number: int, text: str):
    assert chinese_ordinal(number) == text


def test_unknown_instrument_says_what_to_add():
    with pytest.raises(KeyError, match="corpus/instruments/no_such_law"):
        cite_text(Cite("no_such_law", "1"))
