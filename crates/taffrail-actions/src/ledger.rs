//! What a document says of budgets and breakers.

use taffrail_runtime::Value;
use taffrail_runtime::request::{BreakerFact, BreakerState, LedgerKey, Usage};

use crate::error::{ActionError, Problem};
use crate::fields::{Field, Fields};
use crate::node::NodeKind;

type Read<T> = Result<T, ActionError>;

/// Reads `facts.usage`.
pub(crate) fn usage(field: &Field<'_>) -> Read<Vec<Usage>> {
    let mut all: Vec<Usage> = Vec::new();
    for item in field.items()? {
        let fields = item.fields(&["budget", "by", "used"])?;
        let budget = fields.require("budget")?.text()?.to_owned();
        let by = key(&fields)?;
        let used = fields.require("used")?;
        let used = if used.says_unknown() {
            None
        } else {
            match used.number()? {
                Value::Number(number) => Some(number),
                _ => None,
            }
        };
        let first = all
            .iter()
            .position(|usage| usage.budget == budget && usage.by == by);
        refuse_duplicate(field, first, &item)?;
        all.push(Usage { budget, by, used });
    }
    Ok(all)
}

/// Reads `facts.breakers`.
pub(crate) fn breakers(field: &Field<'_>) -> Read<Vec<BreakerFact>> {
    let mut all: Vec<BreakerFact> = Vec::new();
    for item in field.items()? {
        let fields = item.fields(&["breaker", "by", "state", "until"])?;
        let breaker = fields.require("breaker")?.text()?.to_owned();
        let by = key(&fields)?;
        let state = state(&fields.require("state")?)?;
        let until = match fields.get("until") {
            Some(until) => until.instant()?,
            None => None,
        };
        let first = all
            .iter()
            .position(|fact| fact.breaker == breaker && fact.by == by);
        refuse_duplicate(field, first, &item)?;
        all.push(BreakerFact {
            breaker,
            by,
            state,
            until,
        });
    }
    Ok(all)
}

/// Reads `by`: a list of values, `any`, or nothing for what is counted by nothing.
fn key(fields: &Fields<'_>) -> Read<LedgerKey> {
    let Some(by) = fields.get("by") else {
        return Ok(LedgerKey::Values(Vec::new()));
    };
    if by.node.kind == NodeKind::Leaf(Value::string("any")) {
        return Ok(LedgerKey::Any);
    }
    let values = by
        .items()?
        .iter()
        .map(|item| item.node.to_value())
        .collect();
    Ok(LedgerKey::Values(values))
}

fn state(field: &Field<'_>) -> Read<Option<BreakerState>> {
    if field.says_unknown() {
        return Ok(None);
    }
    let word = field.text()?;
    field.one_of(word, &["closed", "open", "half_open", "unknown"])?;
    Ok(match word {
        "closed" => Some(BreakerState::Closed),
        "open" => Some(BreakerState::Open),
        "half_open" => Some(BreakerState::HalfOpen),
        _ => None,
    })
}

fn refuse_duplicate(list: &Field<'_>, first: Option<usize>, second: &Field<'_>) -> Read<()> {
    match first {
        Some(first) => Err(second.error(Problem::DuplicateEntry {
            first: format!("{}[{first}]", list.path),
            second: second.path.clone(),
        })),
        None => Ok(()),
    }
}
