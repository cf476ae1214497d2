//! The built-in functions: one table for the checker, the evaluator, completion and the reference.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::types::Type;

pub use self::call::call;

mod call;
mod collections;
mod labels;
mod numbers;
mod strings;

/// What a built-in function takes and returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The function.
    pub builtin: Builtin,
    /// The name as policies write it.
    pub name: &'static str,
    /// The parameters in order; optional ones stand last.
    pub parameters: Vec<Parameter>,
    /// The type of the result; [`Type::Dynamic`] where it follows from the arguments.
    pub result: Type,
    /// What it returns, in one sentence.
    pub doc: &'static str,
    /// An expression that is true; for special forms one that can stand in a condition.
    pub example: &'static str,
    /// Whether the evaluator has a form of its own for it, so that [`call`] does not serve it.
    pub special: bool,
}

impl Signature {
    /// Returns the least number of arguments.
    #[must_use]
    pub fn least_arguments(&self) -> usize {
        self.parameters.iter().filter(|p| !p.optional).count()
    }

    /// Returns the greatest number of arguments; `None` where the last parameter repeats.
    #[must_use]
    pub fn most_arguments(&self) -> Option<usize> {
        let repeats = self.parameters.iter().any(|parameter| parameter.repeated);
        (!repeats).then_some(self.parameters.len())
    }

    /// Returns the parameter that the argument at an index (from 0) goes to.
    #[must_use]
    pub fn parameter(&self, at: usize) -> Option<&Parameter> {
        self.parameters
            .get(at)
            .or_else(|| self.parameters.last().filter(|last| last.repeated))
    }
}

/// A parameter of a built-in function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, for documentation and named arguments.
    pub name: &'static str,
    /// Its type; [`Type::Dynamic`] where several are possible.
    pub ty: Type,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether its argument is written with the name: `in: "payments"`.
    pub named: bool,
    /// Whether any number of further arguments may follow for it.
    pub repeated: bool,
}

impl Parameter {
    fn new(name: &'static str, ty: Type) -> Self {
        Self {
            name,
            ty,
            optional: false,
            named: false,
            repeated: false,
        }
    }

    fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    fn named(mut self) -> Self {
        self.named = true;
        self
    }

    fn repeated(mut self) -> Self {
        self.optional = true;
        self.repeated = true;
        self
    }
}

/// Declares the functions and their table in one place, so that none can miss its row.
macro_rules! table {
    ($(
        $kind:ident $variant:ident $name:literal ($($parameter:expr),*) -> $result:expr,
        $doc:literal, $example:literal;
    )*) => {
        /// A built-in function.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Builtin {
            $(#[doc = concat!("`", $name, "`: ", $doc)] $variant,)*
        }

        impl Builtin {
            /// All functions, in the order of the reference.
            pub const ALL: &[Self] = &[$(Self::$variant),*];
        }

        fn rows() -> Vec<Signature> {
            vec![$(Signature {
                builtin: Builtin::$variant,
                name: $name,
                parameters: vec![$($parameter),*],
                result: $result,
                doc: $doc,
                example: $example,
                special: stringify!($kind).len() == "special".len(),
            }),*]
        }
    };
}

fn of(name: &'static str, ty: Type) -> Parameter {
    Parameter::new(name, ty)
}

fn text(name: &'static str) -> Parameter {
    of(name, Type::String)
}

fn any(name: &'static str) -> Parameter {
    of(name, Type::Dynamic)
}

fn list(name: &'static str) -> Parameter {
    of(name, list_of(Type::Dynamic))
}

fn list_of(of: Type) -> Type {
    Type::List(Box::new(of))
}

fn map_of(of: Type) -> Type {
    Type::Map(Box::new(of))
}

