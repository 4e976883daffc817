"""What is owed, in words for pages and notices."""

from kuangan.law.duty.obligation import Evidence
from kuangan.law.duty.words import evidence_words


def test_a_quoted_title_is_quoted_once_more_by_single_marks():
    words = evidence_words(Evidence(ledger="team_safety_activity"))
    assert words == "“‘四不伤害’班组活动和互查台账”台账记录"
