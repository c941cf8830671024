//! Whether awsenv means the same by the same files as the AWS tools do, with botocore as the oracle.

mod botocore_agrees;
mod generated_files;
mod oracle;
mod program;
mod random;
