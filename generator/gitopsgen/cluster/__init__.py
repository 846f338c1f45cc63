"""cluster.yaml: its schema, its model, the address plan, prompts and edits."""
