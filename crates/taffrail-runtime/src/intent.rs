//! Whether an action stays inside the intent it was proposed under.

use crate::cause::Cause;
use crate::facts::Facts;
use crate::glob;
use crate::truth::Truth;
use crate::value::Value;

/// What an intent says against an action: whether it leaves it, and the sentence to show.
#[derive(Debug, Clone)]
pub(crate) struct Departure {
    pub(crate) truth: Truth,
    pub(crate) because: String,
}

/// Returns how the action leaves its intent, or `None` when it surely stays inside.
pub(crate) fn departure(facts: &Facts<'_>, required: bool) -> Option<Departure> {
    let intent = &facts.request.intent;
    let (truth, because) = match intent {
        Value::Absent if required => (
            Truth::True,
            "no intent was given and the policies require one".into(),
        ),
        Value::Absent => return None,
        Value::Unknown(causes) => (
            Truth::Unknown(causes.clone()),
            "the intent is not known".into(),
        ),
        Value::Map(_) => departs(facts, intent),
        other => (
            Truth::Unknown(wrong_type("`intent`", "a map", other)),
            "the intent is not readable".into(),
        ),
    };
    (truth != Truth::False).then_some(Departure { truth, because })
}

fn departs(facts: &Facts<'_>, intent: &Value) -> (Truth, String) {
    let scope = field(intent, "scope");
    let target = &facts.request.target;
    let mut reasons = Vec::new();
    let mut check = |truth: Truth, reason: &str| {
        if truth != Truth::False {
            reasons.push(reason.to_owned());
        }
        truth
    };
    let mut leaves = check(expired(facts, intent), "the intent has expired");
    leaves = leaves.or(check(
        verbs_outside(facts, &scope),
        "the verb is outside the intent's scope",
    ));
    for (list, value, reason) in [
        (
            "namespaces",
            &target.namespace,
            "the namespace is outside the intent's scope",
        ),
        (
            "kinds",
            &target.kind,
            "the kind is outside the intent's scope",
        ),
        (
            "names",
            &target.name,
            "the name is outside the intent's scope",
        ),
    ] {
        leaves = leaves.or(check(outside(&field(&scope, list), value), reason));
    }
    let because = reasons.join("; ");
    let because = match leaves {
        Truth::Unknown(_) => format!("it cannot be told whether {because}"),
        Truth::True | Truth::False => because,
    };
    (leaves, because)
}

fn expired(facts: &Facts<'_>, intent: &Value) -> Truth {
    let expires = match field(intent, "expires") {
        Value::Absent => return Truth::False,
        Value::String(text) => match crate::text::parse_time(&text) {
            Some(time) => Value::Time(time),
            None => Value::String(text),
        },
        value => value,
    };
    match (&expires, &facts.request.now) {
        (Value::Unknown(a), Value::Unknown(b)) => Truth::Unknown(a.clone().union(b)),
        (Value::Unknown(causes), _) | (_, Value::Unknown(causes)) => Truth::Unknown(causes.clone()),
        (Value::Time(expires), Value::Time(now)) => (expires <= now).into(),
        (Value::Time(_), _) => Truth::Unknown(Cause::NotGiven { fact: "now".into() }.into()),
        (other, _) => Truth::Unknown(wrong_type("`intent.expires`", "a time", other)),
    }
}

/// Every requested and implied verb must be listed.
fn verbs_outside(facts: &Facts<'_>, scope: &Value) -> Truth {
    let list = field(scope, "verbs");
    let requested = match &facts.verbs.requested {
        Ok(verb) => outside(&list, &Value::String(verb.clone())),
        Err(_) if list == Value::Absent => Truth::False,
        Err(causes) => Truth::Unknown(causes.clone()),
    };
    facts
        .verbs
        .implied
        .iter()
        .fold(requested, |truth, (verb, implied)| {
            truth.or(implied
                .clone()
                .and(outside(&list, &Value::string(verb.as_ref()))))
        })
}

/// Tells whether a value is outside a list of globs; an absent list has no outside.
fn outside(list: &Value, value: &Value) -> Truth {
    let globs = match list {
        Value::Absent => return Truth::False,
        Value::Unknown(causes) => return Truth::Unknown(causes.clone()),
        Value::List(globs) => globs,
        other => return Truth::Unknown(wrong_type("the intent's scope", "a list", other)),
    };
    let inside = globs.iter().fold(Truth::False, |truth, glob| {
        truth.or(match (glob, value) {
            (Value::String(glob), Value::String(text)) => glob::like(glob, text).into(),
            (Value::Unknown(causes), _) | (_, Value::Unknown(causes)) => {
                Truth::Unknown(causes.clone())
            }
            (Value::String(_), Value::Absent) => Truth::False,
            (other, _) => Truth::Unknown(wrong_type("the intent's scope", "a string", other)),
        })
    });
    inside.not()
}

fn field(value: &Value, key: &str) -> Value {
    value.field(key, &|| "`intent`".into())
}

fn wrong_type(what: &str, expected: &str, found: &Value) -> crate::cause::Causes {
    Cause::WrongType {
        what: what.into(),
        expected: expected.into(),
        found: found.type_name().into(),
    }
    .into()
}
