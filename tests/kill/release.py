"""The data folder of an earlier release, as its users left it, for the tests that start it under this version."""

import hashlib
import json
import os
import tarfile
from pathlib import Path

import httpx
import pyotp
import pytest

from kuangan.host.database.accounts import FORMER_ACCOUNT
from tests.kill.platform import Platform

SAMPLES = Path(__file__).parent.parent / "samples" / "releases"
NAME = "f177866.tar.xz"


class OldPlatform(Platform):
    """`kuangan up` over the kept folder: made by root, its cluster owned by nobody, trust for whoever reaches the socket."""

    def __init__(self) -> None:
        if os.geteuid() != 0:
            pytest.skip(f"旧版数据由 root 建立、数据库属于 {FORMER_ACCOUNT}，须以 root 运行本测试")
        super().__init__()
        wanted = dict(reversed(line.split()) for line in (SAMPLES / "SHA256SUMS").read_text().splitlines())
        assert hashlib.sha256((SAMPLES / NAME).read_bytes()).hexdigest() == wanted[NAME]
        with tarfile.open(SAMPLES / NAME) as archive:
            archive.extractall(self.home, numeric_owner=True, filter="fully_trusted")  # noqa: S202 (our own, known by its digest)
        (self.home / "var").rename(self.folder.root)
        self.written = json.loads((self.folder.root / "demo.json").read_text())

    def log_in(self, client: httpx.Client, username: str) -> None:
        """Log a session in through the page, with the password and the code of the demonstration."""
        account = next(one for one in self.written["accounts"] if one["username"] == username)
        secret = account["totp_secret"]
        client.get("/login/").raise_for_status()
        given = {
            "username": username,
            "password": self.written["password"],
            "code": pyotp.TOTP(secret).now() if secret else "",
            "csrfmiddlewaretoken": client.cookies["csrftoken"],
        }
        answer = client.post("/login/", data=given)
        assert answer.status_code == 302, answer.text[:2000]
