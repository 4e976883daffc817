"""What keeps the register of units, posts and people true over the years."""
