//! Coverage as pages of HTML: one of numbers, and one for each file. They need no script and nothing from elsewhere.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use taffrail_syntax::{Source, SourceTable};
use taffrail_tools::coverage::{Counts, Coverage, FileCoverage, Ratio};

mod listing;

const STYLE: &str = include_str!("html/style.css");

/// Returns the pages by their file names; `index.html` has the numbers.
pub(crate) fn coverage(found: &Coverage, table: &SourceTable) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for file in &found.files {
        if let Some(source) = table.get(file.source) {
            pages.insert(page_name(&file.name), of_file(file, source));
        }
    }
    pages.insert("index.html".to_owned(), index(found));
    pages
}

/// Returns the name of a file's page. Policies end in `.guard`, so none of them is the index.
fn page_name(file: &str) -> String {
    // A dash stands for a folder; one in a name is doubled, so that no two files share a page.
    format!("{}.html", file.replace('-', "--").replace('/', "-"))
}

fn index(found: &Coverage) -> String {
    let total = found.counts().total();
    let mut body = format!(
        "<h1>What the tests exercise</h1>\n<p>{} % of what can be true or false, or take effect, did so in {} {}.</p>\n",
        total.percent(),
        found.tests,
        if found.tests == 1 { "test" } else { "tests" },
    );
    body.push_str(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"numbers\"><table class=\"numbers\">\n<thead><tr><th scope=\"col\">file</th><th scope=\"col\">covered</th><th scope=\"col\">rules</th>\
         <th scope=\"col\">clauses</th><th scope=\"col\">conditions</th><th scope=\"col\">effects</th><th scope=\"col\">unknown</th></tr></thead>\n<tbody>\n",
    );
    for file in &found.files {
        let link = format!(
            "<a href=\"{}\">{}</a>",
            escaped(&page_name(&file.name)),
            escaped(&file.name)
        );
        row(&link, file.counts(), &mut body);
    }
    body.push_str("</tbody>\n<tfoot>\n");
    row("all files", found.counts(), &mut body);
    body.push_str(
        "</tfoot>\n</table></div>\n<p>Rules, clauses and conditions count twice: once for being true, once for being false. An effect counts once. What is known \
         while compiling does not count. Unknown counts for itself and is no part of the percentage, since not everything can be made unknown.</p>\n",
    );
    document("Coverage", &body)
}

fn row(name: &str, counts: Counts, body: &mut String) {
    let total = counts.total();
    let class = if total.covered == total.of {
        "all"
    } else {
        "part"
    };
    // Writing to a string does not fail.
    let _ = write!(
        body,
        "<tr><th scope=\"row\">{name}</th><td class=\"{class}\"><span class=\"bar\" aria-hidden=\"true\"><span style=\"width:{0}%\"></span></span><span class=\"percent\">{0} %</span></td>",
        total.percent(),
    );
    let all = [
        counts.rules,
        counts.clauses,
        counts.conditions,
        counts.effects,
        counts.unknown,
    ];
    for ratio in all {
        let _ = write!(body, "<td>{}</td>", written(ratio));
    }
    body.push_str("</tr>\n");
}

fn written(ratio: Ratio) -> String {
    match ratio.of {
        0 => "–".to_owned(),
        _ => format!("{}/{}", ratio.covered, ratio.of),
    }
}

fn of_file(file: &FileCoverage, source: &Source) -> String {
    let counts = file.counts();
    let mut body = format!(
        "<nav aria-label=\"pages\"><a href=\"index.html\">all files</a></nav>\n<h1>{}</h1>\n<p>{} % covered: rules {}, clauses {}, conditions {}, effects {}; unknown {}. \
         The columns say whether a test made what begins on a line true (T), false (F) and unknown (U).</p>\n",
        escaped(&file.name),
        counts.total().percent(),
        written(counts.rules),
        written(counts.clauses),
        written(counts.conditions),
        written(counts.effects),
        written(counts.unknown),
    );
    body.push_str(&listing::listing(file, source));
    document(&format!("{} – coverage", escaped(&file.name)), &body)
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

/// Returns a text in which nothing is taken for markup.
fn escaped(text: &str) -> String {
    let mut page = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => page.push_str("&amp;"),
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '"' => page.push_str("&quot;"),
            other => page.push(other),
        }
    }
    page
}
