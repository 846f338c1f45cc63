"""Checking a repository: the stages, the rules and the reports."""
