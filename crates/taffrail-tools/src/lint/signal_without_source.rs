//! `signal-without-source`: a signal that does not say where it comes from.

use taffrail_syntax::Diagnostic;

use super::subject::{Subject, last_word};

/// Finds signals without `from`: whoever collects the facts cannot tell what to ask for.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for signal in &subject.module().signals {
        if !signal.source.trim().is_empty() {
            continue;
        }
        let name = last_word(&signal.name);
        found.push(
            Diagnostic::warning(
                "signal-without-source",
                signal.location,
                format!("signal `{name}` does not say where it comes from"),
            )
            .hint(format!(
                "name its source: `signal {name}: {} from \"prometheus\"`",
                signal.ty
            )),
        );
    }
}
