import gzip
import json

import pytest

from kuangan.host.frontend import VENDOR_FILES, Frontend, icon_names, npm, sprite

ICON = (
    '<svg\n  xmlns="http://www.w3.org/2000/svg"\n  viewBox="0 0 24 24"\n>\n'
    '  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n  <path d="M5 12l5 5" />\n</svg>'
)


def test_icons_are_named_one_a_line_with_remarks(tmp_path):
    (tmp_path / "icons.txt").write_text("# used by pages\nuser\ncheck # done\n\nuser\n")
    assert icon_names(tmp_path / "icons.txt") == ["check", "user"]


def test_a_sprite_holds_one_symbol_an_icon(tmp_path):
    (tmp_path / "check.svg").write_text(ICON)
    assert sprite(tmp_path, ["check"]) == (
        '<svg xmlns="http://www.w3.org/2000/svg">\n'
        '<symbol id="check" viewBox="0 0 24 24"><path d="M5 12l5 5" /></symbol>\n</svg>\n'
    )


def test_an_icon_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="flying-cow"):
        sprite(tmp_path, ["flying-cow"])


def test_the_lock_names_versions_and_digests_and_no_address():
    frontend = Frontend()
    wanted = json.loads(frontend.manifest.read_text())["dependencies"]
    packages = json.loads(frontend.lock.read_text())["packages"]
    assert packages[""]["dependencies"] == wanted
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    for name, package in packages.items():
        assert not name or package["integrity"].startswith("sha512-")
    assert "://" not in frontend.lock.read_text()


def test_a_changed_input_makes_the_copies_stale(tmp_path):
    for name in ("package.json", "package-lock.json", "icons.txt"):
        (tmp_path / name).write_text("{}")
    frontend = Frontend(tmp_path / "package.json", tmp_path / "icons.txt", tmp_path / "vendor", tmp_path / "fonts")
    assert not frontend.is_ready()
    frontend.vendor.mkdir()
    frontend.fonts.mkdir()
    frontend.stamp.write_text(frontend.digest())
    assert frontend.is_ready()
    frontend.icons.write_text("user\n")
    assert not frontend.is_ready()


def test_what_npm_refuses_is_told_in_its_own_words(tmp_path):
    with pytest.raises(RuntimeError, match=r"(?s)npm ci .*package-lock"):
        npm(["ci"], tmp_path)


def test_the_copies_of_this_checkout_are_complete():
    frontend = Frontend()
    if not frontend.is_ready():
        pytest.skip("前端组件未准备：先运行 kuangan setup static")
    for place in VENDOR_FILES.values():
        assert gzip.decompress((frontend.vendor / f"{place}.gz").read_bytes()) == (frontend.vendor / place).read_bytes()
    assert {place.read_bytes()[:4] for place in frontend.fonts.iterdir()} == {b"\0\1\0\0"}
    text = (frontend.vendor / "icons.svg").read_text()
    assert text.count("<symbol ") == len(icon_names(frontend.icons))
