"""gitopsgen beside other tools. Run by hand: what it needs is installed by the scripts."""
