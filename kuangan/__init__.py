"""kuangan (矿安): the platform of a city's coal-mine safety supervision."""

__version__ = "0.1.0"
