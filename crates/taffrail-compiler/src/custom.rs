//! Custom kinds: the files that policies and settings name, read once for all Kubernetes versions.

use std::collections::BTreeMap;

use taffrail_schema::{CrdError, CustomKinds, Schemas};
use taffrail_syntax::{Diagnostic, Location, ast};

use crate::analyze::{Options, SourceFile};
use crate::codes::without_place;

/// Returns the custom kinds of all files, and what is wrong with the files.
pub(crate) fn custom_kinds(
    files: &[SourceFile],
    options: &Options,
) -> (CustomKinds, Vec<Diagnostic>) {
    let named = named(files);
    let mut kinds = CustomKinds::default();
    let mut diagnostics = Vec::new();
    for (name, text) in &options.crds {
        let place = named.get(name.as_str()).map(|(place, _)| *place);
        match text {
            Ok(text) => {
                if let Err(errors) = kinds.add(name, text) {
                    diagnostics.extend(errors.iter().map(|error| invalid(error, place)));
                }
            }
            Err(reason) => {
                let message = format!("the schema file `{name}` cannot be read");
                diagnostics.push(at("unreadable-crd", place, message).hint(reason.clone()));
            }
        }
    }
    let schemas = Schemas::default().with_custom(&kinds);
    let is_sound = diagnostics.is_empty();
    for (name, (place, kind)) in &named {
        if !options.crds.contains_key(*name) {
            let message = format!("the schema file `{name}` is not there");
            diagnostics.push(at("unreadable-crd", Some(*place), message).hint(
                "a file is named relative to the policy folder; texts without a folder get theirs from the embedding program",
            ));
        } else if is_sound
            && schemas
                .find(kind.group.as_deref(), &kind.kind.text)
                .is_empty()
        {
            diagnostics.push(not_in_file(&schemas, name, *place, kind));
        }
    }
    (kinds, diagnostics)
}

/// Returns the files that policies name, each with the place and the kind of its first mention.
fn named(files: &[SourceFile]) -> BTreeMap<&str, (Location, &ast::KindRef)> {
    let mut named = BTreeMap::new();
    for file in files {
        for item in &file.ast.items {
            let ast::ItemKind::Kind(declared) = &item.kind else {
                continue;
            };
            if let Some(from) = &declared.from {
                let place = Location {
                    source: file.source,
                    span: from.span,
                };
                named
                    .entry(from.text.as_str())
                    .or_insert((place, &declared.kind));
            }
        }
    }
    named
}

fn not_in_file(schemas: &Schemas, name: &str, place: Location, kind: &ast::KindRef) -> Diagnostic {
    let group = kind.group.as_deref().unwrap_or_default();
    let message = format!("`{name}` defines no {group}/{}", kind.kind.text);
    let mut others: Vec<String> = schemas
        .kinds()
        .map(|id| schemas.kind(id))
        .filter(|kind| !kind.builtin)
        .map(|kind| format!("{}/{}", kind.group, kind.kind))
        .collect();
    others.dedup();
    let diagnostic = at("kind-not-in-file", Some(place), message);
    if others.is_empty() {
        diagnostic.hint("the file must hold a CustomResourceDefinition of the kind")
    } else {
        diagnostic.hint(format!("schema files define {}", others.join(", ")))
    }
}

fn invalid(error: &CrdError, place: Option<Location>) -> Diagnostic {
    at("invalid-crd", place, error.to_string())
}

fn at(code: &'static str, place: Option<Location>, message: String) -> Diagnostic {
    match place {
        Some(place) => Diagnostic::error(code, place, message),
        None => without_place(code, message),
    }
}
