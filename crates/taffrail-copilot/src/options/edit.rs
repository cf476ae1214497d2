//! Texts, switches and namespaces: the values that rules compare with, tried in place of what was asked.

use taffrail::{Risk, Verdict};
use taffrail_actions::follow;
use taffrail_runtime::request::{Proposed, Request};
use taffrail_runtime::search::{Mention, MentionedBy};
use taffrail_runtime::value::Image;
use taffrail_runtime::{Cause, Value};

use crate::advice::ChoiceKind;
use crate::options::Desk;
use crate::options::choice::Draft;
use crate::options::fields::{Field, Question};
use crate::options::path::{Part, Path};

/// One change that may get a milder verdict.
#[derive(Debug, Clone, PartialEq)]
struct Edit {
    changes: Vec<(Path, Value)>,
    title: String,
    gives_up: String,
}

/// How many options of this kind are enough: they rank alike.
const ENOUGH: usize = 4;

impl Desk<'_> {
    /// Returns the single changes with the verdict sought; where there are none, several at once.
    pub(super) fn edits(&mut self, question: &Question<'_>, sought: Verdict) -> Vec<Draft> {
        let mut found = self.namespaces(question.asked, sought);
        let edits = candidates(question);
        let singles = edits
            .iter()
            .filter_map(|edit| self.draft(question, &[edit], sought));
        found.extend(singles.take(ENOUGH));
        if found.is_empty() {
            found.extend(self.several(question, &edits, sought));
        }
        found
    }

    /// Returns changes of several fields, none of which can be left out: found by taking again and again the change that leaves the least in
    /// the way. There may be fewer that do as well.
    fn several(
        &mut self,
        question: &Question<'_>,
        edits: &[Edit],
        sought: Verdict,
    ) -> Option<Draft> {
        let mut taken: Vec<&Edit> = Vec::new();
        let mut standing = self.in_the_way(question, &taken)?;
        let mut looks = 0_u32;
        while standing.0 > sought {
            let mut best: Option<(InTheWay, &Edit)> = None;
            for edit in edits
                .iter()
                .filter(|edit| taken.iter().all(|own| !own.meets(edit)))
            {
                looks = looks.saturating_add(1);
                if looks > self.limits.looks {
                    self.give_up(
                        "several fields at once",
                        looks,
                        "rules mention more values than were tried together",
                    );
                    return None;
                }
                let with: Vec<&Edit> = taken.iter().copied().chain([edit]).collect();
                if let Some(left) = self.in_the_way(question, &with)
                    && left < best.as_ref().map_or(standing, |(least, _)| *least)
                {
                    best = Some((left, edit));
                }
            }
            let (left, edit) = best?;
            standing = left;
            taken.push(edit);
        }
        for at in (0..taken.len()).rev() {
            let mut without = taken.clone();
            without.remove(at);
            if self.draft(question, &without, sought).is_some() {
                taken = without;
            }
        }
        self.draft(question, &taken, sought)
    }

    /// Returns the verdict, how many rules demand more than execution, and the risk: what is in the way of a milder verdict.
    fn in_the_way(&self, question: &Question<'_>, edits: &[&Edit]) -> Option<InTheWay> {
        let request = question.with(&changes_of(edits))?;
        let decision = self.program.decide(&request);
        let demanding = decision
            .reasons()
            .iter()
            .filter(|reason| reason.verdict > Verdict::Execute)
            .count();
        Some((decision.verdict(), demanding, decision.risk()))
    }

    #[expect(clippy::cast_precision_loss, reason = "a rank needs no exactness")]
    fn draft(&self, question: &Question<'_>, edits: &[&Edit], sought: Verdict) -> Option<Draft> {
        let request = question.with(&changes_of(edits))?;
        if !self.is_granted(&request, sought) {
            return None;
        }
        let titles: Vec<&str> = edits.iter().map(|edit| edit.title.as_str()).collect();
        let draft = Draft::new(ChoiceKind::Nearest, titles.join("; "), edits.len() as f64);
        let draft = edits
            .iter()
            .fold(draft, |draft, edit| draft.giving_up(edit.gives_up.clone()));
        Some(draft.at_once(&request))
    }

    /// Returns the same action in each namespace that rules name. What is known of the one asked for is not known of another.
    fn namespaces(&self, asked: &Request, sought: Verdict) -> Vec<Draft> {
        let Value::String(now) = &asked.target.namespace else {
            return Vec::new();
        };
        // Only what does not exist yet can be somewhere else.
        if asked.verb != Value::string("create") {
            return Vec::new();
        }
        let others = self.program.namespaces_mentioned();
        let drafts = others
            .iter()
            .filter(|name| ***name != **now)
            .filter_map(|name| {
                let request = elsewhere(asked, name)?;
                self.is_granted(&request, sought).then(|| {
                    Draft::new(
                        ChoiceKind::Nearest,
                        format!("in namespace {name} instead of {now}"),
                        1.0,
                    )
                    .giving_up(format!("it will be in {name}, not in {now}"))
                    .at_once(&request)
                })
            });
        drafts.take(ENOUGH).collect()
    }
}

