//! Files: read without surprises, written so that nobody ever sees half of one.

mod append;
mod error;
mod owner;
mod read;
mod remove;
mod write;

pub use append::append;
pub use error::{FileError, FileKind};
#[cfg(unix)]
pub(crate) use owner::check_owner_of;
pub(crate) use owner::{check_own, check_trusted};
pub(crate) use read::{Links, changed, modified_by, read_with_metadata};
pub use read::{permissions_too_open, read, read_up_to};
pub use remove::remove;
pub use write::{Prepared, replace_private, write_private};
pub(crate) use write::{check_folder_owner, create_private_folder, is_left_behind, remove_left_behind};
