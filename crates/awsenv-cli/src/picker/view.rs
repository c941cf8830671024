//! The picker as it is drawn: a screen as one text.

use std::fmt::Write;

use awsenv_host::settings::Color;
use awsenv_host::terminal::Size;

use super::details::Details;
use super::model::Model;
use super::text::{self, Piece};

/// To another screen, whose lines don't wrap.
pub(super) const ENTER: &str = "\x1b[?1049h\x1b[?7l\x1b[2J";

/// Back from it. Terminals that have no other screen are left with an empty one.
pub(super) const LEAVE: &str = "\x1b[?7h\x1b[?25h\x1b[H\x1b[J\x1b[?1049l";

/// What stands before the filter, where there is room.
const PROMPT: &str = "use> ";

/// From this height on there is a line of help.
const HELP_FROM: usize = 4;

const HELP: &str = "Enter: use it  Esc: leave everything as it is";

/// The marks before a row, as wide as each other.
const MARKS: (&str, &str) = ("> ", "  ");

/// Columns between columns.
const GAP: usize = 2;

/// How many rows of profiles there is room for.
pub(super) fn page(size: Size) -> usize {
    match size.rows {
        // The highlighted row matters more than the filter.
        0 | 1 => size.rows,
        rows => rows - 1 - usize::from(rows >= HELP_FROM),
    }
}

/// A whole screen, to be written over the one before.
pub(super) fn frame(model: &mut Model<'_>, size: Size, describe: impl Fn(&str) -> Details, colors: bool) -> String {
    model.resize(page(size));
    let mut frame = String::from("\x1b[?25l");
    let mut line = 1;
    let cursor = (size.rows > 1).then(|| {
        let (text, column) = filter_line(model.filter(), size.columns);
        put_line(&mut frame, line, &text);
        line += 1;
        (1, column)
    });
    for text in rows(model, size.columns, describe, colors) {
        put_line(&mut frame, line, &text);
        line += 1;
    }
    if model.counts().0 == 0 && page(size) > 0 {
        put_line(&mut frame, line, &plain("  no profile matches", size.columns));
        line += 1;
    }
    // Below it the screen before may have had more rows.
    while line < size.rows || (line == size.rows && size.rows < HELP_FROM) {
        put_line(&mut frame, line, "");
        line += 1;
    }
    if size.rows >= HELP_FROM {
        let (left, all) = model.counts();
        put_line(&mut frame, size.rows, &plain(&format!("  {left}/{all}  {HELP}"), size.columns));
    }
    if let Some((row, column)) = cursor {
        // Writing to a String can't fail, here and below.
        let _ = write!(frame, "\x1b[{row};{column}H\x1b[?25h");
    }
    frame
}

fn put_line(frame: &mut String, line: usize, text: &str) {
    let _ = write!(frame, "\x1b[{line};1H{text}\x1b[K");
}

/// The end of the filter, and the column (from 1) behind it.
fn filter_line(filter: &str, columns: usize) -> (String, usize) {
    let prompt = if columns > 3 * PROMPT.len() { PROMPT } else { "" };
    // One column is the cursor's.
    let shown = text::end(&text::pieces(filter, &[]), columns.saturating_sub(prompt.len() + 1));
    let column = prompt.len() + text::width(&shown) + 1;
    (shown.into_iter().fold(prompt.to_owned(), |text, piece| text + &piece.text), column)
}

fn plain(text: &str, columns: usize) -> String {
    text.chars().take(columns.saturating_sub(1)).collect()
}

fn rows(model: &mut Model<'_>, columns: usize, describe: impl Fn(&str) -> Details, colors: bool) -> Vec<String> {
    let visible: Vec<(&str, bool)> = model.visible().collect();
    let room = columns.saturating_sub(MARKS.0.len() + 1);
    let rows: Vec<(bool, Vec<Piece>, Details)> = visible
        .into_iter()
        .map(|(name, selected)| {
            let marks = if colors { model.marks(name) } else { Vec::new() };
            (selected, text::cut(text::pieces(name, &marks), room), describe(name))
        })
        .collect();
    // One long name must not push every row's details out of sight.
    let names = rows.iter().map(|(_, name, _)| text::width(name)).max().unwrap_or(0).min(columns * 3 / 5);
    let cells: Vec<[Vec<Piece>; 3]> = rows
        .iter()
        .map(|(.., details)| details.cells.each_ref().map(|cell| text::cut(text::pieces(cell, &[]), 24)))
        .collect();
    let widths = [0, 1, 2].map(|cell| cells.iter().map(|cells| text::width(&cells[cell])).max().unwrap_or(0));
    rows.iter()
        .zip(cells)
        .map(|((selected, name, details), cells)| {
            let mut line = String::from(if *selected { MARKS.0 } else { MARKS.1 });
            line.push_str(&styled(name, *selected, details.color, colors));
            let mut column = MARKS.0.len() + names.max(text::width(name)) + GAP;
            for (cell, width) in cells.iter().zip(widths) {
                if width == 0 {
                    continue;
                }
                if column + width >= columns {
                    break;
                }
                // To a column by its number: a terminal may think a name wider or narrower than is thought here.
                let _ = write!(line, "\x1b[{}G", column + 1);
                line.extend(cell.iter().map(|piece| piece.text.as_str()));
                column += width + GAP;
            }
            line
        })
        .collect()
}

/// The name in the color of its class, the highlighted one inverse, the letters that match underlined.
fn styled(name: &[Piece], selected: bool, color: Option<Color>, colors: bool) -> String {
    let mut text = String::new();
    let mut marked = false;
    let style = |marked: bool| {
        let codes = [Some("0"), selected.then_some("7"), marked.then_some("4"), color.map(code)];
        codes.into_iter().flatten().collect::<Vec<_>>().join(";")
    };
    if colors {
        let _ = write!(text, "\x1b[{}m", style(false));
    }
    for piece in name {
        if colors && piece.marked != marked {
            marked = piece.marked;
            let _ = write!(text, "\x1b[{}m", style(marked));
        }
        text.push_str(&piece.text);
    }
    if colors {
        text.push_str("\x1b[0m");
    }
    text
}

fn code(color: Color) -> &'static str {
    match color {
        Color::Black => "30",
        Color::Red => "31",
        Color::Green => "32",
        Color::Yellow => "33",
        Color::Blue => "34",
        Color::Magenta => "35",
        Color::Cyan => "36",
        Color::White => "37",
    }
}
