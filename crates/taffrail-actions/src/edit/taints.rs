//! Taints of nodes.

use serde_json::{Value as Json, json};

use super::words::once;
use super::{EditError, Edited, get, kind, no_part, set};

/// The effects that a taint can have.
const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// A taint: pods that do not tolerate it stay away from the node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taint {
    /// The key.
    pub key: String,
    /// The value; empty for none.
    pub value: String,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub effect: String,
}

/// Which taints are removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaintRemoval {
    /// The key.
    pub key: String,
    /// The effect; `None` for every one.
    pub effect: Option<String>,
}

pub(super) fn read(words: &[&str]) -> Edited<(Vec<Taint>, Vec<TaintRemoval>)> {
    let mut added = Vec::new();
    let mut removed = Vec::new();
    for word in words {
        match word.strip_suffix('-') {
            Some(rest) => removed.push(removal(word, rest)?),
            None => added.push(taint(word)?),
        }
    }
    let names: Vec<String> = added
        .iter()
        .map(|taint: &Taint| format!("{}:{}", taint.key, taint.effect))
        .collect();
    once(names.iter().map(String::as_str))?;
    Ok((added, removed))
}

fn form(word: &str) -> EditError {
    EditError::Form {
        word: word.to_owned(),
        expected: "`KEY=VALUE:EFFECT`, `KEY:EFFECT`, `KEY-` or `KEY:EFFECT-` with the effect NoSchedule, PreferNoSchedule or NoExecute",
    }
}

fn taint(word: &str) -> Edited<Taint> {
    let (name, effect) = word.rsplit_once(':').ok_or_else(|| form(word))?;
    let (key, value) = name.split_once('=').unwrap_or((name, ""));
    if key.is_empty() || !EFFECTS.contains(&effect) {
        return Err(form(word));
    }
    Ok(Taint {
        key: key.to_owned(),
        value: value.to_owned(),
        effect: effect.to_owned(),
    })
}

fn removal(word: &str, rest: &str) -> Edited<TaintRemoval> {
    let (name, effect) = match rest.split_once(':') {
        Some((name, effect)) if EFFECTS.contains(&effect) => (name, Some(effect.to_owned())),
        Some(_) => return Err(form(word)),
        None => (rest, None),
    };
    let key = name.split('=').next().unwrap_or_default();
    if key.is_empty() {
        return Err(form(word));
    }
    Ok(TaintRemoval {
        key: key.to_owned(),
        effect,
    })
}

pub(super) fn apply(
    node: &mut Json,
    added: &[Taint],
    removed: &[TaintRemoval],
    overwrite: bool,
) -> Edited<()> {
    if kind(node) != "Node" {
        return Err(no_part(node, "taints"));
    }
    let before = get(node, &["spec", "taints"]).and_then(Json::as_array);
    let mut taints = before.cloned().unwrap_or_default();
    let is = |found: &Json, key: &str, effect: Option<&str>| {
        found.get("key").and_then(Json::as_str) == Some(key)
            && effect
                .is_none_or(|effect| found.get("effect").and_then(Json::as_str) == Some(effect))
    };
    for removal in removed {
        taints.retain(|found| !is(found, &removal.key, removal.effect.as_deref()));
    }
    for taint in added {
        let there = taints
            .iter()
            .position(|found| is(found, &taint.key, Some(&taint.effect)));
        let mut new = json!({ "key": taint.key, "effect": taint.effect });
        if let (false, Some(map)) = (taint.value.is_empty(), new.as_object_mut()) {
            map.insert("value".into(), json!(taint.value));
        }
        match there.and_then(|at| taints.get_mut(at)) {
            Some(_) if !overwrite => {
                return Err(EditError::HasValue {
                    key: format!("{}:{}", taint.key, taint.effect),
                    value: taint.value.clone(),
                });
            }
            Some(found) => *found = new,
            None => taints.push(new),
        }
    }
    let taints = (!taints.is_empty()).then_some(Json::Array(taints));
    set(node, &["spec", "taints"], taints);
    Ok(())
}
