//! Whether awsenv means the same by the same files as the AWS tools do, with botocore as the oracle.

mod aws_cli;
mod botocore_agrees;
mod chain_rules;
mod cli_cache;
mod file_writer;
mod generated_files;
mod oracle;
mod program;
mod random;
mod same_identity;
mod same_words;
mod truth_table;
