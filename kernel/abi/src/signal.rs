//! Linux's signals.

macro_rules! signals {
    ($($name:ident = $number:literal, $default:ident;)*) => {
        $(pub const $name: u8 = $number;)*

        /// Every signal's name with its number.
        pub const SIGNALS: &[(&str, u8)] = &[$((stringify!($name), $number)),*];

        /// What happens to a process that has said nothing about a signal.
        pub fn default_action(signal: u8) -> Option<Action> {
            match signal { $($number => Some(Action::$default),)* _ => None }
        }
    };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Terminate,
    Ignore,
    Stop,
    Continue,
}

signals! {
    SIGHUP = 1, Terminate;
    SIGINT = 2, Terminate;
    SIGQUIT = 3, Terminate;
    SIGILL = 4, Terminate;
    SIGTRAP = 5, Terminate;
    SIGABRT = 6, Terminate;
    SIGBUS = 7, Terminate;
    SIGFPE = 8, Terminate;
    SIGKILL = 9, Terminate;
    SIGUSR1 = 10, Terminate;
    SIGSEGV = 11, Terminate;
    SIGUSR2 = 12, Terminate;
    SIGPIPE = 13, Terminate;
    SIGALRM = 14, Terminate;
    SIGTERM = 15, Terminate;
    SIGSTKFLT = 16, Terminate;
    SIGCHLD = 17, Ignore;
    SIGCONT = 18, Continue;
    SIGSTOP = 19, Stop;
    SIGTSTP = 20, Stop;
    SIGTTIN = 21, Stop;
    SIGTTOU = 22, Stop;
    SIGURG = 23, Ignore;
    SIGXCPU = 24, Terminate;
    SIGXFSZ = 25, Terminate;
    SIGVTALRM = 26, Terminate;
    SIGPROF = 27, Terminate;
    SIGWINCH = 28, Ignore;
    SIGIO = 29, Terminate;
    SIGPWR = 30, Terminate;
    SIGSYS = 31, Terminate;
}

/// A signal's name, if it has one.
pub fn name(signal: u8) -> Option<&'static str> {
    SIGNALS.iter().find(|(_, number)| *number == signal).map(|(name, _)| *name)
}

/// A signal's number by its name (`"SIGTERM"`).
pub fn number(name: &str) -> Option<u8> {
    SIGNALS.iter().find(|(known, _)| *known == name).map(|(_, number)| *number)
}
