"""文书: one paper with its service and publication, and its frozen PDF."""

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from kuangan.base import clock
from kuangan.casework.queries import case_of_paper
from kuangan.flow.reports import TEMPLATES
from kuangan.office.standing import own_offices
from kuangan.paper.models import Paper
from kuangan.paper.queries import papers_visible_to, pdf_bytes, publications_of, services_of
from kuangan.web.cases.beside import PUBLICATIONS, SERVICES
from kuangan.web.cases.sight import trail_in_sight
from kuangan.web.frame.doors import MINE, OVERSEERS, door
from kuangan.web.frame.page import show
from kuangan.web.frame.preview import draft_of
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import bare


def paper_in_sight(request: Request, pk: int) -> Paper:
    """The paper if the person may see it, otherwise 404."""
    return get_object_or_404(papers_visible_to(request.user), pk=pk)


@door(*OVERSEERS, *MINE)
def paper(request: Request, pk: int) -> HttpResponse:
    """The paper as it looks, with number, digest, service and publication."""
    paper = paper_in_sight(request, pk)
    context: dict[str, Any] = {
        "paper": paper,
        "draft": draft_of(paper, paper.frozen_at or clock.now()),
        "link": case_of_paper(request.user, paper),
        "services": bare(SERVICES, services_of(request.user, paper), "尚未送达。"),
        "publications": bare(PUBLICATIONS, publications_of(request.user, paper)),
        "reports": paper.template in TEMPLATES and paper.frozen_at is not None,
        "sends": any(unit.pk == paper.unit_id for unit in own_offices(request.user)),
        "events": trail_in_sight(request, paper, paper.unit),
    }
    return show(request, "cases/paper.html", **context)


@door(*OVERSEERS, *MINE)
def paper_pdf(request: Request, pk: int) -> HttpResponse:
    """The frozen PDF, checked against its digest; a draft has none."""
    paper = paper_in_sight(request, pk)
    if not paper.pdf_sha256:
        return show(
            request,
            "frame/error.html",
            status=404,
            status_code=404,
            title="尚未定稿",
            advice="草稿没有 PDF 文件。定稿、编号后方可下载。",
        )
    name = quote(f"{paper.title}{paper.number or ''}.pdf")
    return HttpResponse(
        pdf_bytes(paper),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f"inline; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
        },
    )
