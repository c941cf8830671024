//! Ctrl-C and the other ways of being asked to end, for work that must come to an orderly end first.

#[cfg(unix)]
use std::collections::BTreeMap;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(unix)]
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(unix)]
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

/// While there is one, signals that ask a process to end are noted and nothing else; when the last one that holds a
/// signal is gone, it ends the process as ever. SIGKILL can't be held off, and SIGTSTP (Ctrl-Z) is not.
///
/// Where the system has no such signals, nothing is held off and [`asked`](Self::asked) never says so.
#[derive(Debug)]
pub struct Interrupts {
    #[cfg(unix)]
    held: Vec<(i32, Flags)>,
}

/// What the handlers of a signal, which stay once they are there, look at.
#[cfg(unix)]
#[derive(Clone, Debug)]
struct Flags {
    asked: Arc<AtomicBool>,
    nobody_holds: Arc<AtomicBool>,
}

/// For each signal that was ever held its flags, and how many hold it off.
#[cfg(unix)]
static HELD: Mutex<BTreeMap<i32, (Flags, usize)>> = Mutex::new(BTreeMap::new());

impl Interrupts {
    /// Holds SIGHUP, SIGINT, SIGQUIT and SIGTERM off from now on.
    ///
    /// # Errors
    /// The system's, where it takes no handler.
    pub fn hold() -> std::io::Result<Self> {
        #[cfg(unix)]
        return Self::hold_off(&[SIGHUP, SIGINT, SIGQUIT, SIGTERM]);
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Holds off what keys send, SIGINT and SIGQUIT: for who waits for another process in front of the terminal, which
    /// gets them, too, and ends first.
    ///
    /// # Errors
    /// As [`hold`](Self::hold).
    pub fn hold_keys() -> std::io::Result<Self> {
        #[cfg(unix)]
        return Self::hold_off(&[SIGINT, SIGQUIT]);
        #[cfg(not(unix))]
        Ok(Self {})
    }

    #[cfg(unix)]
    fn hold_off(signals: &[i32]) -> std::io::Result<Self> {
        // What is held so far is let go where a later one fails.
        let mut this = Self { held: Vec::with_capacity(signals.len()) };
        let mut all = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        for &signal in signals {
            let entry = match all.entry(signal) {
                std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::btree_map::Entry::Vacant(entry) => match Flags::register(signal) {
                    Ok(flags) => entry.insert((flags, 0)),
                    Err(error) => {
                        drop(all);
                        return Err(error);
                    }
                },
            };
            let (flags, holders) = entry;
            if *holders == 0 {
                flags.asked.store(false, Ordering::SeqCst);
                flags.nobody_holds.store(false, Ordering::SeqCst);
            }
            *holders += 1;
            this.held.push((signal, flags.clone()));
        }
        drop(all);
        Ok(this)
    }

    /// Whether somebody has asked for the end since the signals are held off.
    pub fn asked(&self) -> bool {
        #[cfg(unix)]
        return self.held.iter().any(|(_, flags)| flags.asked.load(Ordering::SeqCst));
        #[cfg(not(unix))]
        false
    }
}

#[cfg(unix)]
impl Flags {
    fn register(signal: i32) -> std::io::Result<Self> {
        use signal_hook::flag;
        let flags = Self { asked: Arc::default(), nobody_holds: Arc::new(AtomicBool::new(true)) };
        flag::register_conditional_default(signal, Arc::clone(&flags.nobody_holds))?;
        flag::register(signal, Arc::clone(&flags.asked))?;
        Ok(flags)
    }
}

#[cfg(unix)]
impl Drop for Interrupts {
    fn drop(&mut self) {
        let mut all = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        for (signal, _) in &self.held {
            if let Some((flags, holders)) = all.get_mut(signal) {
                *holders -= 1;
                flags.nobody_holds.store(*holders == 0, Ordering::SeqCst);
            }
        }
    }
}
