//! A failing switch is loud: every variable as it was, the reason on standard error, and the evaluation fails.

mod in_shells;
mod names;
mod streams;