/// The verdict, how many rules demand more than execution, and the risk.
type InTheWay = (Verdict, usize, Risk);

impl Edit {
    /// Tells whether both change the same field.
    fn meets(&self, other: &Self) -> bool {
        let paths = |edit: &Self| -> Vec<Path> {
            edit.changes.iter().map(|(path, _)| path.clone()).collect()
        };
        let others = paths(other);
        paths(self).iter().any(|path| others.contains(path))
    }
}

fn changes_of(edits: &[&Edit]) -> Vec<(Path, Value)> {
    let changes = edits.iter().flat_map(|edit| edit.changes.iter().cloned());
    changes.collect()
}

/// Returns what is worth trying, in the order of fields and rules.
fn candidates(question: &Question<'_>) -> Vec<Edit> {
    let mut found: Vec<Edit> = Vec::new();
    for field in &question.fields {
        for value in others(field, &question.mentions) {
            push(&mut found, replaced(field, value));
        }
    }
    let whole = question
        .mentions
        .iter()
        .filter(|mention| mention.part.is_none());
    for edit in whole.filter_map(|mention| added(question, mention)) {
        push(&mut found, edit);
    }
    found
}

fn push(found: &mut Vec<Edit>, edit: Edit) {
    if !found.contains(&edit) {
        found.push(edit);
    }
}

/// Returns a request for the same object in another namespace.
fn elsewhere(asked: &Request, name: &str) -> Option<Request> {
    let path = Path::parse("metadata.namespace");
    let outcome = asked.outcome();
    let mut request = asked.clone();
    request.target.namespace = Value::string(name);
    request.proposed = Proposed::Given(path.set(&outcome, Value::string(name))?);
    request.namespace = Value::unknown(Cause::NotGiven {
        fact: "namespace".into(),
    });
    follow(asked, &mut request);
    Some(request)
}

