"""Changes of posts."""
