//! awsenv-shell
