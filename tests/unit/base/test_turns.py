"""Turns at costly work: so many at once, so many wait, everybody else hears it at once and in words."""

import threading

import pytest

from kuangan.base.turns import BEFORE_WAITING, Busy, Turns

ASKING = 16


def test_sixteen_at_once_work_two_at_a_time_and_who_finds_no_place_is_told_in_words():
    turns = Turns(at_once=2, waiting=4, patience_s=30.0)
    refused, ended = threading.Semaphore(0), threading.Event()
    lock, working, most, done, told = threading.Lock(), 0, 0, 0, []

    def ask():
        nonlocal working, most, done
        try:
            with turns.turn():
                with lock:
                    working += 1
                    most = max(most, working)
                ended.wait(30)
                with lock:
                    working -= 1
                    done += 1
        except Busy as busy:
            told.append(str(busy))
            refused.release()

    threads = [threading.Thread(target=ask) for _ in range(ASKING)]
    for thread in threads:
        thread.start()
    for _ in range(ASKING - 6):
        assert refused.acquire(timeout=30)
    ended.set()
    for thread in threads:
        thread.join(30)
    assert (most, done) == (2, 6)
    assert set(told) == {"正在处理的文件较多，请稍候再试。"}


def test_who_waits_too_long_is_told_too_and_a_place_given_back_is_taken_again():
    turns = Turns(at_once=1, waiting=1, patience_s=0.01)
    with turns.turn(), pytest.raises(Busy), turns.turn():
        pass
    with turns.turn():
        pass


def test_a_turn_that_failed_gives_its_place_back():
    turns = Turns(at_once=1, waiting=0, patience_s=0.01)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), turns.turn():
            raise ZeroDivisionError


def test_who_must_wait_gives_back_first_what_others_need_and_who_finds_a_place_keeps_it(monkeypatch):
    given_back = []
    monkeypatch.setattr("kuangan.base.turns.BEFORE_WAITING", [lambda: given_back.append("connection")])
    turns = Turns(at_once=1, waiting=1, patience_s=0.01)
    with turns.turn():
        assert given_back == []
        with pytest.raises(Busy), turns.turn():
            pass
    assert given_back == ["connection"]


def test_what_a_process_of_pages_gives_back_is_its_connection():
    from kuangan.core import connections

    assert connections.lend in BEFORE_WAITING
