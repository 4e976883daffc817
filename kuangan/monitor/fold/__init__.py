"""From readings to episodes: pure functions over flat arrays. `fold.fast` is what runs, `fold.reference` what it means."""
