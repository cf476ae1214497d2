//! Where the objects of the API hold lists whose elements have keys, and where they hold pod templates.
//!
//! The compiler takes this from the API's schemas; the runtime knows no schema. Places form a graph, since kinds share parts.

use serde::{Deserialize, Serialize};

use crate::value::Value;

/// What a program knows of the shape of objects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layouts {
    /// The kinds that have something to tell, sorted by group, kind and version.
    pub kinds: Vec<KindLayout>,
    /// The places that kinds and other places point at.
    pub places: Vec<Place>,
}

/// The shape of the objects of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindLayout {
    /// The group; the core group's name is empty.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The version.
    pub version: String,
    /// The place of the whole object, when keyed lists lie in it.
    pub place: Option<u32>,
    /// The keys from the object to the pod template that it embeds, of a custom kind that does.
    pub pod_template: Option<Vec<String>>,
}

/// A place in objects at or below which keyed lists lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// An object; its fields with such lists, sorted by name.
    Fields(Vec<(String, u32)>),
    /// A map whose values are all alike.
    Values(u32),
    /// A list whose elements are told apart by the values of these fields.
    Keyed {
        /// The fields.
        keys: Vec<String>,
        /// The place of an element, when keyed lists lie in it.
        element: Option<u32>,
    },
}

/// A place, and the layouts it belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout<'p> {
    layouts: Option<&'p Layouts>,
    place: Option<u32>,
}

impl<'p> Layout<'p> {
    /// Nothing is known: every list is compared element by element.
    pub(crate) const NONE: Self = Self {
        layouts: None,
        place: None,
    };

    /// Returns the place of a field or of the value under a key.
    pub(crate) fn field(self, name: &str) -> Self {
        let place = match self.place() {
            Some(Place::Fields(fields)) => fields
                .binary_search_by(|(field, _)| field.as_str().cmp(name))
                .ok()
                .and_then(|at| fields.get(at))
                .map(|(_, place)| *place),
            Some(Place::Values(place)) => Some(*place),
            Some(Place::Keyed { .. }) | None => None,
        };
        Self { place, ..self }
    }

    /// Returns the fields that tell the elements of a list apart, and the place of an element.
    pub(crate) fn keyed(self) -> Option<(&'p [String], Self)> {
        match self.place() {
            Some(Place::Keyed { keys, element }) => Some((
                keys,
                Self {
                    place: *element,
                    ..self
                },
            )),
            Some(Place::Fields(_) | Place::Values(_)) | None => None,
        }
    }

    fn place(self) -> Option<&'p Place> {
        self.layouts?.places.get(self.place? as usize)
    }
}

impl Layouts {
    /// Returns the layout of an object of the kind that a target names; none unless group, version and kind are known.
    pub(crate) fn of_target(&self, group: &Value, version: &Value, kind: &Value) -> Layout<'_> {
        let (Value::String(group), Value::String(version), Value::String(kind)) =
            (group, version, kind)
        else {
            return Layout::NONE;
        };
        let found = self.kinds.iter().find(|layout| {
            *layout.kind == **kind && *layout.group == **group && *layout.version == **version
        });
        Layout {
            layouts: Some(self),
            place: found.and_then(|found| found.place),
        }
    }

    /// Returns the keys that lead to the pod template of a custom kind.
    pub(crate) fn pod_template(&self, group: &str, kind: &str) -> Option<&[String]> {
        self.kinds
            .iter()
            .find(|layout| layout.kind == kind && layout.group == group)
            .and_then(|layout| layout.pod_template.as_deref())
    }
}
