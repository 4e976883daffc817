"""Section 0 of the findings on law: texts by article, paragraph and item; citations and quotations proven against them; instruments that end."""

from dataclasses import replace
from datetime import date

import pytest

from kuangan.law import instrument as instruments_module
from kuangan.law.cite import Cite
from kuangan.law.content import rules
from kuangan.law.instrument import (
    article_text,
    cite_text,
    has_article,
    in_force,
    instrument_by_id,
    instruments,
    is_vague,
)
from kuangan.law.lawcheck import citations
from kuangan.law.library.article import TEXTS, Article, read_articles
from kuangan.law.rule import Breach
from kuangan.law.source import CorpusError

OLD, NEW = "major_hazard_criteria_2020", "major_hazard_criteria_2026"


def test_every_text_belongs_to_an_instrument_and_is_read_whole():
    at_hand = {each.id: each for each in instruments().values() if each.text}
    assert {path.stem for path in TEXTS.glob("*.txt")} == set(at_hand)
    for each in at_hand.values():
        assert each.articles, each.id
        assert all(article.text.strip() and article.quoted is each.verbatim for article in each.articles.values())
    assert len(at_hand["coal_mine_safety_regulations_2025"].articles) == 777
    assert len(at_hand[NEW].articles) == 21


@pytest.mark.parametrize(
    ("cite", "words"),
    [
        (Cite("coal_mine_safety_ordinance", "36.1.13"), "（十三）未按照规定采用双回路供电系统的；"),
        (Cite("coal_mine_safety_ordinance", "21.1"), "煤矿企业主要负责人和安全生产管理人员应当通过"),
        (Cite("work_safety_emergency_regulation", "14.1.2"), "(二)危险物品的生产、经营、储存、运输单位以及矿山"),
        (Cite("cybersecurity_law_2025", "23.1.3"), "（三）采取监测、记录网络运行状态"),
        (Cite("criminal_law", "134-1.1"), "在生产、作业中违反有关安全管理的规定"),
    ],
)
def test_an_article_is_read_to_its_paragraph_and_item(cite, words):
    assert article_text(cite).startswith(words)


def test_a_text_without_articles_is_cited_by_its_parts():
    notice, plan = "disaster_change_notice_2023", "shanxi_emergency_plan_2020"
    assert len(instruments()[notice].articles) == 3
    assert len(instruments()[plan].articles) == 8
    assert article_text(Cite(notice, "2.1.1")).startswith("1. 井下所有作业场所回风流中甲烷浓度超过1.0%")
    assert article_text(Cite(plan, "1.1")).startswith("1.1 编制目的")
    assert cite_text(Cite(notice, "2.1.10")).endswith("第二部分第一款第（十）项")
    assert not has_article(Cite(notice, "2.1.11"))


def test_tables_and_numbered_parts_belong_to_their_item():
    drainage = article_text(Cite(NEW, "5.1.9"))
    assert "| Q≥500 | ≥60 |" in drainage
    assert not has_article(Cite(NEW, "5.1.10"))
    assert "（7）对距本煤层法向距离小于5m" in article_text(Cite(NEW, "6.1.2"))


def test_an_inserted_article_is_cited_as_papers_write_it():
    assert cite_text(Cite("criminal_law", "139-1")) == "《中华人民共和国刑法》第一百三十九条之一"


@pytest.mark.parametrize("article", ["77", "36.1.99", "21.3", "0"])
def test_a_place_that_is_not_there_is_not_cited(article):
    assert not has_article(Cite("coal_mine_safety_ordinance", article))


def test_a_citation_of_a_place_that_is_not_there_is_found(monkeypatch):
    use = citations.Use("rules/some_rule", Cite("coal_mine_safety_ordinance", "36.2.1"), date(2026, 3, 1), None)
    monkeypatch.setattr(citations, "uses", lambda: [use])
    assert [problem.where for problem in citations.check()] == ["rules/some_rule"]


def test_what_rests_on_one_sentence_cites_its_paragraph(monkeypatch):
    assert is_vague(Cite("coal_mine_safety_ordinance", "35"))
    assert not is_vague(Cite("coal_mine_safety_ordinance", "35.2"))
    assert not is_vague(Cite("coal_mine_safety_ordinance", "34"))  # it has one paragraph
    use = citations.Use("rules/some_rule", Cite("coal_mine_safety_ordinance", "35"), date(2026, 3, 1), None)
    monkeypatch.setattr(citations, "uses", lambda: [use])
    assert "有数款" in next(citations.check()).message


def test_a6_the_criteria_of_2020_end_when_those_of_2026_begin():
    last, first = date(2026, 6, 30), date(2026, 7, 1)
    assert [in_force(Cite(each), last) for each in (OLD, NEW)] == [True, False]
    assert [in_force(Cite(each), first) for each in (OLD, NEW)] == [False, True]
    assert not instrument_by_id(OLD).verbatim


def test_a6_an_edition_that_forgets_whom_it_replaces_is_found(monkeypatch):
    changed = {**instruments(), NEW: replace(instrument_by_id(NEW), supersedes=())}
    monkeypatch.setattr(instruments_module, "instruments", lambda: changed)
    assert f"instruments/{NEW}" in {problem.where for problem in citations.check()}


def test_a6_a_number_of_the_ended_criteria_is_no_number_after_them(monkeypatch):
    use = citations.Use("local/general/production.month_share", Cite(OLD, "4.1.1"), date(2021, 1, 1), None)
    monkeypatch.setattr(citations, "uses", lambda: [use])
    assert "自 2026-07-01 起不再施行" in next(citations.check()).message


