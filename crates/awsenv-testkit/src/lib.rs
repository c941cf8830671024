//! awsenv-testkit
