"""Finding blueprints, reading their metadata, rendering them with cookiecutter."""
