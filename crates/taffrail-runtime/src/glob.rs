//! The patterns of `like`.

use std::str::Chars;

/// Tells whether the whole text matches the pattern: `*` stands for any run of characters, `/` and
/// the empty run included, `?` for one character, and a backslash takes the next character
/// literally.
///
/// The time is at most the product of both lengths, whatever the pattern.
///
/// ```
/// # use taffrail_runtime::glob::like;
/// assert!(like("registry.corp/*", "registry.corp/team/api:1.2"));
/// assert!(like(r"5\*", "5*") && !like(r"5\*", "55"));
/// assert!(!like("api", "api-2"));
/// ```
#[must_use]
pub fn like(pattern: &str, text: &str) -> bool {
    let mut pattern = pattern.chars();
    let mut text = text.chars();
    // Where to go on after a mismatch: behind the last star, with one character more given to it.
    // An earlier star never needs to take more than it did.
    let mut retry: Option<(Chars<'_>, Chars<'_>)> = None;
    loop {
        let mut behind = pattern.clone();
        let step = next_step(&mut behind);
        if matches!(step, Some(Step::Run)) {
            pattern = behind;
            retry = Some((pattern.clone(), text.clone()));
            continue;
        }
        let mut text_behind = text.clone();
        let fits = match (step, text_behind.next()) {
            (None, None) => return true,
            (Some(Step::Any), Some(_)) => true,
            (Some(Step::Literal(wanted)), Some(found)) => wanted == found,
            (Some(Step::Any | Step::Literal(_) | Step::Run), None)
            | (None | Some(Step::Run), Some(_)) => false,
        };
        if fits {
            (pattern, text) = (behind, text_behind);
            continue;
        }
        let Some((behind_star, given)) = &mut retry else {
            return false;
        };
        if given.next().is_none() {
            return false;
        }
        (pattern, text) = (behind_star.clone(), given.clone());
    }
}

/// What one element of a pattern asks for.
enum Step {
    Run,
    Any,
    Literal(char),
}

fn next_step(pattern: &mut Chars<'_>) -> Option<Step> {
    match pattern.next()? {
        '*' => Some(Step::Run),
        '?' => Some(Step::Any),
        // A backslash at the very end stands for itself.
        '\\' => Some(Step::Literal(pattern.next().unwrap_or('\\'))),
        literal => Some(Step::Literal(literal)),
    }
}

/// Returns the text that everything which the pattern matches starts with, and whether that text is all that it matches.
pub(crate) fn literal_prefix(pattern: &str) -> (String, bool) {
    let mut rest = pattern.chars();
    let mut prefix = String::new();
    loop {
        match next_step(&mut rest) {
            Some(Step::Literal(letter)) => prefix.push(letter),
            Some(Step::Run | Step::Any) => return (prefix, false),
            None => return (prefix, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("**", "a/b", true),
            ("a*", "a", true),
            ("*a", "ba", true),
            ("*a", "ab", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXcYb", false),
            ("?", "é", true),
            ("?", "", false),
            ("??", "é", false),
            (r"\*", "*", true),
            (r"\*", "x", false),
            (r"\\", r"\", true),
            (r"a\", r"a\", true),
            ("kube-*", "kube-system", true),
            ("kube-*", "my-kube-system", false),
            ("[ab]", "a", false),
        ] {
            assert_eq!(like(pattern, text), expected, "`{text}` like `{pattern}`");
        }
    }

    #[test]
    fn many_stars_stay_fast() {
        let pattern = "*a".repeat(40) + "b";
        let text = "a".repeat(20_000);
        assert!(!like(&pattern, &text));
    }

    /// The definition, with all its backtracking.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            (['*', rest @ ..], _) => {
                naive(rest, text) || (!text.is_empty() && naive(pattern, &text[1..]))
            }
            (['?', rest @ ..], [_, others @ ..]) => naive(rest, others),
            (['\\', wanted, rest @ ..], [found, others @ ..]) => {
                wanted == found && naive(rest, others)
            }
            (['\\'], ['\\']) => true,
            (['\\', ..], _) => false,
            ([wanted, rest @ ..], [found, others @ ..]) => wanted == found && naive(rest, others),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn matching_agrees_with_the_definition(pattern in r"[ab*?\\]{0,8}", text in r"[ab*\\]{0,10}") {
            let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
            prop_assert_eq!(like(&pattern, &text), naive(&p, &t));
        }

        #[test]
        fn what_matches_starts_with_the_prefix(pattern in r"[ab*?\\]{0,8}", text in r"[ab*\\]{0,10}") {
            let (prefix, whole) = literal_prefix(&pattern);
            prop_assert!(!like(&pattern, &text) || text.starts_with(&prefix));
            prop_assert!(!whole || like(&pattern, &text) == (text == prefix));
        }

        #[test]
        fn a_text_without_special_characters_matches_itself(text in "[a-z/:.é-]{0,20}") {
            prop_assert!(like(&text, &text));
            let within = format!("*{text}*");
            prop_assert!(like(&within, &text));
        }
    }
}
