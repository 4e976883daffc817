"""Finds every form of every page and fills it with what nobody should send."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from tests.web.matrix import Row
from tests.web.world import INSIDE, World

STRANGE = (
    "",
    "\x00",
    "\x0b\x1f\ufffe",
    "甲" * 100_000,
    "１２．５",
    "1e-1000000000",
    "1e999999",
    "9" * 5_000,
    "-1",
    "18446744073709551616",
    "0001-01-01",
    "9999-12-31T23:59",
    "9999-W53",
    "2026-02-30",
    "2026-11-29 1:1" + " " * 50_000 + "\nx",
    "²",
    "NaN",
    "<img src=x onerror=1>",
    "=HYPERLINK(1)",
    "e" + "\u0301" * 5_000,
    "\n" * 20_000,
    "[" * 20_000,
    "\u202e%s{}{{}}",
    "'; DROP TABLE core_user; --\"\\%_",
    "None",
)
"""One text a kind of trouble: empty, unprintable, long, other digits, huge, negative, odd days, slow, marks, mark-up."""

FILES = (
    ("empty.xlsx", b""),
    ("无.xlsx", b"PK\x03\x04" + b"\x00" * 200),
    ("a.pdf", b"%PDF-1.4\n%%EOF"),
    ("..\\..\\x\x00.png", b"\x89PNG\r\n\x1a\n"),
    ("n" * 300 + ".docx", b"no document"),
)


@dataclass
class Form:
    """One form of a page: where it goes, and its controls with the values they have."""

    action: str
    method: str = "get"
    values: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    @property
    def kind(self) -> tuple[str, tuple[str, ...]]:
        """What tells forms apart: the page they go to and the names of their controls."""
        names = tuple(sorted({name.rstrip("0123456789") for name in (*self.values, *self.files)}))
        return resolve(self.action).url_name, names

    def filled(self, strange: str, only: str = "") -> dict[str, object]:
        """The form with ``strange`` in every control (or ``only`` one), what a press of its button would send besides."""
        kept = ("csrfmiddlewaretoken", "form_mark")
        sent = {
            name: strange if name not in kept and only in ("", name) else values for name, values in self.values.items()
        }
        return {name: value for name, value in sent.items() if value != []}


class _Forms(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms, self.open, self.select = address, [], None, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            target = given.get("action") or given.get("hx-post") or self.address
            self.open = Form(target.split("?")[0], "post" if "hx-post" in given else given.get("method", "get").lower())
            self.forms.append(self.open)
        name = given.get("name")
        if tag == "option" and self.select and self.open and "selected" in given:
            self.open.values[self.select] = [given.get("value", "")]
        if not (self.open and name):
            return
        if given.get("type") == "file":
            self.open.files.append(name)
        elif tag in ("input", "textarea", "select", "button"):
            ticked = given.get("type") not in ("checkbox", "radio") or "checked" in given
            self.open.values.setdefault(name, [])
            self.open.values[name] += [given.get("value", "")] if ticked else []
            self.select = name if tag == "select" else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        if tag == "select":
            self.select = ""


def forms_of(client: Client, address: str) -> list[Form]:
    """The forms of a page that go to pages of ours."""
    response = client.get(address)
    if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
        return []
    parser = _Forms(address)
    parser.feed(response.content.decode())
    return [form for form in parser.forms if _is_ours(form.action)]


def _is_ours(address: str) -> bool:
    try:
        return bool(resolve(address).url_name)
    except Resolver404:
        return False


MINE_SIDE = ("mine_dispatcher", "mine_director")


def forms_of_pages(world: World, clients: dict[str, Client], rows: dict[str, Row]) -> Iterator[tuple[str, Form]]:
    """Every kind of form of these pages once, as the first person of the authorities and of the mines who sees it."""
    known = set()
    for name, row in rows.items():
        if name == "logout":
            continue
        address = reverse(name, args=row.args(world))
        names = [INSIDE[role] for role in INSIDE if role in row.roles]
        sides = [names_of for names_of in _sides(names) if names_of]
        for side in sides:
            seen = next(((user, forms) for user in side if (forms := forms_of(clients[user], address))), None)
            for form in seen[1] if seen else []:
                if form.kind not in known and form.kind[0] != "logout":
                    known.add(form.kind)
                    yield seen[0], form


def _sides(names: list[str]) -> tuple[list[str], list[str]]:
    authorities = [name for name in ("county_section", "county_clerk", "operator") if name in names]
    others = [name for name in names if name not in authorities and name not in MINE_SIDE]
    return authorities + others[:2], [name for name in MINE_SIDE if name in names]


def sent(client: Client, form: Form, data: dict[str, object], *, files: bool = True):
    """The answer to the form with this data, with every kind of bad file in its file controls in turn."""
    if form.method == "get":
        return [client.get(form.action, data)]
    answers = []
    for name, content in FILES if files and form.files else [("", b"")]:
        uploads = {each: SimpleUploadedFile(name or "x", content) for each in form.files}
        answers.append(client.post(form.action, data | uploads))
    return answers
