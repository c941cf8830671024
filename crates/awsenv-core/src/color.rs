//! Colors that every terminal has.

/// One of the eight colors of ECMA-48 (ISO 6429), in the order of their numbers there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Color {
    Black,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    White,
}

impl Color {
    /// Every color, in the order of their numbers.
    pub const ALL: [Self; 8] =
        [Self::Black, Self::Red, Self::Green, Self::Yellow, Self::Blue, Self::Magenta, Self::Cyan, Self::White];

    /// Its number, 0 to 7: `ESC [ 3N m` turns to it.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Its English name, lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Black => "black",
            Self::Red => "red",
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Blue => "blue",
            Self::Magenta => "magenta",
            Self::Cyan => "cyan",
            Self::White => "white",
        }
    }
}
