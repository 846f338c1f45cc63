"""Reading a repository as Argo CD would."""
