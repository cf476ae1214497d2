//! From typed rules to the rules of a program.

use taffrail_runtime::program::{
    Condition, DEPTH_LIMIT, Origin, Points, Rule, RuleBody, RuleId, Suggestion, TemplatePart,
};
use taffrail_syntax::{Diagnostic, Location, SourceId, SourceTable};

use super::constants::Constants;
use super::interval::Intervals;
use super::levels::Levels;
use super::lower::{Excess, Lowering};
use super::text::one_line;
use crate::codes;
use crate::typed::{self, Expr, LocalId};

/// Emits one rule after the other.
#[derive(Debug)]
pub(super) struct Rules<'m> {
    pub(super) lowering: Lowering<'m>,
    pub(super) constants: Constants<'m>,
    pub(super) diagnostics: Vec<Diagnostic>,
    intervals: Intervals,
    levels: &'m Levels,
    sources: &'m SourceTable,
    /// The place of each source in the program's list of files.
    files: &'m [u32],
    /// The place of each rule in the program.
    positions: &'m [u32],
}

impl<'m> Rules<'m> {
    pub(super) fn new(
        lowering: Lowering<'m>,
        constants: Constants<'m>,
        levels: &'m Levels,
        sources: &'m SourceTable,
        files: &'m [u32],
        positions: &'m [u32],
    ) -> Self {
        Self {
            lowering,
            constants,
            diagnostics: Vec::new(),
            intervals: Intervals::default(),
            levels,
            sources,
            files,
            positions,
        }
    }

    pub(super) fn emit(&mut self, rule: &'m typed::Rule) -> Rule {
        let conditions = rule
            .conditions
            .iter()
            .map(|condition| self.condition(condition))
            .collect();
        let body = self.body(rule);
        Rule {
            name: rule.name.clone(),
            origin: Origin {
                file: self.file(rule.location.source),
                line: self.line(rule.location),
            },
            on: rule.on.clone(),
            conditions,
            body,
            because: self.template(&rule.because),
            suggestions: rule
                .suggestions
                .iter()
                .map(|suggestion| self.suggestion(suggestion))
                .collect(),
            annotations: rule.annotations.clone(),
        }
    }

    fn body(&mut self, rule: &'m typed::Rule) -> RuleBody {
        let name = &rule.name;
        match &rule.body {
            typed::RuleBody::Grant => RuleBody::Grant,
            typed::RuleBody::Guard { risk, outcome } => RuleBody::Guard {
                risk: risk.as_ref().map(|risk| self.points(risk)),
                outcome: outcome.clone(),
            },
            typed::RuleBody::Budget {
                limit,
                per,
                by,
                spend,
                outcome,
                locals,
            } => RuleBody::Budget {
                limit: self.expr(limit),
                per: self.duration(per, &format!("the window of budget `{name}`")),
                by: self.exprs(by),
                spend: self.expr(spend),
                outcome: outcome.clone(),
                locals: self.bind(rule, *locals),
            },
            typed::RuleBody::Breaker {
                failures,
                within,
                hold,
                by,
                outcome,
                locals,
            } => RuleBody::Breaker {
                failures: self.constants.count(
                    failures,
                    &format!("the failures of breaker `{name}`"),
                    &mut self.diagnostics,
                ),
                within: self.duration(within, &format!("the window of breaker `{name}`")),
                hold: self.duration(hold, &format!("the `hold` of breaker `{name}`")),
                by: self.exprs(by),
                outcome: outcome.clone(),
                locals: self.bind(rule, *locals),
            },
            typed::RuleBody::Tolerance {
                propose_at,
                escalate_at,
            } => RuleBody::Tolerance {
                propose_at: propose_at.as_ref().map(|risk| self.expr(risk)),
                escalate_at: escalate_at.as_ref().map(|risk| self.expr(risk)),
            },
            typed::RuleBody::Waiver {
                rule,
                until,
                by,
                at_most_propose,
            } => RuleBody::Waiver {
                rule: RuleId(
                    self.positions
                        .get(rule.0 as usize)
                        .copied()
                        .unwrap_or(u32::MAX),
                ),
                until: *until,
                by: by.clone(),
                at_most_propose: *at_most_propose,
            },
        }
    }

