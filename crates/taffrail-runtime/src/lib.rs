//! Requests, programs and decisions.
