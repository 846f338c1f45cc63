"""Making a repository, and later changing it, by git's own means."""
