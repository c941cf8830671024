//! Bytes that are wiped from memory, also where a growing buffer leaves its old place.

use std::io::{self, Write};

use zeroize::Zeroizing;

/// The first room, in bytes: more than what is usual needs.
const FIRST_ROOM: usize = 16 * 1024;

/// A buffer for what may hold secrets.
#[derive(Default)]
pub(crate) struct WipedBytes {
    bytes: Zeroizing<Vec<u8>>,
}

impl WipedBytes {
    /// Adds `piece`.
    pub(crate) fn push(&mut self, piece: &[u8]) {
        let needed = self.bytes.len() + piece.len();
        if needed > self.bytes.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.next_power_of_two().max(FIRST_ROOM)));
            larger.extend_from_slice(&self.bytes);
            self.bytes = larger;
        }
        self.bytes.extend_from_slice(piece);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes, still wiped when dropped.
    pub(crate) fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.bytes
    }
}

impl Write for WipedBytes {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.push(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
