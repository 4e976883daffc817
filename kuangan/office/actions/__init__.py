"""All writes of `office`. Keyword-only, actor first; every one records what it did in the same transaction."""
