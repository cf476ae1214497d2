//! Manifests: the objects that a text of YAML or JSON writes down, one by one.
//!
//! What `kubectl apply -f` takes: any number of documents, lists of objects, what `kustomize build` and
//! `helm template` print. Every object comes with its place and with what it is about.

use serde_json::Value as Json;
use taffrail_runtime::Value;
use taffrail_runtime::request::Target;

use crate::check;
use crate::document;
use crate::error::{ActionError, Problem};
use crate::fields::Field;
use crate::kinds::{self, Scope};
use crate::node::{Node, NodeKind, Place};

type Read<T> = Result<T, ActionError>;

/// How deep lists of objects may stand in each other.
const LIST_DEPTH: usize = 8;

/// One object of a manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// The object as written. An item of a typed list has the API version and kind that its list gives it.
    pub object: Json,
    /// Where it begins. JSON has no places.
    pub place: Place,
    /// What it is. The name is unknown where the server makes one (`generateName`), the namespace where nothing says
    /// one or nobody knows whether the kind has any.
    pub target: Target,
}

/// Reads every object of a manifest, in the order written.
///
/// A text that begins with `{` is JSON, as for `kubectl`, and YAML where it is no JSON; several JSON values may follow each
/// other. Documents that are empty, and lists that are, give nothing. An object that names no namespace goes into the default
/// one if its kind is known to have namespaces; without a default its namespace is unknown.
///
/// ```
/// use taffrail_actions::read_manifests;
/// use taffrail_runtime::Value;
///
/// let text = b"kind: ConfigMap\napiVersion: v1\nmetadata: { name: a }\n---\n";
/// let manifests = read_manifests("a.yaml", text, Some("prod"))?;
/// assert_eq!(manifests.len(), 1);
/// assert_eq!(manifests[0].target.namespace, Value::string("prod"));
/// # Ok::<(), taffrail_actions::ActionError>(())
/// ```
///
/// # Errors
///
/// Text that is neither YAML nor JSON, a key that stands twice, a document that is no object: one without API version, kind or
/// name. The error names the place.
pub fn read_manifests(
    name: &str,
    bytes: &[u8],
    default_namespace: Option<&str>,
) -> Read<Vec<Manifest>> {
    let read = || {
        let nodes = document::manifest_nodes(bytes)?;
        let mut reader = Reader {
            default_namespace,
            manifests: Vec::new(),
        };
        for (at, node) in nodes.iter().enumerate() {
            // A line says which document it is; where there is none, its number does.
            let path = if node.place == Place::NOWHERE && nodes.len() > 1 {
                format!("documents[{at}]")
            } else {
                String::new()
            };
            reader.document(&Field { node, path }, None, 0)?;
        }
        Ok(reader.manifests)
    };
    read().map_err(|error: ActionError| error.of_document(name))
}

/// Returns what an object is.
///
/// # Errors
///
/// As [`read_manifests`].
pub(crate) fn target_of(object: &Field<'_>, default_namespace: Option<&str>) -> Read<Target> {
    let fields = object.entries()?;
    let version = fields.require("apiVersion")?;
    let Some((group, version)) = check::split_api_version(version.text()?) else {
        return Err(version.error(Problem::InvalidApiVersion {
            path: version.path.clone(),
            text: version.text()?.to_owned(),
        }));
    };
    let kind = fields.require("kind")?;
    if kind.text()?.is_empty() || kind.text()?.contains(['/', ' ', '.']) {
        return Err(kind.error(Problem::InvalidKind {
            path: kind.path.clone(),
            text: kind.text()?.to_owned(),
        }));
    }
    let kind = kind.text()?;
    let metadata = fields.require("metadata")?.entries()?;
    let text = |key: &str| -> Read<Option<&str>> {
        match metadata.get(key).filter(|field| !field.is_null()) {
            Some(field) => Ok(Some(field.text()?).filter(|text| !text.is_empty())),
            None => Ok(None),
        }
    };
    let name = match (text("name")?, text("generateName")?) {
        (Some(name), _) => Value::string(name),
        (None, Some(_)) => Field::not_given("target.name"),
        (None, None) => {
            let path = metadata.path_to("name");
            return Err(ActionError::new(
                metadata.node.place,
                Problem::Missing { path },
            ));
        }
    };
    Ok(Target {
        namespace: namespace_of(group, kind, text("namespace")?, default_namespace),
        group: Value::string(group),
        version: Value::string(version),
        kind: Value::string(kind),
        name,
    })
}

