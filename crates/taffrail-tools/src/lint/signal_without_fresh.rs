//! `signal-without-fresh`: a signal whose reading never ages.

use taffrail_syntax::Diagnostic;

use super::subject::{Subject, last_word};

/// Finds signals without `fresh`: a reading of last week would still count as true.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for signal in &subject.module().signals {
        if signal.fresh.is_some() {
            continue;
        }
        found.push(
            Diagnostic::warning(
                "signal-without-fresh",
                signal.location,
                format!(
                    "a reading of signal `{}` counts however old it is",
                    last_word(&signal.name)
                ),
            )
            .hint("say from which age on it is unknown: `fresh 5m`"),
        );
    }
}
