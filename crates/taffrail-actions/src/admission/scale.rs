//! A workload of which only the number of replicas is known.

use taffrail_runtime::request::Request;
use taffrail_runtime::{Map, Value};
use taffrail_schema::{Schemas, TypeId};

use crate::fields::Field;

/// Returns the workload that a `Scale` is about: of its fields those that the `Scale` says, and every other unknown. Of a kind that is not
/// built in nobody knows which field holds the replicas.
pub(crate) fn workload(request: &Request, scale: &Value, fact: &str) -> Value {
    let target = &request.target;
    let (Value::String(group), Value::String(kind), Value::Map(scale)) =
        (&target.group, &target.kind, scale)
    else {
        return Field::not_given(fact);
    };
    let schemas = Schemas::default();
    let found = schemas.find(Some(group), kind).into_iter().next();
    let Some(found) = found.map(|id| schemas.kind(id)) else {
        return Field::not_given(fact);
    };
    let spec = schemas.field(found.root, "spec");
    let spec = spec.filter(|spec| schemas.field(spec.ty, "replicas").is_some());
    let Some(spec) = spec else {
        return Field::not_given(fact);
    };
    let mut object = unknown_fields(&schemas, found.root, fact);
    let api_version = match (&**group, &target.version) {
        ("", version) => version.clone(),
        (group, Value::String(version)) => Value::string(format!("{group}/{version}")),
        (_, version) => version.clone(),
    };
    object.insert("apiVersion", api_version);
    object.insert("kind", Value::string(&**kind));
    for (key, ty) in [("metadata", schemas.object_meta()), ("spec", spec.ty)] {
        let mut part = unknown_fields(&schemas, ty, &format!("{fact}.{key}"));
        if let Some(Value::Map(known)) = scale.get(key) {
            for (key, value) in known.iter() {
                part.insert(key, value.clone());
            }
        }
        object.insert(key, Value::Map(part));
    }
    // A missing number of replicas in a `Scale` is zero.
    if let Some(Value::Map(spec)) = object.get("spec") {
        let mut spec = spec.clone();
        let says = |scale: &Map| match scale.get("spec") {
            Some(Value::Map(spec)) => spec.get("replicas").is_some(),
            _ => false,
        };
        if !says(scale) {
            spec.insert("replicas", Value::Number(0.into()));
        }
        object.insert("spec", Value::Map(spec));
    }
    Value::Map(object)
}

fn unknown_fields(schemas: &Schemas, ty: TypeId, path: &str) -> Map {
    let mut map = Map::default();
    for field in schemas.fields(ty) {
        let unknown = Field::not_given(&format!("{path}.{}", field.name));
        map.insert(field.name, unknown);
    }
    map
}
