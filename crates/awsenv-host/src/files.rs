//! Files: read without surprises, written so that nobody ever sees half of one.

mod append;
mod error;
mod read;
mod write;

pub use append::append;
pub use error::{FileError, FileKind};
pub use read::{permissions_too_open, read, read_up_to};
pub use write::write_private;
pub(crate) use write::{check_folder_owner, create_private_folder};
