//! What pest would have taken, in words.

use std::collections::BTreeSet;

use taffrail_grammar::Rule;

/// What could have stood at the place of an error.
pub(super) struct Expected {
    /// Keywords and signs that must stand there literally.
    words: BTreeSet<&'static str>,
    /// Kinds of things, such as "a name".
    things: BTreeSet<&'static str>,
    operand: bool,
    operator: bool,
    number: bool,
    name: bool,
    end: bool,
}

impl Expected {
    /// Sorts the rules that pest tried.
    pub(super) fn new(rules: &[Rule]) -> Self {
        let mut expected = Self {
            words: BTreeSet::new(),
            things: BTreeSet::new(),
            operand: rules.iter().any(|rule| {
                matches!(
                    rule,
                    Rule::name | Rule::expr | Rule::postfix_expr | Rule::argument
                )
            }),
            operator: rules.contains(&Rule::operator_start) || rules.contains(&Rule::compare),
            number: rules.iter().any(|rule| NUMBERS.contains(rule)),
            name: rules
                .iter()
                .any(|rule| matches!(rule, Rule::ident | Rule::module_path)),
            end: rules.contains(&Rule::EOI),
        };
        for rule in rules {
            expected.words.extend(keywords(*rule));
            if let Some(thing) = thing(*rule) {
                expected.things.insert(thing);
            }
        }
        if expected.operand {
            // An expression covers strings, names and numbers.
            expected.things = BTreeSet::from(["an expression"]);
            expected.words.clear();
        }
        expected
    }

    /// Adds what the bracket around the place asks for.
    pub(super) fn inside(mut self, bracket: Option<&str>) -> Self {
        let close = match bracket {
            Some("(") => ")",
            Some("[") => "]",
            Some(_) | None => return self,
        };
        if self.operator {
            self.words.extend([",", close]);
        }
        self
    }

    /// Tells whether a number could stand there.
    pub(super) fn takes_number(&self) -> bool {
        self.operand || self.number
    }

    /// Tells whether a new name could stand there.
    pub(super) fn takes_name(&self) -> bool {
        self.name
    }

    /// Tells whether nothing but an operator could stand there.
    pub(super) fn is_operator_only(&self) -> bool {
        self.operator
            && self.things.is_empty()
            && self
                .words
                .iter()
                .all(|word| matches!(*word, "," | ")" | "]"))
    }

    /// Tells whether an operator could stand there.
    pub(super) fn takes_operator(&self) -> bool {
        self.operator
    }

    /// Tells whether only a string could stand there.
    pub(super) fn is_string_only(&self) -> bool {
        self.words.iter().all(|word| *word == "any")
            && self
                .things
                .iter()
                .all(|thing| matches!(*thing, "a string" | "a team"))
            && !self.things.is_empty()
    }

    /// Tells whether nothing more could stand there.
    pub(super) fn takes_end(&self) -> bool {
        self.end
    }

    /// Tells whether an expression could stand there.
    pub(super) fn takes_operand(&self) -> bool {
        self.operand
    }

    /// Tells whether the body of a quantifier could begin there.
    pub(super) fn takes_body(&self) -> bool {
        self.words.contains(&":") && self.words.contains(&"where")
    }

    /// Returns the words that could stand there.
    pub(super) fn keywords(&self) -> impl Iterator<Item = &'static str> {
        let operators = ["and", "or", "in", "like", "matches", "is"];
        let operators = operators.into_iter().filter(|_| self.operator);
        let words = self.words.iter().copied();
        words
            .filter(|word| word.starts_with(|first: char| first.is_ascii_alphabetic()))
            .chain(operators)
    }

    /// Returns "expected …, found …".
    pub(super) fn message(&self, found: &str) -> String {
        let otherwise = if self.end {
            "nothing more here"
        } else {
            "something else"
        };
        format!("expected {}, found {found}", self.phrase(otherwise))
    }

    /// Returns what is expected as "`a`, `b` or a name".
    pub(super) fn phrase(&self, otherwise: &str) -> String {
        let mut all: Vec<String> = self
            .things
            .iter()
            .map(|thing| (*thing).to_owned())
            .collect();
        all.extend(self.words.iter().map(|word| format!("`{word}`")));
        // After an expression an operator may always follow, so it is worth saying only when nothing else is.
        if all.is_empty() && self.operator {
            all.push("an operator".to_owned());
        }
        match all.split_last() {
            None => otherwise.to_owned(),
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        }
    }
}

const NUMBERS: &[Rule] = &[Rule::number, Rule::duration, Rule::time, Rule::integer];

/// Returns what stands at the start of a rule literally.
fn keywords(rule: Rule) -> Vec<&'static str> {
    match rule {
        Rule::from | Rule::given_from => vec!["from"],
        Rule::fresh => vec!["fresh"],
        Rule::equals => vec!["="],
        Rule::per => vec!["per"],
        Rule::by_keys => vec!["by"],
        Rule::after => vec!["after"],
        Rule::failures => vec!["failures"],
        Rule::within => vec!["within"],
        Rule::teams => vec!["to"],
        Rule::then => vec!["then"],
        Rule::otherwise => vec!["else"],
        Rule::over | Rule::on_namespaces => vec!["in"],
        Rule::on_kinds => vec!["of"],
        Rule::filter => vec!["where"],
        Rule::body | Rule::colon | Rule::type_annotation => vec![":"],
        Rule::presence => vec!["absent", "present"],
        Rule::open_brace | Rule::given_map => vec!["{"],
        Rule::close_brace => vec!["}"],
        Rule::of => vec!["of"],
        Rule::most => vec!["most"],
        Rule::signal => vec!["signal"],
        Rule::any => vec!["any"],
        Rule::domain_in => vec!["in"],
        Rule::for_any => vec!["for"],
        _ => Vec::new(),
    }
}

fn thing(rule: Rule) -> Option<&'static str> {
    match rule {
        Rule::ident | Rule::word | Rule::module_path => Some("a name"),
        Rule::variables => Some("a name"),
        Rule::type_expr => Some("a type"),
        Rule::kind_ref | Rule::kind_group | Rule::kind_version => Some("a kind"),
        Rule::on_verbs => Some("a verb"),
        Rule::quoted | Rule::raw_string | Rule::single_quoted | Rule::template => Some("a string"),
        Rule::interpolation | Rule::template_text | Rule::template_brace => Some("a string"),
        Rule::integer => Some("a whole number"),
        Rule::number | Rule::duration | Rule::time => Some("a number"),
        Rule::team => Some("a team"),
        Rule::let_param => Some("a parameter"),
        Rule::map_entry => Some("a key"),
        Rule::clause | Rule::on | Rule::when => Some("a clause"),
        Rule::given_value | Rule::given_word | Rule::given_literal | Rule::given_list => {
            Some("a value")
        }
        Rule::given_entry => Some("a key"),
        Rule::domain_bound | Rule::domain_range => Some("a whole number"),
        Rule::domain | Rule::domain_path => Some("a path into the request"),
        Rule::expect_verdict | Rule::expect_rule => Some("a verdict or another expectation"),
        _ => None,
    }
}
