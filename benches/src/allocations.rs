//! Counts what a piece of work allocates.

#![expect(
    unsafe_code,
    reason = "an allocator cannot be written without it; this one only counts and passes on"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[global_allocator]
static COUNTING: Counting = Counting;

/// Counting costs time, so it is off while something is timed.
static ON: AtomicBool = AtomicBool::new(false);
static CALLS: AtomicUsize = AtomicUsize::new(0);
static GIVEN: AtomicUsize = AtomicUsize::new(0);
static FREED: AtomicUsize = AtomicUsize::new(0);

/// What was allocated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allocations {
    /// How often.
    pub(crate) calls: usize,
    /// How many bytes in all.
    pub(crate) bytes: usize,
    /// How many of them were still in use at the end.
    pub(crate) kept: usize,
}

/// Runs some work and returns its result with what it allocated. Not for several threads at once.
pub(crate) fn count<T>(work: impl FnOnce() -> T) -> (T, Allocations) {
    for counter in [&CALLS, &GIVEN, &FREED] {
        counter.store(0, Ordering::Relaxed);
    }
    ON.store(true, Ordering::Relaxed);
    let result = work();
    ON.store(false, Ordering::Relaxed);
    let bytes = GIVEN.load(Ordering::Relaxed);
    let allocations = Allocations {
        calls: CALLS.load(Ordering::Relaxed),
        bytes,
        kept: bytes.saturating_sub(FREED.load(Ordering::Relaxed)),
    };
    (result, allocations)
}

struct Counting;

// SAFETY: every call goes to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        given(layout.size());
        // SAFETY: the caller keeps the promises of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        freed(layout.size());
        // SAFETY: the caller keeps the promises of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        freed(layout.size());
        given(size);
        // SAFETY: the caller keeps the promises of `realloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

fn given(size: usize) {
    if ON.load(Ordering::Relaxed) {
        CALLS.fetch_add(1, Ordering::Relaxed);
        GIVEN.fetch_add(size, Ordering::Relaxed);
    }
}

fn freed(size: usize) {
    if ON.load(Ordering::Relaxed) {
        FREED.fetch_add(size, Ordering::Relaxed);
    }
}
