//! Trouble on demand.

use std::time::Duration;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The answer comes late.
    Latency(Duration),
    /// 429, with `Retry-After` in seconds; nothing is done.
    Busy(u64),
    /// 500; nothing is done.
    Broken,
    /// 504; it is done all the same.
    TimedOut,
    /// The connection is dropped, and nothing is done.
    LostBefore,
    /// The connection is dropped, and it is done all the same.
    LostAfter,
    /// 409, as if somebody else had been faster; nothing is done.
    Conflict,
    /// Somebody else changes the object just before: its version is another then.
    Overtaken,
}

/// Which requests a fault is for.
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    /// The method; empty for any.
    pub method: String,
    /// A part of the path; empty for any.
    pub path: String,
    /// Whether dry runs count too.
    pub dry_runs: bool,
}

impl Matcher {
    /// Matches what changes something: every method but GET, without dry runs.
    #[must_use]
    pub fn writes() -> Self {
        Self {
            method: "!GET".into(),
            ..Self::default()
        }
    }

    /// Matches requests of a method.
    #[must_use]
    pub fn method(method: &str) -> Self {
        Self {
            method: method.into(),
            ..Self::default()
        }
    }

    pub(crate) fn matches(&self, method: &str, path: &str, is_dry: bool) -> bool {
        let is_method = match self.method.strip_prefix('!') {
            Some(other) => method != other,
            None => self.method.is_empty() || self.method == method,
        };
        is_method && path.contains(&self.path) && (self.dry_runs || !is_dry)
    }
}

/// The faults that are to come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    next: Vec<(Matcher, Fault, usize)>,
    random: Option<Random>,
}

/// Faults at a rate, from a seed.
#[derive(Debug)]
struct Random {
    state: u64,
    per_mille: u64,
}

impl Faults {
    pub(crate) fn next(&mut self, matcher: Matcher, fault: Fault, times: usize) {
        self.next.push((matcher, fault, times));
    }

    pub(crate) fn at_random(&mut self, per_mille: u64, seed: u64) {
        self.random = (per_mille > 0).then_some(Random {
            state: seed,
            per_mille,
        });
    }

    /// Returns the fault of a request, if it has one.
    pub(crate) fn take(&mut self, method: &str, path: &str, is_dry: bool) -> Option<Fault> {
        let planned = self
            .next
            .iter_mut()
            .find(|(matcher, _, left)| *left > 0 && matcher.matches(method, path, is_dry));
        if let Some((_, fault, left)) = planned {
            *left -= 1;
            return Some(*fault);
        }
        let random = self.random.as_mut()?;
        if random.draw() % 1_000 >= random.per_mille {
            return None;
        }
        const KINDS: [Fault; 7] = [
            Fault::Latency(Duration::from_millis(20)),
            Fault::Busy(0),
            Fault::Broken,
            Fault::TimedOut,
            Fault::LostBefore,
            Fault::LostAfter,
            Fault::Overtaken,
        ];
        let drawn = random.draw() % 7;
        usize::try_from(drawn)
            .ok()
            .and_then(|at| KINDS.get(at).copied())
    }
}

impl Random {
    /// Draws a number (splitmix64).
    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
