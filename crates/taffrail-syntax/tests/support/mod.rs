//! What several test files share: expressions as text with a pair of parentheses for every operation.

use taffrail_syntax::ast::{
    BinaryOp, Expr, ExprKind, Item, ItemKind, Presence, QuantifierKind, UnaryOp,
};
use taffrail_syntax::{Diagnostic, SourceId, parse};

/// Parses `let x = …` and returns its expression with all parentheses written.
pub(crate) fn explicit(expression: &str) -> String {
    let text = format!("policy t\nlet x = {expression}\n");
    let parsed = parse(SourceId(0), &text);
    if let Some(diagnostic) = parsed.diagnostics.first() {
        return format!("{}: {}", diagnostic.code, diagnostic.message);
    }
    let [
        Item {
            kind: ItemKind::Let(binding),
            ..
        },
    ] = parsed.file.items.as_slice()
    else {
        return format!("{expression} is not one `let`");
    };
    show(&binding.body)
}

/// Returns the codes that a text is reported with.
pub(crate) fn codes(text: &str) -> Vec<&'static str> {
    let found: Vec<Diagnostic> = parse(SourceId(0), text).diagnostics;
    found.iter().map(|diagnostic| diagnostic.code).collect()
}

fn show(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Number { digits, suffix } => format!("{digits}{suffix}"),
        ExprKind::Duration(text) | ExprKind::Time(text) => format!("<{text}>"),
        ExprKind::String(text) => format!("{text:?}"),
        ExprKind::Name(name) => name.clone(),
        ExprKind::Field(base, field) => format!("{}.{}", show(base), field.text),
        ExprKind::Index(base, index) => format!("{}[{}]", show(base), show(index)),
        ExprKind::Call(callee, arguments) => {
            let arguments: Vec<String> = arguments
                .iter()
                .map(|argument| match &argument.name {
                    Some(name) => format!("{}: {}", name.text, show(&argument.value)),
                    None => show(&argument.value),
                })
                .collect();
            format!("{}({})", show(callee), arguments.join(", "))
        }
        ExprKind::List(items) => format!(
            "[{}]",
            items.iter().map(show).collect::<Vec<_>>().join(", ")
        ),
        ExprKind::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{:?}: {}", key.text, show(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        ExprKind::Unary(UnaryOp::Not, operand) => format!("(not {})", show(operand)),
        ExprKind::Unary(UnaryOp::Neg, operand) => format!("(-{})", show(operand)),
        ExprKind::Binary(op, _, left, right) => {
            format!("({} {} {})", show(left), sign(*op), show(right))
        }
        ExprKind::Is(operand, Presence::Absent) => format!("({} is absent)", show(operand)),
        ExprKind::Is(operand, Presence::Present) => format!("({} is present)", show(operand)),
        ExprKind::If(condition, then, otherwise) => {
            format!(
                "(if {} then {} else {})",
                show(condition),
                show(then),
                show(otherwise)
            )
        }
        ExprKind::Quantifier(quantifier) => {
            let variables: Vec<&str> = quantifier
                .variables
                .iter()
                .map(|name| name.text.as_str())
                .collect();
            let mut text = format!(
                "({} {} in {}",
                word(quantifier.kind),
                variables.join(", "),
                show(&quantifier.over)
            );
            if let Some(filter) = &quantifier.filter {
                text += &format!(" where {}", show(filter));
            }
            if let Some(body) = &quantifier.body {
                text += &format!(": {}", show(body));
            }
            text + ")"
        }
        ExprKind::Error => "<error>".to_owned(),
    }
}

fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "or",
        BinaryOp::And => "and",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::In => "in",
        BinaryOp::NotIn => "not in",
        BinaryOp::Like => "like",
        BinaryOp::Matches => "matches",
        BinaryOp::Coalesce => "??",
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
    }
}

fn word(kind: QuantifierKind) -> &'static str {
    match kind {
        QuantifierKind::Every => "every",
        QuantifierKind::Some => "some",
        QuantifierKind::No => "no",
        QuantifierKind::Count => "count",
        QuantifierKind::Sum => "sum",
        QuantifierKind::Min => "min",
        QuantifierKind::Max => "max",
    }
}
