//! `waiver-forgives-nothing`: a waiver about other actions than its rule.

use taffrail_compiler::typed::{Rule, RuleBody};
use taffrail_syntax::Diagnostic;

use super::subject::{Subject, last_word};

/// Finds waivers whose `on` and that of their rule have no verb or no kind in common. A waiver must name every verb of an
/// action and a rule one of them, so without a common verb they never meet.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for waiver in &subject.module().rules {
        let RuleBody::Waiver { rule, .. } = &waiver.body else {
            continue;
        };
        let Some(rule) = subject.module().rules.get(rule.0 as usize) else {
            continue;
        };
        let Some(what) = never_in_common(waiver, rule) else {
            continue;
        };
        let name = last_word(&rule.name);
        let place = waiver.on_location.unwrap_or(waiver.location);
        let diagnostic = Diagnostic::warning(
            "waiver-forgives-nothing",
            place,
            format!("this waiver and `{name}` have no {what} in common, so it forgives nothing"),
        );
        let diagnostic = match rule.on_location {
            Some(on) => diagnostic.label(on, format!("`{name}` is about these")),
            None => diagnostic,
        };
        found.push(diagnostic.hint("name what the rule is about, or remove the waiver"));
    }
}

fn never_in_common(waiver: &Rule, rule: &Rule) -> Option<&'static str> {
    if let (Some(waived), Some(verbs)) = (&waiver.on.verbs, &rule.on.verbs)
        && !waived.iter().any(|verb| verbs.contains(verb))
    {
        return Some("verb");
    }
    if let (Some(waived), Some(kinds)) = (&waiver.on.kinds, &rule.on.kinds)
        && !waived
            .iter()
            .any(|pattern| kinds.iter().any(|other| other.kind == pattern.kind))
    {
        return Some("kind");
    }
    None
}
