"""Rows for the board and the figures; nothing else of `overview` asks the database.

A query takes the reader, and his sight holds. What a unit says of its own area, such as a report, a hand-over or a
bulletin, takes that unit: only rows inside its area, and of those only what the unit itself may know of. What hangs at
a wellhead for everybody to read takes the mine.
"""