table! {
    pure Count "count" (list("items")) -> Type::Number,
        "Returns the number of elements; 0 for an absent list, unknown with an unknown element.", "count([1, 2]) == 2";
    pure Sum "sum" (list("items")) -> Type::Dynamic,
        "Returns the exact sum of numbers or of durations; 0 for an empty or absent list.", "sum([0.1, 0.2]) == 0.3";
    pure Min "min" (any("items"), any("more").repeated()) -> Type::Dynamic,
        "Returns the least element of a list, or of the arguments; absent for an empty list.", "min(3, 2) == 2";
    pure Max "max" (any("items"), any("more").repeated()) -> Type::Dynamic,
        "Returns the greatest element of a list, or of the arguments; absent for an empty list.", "max([3, 2]) == 3";
    pure Abs "abs" (any("value")) -> Type::Dynamic,
        "Returns the number or duration without its sign.", "abs(-2) == 2";
    pure Ceil "ceil" (of("value", Type::Number)) -> Type::Number,
        "Returns the smallest whole number that is not below the value.", "ceil(1.2) == 2";
    pure Floor "floor" (of("value", Type::Number)) -> Type::Number,
        "Returns the greatest whole number that is not above the value.", "floor(1.8) == 1";
    pure Len "len" (any("of")) -> Type::Number,
        "Returns the number of characters, elements or keys; 0 for an absent value.", "len(\"abc\") == 3";
    pure Lower "lower" (text("text")) -> Type::String,
        "Returns the text in lower case.", "lower(\"API\") == \"api\"";
    pure Upper "upper" (text("text")) -> Type::String,
        "Returns the text in upper case.", "upper(\"api\") == \"API\"";
    pure Trim "trim" (text("text")) -> Type::String,
        "Returns the text without white space at its ends.", "trim(\" a \") == \"a\"";
    pure Split "split" (text("text"), text("separator")) -> list_of(Type::String),
        "Returns the pieces between the separators.", "split(\"a,b\", \",\") == [\"a\", \"b\"]";
    pure Replace "replace" (text("text"), text("old"), text("new")) -> Type::String,
        "Returns the text with every occurrence of `old` replaced.", "replace(\"a-b\", \"-\", \"_\") == \"a_b\"";
    pure Join "join" (of("items", list_of(Type::String)), text("separator")) -> Type::String,
        "Returns the strings of a list as one, with the separator between them.", "join([\"a\", \"b\"], \"-\") == \"a-b\"";
    pure StartsWith "starts_with" (text("text"), text("prefix")) -> Type::Bool,
        "Tells whether the text starts with the prefix; false for an absent text.", "starts_with(\"kube-system\", \"kube-\")";
    pure EndsWith "ends_with" (text("text"), text("suffix")) -> Type::Bool,
        "Tells whether the text ends with the suffix; false for an absent text.", "ends_with(\"api.corp\", \".corp\")";
    pure Contains "contains" (any("whole"), any("part")) -> Type::Bool,
        "Tells whether a text holds a part, a list an element, a map a key, or an address range an address.", "contains(\"payments-api\", \"api\")";
    pure Keys "keys" (of("map", map_of(Type::Dynamic))) -> list_of(Type::String),
        "Returns the sorted keys of a map.", "keys({b: 1, a: 2}) == [\"a\", \"b\"]";
    pure Values "values" (of("map", map_of(Type::Dynamic))) -> list_of(Type::Dynamic),
        "Returns the values of a map in the order of its keys.", "values({b: 1, a: 2}) == [2, 1]";
    pure ToNumber "to_number" (any("text")) -> Type::Number,
        "Returns the number that a text says: a plain number, a percentage or a Kubernetes quantity.", "to_number(\"500m\") == 0.5";
    pure ToTime "to_time" (any("text")) -> Type::Time,
        "Returns the instant that a text says, as Kubernetes writes it.", "to_time(\"2026-12-20T08:00:00Z\") == 2026-12-20T08:00Z";
    pure ToDuration "to_duration" (any("text")) -> Type::Duration,
        "Returns the duration that a text says, as Kubernetes writes it.", "to_duration(\"1h0m0s\") == 1h";
    pure ParseJson "parse_json" (text("text")) -> Type::Dynamic,
        "Returns the value of a JSON document.", "parse_json(\"[1]\") == [1]";
    pure Base64Decode "base64_decode" (text("text")) -> Type::String,
        "Returns the text that a base64 text encodes; line breaks in it are skipped.", "base64_decode(\"YXBp\") == \"api\"";
    pure Selects "selects" (of("selector", map_of(Type::Dynamic)), of("labels", map_of(Type::String))) -> Type::Bool,
        "Tells whether a label selector, or a plain map of labels, selects the labels; an absent selector selects nothing, an empty one everything.", "selects({matchLabels: {app: \"api\"}}, {app: \"api\", tier: \"web\"})";
    pure Image "image" (text("reference")) -> Type::Image,
        "Returns the parts of an image reference: `registry`, `repository`, `tag`, `digest`.", "image(\"nginx\").repository == \"library/nginx\"";
    pure Cidr "cidr" (text("range")) -> Type::Cidr,
        "Returns an address range, to be asked with `in` or `contains`.", "\"10.1.2.3\" in cidr(\"10.0.0.0/8\")";
    pure Semver "semver" (text("version")) -> Type::Semver,
        "Returns a version that compares by precedence; missing numbers are zero.", "semver(\"v1.9\") < semver(\"1.10\")";
    pure Portion "portion" (any("value"), of("total", Type::Number), text("rounding").optional()) -> Type::Number,
        "Returns a whole number as it is and a percentage as that part of the total, rounded up unless given `\"down\"`.", "portion(\"25%\", 10) == 3";
    pure Window "window" (any("start"), any("end"), text("zone")) -> Type::Window,
        "Returns the window between two dates or times; a date is midnight in the zone.", "2026-12-24T12:00Z in window(2026-12-20, 2027-01-04, \"Europe/Berlin\")";
    pure Daily "daily" (text("from"), text("to"), text("zone")) -> Type::Window,
        "Returns the window between two times of day, every day.", "2026-12-24T23:00Z in daily(\"22:00\", \"06:00\", \"UTC\")";
    pure Weekly "weekly" (text("from"), text("to"), text("zone")) -> Type::Window,
        "Returns the window between two points of the week, every week.", "2026-11-22T12:00Z in weekly(\"Fri 16:00\", \"Mon 08:00\", \"UTC\")";
    special Changed "changed" (any("path")) -> Type::Bool,
        "Tells whether the current and the proposed object differ at a path, which is written without its root.", "changed(spec.replicas)";
    special Changes "changes" () -> list_of(Type::String),
        "The sorted paths at which the current and the proposed object differ; written without parentheses.", "\"spec.replicas\" in changes";
    special Known "known" (any("value")) -> Type::Bool,
        "Tells whether a value is known; allowed only where missing information cannot make a decision milder.", "known(current.spec.replicas)";
    special Objects "objects" (any("kind"), text("in").named().optional(), of("where", map_of(Type::String)).named().optional()) -> list_of(Type::Dynamic),
        "Returns the other objects of a kind in the snapshot; unknown unless the snapshot holds all of them.", "count(objects(Pod, in: \"payments\")) > 0";
}

static TABLE: LazyLock<Vec<Signature>> = LazyLock::new(rows);

impl Builtin {
    /// Returns the function of a name.
    ///
    /// ```
    /// # use taffrail_runtime::builtins::Builtin;
    /// assert_eq!(Builtin::by_name("ceil"), Some(Builtin::Ceil));
    /// assert_eq!(Builtin::by_name("ceiling"), None);
    /// ```
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        TABLE
            .iter()
            .find(|row| row.name == name)
            .map(|row| row.builtin)
    }

    /// Returns the function's row of the table.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "one macro makes the variants and their rows, in one order"
    )]
    pub fn signature(self) -> &'static Signature {
        &TABLE[self as usize]
    }

    /// Returns the name as policies write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.signature().name
    }
}

#[cfg(test)]
mod tests;
