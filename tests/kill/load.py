"""Writers that keep what the database acknowledged, through every loss of it."""

import threading

import psycopg

from kuangan.host.database.address import DatabaseAddress


class Writer(threading.Thread):
    """Inserts one numbered row after the other and notes which of them were acknowledged."""

    def __init__(self, address: DatabaseAddress) -> None:
        super().__init__(daemon=True)
        self.address = address
        self.acknowledged: list[int] = []
        self.losses = 0
        self.over = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.over.is_set():
            try:
                with psycopg.connect(self.address.url(), autocommit=True, connect_timeout=2) as connection:
                    while not self.over.is_set():
                        number += 1
                        connection.execute("INSERT INTO kept (number) VALUES (%s)", [number])
                        self.acknowledged.append(number)
                        self.over.wait(0.002)
            except psycopg.OperationalError:
                self.losses += 1
                self.over.wait(0.05)

    def end(self) -> list[int]:
        """Stop writing; the acknowledged numbers."""
        self.over.set()
        self.join(20)
        return self.acknowledged


def make_table(owner: DatabaseAddress) -> None:
    """The writers' table."""
    with psycopg.connect(owner.url()) as connection:
        connection.execute("CREATE TABLE kept (number int PRIMARY KEY)")


def rows(address: DatabaseAddress) -> set[int]:
    """The numbers that the database has."""
    with psycopg.connect(address.url()) as connection:
        return {number for (number,) in connection.execute("SELECT number FROM kept")}
