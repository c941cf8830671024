//! awsenv-host
