//! What becomes of an object on its way into the API server: what nobody knows is dropped, values are checked against their types and
//! written in one form, and what is left out gets its default.

use serde_json::{Map, Value as Json};
use taffrail_schema::{Field, Schemas, Type, TypeId};

use super::custom;
use super::defaults;
use super::kind::Kind;
use super::quantity;
use super::refused::Refused;

/// Truth values and numbers that the server leaves out when they are false or zero. All others it keeps as they were written.
const LEFT_OUT: &[&str] = &[
    "count",
    "failureThreshold",
    "globalDefault",
    "healthCheckNodePort",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostPort",
    "initialDelaySeconds",
    "minReadySeconds",
    "nodePort",
    "observedGeneration",
    "paused",
    "periodSeconds",
    "publishNotReadyAddresses",
    "readOnly",
    "stdin",
    "stdinOnce",
    "successThreshold",
    "timeoutSeconds",
    "tty",
    "unschedulable",
];

/// Texts that the server keeps though they are empty. All others it leaves out, except in required fields and in maps.
const KEPT_EMPTY: &[&str] = &[
    "appProtocol",
    "holderIdentity",
    "ingressClassName",
    "loadBalancerClass",
    "localhostProfile",
    "runtimeClassName",
    "service",
    "storageClassName",
    "volumeAttributesClassName",
];

/// Returns an object as the server takes it in.
pub(super) fn decode(object: &mut Json, kind: &Kind) -> Result<(), Refused> {
    let decoder = Decoder {
        schemas: kind.schemas,
        builtin: kind.builtin,
    };
    if kind.builtin {
        defaults::of_whole(object, kind);
    }
    match kind.root {
        Some(root) => {
            decoder.value(object, root, true)?;
            if kind.builtin {
                return Ok(());
            }
            custom::complete(object, root, kind.schemas)
        }
        None => match object.get_mut("metadata") {
            Some(metadata) => decoder.metadata(metadata),
            None => Ok(()),
        },
    }
}

struct Decoder<'s> {
    schemas: &'s Schemas,
    builtin: bool,
}

