import asyncio

from django.http import HttpResponse
from django.test import RequestFactory

from kuangan.site.csp import HEADER, POLICY, ContentSecurityPolicy


def test_every_response_carries_the_policy_and_nothing_inline_is_allowed():
    response = ContentSecurityPolicy(lambda request: HttpResponse())(RequestFactory().get("/"))
    assert response[HEADER] == POLICY
    assert "default-src 'self'" in POLICY
    assert "unsafe" not in POLICY


def test_an_async_server_gets_it_too():
    async def view(request):
        return HttpResponse()

    response = asyncio.run(ContentSecurityPolicy(view)(RequestFactory().get("/")))
    assert response[HEADER] == POLICY


def test_a_view_keeps_a_policy_of_its_own():
    own = HttpResponse(headers={HEADER: "default-src 'none'"})
    assert ContentSecurityPolicy(lambda request: own)(RequestFactory().get("/"))[HEADER] == "default-src 'none'"
