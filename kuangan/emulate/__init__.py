"""The fictional demonstration city: its mines, its people, its sensors, and the history that real actions made of them."""
