//! The door to the policy engine.
