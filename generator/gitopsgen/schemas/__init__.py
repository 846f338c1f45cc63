"""JSON Schemas for kubeconform: Kubernetes' own kinds, shipped custom kinds, and any CRD."""
