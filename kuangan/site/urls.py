"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from kuangan.api.urls import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api.urls),
    path("", include("kuangan.web.urls")),
]

handler400 = "kuangan.web.frame.errors.bad_request"
handler403 = "kuangan.web.frame.errors.forbidden"
handler404 = "kuangan.web.frame.errors.not_found"
handler500 = "kuangan.web.frame.errors.server_error"
