"""Compiled core of the fast CDSS parser: one pass over the bytes of the records.

A slot is a description a point was seen with: `code;type;place;` (front) and `;unit;` (back). A mine sends the same
points in the same order, so the next record is first compared with the next slot; only a change costs a hash look-up.
Whatever is not plainly well formed is left to the caller as odd, never guessed.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from kuangan.monitor._numba import compiled

ODD: Final = -1
NO_ROOM: Final = -1

_SEMICOLON: Final = 0x3B
_TILDE: Final = 0x7E
_MINUS: Final = 0x2D
_POINT: Final = 0x2E
_COLON: Final = 0x3A
_SPACE: Final = 0x20
_ZERO: Final = 0x30
_NO_VALUE: Final = -(2**63)
_DECIMALS: Final = 6
_SCALE: Final = 10**_DECIMALS
_ABNORMAL: Final = -9999 * _SCALE
_MAX_INTEGER_DIGITS: Final = 12
_MAX_STATUS_DIGITS: Final = 9
_TIME_LENGTH: Final = 19
_BEIJING_OFFSET: Final = 8 * 3600
_DAY: Final = 86_400
_FRONT_FIELDS: Final = 3

Bytes = npt.NDArray[np.uint8]
Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]


@compiled
def hash_of(data: Bytes, start: int, stop: int) -> int:
    """FNV-1a of a byte range, as a non-negative int64."""
    value = np.uint64(14695981039346656037)
    for place in range(start, stop):
        value = (value ^ np.uint64(data[place])) * np.uint64(1099511628211)
    return np.int64(value >> np.uint64(1))  # type: ignore[return-value]  # numba sees an int


@compiled
def fill_table(fronts: Bytes, front_at: Int64, table: Int32) -> None:
    """Open-addressing table of the fronts; its length is a power of two, empty places are -1."""
    mask = len(table) - 1
    for slot in range(len(front_at) - 1):
        place = hash_of(fronts, front_at[slot], front_at[slot + 1]) & mask
        while table[place] >= 0:
            place = (place + 1) & mask
        table[place] = slot


@compiled
def _same(data: Bytes, at: int, known: Bytes, start: int, stop: int) -> bool:
    if at + stop - start > len(data):
        return False
    # slices and no early exit: so the compiler makes a few vector instructions of the loop, ten times faster
    here, there = data[at : at + stop - start], known[start:stop]
    different = np.uint8(0)
    for offset in range(stop - start):
        different |= here[offset] ^ there[offset]
    return bool(different == 0)


@compiled
def _front_end(data: Bytes, at: int, stop: int) -> int:
    """Just after the third semicolon of the record, or -1."""
    seen = 0
    for place in range(at, stop):
        if data[place] == _SEMICOLON:
            seen += 1
            if seen == _FRONT_FIELDS:
                return place + 1
        elif data[place] == _TILDE:
            return -1
    return -1


@compiled
def _find(data: Bytes, at: int, end: int, fronts: Bytes, front_at: Int64, table: Int32) -> int:
    """Slot whose front is data[at:end], or ODD. The first of several with the same front."""
    mask = len(table) - 1
    place = hash_of(data, at, end) & mask
    while table[place] >= 0:
        slot = table[place]
        if front_at[slot + 1] - front_at[slot] == end - at and _same(
            data, at, fronts, front_at[slot], front_at[slot + 1]
        ):
            return int(slot)
        place = (place + 1) & mask
    return ODD


@compiled
def _number(data: Bytes, at: int, stop: int) -> tuple[int, int, int]:  # noqa: C901, PLR0911  # one pass over bytes, compiled
    """`-?d{1,12}(.d{1,6})?` or nothing, up to a semicolon: (its place or -1, micro-units, printed decimals)."""
    place = at
    if place < stop and data[place] == _SEMICOLON:
        return place, _NO_VALUE, 0
    negative = place < stop and data[place] == _MINUS
    if negative:
        place += 1
    first = place
    value = 0
    while place < stop and _ZERO <= data[place] < _ZERO + 10:
        value = value * 10 + (data[place] - _ZERO)
        place += 1
        if place - first > _MAX_INTEGER_DIGITS:
            return -1, 0, 0
    if place == first:
        return -1, 0, 0
    decimals = 0
    if place < stop and data[place] == _POINT:
        place += 1
        while place < stop and _ZERO <= data[place] < _ZERO + 10 and decimals <= _DECIMALS:
            value = value * 10 + (data[place] - _ZERO)
            place += 1
            decimals += 1
        if decimals == 0:
            return -1, 0, 0
    if decimals > _DECIMALS or place >= stop or data[place] != _SEMICOLON:
        return -1, 0, 0
    for _ in range(_DECIMALS - decimals):
        value *= 10
    if negative:
        value = -value
    if value == _ABNORMAL:
        return place, _NO_VALUE, 0
    return place, value, decimals


@compiled
def _two(data: Bytes, at: int) -> int:
    """Two digits, or a number far from any valid one."""
    tens, ones = data[at] - _ZERO, data[at + 1] - _ZERO
    return tens * 10 + ones if 0 <= tens <= 9 and 0 <= ones <= 9 else -10_000


@compiled
def _moment(data: Bytes, at: int) -> int:
    """`yyyy-MM-dd HH:mm:ss` of Beijing → seconds, or -1. Years 2000–2199, as in times.parse_beijing."""
    separators = (
        data[at + 4] == _MINUS and data[at + 7] == _MINUS and data[at + 10] == _SPACE
        and data[at + 13] == _COLON and data[at + 16] == _COLON
    )  # fmt: skip
    century, year_of, month, day = _two(data, at), _two(data, at + 2), _two(data, at + 5), _two(data, at + 8)
    hour, minute, second = _two(data, at + 11), _two(data, at + 14), _two(data, at + 17)
    if not separators or not (20 <= century <= 21) or year_of < 0:
        return -1
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60 and 1 <= month <= 12):
        return -1
    year = century * 100 + year_of
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    length = 31 - (month - 1) % 7 % 2 if month != 2 else 28 + leap
    if not 1 <= day <= length:
        return -1
    # days since 1970-01-01, counting years from March so that the leap day comes last
    shifted = year - (month < 3)
    month_from_march = (month + 9) % 12
    days = 365 * shifted + shifted // 4 - shifted // 100 + shifted // 400 + (153 * month_from_march + 2) // 5 + day - 1
    return (days - 719_468) * _DAY + hour * 3600 + minute * 60 + second - _BEIJING_OFFSET


@compiled
def _status(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """`d{1,9};`: (place after the semicolon or -1, bits)."""
    place, bits = at, 0
    while place < stop and _ZERO <= data[place] < _ZERO + 10 and place - at < _MAX_STATUS_DIGITS:
        bits = bits * 10 + (data[place] - _ZERO)
        place += 1
    if place == at or place >= stop or data[place] != _SEMICOLON:
        return -1, 0
    return place + 1, bits


@compiled
def parse_records(
    data: Bytes, start: int, stop: int,
    fronts: Bytes, front_at: Int64, backs: Bytes, back_at: Int64, table: Int32,
    slot: Int32, value: Int64, decimals: Bytes, status: Int32, time: Int64, record_at: Int64,
) -> int:  # fmt: skip
    """Parse the records in data[start:stop]; the number found, or NO_ROOM when there are more than columns hold.

    Row n holds the n-th non-empty record, which begins at record_at[n]; record_at[n + 1] lies past its end. Its slot
    is ODD, and the other columns are unset, when the record needs the careful parser.
    """
    at, count, expected = start, 0, 0
    slots = len(front_at) - 1
    while at < stop:
        if data[at] == _TILDE:
            at += 1
            continue
        if count == len(slot):
            return NO_ROOM
        record_at[count] = at
        described, end = _one_record(
            data, at, stop, expected, slots, fronts, front_at, backs, back_at, table,
            count, value, decimals, status, time,
        )  # fmt: skip
        slot[count] = described
        if described == ODD:
            end = at
            while end < stop and data[end] != _TILDE:
                end += 1
        else:
            expected = described + 1
        count += 1
        at = end + 1
    record_at[count] = stop + 1
    return count


@compiled
def _one_record(
    data: Bytes, at: int, stop: int, expected: int, slots: int,
    fronts: Bytes, front_at: Int64, backs: Bytes, back_at: Int64, table: Int32,
    number: int, value: Int64, decimals: Bytes, status: Int32, time: Int64,
) -> tuple[int, int]:  # fmt: skip
    """(slot or ODD, place of the record's end mark)."""
    slot = expected
    if slot >= slots or not _same(data, at, fronts, front_at[slot], front_at[slot + 1]):
        end = _front_end(data, at, stop)
        if end < 0 or slots == 0:
            return ODD, 0
        slot = _find(data, at, end, fronts, front_at, table)
        if slot == ODD:
            return ODD, 0
    place, units, printed = _number(data, at + front_at[slot + 1] - front_at[slot], stop)
    if place < 0 or not _same(data, place, backs, back_at[slot], back_at[slot + 1]):
        return ODD, 0
    place, bits = _status(data, place + back_at[slot + 1] - back_at[slot], stop)
    if place < 0 or place + _TIME_LENGTH > stop:
        return ODD, 0
    moment = _moment(data, place)
    place += _TIME_LENGTH
    if moment < 0 or (place < stop and data[place] != _TILDE):
        return ODD, 0
    value[number], decimals[number], status[number], time[number] = units, printed, bits, moment
    return slot, place
