"""The rules: one module a family, each with what it says (`RULES`) and how it looks (`check`)."""
