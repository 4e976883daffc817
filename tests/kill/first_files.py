"""The first files of one mine of the sample city (``tests/samples/city``), as its upload program writes and sends them, now.

``python -m tests.kill.first_files WEB DOOR USERNAME PASSWORD BINDING`` with what the console said of an administrator: he fetches the
mine's key on the pages, the mine sends; from inside a network that has nothing but itself.
"""

import html
import re
import sys
import time
from datetime import datetime

import httpx
import pyotp

from kuangan.base.clock import BEIJING

PASSWORD = "二号巷道-风量充足-83"

MINE, MINE_NAME = "140423900001", "样例云岭煤矿"
FACE = "1303综采工作面"
POINT = f"{MINE}01MN0001000000T0"


def said_at() -> datetime:
    return datetime.now(BEIJING).replace(microsecond=0)


def file_name(kind: str, at: datetime) -> str:
    return f"{MINE}_{kind}_{at:%Y%m%d%H%M%S}.txt"


def definitions(at: datetime) -> bytes:
    """CDDY: one methane sensor of the mine's face, alarm at 1.00, power off at 1.50."""
    head = f"{MINE};{MINE_NAME};KJ000X;煤矿安全监控系统;示例厂家;2028-01-01;{at:%Y-%m-%d %H:%M:%S}~"
    numbers = "4.00;0.00;1.00;0.99;;;1.50;0.99;;;;"
    point = f"{POINT};01;{MINE}00001;{POINT[16:20]};MN;%CH4;{numbers};{FACE}回风隅角T0;;;;;{at:%Y-%m-%d %H:%M:%S}~||"
    return (head + point).encode()


def reading(at: datetime, value: str) -> bytes:
    """CDSS with one reading of that sensor."""
    moment = f"{at:%Y-%m-%d %H:%M:%S}"
    return f"{MINE};{MINE_NAME};{moment}~{POINT};环境瓦斯;{FACE}回风隅角T0;{value};%CH4;0;{moment}~||".encode()


def upload(door: str, token: str, kind: str, at: datetime, content: bytes) -> httpx.Response:
    """As the mine's program sends a file."""
    headers = {"Authorization": f"Bearer {token}", "X-Feed-File": file_name(kind, at)}
    return httpx.post(f"{door}/api/feeds", content=content, headers=headers, timeout=30)


class Pages:
    """Forms sent as a browser sends them."""

    def __init__(self, web: str) -> None:
        self.client = httpx.Client(base_url=web, follow_redirects=True, timeout=60)

    def send(self, path: str, *, seen_at: str = "", **given: str) -> str:
        """The page that answers a form; ``seen_at``: where the form stands, if not at the address it goes to."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.client.get(seen_at or path).text)
        assert token, path
        answer = self.client.post(path, data={"csrfmiddlewaretoken": token[1], **given})
        assert answer.status_code == 200, (path, answer.status_code)
        return html.unescape(answer.text)


def key_of_the_mine(web: str, username: str, given: str, binding: str) -> str:
    pages = Pages(web)
    pages.send("/login/", username=username, password=given)
    pages.send("/account/password/", old=given, new=PASSWORD, again=PASSWORD)
    shown = pages.send("/account/code/", proof=binding)
    secret = re.search(r"<code[^>]*>\s*([A-Z2-7 ]+?)\s*</code>", shown)
    assert secret, shown
    pages.send("/account/code/", code=pyotp.TOTP(secret[1].replace(" ", "")).now())
    token = re.search(rf"kt_{MINE}_[\w-]+", pages.send(f"/feeds/tokens/{MINE}/new/", seen_at="/feeds/tokens/"))
    assert token
    return token[0]


def main(web: str, door: str, username: str, given: str, binding: str) -> None:
    token = key_of_the_mine(web, username, given, binding)
    for kind, content in (("CDDY", definitions(said_at())), ("CDSS", reading(said_at(), "1.24"))):
        end = time.monotonic() + 30
        while (answer := upload(door, token, kind, said_at(), content)).status_code != 202:
            assert time.monotonic() < end, answer.text  # a new key is known after a second
            time.sleep(0.5)
        print(kind, answer.json())


if __name__ == "__main__":
    main(*sys.argv[1:])
