"""Requests that are made to harm, one function a kind: each sends one and returns the status it got (0: no answer)."""

import http.client
import json
import socket
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO

from openpyxl import Workbook

from kuangan.monitor.times import beijing_text

LEDGER = "violation"
WAITS_S = 60.0
BOUNDARY = "bench"


@dataclass(frozen=True)
class Target:
    """Where to send: ports, the cookie of a mine's clerk, his key to the API, a mine's feed key, a check-in path."""

    web: int
    ingest: int
    cookie: str
    csrf: str
    api_key: str
    mine: str
    feed_key: str


def send(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> int:
    """The status of one whole request; header names are written with _ for -."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAITS_S)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body or None, named)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def raw(port: int, content: bytes) -> int:
    """The status of whatever these bytes are answered with, after nothing more was sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=WAITS_S) as connection:
        try:
            connection.sendall(content)
            answer = connection.recv(100)
        except OSError:
            return 0
    return int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/") else 0


def half_sent(target: Target) -> int:
    """A header that never ends."""
    return raw(target.web, b"GET /login/ HTTP/1.1\r\nHost: localhost\r\n")


def unfinished_body(target: Target) -> int:
    """A log-in of 400 MB of which nothing comes."""
    return raw(target.web, b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 419430400\r\n\r\nx")


def unknown_login(target: Target) -> int:
    """A guess at a name that nobody has."""
    body = f"username=nobody&password=guess&csrfmiddlewaretoken={target.csrf}".encode()
    cookie = f"csrftoken={target.csrf}"
    kind = "application/x-www-form-urlencoded"
    return send(target.web, "POST", "/login/", body, Cookie=cookie, Content_Type=kind, Referer="http://localhost/")


def workbook_bomb(target: Target) -> int:
    """A small workbook in which one text of 2 MB stands in every cell."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{target.csrf}\r\n'
    file = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="sheet"; filename="a.xlsx"\r\n\r\n'
    body = (head + file).encode() + BOMB + f"\r\n--{BOUNDARY}--\r\n".encode()
    return send(
        target.web,
        "POST",
        f"/ledgers/{LEDGER}/import/",
        body,
        Cookie=f"{target.cookie}; csrftoken={target.csrf}",
        Content_Type=f"multipart/form-data; boundary={BOUNDARY}",
    )


def _entry(target: Target, **values: object) -> int:
    body = json.dumps({"values": values}, ensure_ascii=False).encode()
    path = f"/api/ledgers/{LEDGER}/entries"
    return send(
        target.web, "POST", path, body, Authorization=f"Bearer {target.api_key}", Content_Type="application/json"
    )


def endless_decimal(target: Target) -> int:
    """Twelve characters that are a number of a thousand million digits."""
    return _entry(target, fine="1e-1000000000")


def slow_moment(target: Target) -> int:
    """A moment that keeps a careless pattern busy."""
    return _entry(target, found_at="2026-11-29 1:1" + " " * 78_000 + "\nx\ny")


def deep_brackets(target: Target) -> int:
    """JSON that is nothing but depth."""
    body = b"[" * 15_000 + b"]" * 15_000
    return send(
        target.web,
        "POST",
        f"/api/ledgers/{LEDGER}/entries",
        body,
        Authorization=f"Bearer {target.api_key}",
        Content_Type="application/json",
    )


def strange_address(target: Target) -> int:
    """Characters and days that no page knows."""
    return send(target.web, "GET", "/public/mines/%00/?since=0001-01-01&week=9999-W53&to=%C2%B2", Host="localhost")


def wrong_host(target: Target) -> int:
    """A name that is not ours."""
    return send(target.web, "GET", "/login/", Host="evil.example")


def whole_export(target: Target) -> int:
    """The largest list there is as a workbook."""
    return send(target.web, "GET", f"/ledgers/{LEDGER}/?export=xlsx", Cookie=target.cookie)


def poisoned_reading(target: Target) -> int:
    """A value that rounds beyond what its column can hold."""
    record = f"{target.mine}01MN000100000000;环境瓦斯;1301采煤工作面;999999999999.9999999;%CH4;0;{{now}}~"
    return _feed(target, record)


def feed_noise(target: Target) -> int:
    """A megabyte that is no feed."""
    return send(
        target.ingest,
        "POST",
        "/api/feeds",
        b"\xff\x00noise" * 150_000,
        Authorization=f"Bearer {target.feed_key}",
        X_Feed_File=f"{target.mine}_CDSS_20260101000000.txt",
    )


def _feed(target: Target, record: str) -> int:
    now = beijing_text(int(time.time()))
    stamp = "".join(sign for sign in now if sign.isdigit())
    body = f"{target.mine};测量煤矿;{now}~{record.format(now=now)}||".encode()
    return send(
        target.ingest,
        "POST",
        "/api/feeds",
        body,
        Authorization=f"Bearer {target.feed_key}",
        X_Feed_File=f"{target.mine}_CDSS_{stamp}.txt",
    )


def _row(number: int) -> str:
    cells = "".join(f'<c r="{column}{number}" t="s"><v>0</v></c>' for column in "ABCDEFGH")
    return f'<row r="{number}">{cells}</row>'


def _bomb() -> bytes:
    """A workbook of a few kilobytes: one shared text of 2 MB, named by 40 rows of 8 cells."""
    plain = BytesIO()
    book = Workbook()
    book.active.append(["x"])
    book.save(plain)
    text = "A" * 2_000_000
    rows_xml = "".join(_row(number) for number in range(1, 41))
    spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        "xl/sharedStrings.xml": f'<sst xmlns="{spreadsheet}" count="1" uniqueCount="1"><si><t>{text}</t></si></sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{spreadsheet}"><sheetData>{rows_xml}</sheetData></worksheet>',
    }
    made = BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, parts.get(name, source.read(name)))
    return made.getvalue()


BOMB = _bomb()
KINDS: Mapping[str, Callable[[Target], int]] = {
    kind.__name__: kind
    for kind in (
        half_sent,
        unfinished_body,
        unknown_login,
        workbook_bomb,
        endless_decimal,
        slow_moment,
        deep_brackets,
        strange_address,
        wrong_host,
        whole_export,
        poisoned_reading,
        feed_noise,
    )
}
