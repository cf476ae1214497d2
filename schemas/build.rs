//! Lists the kinds of the Kubernetes bindings, and the lists whose elements have keys, from the bindings' source: Rust offers no
//! other way to ask a crate for its types.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-env-changed=K8S_OPENAPI_SOURCE");
    let out = PathBuf::from(env::var("OUT_DIR").unwrap()).join("bindings.rs");
    let Ok(source) = env::var("K8S_OPENAPI_SOURCE") else {
        fs::write(out, "").unwrap();
        return;
    };
    let mut found = Found::default();
    walk(Path::new(&source), &mut Vec::new(), &mut found);
    let mut code = String::from("fn roots(generator: &mut SchemaGenerator) -> Vec<Kind> {\n    vec![\n");
    for path in &found.kinds {
        writeln!(code, "        kind::<bindings::{path}>(generator),").unwrap();
    }
    code.push_str("    ]\n}\n\nconst KEYED: &[(&str, &str, &[&str])] = &[\n");
    for ((schema, field), keys) in &found.keyed {
        writeln!(code, "    ({schema:?}, {field:?}, &{keys:?}),").unwrap();
    }
    code.push_str("];\n");
    fs::write(out, code).unwrap();
}

#[derive(Default)]
struct Found {
    /// Rust paths of the kinds that have metadata of objects.
    kinds: Vec<String>,
    /// By schema name and Rust field name, the Rust names of the key fields.
    keyed: BTreeMap<(String, String), Vec<String>>,
}

fn walk(folder: &Path, module: &mut Vec<String>, found: &mut Found) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            module.push(name);
            walk(&path, module, found);
            module.pop();
        } else if name.ends_with(".rs") && name != "mod.rs" {
            read(&fs::read_to_string(&path).unwrap(), module, found);
        }
    }
}

fn read(text: &str, module: &[String], found: &mut Found) {
    let is_object = text.contains("type Ty = crate::apimachinery::pkg::apis::meta::v1::ObjectMeta;");
    if let (true, Some(kind)) = (is_object, after(text, "impl crate::Resource for ")) {
        found.kinds.push(format!("{}::{kind}", module.join("::")));
    }
    let schema = text
        .split_once("fn schema_name()")
        .and_then(|(_, rest)| rest.split('"').nth(1));
    let Some(schema) = schema else { return };
    for call in text.split("merge_strategies::list::map(").skip(1) {
        let field = after(call, "&mut self.");
        let keys: Vec<String> = call
            .split_once("&[")
            .and_then(|(_, rest)| rest.split_once(']'))
            .map(|(keys, _)| {
                keys.split("|lhs, rhs| lhs.")
                    .skip(1)
                    .filter_map(|key| after(key, ""))
                    .collect()
            })
            .unwrap_or_default();
        if let Some(field) = field {
            found.keyed.insert((schema.to_owned(), field), keys);
        }
    }
}

/// Returns the word that follows a text.
fn after(text: &str, start: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
    rest.get(..end).map(str::to_owned)
}
