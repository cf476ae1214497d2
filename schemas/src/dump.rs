//! What one version of the bindings says, as JSON.

use serde_json::json;

#[cfg(feature = "dep_newer")]
use newer as bindings;
#[cfg(feature = "dep_older")]
use older as bindings;

/// Returns the kinds, the schemas of all their types and the keys of lists.
#[cfg(not(any(feature = "dep_newer", feature = "dep_older")))]
pub fn dump() -> String {
    json!({}).to_string()
}

#[cfg(any(feature = "dep_newer", feature = "dep_older"))]
mod bound {
    use schemars::{JsonSchema, SchemaGenerator};
    use serde::Serialize;

    use super::bindings;

    /// A kind that the API serves.
    #[derive(Serialize)]
    pub struct Kind {
        group: &'static str,
        version: &'static str,
        kind: &'static str,
        scope: &'static str,
        schema: String,
    }

    fn kind<T: bindings::Resource + JsonSchema>(generator: &mut SchemaGenerator) -> Kind {
        generator.subschema_for::<T>();
        let scope = std::any::type_name::<T::Scope>();
        Kind {
            group: T::GROUP,
            version: T::VERSION,
            kind: T::KIND,
            scope: if scope.contains("Cluster") { "cluster" } else { "namespaced" },
            schema: T::schema_name().into_owned(),
        }
    }

    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));

    /// Returns the kinds, the schemas of all their types and the keys of lists.
    pub fn dump() -> String {
        let mut generator = SchemaGenerator::default();
        let kinds = roots(&mut generator);
        let definitions = generator.take_definitions(true);
        let keyed: Vec<_> = KEYED.to_vec();
        super::json!({ "kinds": kinds, "definitions": definitions, "keyed": keyed }).to_string()
    }
}

#[cfg(any(feature = "dep_newer", feature = "dep_older"))]
pub use bound::dump;
