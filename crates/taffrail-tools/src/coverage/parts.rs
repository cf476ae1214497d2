//! From what the rules of a program came to, to the places in the text.

use std::collections::{BTreeMap, BTreeSet};

use taffrail_compiler::{MappedCondition, SourceMap};
use taffrail_runtime::program::{Expr, ExprId, On, RuleId};
use taffrail_runtime::trace::{Effect, Outcomes, RuleTrace, Trace, conditions_of_program};
use taffrail_syntax::{Location, SourceId, Span, ast, parse};

use super::{FileCoverage, Part, PartKind};
use crate::scenario::Suite;

/// Returns what can be exercised in each file, and what was.
pub(super) fn files(suite: &Suite<'_>, map: &SourceMap, trace: &Trace) -> Vec<FileCoverage> {
    let places = Places::new(suite, map, trace);
    let mut files: Vec<FileCoverage> = suite
        .sources
        .iter()
        .map(|(source, text)| {
            let file = parse(source, &text.text).file;
            let mut parts = Vec::new();
            for item in &file.items {
                if let ast::ItemKind::Rule(rule) = &item.kind {
                    places.of_rule(source, rule, &mut parts);
                }
            }
            parts.extend(places.conditions(source, &parts));
            // What contains another comes before it.
            parts.sort_by_key(|part| {
                let span = part.location.span;
                (span.start, std::cmp::Reverse(span.end), part.kind)
            });
            FileCoverage {
                source,
                name: text.name.clone(),
                parts,
            }
        })
        .filter(|file| !file.parts.is_empty())
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// Everything that is known by place.
struct Places<'s> {
    suite: &'s Suite<'s>,
    trace: &'s Trace,
    rules: BTreeMap<Location, RuleId>,
    conditions: BTreeMap<Location, Vec<&'s MappedCondition>>,
    /// The conditions of each rule.
    shape: Vec<BTreeSet<ExprId>>,
    /// What each condition came to in any rule; what no rule asks is not in it.
    joined: BTreeMap<ExprId, Outcomes>,
}

impl<'s> Places<'s> {
    fn new(suite: &'s Suite<'s>, map: &'s SourceMap, trace: &'s Trace) -> Self {
        let shape = conditions_of_program(suite.program.data());
        let mut joined: BTreeMap<ExprId, Outcomes> = BTreeMap::new();
        for (at, ids) in shape.iter().enumerate() {
            for id in ids {
                let known = joined.entry(*id).or_default();
                let own = trace.rules.get(at).and_then(|rule| rule.conditions.get(id));
                *known = known.join(own.copied().unwrap_or_default());
            }
        }
        let mut conditions: BTreeMap<Location, Vec<&MappedCondition>> = BTreeMap::new();
        for condition in &map.conditions {
            conditions
                .entry(condition.location)
                .or_default()
                .push(condition);
        }
        Self {
            suite,
            trace,
            rules: (0..)
                .zip(&map.rules)
                .map(|(id, location)| (*location, RuleId(id)))
                .collect(),
            conditions,
            shape,
            joined,
        }
    }

    fn of_rule(&self, source: SourceId, rule: &ast::Rule, parts: &mut Vec<Part>) {
        let at = |span: Span| Location { source, span };
        let Some(id) = self.rules.get(&at(rule.name.span)) else {
            return;
        };
        let Some(program) = self.suite.program.data().rules.get(id.0 as usize) else {
            return;
        };
        let untested = RuleTrace::default();
        let trace = self.trace.rules.get(id.0 as usize).unwrap_or(&untested);
        let reached = trace.on.yes || trace.on.unknown;
        let mut add = |kind, span, outcomes, constant| {
            parts.push(Part {
                kind,
                rule: Some(program.name.clone()),
                location: at(span),
                outcomes,
                constant,
                reached,
            });
        };
        let mut whole = trace.holds;
        // Without conditions, only another action makes it false.
        whole.no |= program.conditions.is_empty() && trace.on.no;
        let always = program.conditions.is_empty() && program.on == On::default();
        add(PartKind::Rule, rule.name.span, whole, always);
        let mut suggestions = 0_usize;
        for clause in &rule.clauses {
            match &clause.kind {
                ast::ClauseKind::On(_) => {
                    let any = program.on == On::default();
                    add(PartKind::On, clause.span, trace.on, any);
                }
                ast::ClauseKind::When(expr) | ast::ClauseKind::Unless(expr) => {
                    let (outcomes, constant) = self.clause(*id, at(expr.span));
                    add(PartKind::Clause, clause.span, outcomes, constant);
                }
                other => {
                    if let Some(effect) = effect(other, rule.kind, &mut suggestions) {
                        let outcomes = Outcomes {
                            yes: trace.effects.contains(&effect),
                            ..Outcomes::default()
                        };
                        add(PartKind::Effect, clause.span, outcomes, false);
                    }
                }
            }
        }
    }

    fn clause(&self, rule: RuleId, place: Location) -> (Outcomes, bool) {
        let entries = self.conditions.get(&place).map_or(&[][..], Vec::as_slice);
        let own = entries.iter().rfind(|entry| entry.rule == Some(rule));
        match own.and_then(|entry| self.outcomes(entry)) {
            Some(outcomes) => (outcomes, false),
            None => (Outcomes::default(), true),
        }
    }

