"""The examples for Caddy and nginx, as they stand in the documents, in front of the real pages: TLS, streams, uploads, addresses."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pyotp
import pytest
from django.conf import settings as site_settings

from kuangan.core.models import FormUpload, LoginSession
from kuangan.host.data_folder import DataFolder
from kuangan.host.ports import accepts
from kuangan.host.processes import wait_until
from kuangan.web.frame.live import CHANNEL
from tests.certificates import made_certificate
from tests.city import PASSWORD, bind_codes, build_city
from tests.ingest_process import IngestProcess, command
from tests.signing import SECRET

pytestmark = pytest.mark.kill
EXAMPLES = Path(__file__).parents[2] / "docs" / "how-to" / "proxy"
PROXIES = {"nginx": "nginx.conf", "caddy": "Caddyfile"}
BROWSER, NEIGHBOUR, FORGED = "127.0.0.7", "127.0.0.8", "203.0.113.9"
ONCE = (
    "strict-transport-security",
    "content-security-policy",
    "x-frame-options",
    "x-content-type-options",
    "referrer-policy",
)
AT_ONCE_S = 8.0
"""An event that somebody held back would come with the next sign of life, after 15 s."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def changed(text, changes):
    """The example for this machine; what is changed must stand in it."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


class Stage:
    """Pages and door behind a proxy, all real processes."""

    def __init__(self, kind, place, database_url):
        self.kind, self.place, self.url = kind, place, database_url
        self.https, self.http, self.web = free_port(), free_port(), free_port()
        self.ingest = IngestProcess(place, database_url)
        self.certificate = made_certificate(place / "kuangan.crt")

    def changes(self):
        same = {
            "/etc/ssl/kuangan/kuangan.crt": str(self.certificate),
            "/etc/ssl/kuangan/kuangan.key": str(self.certificate.with_suffix(".key")),
            "127.0.0.1:8000": f"127.0.0.1:{self.web}",
            "127.0.0.1:8001": f"127.0.0.1:{self.ingest.port}",
        }
        if self.kind == "caddy":
            return same | {"\nkuangan.example {": "\nlocalhost {"}
        return same | {
            "listen 80;": f"listen 127.0.0.1:{self.http};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.https} ssl;",
            "server_name kuangan.example;": "server_name localhost;",
        }

    def program(self):
        """The proxy's command; its configuration is the example with a frame around it."""
        text = changed((EXAMPLES / PROXIES[self.kind]).read_text(), self.changes())
        written = self.place / PROXIES[self.kind]
        if self.kind == "caddy":
            written.write_text(f"{{\n\tadmin off\n\thttp_port {self.http}\n\thttps_port {self.https}\n}}\n{text}")
            return ["caddy", "run", "--config", str(written), "--adapter", "caddyfile"]
        user = "user root;\n" if os.geteuid() == 0 else ""
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        own = "".join(f"{part}_temp_path {self.place}/{part};\n" for part in kinds)
        frame = (
            f"{user}daemon off;\npid {self.place}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{own}"
        )
        written.write_text(f"{frame}{text}}}\n")
        return ["nginx", "-p", str(self.place), "-c", str(written)]

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KUANGAN_")}
        return kept | {
            "KUANGAN_DATA": str(self.place),
            "DATABASE_URL": self.url,
            "KUANGAN_BEHIND_PROXY": "1",
            "KUANGAN_HOSTS": "localhost",
            "KUANGAN_ORIGINS": f"https://localhost:{self.https}",
            "KUANGAN_PROXIES": "127.0.0.1",
            "HOME": str(self.place),
            "XDG_DATA_HOME": str(self.place),
            "XDG_CONFIG_HOME": str(self.place),
        }

    @contextmanager
    def running(self):
        """The processes, until the test ends."""
        self.ingest.start()
        pages = command("web", "--port", str(self.web))
        with (self.place / "processes.log").open("ab") as log:
            started = [
                subprocess.Popen(words, env=self.environment(), stdout=log, stderr=log)
                for words in (pages, self.program())
            ]
        try:
            ready = wait_until(
                lambda: all(accepts("127.0.0.1", port) for port in (self.web, self.https)), 120, every=0.2
            )
            assert ready, (self.place / "processes.log").read_text()[-3000:]
            yield self
        finally:
            for process in started:
                process.send_signal(signal.SIGTERM)
            for process in started:
                process.wait(20)
            self.ingest.kill()

    def browser(self, address=BROWSER):
        """A client at an address of its own that trusts the certificate, and claims to be somebody else."""
        trusting = ssl.create_default_context(cafile=str(self.certificate))
        transport = httpx.HTTPTransport(verify=trusting, local_address=address)
        forged = {"X-Forwarded-For": FORGED, "X-Real-IP": FORGED, "Forwarded": f"for={FORGED}"}
        base = f"https://localhost:{self.https}"
        return httpx.Client(transport=transport, base_url=base, headers=forged | {"Referer": f"{base}/"}, timeout=120)