impl Decoder<'_> {
    fn metadata(&self, metadata: &mut Json) -> Result<(), Refused> {
        let decoder = Self {
            schemas: self.schemas,
            builtin: true,
        };
        decoder
            .value(metadata, self.schemas.object_meta(), false)
            .map_err(|refused| refused.under("metadata"))
    }

    fn value(&self, value: &mut Json, ty: TypeId, is_root: bool) -> Result<(), Refused> {
        match self.schemas.ty(ty) {
            Type::Object { open, .. } => match value {
                Json::Object(fields) => self.object(fields, ty, open, is_root),
                other => Err(wrong(other, "an object")),
            },
            Type::Map(of) => match value {
                Json::Object(entries) => {
                    entries.retain(|_, value| !value.is_null() || self.keeps_null(of));
                    entries.iter_mut().try_for_each(|(key, value)| {
                        self.value(value, of, false)
                            .map_err(|refused| refused.under(&format!("[{key}]")))
                    })
                }
                other => Err(wrong(other, "an object")),
            },
            Type::List { of, .. } => match value {
                Json::Array(elements) => {
                    let mut wrong = Ok(());
                    for (at, value) in elements.iter_mut().enumerate() {
                        if !value.is_null()
                            && let Err(refused) = self.value(value, of, false)
                        {
                            wrong = wrong.and(Err(refused.under(&format!("[{at}]"))));
                        }
                    }
                    wrong
                }
                other => Err(wrong(other, "a list")),
            },
            scalar => scalar_value(value, scalar),
        }
    }

    fn keeps_null(&self, ty: TypeId) -> bool {
        !self.builtin || matches!(self.schemas.ty(ty), Type::Any)
    }

    fn object(
        &self,
        fields: &mut Map<String, Json>,
        ty: TypeId,
        open: bool,
        is_root: bool,
    ) -> Result<(), Refused> {
        if self.builtin {
            return self.builtin_object(fields, ty);
        }
        if !open {
            fields.retain(|name, _| {
                let of_root =
                    is_root && matches!(name.as_str(), "apiVersion" | "kind" | "metadata");
                of_root || self.schemas.field(ty, name).is_some()
            });
        }
        for (name, value) in fields.iter_mut().filter(|(_, value)| !value.is_null()) {
            let Some(field) = self.schemas.field(ty, name) else {
                continue;
            };
            if is_root && name == "metadata" {
                self.metadata(value)?;
            } else {
                self.value(value, field.ty, false)
                    .map_err(|refused| refused.under(name))?;
            }
        }
        Ok(())
    }

    /// Reads an object of a built-in type. What is wrong does not keep the rest from being read.
    fn builtin_object(&self, fields: &mut Map<String, Json>, ty: TypeId) -> Result<(), Refused> {
        let mut wrong = Ok(());
        let mut read = |name: &str, value: &mut Json, field: &Field| {
            if let Err(refused) = self.value(value, field.ty, false) {
                wrong = wrong.clone().and(Err(refused.under(name)));
            }
        };
        fields.retain(|name, value| {
            let Some(field) = self.schemas.field(ty, name) else {
                return false;
            };
            if self.left_out(name, value, &field) {
                return false;
            }
            read(name, value, &field);
            // What was in a map or a list may be gone.
            !self.is_empty(value, field.ty)
        });
        for name in defaults::of_fields(fields, ty, self.schemas) {
            if let (Some(value), Some(field)) = (fields.get_mut(name), self.schemas.field(ty, name))
            {
                read(name, value, &field);
            }
        }
        defaults::after_fields(fields, ty, self.schemas);
        wrong
    }

    /// Returns whether a field is as good as not there.
    fn left_out(&self, name: &str, value: &Json, field: &Field) -> bool {
        match value {
            Json::Null => true,
            Json::String(text) => {
                text.is_empty()
                    && !field.required
                    && !KEPT_EMPTY.contains(&name)
                    && !matches!(self.schemas.ty(field.ty), Type::Any)
            }
            Json::Bool(false) => !field.required && LEFT_OUT.contains(&name),
            Json::Number(number) => {
                number.as_i64() == Some(0)
                    && !field.required
                    && LEFT_OUT.contains(&name)
                    && matches!(self.schemas.ty(field.ty), Type::Integer)
            }
            Json::Bool(true) | Json::Array(_) | Json::Object(_) => self.is_empty(value, field.ty),
        }
    }

    fn is_empty(&self, value: &Json, ty: TypeId) -> bool {
        match value {
            Json::Object(entries) if entries.is_empty() => {
                matches!(self.schemas.ty(ty), Type::Map(_))
            }
            Json::Array(elements) => elements.is_empty(),
            _ => false,
        }
    }
}

fn scalar_value(value: &mut Json, ty: Type) -> Result<(), Refused> {
    let wanted = match ty {
        Type::String { values } => {
            let Some(text) = value.as_str() else {
                return Err(wrong(value, "a text"));
            };
            if !values.is_empty()
                && !text.is_empty()
                && !values.iter().any(|known| **known == *text)
            {
                let known: Vec<&str> = values.iter().map(|value| &**value).collect();
                return Err(Refused::invalid(format!(
                    "is `{text}`; it may be `{}`",
                    known.join("`, `")
                )));
            }
            return Ok(());
        }
        Type::Quantity => {
            let Some(canonical) = quantity::canonical(value) else {
                return Err(wrong(value, "a quantity"));
            };
            *value = Json::String(canonical);
            return Ok(());
        }
        Type::Integer => (value.is_i64() || value.is_u64(), "a whole number"),
        Type::Number => (value.is_number(), "a number"),
        Type::Boolean => (value.is_boolean(), "a truth value"),
        Type::IntOrString => (
            value.is_i64() || value.is_string(),
            "a whole number or a text",
        ),
        Type::Time => (value.is_string(), "a time"),
        Type::Duration => (value.is_string(), "a duration"),
        Type::Any | Type::Object { .. } | Type::Map(_) | Type::List { .. } => (true, ""),
    };
    if wanted.0 {
        Ok(())
    } else {
        Err(wrong(value, wanted.1))
    }
}

fn wrong(found: &Json, wanted: &str) -> Refused {
    let found = match found {
        Json::Null => "nothing",
        Json::Bool(_) => "a truth value",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    };
    Refused::invalid(format!("is {found}, {wanted} is expected"))
}
