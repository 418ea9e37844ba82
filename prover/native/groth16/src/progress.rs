//! How long work says where it is: steps done, steps in all, what comes next.

/// Called at coarse steps.
pub type Progress<'a> = &'a (dyn Fn(usize, usize, &str) + Sync);

/// For callers who do not want to know.
pub fn silent(_done: usize, _total: usize, _label: &str) {}
