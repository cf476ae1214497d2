//! Asking people.

use taffrail_runtime::request::Request;

use crate::advice::ChoiceKind;
use crate::options::choice::Draft;
use crate::options::{Desk, words};

impl Desk<'_> {
    /// Returns the action as asked, when people agree; none where nobody can release it.
    pub(super) fn ask(&self, asked: &Request) -> Option<Draft> {
        let decision = self.program.decide(asked);
        let (verdict, gate) = (decision.verdict(), decision.gate());
        gate.releasable.then(|| {
            Draft::new(
                ChoiceKind::Ask,
                format!(
                    "as asked, with the agreement of {}",
                    words::people(verdict, &gate)
                ),
                0.0,
            )
            .giving_up("waits for people")
            .at_once(asked)
        })
    }
}
