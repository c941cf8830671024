//! Steps with a name, a time and an outcome, and the summary at the end.

use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};

/// How a step ended when nothing went wrong.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was done; the text, if any, says what was looked at.
    Passed(String),
    /// It could not be done here, and why.
    Skipped(String),
}

impl Outcome {
    /// Done, and nothing to say about it.
    pub(crate) fn passed() -> Self {
        Self::Passed(String::new())
    }
}

/// What has happened so far.
#[derive(Debug)]
pub(crate) struct Report {
    /// A step that is skipped counts as failed: nothing may be left out silently.
    strict: bool,
    passed: usize,
    failed: Vec<String>,
    skipped: Vec<(String, String)>,
}

impl Report {
    /// An empty report. In a `strict` one a skipped step is a failed one.
    pub(crate) fn new(strict: bool) -> Self {
        Self { strict, passed: 0, failed: Vec::new(), skipped: Vec::new() }
    }

    /// Runs one step and prints its line; its output follows where it failed. Whether it passed.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<Outcome>) -> bool {
        println!("  ...      {name}");
        let start = Instant::now();
        let result = work();
        let time = seconds(start.elapsed());
        let result = match result {
            Ok(Outcome::Skipped(why)) if self.strict => {
                Err(Failure::new(format!("skipped, and nothing may be skipped here (strict): {why}")))
            }
            other => other,
        };
        match result {
            Ok(Outcome::Passed(note)) => {
                self.passed += 1;
                println!("  ok       {name} {time}{}{note}", if note.is_empty() { "" } else { "  " });
                true
            }
            Ok(Outcome::Skipped(why)) => {
                println!("  skipped  {name} {time}  {why}");
                self.skipped.push((name.to_owned(), why));
                false
            }
            Err(failure) => {
                println!("  FAILED   {name} {time}\n{failure}\n");
                self.failed.push(name.to_owned());
                false
            }
        }
    }

    /// Notes a step that is left out on purpose.
    pub(crate) fn leave_out(&mut self, name: &str, why: &str) {
        println!("  skipped  {name}  {why}");
        self.skipped.push((name.to_owned(), why.to_owned()));
    }

    /// Whether everything so far was done, nothing skipped.
    pub(crate) fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.skipped.is_empty()
    }

    /// Prints what was skipped and what failed, and the counts on the last line. Whether nothing failed.
    pub(crate) fn finish(self) -> bool {
        println!("\n{}", self.summary());
        self.failed.is_empty()
    }

    fn summary(&self) -> String {
        let mut text = String::new();
        for (name, why) in &self.skipped {
            text.push_str(&format!("skipped {name}: {why}\n"));
        }
        for name in &self.failed {
            text.push_str(&format!("failed {name}\n"));
        }
        text.push_str(&format!("{} passed, {} failed, {} skipped", self.passed, self.failed.len(), self.skipped.len()));
        text
    }
}

fn seconds(time: Duration) -> String {
    format!("({:.1} s)", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_on_the_last_line_and_says_why() {
        let mut report = Report::new(false);
        assert!(report.step("one", || Ok(Outcome::passed())));
        assert!(!report.step("two", || Ok(Outcome::Skipped("no rustup".into()))));
        assert!(!report.is_complete());
        assert!(!report.step("three", || Err(Failure::new("broken"))));
        report.leave_out("four", "--no-setup");
        assert_eq!(
            report.summary(),
            "skipped two: no rustup\nskipped four: --no-setup\nfailed three\n1 passed, 1 failed, 2 skipped"
        );
        assert!(!report.finish());
    }

    #[test]
    fn strict_turns_a_skip_into_a_failure() {
        let mut report = Report::new(true);
        report.step("two", || Ok(Outcome::Skipped("no rustup".into())));
        assert_eq!(report.summary(), "failed two\n0 passed, 1 failed, 0 skipped");
        assert!(!report.finish());
    }
}