ORDINANCE, EMERGENCY = "coal_mine_safety_ordinance", "work_safety_emergency_regulation"
PUT_RIGHT = (
    ("rules/first_responsible_missing", f"{ORDINANCE} 21.1", f"{ORDINANCE} 22"),
    ("rules/working_regulation_lapsed", f"{ORDINANCE} 18.1.2", f"{ORDINANCE} 20.1.1"),
    ("rules/change_link_not_declared", "register 3.1", ""),
    ("ledgers/emergency_organisation", f"{EMERGENCY} 14.1.2", f"{EMERGENCY} 6"),
    ("obligations/emergency_organisation_standing", f"{EMERGENCY} 14.1.2", f"{EMERGENCY} 6"),
    ("obligations/rescue_entry_record", "register 17.1", f"{EMERGENCY} 24"),
    ("local/general/rescue_entry.record", "register 17.1", f"{EMERGENCY} 24"),
    ("ledgers/staff_count", "register 4.1", "work_safety_law 22"),
    ("obligations/staff_count_month", "register 4.1", "work_safety_law 22"),
    ("rules/one_supply_circuit_lost", "coal_mine_safety_regulations_2025 472.1", f"{ORDINANCE} 36.1.13"),
    ("papers/alarm_notice", "alarm_handling_measures_2025", f"{ORDINANCE} 37"),
    ("procedures/suspension", "work_safety_penalty_measures_2025 22", f"{ORDINANCE} 44"),
    ("procedures/suspension", "work_safety_penalty_measures_2025 22", "work_safety_law 65"),
    ("rules/succession_tight_not_limited", f"{ORDINANCE} 36.1.1", f"{ORDINANCE} 36"),
    ("rules/certificate_expired", f"{ORDINANCE} 21.2", f"{ORDINANCE} 21"),
    ("rules/principal_led_shifts_short", f"{ORDINANCE} 23.2", f"{ORDINANCE} 23"),
    ("obligations/working_regulation_renew", f"{ORDINANCE} 18.1.2", f"{ORDINANCE} 18"),
    ("ledgers/working_regulation", f"{ORDINANCE} 18.1.2", f"{ORDINANCE} 18"),
    ("ledgers/equipment_maintenance", f"{ORDINANCE} 25.2", f"{ORDINANCE} 25"),
    ("obligations/equipment_maintenance_monthly", f"{ORDINANCE} 25.2", f"{ORDINANCE} 25"),
    ("local/general/equipment_maintenance.times_per_month", f"{ORDINANCE} 25.2", f"{ORDINANCE} 25"),
    ("local/general/equipment_maintenance.grace", f"{ORDINANCE} 25.2", f"{ORDINANCE} 25"),
    ("ledgers/emergency_inspection", f"{EMERGENCY} 8.3", f"{EMERGENCY} 8"),
    ("obligations/emergency_inspection_yearly", f"{EMERGENCY} 8.3", f"{EMERGENCY} 8"),
    ("ledgers/production_month", "register 3.1", f"{ORDINANCE} 31.1"),
    ("ledgers/production_plan_year", "register 3.1", f"{ORDINANCE} 31.1"),
    ("obligations/production_month_report", "register 3.1", f"{ORDINANCE} 31.1"),
    ("obligations/production_plan_year", "register 3.1", f"{ORDINANCE} 31.1"),
    ("obligations/dual_power_monthly_check", "register 5.3", f"{ORDINANCE} 36.1.13"),
    ("obligations/dual_power_second_monthly_check", "register 5.3", f"{ORDINANCE} 36.1.13"),
    ("limits/ch4", "coal_mine_safety_regulations_2025 536", "coal_mine_safety_regulations_2025"),
    ("limits/co", "coal_mine_safety_regulations_2025 541", "coal_mine_safety_regulations_2025"),
)  # fmt: skip


@pytest.fixture(scope="module")
def cited() -> dict[str, set[str]]:
    """What each item of the corpus cites."""
    by_item: dict[str, set[str]] = {}
    for use in citations.uses():
        by_item.setdefault(use.where, set()).add(f"{use.cite.instrument} {use.cite.article}".strip())
    return by_item


@pytest.mark.parametrize(("where", "right", "wrong"), PUT_RIGHT)
def test_a_citation_that_was_put_right_stays_right(cited, where, right, wrong):
    assert right in cited[where]
    assert wrong not in cited[where]


def test_articles_out_of_order_are_refused(tmp_path):
    text = tmp_path / "some_law.txt"
    text.write_text("第二条 甲。\n第一条 乙。\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"some_law\.txt:2: article 1 comes after 2"):
        read_articles(text, quoted=True)


def test_a_heading_ends_an_article(tmp_path):
    text = tmp_path / "some_law.txt"
    text.write_text("第一条 甲。\n\n# 第二章\n\n第二条 乙。\n丙。\n", encoding="utf-8")
    assert read_articles(text, quoted=True) == {"1": Article("1", "甲。", True), "2": Article("2", "乙。\n丙。", True)}


def test_a_rule_cites_what_it_may_find_by():
    for rule in rules():
        for example in rule.examples:
            outcome = rule.say(example.facts, example.at)
            if isinstance(outcome, Breach):
                assert {*outcome.cites} <= {*rule.cites, *rule.past}, rule.id
