//! Asking people.

use crate::advice::ChoiceKind;
use crate::options::choice::Draft;
use crate::options::fields::Question;
use crate::options::{Desk, words};

impl Desk<'_> {
    /// Returns the action as asked, when people agree; none where nobody can release it.
    pub(super) fn ask(&self, question: &Question<'_>) -> Option<Draft> {
        let (verdict, gate) = (question.verdict, &question.report.gate);
        gate.releasable.then(|| {
            Draft::new(
                ChoiceKind::Ask,
                format!(
                    "as asked, with the agreement of {}",
                    words::people(verdict, gate)
                ),
                0.0,
            )
            .giving_up("waits for people")
            .at_once(question.asked)
        })
    }
}
