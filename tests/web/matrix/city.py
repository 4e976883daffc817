"""Who may open what in the room `city`."""

from tests.web.matrix.rows import ACCOUNT_KEEPERS, OPERATOR, Row, city_book_of, told_heading_of

ROWS: dict[str, Row] = {
    "city_books": Row(ACCOUNT_KEEPERS),
    "city_book_template": Row(OPERATOR),
    "city_book": Row(ACCOUNT_KEEPERS, lambda w: [city_book_of(w).pk]),
    "city_book_refused": Row(ACCOUNT_KEEPERS, lambda w: [city_book_of(w).pk]),
    "forget_heading": Row(OPERATOR, lambda w: [told_heading_of(w)], post=True),
}
