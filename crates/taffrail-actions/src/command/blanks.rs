//! Blanks to be filled in, such as `<pod-name>` and `{{ namespace }}`, which the shell would read as something else.

/// The characters that stand for blanks while the shell's grammar is applied: a range that Unicode leaves without meaning.
const FIRST: u32 = 0xE000;
const LAST: u32 = 0xE3FF;

/// A line in which each blank is one character.
#[derive(Debug, Default)]
pub(super) struct Blanks {
    found: Vec<String>,
}

impl Blanks {
    /// Puts a character in the place of each blank that stands outside quotes. Returns `None` when there is none.
    pub(super) fn take(line: &str) -> Option<(String, Self)> {
        let mut blanks = Self::default();
        let mut out = String::with_capacity(line.len());
        let mut rest = line;
        let mut quote = None;
        while let Some(c) = rest.chars().next() {
            if quote.is_none()
                && let Some(length) = length_of_blank(rest)
                && let Some((blank, after)) = rest.split_at_checked(length)
                && let Some(mark) = blanks.add(blank)
            {
                out.push(mark);
                rest = after;
                continue;
            }
            let mut chars = rest.chars();
            chars.next();
            out.push(c);
            match (c, quote) {
                ('\\', None | Some('"')) => out.extend(chars.next()),
                ('\'' | '"', None) => quote = Some(c),
                (_, Some(open)) if open == c => quote = None,
                _ => {}
            }
            rest = chars.as_str();
        }
        (!blanks.found.is_empty()).then_some((out, blanks))
    }

    fn add(&mut self, blank: &str) -> Option<char> {
        let mark = char::from_u32(FIRST + u32::try_from(self.found.len()).ok()?)?;
        if u32::from(mark) > LAST {
            return None;
        }
        self.found.push(blank.to_owned());
        Some(mark)
    }

    /// Returns the blank that a character stands for.
    pub(super) fn get(&self, mark: char) -> Option<&str> {
        let at = u32::from(mark).checked_sub(FIRST)?;
        self.found
            .get(usize::try_from(at).ok()?)
            .map(String::as_str)
    }

    /// Returns a text with the blanks as they were written.
    pub(super) fn restore(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match self.get(c) {
                Some(blank) => out.push_str(blank),
                None => out.push(c),
            }
        }
        out
    }
}

/// Tells whether a line holds characters that could be taken for blanks.
pub(super) fn has_marks(line: &str) -> bool {
    line.chars().any(|c| (FIRST..=LAST).contains(&u32::from(c)))
}

fn length_of_blank(text: &str) -> Option<usize> {
    let (open, close) = match text.as_bytes() {
        [b'<', b'a'..=b'z' | b'A'..=b'Z' | b'_', ..] => ("<", ">"),
        [b'{', b'{', ..] => ("{{", "}}"),
        // A call in a template of Python: `{quote(name)}`.
        [b'{', b'a'..=b'z' | b'A'..=b'Z' | b'_', ..] => ("{", ")}"),
        _ => return None,
    };
    let inner = text.get(open.len()..)?;
    let end = inner.find(close)?;
    let name = inner.get(..end)?;
    let is_blank = match open {
        "<" => {
            let is_name = |c: char| c.is_ascii_alphanumeric() || " ._-/:|'*".contains(c);
            name.len() <= 80 && name.chars().all(is_name) && !name.ends_with(' ')
        }
        "{" => {
            let is_call = |c: char| c.is_ascii_alphanumeric() || "._([]".contains(c);
            name.contains('(') && name.chars().all(is_call)
        }
        _ => true,
    };
    is_blank.then_some(open.len() + end + close.len())
}
