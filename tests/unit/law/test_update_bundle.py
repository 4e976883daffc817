"""A law update as it travels: what is signed is read, everything else is refused in words and harms nothing."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kuangan.law.update import bundle as bundles
from kuangan.law.update.bundle import FORMAT, BadBundle, read_bundle
from kuangan.law.update.in_force import kept_bundle, put_in_force, trust
from kuangan.law.update.merged import lay_out
from kuangan.law.update.package import PACKAGE, digest_of
from tests.updates import NOTICE, YEAR, bundle_of, made

KEY = Ed25519PrivateKey.generate()


def signed(body: bytes) -> bytes:
    """Whatever it says, truly signed by the publisher."""
    return FORMAT + base64.b64encode(KEY.sign(FORMAT + body)) + b"\n" + body


def said(**other) -> bytes:
    whole = {"number": 1, "title": "更新", "made_on": "2026-11-30", "base": "0", "files": {YEAR: NOTICE}, **other}
    return json.dumps({key: value for key, value in whole.items() if value is not None}).encode()


def refused(raw: bytes) -> str:
    with pytest.raises(BadBundle) as error:
        read_bundle(raw, KEY.public_key())
    return str(error.value)


def test_what_was_packed_is_read_again_and_laid_over_the_content_of_the_version(tmp_path):
    bundle = bundle_of(made(KEY, number=7), KEY)
    assert (bundle.number, bundle.title, dict(bundle.files)) == (7, "2027年放假安排", {YEAR: NOTICE})
    folder = lay_out(bundle, tmp_path)
    assert (folder / YEAR).read_text(encoding="utf-8") == NOTICE
    assert (folder / "calendar/2026.yaml").read_bytes() == (PACKAGE / "calendar/2026.yaml").read_bytes()
    assert not list(folder.rglob("*.py"))
    assert digest_of(PACKAGE, folder) != digest_of(PACKAGE)


def test_a_changed_file_of_the_laid_out_content_is_put_right(tmp_path):
    bundle = bundle_of(made(KEY), KEY)
    folder = lay_out(bundle, tmp_path)
    (folder / YEAR).write_text("year: 2027", encoding="utf-8")
    (folder / "calendar/2031.yaml").write_text("year: 2031", encoding="utf-8")
    assert lay_out(bundle, tmp_path) == folder
    assert (folder / YEAR).read_text(encoding="utf-8") == NOTICE
    assert not (folder / "calendar/2031.yaml").exists()


@pytest.mark.parametrize("at", [0, 30, 100, 150, -1])
def test_a_flipped_byte_anywhere_is_refused(at):
    raw = bytearray(made(KEY))
    raw[at] ^= 1
    assert "请" in refused(bytes(raw))


def test_another_publisher_and_a_cut_file_are_refused():
    assert "签名不符" in refused(made(Ed25519PrivateKey.generate()))
    assert "签名不符" in refused(made(KEY)[:-20])
    assert "首行不符" in refused(b"PK\x03\x04 whatever")
    assert "首行不符" in refused(b"")


def test_one_byte_too_many_is_refused_before_it_is_read(monkeypatch):
    raw = made(KEY)
    monkeypatch.setattr(bundles, "MOST_BYTES", len(raw))
    assert read_bundle(raw, KEY.public_key()).number == 1
    monkeypatch.setattr(bundles, "MOST_BYTES", len(raw) - 1)
    assert "MB" in refused(raw)


@pytest.mark.parametrize(
    "path",
    [
        "../keys/seal.yaml",
        "/etc/passwd",
        "calendar/../../x.yaml",
        "calendar/.hidden.yaml",
        "rules/09_risk/new_rule.py",
        "rules/09_risk/new_rule.yaml",
        "procedures/suspension/procedure.py",
        "procedures/released.yaml",
        "calendar/2028.py",
        "papers/x.yaml",
        "clauses.yaml",
        "calendar\\2028.yaml",
        "calendar/2028.yaml\n",
    ],
)
def test_a_path_outside_or_a_module_is_refused_though_it_is_signed(path):
    assert "不得含有" in refused(signed(said(files={path: "year: 2028"})))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (said(number=0), "编号"),
        (said(number=True), "number"),
        (said(number=None), "只有"),
        (said(extra=1), "只有"),
        (said(title=" "), "名称"),
        (said(files={}), "文件"),
        (said(files={YEAR: 5}), "不是文本"),
        (said(made_on="soon"), "不能读取"),
        (b"[" * 100_000, "不能读取"),
        (b"\xff\xfe", "不能读取"),
        (said(files={"papers/notice.typ": '#import "@preview/x:1.0.0"'}), "外部程序包"),
    ],
)
def test_what_is_signed_and_not_right_is_refused(body, words):
    assert words in refused(signed(body))


def test_an_installation_works_by_nothing_that_it_cannot_verify(tmp_path):
    raw = made(KEY).decode()
    assert put_in_force(tmp_path, raw)
    assert not put_in_force(tmp_path, raw)
    with pytest.raises(BadBundle, match="尚未设定发布单位的公钥"):
        kept_bundle(tmp_path)
    trust(tmp_path, Ed25519PrivateKey.generate().public_key())
    with pytest.raises(BadBundle, match="签名不符"):
        kept_bundle(tmp_path)
    trust(tmp_path, KEY.public_key())
    assert kept_bundle(tmp_path).digest == bundle_of(raw.encode(), KEY).digest
    put_in_force(tmp_path, made(KEY, base="0" * 64).decode())
    with pytest.raises(BadBundle, match="为另一版本的法规库"):
        kept_bundle(tmp_path)
    put_in_force(tmp_path, "")
    assert kept_bundle(tmp_path) is None
