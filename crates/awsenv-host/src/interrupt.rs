//! Ctrl-C and the other ways of being asked to end, for work that must come to an orderly end first.

#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(unix)]
use std::sync::{Arc, Mutex, PoisonError};

/// While there is one, the signals that ask a process to end (SIGHUP, SIGINT, SIGQUIT, SIGTERM) are noted and nothing
/// else; when the last one is gone they end the process as ever. SIGKILL can't be held off, and SIGTSTP (Ctrl-Z) is not.
///
/// Where the system has no such signals, nothing is held off and [`asked`](Self::asked) never says so.
#[derive(Debug)]
pub struct Interrupts {
    #[cfg(unix)]
    flags: Flags,
}

/// What the handlers, which stay once they are there, look at.
#[cfg(unix)]
#[derive(Clone, Debug)]
struct Flags {
    asked: Arc<AtomicBool>,
    nobody_holds: Arc<AtomicBool>,
}

/// The flags of this process and how many hold the signals off.
#[cfg(unix)]
static HELD: Mutex<Option<(Flags, usize)>> = Mutex::new(None);

impl Interrupts {
    /// Holds the signals off from now on.
    ///
    /// # Errors
    /// The system's, where it takes no handler.
    pub fn hold() -> std::io::Result<Self> {
        #[cfg(unix)]
        {
            let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
            let (flags, holders) = match &mut *held {
                Some(held) => held,
                none => none.insert((Flags::register()?, 0)),
            };
            if *holders == 0 {
                flags.asked.store(false, Ordering::SeqCst);
                flags.nobody_holds.store(false, Ordering::SeqCst);
            }
            *holders += 1;
            Ok(Self { flags: flags.clone() })
        }
        #[cfg(not(unix))]
        {
            Ok(Self {})
        }
    }

    /// Whether somebody has asked for the end since the signals are held off.
    pub fn asked(&self) -> bool {
        #[cfg(unix)]
        {
            self.flags.asked.load(Ordering::SeqCst)
        }
        #[cfg(not(unix))]
        {
            false
        }
    }
}

#[cfg(unix)]
impl Flags {
    fn register() -> std::io::Result<Self> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
        use signal_hook::flag;
        let flags = Self { asked: Arc::default(), nobody_holds: Arc::new(AtomicBool::new(true)) };
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
            flag::register_conditional_default(signal, Arc::clone(&flags.nobody_holds))?;
            flag::register(signal, Arc::clone(&flags.asked))?;
        }
        Ok(flags)
    }
}

#[cfg(unix)]
impl Drop for Interrupts {
    fn drop(&mut self) {
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((flags, holders)) = &mut *held {
            *holders -= 1;
            flags.nobody_holds.store(*holders == 0, Ordering::SeqCst);
        }
    }
}
