"""A city answers an open question of law: what that changes, shown before, and everything judged again after."""