    fn condition(&mut self, condition: &'m typed::Condition) -> Condition {
        let text = self
            .sources
            .get(condition.location.source)
            .map_or("", |source| source.slice(condition.location.span));
        let expr = self.expr(&condition.expr);
        let is_unless = text.starts_with("unless");
        self.lowering
            .recorder
            .note_clause(&condition.expr, expr, is_unless);
        Condition {
            expr,
            text: one_line(text),
            line: self.line(condition.location),
        }
    }

    fn points(&mut self, risk: &'m Expr) -> Points {
        let expr = self.expr(risk);
        Points {
            expr,
            greatest: self.intervals.greatest_points(&self.lowering.arena, expr),
        }
    }

    fn duration(&mut self, expr: &'m Expr, what: &str) -> jiff::SignedDuration {
        self.constants.duration(expr, what, &mut self.diagnostics)
    }

    fn template(&mut self, parts: &'m [typed::TemplatePart]) -> Vec<TemplatePart> {
        parts
            .iter()
            .map(|part| match part {
                typed::TemplatePart::Text(text) => TemplatePart::Text(text.clone()),
                typed::TemplatePart::Expr(expr) => TemplatePart::Expr(self.expr(expr)),
            })
            .collect()
    }

    fn suggestion(&mut self, suggestion: &'m typed::Suggestion) -> Suggestion {
        match suggestion {
            typed::Suggestion::Assign { path, value } => Suggestion::Assign {
                path: path.clone(),
                value: self.expr(value),
            },
            typed::Suggestion::Text(parts) => Suggestion::Text(self.template(parts)),
        }
    }

    /// Numbers what a `because` may read of its rule's state, above everything that is bound around such a reading.
    fn bind<const N: usize>(
        &mut self,
        rule: &typed::Rule,
        locals: [LocalId; N],
    ) -> [taffrail_runtime::program::LocalId; N] {
        let texts = rule
            .suggestions
            .iter()
            .filter_map(|suggestion| match suggestion {
                typed::Suggestion::Text(parts) => Some(parts),
                typed::Suggestion::Assign { .. } => None,
            });
        let values = rule
            .suggestions
            .iter()
            .filter_map(|suggestion| match suggestion {
                typed::Suggestion::Assign { value, .. } => Some(value),
                typed::Suggestion::Text(_) => None,
            });
        let mut next = std::iter::once(&rule.because)
            .chain(texts)
            .flatten()
            .filter_map(|part| match part {
                typed::TemplatePart::Expr(expr) => Some(expr),
                typed::TemplatePart::Text(_) => None,
            })
            .chain(values)
            .map(|expr| self.levels.of(expr))
            .max()
            .unwrap_or(0);
        locals.map(|local| {
            let number = next;
            next = next.saturating_add(1);
            self.lowering.bind(local, number)
        })
    }

    fn exprs(&mut self, exprs: &'m [Expr]) -> Vec<taffrail_runtime::program::ExprId> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn expr(&mut self, expr: &'m Expr) -> taffrail_runtime::program::ExprId {
        let id = self.lowering.lower(expr);
        if let Some(excess) = self.lowering.take_excess() {
            self.report(excess, expr.location);
        }
        id
    }

    /// Reports each kind of excess once: the first place says enough.
    fn report(&mut self, excess: Excess, location: Location) {
        let message = match excess {
            Excess::Depth => {
                format!(
                    "an expression nests more than {DEPTH_LIMIT} levels deep, its lets and functions counted"
                )
            }
            Excess::Size => {
                "the policy set has too many expressions, its functions counted at each use".into()
            }
        };
        let known = self.diagnostics.iter().any(|diagnostic| {
            diagnostic.code == codes::PROGRAM_TOO_LARGE && diagnostic.message == message
        });
        if !known {
            self.diagnostics.push(
                Diagnostic::error(codes::PROGRAM_TOO_LARGE, location, message)
                    .at("reached here")
                    .hint("say it with fewer functions that use each other, or with a quantifier over a list"),
            );
        }
    }

    fn file(&self, source: SourceId) -> u32 {
        self.files.get(source.0 as usize).copied().unwrap_or(0)
    }

    fn line(&self, location: Location) -> u32 {
        self.sources
            .get(location.source)
            .map_or(0, |source| source.line_column(location.span.start).0)
    }
}
