//! Where there is no terminal device as on Unix.

use std::io;

use super::{Input, Size};

/// There is none.
#[derive(Debug)]
pub enum Terminal {}

/// Nothing has to be put back.
pub fn restore() {}

impl Terminal {
    /// Always an error.
    pub fn open() -> io::Result<Self> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "awsenv knows no terminal on this system"))
    }

    /// As on Unix.
    pub fn enter(&mut self, _: &str, _: &'static str) -> io::Result<()> {
        match *self {}
    }

    /// As on Unix.
    pub fn size(&self) -> io::Result<Size> {
        match *self {}
    }

    /// As on Unix.
    pub fn read(&mut self, _: &mut [u8]) -> io::Result<Input> {
        match *self {}
    }

    /// As on Unix.
    pub fn write(&mut self, _: &str) -> io::Result<()> {
        match *self {}
    }
}
