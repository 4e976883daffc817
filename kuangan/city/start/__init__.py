"""The first days of a city: what is still missing before the platform works, in the order in which it is done (启用清单)."""
