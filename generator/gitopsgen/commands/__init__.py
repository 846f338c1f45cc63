"""The subcommands: parse, call a service, print. One module each."""