    /// Returns the conditions of a source that are no whole clauses: those are among the parts already.
    fn conditions(&self, source: SourceId, parts: &[Part]) -> Vec<Part> {
        let clauses: Vec<Span> = parts
            .iter()
            .filter(|part| part.kind == PartKind::Clause)
            .map(|part| part.location.span)
            .collect();
        let whole_clause = |place: Span| {
            let after = clauses.partition_point(|clause| clause.start <= place.start);
            let clause = after.checked_sub(1).and_then(|at| clauses.get(at));
            clause.is_some_and(|clause| self.is_whole(source, *clause, place))
        };
        self.conditions
            .iter()
            .filter(|(place, _)| place.source == source && !whole_clause(place.span))
            .filter_map(|(place, entries)| self.condition(*place, entries))
            .collect()
    }

    /// Tells whether nothing but the keyword of a clause stands beside an expression.
    fn is_whole(&self, source: SourceId, clause: Span, inside: Span) -> bool {
        let Some(text) = self.suite.sources.get(source) else {
            return false;
        };
        let before = text.slice(Span {
            start: clause.start,
            end: inside.start,
        });
        let behind = text.slice(Span {
            start: inside.end,
            end: clause.end,
        });
        let parentheses = |text: &str| text.trim_matches(['(', ')', ' ', '\n', '\t']).is_empty();
        let keyword = before.trim_start();
        let rest = keyword
            .strip_prefix("when")
            .or_else(|| keyword.strip_prefix("unless"));
        inside.end <= clause.end && rest.is_some_and(parentheses) && parentheses(behind)
    }

    fn condition(&self, place: Location, entries: &[&MappedCondition]) -> Option<Part> {
        let mut outcomes: Option<Outcomes> = None;
        let mut constant = false;
        for entry in entries {
            match self.outcomes(entry) {
                Some(own) => outcomes = Some(outcomes.unwrap_or_default().join(own)),
                None => constant |= self.is_constant(entry),
            }
        }
        let text = self.suite.sources.get(place.source)?.slice(place.span);
        let is_literal = matches!(text, "true" | "false");
        if outcomes.is_none() && (!constant || is_literal) {
            return None;
        }
        let rule = entries.iter().find_map(|entry| entry.rule);
        let data = self.suite.program.data();
        let trace = rule.and_then(|rule| self.trace.rules.get(rule.0 as usize));
        Some(Part {
            kind: PartKind::Condition,
            rule: rule
                .and_then(|rule| data.rules.get(rule.0 as usize))
                .map(|rule| rule.name.clone()),
            location: place,
            outcomes: outcomes.unwrap_or_default(),
            constant: outcomes.is_none(),
            reached: rule.is_none() || trace.is_some_and(|rule| rule.on.yes || rule.on.unknown),
        })
    }

    /// Returns what a condition came to; `None` when it is none, or known while compiling.
    fn outcomes(&self, entry: &MappedCondition) -> Option<Outcomes> {
        let id = entry.expr?;
        let own = match entry.rule {
            Some(rule) => {
                let at = rule.0 as usize;
                if !self.shape.get(at)?.contains(&id) {
                    return None;
                }
                let trace = self.trace.rules.get(at);
                let own = trace.and_then(|rule| rule.conditions.get(&id));
                own.copied().unwrap_or_default()
            }
            None => *self.joined.get(&id)?,
        };
        Some(if entry.negated { own.negated() } else { own })
    }

    fn is_constant(&self, entry: &MappedCondition) -> bool {
        let exprs = &self.suite.program.data().exprs;
        entry
            .expr
            .is_none_or(|id| matches!(exprs.get(id.0 as usize), Some(Expr::Constant(_))))
    }
}

/// Returns the effect that a clause stands for.
fn effect(
    clause: &ast::ClauseKind,
    kind: ast::RuleKind,
    suggestions: &mut usize,
) -> Option<Effect> {
    match clause {
        ast::ClauseKind::Risk(_) => Some(Effect::Risk),
        ast::ClauseKind::Propose(_) | ast::ClauseKind::Escalate(_) | ast::ClauseKind::Forbid => {
            Some(Effect::Verdict)
        }
        ast::ClauseKind::ProposeAt(_) => Some(Effect::ProposeAt),
        ast::ClauseKind::EscalateAt(_) => Some(Effect::EscalateAt),
        ast::ClauseKind::Hold(_) => Some(Effect::HalfOpen),
        ast::ClauseKind::Until(_) => Some(Effect::Waived),
        ast::ClauseKind::Suggest { .. } | ast::ClauseKind::SuggestText(_) => {
            let at = *suggestions;
            *suggestions = at.saturating_add(1);
            Some(Effect::Suggestion(at))
        }
        ast::ClauseKind::On(_)
        | ast::ClauseKind::When(_)
        | ast::ClauseKind::Unless(_)
        | ast::ClauseKind::Because(_)
        | ast::ClauseKind::Limit { .. }
        | ast::ClauseKind::Spend(_)
        | ast::ClauseKind::Trip { .. }
        | ast::ClauseKind::By(_)
        | ast::ClauseKind::AtMostPropose
        | ast::ClauseKind::Expect(_) => None,
    }
    .filter(|_| kind != ast::RuleKind::Prove)
}
