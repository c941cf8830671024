//! Ctrl-C and the other ways of being asked to end, for work that must come to an orderly end first.

#[cfg(unix)]
use std::sync::Arc;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};

/// While there is one, the signals that ask a process to end (SIGHUP, SIGINT, SIGQUIT, SIGTERM) are noted and nothing
/// else; afterwards they end the process as ever. SIGKILL can't be held off, and SIGTSTP (Ctrl-Z) is not.
///
/// Where the system has no such signals, nothing is held off and [`asked`](Self::asked) never says so.
#[derive(Debug)]
pub struct Interrupts {
    #[cfg(unix)]
    asked: Arc<AtomicBool>,
    #[cfg(unix)]
    over: Arc<AtomicBool>,
}

impl Interrupts {
    /// Holds the signals off from now on.
    ///
    /// # Errors
    /// The system's, where it takes no handler.
    pub fn hold() -> std::io::Result<Self> {
        #[cfg(unix)]
        {
            use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
            use signal_hook::flag;
            let (asked, over) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
            for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
                flag::register_conditional_default(signal, Arc::clone(&over))?;
                flag::register(signal, Arc::clone(&asked))?;
            }
            Ok(Self { asked, over })
        }
        #[cfg(not(unix))]
        {
            Ok(Self {})
        }
    }

    /// Whether somebody has asked for the end since.
    pub fn asked(&self) -> bool {
        #[cfg(unix)]
        {
            self.asked.load(Ordering::SeqCst)
        }
        #[cfg(not(unix))]
        {
            false
        }
    }
}

impl Drop for Interrupts {
    fn drop(&mut self) {
        #[cfg(unix)]
        self.over.store(true, Ordering::SeqCst);
    }
}
