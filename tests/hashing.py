"""Argon2 at its lowest cost: tests that make many accounts need the same code path, not the same strength."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 8
    parallelism = 1


QUICK_HASHER = ["tests.hashing.QuickArgon2"]
