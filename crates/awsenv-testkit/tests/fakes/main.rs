//! Whether the fakes refuse what AWS refuses and serve what AWS serves, with botocore as the judge of both.

mod aws_cli;
mod http;
mod machine;
mod moto;
mod oidc;
mod program;
mod providers;
mod proxy;
mod signatures;
mod signin;
mod sts;
