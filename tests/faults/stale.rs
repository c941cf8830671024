//! Nothing stale: whatever an environment holds, `use` and `clear` leave exactly the variables that they should.

mod machine;
mod model;
mod previous;
mod prior;
