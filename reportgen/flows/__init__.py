"""The flows: each joins stages into what one command does."""
