"""ApplicationSets: the Applications that they generate."""
