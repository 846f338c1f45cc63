"""Helm charts: fetched, unpacked and rendered as Argo CD would."""
