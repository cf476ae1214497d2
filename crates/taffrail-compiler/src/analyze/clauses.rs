//! Which clauses each kind of rule takes, and how often.

use taffrail_syntax::{Diagnostic, Location, ast};

use super::scope::Context;
use ast::RuleKind::{self, Breaker, Budget, Grant, Guard, Prove, Tolerance, Waive};

/// A place that a clause fills in a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    On,
    Condition,
    Risk,
    Outcome,
    ProposeAt,
    EscalateAt,
    Because,
    Suggest,
    Limit,
    Spend,
    Trip,
    Hold,
    Until,
    By,
    AtMost,
    Expect,
}

impl Slot {
    fn of(clause: &ast::ClauseKind) -> Self {
        match clause {
            ast::ClauseKind::On(_) => Self::On,
            ast::ClauseKind::When(_) | ast::ClauseKind::Unless(_) => Self::Condition,
            ast::ClauseKind::Risk(_) => Self::Risk,
            ast::ClauseKind::Propose(_)
            | ast::ClauseKind::Escalate(_)
            | ast::ClauseKind::Forbid => Self::Outcome,
            ast::ClauseKind::ProposeAt(_) => Self::ProposeAt,
            ast::ClauseKind::EscalateAt(_) => Self::EscalateAt,
            ast::ClauseKind::Because(_) => Self::Because,
            ast::ClauseKind::Suggest { .. } | ast::ClauseKind::SuggestText(_) => Self::Suggest,
            ast::ClauseKind::Limit { .. } => Self::Limit,
            ast::ClauseKind::Spend(_) => Self::Spend,
            ast::ClauseKind::Trip { .. } => Self::Trip,
            ast::ClauseKind::Hold(_) => Self::Hold,
            ast::ClauseKind::Until(_) => Self::Until,
            ast::ClauseKind::By(_) => Self::By,
            ast::ClauseKind::AtMostPropose => Self::AtMost,
            ast::ClauseKind::Expect(_) => Self::Expect,
        }
    }

    /// Returns how the clause is written.
    pub(super) fn written(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Condition => "when",
            Self::Risk => "risk",
            Self::Outcome => "effect",
            Self::ProposeAt => "propose at",
            Self::EscalateAt => "escalate at",
            Self::Because => "because",
            Self::Suggest => "suggest",
            Self::Limit => "limit … per …",
            Self::Spend => "spend",
            Self::Trip => "trip after … failures within …",
            Self::Hold => "hold",
            Self::Until => "until",
            Self::By => "by",
            Self::AtMost => "at most propose",
            Self::Expect => "expect",
        }
    }

    /// Returns the kinds of rules that take the clause.
    fn rules(self) -> &'static [RuleKind] {
        match self {
            Self::On => &[Tolerance, Grant, Guard, Budget, Breaker, Waive, Prove],
            Self::Condition | Self::Because => &[Tolerance, Grant, Guard, Budget, Breaker, Waive],
            Self::Risk => &[Guard],
            Self::Outcome | Self::Suggest => &[Guard, Budget, Breaker],
            Self::ProposeAt | Self::EscalateAt => &[Tolerance],
            Self::Limit | Self::Spend => &[Budget],
            Self::Trip | Self::Hold => &[Breaker],
            Self::Until | Self::By | Self::AtMost => &[Waive],
            Self::Expect => &[Prove],
        }
    }

    fn repeats(self) -> bool {
        matches!(self, Self::Condition | Self::Suggest)
    }
}

/// The clauses of a rule that belong there.
#[derive(Debug)]
pub(super) struct Clauses<'r> {
    kept: Vec<(Slot, &'r ast::Clause)>,
}

impl<'r> Clauses<'r> {
    /// Returns the clauses that the rule may have, and reports the others.
    pub(super) fn of(ctx: &mut Context<'_>, file: usize, rule: &'r ast::Rule) -> Self {
        let mut kept: Vec<(Slot, &'r ast::Clause)> = Vec::new();
        for clause in &rule.clauses {
            let slot = Slot::of(&clause.kind);
            let location = ctx.at(file, clause.span);
            if !slot.rules().contains(&rule.kind) {
                ctx.report(misplaced(rule.kind, slot, &clause.kind, location));
                continue;
            }
            let first = kept.iter().find(|(other, _)| *other == slot);
            match first {
                Some((_, first)) if !slot.repeats() => {
                    let first = ctx.at(file, first.span);
                    ctx.report(repeated(rule.kind, slot, location, first));
                }
                _ => kept.push((slot, clause)),
            }
        }
        Self { kept }
    }

    /// Returns the clause of a slot.
    pub(super) fn get(&self, slot: Slot) -> Option<&'r ast::Clause> {
        self.all(slot).next()
    }

