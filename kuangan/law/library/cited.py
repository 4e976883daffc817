"""What in the corpus rests on each article: rules, duties, ledgers, procedures, papers and local values, by their titles."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from kuangan.law import content, local, paper
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.lawcheck.citations import uses
from kuangan.law.ledger import ledgers

KINDS: Mapping[str, str] = {
    "rules": "规则",
    "obligations": "履职事项",
    "ledgers": "台账",
    "procedures": "程序",
    "papers": "文书",
    "local": "本地值",
    "limits": "限值",
}


@cache
def cited_by(instrument_id: str) -> Mapping[str, tuple[str, ...]]:
    """By number of the article ("" = the whole instrument): what cites it, each once."""
    by_article: dict[str, dict[str, None]] = defaultdict(dict)
    for use in uses():
        if use.cite.instrument == instrument_id:
            kind, _, rest = use.where.partition("/")
            number = use.cite.article.partition(".")[0]
            by_article[number][f"{KINDS[kind]}“{_titles().get((kind, rest), rest)}”"] = None
    return {number: tuple(titles) for number, titles in by_article.items()}


@cache
def _titles() -> Mapping[tuple[str, str], str]:
    """Title by kind and by what stands behind it in the place of a citation."""
    return {
        **{("rules", rule.id): rule.title for rule in content.rules()},
        **{("procedures", procedure.id): procedure.title for procedure in content.procedures()},
        **{("obligations", obligation.id): obligation.title for obligation in obligations().values()},
        **{("ledgers", ledger.id): ledger.title for ledger in ledgers().values()},
        **{("papers", template.id): template.title for template in paper.templates()},
        **{("local", f"{entry.city}/{entry.key}"): entry.meaning for entry in local.all_values()},
    }
