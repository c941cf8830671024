//! The hook's text as each shell's own syntax check reads it. (`cargo xtask test` has shellcheck.)

use std::path::Path;
use std::process::Command;

use awsenv_shell::{CoreSettings, InitOptions, core_script, init_script};
use awsenv_testkit::shells::RealShell;

use crate::common::{dialect, home, in_sh_family};

fn check(shell: RealShell, program: &Path) {
    let options = InitOptions {
        binary: "/opt/it's $(here)/awsenv",
        prompt_binary: "/opt/it's $(here)/awsenv-prompt",
        command: "awsenv",
        prompt: true,
    };
    let core =
        core_script(dialect(shell), &CoreSettings { folders: true, binds_folders: true, guards: &["aws", "x-y.z"] })
            .expect("it comes in two parts");
    let home = home().file("hook", init_script(dialect(shell), &options).unwrap()).file("core", core);
    for part in ["hook", "core"] {
        let mut command: Command = home.command(program);
        let output = command.args(shell.arguments()).args(["-n", part]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{} {part}: {said}", shell.label());
    }
}

mod parses {
    use super::*;
    in_sh_family!(check);
}
