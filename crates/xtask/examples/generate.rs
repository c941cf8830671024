//! `generate FOLDER`: the files that are generated from the command line's definition, below FOLDER as below the root.
//!
//! Run by `cargo xtask gen`. A program of its own, so that the other tasks do not wait for what it is built from.

use std::error::Error;
use std::path::{Path, PathBuf};

use awsenv_shell::completion;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or("usage: generate FOLDER")?;
    man_pages(&folder.join("docs/man"))?;
    completions(&folder.join("completions"))
}

/// What `awsenv completions SHELL` prints, for each shell.
fn completions(folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    for shell in completion::SHELLS {
        if let (Some(name), Some(text)) = (completion::file_name(shell), completion::text(shell)) {
            std::fs::write(folder.join(name), text)?;
        }
    }
    Ok(())
}

/// One page a command: `awsenv.1`, `awsenv-use.1`, and so on.
fn man_pages(folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(awsenv_cli::command(), folder)?;
    Ok(())
}
