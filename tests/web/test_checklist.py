"""启用清单 as pages show it: to each his part, links only where they open."""

from django.urls import reverse


def test_an_administrator_sees_what_is_missing_with_links_and_a_county_its_own_part(as_user):
    page = as_user("operator").get(reverse("start"))
    text = page.content.decode()
    assert "签发接入密钥" in text
    assert f'href="{reverse("feed_tokens")}"' in text
    for name in ("city_books", "invitations"):
        assert f'href="{reverse(name)}"' in text  # a page that he may open, not the one of the offices
    assert "由系统管理员办理" not in text
    county = as_user("county_section").get(reverse("start")).content.decode()
    assert "签发接入密钥" not in county
    assert f'href="{reverse("feed_points")}"' in county
    assert f'href="{reverse("users")}"' not in county
    assert "由系统管理员办理" in county


def test_the_hint_stands_while_something_is_open_and_first_pages_ask_for_it(as_user):
    assert "打开启用清单" in as_user("operator").get(reverse("start_hint")).content.decode()
    for username, name in (("operator", "status"), ("security_admin", "users"), ("county_section", "today")):
        assert f'hx-get="{reverse("start_hint")}"' in as_user(username).get(reverse(name)).content.decode()
