"""`kuangan doctor`: what is wrong with this installation, in plain Chinese, each check a function of its own."""
