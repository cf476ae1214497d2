//! Asking people.

use taffrail_runtime::request::Request;

use crate::advice::ChoiceKind;
use crate::options::choice::Draft;
use crate::options::{Desk, words};

impl Desk<'_> {
    /// Returns the action as asked, when people agree; none where nobody can release it.
    pub(super) fn ask(&self, asked: &Request) -> Option<Draft> {
        let gate = self.program.decide(asked).gate();
        gate.releasable.then(|| {
            Draft::new(
                ChoiceKind::Ask,
                format!("as asked, with the agreement of {}", words::people(&gate)),
                0.0,
            )
            .giving_up("waits for people")
            .at_once(asked)
        })
    }
}
