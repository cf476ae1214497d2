//! What stands inside a clause.

use super::{ClauseKind, Expr, Template, TemplatePart};

impl ClauseKind {
    /// Returns the expressions of the clause, those in its texts included, in the order written.
    #[must_use]
    pub fn exprs(&self) -> Vec<&Expr> {
        match self {
            Self::When(expr)
            | Self::Unless(expr)
            | Self::Risk(expr)
            | Self::ProposeAt(expr)
            | Self::EscalateAt(expr)
            | Self::Spend(expr)
            | Self::Hold(expr)
            | Self::Until(expr) => vec![expr],
            Self::Because(text) | Self::SuggestText(text) => interpolated(text),
            Self::Suggest { path, value } => vec![path, value],
            Self::Limit { limit, per, by } => [limit, per].into_iter().chain(by).collect(),
            Self::Trip {
                failures,
                within,
                by,
            } => [failures, within].into_iter().chain(by).collect(),
            Self::On(_)
            | Self::Propose(_)
            | Self::Escalate(_)
            | Self::Forbid
            | Self::By(_)
            | Self::AtMostPropose
            | Self::Expect(_) => Vec::new(),
        }
    }
}

fn interpolated(template: &Template) -> Vec<&Expr> {
    template
        .parts
        .iter()
        .filter_map(|part| match part {
            TemplatePart::Expr(expr) => Some(expr),
            TemplatePart::Text(_) => None,
        })
        .collect()
}
