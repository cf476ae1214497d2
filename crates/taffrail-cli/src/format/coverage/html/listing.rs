//! The source of a file with what tests exercise of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use taffrail_syntax::{Source, Span};
use taffrail_tools::coverage::{FileCoverage, Marks, Part, marks};

use super::escaped;

/// Returns every line with its marks, what is missing marked in it, and said below.
pub(super) fn listing(file: &FileCoverage, source: &Source) -> String {
    let missing: Vec<&Part> = file
        .parts
        .iter()
        .filter(|part| part.remark().is_some())
        .collect();
    let mut remarks: BTreeMap<u32, Vec<&Part>> = BTreeMap::new();
    for part in &missing {
        let (line, _) = source.line_column(part.location.span.start);
        remarks.entry(line).or_default().push(part);
    }
    let marks = marks(file, source);
    let mut page = String::from(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"source\"><table class=\"source\">\n<thead class=\"hidden\"><tr><th scope=\"col\">true</th><th scope=\"col\">false</th><th scope=\"col\">unknown</th>\
         <th scope=\"col\">line</th><th scope=\"col\">text</th></tr></thead>\n<tbody>\n",
    );
    let mut start = 0_usize;
    for (number, text) in (1_u32..).zip(source.text.split_inclusive('\n')) {
        let line = text.trim_end_matches(['\n', '\r']);
        let _ = write!(page, "<tr id=\"L{number}\">");
        cells(marks.get(&number).copied().unwrap_or_default(), &mut page);
        let _ = writeln!(
            page,
            "<th class=\"number\" scope=\"row\"><a href=\"#L{number}\">{number}</a></th><td class=\"code\">{}</td></tr>",
            code(line, start, &missing)
        );
        for part in remarks.get(&number).into_iter().flatten() {
            remark(part, source, &mut page);
        }
        start = start.saturating_add(text.len());
    }
    page.push_str("</tbody>\n</table></div>\n");
    page
}

fn cells(marks: Marks, page: &mut String) {
    for (mark, letter, word, is_asked) in [
        (marks.yes, 'T', "true", true),
        (marks.no, 'F', "false", true),
        (marks.unknown, 'U', "unknown", false),
    ] {
        // Writing to a string does not fail.
        let _ = match mark {
            None => write!(page, "<td class=\"mark\"></td>"),
            Some(true) => write!(
                page,
                "<td class=\"mark yes\"><abbr title=\"{word}\">{letter}</abbr></td>"
            ),
            Some(false) => write!(
                page,
                "<td class=\"mark {}\"><span aria-hidden=\"true\">·</span><span class=\"hidden\">not {word}</span></td>",
                if is_asked { "no" } else { "maybe" },
            ),
        };
    }
}

/// Returns a line with what is missing marked in it. `start` is the line's place in the text.
fn code(line: &str, start: usize, missing: &[&Part]) -> String {
    let whole = Span::new(start, start.saturating_add(line.len()));
    let mut cuts: Vec<usize> = vec![0, line.len()];
    let inside = |offset: u32| {
        (whole.start <= offset && offset <= whole.end)
            .then(|| (offset as usize).saturating_sub(start))
    };
    for part in missing {
        let Span { start, end } = part.location.span;
        cuts.extend(inside(start).into_iter().chain(inside(end)));
    }
    cuts.sort_unstable();
    cuts.dedup();
    let mut page = String::new();
    for (from, to) in cuts.iter().zip(cuts.iter().skip(1)) {
        let text = line.get(*from..*to).unwrap_or_default();
        let at = start.saturating_add(*from);
        // The innermost comes last.
        let part = missing.iter().rfind(|part| {
            let Span { start, end } = part.location.span;
            (start as usize) <= at && at < end as usize
        });
        match part.and_then(|part| part.remark()) {
            Some(remark) if !text.trim().is_empty() => {
                // The blanks before a line that goes on are nobody's.
                let (blanks, text) = match from {
                    0 => text.split_at_checked(text.len().saturating_sub(text.trim_start().len())),
                    _ => None,
                }
                .unwrap_or(("", text));
                let _ = write!(
                    page,
                    "{blanks}<span class=\"missing\" title=\"{remark}\">{}</span>",
                    escaped(text)
                );
            }
            Some(_) | None => page.push_str(&escaped(text)),
        }
    }
    page
}

fn remark(part: &Part, source: &Source, page: &mut String) {
    let words: Vec<&str> = source
        .slice(part.location.span)
        .split_whitespace()
        .collect();
    let mut what: String = words.join(" ");
    if what.chars().count() > 80 {
        what = what.chars().take(79).chain(['…']).collect();
    }
    let _ = writeln!(
        page,
        "<tr class=\"remark\"><td colspan=\"4\"></td><td class=\"code\"><code>{}</code>: {}</td></tr>",
        escaped(&what),
        part.remark().unwrap_or_default()
    );
}
