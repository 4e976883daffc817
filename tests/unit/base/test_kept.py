from kuangan.base.kept import Kept


def test_the_same_key_is_made_once():
    kept, made = Kept(100), []

    def make():
        made.append(1)
        return [b"page"]

    assert [kept.get("paper", make), kept.get("paper", make)] == [[b"page"], [b"page"]]
    assert len(made) == 1


def test_the_least_recently_asked_for_goes_first_when_the_bytes_are_used_up():
    kept, made = Kept(10), []

    def make(key):
        return lambda: made.append(key) or [b"12345"]

    for key in ("a", "b", "a", "c"):
        kept.get(key, make(key))
    assert made == ["a", "b", "c"]
    kept.get("a", make("a"))
    kept.get("b", make("b"))
    assert made == ["a", "b", "c", "b"]


def test_what_is_larger_than_all_room_is_given_and_not_kept():
    kept = Kept(3)
    assert kept.get("a", lambda: [b"12345"]) == [b"12345"]
    assert kept.get("a", lambda: [b"other"]) == [b"other"]


def test_a_failure_is_kept_by_nobody():
    kept = Kept(10)

    def fail():
        raise ValueError

    for _ in range(2):
        try:
            kept.get("a", fail)
        except ValueError:
            continue
        raise AssertionError
    assert kept.get("a", lambda: [b"1"]) == [b"1"]
