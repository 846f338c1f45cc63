"""How the data in gitopsgen/schemas/data is made; not part of the installed package.

`python -m schemas_build` makes it, docs/decisions/schemas.md says from what and why.
"""
