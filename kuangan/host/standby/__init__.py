"""A second place that follows this platform: what lies there, what the database sends, what the supervisor watches."""
