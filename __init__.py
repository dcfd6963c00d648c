"""hinterland: who is on record as serving where, and where nobody is."""

__version__ = "0.1.0"
