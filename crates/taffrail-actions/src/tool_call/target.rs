//! What a call is about: the kinds that its arguments name, and where their objects lie.

use taffrail_runtime::Value;
use taffrail_runtime::request::Target;

use crate::check;
use crate::command::{self, Resource};
use crate::fields::Field;
use crate::manifest;

use super::Unclear;
use super::arguments::Arguments;
use super::lower::nothing_known;
use super::row::{Kind, Tool};

/// A kind that a call is about.
pub(super) struct Subject {
    /// The target without its name.
    pub(super) target: Target,
    /// The name, where it stands with the kind: `deploy/api`.
    pub(super) name: Option<String>,
    /// Whether its objects may be Secrets.
    pub(super) may_be_secret: bool,
    /// Whether it stands for whatever a release of helm consists of.
    pub(super) is_release: bool,
}

/// Returns every kind that a call is about; none for a call that is about no object.
pub(super) fn subjects(
    tool: &Tool,
    arguments: &Arguments<'_>,
    default_namespace: Option<&str>,
) -> Vec<Subject> {
    match tool.kind {
        Kind::Untold => Vec::new(),
        Kind::Fixed(name) => fixed(name, default_namespace).into_iter().collect(),
        Kind::Custom(group, version, kind) => {
            vec![typed(Some((group, version)), kind, default_namespace)]
        }
        Kind::Word(argument, default) => {
            let words = match arguments.get(argument) {
                Some(_) => arguments.word(argument),
                None if default.is_empty() => {
                    arguments.doubt(Arguments::first(argument), Unclear::Missing);
                    None
                }
                None => Some(default),
            };
            let words = words.into_iter().flat_map(|words| words.split(','));
            words.map(|word| of_word(word, default_namespace)).collect()
        }
        Kind::Typed { api_version, kind } => {
            let group = arguments.word(api_version).and_then(|text| {
                let split = check::split_api_version(text);
                if split.is_none() {
                    arguments.doubt(Arguments::first(api_version), Unclear::NoName);
                }
                split
            });
            kind_argument(arguments, kind)
                .map(|kind| typed(group, kind, default_namespace))
                .into_iter()
                .collect()
        }
        Kind::Split {
            group,
            version,
            kind,
        } => {
            let version = arguments.word(version).unwrap_or_default();
            let group = arguments.word(group).map(|group| (group, version));
            kind_argument(arguments, kind)
                .map(|kind| typed(group, kind, default_namespace))
                .into_iter()
                .collect()
        }
        Kind::Release => vec![Subject {
            target: in_namespace(nothing_known(), default_namespace),
            name: None,
            may_be_secret: false,
            is_release: true,
        }],
    }
}

fn kind_argument<'c>(arguments: &Arguments<'c>, argument: &str) -> Option<&'c str> {
    if !arguments.has(argument) {
        arguments.doubt(Arguments::first(argument), Unclear::Missing);
    }
    let kind = arguments.word(argument)?;
    if kind.contains(['/', ',', ':']) {
        arguments.doubt(Arguments::first(argument), Unclear::NoName);
        return None;
    }
    Some(kind)
}

/// Returns the subject of a word as `kubectl` takes it for a kind, maybe with a name.
fn of_word(word: &str, default_namespace: Option<&str>) -> Subject {
    let (kind, name) = match word.split_once('/') {
        Some((kind, name)) => (kind, Some(name.to_owned())),
        None => (word, None),
    };
    let subject = match command::resource(kind) {
        Some(resource) => of_resource(resource, default_namespace),
        None => Subject {
            target: in_namespace(nothing_known(), default_namespace),
            name: None,
            may_be_secret: is_secret(kind),
            is_release: false,
        },
    };
    Subject { name, ..subject }
}

/// Returns the subject of a built-in kind by the name that `kubectl` knows.
pub(super) fn fixed(name: &str, default_namespace: Option<&str>) -> Option<Subject> {
    command::resource(name).map(|resource| of_resource(resource, default_namespace))
}

fn of_resource(resource: &Resource, default_namespace: Option<&str>) -> Subject {
    typed(
        Some((resource.group, resource.version)),
        resource.kind,
        default_namespace,
    )
}

/// Returns the subject of a kind. Without a group it is the built-in kind of that name, if there is one.
fn typed(group: Option<(&str, &str)>, kind: &str, default_namespace: Option<&str>) -> Subject {
    let known = command::resource(kind);
    let may_be_secret = is_secret(kind);
    let built_in = known.filter(|known| group.is_none_or(|(group, _)| group == known.group));
    // Models write `deployment` and `pods` for kinds.
    let kind = built_in.map_or(kind, |known| known.kind);
    let group = group.or_else(|| built_in.map(|known| (known.group, known.version)));
    let mut target = nothing_known();
    target.kind = Value::string(kind);
    match group {
        Some((group, version)) => {
            target.namespace = manifest::namespace_of(group, kind, None, default_namespace);
            if let (Value::Unknown(_), Some(namespace)) = (&target.namespace, default_namespace) {
                target.namespace = Value::string(namespace);
            }
            target.group = Value::string(group);
            if !version.is_empty() {
                target.version = Value::string(version);
            }
        }
        None => target = in_namespace(target, default_namespace),
    }
    Subject {
        target,
        name: None,
        may_be_secret,
        is_release: false,
    }
}

fn in_namespace(mut target: Target, namespace: Option<&str>) -> Target {
    target.namespace = match namespace {
        Some(namespace) => Value::string(namespace),
        None => Field::not_given("target.namespace"),
    };
    target
}

/// Tells whether a name may stand for Secrets, of whatever group.
fn is_secret(kind: &str) -> bool {
    let name = kind.split('.').next().unwrap_or(kind);
    ["secret", "secrets", "secretlist"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}