    /// Returns the clauses of a slot that may have several.
    pub(super) fn all(&self, slot: Slot) -> impl Iterator<Item = &'r ast::Clause> {
        self.kept
            .iter()
            .filter(move |(other, _)| *other == slot)
            .map(|(_, clause)| *clause)
    }

    /// Reports the mandatory clauses that are missing.
    pub(super) fn require(
        &self,
        ctx: &mut Context<'_>,
        rule: &ast::Rule,
        location: Location,
        slots: &[Slot],
    ) {
        let missing: Vec<String> = slots
            .iter()
            .filter(|slot| self.get(**slot).is_none())
            .map(|slot| match slot {
                Slot::Outcome => "an effect".to_owned(),
                slot => format!("`{}`", slot.written()),
            })
            .collect();
        let Some((last, others)) = missing.split_last() else {
            return;
        };
        let missing = if others.is_empty() {
            last.clone()
        } else {
            format!("{} and {last}", others.join(", "))
        };
        let kind = noun(rule.kind);
        ctx.report(
            Diagnostic::error(
                "missing-clause",
                location,
                format!("this {kind} lacks {missing}"),
            )
            .hint(example(rule.kind)),
        );
    }
}

/// Returns what a rule of the kind is called.
pub(super) fn noun(kind: RuleKind) -> &'static str {
    match kind {
        Waive => "waiver",
        Prove => "proof",
        Tolerance | Grant | Guard | Budget | Breaker => kind.keyword(),
    }
}

fn misplaced(
    rule: RuleKind,
    slot: Slot,
    clause: &ast::ClauseKind,
    location: Location,
) -> Diagnostic {
    let keyword = noun(rule);
    let written = match clause {
        ast::ClauseKind::Propose(_) => "propose",
        ast::ClauseKind::Escalate(_) => "escalate",
        ast::ClauseKind::Forbid => "forbid",
        ast::ClauseKind::Unless(_) => "unless",
        _ => slot.written(),
    };
    let diagnostic = Diagnostic::error(
        "clause-not-allowed",
        location,
        format!("a {keyword} takes no `{written}`"),
    );
    match (rule, slot) {
        (Grant, Slot::Risk | Slot::Outcome) => {
            diagnostic.hint("a grant lets something pass; what restrains is a guard")
        }
        (Tolerance, Slot::Outcome) => {
            diagnostic.hint(format!("say from which risk on: `{written} at 30`"))
        }
        (Guard, Slot::ProposeAt | Slot::EscalateAt) => diagnostic
            .hint("a guard has an effect of its own; thresholds of risk stand in a tolerance"),
        (Budget | Breaker, Slot::Risk) => {
            diagnostic.hint("its effect is `propose`, `escalate` or `forbid`")
        }
        _ => {
            let kinds: Vec<&str> = slot.rules().iter().map(|kind| noun(*kind)).collect();
            diagnostic.hint(format!("it belongs in a {}", kinds.join(", ")))
        }
    }
}

fn repeated(rule: RuleKind, slot: Slot, location: Location, first: Location) -> Diagnostic {
    let keyword = noun(rule);
    let message = match slot {
        Slot::Outcome => format!("a {keyword} has one verdict"),
        _ => format!("a {keyword} has one `{}`", slot.written()),
    };
    let diagnostic = Diagnostic::error("duplicate-clause", location, message)
        .at("again here")
        .label(first, "first here");
    match slot {
        Slot::Outcome => diagnostic.hint("keep the more careful one, or write two rules"),
        _ => diagnostic,
    }
}

fn example(rule: RuleKind) -> &'static str {
    match rule {
        Budget => "for example `limit 5 per 1h` and `propose`",
        Breaker => "for example `trip after 3 failures within 30m`, `hold 1h` and `propose`",
        Waive => {
            "for example `until 2027-03-31`, `by \"dana@example.com\"` and `because \"OPS-1412\"`"
        }
        // Their clauses are optional, or missing ones have a message of their own.
        Tolerance | Guard | Grant | Prove => "see the language reference",
    }
}
