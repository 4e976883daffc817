"""Who may open what in the room `mines`."""

from tests.web.matrix.rows import EVERYONE, OFFICERS, OVERSEERS, SIGHTED, Row

ROWS: dict[str, Row] = {
    "mines": Row(OVERSEERS),
    "mine": Row(SIGHTED, lambda w: [w.city.mine.code], owned=True),
    "mine_strip": Row(SIGHTED, lambda w: [w.city.mine.code], owned=True),
    "mine_tab": Row(SIGHTED, lambda w: [w.city.mine.code, "monitoring"], owned=True),
    "mine_sheet": Row(SIGHTED, lambda w: [w.city.mine.code], owned=True),
    "mine_sheet_pdf": Row(SIGHTED, lambda w: [w.city.mine.code], owned=True),
    "point": Row(SIGHTED, lambda w: [w.point.pk], owned=True),
    "point_history": Row(SIGHTED, lambda w: [w.point.pk], owned=True),
    "placing": Row(SIGHTED, lambda w: [w.city.mine.code], owned=True),
    "decide_placing": Row(
        OFFICERS,
        lambda w: [w.city.mine.code],
        owned=True,
        post=True,
        data={"do": "confirm"},
    ),
    "mine_board": Row(SIGHTED, lambda w: [w.city.mine.code], owned=True),
    "mine_board_pdf": Row(SIGHTED, lambda w: [w.city.mine.code], owned=True),
    "public_mine": Row(EVERYONE, lambda w: [w.city.mine.code], public=True),
    "public_mine_qr": Row(EVERYONE, lambda w: [w.city.mine.code], public=True),
}
