"""A list of 775 mines as a province keeps it: a title above foreign headings, addresses in place of counties, mines of other cities, duplicates."""

import random
import re

import pytest
from openpyxl import Workbook, load_workbook

from kuangan.city.areas import areas, counties
from kuangan.mine.models import Mine

CITY = "140400"
NUMBER = 775
HEADINGS = ("序号", "矿井编码", "矿井名称", "详细地址", "主体企业", "核定能力（万吨/年）", "矿井状态", "备注")
STATES = ("生产", "建设", "停产")


OWN = counties(CITY)
STRANGE = next(area for area in areas().values() if area.code.startswith("1405") and area.code[4:] != "00")
SPOILT = {
    1: lambda row, _: {"code": "".join(chr(ord(digit) + 0xFEE0) for digit in row["code"])},
    2: lambda row, _: {"name": f" {row['name'][:2]}　{row['name'][2:]} "},
    3: lambda row, _: {"code": row["code"][:-1], "wrong": "有 11 位"},
    4: lambda row, _: {"code": f"91{row['code']}MA0K0001", "wrong": "有 22 位"},
    5: lambda row, _: {"address": f"山西省长治市{row['next'].name}", "wrong": "请核对两者"},
    6: lambda row, _: {"address": f"{row['county'].name}与{row['next'].name}交界处"},
    7: lambda row, _: {"code": STRANGE.code + row["code"][6:], "wrong": "不是本市县（区）的代码"},
    9: lambda _, before: {name: before[name] for name in ("code", "name", "address")} | {"wrong": TWICE},
    10: lambda _row, _: {"capacity": "120万", "wrong": "不是数字"},
}
"""What is the matter with some of every 31 rows, from a row and the one before it; ``wrong``: what must be said of it."""
TWICE = "煤矿编码相同"


def rows_of_list(dice: random.Random) -> list[list[object]]:
    """Rows as people write them; the last column holds what must be said of a row, "" where nothing is wrong."""
    rows: list[dict[str, object]] = []
    for number in range(1, NUMBER + 1):
        county, near = OWN[number % len(OWN)], OWN[(number + 1) % len(OWN)]
        row = {
            "code": f"{county.code}{900_000 + number:06d}",
            "name": f"样例{number}号煤矿",
            "address": f"山西省长治市{county.name}某乡某村",
            "capacity": dice.choice(("60", 90, "120")),
            "wrong": "",
            "county": county,
            "next": near,
        }
        row |= SPOILT.get(number % 31, lambda *_: {})(row, rows[-1] if rows else row)
        if row["wrong"] == TWICE:
            rows[-1]["wrong"] = TWICE
        rows.append(row)
    return [
        [
            at,
            row["code"],
            row["name"],
            row["address"],
            "样例煤电公司",
            row["capacity"],
            dice.choice(STATES),
            row["wrong"],
        ]
        for at, row in enumerate(rows, start=1)
    ]


@pytest.fixture
def book(tmp_path):
    workbook = Workbook()
    companies, mines = workbook.worksheets[0], workbook.create_sheet("煤矿")
    companies.title = "上级公司"
    companies.append(["主体企业"])
    companies.append(["样例煤电公司"])
    mines.append(["全省煤矿基本情况表"])
    mines.append(HEADINGS)
    rows = rows_of_list(random.Random(7))
    for row in rows:
        mines.append(row)
    path = tmp_path / "list.xlsx"
    workbook.save(path)
    return path, rows


def test_each_refused_row_of_a_list_of_775_mines_says_why_and_the_others_are_taken_once_it_is_mended(kuangan, book):
    path, rows = book
    assert kuangan("city", "new", CITY, "--username", "first", "--name", "张三").returncode == 0
    told = kuangan("city", "import", str(path))
    assert (told.returncode, Mine.objects.count()) == (1, 0)
    reasons = dict(re.findall(r"第 (\d+) 行 不能导入 [^：]*：(.*)", told.stdout))
    wrong = {str(number): row[-1] for number, row in enumerate(rows, start=3) if row[-1]}
    assert set(reasons) == set(wrong)
    assert [number for number, why in wrong.items() if why not in reasons[number]] == []
    assert "没有读取的栏目：序号、备注" in told.stdout
    workbook = load_workbook(path)
    for number in sorted(map(int, wrong), reverse=True):
        workbook["煤矿"].delete_rows(number)
    workbook.save(path)
    mended = kuangan("city", "import", str(path))
    assert mended.returncode == 0, mended.stderr
    assert Mine.objects.count() == NUMBER - len(wrong)
    assert f"煤矿：无变化 {NUMBER - len(wrong)}" in kuangan("city", "import", str(path)).stdout
