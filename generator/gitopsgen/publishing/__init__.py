"""Publishing a repository: to any git remote, and to GitHub through its API."""
