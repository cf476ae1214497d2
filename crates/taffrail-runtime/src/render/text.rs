//! Text for a terminal: verdict and risk first, then why.

use std::fmt::Write as _;

use crate::decision::{
    Contribution, FailedTruth, GrantReport, PlanReport, Report, SuggestionReport,
};
use crate::render::{
    Style, asked, causes, effect, gate, grants, one_line, place, plan_size, readable, short,
    values, waiver,
};

/// Returns a decision as text of several lines.
#[must_use]
pub fn text(report: &Report, style: Style) -> String {
    let mut page = Page::new(style);
    let (what, who) = asked(report);
    page.line(
        0,
        &format!(
            "{}  risk {}  {}  {}",
            style.verdict(report.verdict),
            report.risk.points(),
            style.strong(&what),
            style.faint(&who),
        ),
    );
    page.line(1, &gate(report.verdict, &report.gate));
    for contribution in &report.contributions {
        page.contribution(contribution);
    }
    page.section("grants", &grants(report), |page, grant| page.grant(grant));
    page.section("suggestions", &report.suggestions, Page::suggestion);
    page.section("not known", &report.unknowns, |page, cause| {
        page.line(2, &one_line(cause))
    });
    page.line(0, "");
    if let Some(until) = &report.valid_until {
        page.line(1, &format!("valid until {}", one_line(until)));
    }
    let policies = format!("policies {}", short(&report.policy_digest));
    page.line(1, &style.faint(&policies));
    page.text
}

/// Returns a plan's decision as text of several lines.
#[must_use]
pub fn plan_text(report: &PlanReport, style: Style) -> String {
    let mut page = Page::new(style);
    page.line(
        0,
        &format!(
            "{}  risk {}  {}",
            style.verdict(report.verdict),
            report.risk.points(),
            style.strong(&plan_size(report)),
        ),
    );
    page.line(1, &gate(report.verdict, &report.gate));
    let steps = report.steps.iter().enumerate().map(|(at, step)| {
        let title = format!("step {}", at.saturating_add(1));
        (title, step)
    });
    let net = report.net.iter().map(|net| ("net change".to_owned(), net));
    for (title, part) in steps.chain(net) {
        page.line(0, "");
        page.line(0, &style.faint(&format!("── {title} ──")));
        page.text.push_str(&text(part, style));
    }
    page.text
}

struct Page {
    text: String,
    style: Style,
}

impl Page {
    fn new(style: Style) -> Self {
        Self {
            text: String::new(),
            style,
        }
    }

    fn line(&mut self, depth: usize, line: &str) {
        if !line.is_empty() {
            self.text.push_str(&"  ".repeat(depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    fn section<T>(&mut self, title: &str, entries: &[T], write: impl Fn(&mut Self, &T)) {
        if entries.is_empty() {
            return;
        }
        self.line(0, "");
        let title = self.style.faint(title);
        self.line(1, &title);
        for entry in entries {
            write(self, entry);
        }
    }

    fn contribution(&mut self, contribution: &Contribution) {
        self.line(0, "");
        let mut heading = format!(
            "{}  {}",
            self.style.strong(&one_line(&contribution.rule)),
            effect(contribution),
        );
        let place = place(&contribution.file, contribution.line);
        if !place.is_empty() {
            // Writing to a string does not fail.
            let _ = write!(heading, "  {}", self.style.faint(&place));
        }
        self.line(1, &heading);
        if !contribution.because.is_empty() {
            self.line(2, &one_line(&contribution.because));
        }
        for cause in causes(&contribution.truth) {
            self.line(2, &format!("may apply: {}", one_line(cause)));
        }
        for value in values(&contribution.values) {
            let value = self.style.faint(&value);
            self.line(2, &value);
        }
        for (name, texts) in &contribution.annotations {
            let annotation = format!("@{} {}", one_line(name), one_line(&texts.join(", ")));
            let annotation = self.style.faint(annotation.trim_end());
            self.line(2, &annotation);
        }
        if let Some(forgiven) = &contribution.waiver {
            let place = self.style.faint(&place_of_waiver(forgiven));
            self.line(2, &format!("{}  {place}", waiver(forgiven)));
        }
    }

    fn grant(&mut self, grant: &GrantReport) {
        let word = if grant.held { "holds" } else { "does not hold" };
        let heading = format!(
            "{} {word}  {}",
            self.style.strong(&one_line(&grant.rule)),
            self.style.faint(&place(&grant.file, grant.line)),
        );
        self.line(2, heading.trim_end());
        if !grant.because.is_empty() {
            self.line(3, &one_line(&grant.because));
        }
        let Some(failed) = &grant.failed else {
            return;
        };
        let clause = one_line(&failed.clause);
        match &failed.truth {
            FailedTruth::False => self.line(3, &format!("`{clause}` is false")),
            FailedTruth::Unknown(causes) => {
                let causes = one_line(&causes.join("; "));
                self.line(3, &format!("`{clause}` is not known: {causes}"));
            }
        }
        for value in values(&failed.values) {
            let value = self.style.faint(&value);
            self.line(3, &value);
        }
    }

    fn suggestion(&mut self, suggestion: &SuggestionReport) {
        let value = match &suggestion.value {
            serde_json::Value::String(text) if suggestion.path.is_empty() => one_line(text),
            value if suggestion.path.is_empty() => one_line(&readable(value)),
            value => format!(
                "{} = {}",
                one_line(&suggestion.path),
                one_line(&readable(value))
            ),
        };
        let rule = self.style.faint(&one_line(&suggestion.rule));
        self.line(2, &format!("{value}  {rule}"));
    }
}

fn place_of_waiver(waiver: &crate::decision::WaiverReport) -> String {
    place(&waiver.file, waiver.line)
}
