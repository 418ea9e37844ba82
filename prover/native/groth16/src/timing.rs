//! Wall and processor time of the phases of a proof.

use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};

/// Seconds that this process has kept processors busy, all threads together.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// A phase and what it took. Phases run one after the other, each on all cores, so that the
/// processor time is its own.
#[derive(Clone, Debug)]
pub struct Phase {
    pub label: &'static str,
    pub wall_s: f64,
    pub cpu_s: f64,
}

/// A clock that is read at the end of each phase.
pub struct Stopwatch {
    start: (Instant, f64),
    last: (Instant, f64),
    phases: Vec<Phase>,
}

impl Default for Stopwatch {
    fn default() -> Self {
        let now = (Instant::now(), cpu_seconds());
        Self {
            start: now,
            last: now,
            phases: Vec::new(),
        }
    }
}

impl Stopwatch {
    /// Ends a phase.
    pub fn lap(&mut self, label: &'static str) {
        let now = (Instant::now(), cpu_seconds());
        self.phases.push(phase(label, self.last, now));
        self.last = now;
    }

    /// The phases, and the total behind them.
    pub fn finish(mut self) -> Vec<Phase> {
        let now = (Instant::now(), cpu_seconds());
        self.phases.push(phase("total", self.start, now));
        self.phases
    }
}

fn phase(label: &'static str, from: (Instant, f64), to: (Instant, f64)) -> Phase {
    Phase {
        label,
        wall_s: to.0.duration_since(from.0).as_secs_f64(),
        cpu_s: to.1 - from.1,
    }
}