/// Returns the namespace that an object is in.
pub(crate) fn namespace_of(
    group: &str,
    kind: &str,
    written: Option<&str>,
    default_namespace: Option<&str>,
) -> Value {
    match (kinds::served_scope(group, kind), written, default_namespace) {
        // The API server drops what is written there.
        (Some(Scope::Cluster), ..) => Value::Absent,
        (_, Some(namespace), _) | (Some(Scope::Namespaced), None, Some(namespace)) => {
            Value::string(namespace)
        }
        (Some(Scope::Namespaced), None, None) | (None, None, _) => {
            Field::not_given("target.namespace")
        }
    }
}

/// What the items of a typed list are, if they do not say it themselves.
#[derive(Clone, Copy)]
struct ItemType<'n> {
    api_version: &'n str,
    kind: &'n str,
}

struct Reader<'d> {
    default_namespace: Option<&'d str>,
    manifests: Vec<Manifest>,
}

impl Reader<'_> {
    fn document(&mut self, field: &Field<'_>, of: Option<ItemType<'_>>, depth: usize) -> Read<()> {
        if !matches!(field.node.kind, NodeKind::Map(_)) && field.path.is_empty() {
            return Err(field.error(Problem::WrongType {
                path: "the document".into(),
                expected: "an object",
                found: field.node.type_name(),
            }));
        }
        let fields = field.entries_of("an object")?;
        let Some(items) = fields.get("items") else {
            if is_plain_list(field.node) {
                fields.require("items")?;
            }
            return self.object(field, of);
        };
        if depth >= LIST_DEPTH {
            return Err(field.error(Problem::TooDeep { limit: LIST_DEPTH }));
        }
        let version = fields.require("apiVersion")?.text()?;
        let kind = fields.require("kind")?;
        // `kubectl` takes whatever has `items` for a list, and would send them instead of the object.
        let Some(item_kind) = kind.text()?.strip_suffix("List") else {
            return Err(items.error(Problem::ItemsOfNoList {
                path: items.path.clone(),
                kind: kind.text()?.to_owned(),
            }));
        };
        let of = (!item_kind.is_empty()).then_some(ItemType {
            api_version: version,
            kind: item_kind,
        });
        if items.is_null() {
            return Ok(());
        }
        for item in items.items()? {
            self.document(&item, of, depth.saturating_add(1))?;
        }
        Ok(())
    }

    fn object(&mut self, field: &Field<'_>, of: Option<ItemType<'_>>) -> Read<()> {
        let says = |key: &str| field.node.get(key).is_some();
        let typed = of
            .filter(|_| !says("apiVersion") && !says("kind"))
            .map(|of| with_type(field.node, of));
        let node = typed.as_ref().unwrap_or(field.node);
        let field = Field {
            node,
            path: field.path.clone(),
        };
        self.manifests.push(Manifest {
            target: target_of(&field, self.default_namespace)?,
            object: node.to_json(),
            place: node.place,
        });
        Ok(())
    }
}

/// Tells whether a document calls itself a list of anything.
fn is_plain_list(node: &Node) -> bool {
    let says = |key: &str, text: &str| {
        node.get(key)
            .is_some_and(|value| value.kind == NodeKind::Leaf(Value::string(text)))
    };
    says("kind", "List") && says("apiVersion", "v1")
}

fn with_type(node: &Node, of: ItemType<'_>) -> Node {
    let entry = |key: &str, text: &str| crate::node::Entry {
        key: key.into(),
        place: node.place,
        value: Node::string(text, node.place),
    };
    let own = match &node.kind {
        NodeKind::Map(entries) => entries.as_slice(),
        NodeKind::Leaf(_) | NodeKind::List(_) => &[],
    };
    let mut entries = vec![entry("apiVersion", of.api_version), entry("kind", of.kind)];
    entries.extend_from_slice(own);
    Node::map(entries, node.place)
}
