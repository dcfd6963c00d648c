"""Where places are: building blocks, geographies, names and codes."""
