//! awsenv
fn main() {}
