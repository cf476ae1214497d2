//! From what concerns a cluster to an answer.

use taffrail::Verdict;
use taffrail_actions::Action;
use taffrail_actions::command::Surroundings;
use taffrail_runtime::Program;

use super::finding::Found;
use super::reason;

/// What the hook says of a tool use, ordered by care.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Nothing: the agent's own rules go on.
    Silent,
    /// It may go on, and why.
    Allow(String),
    /// A person has to agree first, and why.
    Ask(String),
    /// It must not, and why.
    Deny(String),
}

impl Answer {
    /// Refuses what should be asked, for where nobody can be asked.
    #[must_use]
    pub fn without_asking(self) -> Self {
        match self {
            Self::Ask(reason) => {
                let reason = reason.trim_end_matches('.');
                Self::Deny(format!(
                    "{reason}. It cannot be asked here, so it is refused."
                ))
            }
            answer @ (Self::Silent | Self::Allow(_) | Self::Deny(_)) => answer,
        }
    }
}

/// Decides what was found.
///
/// To execute is to allow only where the whole tool use is understood and nothing else is in it; otherwise the rest is left to the
/// agent's own rules. To propose is to ask, and to escalate is to deny.
#[must_use]
pub fn judge(found: &Found, program: &Program, known: &Surroundings<'_>) -> Answer {
    let (verdict, reason) = match found.action(known) {
        Action::Single(request) => {
            let report = program.decide(&request).report();
            (report.verdict, reason::of_action(&report))
        }
        Action::Plan(plan) => {
            let report = program.decide_plan(&plan).report();
            (report.verdict, reason::of_plan(&report))
        }
    };
    let answer = match verdict {
        Verdict::Execute if found.is_whole => Answer::Allow(reason),
        Verdict::Execute => Answer::Silent,
        Verdict::Propose => Answer::Ask(reason),
        Verdict::Escalate => Answer::Deny(reason),
    };
    match (answer, found.doubts.as_slice()) {
        (answer, []) => answer,
        (Answer::Silent | Answer::Allow(_), doubts) => Answer::Ask(reason::of_doubts(doubts)),
        (Answer::Ask(reason), doubts) => {
            Answer::Ask(format!("{}; {reason}", reason::of_doubts(doubts)))
        }
        (answer @ Answer::Deny(_), _) => answer,
    }
}
