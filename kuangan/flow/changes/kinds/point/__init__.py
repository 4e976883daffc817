"""Changes of measuring points."""
