"""What a city answers to open questions of law: its files, what is wrong with them, what is asked and what rests on it."""
