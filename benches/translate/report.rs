//! Measures with criterion, and sums up as ratios.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use criterion::Criterion;
use datafusion::logical_expr::LogicalPlan;

/// At most this many times by hand.
const TARGET_BY_HAND: f64 = 1.5;
/// Twice the operators cost at most this many times.
const TARGET_DOUBLING: f64 = 2.2;

/// What was measured, and how it compares.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<(String, f64, f64)>,
    notes: Vec<String>,
}

impl Report {
    /// Seconds that `work` takes: criterion's fastest sample, since a busy machine
    /// makes samples slower, never faster.
    pub(crate) fn measure(&self, criterion: &mut Criterion, name: &str, work: impl Fn()) -> f64 {
        let samples = RefCell::new(Vec::new());
        criterion.bench_function(name, |bencher| {
            bencher.iter_custom(|iterations| {
                let started = Instant::now();
                (0..iterations).for_each(|_| work());
                let elapsed: Duration = started.elapsed();
                samples.borrow_mut().push(elapsed.as_secs_f64() / iterations.max(1) as f64);
                elapsed
            });
        });
        samples.into_inner().into_iter().fold(f64::NAN, f64::min)
    }

    /// Adds a row: seconds, and seconds by hand.
    pub(crate) fn add(&mut self, name: &str, ours: f64, by_hand: f64) {
        self.rows.push((name.to_owned(), ours, by_hand));
    }

    /// Adds a line below the table.
    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// Notes if the two plans differ in more than names: a ratio between
    /// different plans says little.
    pub(crate) fn compare_plans(&mut self, name: &str, ours: &LogicalPlan, by_hand: &LogicalPlan) {
        let (ours, by_hand) = (nodes(ours), nodes(by_hand));
        if ours != by_hand {
            self.note(format!("{name}: {ours} plan nodes, but {by_hand} by hand"));
        }
    }

    /// Prints the table.
    pub(crate) fn print(&self) {
        println!("\n{:<16} {:>12} {:>12} {:>7}", "", "translated", "by hand", "ratio");
        for (name, ours, by_hand) in &self.rows {
            let ratio = ours / by_hand;
            let (ours, by_hand) = (time(*ours), time(*by_hand));
            let mark = mark(ratio, TARGET_BY_HAND);
            println!("{name:<16} {ours:>12} {by_hand:>12} {ratio:>7.2}{mark}");
        }
        if let (Some(half), Some(whole)) = (self.ours("950 operators"), self.ours("1900 operators"))
        {
            let ratio = whole / half;
            println!("950 to 1900 operators: {ratio:.2} times{}", mark(ratio, TARGET_DOUBLING));
        }
        self.notes.iter().for_each(|note| println!("{note}"));
    }

    fn ours(&self, name: &str) -> Option<f64> {
        self.rows.iter().find(|row| row.0 == name).map(|row| row.1)
    }
}

/// Says so if a target is missed.
pub(crate) fn mark(value: f64, target: f64) -> String {
    if value <= target { String::new() } else { format!("  (target: at most {target})") }
}

/// Seconds, to read.
pub(crate) fn time(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.0} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.1} us", s * 1e6),
        s => format!("{:.2} ms", s * 1e3),
    }
}

fn nodes(plan: &LogicalPlan) -> usize {
    let mut open = vec![plan];
    let mut count = 0;
    while let Some(plan) = open.pop() {
        count += 1;
        open.extend(plan.inputs());
    }
    count
}
