"""StandbyLag a platform into a second place, and taking over there."""
