"""Claims: proven before any data, chosen by the figures."""
