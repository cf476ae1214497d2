//! A Kubernetes API server for tests: it keeps objects, patches them, refuses as a real one does, and fails on demand.
