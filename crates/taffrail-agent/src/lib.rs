//! Takes an action through its whole way: collected, decided, reserved, rehearsed, executed once, verified, undone if need be, and all of it on record.