@pytest.fixture(params=sorted(PROXIES))
def stage(request, committed_db, tmp_path, settings):
    if shutil.which(request.param) is None:
        pytest.skip(f"本机没有 {request.param}，未试验其示例配置（apt-get install {request.param}）")
    settings.DATA = DataFolder(tmp_path)
    city = build_city()
    bind_codes(SECRET)
    with Stage(request.param, tmp_path, committed_db.url()).running() as running:
        running.city = city
        yield running


def log_in(client, username="county_section"):
    page = client.get("/login/")
    given = {
        "username": username,
        "password": PASSWORD,
        "code": pyotp.TOTP(SECRET).now(),
        "csrfmiddlewaretoken": client.cookies["csrftoken"],
    }
    answer = client.post("/login/", data=given)
    assert answer.status_code == 302, answer.text[-2000:]
    return page


def largest_video(place):
    """A film of exactly as many bytes as an attachment may have."""
    size = site_settings.KUANGAN_ATTACHMENT_MAX_BYTES
    ends = (b"\0\0\0\x10ftypisom\0\0\0\0", b"\0\0\0\x08moov")
    middle = size - sum(map(len, ends))
    with place.open("wb") as file:
        file.write(ends[0] + middle.to_bytes(4, "big") + b"mdat")
        file.seek(size - len(ends[1]))
        file.write(ends[1])
    assert place.stat().st_size == size
    return place


def test_the_example_carries_a_day_at_the_office(stage):
    with stage.browser() as client:
        page = log_in(client)
        assert {name: len(page.headers.get_list(name)) for name in ONCE} == dict.fromkeys(ONCE, 1)
        assert all(cookie.secure for cookie in client.cookies.jar)
        assert [session.address for session in LoginSession.objects.exclude(user=None)] == [BROWSER]
        an_event_comes_at_once(stage, client)
        the_largest_upload_passes(stage, client)
        refused = client.post("/api/feeds", content=b"x")
        assert (refused.status_code, refused.headers["content-type"].partition(";")[0]) == (401, "application/json")
    a_neighbour_is_not_believed(stage)
    plain = httpx.get(f"http://127.0.0.1:{stage.http}/login/", headers={"Host": "localhost"})
    assert plain.status_code in {301, 308}
    assert plain.headers["location"].startswith("https://localhost")


def an_event_comes_at_once(stage, client):
    with client.stream("GET", "/live/") as stream:
        lines = stream.iter_lines()
        assert any('"topic": "all"' in line for line in lines)  # the server listens
        told = time.monotonic()
        with psycopg.connect(stage.url, autocommit=True) as connection:
            change = f'{{"path": "{stage.city.units["county"].path}", "topic": "proxied"}}'
            connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, change])
        assert any('"topic": "proxied"' in line for line in lines)
        assert time.monotonic() - told < AT_ONCE_S


def the_largest_upload_passes(stage, client):
    """A refused form keeps its file: the title is missing, the film is there."""
    film = largest_video(stage.place / "film.mp4")
    given = {
        "issuer": stage.city.units["county"].pk,
        "kind": "notice",
        "body": "请落实。",
        "form_mark": "aB3-_aB3-_aB3-_aB3-_",
        "csrfmiddlewaretoken": client.cookies["csrftoken"],
    }
    with film.open("rb") as content:
        answer = client.post(
            "/office/circulars/new/", data=given, files={"attached": (film.name, content, "video/mp4")}
        )
    assert answer.status_code == 200, answer.text[-2000:]
    assert [upload.size for upload in FormUpload.objects.all()] == [film.stat().st_size]


def a_neighbour_is_not_believed(stage):
    """Who reaches the pages beside the proxy is himself, whatever he claims."""
    LoginSession.objects.all().delete()
    transport = httpx.HTTPTransport(local_address=NEIGHBOUR)
    claims = {"X-Forwarded-For": FORGED, "X-Forwarded-Proto": "https", "Host": "localhost"}
    with httpx.Client(
        transport=transport, base_url=f"http://127.0.0.1:{stage.web}", headers=claims, timeout=60
    ) as client:
        answer = client.get("/login/")
        assert "strict-transport-security" not in answer.headers
        token = answer.cookies["csrftoken"]
        given = {
            "username": "county_duty",
            "password": PASSWORD,
            "code": pyotp.TOTP(SECRET).now(),
            "csrfmiddlewaretoken": token,
        }
        client.post("/login/", data=given, headers={"Cookie": f"csrftoken={token}"})
    addresses = set(LoginSession.objects.values_list("address", flat=True))
    assert addresses == {NEIGHBOUR}
