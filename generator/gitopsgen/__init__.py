"""From one small cluster.yaml to a complete, checked Argo CD app-of-apps repository."""

__version__ = "0.1.0"
