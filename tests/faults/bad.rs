//! Bad input: files, texts and programs as they should not be.

mod content;
mod files;
mod programs;
mod size;
mod text;
