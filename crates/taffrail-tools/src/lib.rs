//! Policy tests, graph drawings.
