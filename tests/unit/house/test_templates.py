"""Templates are kept code: formatted, short lines, one tag a line."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.unit.house.tree import PACKAGE, templates

LONGEST = 120
TABLES = {
    "frame/_table.html",  # every list, by its columns
    "ledgers/entry/_table.html",  # a table within an entry, by its columns
    "frame/fields/rows.html",  # a table that is filled in
    "board/board.html",  # matrices: units, months or days stand across
    "board/print.html",
    "duties/month.html",
    "admin/request.html",  # facts of one thing: the label beside its value
    "law/duty.html",
    "supervision/samples/verification.html",
}

_VALUE = re.compile(r'"(?:\{%.*?%\}|\{\{.*?\}\}|[^"])*"')
"""The value of an attribute, whatever tags of the template it holds."""
_BLOCK = re.compile(
    r"<(?:article|body|caption|dd|details|dialog|div|dl|dt|fieldset|figure|footer|form|h[1-4]|head|header|html|legend|li"
    r"|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)\b"
)
_BESIDE = re.compile(rf"%\}}\s*{_BLOCK.pattern}")
"""A tag of the template just before a block of the page, on one line."""


def lines() -> Iterator[tuple[str, int, str]]:
    """Every line of every template: its file, its number, itself."""
    for path in templates():
        name = path.relative_to(PACKAGE / "web" / "templates").as_posix()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            yield name, number, line


def test_no_line_of_a_template_is_longer_than_120_characters():
    assert [(name, number) for name, number, line in lines() if len(line) > LONGEST] == []


def test_each_block_of_a_page_begins_a_line_of_its_own():
    several = []
    for name, number, line in lines():
        bare = line if line.lstrip().startswith("{%") else _VALUE.sub('""', line)
        if len(_BLOCK.findall(bare)) > 1 or _BESIDE.search(bare):
            several.append((name, number, line.strip()))
    assert several == []


def test_a_list_is_a_tuple_of_columns_and_no_table_of_its_own():
    assert {name for name, _, line in lines() if "<table" in line} == TABLES


def test_templates_are_as_the_formatter_writes_them():
    formatter = Path(sys.executable).with_name("djangofmt")
    said = subprocess.run(
        [formatter, "--check", PACKAGE / "web" / "templates"], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
