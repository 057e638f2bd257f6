"""reportgen: a research note whose every number has a ledger entry."""

__version__ = "0.1.0"
