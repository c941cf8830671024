//! The picker on a terminal that can place its cursor.

use std::io;

use awsenv_host::terminal::{Input, Terminal};

use super::details::Describer;
use super::keys::{Decoder, Key};
use super::model::{Model, Step};
use super::rank::Ranking;
use super::view;

/// The name that is picked; `None`: cancelled. `drawn` is called when the first screen is there.
pub(super) fn run(
    terminal: &mut Terminal,
    ranking: Ranking<'_>,
    describer: &Describer<'_>,
    colors: bool,
    drawn: impl FnOnce(),
) -> io::Result<Option<String>> {
    terminal.enter(view::ENTER, view::LEAVE)?;
    let mut screen = Screen { terminal, model: Model::new(ranking), describer, colors };
    let mut size = screen.draw()?;
    drawn();
    let mut decoder = Decoder::default();
    let mut buffer = [0; 1024];
    loop {
        let keys = match screen.terminal.read(&mut buffer)? {
            Input::Bytes(count) => decoder.feed(&buffer[..count]),
            Input::Nothing => decoder.pause().into_iter().collect(),
            Input::Ended => return Ok(None),
        };
        let typed = !keys.is_empty();
        for key in keys {
            // Keys may come at once, pasted or over a slow line: what Enter picks has been on the screen before.
            if key == Key::Enter {
                screen.draw()?;
            }
            match screen.model.press(key) {
                Step::Go => {}
                Step::Picked(name) => return Ok(Some(name.to_owned())),
                Step::Cancelled => return Ok(None),
            }
        }
        if typed || screen.terminal.size()? != size {
            size = screen.draw()?;
        }
    }
}

struct Screen<'t, 'a> {
    terminal: &'t mut Terminal,
    model: Model<'a>,
    describer: &'t Describer<'t>,
    colors: bool,
}

impl Screen<'_, '_> {
    /// Draws the whole screen with one write; returns the size that it was drawn for.
    fn draw(&mut self) -> io::Result<awsenv_host::terminal::Size> {
        let size = self.terminal.size()?;
        let frame = view::frame(&mut self.model, size, |name| self.describer.describe(name), self.colors);
        self.terminal.write(&frame)?;
        Ok(size)
    }
}
