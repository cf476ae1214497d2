//! The nearest set that would be granted in a list of words.

use taffrail::Verdict;
use taffrail_runtime::Value;

use crate::advice::ChoiceKind;
use crate::options::Desk;
use crate::options::choice::Draft;
use crate::options::edit::is_about;
use crate::options::fields::{Field, Question};

impl Desk<'_> {
    /// Returns for every list of words that the action sets the nearest set with the verdict sought: with the fewest words left out and
    /// added, of those asked for, those there now and those that rules compare with.
    pub(super) fn sets(&mut self, question: &Question<'_>, sought: Verdict) -> Vec<Draft> {
        let fields = question.fields.iter();
        fields
            .filter_map(|field| self.set(question, field, sought))
            .collect()
    }

    fn set(&mut self, question: &Question<'_>, field: &Field, sought: Verdict) -> Option<Draft> {
        let wanted = words(&field.value)?;
        let universe = universe(question, field, &wanted);
        let at = |chosen: &[usize]| {
            let words = turned(&universe, &wanted, chosen);
            // In another order it is what there is.
            if is_same(&words, &field.current) {
                return None;
            }
            let value = Value::List(words);
            question.with(&[(field.path.clone(), value)])
        };
        let mut looks = 0_u32;
        for size in 1..=universe.len() {
            let mut chosen: Vec<usize> = (0..size).collect();
            loop {
                if looks >= self.limits.looks {
                    self.give_up(
                        field.path.to_string(),
                        looks,
                        &format!(
                            "of {} words that may be in it or not, changes of {} and more were not all tried",
                            universe.len(),
                            size
                        ),
                    );
                    return None;
                }
                looks = looks.saturating_add(1);
                if let Some(request) = at(&chosen)
                    && self.is_granted(&request, sought)
                {
                    return Some(draft(field, &universe, &wanted, &chosen).at_once(&request));
                }
                if !advance(&mut chosen, universe.len()) {
                    break;
                }
            }
        }
        None
    }
}

/// Returns the words that may be in the set: those asked for, those there now, those that rules compare with.
fn universe(question: &Question<'_>, field: &Field, wanted: &[Box<str>]) -> Vec<Box<str>> {
    let mut universe: Vec<Box<str>> = wanted.to_vec();
    let keys = field.path.keys();
    let mentioned = question
        .mentions
        .iter()
        .filter(|mention| is_about(mention, &keys))
        .filter_map(|mention| match &mention.value {
            Value::String(text) => Some(text.clone()),
            _ => None,
        });
    for word in words(&field.current)
        .unwrap_or_default()
        .into_iter()
        .chain(mentioned)
    {
        if !universe.contains(&word) {
            universe.push(word);
        }
    }
    universe
}

/// Returns the words of a list, each once; none where it holds anything else.
fn words(value: &Value) -> Option<Vec<Box<str>>> {
    let Value::List(items) = value else {
        return None;
    };
    let mut found: Vec<Box<str>> = Vec::new();
    for item in items {
        match item {
            Value::String(text) if !found.contains(text) => found.push(text.clone()),
            Value::String(_) => {}
            _ => return None,
        }
    }
    Some(found)
}

/// Returns the set with the chosen words turned: out where they were in, in where they were not.
fn turned(universe: &[Box<str>], wanted: &[Box<str>], chosen: &[usize]) -> Vec<Value> {
    universe
        .iter()
        .enumerate()
        .filter(|(at, word)| wanted.contains(*word) != chosen.contains(at))
        .map(|(_, word)| Value::String(word.clone()))
        .collect()
}

fn is_same(words: &[Value], list: &Value) -> bool {
    match list {
        Value::List(items) => {
            items.len() == words.len() && words.iter().all(|word| items.contains(word))
        }
        _ => false,
    }
}

/// Goes on to the next combination in order; false after the last one.
fn advance(chosen: &mut [usize], of: usize) -> bool {
    let size = chosen.len();
    for at in (0..size).rev() {
        let Some(current) = chosen.get(at).copied() else {
            return false;
        };
        let last = of.saturating_sub(size.saturating_sub(at));
        if current < last {
            for (offset, slot) in chosen.iter_mut().skip(at).enumerate() {
                *slot = current.saturating_add(1).saturating_add(offset);
            }
            return true;
        }
    }
    false
}

#[expect(clippy::cast_precision_loss, reason = "a rank needs no exactness")]
fn draft(field: &Field, universe: &[Box<str>], wanted: &[Box<str>], chosen: &[usize]) -> Draft {
    let turned = chosen.iter().filter_map(|at| universe.get(*at));
    let (out, added): (Vec<&str>, Vec<&str>) = turned
        .map(|word| &**word)
        .partition(|word| wanted.iter().any(|own| **own == **word));
    let list = |words: &[&str]| words.join(", ");
    let mut parts = Vec::new();
    if !out.is_empty() {
        parts.push(format!("without {}", list(&out)));
    }
    if !added.is_empty() {
        parts.push(format!("with {} besides", list(&added)));
    }
    let what = format!("{}: {}", field.path, parts.join(" and "));
    Draft::new(
        ChoiceKind::Nearest,
        what.clone(),
        chosen.len() as f64 / wanted.len().max(1) as f64,
    )
    .giving_up(what)
}
