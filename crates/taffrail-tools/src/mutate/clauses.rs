//! Changes of clauses: left out, or their effect swapped for another.

use taffrail_syntax::Span;
use taffrail_syntax::ast::{Clause, ClauseKind, Rule};

use super::sites::{Sites, between};
use super::{Family, conditions, on};

/// Changes a clause of a rule.
pub(super) fn change(sites: &mut Sites<'_>, rule: &Rule, clause: &Clause) {
    match &clause.kind {
        ClauseKind::On(about) => on::change(sites, clause.span, about),
        ClauseKind::When(expr) | ClauseKind::Unless(expr) => {
            sites.drop(clause.span, clause.span, Family::Clause);
            conditions::change(sites, expr);
        }
        ClauseKind::Risk(expr) => {
            sites.drop(clause.span, clause.span, Family::Effect);
            conditions::change(sites, expr);
        }
        ClauseKind::Propose(_) => {
            keyword(sites, clause.span, "propose", "escalate");
            drop_effect(sites, rule, clause.span);
        }
        ClauseKind::Escalate(_) => {
            keyword(sites, clause.span, "escalate", "propose");
            drop_effect(sites, rule, clause.span);
        }
        ClauseKind::Forbid => {
            keyword(sites, clause.span, "forbid", "escalate");
            drop_effect(sites, rule, clause.span);
        }
        ClauseKind::AtMostPropose => sites.drop(clause.span, clause.span, Family::Effect),
        ClauseKind::ProposeAt(expr) | ClauseKind::EscalateAt(expr) => {
            sites.drop(clause.span, clause.span, Family::Effect);
            conditions::change(sites, expr);
        }
        ClauseKind::Limit { limit, per, .. } => {
            conditions::change(sites, limit);
            conditions::change(sites, per);
        }
        ClauseKind::Trip {
            failures, within, ..
        } => {
            conditions::change(sites, failures);
            conditions::change(sites, within);
        }
        ClauseKind::Spend(expr) => {
            sites.drop(clause.span, clause.span, Family::Effect);
            conditions::change(sites, expr);
        }
        ClauseKind::Hold(expr) | ClauseKind::Until(expr) => conditions::change(sites, expr),
        // What is only said changes no verdict.
        ClauseKind::Because(_)
        | ClauseKind::Suggest { .. }
        | ClauseKind::SuggestText(_)
        | ClauseKind::By(_)
        | ClauseKind::Expect(_) => {}
    }
}

fn keyword(sites: &mut Sites<'_>, clause: Span, word: &str, other: &str) {
    let length = u32::try_from(word.len()).unwrap_or(0);
    let place = between(clause.start, clause.start.saturating_add(length));
    sites.replace(place, other, Family::Effect);
}

/// A rule without any effect is no rule; then removing it is the same change.
fn drop_effect(sites: &mut Sites<'_>, rule: &Rule, clause: Span) {
    let is_effect = |clause: &&Clause| {
        matches!(
            clause.kind,
            ClauseKind::Risk(_)
                | ClauseKind::Propose(_)
                | ClauseKind::Escalate(_)
                | ClauseKind::Forbid
        )
    };
    if rule.clauses.iter().filter(is_effect).count() > 1 {
        sites.drop(clause, clause, Family::Effect);
    }
}
