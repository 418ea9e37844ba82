"""From the law's own trace to circuit inputs: pure, knows only `rollup.spec`."""
