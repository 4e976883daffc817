"""Changes of mines as a whole."""
