//! Files: read without surprises, written so that nobody ever sees half of one.

mod append;
mod error;
mod read;
mod write;

pub use append::append;
pub use error::{FileError, FileKind};
pub use read::{permissions_too_open, read, read_up_to};
pub(crate) use write::create_private_folder;
pub use write::write_private;
