from decimal import Decimal

from kuangan.corpus.rules._ledger import Fault, entry, judged, lines, newest, number, share
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Unknown

CITE = (Cite("register", "5.1"),)


def test_a_fault_outweighs_what_is_missing_and_long_lists_are_counted():
    faults = [Fault(f"k{index % 3}", f"第{index}项") for index in range(6)]
    found = judged("问题", faults, CITE, "缺数据")
    assert isinstance(found, Breach)
    assert found.reason == "问题：第0项；第1项；第2项；第3项；第4项等6项"
    assert found.used == ("k0", "k1", "k2")
    assert found.numbers == {"faults": 6}
    assert judged("问题", [], CITE, "缺数据") == Unknown("缺数据")
    assert judged("问题", [], CITE) == Clear()


def test_exactly_five_are_all_told():
    found = judged("问题", [Fault("k", str(index)) for index in range(5)], CITE)
    assert isinstance(found, Breach)
    assert found.reason == "问题：0；1；2；3；4"


def test_the_last_entry_of_each_combination_counts():
    rows = [
        entry("a", "2026-01-01", item="灭火器"),
        entry("b", "2026-02-01", item="灭火器"),
        entry("c", "2026-01-05", item="水泵"),
    ]
    assert [each.key for each in newest(rows, "item")] == ["b", "c"]
    assert [each.key for each in newest(rows)] == ["c"]


def test_numbers_and_lines_read_as_written():
    assert number(Decimal("90.00")) == "90"
    assert number(Decimal("84.999")) == "85"
    assert number(Decimal("84.99")) == "84.99"
    assert number(share(1, 3)) == "33.33"
    assert number(100) == "100"
    assert lines(" 甲 \n\n乙\n") == ("甲", "乙")
    assert lines(None) == ()
