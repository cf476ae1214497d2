//! Clauses as one line of text, for explanations.

/// Returns the text on one line: whitespace outside of strings becomes single spaces, comments are dropped.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut in_string = false;
    let mut raw = false;
    let mut space = false;
    while let Some(letter) = letters.next() {
        if in_string {
            match letter {
                '\\' if !raw => {
                    line.push(letter);
                    line.extend(letters.next());
                    continue;
                }
                '"' => in_string = false,
                _ => {}
            }
            line.push(if letter == '\n' { ' ' } else { letter });
            continue;
        }
        if letter.is_whitespace() {
            space = true;
            continue;
        }
        if letter == '/' && letters.peek() == Some(&'/') {
            letters.by_ref().find(|letter| *letter == '\n');
            space = true;
            continue;
        }
        if space && !line.is_empty() {
            line.push(' ');
        }
        space = false;
        if letter == '"' {
            in_string = true;
            raw = line.ends_with('r') && !ends_in_word(&line);
        }
        line.push(letter);
    }
    line
}

/// Tells whether the last `r` is the end of a longer word.
fn ends_in_word(line: &str) -> bool {
    line.chars()
        .rev()
        .nth(1)
        .is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn whitespace_and_comments_become_single_spaces() {
        assert_eq!(
            one_line("when a // why\n    and\tb == \"two  spaces // kept\""),
            "when a and b == \"two  spaces // kept\""
        );
    }

    #[test]
    fn escaped_quotes_do_not_end_a_string_and_raw_strings_have_no_escapes() {
        assert_eq!(one_line(r#"when a == "x\"  y"  "#), r#"when a == "x\"  y""#);
        assert_eq!(
            one_line(r#"when a matches r"\"  and  b"#),
            r#"when a matches r"\" and b"#
        );
    }
}
