"""YAML as Kubernetes reads it, with the position of everything in it."""
