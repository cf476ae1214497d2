//! Times several pieces of work in turns, so that whatever else the machine does hits all of them alike.

use std::time::{Duration, Instant};

use crate::engines::Failure;

/// How long one turn of one task should take.
const TURN: Duration = Duration::from_millis(2);

/// Fewer turns than this are no median.
const LEAST_TURNS: usize = 15;

/// Work on a request, by its number.
pub(crate) type Work<'w> = Box<dyn FnMut(usize) -> Result<(), Failure> + 'w>;

/// Something to time.
pub(crate) struct Task<'w> {
    pub(crate) name: String,
    pub(crate) work: Work<'w>,
}

impl<'w> Task<'w> {
    pub(crate) fn new(
        name: impl Into<String>,
        work: impl FnMut(usize) -> Result<(), Failure> + 'w,
    ) -> Self {
        Self {
            name: name.into(),
            work: Box::new(work),
        }
    }

    fn turn(&mut self, from: usize, requests: usize, batch: usize) -> Result<Duration, Failure> {
        let start = Instant::now();
        for offset in 0..batch {
            (self.work)((from + offset) % requests)?;
        }
        Ok(start.elapsed())
    }
}

/// Returns the median time of each task's work on one request, in seconds.
pub(crate) fn interleaved(
    tasks: &mut [Task<'_>],
    requests: usize,
    budget: Duration,
) -> Result<Vec<f64>, Failure> {
    let mut batches = Vec::new();
    for task in tasks.iter_mut() {
        batches.push(batch(task, requests)?);
    }
    let mut samples: Vec<Vec<f64>> = vec![Vec::new(); tasks.len()];
    let start = Instant::now();
    let mut turns = 0;
    while turns < LEAST_TURNS || start.elapsed() < budget {
        for ((task, batch), samples) in tasks.iter_mut().zip(&batches).zip(&mut samples) {
            let elapsed = task.turn(turns * batch, requests, *batch)?;
            samples.push(elapsed.as_secs_f64() / *batch as f64);
        }
        turns += 1;
    }
    Ok(samples.into_iter().map(median).collect())
}

/// Returns the median time of repeating some work as a whole, in seconds.
pub(crate) fn repeated(
    mut work: impl FnMut() -> Result<(), Failure>,
    budget: Duration,
) -> Result<f64, Failure> {
    let begin = Instant::now();
    let mut samples = Vec::new();
    while samples.len() < 3 || (begin.elapsed() < budget && samples.len() < 100) {
        let start = Instant::now();
        work()?;
        samples.push(start.elapsed().as_secs_f64());
    }
    Ok(median(samples))
}

/// Returns over how many requests a turn goes.
fn batch(task: &mut Task<'_>, requests: usize) -> Result<usize, Failure> {
    let mut batch = 1;
    loop {
        let elapsed = task.turn(0, requests, batch)?;
        if elapsed >= TURN || batch >= requests {
            return Ok(batch.min(requests));
        }
        batch *= 2;
    }
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN)
}