/// Returns the other values to try in a field: what is there now, what rules compare it with, its opposite, nothing.
fn others(field: &Field, mentions: &[Mention]) -> Vec<Value> {
    let mut found = Vec::new();
    if field.current != Value::Absent {
        found.push(field.current.clone());
    }
    let keys = field.path.keys();
    let about: Vec<&Mention> = mentions
        .iter()
        .filter(|mention| is_about(mention, &keys))
        .collect();
    match &field.value {
        Value::String(text) => {
            found.extend(about.iter().filter_map(|mention| text_for(mention, text)));
        }
        Value::Bool(value) => found.push(Value::Bool(!value)),
        Value::Number(_) => found.extend(
            about
                .iter()
                .map(|mention| mention.value.clone())
                .filter(|value| !field.is_amount() && matches!(value, Value::Number(_))),
        ),
        _ => {}
    }
    let is_scalar = matches!(field.value, Value::String(_) | Value::Bool(_));
    let may_go = matches!(field.path.parts().last(), Some(Part::Key(_)));
    if is_scalar && may_go && !about.is_empty() {
        found.push(Value::Absent);
    }
    found.retain(|value| *value != field.value);
    let mut distinct = Vec::new();
    for value in found {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    distinct
}

/// Tells whether a mention is about the field with these keys.
pub(super) fn is_about(mention: &Mention, keys: &[&str]) -> bool {
    if mention.is_whole {
        mention.keys.iter().eq(keys.iter())
    } else {
        keys.len() >= mention.keys.len()
            && keys
                .iter()
                .rev()
                .zip(mention.keys.iter().rev())
                .all(|(a, b)| *a == b)
    }
}

/// Returns what a text would have to be for what is mentioned.
fn text_for(mention: &Mention, text: &str) -> Option<Value> {
    let Value::String(wanted) = &mention.value else {
        return None;
    };
    if let Some(part) = &mention.part {
        return image_with(text, part, wanted).map(Value::String);
    }
    let value = match (mention.by, wanted.split_once('*')) {
        (MentionedBy::Equality, _) | (MentionedBy::Pattern, None) => wanted.to_string(),
        (MentionedBy::Pattern, Some((prefix, ""))) => format!("{prefix}{}", last_part(text)),
        (MentionedBy::Pattern, Some(_)) => return None,
        (MentionedBy::Prefix, _) => format!("{wanted}{}", last_part(text)),
    };
    Some(Value::string(value))
}

fn last_part(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}

/// Returns the reference of an image with another registry, repository, tag or digest.
fn image_with(text: &str, part: &str, wanted: &str) -> Option<Box<str>> {
    let image = Image::parse(text).ok()?;
    let (mut registry, mut repository) = (image.registry(), image.repository());
    let (mut tag, mut digest) = (image.tag(), image.digest());
    match part {
        "registry" => registry = wanted,
        "repository" => repository = wanted,
        "tag" => (tag, digest) = (Some(wanted), None),
        "digest" => digest = Some(wanted),
        _ => return None,
    }
    let mut reference = format!("{registry}/{repository}");
    if let Some(tag) = tag {
        reference.push(':');
        reference.push_str(tag);
    }
    if let Some(digest) = digest {
        reference.push('@');
        reference.push_str(digest);
    }
    Some(reference.into())
}

fn replaced(field: &Field, value: Value) -> Edit {
    let before = field.value.render();
    let (title, gives_up) = match &value {
        Value::Absent => (
            format!("{}: left out instead of {before}", field.path),
            format!("{} is not set", field.path),
        ),
        value => (
            format!("{}: {} instead of {before}", field.path, value.render()),
            format!("{} is {}, not {before}", field.path, value.render()),
        ),
    };
    Edit {
        changes: vec![(field.path.clone(), value)],
        title,
        gives_up,
    }
}

/// Returns a field that is mentioned and that the object does not have, set where it belongs, in the object or in every container: to what
/// it is now where the action takes it away, to what is mentioned where the object is new.
fn added(question: &Question<'_>, mention: &Mention) -> Option<Edit> {
    if mention.by != MentionedBy::Equality {
        return None;
    }
    let (object, now) = (&question.outcome, &question.asked.current);
    let places: Vec<Path> = if mention.is_whole {
        vec![Path::of_keys(&mention.keys)]
    } else {
        let containers = containers(object);
        let field = |container: &Path| {
            mention.keys.iter().fold(container.clone(), |path, key| {
                path.below(Part::Key(key.clone()))
            })
        };
        containers.iter().map(field).collect()
    };
    let missing: Vec<(Path, Value)> = places
        .into_iter()
        .filter(|path| path.of(object).is_none())
        .filter_map(|path| match (now, path.of(now)) {
            (_, Some(Value::Map(_) | Value::List(_))) => None,
            (_, Some(value)) => Some((path, value.clone())),
            (Value::Map(_), None) => None,
            (_, None) => Some((path, mention.value.clone())),
        })
        .collect();
    let (first, value) = missing.first()?;
    let more = match missing.len() {
        1 => String::new(),
        count => format!(", in {count} places"),
    };
    let (value, is_kept) = (value.render(), matches!(now, Value::Map(_)));
    let (title, gives_up) = if is_kept {
        (
            format!("{first}: left at {value}{more}"),
            format!("{first} is not taken away"),
        )
    } else {
        (
            format!("{first}: {value} besides{more}"),
            format!("{first} is set, which was not asked for"),
        )
    };
    Some(Edit {
        changes: missing,
        title,
        gives_up,
    })
}

/// Where an object's containers are.
fn containers(object: &Value) -> Vec<Path> {
    let specs = [
        "spec.template.spec",
        "spec.jobTemplate.spec.template.spec",
        "spec",
    ];
    let Some(spec) = specs.iter().map(|path| Path::parse(path)).find(|path| {
        path.below(Part::Key("containers".into()))
            .of(object)
            .is_some()
    }) else {
        return Vec::new();
    };
    ["initContainers", "containers"]
        .iter()
        .flat_map(|list| {
            let list = spec.below(Part::Key((*list).to_owned()));
            let count = match list.of(object) {
                Some(Value::List(items)) => items.len(),
                _ => 0,
            };
            (0..count).map(move |at| list.below(Part::At(at)))
        })
        .collect()
}
