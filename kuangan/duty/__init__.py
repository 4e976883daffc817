"""Duties (履职事项): what obligations of the corpus ask of which unit, by when, and how it was done."""
