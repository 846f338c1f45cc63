"""Kustomizations: built as Argo CD would."""
