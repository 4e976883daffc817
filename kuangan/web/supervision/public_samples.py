"""Monthly samples as anybody may see and recompute them, without login."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from kuangan.sample.queries import public_record, public_samples
from kuangan.web.frame.doors import door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import table
from kuangan.web.supervision.draw_rows import json_file
from kuangan.web.supervision.sample_lists import PUBLIC


@door(public=True)
def sample_list(request: Request) -> HttpResponse:
    """Every sample, the newest month first."""
    listed = table(
        request,
        PUBLIC,
        public_samples(),
        nothing="还没有抽查核实记录",
        hint="每月初公布种子承诺，次月初抽取，全部结论确认后公开结果。",
        unexported=True,
    )
    return show(request, "supervision/samples/public_list.html", table=listed)


@door(public=True)
def public_sample_record(request: Request, slug: str) -> HttpResponse:
    """The record as JSON, for `kuangan draw verify`: before all verdicts are confirmed the commitment and the digest of the pool."""
    sample = get_object_or_404(public_samples(), slug=slug)
    return json_file(public_record(sample), f"sample-{sample.slug}.json")
