import io
import struct
import zipfile
import zlib

import pytest

from kuangan.core import actions, queries
from kuangan.core.actions.form_marks import keep_upload
from kuangan.core.content import MEDIA_TYPES, clean_name, recognise
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment
from kuangan.core.store import content_path, read_content
from kuangan.host.data_folder import DataFolder
from tests.unit.host.disks import MB, fill, small_disk


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 1) -> bytes:
    head = struct.pack(">IIBBBBB", width, 1, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def segment(mark: int, body: bytes) -> bytes:
    return bytes((0xFF, mark)) + struct.pack(">H", len(body) + 2) + body


def jpeg(height: int = 1) -> bytes:
    frame = struct.pack(">BHHB", 8, height, 1, 1) + b"\x01\x11\x00"
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\x34"
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0\x01\x02\0\0\1\0\1\0\0") + segment(0xC0, frame) + scan + b"\xff\xd9"


def pdf(extra: bytes = b"") -> bytes:
    body = b"%PDF-1.7\n1 0 obj <</Type /Catalog" + extra + b">> endobj\n"
    return body + b"xref\n0 1\ntrailer <</Root 1 0 R>>\nstartxref\n" + str(len(body)).encode() + b"\n%%EOF\n"


def office(*parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in parts:
            archive.writestr(part, "<xml/>")
    return out.getvalue()


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def wav() -> bytes:
    inside = b"WAVE" + b"fmt " + struct.pack("<I", 16) + bytes(16) + b"data" + struct.pack("<I", 4) + bytes(4)
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)
WEBM = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67" + bytes(8)
WORD = office("[Content_Types].xml", "word/document.xml")

GOOD = {
    "a.jpg": jpeg(),
    "a.jpeg": jpeg(),
    "A.PNG": png(),
    "a.pdf": pdf(),
    "a.docx": WORD,
    "a.xlsx": office("[Content_Types].xml", "xl/workbook.xml"),
    "a.txt": "瓦斯超限说明".encode(),
    "a.csv": "测点,数值\r\n".encode("gb18030"),
    "a.mp4": box(b"ftyp", b"isom\0\0\0\0") + box(b"moov", bytes(8)) + box(b"mdat", bytes(5)),
    "a.webm": WEBM,
    "a.wav": wav(),
    "a.mp3": b"ID3\x04\0\0\0\0\0\x02xx" + MP3_FRAME * 2,
}

BAD = {
    "program as picture": ("a.jpg", b"MZ\x90\x00" + bytes(200)),
    "page as picture": ("a.png", b"<html><script>alert(1)</script>"),
    "png as jpg": ("a.jpg", png()),
    "jpeg cut off": ("a.jpg", jpeg()[:-2]),
    "jpeg without size": ("a.jpg", jpeg(height=0)),
    "jpeg head only": ("a.jpg", b"\xff\xd8\xff\xe0"),
    "png cut off": ("a.png", png()[:-12]),
    "png with a wrong checksum": ("a.png", png()[:-1] + b"\0"),
    "png without size": ("a.png", png(width=0)),
    "pdf head only": ("a.pdf", b"%PDF-1.7\n"),
    "pdf cut off": ("a.pdf", pdf()[:-30]),
    "plain zip as docx": ("a.docx", office("readme.txt")),
    "docx as xlsx": ("a.xlsx", WORD),
    "damaged docx": ("a.docx", WORD[: len(WORD) // 2]),
    "binary as text": ("a.txt", b"abc\x00def"),
    "unreadable text": ("a.txt", b"\xff\xff\xff"),
    "mp4 without a movie": ("a.mp4", box(b"ftyp", b"isom\0\0\0\0")),
    "mp4 cut off": ("a.mp4", GOOD["a.mp4"][:-3]),
    "matroska as webm": ("a.webm", WEBM.replace(b"webm", b"mkv ")),
    "wav cut off": ("a.wav", wav()[:-6]),
    "one lonely mp3 frame": ("a.mp3", MP3_FRAME),
}


def packed_pdf(hidden: bytes) -> bytes:
    """A PDF whose objects lie packed in a stream."""
    packed = zlib.compress(hidden)
    head = b">> endobj\n2 0 obj <</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length "
    return pdf(head + str(len(packed)).encode() + b">>\nstream\r\n" + packed + b"\nendstream\nendobj\n3 0 obj <<")


def parts(main: str, **more: str) -> bytes:
    """An Office file of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in {"[Content_Types].xml": "<xml/>", main: "<xml/>", **more}.items():
            archive.writestr(name, text)
    return out.getvalue()


def relation(kind: str, target: str = "http://attacker.example/x") -> str:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return f'<Relationships><Relationship Id="r1" Type="{space}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'


DOC, BOOK = "word/document.xml", "xl/workbook.xml"
ACTIVE = {
    "script": ("a.pdf", pdf(b" /OpenAction <</S /JavaScript /JS (x)>>"), "脚本"),
    "script in disguise": ("a.pdf", pdf(b" /OpenAction <</S /J#61vaScript /J#53 (x)>>"), "脚本"),
    "script behind a comment": ("a.pdf", pdf(b" /A <</S /Rendition /JS%x\n(x)>>"), "脚本"),
    "script in a packed part": ("a.pdf", packed_pdf(b"5 0 <</S /JavaScript /JS (x)>>"), "脚本"),
    "starts programs": ("a.pdf", pdf(b" /A <</S /Launch>>"), "启动程序"),
    "sends a form": ("a.pdf", pdf(b" /A <</S /SubmitForm /F (http://x)>>"), "提交数据"),
    "goes to an address when opened": ("a.pdf", pdf(b" /OpenAction <</S /URI /URI (http://x)>>"), "自动访问网址"),
    "goes there by reference": (
        "a.pdf",
        pdf(b" /OpenAction 7 0 R>> endobj\n7 0 obj <</S/URI/URI(http://x)"),
        "自动访问网址",
    ),
    "acts when a page is shown": ("a.pdf", pdf(b" /AA << /O 5 0 R >>"), "自动执行"),
    "macros": ("a.docx", office("[Content_Types].xml", DOC, "word/vbaProject.bin"), "宏"),
    "remote template": (
        "a.docx",
        parts(DOC, **{"word/_rels/settings.xml.rels": relation("attachedTemplate")}),
        "外部的模板",
    ),
    "remote picture": ("a.docx", parts(DOC, **{"word/_rels/document.xml.rels": relation("image")}), "外部的模板"),
    "DDE field": (
        "a.docx",
        parts(DOC, **{DOC: '<w:instrText xml:space="preserve"> DDEAUTO c:\\x</w:instrText>'}),
        "DDE",
    ),
    "DDE link": ("a.xlsx", parts(BOOK, **{"xl/externalLinks/externalLink1.xml": "<ddeLink/>"}), "DDE"),
    "link to another workbook": (
        "a.xlsx",
        parts(BOOK, **{"xl/_rels/workbook.xml.rels": relation("externalLinkPath")}),
        "外部",
    ),
}
QUIET = {
    "a link to be clicked": ("a.pdf", pdf(b" /A <</S /URI /URI (http://x)>>")),
    "opens at a page": ("a.pdf", pdf(b" /OpenAction [3 0 R /Fit]")),
    "letters by chance": ("a.pdf", pdf(b" /X (\x00\xff/JS\x01/AA\xfe/JS>)")),
    "a hyperlink": ("a.docx", parts(DOC, **{"word/_rels/document.xml.rels": relation("hyperlink")})),
}


@pytest.mark.parametrize("case", ACTIVE)
def test_a_document_that_acts_by_itself_is_refused_in_words(case):
    name, content, said = ACTIVE[case]
    with pytest.raises(Refused, match=said):
        recognise(name, io.BytesIO(content))


@pytest.mark.parametrize("case", QUIET)
def test_a_document_that_waits_for_its_reader_is_taken(case):
    name, content = QUIET[case]
    assert recognise(name, io.BytesIO(content)) == MEDIA_TYPES[name.rpartition(".")[2]]


def test_every_accepted_ending_has_a_good_example():
    assert {name.rpartition(".")[2].lower() for name in GOOD} == set(MEDIA_TYPES)


@pytest.mark.parametrize("name", GOOD)
def test_a_sound_file_is_recognised(name):
    assert recognise(name, io.BytesIO(GOOD[name])) == MEDIA_TYPES[name.rpartition(".")[2].lower()]


@pytest.mark.parametrize("case", BAD)
def test_content_that_is_not_what_the_name_says_is_refused(case):
    name, content = BAD[case]
    with pytest.raises(Refused, match="不是有效的"):
        recognise(name, io.BytesIO(content))


@pytest.mark.parametrize("name", ["a.exe", "a.zip", "a.html", "a.svg", "a.docm", "a", "a.pdf.js"])
def test_other_kinds_are_refused_whatever_is_in_them(name):
    with pytest.raises(Refused, match="不接受"):
        recognise(name, io.BytesIO(pdf()))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\图片\\照片.jpg", "照片.jpg"),
        ("报告\u202egpj.exe", "报告gpj.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("\x00", "未命名"),
        (".pdf", "pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_names_are_made_safe(given, shown):
    assert clean_name(given) == shown


def test_a_saved_file_lies_under_its_digest_and_twice_the_same_is_one(world, data_folder):
    first = actions.save_attachment(actor=world.head, name="../现场.png", content=png())
    second = actions.save_attachment(actor=world.dispatcher, name="又一张.png", content=io.BytesIO(png()))
    assert (first.name, first.media_type, first.size) == ("现场.png", "image/png", len(png()))
    assert first.sha256 == second.sha256
    assert read_content(first.sha256) == png()
    assert [p for p in data_folder.rglob("*") if p.is_file()] == [content_path(first.sha256)]
    assert queries.events_of(first).get().data["sha256"] == first.sha256


@pytest.mark.parametrize(
    ("content", "word"), [(b"", "空文件"), (b"MZ" + bytes(9), "不是有效的"), (png() + bytes(100), "上限")]
)
def test_a_refused_file_leaves_nothing_behind(world, data_folder, settings, content, word):
    settings.KUANGAN_ATTACHMENT_MAX_BYTES = len(png())
    with pytest.raises(Refused, match=word):
        actions.save_attachment(actor=world.head, name="a.png", content=content)
    assert Attachment.objects.count() == 0
    assert not [p for p in data_folder.rglob("*") if p.is_file()]
    assert actions.save_attachment(actor=world.head, name="a.png", content=png()).size == len(png())


def test_content_changed_on_disk_is_not_handed_out(world, data_folder):
    saved = actions.save_attachment(actor=world.head, name="a.png", content=png())
    content_path(saved.sha256).write_bytes(b"other")
    with pytest.raises(ValueError, match="changed on disk"):
        read_content(saved.sha256)


def test_a_full_disk_refuses_a_file_in_words_and_keeps_nothing_of_it(world, settings):
    with small_disk(200) as place:
        settings.DATA = DataFolder(place)
        filler = fill(place, leave=40 * MB)
        with pytest.raises(Refused, match=r"磁盘空间不足.*稍后重试"):
            actions.save_attachment(actor=world.head, name="图.png", content=png())
        with pytest.raises(Refused, match=r"磁盘空间不足.*稍后重试"):  # the file of a refused form, which would wait
            keep_upload(user=world.head, mark="m" * 20, field="files", name="图.png", content=io.BytesIO(png()))
        assert [part for part in (place / "content").rglob("*") if part.is_file()] == []
        filler.unlink()
        actions.save_attachment(actor=world.head, name="图.png", content=png())
