"""Finding, installing and running the programs that gitopsgen needs."""
