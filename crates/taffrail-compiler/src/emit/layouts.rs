//! What a program must know of the shape of objects: lists whose elements have keys, for `changed` and `changes`, and the
//! pod templates of custom kinds, for `pod` and `containers`.

use std::collections::BTreeMap;

use taffrail_runtime::layout::{KindLayout, Layouts, Place};
use taffrail_runtime::program::Expr;
use taffrail_schema::{ListKeys, Schemas, Type, TypeId};

/// Returns the layouts that the expressions of a program ask for.
pub(super) fn layouts(exprs: &[Expr], schemas: &Schemas) -> Layouts {
    let compares = exprs
        .iter()
        .any(|expr| matches!(expr, Expr::Changed(_) | Expr::Changes));
    let views = exprs.iter().any(|expr| matches!(expr, Expr::View { .. }));
    let mut places = Places {
        schemas,
        known: BTreeMap::new(),
        all: Vec::new(),
    };
    let mut kinds = Vec::new();
    for kind in schemas.kinds().map(|id| schemas.kind(id)) {
        let place = if compares { places.of(kind.root) } else { None };
        // The runtime knows those of the built-in kinds.
        let template = kind.pod_template.filter(|_| views && !kind.builtin);
        if place.is_none() && template.is_none() {
            continue;
        }
        kinds.push(KindLayout {
            group: kind.group.to_owned(),
            kind: kind.kind.to_owned(),
            version: kind.version.to_owned(),
            place,
            pod_template: template.map(|keys| keys.iter().map(ToString::to_string).collect()),
        });
    }
    kinds.sort_by(|a, b| (&a.group, &a.kind, &a.version).cmp(&(&b.group, &b.kind, &b.version)));
    Layouts {
        kinds,
        places: places.all,
    }
}

/// The places found so far.
struct Places<'s> {
    schemas: &'s Schemas,
    /// What came of each type; `None` also for one that is being looked at, so that types may hold themselves.
    known: BTreeMap<TypeId, Option<u32>>,
    all: Vec<Place>,
}

impl Places<'_> {
    /// Returns the place of values of a type, when keyed lists lie in them.
    fn of(&mut self, ty: TypeId) -> Option<u32> {
        if let Some(known) = self.known.get(&ty) {
            return *known;
        }
        self.known.insert(ty, None);
        let place = match self.schemas.ty(ty) {
            Type::Object { .. } => {
                let fields: Vec<(String, TypeId)> = self
                    .schemas
                    .fields(ty)
                    .map(|field| (field.name.to_owned(), field.ty))
                    .collect();
                let fields: Vec<(String, u32)> = fields
                    .into_iter()
                    .filter_map(|(name, ty)| Some((name, self.of(ty)?)))
                    .collect();
                (!fields.is_empty()).then_some(Place::Fields(fields))
            }
            Type::Map(of) => self.of(of).map(Place::Values),
            Type::List {
                of,
                keys: ListKeys::Fields(keys),
            } => {
                let keys = keys.iter().map(ToString::to_string).collect();
                let element = self.of(of);
                Some(Place::Keyed { keys, element })
            }
            Type::List { .. }
            | Type::String { .. }
            | Type::Integer
            | Type::Number
            | Type::Boolean
            | Type::IntOrString
            | Type::Quantity
            | Type::Time
            | Type::Duration
            | Type::Any => None,
        };
        let place = place.and_then(|place| {
            let at = u32::try_from(self.all.len()).ok()?;
            self.all.push(place);
            Some(at)
        });
        self.known.insert(ty, place);
        place
    }
}
