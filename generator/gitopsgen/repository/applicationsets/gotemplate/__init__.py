"""Go's text/template with sprig, as far as ApplicationSets use it."""
