"""Commands of the typesetter and of Word in what people type: printed as they were typed, and nothing is read, run or drawn by them."""

import io
import zipfile

import pytest
from django.urls import reverse
from docx import Document

from kuangan.paper.queries import pdf_bytes
from tests import letters
from tests.pdf import pdf_text

COMMANDS = (
    '#read("/etc/passwd")',
    '#include "/papers/_letter.typ"',
    '#import "@preview/cetz:0.3.0": *',
    '#eval("1 + 1")',
    '#plugin("x.wasm")',
    "#sys.inputs.paper",
    "#while true { }",
    '#{ panic("停") }',
    '#image("/fonts/x.png")',
    "#set text(size: 90pt)",
    "$ sum_(k=1)^n k $",
    "*粗* _斜_ `码` = 题",
    "<label> @ref ~ -- ... // c",
    "\\u{4e00} \\ \\#",
    "]; [ ) } (",
)
FIELDS = (
    "</w:t></w:r><w:r><w:br/></w:r><w:t>",
    '<w:instrText>INCLUDETEXT "C:\\\\x.txt"</w:instrText>',
    "{ INCLUDEPICTURE http://192.0.2.1/x.png }",
    '{ DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc" }',
    "&lt;w:p/&gt; &amp; ]]>",
)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture
def letter(world):
    return letters.issued(
        world.city, opening=f"请办结 {COMMANDS[0]}：", matters="\n".join(COMMANDS), demands="\n".join(FIELDS)
    )


def test_commands_of_the_typesetter_stand_in_the_paper_as_they_were_typed(letter):
    text = pdf_text(pdf_bytes(letter.papers.get().paper))
    assert [command for command in (*COMMANDS, *FIELDS) if squeezed(command) not in text] == [], text
    assert "root:" not in text
    assert text.count("特此督办") == 1


def test_fields_and_elements_of_word_stand_in_the_file_as_they_were_typed(letter, as_user):
    content = as_user("county_officer").get(reverse("letter_word", args=[letter.pk])).content
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
    assert [command for command in (*COMMANDS, *FIELDS) if command not in text] == []
    with zipfile.ZipFile(io.BytesIO(content)) as word:
        document = word.read("word/document.xml").decode()
        relations = word.read("word/_rels/document.xml.rels").decode()
    assert not any(tag in document for tag in ("<w:instrText", "<w:fldSimple", "<w:br/>"))
    assert 'TargetMode="External"' not in relations
