"""A copy of everything from which the platform can begin again on an empty machine: taken, kept, proved, restored.

What lies where, and in which order it is taken, is in docs/how-to/backup.md; why so, in decision 25.
"""
