"""What the entries of a ledger make of the dated attributes of a mine: the ``sets`` block of its file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kuangan.law.effect.attribute import NUMERIC, TEXTS, VALUES
from kuangan.law.field import Field
from kuangan.law.source import YamlTable

_KEYS = ("attribute", "from", "value", "map", "paper", "by")


@dataclass(frozen=True)
class EntrySets:
    """An entry lets ``attribute`` be what its field ``value`` says from the day in its field ``day`` on; nothing while either is empty.

    ``words``: what is kept for each choice, where the attribute calls it otherwise. ``paper``: the field with the number of the paper that
    decided it. ``by``: the kinds of keepers whose entries decide; those of others are proposals.
    """

    attribute: str
    day: str
    value: str
    by: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    paper: str = ""

    @property
    def named(self) -> tuple[str, ...]:
        """Every field of the ledger that it names."""
        return tuple(name for name in (self.day, self.value, self.paper) if name)


def read_sets(ledger: YamlTable) -> tuple[EntrySets, ...]:
    """The block of a ledger's file; () where it sets nothing. Raises :class:`~kuangan.law.source.CorpusError`."""
    sets = tuple(_read(block.only(*_KEYS)) for block in ledger.tables("sets"))
    known = {field_table.text("name") for field_table in ledger.tables("fields")}
    for effect, block in zip(sets, ledger.tables("sets"), strict=True):
        if missing := sorted(set(effect.named) - known):
            raise block.error(f"the ledger has no field {', '.join(missing)}")
    return sets


def _read(block: YamlTable) -> EntrySets:
    words = {key: str(word) for key, word in block.table("map").items()} if "map" in block else {}
    return EntrySets(
        attribute=block.text("attribute"),
        day=block.text("from"),
        value=block.text("value"),
        by=block.texts("by"),
        words=words,
        paper=block.text("paper", ""),
    )


def entry_faults(effect: EntrySets, fields: Iterable[Field], keepers: Iterable[str]) -> Iterator[str]:
    """What is wrong with an effect of a ledger with these fields and keepers, in Chinese."""
    by_name = {field_of.name: field_of for field_of in fields}
    day, value = by_name[effect.day], by_name[effect.value]
    if effect.attribute not in VALUES:
        yield f"煤矿没有属性 {effect.attribute!r}，可用的有 {'、'.join(VALUES)}"
        return
    if day.kind != "date":
        yield f"栏目 {effect.day!r} 不是日期，不能作为起始日期"
    if effect.paper and by_name[effect.paper].kind != "text":
        yield f"栏目 {effect.paper!r} 不是文本，不能作为文号"
    if not effect.by or set(effect.by) - set(keepers):
        yield "by 须写明哪些记录单位的记录发生效力，且须为本台账的记录单位"
    yield from _value_faults(effect, value)


def _value_faults(effect: EntrySets, value: Field) -> Iterator[str]:
    if effect.attribute in NUMERIC:
        if value.kind not in ("number", "decimal"):
            yield f"属性 {effect.attribute} 为数字，栏目 {effect.value!r} 不是"
        return
    if effect.attribute in TEXTS:
        if value.kind != "text":
            yield f"属性 {effect.attribute} 为文字，栏目 {effect.value!r} 不是"
        return
    if value.kind != "choice":
        yield f"属性 {effect.attribute} 有固定取值，栏目 {effect.value!r} 须为选项"
        return
    keys = [key for key, _ in value.choices]
    unfit = sorted({effect.words.get(key, key) for key in keys} - VALUES[effect.attribute])
    if unfit:
        yield f"属性 {effect.attribute} 不能取 {'、'.join(unfit)}"
    if unknown := sorted(set(effect.words) - set(keys)):
        yield f"map 中的 {'、'.join(unknown)} 不是栏目 {effect.value!r} 的选项"
