"""The law library: an instrument's page shows its text by article, where it comes from, and what rests on each article."""

from django.urls import reverse


def test_a_law_is_read_by_article_with_what_rests_on_it(world, as_user):
    page = as_user("mine_director").get(reverse("instrument", args=["coal_mine_safety_ordinance"])).content.decode()
    assert "第三十六条" in page
    assert "（十三）未按照规定采用双回路供电系统的；" in page
    assert "规则“季度产量超能力”" in page
    assert "共76条" in page


def test_a_law_without_its_text_says_so(world, as_user):
    page = as_user("mine_director").get(reverse("instrument", args=["succession_measures_2018"])).content.decode()
    assert "仅收录平台引用的条文" in page
    assert "摘要，非原文" in page


def test_criteria_that_ended_are_no_law_of_the_day(world, as_user):
    page = as_user("mine_director").get(reverse("instrument", args=["major_hazard_criteria_2026"])).content.decode()
    assert "major_hazard_criteria_2020" in page
